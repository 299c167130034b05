"""Tasks in memory."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from attrs import evolve, field, frozen

from indelible.kernel.due_times import check_due
from indelible.kernel.hung_threads import HungThreads
from indelible.kernel.rates import Bucket, RateLimit
from indelible.kernel.retention import OperationalTable
from indelible.kernel.stages import StageControl, TasksWrite
from indelible.kernel.task_arguments import TaskPolicy, normalize_arguments_of, normalize_result
from indelible.kernel.task_errors import (
    AttemptRecorded,
    LeaseLost,
    TaskArgumentsDiffer,
    TaskEnded,
    TaskEntityNotFound,
    TaskNotDead,
)
from indelible.kernel.task_ports import NO_DOCUMENTS
from indelible.kernel.task_retention import retention_seconds
from indelible.kernel.tasks import (
    Attempt,
    AttemptOutcome,
    Failure,
    Lease,
    Leases,
    Priority,
    Progress,
    Task,
    TaskKey,
    check_lease_end,
    check_postponement,
)
from indelible.kernel.values import check_reason
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.breakers import MemoryBreakers
from indelible.memory.history import MemoryHistory
from indelible.memory.task_reader import MemoryTaskReader, tasks_after

BucketRows = dict[str, Bucket]  # by their stages


@frozen
class MemoryTaskQueue(MemoryTaskReader):
    """The tasks of a store; writing needs a transaction, whose actor owns the leases."""

    _buckets: BucketRows = field(factory=BucketRows)
    scheduled: set[str] = field(factory=set[str])  # stages with tasks that this draft made due
    _tx: TasksWrite | None = None
    _policy: TaskPolicy = field(factory=TaskPolicy)
    _before: object = None  # the tasks and the attempts at the beginning of the transaction

    def copy(
        self,
        stages: MemoryAggregateRepository[StageControl],
        history: MemoryHistory,
        breakers: MemoryBreakers,
    ) -> "MemoryTaskQueue":
        """Return a draft; the rows are frozen, so drafts share them."""
        return MemoryTaskQueue(
            stages,
            history,
            breakers,
            self._lifecycles,
            self._rows.copy(),
            self._attempts.copy(),
            self._pruned.copy(),
            self._hung_reports.copy(),
            self._kept_successes.copy(),
            self.deleted_rows.copy(),
            self._buckets.copy(),
        )

    def of(self, tx: TasksWrite, policy: TaskPolicy) -> "MemoryTaskQueue":
        """Return the same rows for a transaction that writes them."""
        before = (self._rows.copy(), self._attempts.copy())
        return evolve(self, tx=tx, policy=policy, before=before)

    @property
    def has_written(self) -> bool:
        """Return True if the transaction has written a task or an attempt."""
        return (self._rows, self._attempts) != self._before

    def enqueue(
        self,
        stage: str,
        dues: Mapping[str, datetime],
        *,
        arguments: Mapping[str, Mapping[str, Any]] = NO_DOCUMENTS,
        priority: Priority = Priority.NORMAL,
    ) -> None:
        """Make each task due at its time, or leave it due sooner."""
        self.scheduled.add(stage)
        now = self._now
        documents = normalize_arguments_of(dues, arguments, self._policy.secrets_of(stage))
        for entity_id, due_at in dues.items():
            normal = documents.get(entity_id)
            task = self._rows.get((stage, entity_id))
            if task is None:
                task = evolve(
                    self._new(stage, entity_id, due_at, now), priority=priority, arguments=normal
                )
            else:
                check_due(due_at, now)
                _check_arguments(task, normal)
            self._rows[stage, entity_id] = task.rescheduled(
                due_at, now, priority=priority, arguments=normal
            )

    def reschedule(self, stage: str, entity_id: str, *, due_at: datetime) -> None:
        """Make a task due at exactly that time, or raise TaskNotFound or TaskEnded."""
        self.scheduled.add(stage)
        now = self._now
        check_due(due_at, now)
        task = self.get(stage, entity_id)
        if task.due_at is None:
            raise TaskEnded(stage, entity_id, task.state(now).value)

        if task.is_free(now):
            moved = task.released(due_at=due_at)
        else:
            moved = evolve(task, due_at=due_at, attempts=0)
        self._rows[stage, entity_id] = moved

    def advance(self, stage: str) -> int:
        """Make the stage's tasks that wait for their next run due now, and return how many."""
        now = self._now
        advanced = 0
        for task in self._tasks_of(stage):
            waits = task.due_at is not None and task.due_at > now and task.lease_owner is None
            if waits and task.attempts == 0:
                self._rows[stage, task.entity_id] = evolve(task, due_at=now)
                advanced += 1

        return advanced

    def enqueue_slot(self, stage: str, entity_id: str, *, slot: datetime) -> bool:
        """Make a recurring task due at a slot, once; return False if the slot is not newer."""
        self.scheduled.add(stage)
        now = self._now
        new = self._new(stage, entity_id, slot, now)
        task = self._rows.get((stage, entity_id))
        if task is None:
            self._rows[stage, entity_id] = evolve(new, slot=slot)
            return True
        if task.slot is not None and task.slot >= slot:
            return False

        if task.is_halted:
            self._add_attempt(task.lease, AttemptOutcome.REQUEUED, self._writer.reason)
            due = task.revived(slot)
        else:
            due = task.rescheduled(slot, now, priority=task.priority)
        self._rows[stage, entity_id] = evolve(due, slot=slot)
        return True

    def claim(
        self,
        stage: str,
        *,
        limit: int,
        until: datetime,
        after: Lease | None = None,
        rate: RateLimit | None = None,
        is_probe: bool = False,
    ) -> tuple[Lease, ...]:
        """Lock and lease the free tasks that have been due longest; none of a paused stage."""
        now = self._now
        check_lease_end(until, now)
        tasks = self._claimable(stage, now, is_probe=is_probe)
        if after is not None:
            tasks = tasks_after(tasks, after)

        tasks = tasks[:limit]
        if rate is not None:
            tasks = self._take_permits(stage, rate, tasks, now)
        return tuple(self._lease(task, until) for task in tasks)

    def complete(self, leases: Leases, *, results: Mapping[str, Any] = NO_DOCUMENTS) -> None:
        """Mark the tasks as done, except those that were enqueued during their lease."""
        now = self._now
        for lease in leases:
            result = normalize_result(results.get(lease.entity_id))
            self._replace(lease, partial(Task.finished, now=now, result=result))

    def report_progress(self, lease: Lease, percent: int) -> None:
        """Store the progress of a running task, from 0 to 100 percent."""
        progress = Progress(percent)
        self._replace(lease, lambda task: evolve(task, progress=progress.percent))

    def record_start(self, leases: Leases) -> None:
        """Record that these attempts start."""
        for lease in leases:
            self._record(lease, AttemptOutcome.STARTED, self._writer.reason)

    def retry_later(
        self, lease: Lease, *, due_at: datetime, reason: str, error_class: str | None = None
    ) -> None:
        """Record a failed attempt and make the task due again."""
        check_due(due_at, self._now)
        check_reason(reason)
        Failure(error_class)
        self.scheduled.add(lease.stage)
        self._record(lease, AttemptOutcome.FAILED, reason)
        self._replace(lease, lambda task: task.retried_later(due_at, error_class))

    def mark_dead(self, lease: Lease, *, reason: str, error_class: str | None = None) -> bool:
        """Mark the task as dead and return True; return False if it was enqueued meanwhile."""
        check_reason(reason)
        Failure(error_class)
        self.require_lease(lease)
        will_be_dead = not self._rows[lease.stage, lease.entity_id].was_enqueued_during_lease
        self._record(lease, AttemptOutcome.DEAD if will_be_dead else AttemptOutcome.FAILED, reason)
        self._replace(lease, lambda task: task.dead(reason, error_class))
        if not will_be_dead:
            self.scheduled.add(lease.stage)
        return will_be_dead

    def release(self, leases: Leases) -> None:
        """Return claimed tasks that were not started."""
        for lease in leases:
            self.scheduled.add(lease.stage)
            if self._is_running(lease):
                self._replace(lease, Task.unclaimed)

    def postpone(self, lease: Lease, *, after_seconds: float) -> None:
        """Release the task and make it due after these seconds, without an attempt."""
        self.scheduled.add(lease.stage)
        due_at = self._now + timedelta(seconds=check_postponement(after_seconds))
        self._replace(lease, lambda task: task.postponed(due_at))

    def extend(self, leases: Leases, *, until: datetime) -> None:
        """Extend the leases that have not ended."""
        check_lease_end(until, self._now)
        for lease in leases:
            if self._is_running(lease):
                self._replace(lease, lambda task: task.extended(until))

    def require_lease(
        self,
        lease: Lease,
        *,
        can_wait: bool = True,  # noqa: ARG002 - one transaction runs at a time
    ) -> None:
        """Raise LeaseLost unless the lease is running."""
        if not self._is_running(lease):
            raise LeaseLost(lease.stage, lease.entity_id, lease.fence)

    def requeue(self, stage: str, entity_id: str) -> None:
        """Make a dead or canceled task due now, or raise TaskNotFound or TaskNotDead."""
        task = self.get(stage, entity_id)
        if not task.is_halted:
            raise TaskNotDead(stage, entity_id, task.state(self._now).value)

        self.scheduled.add(stage)
        self._add_attempt(task.lease, AttemptOutcome.REQUEUED, self._writer.reason)
        self._rows[stage, entity_id] = task.revived(self._now)

    def requeue_dead(self, stage: str, *, error_class: str | None, limit: int) -> int:
        """Requeue the stage's first dead tasks in order of id, and return how many."""
        tasks = self.dead(stage, after="", limit=limit, error_class=error_class)
        for task in tasks:
            self.requeue(stage, task.entity_id)
        return len(tasks)

    def cancel(self, stage: str, entity_id: str) -> None:
        """Cancel a waiting or running task, or raise TaskNotFound or TaskEnded."""
        now = self._now
        task = self.get(stage, entity_id)
        if task.due_at is None:
            raise TaskEnded(stage, entity_id, task.state(now).value)

        canceled = task.canceled(self._writer.reason, now)
        self._add_attempt(canceled.lease, AttemptOutcome.CANCELED, self._writer.reason)
        self._rows[stage, entity_id] = canceled

    def prune(self, stage: str, *, limit: int) -> int:
        """Delete the stage's first tasks that finished long ago, and return how many."""
        cutoff = self._now - timedelta(seconds=retention_seconds(self._writer.settings))
        finished: list[tuple[datetime, str, int]] = []
        for task in self._tasks_of(stage):
            is_recurring = task.slot is not None
            if is_recurring or task.finished_at is None or task.finished_at >= cutoff:
                continue
            finished.append((task.finished_at, task.entity_id, task.fence))

        finished.sort()
        for _, entity_id, fence in finished[:limit]:
            self._keep_success(stage, entity_id)
            del self._rows[stage, entity_id]
            self._pruned[stage] = max(fence, self._pruned.get(stage, 0))
            self.deleted_rows[OperationalTable.TASKS] += 1
        return min(len(finished), limit)

    def _keep_success(self, stage: str, entity_id: str) -> None:
        """Keep the last success of a task and of its stage, before the task is deleted."""
        for key in ((stage, entity_id), (stage, None)):
            last = self.last_success(*key)
            if last is not None:
                self._kept_successes[key] = last

    def report_hung_threads(self, report: HungThreads) -> None:
        """Store what a process reports of a stage."""
        self._hung_reports[report.stage, report.process] = report

    def prune_hung_threads(self) -> int:
        """Delete the reports that have expired, and return how many."""
        expired: list[tuple[str, str]] = []
        for key, report in self._hung_reports.items():
            if not report.is_live(self._now):
                expired.append(key)

        for key in expired:
            del self._hung_reports[key]
        return len(expired)

    def _new(self, stage: str, entity_id: str, due_at: datetime, now: datetime) -> Task:
        """Return a task that was never claimed, above the fences of pruned tasks."""
        TaskKey(stage, entity_id)
        self._check_entity(stage, entity_id)
        check_due(due_at, now)
        return Task.new(stage, entity_id, due_at, fence=self._pruned.get(stage, 0))

    def _check_entity(self, stage: str, entity_id: str) -> None:
        """Raise TaskEntityNotFound unless the aggregate exists, where the stage requires one."""
        lifecycle = self._lifecycles.get(stage)
        if lifecycle and not self._history.of(lifecycle.name, entity_id, limit=1):
            raise TaskEntityNotFound(stage, entity_id, lifecycle.name)

    @property
    def _writer(self) -> TasksWrite:
        assert self._tx is not None  # noqa: S101 - readers cannot write
        return self._tx

    @property
    def _now(self) -> datetime:
        return self._writer.clock.now()

    def _take_permits(
        self, stage: str, rate: RateLimit, tasks: list[Task], now: datetime
    ) -> list[Task]:
        """Take a permit for each task, and return the tasks for which the bucket has one."""
        if rate.is_paused:
            return []

        bucket = self._buckets.get(stage, Bucket.full(rate, now))
        permitted = tasks[: bucket.permits(rate, now)]
        self._buckets[stage] = bucket.taking(len(permitted), rate, now)
        return permitted

    def _lease(self, task: Task, until: datetime) -> Lease:
        claimed = task.claimed(self._writer.actor, until)
        self._rows[task.stage, task.entity_id] = claimed
        return claimed.lease

    def _is_running(self, lease: Lease) -> bool:
        task = self._rows.get((lease.stage, lease.entity_id))
        return task is not None and task.has_lease(lease)

    def _replace(self, lease: Lease, change: Callable[[Task], Task]) -> None:
        """Replace a leased task, or raise LeaseLost."""
        self.require_lease(lease)
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


def _check_arguments(task: Task, arguments: Mapping[str, Any] | None) -> None:
    """Raise TaskArgumentsDiffer for other arguments than those of a run that has not ended."""
    if arguments is None or task.is_completed or arguments == task.arguments:
        return
    raise TaskArgumentsDiffer(task.stage, task.entity_id)
