"""Compare how tasks ended with the plan, the journal of the mail server and the host's table."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from attrs import define, field, frozen
from sqlalchemy import select
from tests.doses.chaos.mail_journal import Session
from tests.doses.chaos.mail_oracle import Cancellation, Kill
from tests.doses.chaos.mail_plan import PlannedTask, TaskKey
from tests.doses.chaos.mailroom import CAMPAIGN, LEAFLET, LETTER, NOTICE, PARTS, SENT

from indelible.kernel.tasks import AttemptOutcome, Task, TaskState
from indelible_sql import SqlReading, SqlStore

MAX_ATTEMPTS_READ = 100
NEVER_ENDED = "attempts started and the last one never ended"
CHILD_ENDED = "ChildEnded"
KILLED_CHILD = "ended with exit code -9"


@frozen
class TaskEnd:
    """A task after the run, and the fences under which an attempt was recorded to start."""

    task: Task
    state: TaskState
    started_fences: frozenset[int]


@define
class Ends:
    """The ends of all planned tasks, and what the host has noted."""

    by_key: dict[TaskKey, TaskEnd] = field(factory=dict[TaskKey, TaskEnd])
    sent: frozenset[tuple[str, str, int]] = frozenset()

    def count_states(self) -> Counter[str]:
        """Return the number of tasks in each state."""
        return Counter(str(end.state) for end in self.by_key.values())


def read_ends(store: SqlStore, plan: Sequence[PlannedTask]) -> Ends:
    """Read all planned tasks and the host's table."""
    ends = Ends()
    for planned in plan:
        ends.by_key[planned.key] = store.read(_read_end, planned.key)
    ends.sent = store.read(_read_sent)
    return ends


def _read_end(tx: SqlReading, key: TaskKey) -> TaskEnd:
    task = tx.tasks.get(*key)
    attempts = tx.tasks.attempts_of(*key, limit=MAX_ATTEMPTS_READ)
    fences = frozenset(
        attempt.fence for attempt in attempts if attempt.outcome is not AttemptOutcome.CANCELED
    )
    return TaskEnd(task, task.state(datetime.now(UTC)), fences)


def _read_sent(tx: SqlReading) -> frozenset[tuple[str, str, int]]:
    rows = tx.connection.execute(select(SENT.c.stage, SENT.c.task, SENT.c.part))
    return frozenset((row.stage, row.task, row.part) for row in rows)


def wrong_ends(
    plan: Sequence[PlannedTask],
    ends: Ends,
    cancellations: Mapping[TaskKey, Cancellation],
    kills: Sequence[Kill],
) -> Iterator[str]:
    """Yield a problem for each task that is not completed, canceled or dead as it should be."""
    killed = Counter(kill.kind for kill in kills)
    for planned in plan:
        end = ends.by_key[planned.key]
        cancellation = cancellations.get(planned.key)
        if cancellation is not None:
            if not _is_canceled(end, cancellation):
                yield f"{planned.key} was canceled and is {end.state}"
        elif end.state is TaskState.DEAD:
            if not _may_be_dead(planned, end.task, killed):
                yield f"{planned.key} is dead: {end.task.error_class}, {end.task.dead_reason}"
        elif end.state is not TaskState.COMPLETED or planned.dead_classes:
            yield f"{planned.key} ({planned.behavior}) is {end.state}"


def _is_canceled(end: TaskEnd, cancellation: Cancellation) -> bool:
    task = end.task
    return (
        end.state is TaskState.CANCELED
        and task.cancel_reason == cancellation.reason
        and task.fence == cancellation.fence
    )


def _may_be_dead(planned: PlannedTask, task: Task, killed: Counter[str]) -> bool:
    """Return True if the task is dead for its own reason, or because its attempts were killed."""
    reason = task.dead_reason or ""
    if reason.endswith(NEVER_ENDED):
        return task.attempts - 1 <= killed["worker"] + killed["postgresql"]
    # One that was about to fail for the last time anyway, whose child process was killed then.
    if planned.dead_classes and killed["child"] and KILLED_CHILD in reason:
        return task.error_class == CHILD_ENDED

    return bool(reason) and task.error_class in planned.dead_classes


def wrong_mails(
    plan: Sequence[PlannedTask], ends: Ends, sessions: Sequence[Session]
) -> Iterator[str]:
    """Yield a problem for each task whose mails, notes or attempts do not fit its end."""
    accepted: Counter[TaskKey] = Counter()
    messages: dict[TaskKey, set[str]] = {}
    for session in sessions:
        key = (session.stage, session.task)
        ids = messages.setdefault(key, set())
        ids.update(delivery.message for delivery in session.deliveries)
        accepted[key] = len(ids)
        end = ends.by_key.get(key)
        if end is not None and session.fence not in end.started_fences:
            yield f"{key} acted outside under fence {session.fence} without a recorded attempt"

    for planned in plan:
        end = ends.by_key[planned.key]
        expected = PARTS if planned.stage == CAMPAIGN else 1
        if end.state is TaskState.COMPLETED and accepted[planned.key] != expected:
            yield f"{planned.key} is completed after {accepted[planned.key]} mails"
        if end.task.result != expected_result(planned, end.state):
            yield f"{planned.key} is {end.state} with the result {end.task.result}"
        if planned.dead_classes and accepted[planned.key]:
            yield f"{planned.key} ({planned.behavior}) sent a mail"

    yield from _wrong_notes(plan, ends)


def expected_result(planned: PlannedTask, state: TaskState) -> Mapping[str, str] | None:
    """Return the result that is stored with a task."""
    if state is not TaskState.COMPLETED or planned.stage not in (LETTER, LEAFLET):
        return None
    return {"message": f"{planned.stage}.{planned.id}.1"}


def _wrong_notes(plan: Sequence[PlannedTask], ends: Ends) -> Iterator[str]:
    """Yield a problem where the host's table does not have what `finish` and `perform` noted."""
    for planned in plan:
        is_completed = ends.by_key[planned.key].state is TaskState.COMPLETED
        parts = PARTS if planned.stage == CAMPAIGN else 1
        if planned.stage not in (NOTICE, CAMPAIGN):
            continue
        noted = sum((planned.stage, planned.id, part) in ends.sent for part in range(1, parts + 1))
        if is_completed and noted != parts:
            yield f"{planned.key} is completed with {noted} of {parts} notes"
        if planned.stage == NOTICE and noted and not is_completed:
            yield f"{planned.key} was noted although it is not completed"
