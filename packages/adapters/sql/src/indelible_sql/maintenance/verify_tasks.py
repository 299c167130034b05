"""Compare each task with itself, with its attempts and with the aggregate it belongs to."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import and_, select

from indelible.kernel import Lifecycle
from indelible.kernel.tasks import MAX_LEASE_SECONDS, PERCENT, Attempt, AttemptOutcome, Task
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.row_checks import MAX_FUTURE, MAX_STATEMENTS, decode_row, rows
from indelible_sql.kernel.task_tables import PRUNED_STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.schema.database_time import DatabaseNow
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.tables import HISTORY

# The clock that limited a lease may have been ahead of this one.
MAX_LEASE = timedelta(seconds=2 * MAX_LEASE_SECONDS)
DATABASE_NOW: Query = select(DatabaseNow().label("database_now"))

Key = tuple[str, str]  # stage and entity id
OutcomesByFence = dict[int, dict[AttemptOutcome, str]]  # with the reason of each
Lifecycles = Mapping[str, Lifecycle[StrEnum]]


def task_findings(session: Session, stages: Lifecycles, now: datetime) -> Iterator[Finding]:
    """Yield every finding about tasks and attempts; `stages` are those that need an aggregate."""
    (database_now,) = session.rows(DATABASE_NOW, {})[0].values()
    attempts = _AttemptsInOrder(session, now)
    for row in rows(session, TASKS, ("stage", "entity_id")):
        key = (row["stage"], row["entity_id"])
        outcomes = attempts.of(key)
        try:
            task = ROWS.structure(decode_row(session, TASKS, row), Task)
            details = [
                *_task_faults(task, now),
                *_success_faults(task, max(now, database_now)),
                *_end_faults(task),
                *_attempt_faults(task, outcomes),
            ]
        except UNREADABLE as error:
            details = [f"unreadable: {error}"]
        for detail in details:
            yield Finding(fault=Fault.TASK, table=TASKS.name, entity_id=str(key[1]), detail=detail)

    attempts.of(None)
    yield from attempts.findings
    for stage, lifecycle in stages.items():
        yield from _missing_entities(session, stage, lifecycle.name)


class _AttemptsInOrder:
    """A walk over the attempts in the order of their tasks, and what is wrong with them."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.findings: list[Finding] = []
        self._session = session
        self._latest = now + MAX_FUTURE
        self._pruned_fences: dict[str, int] = {}
        for row in rows(session, PRUNED_STAGES, ("stage",)):
            self._pruned_fences[row["stage"]] = row["fence"]
        self._rows = rows(session, TASK_ATTEMPTS, ("stage", "entity_id", "fence", "outcome"))
        self._next = next(self._rows, None)

    def of(self, key: Key | None) -> OutcomesByFence:
        """Return the outcomes of a task, and report attempts before it, which have no task.

        None stands for the end of all tasks.
        """
        outcomes: OutcomesByFence = {}
        while self._next is not None:
            row = self._next
            own_key = (row["stage"], row["entity_id"])
            if key is not None and own_key > key:
                break

            if own_key == key:
                self._add(outcomes, row)
            else:
                self._add_of_pruned(row)
            self._next = next(self._rows, None)

        return outcomes

    def _add_of_pruned(self, row: Row) -> None:
        """Check an attempt without a task, and report it unless its task may have been pruned."""
        self._add({}, row)
        if row["fence"] > self._pruned_fences.get(row["stage"], -1):
            self._report(row, "its task is missing")

    def _add(self, outcomes: OutcomesByFence, row: Row) -> None:
        try:
            attempt = ROWS.structure(decode_row(self._session, TASK_ATTEMPTS, row), Attempt)
        except UNREADABLE as error:
            self._report(row, f"unreadable: {error}")
            return

        outcomes.setdefault(attempt.fence, {})[attempt.outcome] = attempt.reason
        if attempt.hash != attempt.digest():
            self._report(row, "its hash does not match its content")
        if attempt.at > self._latest:
            self._report(row, f"recorded in the future: {attempt.at}")

    def _report(self, row: Row, detail: str) -> None:
        finding = Finding(
            fault=Fault.TASK,
            table=TASK_ATTEMPTS.name,
            entity_id=str(row["entity_id"]),
            detail=detail,
        )
        self.findings.append(finding)


def _task_faults(task: Task, now: datetime) -> Iterator[str]:
    """Yield what is wrong with the row's lease, its due time and its attempts."""
    is_leased = task.lease_owner is not None
    if is_leased != (task.lease_until is not None):
        yield "its lease has only an owner or only an end"
    if is_leased and (task.due_at is None or task.fence < 1):
        yield "it is leased, but was not due or never claimed"
    if task.lease_until is not None and task.lease_until > now + MAX_LEASE:
        yield f"its lease ends too late: {task.lease_until}"
    if task.is_halted and task.due_at is not None:
        yield "it is dead or canceled, and due"
    if task.attempts > task.fence:
        yield "it has more attempts than claims"


def _success_faults(task: Task, latest_clock: datetime) -> Iterator[str]:
    """Yield that a success is in the future, by the store's clock and by the database's.

    The database's clock has written its time; a simulation may have put the real one back since.
    """
    if task.succeeded_at is not None and task.succeeded_at > latest_clock + MAX_FUTURE:
        yield f"it succeeded in the future: {task.succeeded_at}"


def _end_faults(task: Task) -> Iterator[str]:
    """Yield what is wrong with the row's end and with what its run carries."""
    if task.is_completed and task.attempts == 0:
        yield "it is completed, but was never tried"
    if task.dead_reason is not None and task.cancel_reason is not None:
        yield "it is dead and canceled"
    if (task.finished_at is not None) != task.is_finished:
        yield "its end and the time of its end contradict each other"
    if task.result is not None and not task.is_completed:
        yield "it has a result, but is not completed"
    if task.progress is not None and task.progress > PERCENT["maximum"]:
        yield f"its progress is {task.progress} percent"


def _attempt_faults(task: Task, outcomes: OutcomesByFence) -> Iterator[str]:
    """Yield how the row contradicts its attempts."""
    if any(not 1 <= fence <= task.fence for fence in outcomes):
        yield "an attempt is recorded under a claim that never was"

    current = outcomes.get(task.fence, {})
    if task.dead_reason is not None and current.get(AttemptOutcome.DEAD) != task.dead_reason:
        yield "it is dead without a record of its death"
    is_canceled = task.cancel_reason is not None
    if is_canceled and current.get(AttemptOutcome.CANCELED) != task.cancel_reason:
        yield "it is canceled without a record of its cancellation"
    yield from _outcome_faults(task, current)


def _outcome_faults(task: Task, current: Mapping[AttemptOutcome, str]) -> Iterator[str]:
    """Yield how the row contradicts the outcomes under its present fence."""
    is_waiting = task.due_at is not None and task.lease_owner is None
    if AttemptOutcome.REQUEUED in current:
        if not is_waiting:
            yield "it was requeued, but does not wait"
    elif AttemptOutcome.DEAD in current and task.dead_reason is None:
        yield "its death is recorded, but it is not dead"
    elif AttemptOutcome.CANCELED in current and task.cancel_reason is None:
        yield "its cancellation is recorded, but it is not canceled"

    if AttemptOutcome.FAILED in current and not is_waiting:
        yield "its attempt failed, but it does not wait"


def _missing_entities(session: Session, stage: str, lifecycle: str) -> Iterator[Finding]:
    """Yield a finding for each task of the stage whose aggregate does not exist."""
    for row in session.rows(_tasks_without_entity(stage, lifecycle), {}):
        yield Finding(
            fault=Fault.TASK,
            table=TASKS.name,
            entity_id=row["entity_id"],
            detail=f"stage {stage} belongs to lifecycle {lifecycle}, which has no such aggregate",
        )


@lru_cache(maxsize=MAX_STATEMENTS)
def _tasks_without_entity(stage: str, lifecycle: str) -> Query:
    first_change = and_(
        HISTORY.c.lifecycle == lifecycle,
        HISTORY.c.entity_id == TASKS.c.entity_id,
        HISTORY.c.seq == 1,
    )
    return (
        select(TASKS.c.entity_id)
        .outerjoin_from(TASKS, HISTORY, first_change)
        .where(TASKS.c.stage == stage, HISTORY.c.seq.is_(None))
        .order_by(TASKS.c.entity_id)
    )
