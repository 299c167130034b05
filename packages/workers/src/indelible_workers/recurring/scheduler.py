"""Enqueue recurring tasks: each slot of a schedule once, however many schedulers run."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

from attrs import Factory, define, field, frozen
from attrs.validators import optional

from indelible.kernel import OutcomeUnknown, Unavailable
from indelible.kernel.errors import Invalid, UsageError
from indelible.kernel.silence import (
    LONGEST_SILENCE_SECONDS,
    MAX_SILENCE_SECONDS,
    SILENCE_SECONDS,
    Subject,
    SubjectKind,
)
from indelible.kernel.stages import TasksRead, TasksWrite
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.tasks import TaskKey
from indelible.kernel.values import COUNT, IDENTIFIER, bounded_int, is_identifier
from indelible_workers.masking import failure_reason
from indelible_workers.recurring.cron import UTC_ZONE, CronSchedule
from indelible_workers.recurring.metrics import ENQUEUED, REFUSED, SKIPPED, SchedulerMetrics
from indelible_workers.subjects import declare_subjects
from indelible_workers.worker import Worker, logger

TICK_SECONDS: Final = 1.0
ERROR_PAUSE_SECONDS: Final = 10.0
MAX_AHEAD_SECONDS: Final = 60  # by which the clocks of several schedulers may differ
MAX_INTERVAL_SECONDS: Final = 366 * 86_400
INTERVAL: Final = {"minimum": 1, "maximum": MAX_INTERVAL_SECONDS}
NEVER: Final = datetime.min.replace(tzinfo=UTC)


@frozen
class ScheduleNotOne(Invalid):
    """A recurring task has no schedule, or two."""

    message: ClassVar[str] = (
        "Recurring task {name} needs one schedule: either every_seconds or cron."
    )
    name: str


def _read_cron(task: "RecurringTask") -> CronSchedule | None:
    if task.cron is None:
        return None
    return CronSchedule(expression=task.cron, time_zone=task.time_zone)


@frozen(kw_only=True)
class RecurringTask:
    """A task that is due once for each slot of its schedule; its id is `name`.

    The schedule is a number of seconds, counted from 1970, or a cron expression of five fields in a
    time zone. Of several slots that were missed only the newest is enqueued, and none that is older
    than `max_delay_seconds`, if given. The task is missed if it has not succeeded for more than
    `longest_silence_seconds`.

    Raises: CronMalformed, CronNeverFires, TimeZoneUnknown, ScheduleNotOne.
    """

    name: str = field(validator=is_identifier, metadata=IDENTIFIER)
    stage: str
    every_seconds: int | None = field(
        default=None, validator=optional(bounded_int), metadata=INTERVAL
    )
    cron: str | None = None
    time_zone: str = UTC_ZONE
    max_delay_seconds: int | None = field(
        default=None, validator=optional(bounded_int), metadata=COUNT
    )
    longest_silence_seconds: int | None = field(
        default=None, validator=optional(bounded_int), metadata=SILENCE_SECONDS
    )
    _schedule: CronSchedule | None = field(
        init=False, eq=False, repr=False, default=Factory(_read_cron, takes_self=True)
    )

    def __attrs_post_init__(self) -> None:
        TaskKey(self.stage, self.name)  # refuses what cannot be a task's key
        if (self.every_seconds is None) == (self.cron is None):
            raise ScheduleNotOne(self.name)
        if self.cron is None and self.time_zone != UTC_ZONE:
            problem = f"recurring task {self.name} has a time zone but no cron expression"
            raise UsageError(problem)

    @property
    def subject(self) -> Subject:
        """Return the task with its longest silence, by default an hour more than between slots."""
        seconds = self.longest_silence_seconds
        if seconds is None:
            seconds = min(self._longest_pause() + LONGEST_SILENCE_SECONDS, MAX_SILENCE_SECONDS)
        return Subject(
            kind=SubjectKind.RECURRING,
            stage=self.stage,
            entity_id=self.name,
            longest_silence_seconds=seconds,
        )

    def _longest_pause(self) -> int:
        """Return the longest time between two slots, in seconds."""
        if self._schedule is not None:
            return self._schedule.longest_pause_seconds()

        assert self.every_seconds is not None  # noqa: S101 - checked when it was constructed
        return self.every_seconds

    def latest_slot(self, now: datetime) -> datetime:
        """Return the newest slot that has come, NEVER if there is none."""
        if self._schedule is not None:
            return self._schedule.latest_slot(now) or NEVER

        assert self.every_seconds is not None  # noqa: S101 - checked when it was constructed
        number = now.timestamp() // self.every_seconds
        return datetime.fromtimestamp(number * self.every_seconds, UTC)

    def next_slot(self, now: datetime) -> datetime:
        """Return the first slot after an instant."""
        if self._schedule is not None:
            return self._schedule.next_slot(now)

        assert self.every_seconds is not None  # noqa: S101 - checked when it was constructed
        return self.latest_slot(now) + timedelta(seconds=self.every_seconds)

    def is_too_late(self, slot: datetime, now: datetime) -> bool:
        """Return True if a slot is not to be enqueued any more."""
        if self.max_delay_seconds is None:
            return False
        return now - slot > timedelta(seconds=self.max_delay_seconds)


def do_nothing() -> None:
    """Do nothing."""


def run_scheduler(
    worker: Worker,
    recurring_tasks: Sequence[RecurringTask],
    metrics: SchedulerMetrics | None = None,
    after_round: Callable[[], None] = do_nothing,
    subjects: Sequence[Subject] = (),
) -> None:
    """Enqueue the newest slot of each recurring task until the worker stops, and count them.

    The recurring tasks are declared as subjects, with `subjects` of the caller's own.
    `after_round` is called after each look at the schedules that has not failed. A task that the
    store refuses is logged and tried again; the others go on. Several schedulers may run at once. A
    slot that was enqueued before changes nothing.

    Raises:
        UsageError: Two recurring tasks of a stage have the same name.
    """
    _check_names(recurring_tasks)
    agenda = _Agenda(metrics or SchedulerMetrics(clock=worker.clock))
    declared = [*subjects, *(task.subject for task in recurring_tasks)]
    is_declared = False
    pause_seconds = 0.0
    while not worker.clock.wait(worker.stopping, pause_seconds):
        pause_seconds = TICK_SECONDS
        is_declared = is_declared or declare_subjects(worker.store, declared, worker.actor)
        try:
            agenda.enqueue_due(worker, recurring_tasks)
            agenda.metrics.round_ended()
            after_round()
        except Exception as error:  # noqa: BLE001 - the database may be unavailable for a while
            logger.warning("scheduler: enqueueing failed: %s", failure_reason(error))
            pause_seconds = ERROR_PAUSE_SECONDS


def _check_names(recurring_tasks: Iterable[RecurringTask]) -> None:
    keys: set[tuple[str, str]] = set()
    for task in recurring_tasks:
        key = (task.stage, task.name)
        if key in keys:
            problem = f"two recurring tasks of stage {task.stage} have the name {task.name}"
            raise UsageError(problem)
        keys.add(key)


@define
class _Agenda:
    """The newest slots that one scheduler has enqueued, and when it looks at each task again."""

    metrics: SchedulerMetrics
    _slots: dict[RecurringTask, datetime] = field(factory=dict[RecurringTask, datetime])
    _next_looks: dict[RecurringTask, datetime] = field(factory=dict[RecurringTask, datetime])
    _looked_at: datetime = NEVER

    def enqueue_due(self, worker: Worker, recurring_tasks: Iterable[RecurringTask]) -> None:
        """Enqueue the newest slot of each task whose next slot has come."""
        now = worker.clock.now()
        if now < self._looked_at:  # the clock was set back
            self._next_looks.clear()
        self._looked_at = now

        waiting = [task for task in recurring_tasks if self._next_looks.get(task, NEVER) <= now]
        unknown = [task for task in waiting if task not in self._slots]
        if unknown:
            self._slots.update(worker.store.read(_stored_slots, unknown, now))

        for task in waiting:
            slot = self._due_slot(task, now)
            if slot is None or self._enqueue(worker, task, slot):
                self._next_looks[task] = task.next_slot(now)
            else:
                self._next_looks[task] = now + timedelta(seconds=ERROR_PAUSE_SECONDS)

    def _due_slot(self, task: RecurringTask, now: datetime) -> datetime | None:
        """Return the slot to enqueue, None if there is none."""
        slot = task.latest_slot(now)
        if slot <= self._slots[task]:
            _warn_if_ahead(task, self._slots[task], now)
            return None
        if task.is_too_late(slot, now):
            logger.warning("scheduler: slot %s of %s is skipped: too late", slot, task.name)
            self.metrics.count(task.stage, SKIPPED)
            return None

        return slot

    def _enqueue(self, worker: Worker, task: RecurringTask, slot: datetime) -> bool:
        """Enqueue a slot; return False if the store refuses it, which stops no other task.

        Raises: Unavailable or OutcomeUnknown, after which all tasks are tried again.
        """
        try:
            is_newest = worker.store.run(
                _enqueue_slot, (task, slot), actor=worker.actor, reason="recurring schedule"
            )
        except (Unavailable, OutcomeUnknown):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other tasks must go on
            logger.warning(
                "scheduler: slot %s of recurring task %s of stage %s is refused: %s",
                slot,
                task.name,
                task.stage,
                failure_reason(error),
            )
            self.metrics.count(task.stage, REFUSED)
            return False

        if is_newest:
            self.metrics.count(task.stage, ENQUEUED)
            self._slots[task] = slot
        else:  # another scheduler was first: look up its slot the next time
            del self._slots[task]
        return True


def _warn_if_ahead(task: RecurringTask, stored_slot: datetime, now: datetime) -> None:
    """Warn of a stored slot of the future, which only a clock that was ahead can have enqueued."""
    ahead = stored_slot - now
    if ahead > timedelta(seconds=MAX_AHEAD_SECONDS):
        logger.warning(
            "scheduler: recurring task %s of stage %s waits: its last slot %s is %d seconds ahead"
            " of the clock, and slots only rise; give it another name to continue sooner",
            task.name,
            task.stage,
            stored_slot,
            ahead.total_seconds(),
        )


def _stored_slots(
    tx: TasksRead, recurring_tasks: Iterable[RecurringTask], now: datetime
) -> dict[RecurringTask, datetime]:
    """Return the slot of each task that was enqueued last.

    A new task with a cron expression begins with its next slot: its last one may be a year ago.
    That a host has enqueued it by hand before makes no difference.
    """
    slots: dict[RecurringTask, datetime] = {}
    for task in recurring_tasks:
        slot = _stored_slot(tx, task)
        if slot is None:
            slot = NEVER if task.cron is None else task.latest_slot(now)
        slots[task] = slot

    return slots


def _stored_slot(tx: TasksRead, task: RecurringTask) -> datetime | None:
    try:
        return tx.tasks.get(task.stage, task.name).slot
    except TaskNotFound:
        return None


def _enqueue_slot(tx: TasksWrite, due: tuple[RecurringTask, datetime]) -> bool:
    """Enqueue a slot, and return whether it is newer than the stored one."""
    task, slot = due
    return tx.tasks.enqueue_slot(task.stage, task.name, slot=slot)
