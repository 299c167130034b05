"""Tasks: rows that are the queue, claimed under leases whose fences outlive them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import Final, Protocol, Self

from attrs import evolve, field, frozen

from indelible.kernel.audit import Actor
from indelible.kernel.errors import UsageError
from indelible.kernel.json import digest
from indelible.kernel.task_errors import LeaseTooLong
from indelible.kernel.values import IDENTIFIER, LATEST, check_instant, is_identifier

NEVER: Final = LATEST  # sorts behind every due time
MAX_COUNTED: Final = 10_000  # of a stage's statistics
MAX_LEASE_SECONDS: Final = 86_400  # from a claim or an extension to the end of the lease


def check_lease_end(until: datetime, now: datetime) -> None:
    """Raise InstantOutOfRange or LeaseTooLong unless a lease may end then."""
    check_instant("until", until)
    seconds = (until - now).total_seconds()
    if seconds > MAX_LEASE_SECONDS:
        raise LeaseTooLong(ceil(seconds), MAX_LEASE_SECONDS)


class AttemptOutcome(StrEnum):
    """The outcome that an attempt's record states."""

    STARTED = "STARTED"  # recorded before a task acts outside the database
    FAILED = "FAILED"
    DEAD = "DEAD"
    REQUEUED = "REQUEUED"


@frozen
class TaskKey:
    """The validated key of a task: two identifiers, each one segment of a path."""

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    entity_id: str = field(validator=is_identifier, metadata=IDENTIFIER)

    def __attrs_post_init__(self) -> None:
        if "/" in self.stage or "/" in self.entity_id:
            raise UsageError("the stage and the id of a task are parts of a path: no slash allowed")


@frozen(kw_only=True)
class Task:
    """A unit of work: due at a time and leased until another; done when it has no due time.

    `attempts` counts the claims since the task was enqueued. A task that is enqueued again while
    it is leased has 0 attempts until its lease ends: by that it stays due afterwards.
    """

    stage: str
    entity_id: str
    due_at: datetime | None
    lease_owner: Actor | None
    lease_until: datetime | None
    fence: int
    attempts: int
    dead_reason: str | None

    @classmethod
    def new(cls, stage: str, entity_id: str, due_at: datetime) -> Self:
        """Return a task that was never claimed."""
        return cls(
            stage=stage,
            entity_id=entity_id,
            due_at=due_at,
            lease_owner=None,
            lease_until=None,
            fence=0,
            attempts=0,
            dead_reason=None,
        )

    @property
    def sort_key(self) -> tuple[datetime, str]:
        """Return the task's position in the order in which tasks are claimed."""
        return self.due_at or NEVER, self.entity_id

    @property
    def was_enqueued_during_lease(self) -> bool:
        """Return True if the leased task stays due when its lease ends."""
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
        )

    def is_due(self, now: datetime) -> bool:
        """Return True if the task's due time has come."""
        return self.due_at is not None and self.due_at <= now

    def is_free(self, now: datetime) -> bool:
        """Return True if no lease is running."""
        return self.lease_until is None or self.lease_until <= now

    def rescheduled(self, due_at: datetime, now: datetime) -> Self:
        """Return the task due at that time or sooner; a dead task stays dead."""
        if self.dead_reason is not None:
            return self

        if not self.is_free(now):
            return evolve(self, due_at=self._sooner(due_at), attempts=0)

        attempts = self.attempts if self.due_at else 0
        first_due_at = min(due_at, self.due_at or NEVER)
        return evolve(self.released(due_at=first_due_at), attempts=attempts)

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

    def finished(self) -> Self:
        """Return the task as done, or as due if it was enqueued during its lease."""
        due_at = self.due_at if self.was_enqueued_during_lease else None
        return self.released(due_at=due_at)

    def retried_later(self, due_at: datetime) -> Self:
        """Return the task due then, or sooner if it was enqueued during its lease."""
        return self.released(due_at=self._sooner(due_at))

    def dead(self, reason: str) -> Self:
        """Return the task as dead, or as due if it was enqueued during its lease."""
        if self.was_enqueued_during_lease:
            return self.finished()

        return self.released(due_at=None, dead_reason=reason)

    def extended(self, until: datetime) -> Self:
        """Return the task under its lease until then; a lease is never shortened."""
        return evolve(self, lease_until=max(until, self.lease_until or until))

    def unclaimed(self) -> Self:
        """Return the task as it was before its claim."""
        return evolve(self.released(due_at=self.due_at), attempts=max(0, self.attempts - 1))

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

    `oldest` is the due time of the task that has waited longest.
    """

    stage: str
    due: int
    running: int
    dead: int
    oldest: datetime | None


Leases = Sequence[Lease]


class TaskReader(Protocol):
    """Read access to tasks."""

    def get(self, stage: str, entity_id: str) -> Task:
        """Return the task.

        Raises:
            TaskNotFound: The stage has no task of this id.
        """
        ...

    def attempts_of(self, stage: str, entity_id: str, *, limit: int) -> tuple[Attempt, ...]:
        """Return the last `limit` recorded attempts, newest first."""
        ...

    def backlogs(self, now: datetime) -> tuple[StageStats, ...]:
        """Return the statistics of every stage that ever had a task, in order of name."""
        ...

    def dead(self, stage: str, *, after: str, limit: int) -> tuple[Task, ...]:
        """Return the stage's next `limit` dead tasks after an id, in order of id."""
        ...

    def count_ready(self, stage: str, now: datetime, *, limit: int) -> int:
        """Return how many tasks could be claimed now, at most `limit`."""
        ...

    def count_claims(self, stage: str, *, limit: int) -> int | None:
        """Return the number of claims of the stage, or None if it has more than `limit` tasks."""
        ...


class TaskQueue(TaskReader, Protocol):
    """Write access to tasks; the transaction's actor owns the leases."""

    def enqueue(self, stage: str, dues: Mapping[str, datetime]) -> None:
        """Make each task due at its time, or leave it due sooner.

        A dead task stays dead. A leased task becomes due again after its lease. A lease that has
        expired ends here.

        Raises:
            TaskEntityNotFound: The stage's tasks belong to aggregates, and one does not exist.
        """
        ...

    def enqueue_once(self, stage: str, entity_id: str, *, due_at: datetime) -> None:
        """Make the task due then, unless it exists already.

        Raises:
            TaskEntityNotFound: The stage's tasks belong to aggregates, and this one does not exist.
        """
        ...

    def claim(
        self, stage: str, *, limit: int, until: datetime, after: Lease | None = None
    ) -> tuple[Lease, ...]:
        """Lock and lease the free tasks that have been due longest; none of a paused stage.

        With `after`, begin behind that lease: a loop of claims need not pass its own rows again.

        Raises:
            LeaseTooLong: The end is more than `MAX_LEASE_SECONDS` away.
        """
        ...

    def complete(self, leases: Leases) -> None:
        """Mark the tasks as done, except those that were enqueued during their lease.

        Raises:
            LeaseLost: One of the leases has ended.
        """
        ...

    def record_start(self, leases: Leases) -> None:
        """Record that these attempts start, before they act outside the database.

        Raises:
            LeaseLost: One of the tasks is unknown, or its lease has ended.
            AttemptRecorded: One of the starts is recorded already.
        """
        ...

    def retry_later(self, lease: Lease, *, due_at: datetime, reason: str) -> None:
        """Record a failed attempt and make the task due again.

        Raises:
            LeaseLost: The lease has ended.
        """
        ...

    def mark_dead(self, lease: Lease, *, reason: str) -> bool:
        """Mark the task as dead and return True; return False if it was enqueued meanwhile.

        Raises:
            LeaseLost: The lease has ended.
        """
        ...

    def release(self, leases: Leases) -> None:
        """Return claimed tasks that were not started; the claim does not count as an attempt."""
        ...

    def extend(self, leases: Leases, *, until: datetime) -> None:
        """Extend the leases that have not ended; none is shortened.

        Raises:
            LeaseTooLong: The end is more than `MAX_LEASE_SECONDS` away.
        """
        ...

    def require_lease(self, lease: Lease) -> None:
        """Lock the task until the end of the transaction, so that no other worker claims it.

        A `perform` that writes in transactions of its own calls it first in each of them.

        Raises:
            LeaseLost: The lease has ended, or the task was claimed again.
        """
        ...

    def requeue(self, stage: str, entity_id: str) -> None:
        """Make a dead task due now, with no attempts.

        Raises:
            TaskNotFound: The stage has no task of this id.
            TaskNotDead: The task is not dead.
        """
        ...
