"""Work that must happen, and who is at it: the row is the queue, and a fence outlives every claim."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol, Self

from attrs import evolve, field, frozen

from indelible.kernel.audit import Actor
from indelible.kernel.errors import Conflict, NotFound, UsageError
from indelible.kernel.values import IDENTIFIER, LATEST, is_identifier

NEVER: Final = LATEST


@frozen
class TaskNotFound(NotFound):
    """This stage has no work of this id."""

    code: ClassVar[str] = "TASK_NOT_FOUND"
    message: ClassVar[str] = "Stage {stage} has no task for {entity_id}."
    stage: str
    entity_id: str


@frozen
class LeaseLost(Conflict):
    """The lease ran out and the work was claimed again, or it is over: what was done under it does not count."""

    code: ClassVar[str] = "LEASE_LOST"
    message: ClassVar[str] = (
        "The lease on task {entity_id} of stage {stage} (fence {fence}) has ended; its result "
        "is discarded."
    )
    stage: str
    entity_id: str
    fence: int


@frozen
class TaskNotDead(Conflict):
    """The work is not dead: it comes to its turn by itself."""

    code: ClassVar[str] = "TASK_NOT_DEAD"
    message: ClassVar[str] = (
        "Task {entity_id} of stage {stage} is not dead, so it cannot be requeued."
    )
    stage: str
    entity_id: str


class AttemptOutcome(StrEnum):
    """What an attempt's record says of it."""

    STARTED = "STARTED"  # of work that acts outside, before it does
    FAILED = "FAILED"
    DEAD = "DEAD"
    REQUEUED = "REQUEUED"


@frozen
class TaskKey:
    """What work is asked for by, whoever puts it: two identifiers, each one part of an address."""

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    entity_id: str = field(validator=is_identifier, metadata=IDENTIFIER)

    def __attrs_post_init__(self) -> None:
        if "/" in self.stage + self.entity_id:
            raise UsageError(
                "the stage and the id of work are parts of an address: they hold no slash"
            )


@frozen(kw_only=True)
class Task:
    """One piece of work: due at an instant, and in somebody's hands until another; finished when it is due no more."""

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
        """Work that nobody ever had in hand."""
        nobody: dict[str, Any] = {
            "lease_owner": None,
            "lease_until": None,
            "fence": 0,
            "attempts": 0,
            "dead_reason": None,
        }
        return cls(stage=stage, entity_id=entity_id, due_at=due_at, **nobody)

    @property
    def sort_key(self) -> tuple[datetime, str]:
        """Its place among what is due."""
        return self.due_at or NEVER, self.entity_id

    @property
    def lease(self) -> "Lease":
        """The claim on it."""
        said = {"due_at": self.due_at or NEVER, "until": self.lease_until or NEVER}
        return Lease(
            stage=self.stage,
            entity_id=self.entity_id,
            fence=self.fence,
            attempt=self.attempts,
            **said,
        )

    def is_due(self, now: datetime) -> bool:
        """Whether its time has come."""
        return self.due_at is not None and self.due_at <= now

    def is_free(self, now: datetime) -> bool:
        """Whether nobody has it in hand."""
        return self.lease_until is None or self.lease_until <= now

    def rescheduled(self, due_at: datetime, now: datetime) -> Self:
        """The work made due then or sooner, unless it is dead; what is in hand afterwards, as if never tried."""
        if self.dead_reason is not None:
            return self
        if not self.is_free(now):
            return evolve(self, due_at=self._soonest(due_at), attempts=0)
        return evolve(
            self.released(due_at=min(due_at, self.sort_key[0])),
            attempts=self.attempts if self.due_at else 0,
        )

    def claimed(self, owner: Actor, until: datetime) -> Self:
        """The work in somebody's hands."""
        lease: dict[str, Any] = {
            "lease_owner": owner,
            "lease_until": until,
            "fence": self.fence + 1,
        }
        return evolve(self, attempts=self.attempts + 1, **lease)

    def released(self, *, due_at: datetime | None, dead_reason: str | None = None) -> Self:
        """The work in nobody's hands."""
        return evolve(
            self, due_at=due_at, dead_reason=dead_reason, lease_owner=None, lease_until=None
        )

    def finished(self) -> Self:
        """The work done, unless it was put again meanwhile."""
        return self.released(due_at=None if self.attempts else self.due_at)

    def retried_later(self, due_at: datetime) -> Self:
        """The work due then, or sooner if it was put again meanwhile."""
        return self.released(due_at=self._soonest(due_at))

    def dead(self, reason: str) -> Self:
        """The work buried, unless it was put again meanwhile."""
        return self.released(due_at=None, dead_reason=reason) if self.attempts else self.finished()

    def unclaimed(self) -> Self:
        """The work given back, as if it had not been claimed."""
        return evolve(self.released(due_at=self.due_at), attempts=max(0, self.attempts - 1))

    def _soonest(self, due_at: datetime) -> datetime:
        """That instant, or the one for which it was put while it was in hand, of which no attempts tell."""
        return due_at if self.attempts else min(due_at, self.sort_key[0])


@frozen(kw_only=True)
class Lease:
    """A claim on one piece of work until an instant; its fence is one more than that of the claim before."""

    stage: str
    entity_id: str
    fence: int
    attempt: int
    due_at: datetime
    until: datetime


@frozen(kw_only=True)
class Attempt:
    """What was recorded of an attempt, by whom and why."""

    stage: str
    entity_id: str
    fence: int
    outcome: AttemptOutcome
    actor: Actor
    reason: str
    at: datetime
    request_id: str | None


@frozen(kw_only=True)
class StageStats:
    """A stage in numbers; none is counted beyond `MOST_COUNTED`."""

    stage: str
    due: int
    running: int
    dead: int
    oldest: datetime | None  # when the longest waiting became due


MOST_COUNTED = 10_000
Leases = Sequence[Lease]


class TaskReader(Protocol):
    """Work, to be looked at."""

    def get(self, stage: str, entity_id: str) -> Task:
        """The work, or WorkNotFound."""
        ...

    def attempts_of(self, stage: str, entity_id: str, *, limit: int) -> tuple[Attempt, ...]:
        """The last `limit` recorded attempts, newest first."""
        ...

    def backlogs(self, now: datetime) -> tuple[StageStats, ...]:
        """Every stage that ever had work, in order of name."""
        ...

    def dead(self, stage: str, *, after: str, limit: int) -> tuple[Task, ...]:
        """The stage's next `limit` buried pieces of work after an id, in order of id."""
        ...

    def count_ready(self, stage: str, now: datetime, *, most: int) -> int:
        """How many pieces of work could be claimed now, none counted beyond `most`."""
        ...

    def count_claims(self, stage: str, *, most: int) -> int | None:
        """How often work of the stage was ever claimed; None where there are more than `most` pieces to look at."""
        ...


class TaskQueue(TaskReader, Protocol):
    """Work, to be put, claimed and finished; who claims is the transaction's actor."""

    def enqueue(self, stage: str, dues: Mapping[str, datetime]) -> None:
        """Make each id due at its instant, or leave it where it is due earlier; what is buried stays so.

        A lease that has run out ends with it, and what is in hand is due again after it. Raises what `Named` does.
        """
        ...

    def enqueue_once(self, stage: str, entity_id: str, *, due_at: datetime) -> None:
        """Make it due then, unless it ever was."""
        ...

    def claim(
        self, stage: str, *, limit: int, until: datetime, after: Lease | None = None
    ) -> tuple[Lease, ...]:
        """The longest due work that nobody has in hand, locked and leased; none of a paused stage.

        `after` begins behind a lease of the same stage: rows that are finished need not be passed again.
        """
        ...

    def complete(self, leases: Leases) -> None:
        """The work is done, and due no more unless it was put again meanwhile; LeaseLost."""
        ...

    def record_start(self, leases: Leases) -> None:
        """Record that these attempts begin, before they act outside."""
        ...

    def retry_later(self, lease: Lease, *, due_at: datetime, reason: str) -> None:
        """The attempt failed, and is recorded; the work is due again then, or as it was put meanwhile; LeaseLost."""
        ...

    def mark_dead(self, lease: Lease, *, reason: str) -> bool:
        """Whether the work is dead until an operator revives it: what was put meanwhile is due instead; LeaseLost."""
        ...

    def release(self, leases: Leases) -> None:
        """Give back what was claimed and not begun; it does not count as an attempt."""
        ...

    def extend(self, leases: Leases, *, until: datetime) -> None:
        """Hold what is still held for longer."""
        ...

    def requeue(self, stage: str, entity_id: str) -> None:
        """Make buried work due now, its attempts counted from nothing; WorkNotFound or NotBuried."""
        ...
