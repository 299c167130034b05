"""Tasks: rows that are the queue, claimed under leases whose fences outlive them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum, StrEnum
from math import ceil
from typing import Any, Final, Self

from attrs import evolve, field, frozen
from attrs.validators import optional

from indelible.kernel.audit import Actor
from indelible.kernel.errors import UsageError
from indelible.kernel.json import digest
from indelible.kernel.task_errors import LeaseTooLong, PostponementOutOfRange
from indelible.kernel.values import (
    IDENTIFIER,
    LATEST,
    bounded_int,
    check_instant,
    is_identifier,
    value_text,
    wrong_type,
)

NEVER: Final = LATEST  # sorts behind every due time
MAX_COUNTED: Final = 10_000  # of a stage's statistics
MAX_LEASE_SECONDS: Final = 86_400  # from a claim or an extension to the end of the lease
MAX_POSTPONE_SECONDS: Final = 86_400
PERCENT: Final = {"minimum": 0, "maximum": 100}


def check_lease_end(until: datetime, now: datetime) -> None:
    """Raise InstantOutOfRange or LeaseTooLong unless a lease may end then."""
    check_instant("until", until)
    seconds = (until - now).total_seconds()
    if seconds > MAX_LEASE_SECONDS:
        raise LeaseTooLong(ceil(seconds), MAX_LEASE_SECONDS)


def check_postponement(after_seconds: object) -> float:
    """Return the seconds by which a task is postponed.

    Raises:
        WrongType: They are no number.
        PostponementOutOfRange: They are not more than 0, or more than `MAX_POSTPONE_SECONDS`.
    """
    if not isinstance(after_seconds, int | float) or isinstance(after_seconds, bool):
        raise wrong_type("after_seconds", "number", after_seconds)
    if not 0 < after_seconds <= MAX_POSTPONE_SECONDS:  # false for NaN, too
        raise PostponementOutOfRange(value_text(after_seconds), MAX_POSTPONE_SECONDS)

    return after_seconds


class AttemptOutcome(StrEnum):
    """The outcome that an attempt's record states."""

    STARTED = "STARTED"  # recorded before a task acts outside the database
    FAILED = "FAILED"
    DEAD = "DEAD"
    REQUEUED = "REQUEUED"
    CANCELED = "CANCELED"  # under the fence that the cancellation takes


class Priority(IntEnum):
    """The priorities of tasks; a stage's tasks of a lower number are claimed first."""

    HIGH = 1
    NORMAL = 2
    LOW = 3


class TaskState(StrEnum):
    """The states of a task."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    DEAD = "dead"
    CANCELED = "canceled"


@frozen
class TaskKey:
    """The validated key of a task: two identifiers, each one segment of a path."""

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    entity_id: str = field(validator=is_identifier, metadata=IDENTIFIER)

    def __attrs_post_init__(self) -> None:
        if "/" in self.stage or "/" in self.entity_id:
            problem = f"task {self.entity_id!r} of stage {self.stage!r} has a slash in its key"
            raise UsageError(f"{problem}; its id and its stage are segments of paths")


@frozen
class Progress:
    """The validated progress of a task."""

    percent: int = field(validator=bounded_int, metadata=PERCENT)


@frozen
class Failure:
    """The validated class of a failure, such as the name of an exception's class."""

    error_class: str | None = field(validator=optional(is_identifier), metadata=IDENTIFIER)


@frozen(kw_only=True)
class Task:
    """A unit of work: due at a time and leased until another; done when it has no due time.

    `attempts` counts the claims since the task was enqueued. A task that is enqueued again while
    it is leased has 0 attempts until its lease ends: by that it stays due afterwards.

    A run begins when a task is created, or enqueued after its completion. `arguments` belong to the
    run, `result` to its completion. `progress` is in percent, as last reported. `slot` is the
    newest slot of a recurring task. `error_class` is the class of the run's last failure.
    `finished_at` is the time of a completion or cancellation, `succeeded_at` that of the last
    completion, which later runs keep; SQL stores use the database's clock.
    """

    stage: str
    entity_id: str
    due_at: datetime | None
    lease_owner: Actor | None
    lease_until: datetime | None
    fence: int
    attempts: int
    dead_reason: str | None
    priority: Priority = field(default=Priority.NORMAL, converter=Priority)
    arguments: Mapping[str, Any] | None = None
    result: Any = None
    progress: int | None = None
    slot: datetime | None = None
    error_class: str | None = None
    cancel_reason: str | None = None
    finished_at: datetime | None = None
    succeeded_at: datetime | None = None

    @classmethod
    def new(cls, stage: str, entity_id: str, due_at: datetime, *, fence: int = 0) -> Self:
        """Return a task that was never claimed; its first claim takes the fence after `fence`."""
        return cls(
            stage=stage,
            entity_id=entity_id,
            due_at=due_at,
            lease_owner=None,
            lease_until=None,
            fence=fence,
            attempts=0,
            dead_reason=None,
        )

    @property
    def sort_key(self) -> tuple[int, datetime, str]:
        """Return the task's position in the order in which tasks are claimed."""
        return self.priority, self.due_at or NEVER, self.entity_id

    @property
    def is_halted(self) -> bool:
        """Return True if the task is dead or canceled: only a requeue or a new slot revives it."""
        return self.dead_reason is not None or self.cancel_reason is not None

    @property
    def is_finished(self) -> bool:
        """Return True if the task is completed or canceled."""
        return self.due_at is None and self.dead_reason is None

    @property
    def is_completed(self) -> bool:
        """Return True if the task's run has been completed: the next enqueue begins another."""
        return self.due_at is None and not self.is_halted

    @property
    def was_enqueued_during_lease(self) -> bool:
        """Return True if the leased task was enqueued again, which resets its attempts to 0."""
        return self.attempts == 0

    @property
    def lease(self) -> "Lease":
        """Return the present claim on the task."""
        return Lease(
            stage=self.stage,
            entity_id=self.entity_id,
            fence=self.fence,
            attempt=self.attempts,
            due_at=self.due_at or NEVER,
            until=self.lease_until or NEVER,
            priority=self.priority,
            arguments=self.arguments,
            slot=self.slot,
        )

    def state(self, now: datetime) -> TaskState:
        """Return the state at a time; a task whose lease has expired waits."""
        if self.cancel_reason is not None:
            return TaskState.CANCELED
        if self.dead_reason is not None:
            return TaskState.DEAD
        if self.due_at is None:
            return TaskState.COMPLETED
        return TaskState.WAITING if self.is_free(now) else TaskState.RUNNING

    def has_lease(self, lease: "Lease") -> bool:
        """Return True if the lease is the present claim, although it may have expired."""
        return self.fence == lease.fence and self.lease_owner is not None

    def is_due(self, now: datetime) -> bool:
        """Return True if the task's due time has come."""
        return self.due_at is not None and self.due_at <= now

    def is_free(self, now: datetime) -> bool:
        """Return True if no lease is running."""
        return self.lease_until is None or self.lease_until <= now

    def rescheduled(
        self,
        due_at: datetime,
        now: datetime,
        *,
        priority: Priority = Priority.NORMAL,
        arguments: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return the task due at that time or sooner; a dead or canceled one as it is.

        A completed task begins a run with this priority and these arguments. Any other takes the
        more urgent priority and keeps its arguments.
        """
        if self.is_halted:
            return self

        if self.due_at is None:
            return evolve(self.revived(due_at), priority=priority, arguments=arguments, result=None)

        urgent = evolve(self, priority=min(priority, self.priority))
        if not self.is_free(now):
            return evolve(urgent, due_at=self._sooner(due_at), attempts=0)

        return urgent.released(due_at=min(due_at, self.due_at))

    def revived(self, due_at: datetime) -> Self:
        """Return a task that had ended as due, with no attempts."""
        return evolve(
            self,
            due_at=due_at,
            attempts=0,
            dead_reason=None,
            cancel_reason=None,
            error_class=None,
            progress=None,
            finished_at=None,
        )

    def claimed(self, owner: Actor, until: datetime) -> Self:
        """Return the task under a new lease."""
        return evolve(
            self,
            lease_owner=owner,
            lease_until=until,
            fence=self.fence + 1,
            attempts=self.attempts + 1,
        )

    def released(self, *, due_at: datetime | None, dead_reason: str | None = None) -> Self:
        """Return the task without a lease."""
        return evolve(
            self, due_at=due_at, dead_reason=dead_reason, lease_owner=None, lease_until=None
        )

    def finished(self, now: datetime, result: object = None) -> Self:
        """Return the task as completed, or as due if it was enqueued during its lease.

        The next run has a result of its own, so that of the present one is not stored then.
        """
        succeeded = evolve(self, succeeded_at=max(now, self.succeeded_at or now))
        if self.was_enqueued_during_lease:
            return succeeded.released(due_at=self.due_at)

        return evolve(succeeded.released(due_at=None), result=result, finished_at=now)

    def retried_later(self, due_at: datetime, error_class: str | None = None) -> Self:
        """Return the task due then, or sooner if it was enqueued during its lease."""
        return evolve(self.released(due_at=self._sooner(due_at)), error_class=error_class)

    def dead(self, reason: str, error_class: str | None = None) -> Self:
        """Return the task as dead, or as due if it was enqueued during its lease."""
        failed = evolve(self, error_class=error_class)
        if self.was_enqueued_during_lease:
            return failed.released(due_at=self.due_at)

        return failed.released(due_at=None, dead_reason=reason)

    def canceled(self, reason: str, now: datetime) -> Self:
        """Return the task as canceled; like a claim, a cancellation takes the next fence."""
        return evolve(
            self.released(due_at=None),
            fence=self.fence + 1,
            cancel_reason=reason,
            finished_at=now,
        )

    def extended(self, until: datetime) -> Self:
        """Return the task under its lease until then; a lease is never shortened."""
        return evolve(self, lease_until=max(until, self.lease_until or until))

    def unclaimed(self) -> Self:
        """Return the task as it was before its claim."""
        return evolve(self.released(due_at=self.due_at), attempts=max(0, self.attempts - 1))

    def postponed(self, due_at: datetime) -> Self:
        """Return the task as before its claim, but due then; sooner if enqueued meanwhile."""
        return evolve(self.unclaimed(), due_at=self._sooner(due_at))

    def _sooner(self, due_at: datetime) -> datetime:
        """Return that time, or the time for which it was enqueued during its lease if sooner."""
        if self.was_enqueued_during_lease:
            return min(due_at, self.due_at or NEVER)

        return due_at


@frozen(kw_only=True)
class Lease:
    """A worker's claim on a task until a time; each claim raises the task's fence by one."""

    stage: str
    entity_id: str
    fence: int
    attempt: int
    due_at: datetime
    until: datetime
    priority: Priority = Priority.NORMAL
    arguments: Mapping[str, Any] | None = field(default=None, hash=False)
    slot: datetime | None = None


@frozen(kw_only=True)
class Attempt:
    """A record of an attempt at a task, with its actor and reason.

    `hash` is the digest of the other fields.
    """

    stage: str
    entity_id: str
    fence: int
    outcome: AttemptOutcome
    actor: Actor
    reason: str
    at: datetime
    request_id: str | None
    hash: str = ""

    def digest(self) -> str:
        """Return the digest that `hash` must equal."""
        fields = [
            self.stage,
            self.entity_id,
            self.fence,
            self.outcome.value,
            self.actor,
            self.reason,
            self.at,
            self.request_id,
        ]
        return digest(fields)

    def with_hash(self) -> Self:
        """Return the attempt with its digest."""
        return evolve(self, hash=self.digest())


@frozen(kw_only=True)
class StageStats:
    """The number of tasks of a stage in each condition, each at most `MAX_COUNTED`.

    `oldest` is the due time of the task that has waited longest. `hung_threads` are the threads of
    all processes that are occupied by tasks beyond their time limits.
    """

    stage: str
    due: int
    running: int
    dead: int
    oldest: datetime | None
    hung_threads: int = 0


@frozen(kw_only=True)
class ErrorCount:
    """The number of a stage's dead tasks whose last failure had this class; None for no class."""

    error_class: str | None
    tasks: int


Leases = Sequence[Lease]
