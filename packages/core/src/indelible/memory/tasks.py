"""Tasks in memory."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen

from indelible.kernel import Lifecycle, Transaction
from indelible.kernel.stages import StageControl, StageNotFound, StageStatus
from indelible.kernel.task_errors import (
    AttemptRecorded,
    LeaseLost,
    TaskEntityNotFound,
    TaskNotDead,
    TaskNotFound,
)
from indelible.kernel.tasks import (
    MAX_COUNTED,
    Attempt,
    AttemptOutcome,
    Lease,
    Leases,
    StageStats,
    Task,
    TaskKey,
    check_lease_end,
)
from indelible.kernel.values import check_instant, check_reason
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory

TaskRows = dict[tuple[str, str], Task]
AttemptRows = dict[tuple[str, str, int, AttemptOutcome], Attempt]


@frozen
class MemoryTaskQueue:
    """The tasks of a store; writing needs a transaction, whose actor owns the leases."""

    _stages: MemoryAggregateRepository[StageControl]
    _history: MemoryHistory
    _lifecycles: Mapping[str, Lifecycle[StrEnum]]  # by the stages whose tasks belong to aggregates
    _rows: TaskRows = field(factory=TaskRows)
    _attempts: AttemptRows = field(factory=AttemptRows)
    _tx: Transaction | None = None

    def copy(
        self, stages: MemoryAggregateRepository[StageControl], history: MemoryHistory
    ) -> "MemoryTaskQueue":
        """Return a draft; the rows are frozen, so drafts share them."""
        rows, attempts = self._rows.copy(), self._attempts.copy()
        return MemoryTaskQueue(stages, history, self._lifecycles, rows, attempts)

    def of(self, tx: Transaction) -> "MemoryTaskQueue":
        """Return the same rows for a transaction that writes them."""
        return evolve(self, tx=tx)

    def get(self, stage: str, entity_id: str) -> Task:
        """Return the task, or raise TaskNotFound."""
        if (stage, entity_id) not in self._rows:
            raise TaskNotFound(stage, entity_id)

        return self._rows[stage, entity_id]

    def attempts_of(self, stage: str, entity_id: str, *, limit: int) -> tuple[Attempt, ...]:
        """Return the last `limit` recorded attempts, newest first."""
        attempts: list[Attempt] = []
        for attempt in reversed(self._attempts.values()):
            if (attempt.stage, attempt.entity_id) == (stage, entity_id):
                attempts.append(attempt)

        return tuple(attempts[:limit])

    def backlogs(self, now: datetime) -> tuple[StageStats, ...]:
        """Return the statistics of every stage that ever had a task, in order of name."""
        stages = set[str]()
        for stage, _ in self._rows:
            stages.add(stage)

        return tuple(self._stats(stage, now) for stage in sorted(stages))

    def dead(self, stage: str, *, after: str, limit: int) -> tuple[Task, ...]:
        """Return the stage's next `limit` dead tasks after an id, in order of id."""
        dead_tasks: list[Task] = []
        for task in self._tasks_of(stage):
            if task.dead_reason is not None and task.entity_id > after:
                dead_tasks.append(task)

        dead_tasks.sort(key=lambda task: task.entity_id)
        return tuple(dead_tasks[:limit])

    def count_ready(self, stage: str, now: datetime, *, limit: int) -> int:
        """Return how many tasks could be claimed now, at most `limit`."""
        return min(len(self._claimable(stage, now)), limit)

    def count_claims(self, stage: str, *, limit: int) -> int | None:
        """Return the number of claims of the stage, or None if it has more than `limit` tasks."""
        tasks = self._tasks_of(stage)
        if len(tasks) > limit:
            return None

        return sum(task.fence for task in tasks)

    def enqueue(self, stage: str, dues: Mapping[str, datetime]) -> None:
        """Make each task due at its time, or leave it due sooner; a dead task stays dead."""
        now = self._now
        for entity_id, due_at in dues.items():
            self.enqueue_once(stage, entity_id, due_at=due_at)
            task = self._rows[stage, entity_id]
            self._rows[stage, entity_id] = task.rescheduled(due_at, now)

    def enqueue_once(self, stage: str, entity_id: str, *, due_at: datetime) -> None:
        """Make the task due then, unless it exists already."""
        TaskKey(stage, entity_id)
        self._check_entity(stage, entity_id)
        check_instant("due_at", due_at)
        self._rows.setdefault((stage, entity_id), Task.new(stage, entity_id, due_at))

    def claim(
        self, stage: str, *, limit: int, until: datetime, after: Lease | None = None
    ) -> tuple[Lease, ...]:
        """Lease the free tasks that have been due longest; none of a paused stage."""
        now = self._now
        check_lease_end(until, now)
        tasks = self._claimable(stage, now)
        if after is not None:
            tasks = _tasks_after(tasks, after)

        return tuple(self._lease(task, until) for task in tasks[:limit])

    def complete(self, leases: Leases) -> None:
        """Mark the tasks as done, except those that were enqueued during their lease."""
        for lease in leases:
            self._replace(lease, Task.finished)

    def record_start(self, leases: Leases) -> None:
        """Record that these attempts start."""
        for lease in leases:
            self._record(lease, AttemptOutcome.STARTED, self._writer.reason)

    def retry_later(self, lease: Lease, *, due_at: datetime, reason: str) -> None:
        """Record a failed attempt and make the task due again."""
        check_instant("due_at", due_at)
        check_reason(reason)
        self._record(lease, AttemptOutcome.FAILED, reason)
        self._replace(lease, lambda task: task.retried_later(due_at))

    def mark_dead(self, lease: Lease, *, reason: str) -> bool:
        """Mark the task as dead and return True; return False if it was enqueued meanwhile."""
        check_reason(reason)
        task = self.get(lease.stage, lease.entity_id)
        will_be_dead = not task.was_enqueued_during_lease
        self._record(lease, AttemptOutcome.DEAD if will_be_dead else AttemptOutcome.FAILED, reason)
        self._replace(lease, lambda task: task.dead(reason))
        return will_be_dead

    def release(self, leases: Leases) -> None:
        """Return claimed tasks that were not started."""
        for lease in leases:
            if self._is_running(lease):
                self._replace(lease, Task.unclaimed)

    def extend(self, leases: Leases, *, until: datetime) -> None:
        """Extend the leases that have not ended."""
        check_lease_end(until, self._now)
        for lease in leases:
            if self._is_running(lease):
                self._replace(lease, lambda task: task.extended(until))

    def require_lease(self, lease: Lease) -> None:
        """Raise LeaseLost unless the lease is running."""
        is_known = (lease.stage, lease.entity_id) in self._rows
        if not is_known or not self._is_running(lease):
            raise LeaseLost(lease.stage, lease.entity_id, lease.fence)

    def requeue(self, stage: str, entity_id: str) -> None:
        """Make a dead task due now, or raise TaskNotFound or TaskNotDead."""
        task = self.get(stage, entity_id)
        if task.dead_reason is None:
            raise TaskNotDead(stage, entity_id)

        self._add_attempt(task.lease, AttemptOutcome.REQUEUED, self._writer.reason)
        requeued = evolve(task, dead_reason=None, attempts=0, due_at=self._now)
        self._rows[stage, entity_id] = requeued

    def is_open(self, stage: str, entity_id: str, now: datetime) -> bool:
        """Return True if no lease is running on the task and it is not due later."""
        task = self._rows.get((stage, entity_id))
        if task is None:
            return True

        is_due_later = task.due_at is not None and not task.is_due(now)
        return task.is_free(now) and not is_due_later

    def _check_entity(self, stage: str, entity_id: str) -> None:
        """Raise TaskEntityNotFound unless the aggregate exists, where the stage requires one."""
        lifecycle = self._lifecycles.get(stage)
        if lifecycle and not self._history.of(lifecycle.name, entity_id, limit=1):
            raise TaskEntityNotFound(stage, entity_id, lifecycle.name)

    @property
    def _writer(self) -> Transaction:
        assert self._tx is not None  # noqa: S101 - readers cannot write
        return self._tx

    @property
    def _now(self) -> datetime:
        return self._writer.clock.now()

    def _tasks_of(self, stage: str) -> list[Task]:
        return [task for task in self._rows.values() if task.stage == stage]

    def _stats(self, stage: str, now: datetime) -> StageStats:
        due_times: list[datetime] = []
        running = 0
        dead = 0
        for task in self._tasks_of(stage):
            if not task.is_free(now):
                running += 1
            elif task.is_due(now):
                due_times.append(task.sort_key[0])
            if task.dead_reason is not None:
                dead += 1

        return StageStats(
            stage=stage,
            due=min(len(due_times), MAX_COUNTED),
            running=min(running, MAX_COUNTED),
            dead=min(dead, MAX_COUNTED),
            oldest=min(due_times, default=None),
        )

    def _claimable(self, stage: str, now: datetime) -> list[Task]:
        """Return the due and free tasks of a stage that is not paused, in the order of claims."""
        if self._is_paused(stage):
            return []

        tasks: list[Task] = []
        for task in self._tasks_of(stage):
            if task.is_due(now) and task.is_free(now):
                tasks.append(task)

        tasks.sort(key=lambda task: task.sort_key)
        return tasks

    def _is_paused(self, stage: str) -> bool:
        try:
            return self._stages.get(stage).entity.status is StageStatus.PAUSED
        except StageNotFound:
            return False

    def _lease(self, task: Task, until: datetime) -> Lease:
        claimed = task.claimed(self._writer.actor, until)
        self._rows[task.stage, task.entity_id] = claimed
        return claimed.lease

    def _is_running(self, lease: Lease) -> bool:
        task = self.get(lease.stage, lease.entity_id)
        return task.fence == lease.fence and task.lease_owner is not None

    def _replace(self, lease: Lease, change: Callable[[Task], Task]) -> None:
        """Replace a leased task, or raise LeaseLost."""
        if not self._is_running(lease):
            raise LeaseLost(lease.stage, lease.entity_id, lease.fence)

        key = (lease.stage, lease.entity_id)
        self._rows[key] = change(self._rows[key])

    def _record(self, lease: Lease, outcome: AttemptOutcome, reason: str) -> None:
        """Record an outcome, or raise LeaseLost or AttemptRecorded."""
        self.require_lease(lease)
        self._add_attempt(lease, outcome, reason)

    def _add_attempt(self, lease: Lease, outcome: AttemptOutcome, reason: str) -> None:
        """Record an outcome, or raise AttemptRecorded."""
        key = (lease.stage, lease.entity_id, lease.fence, outcome)
        if key in self._attempts:
            raise AttemptRecorded(*key)

        writer = self._writer
        attempt = Attempt(
            stage=lease.stage,
            entity_id=lease.entity_id,
            fence=lease.fence,
            outcome=outcome,
            actor=writer.actor,
            reason=reason,
            at=self._now,
            request_id=writer.request_id,
        )
        self._attempts[key] = attempt.with_hash()


def _tasks_after(tasks: list[Task], lease: Lease) -> list[Task]:
    """Return the tasks that come after the leased one in the order of claims."""
    lease_key = (lease.due_at, lease.entity_id)
    return [task for task in tasks if task.sort_key > lease_key]
