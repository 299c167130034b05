"""Work in memory."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from indelible.kernel import Transaction
from indelible.kernel.stages import StageControl, StageStatus
from indelible.kernel.tasks import (
    MOST_COUNTED,
    Attempt,
    AttemptOutcome,
    Lease,
    LeaseLost,
    Leases,
    StageStats,
    Task,
    TaskKey,
    TaskNotDead,
    TaskNotFound,
)
from indelible.memory.aggregates import MemoryAggregateRepository

Rows = dict[tuple[str, str], Task]


@frozen
class MemoryTaskQueue:
    """Work, to be looked at, and with a transaction to be put, claimed and finished."""

    _stages: MemoryAggregateRepository[StageControl]
    _rows: Rows = field(factory=Rows)
    _attempts: list[Attempt] = field(factory=list[Attempt])
    _by: Transaction | None = None

    def copy(self, stages: MemoryAggregateRepository[StageControl]) -> "MemoryTaskQueue":
        """A draft; the rows are frozen, so they are shared."""
        return MemoryTaskQueue(stages, self._rows.copy(), self._attempts.copy())

    def of(self, by: Transaction) -> "MemoryTaskQueue":
        """The same rows, in a transaction's hands."""
        return MemoryTaskQueue(self._stages, self._rows, self._attempts, by)

    def get(self, stage: str, entity_id: str) -> Task:
        """The work, or WorkNotFound."""
        if (stage, entity_id) not in self._rows:
            raise TaskNotFound(stage, entity_id)
        return self._rows[stage, entity_id]

    def attempts_of(self, stage: str, entity_id: str, *, limit: int) -> tuple[Attempt, ...]:
        """The last `limit` recorded attempts, newest first."""
        return tuple(
            each
            for each in self._attempts[::-1]
            if (each.stage, each.entity_id) == (stage, entity_id)
        )[:limit]

    def backlogs(self, now: datetime) -> tuple[StageStats, ...]:
        """Every stage that ever had work, in order of name."""
        return tuple(
            self._backlog(stage, now) for stage in sorted({stage for stage, _ in self._rows})
        )

    def dead(self, stage: str, *, after: str, limit: int) -> tuple[Task, ...]:
        """The stage's next `limit` buried pieces of work after an id, in order of id."""
        found = (self._rows[each] for each in sorted(self._rows) if each > (stage, after))
        return tuple(each for each in found if each.stage == stage and each.dead_reason)[:limit]

    def count_ready(self, stage: str, now: datetime, *, most: int) -> int:
        """How many pieces of work could be claimed now, none counted beyond `most`."""
        return len(self._free(stage, now)[:most])

    def count_claims(self, stage: str, *, most: int) -> int | None:
        """How often work of the stage was ever claimed; None where there are more than `most` pieces to look at."""
        fences = [each.fence for each in self._rows.values() if each.stage == stage]
        return sum(fences) if len(fences) <= most else None

    def enqueue(self, stage: str, dues: Mapping[str, datetime]) -> None:
        """Make each id due at its instant, or leave it where it is due earlier; what is buried stays so."""
        now = self._now
        for entity_id, due_at in dues.items():
            self.enqueue_once(stage, entity_id, due_at=due_at)
            self._rows[stage, entity_id] = self._rows[stage, entity_id].rescheduled(due_at, now)

    def enqueue_once(self, stage: str, entity_id: str, *, due_at: datetime) -> None:
        """Make it due then, unless it ever was."""
        TaskKey(stage, entity_id)
        self._rows.setdefault((stage, entity_id), Task.new(stage, entity_id, due_at))

    def claim(
        self, stage: str, *, limit: int, until: datetime, after: Lease | None = None
    ) -> tuple[Lease, ...]:
        """The longest due work that nobody has in hand, leased; none of a paused stage."""
        found = self._free(stage, self._now)
        behind = (
            found
            if after is None
            else [each for each in found if each.sort_key > (after.due_at, after.entity_id)]
        )
        return tuple(self._leased(each, until) for each in behind[:limit])

    def complete(self, leases: Leases) -> None:
        """The work is done, and due no more unless it was put again meanwhile; LeaseLost."""
        self._change(leases, lambda work: work.finished())

    def record_start(self, leases: Leases) -> None:
        """Record that these attempts begin, before they act outside."""
        for lease in leases:
            self._record(
                lease.stage,
                lease.entity_id,
                lease.fence,
                AttemptOutcome.STARTED,
                self._cause.reason,
            )

    def retry_later(self, lease: Lease, *, due_at: datetime, reason: str) -> None:
        """The attempt failed, and is recorded; the work is due again then, or as it was put meanwhile; LeaseLost."""
        self._change((lease,), lambda work: work.retried_later(due_at))
        self._record(lease.stage, lease.entity_id, lease.fence, AttemptOutcome.FAILED, reason)

    def mark_dead(self, lease: Lease, *, reason: str) -> bool:
        """Whether the work is dead until an operator revives it: what was put meanwhile is due instead; LeaseLost."""
        self._change((lease,), lambda work: work.dead(reason))
        is_dead = self.get(lease.stage, lease.entity_id).dead_reason is not None
        outcome = AttemptOutcome.DEAD if is_dead else AttemptOutcome.FAILED
        self._record(lease.stage, lease.entity_id, lease.fence, outcome, reason)
        return is_dead

    def release(self, leases: Leases) -> None:
        """Give back what was claimed and not begun; it does not count as an attempt."""
        for lease in filter(self._is_held, leases):
            self._change((lease,), lambda work: work.unclaimed())

    def extend(self, leases: Leases, *, until: datetime) -> None:
        """Hold what is still held for longer."""
        for lease in filter(self._is_held, leases):
            self._change((lease,), lambda work: evolve(work, lease_until=until))

    def requeue(self, stage: str, entity_id: str) -> None:
        """Make buried work due now, its attempts counted from nothing; WorkNotFound or NotBuried."""
        found = self.get(stage, entity_id)
        if found.dead_reason is None:
            raise TaskNotDead(stage, entity_id)
        self._rows[stage, entity_id] = evolve(found, dead_reason=None, attempts=0, due_at=self._now)
        self._record(stage, entity_id, found.fence, AttemptOutcome.REQUEUED, self._cause.reason)

    @property
    def _cause(self) -> Transaction:
        assert self._by is not None  # noqa: S101 - for the checkers: a query has no way to ask
        return self._by

    @property
    def _now(self) -> datetime:
        return self._cause.clock.now()

    def is_open(self, stage: str, entity_id: str, now: datetime) -> bool:
        """Whether nobody has it in hand, and it is not put off."""
        found = self._rows.get((stage, entity_id))
        return found is None or (found.is_free(now) and (found.due_at is None or found.is_due(now)))

    def _backlog(self, stage: str, now: datetime) -> StageStats:
        of_stage = [each for each in self._rows.values() if each.stage == stage]
        due = [each.sort_key[0] for each in of_stage if each.is_due(now) and each.is_free(now)]
        running = sum(not each.is_free(now) for each in of_stage)
        dead = sum(each.dead_reason is not None for each in of_stage)
        counted = (min(each, MOST_COUNTED) for each in (len(due), running, dead))
        figures = dict(zip(("due", "running", "dead"), counted, strict=True))
        return StageStats(stage=stage, oldest=min(due, default=None), **figures)

    def _free(self, stage: str, now: datetime) -> list[Task]:
        if self._stages.where(lambda each: each.id == stage and each.status is StageStatus.PAUSED):
            return []
        found = (
            each
            for each in self._rows.values()
            if each.stage == stage and each.is_due(now) and each.is_free(now)
        )
        return sorted(found, key=lambda each: each.sort_key)

    def _leased(self, work: Task, until: datetime) -> Lease:
        claimed = work.claimed(self._cause.actor, until)
        self._rows[work.stage, work.entity_id] = claimed
        return claimed.lease

    def _is_held(self, lease: Lease) -> bool:
        found = self.get(lease.stage, lease.entity_id)
        return found.fence == lease.fence and found.lease_owner is not None

    def _change(self, leases: Leases, change: Callable[[Task], Task]) -> None:
        for lease in leases:
            if not self._is_held(lease):
                raise LeaseLost(lease.stage, lease.entity_id, lease.fence)
            self._rows[lease.stage, lease.entity_id] = change(
                self._rows[lease.stage, lease.entity_id]
            )

    def _record(
        self, stage: str, entity_id: str, fence: int, outcome: AttemptOutcome, reason: str
    ) -> None:
        by = self._cause
        said: dict[str, Any] = {
            "fence": fence,
            "outcome": outcome,
            "reason": reason,
            "request_id": by.request_id,
        }
        self._attempts.append(
            Attempt(stage=stage, entity_id=entity_id, actor=by.actor, at=self._now, **said)
        )
