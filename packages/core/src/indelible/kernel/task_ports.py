"""Access to tasks, which each store implements."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from indelible.kernel.demand import Demand
from indelible.kernel.hung_threads import HungThreads
from indelible.kernel.rates import RateLimit
from indelible.kernel.task_lists import TaskListReader
from indelible.kernel.tasks import (
    Attempt,
    ErrorCount,
    Lease,
    Leases,
    Priority,
    StageStats,
    Task,
)

NO_DOCUMENTS: Final[Mapping[str, Any]] = {}


class TaskReader(TaskListReader, Protocol):
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

    def hung_threads(self, now: datetime, *, stage: str | None = None) -> tuple[HungThreads, ...]:
        """Return the reports that have not expired, in order of stage and process.

        There are at most `MAX_HUNG_REPORTS`; with `stage`, only those of the stage.
        """
        ...

    def dead(
        self, stage: str, *, after: str, limit: int, error_class: str | None = None
    ) -> tuple[Task, ...]:
        """Return the stage's next `limit` dead tasks after an id, in order of id.

        With `error_class`, return only those whose last failure had this class.
        """
        ...

    def error_counts(self, stage: str) -> tuple[ErrorCount, ...]:
        """Count the first `MAX_COUNTED` dead tasks of the stage by class, most frequent first."""
        ...

    def count_ready(self, stage: str, now: datetime, *, limit: int) -> int:
        """Return how many tasks could be claimed now, at most `limit`."""
        ...

    def demand(self, stages: Collection[str], now: datetime, *, limit: int) -> Demand:
        """Return the demand of these stages; a SQL store sends one statement.

        Of each stage at most `limit` due tasks are counted.
        """
        ...

    def first_attempt_at(self, lease: Lease) -> datetime | None:
        """Return the time of the first record of the attempts that the lease counts.

        Each counted attempt took one fence, so these records have the last `lease.attempt` fences.
        Return None where none of the attempts is recorded.
        """
        ...


class TaskQueue(TaskReader, Protocol):
    """Write access to tasks; the transaction's actor owns the leases."""

    def enqueue(
        self,
        stage: str,
        dues: Mapping[str, datetime],
        *,
        arguments: Mapping[str, Mapping[str, Any]] = NO_DOCUMENTS,
        priority: Priority = Priority.NORMAL,
    ) -> None:
        """Make each task due at its time, or leave it due sooner.

        A dead or canceled task stays as it is. A leased task becomes due again after its lease. A
        lease that has expired ends here. `arguments` are by the tasks' ids: a new task and a
        completed one begin a run with them. The priority of a run only becomes more urgent.

        Raises:
            TaskEntityNotFound: The stage's tasks belong to aggregates, and one does not exist.
            TaskArgumentsDiffer: A task whose run has not ended has other arguments.
            TaskArgumentSecret: An argument has the name of a secret.
            JsonLimitExceeded: The arguments of a task exceed TASK_LIMITS.
            UsageError: There are arguments for a task that is not one of `dues`.
        """
        ...

    def reschedule(self, stage: str, entity_id: str, *, due_at: datetime) -> None:
        """Make a task due at exactly that time, also later than before.

        A waiting task keeps its attempts, and a lease that has expired ends here. A running task
        stays leased and is due again at that time after its lease, in place of any other time for
        which it was enqueued meanwhile; if its attempt fails, it is due at the sooner time.

        Raises:
            TaskNotFound: The stage has no task of this id.
            TaskEnded: The task is completed, dead or canceled.
            InstantOutOfRange: The time cannot be stored.
        """
        ...

    def advance(self, stage: str) -> int:
        """Make the stage's tasks that wait for their next run due now, and return how many.

        A leased task stays as it is, and so does one that is retried after a failure.
        """
        ...

    def enqueue_slot(self, stage: str, entity_id: str, *, slot: datetime) -> bool:
        """Make a recurring task due at a slot, once; return False if the slot is not a newer one.

        A leased task becomes due again after its lease. A dead or canceled one is due again, and
        that is recorded as a requeue: one failure does not end the schedule.

        Raises:
            TaskEntityNotFound: The stage's tasks belong to aggregates, and this one does not exist.
        """
        ...

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
        """Lock and lease the free tasks that have been due longest; none of a paused stage.

        With `is_probe`, a pause of the stage makes no difference.
        With `after`, begin behind that lease: a loop of claims need not pass its own rows again.
        With `rate`, take a permit for each task from the stage's bucket, by the store's clock, and
        lease no more tasks than the bucket has permits.

        Raises:
            LeaseTooLong: The end is more than `MAX_LEASE_SECONDS` away.
        """
        ...

    def complete(self, leases: Leases, *, results: Mapping[str, Any] = NO_DOCUMENTS) -> None:
        """Mark the tasks as done, except those that were enqueued during their lease.

        `results` are JSON values by the tasks' ids; a task that is due again stores none.

        Raises:
            LeaseLost: One of the leases has ended.
            JsonLimitExceeded: A result exceeds TASK_LIMITS.
        """
        ...

    def report_progress(self, lease: Lease, percent: int) -> None:
        """Store the progress of a running task, from 0 to 100 percent; wait for no lock.

        Raises:
            LeaseLost: The lease has ended.
            TaskLocked: Another transaction has locked the task.
            NumberOutOfRange: The number is no percentage.
        """
        ...

    def record_start(self, leases: Leases) -> None:
        """Record that these attempts start, before they act outside the database.

        Raises:
            LeaseLost: One of the tasks is unknown, or its lease has ended.
            AttemptRecorded: One of the starts is recorded already.
        """
        ...

    def retry_later(
        self, lease: Lease, *, due_at: datetime, reason: str, error_class: str | None = None
    ) -> None:
        """Record a failed attempt and make the task due again.

        Raises:
            LeaseLost: The lease has ended.
        """
        ...

    def mark_dead(self, lease: Lease, *, reason: str, error_class: str | None = None) -> bool:
        """Mark the task as dead and return True; return False if it was enqueued meanwhile.

        Raises:
            LeaseLost: The lease has ended.
        """
        ...

    def release(self, leases: Leases) -> None:
        """Return claimed tasks that were not started; the claim does not count as an attempt."""
        ...

    def postpone(self, lease: Lease, *, after_seconds: float) -> None:
        """Release the task and make it due after these seconds; no attempt is counted or recorded.

        A task that was enqueued during its lease for a sooner time stays due at that time.

        Raises:
            LeaseLost: The lease has ended.
            PostponementOutOfRange: The seconds are not more than 0, or more than a day.
        """
        ...

    def extend(self, leases: Leases, *, until: datetime) -> None:
        """Extend the leases that have not ended; none is shortened.

        Raises:
            LeaseTooLong: The end is more than `MAX_LEASE_SECONDS` away.
        """
        ...

    def require_lease(self, lease: Lease, *, can_wait: bool = True) -> None:
        """Lock the task until the end of the transaction, so that no other worker claims it.

        A `perform` that writes in transactions of its own calls it first in each of them.

        Raises:
            LeaseLost: The lease has ended, or the task was claimed again.
            TaskLocked: Without `can_wait`: another transaction has locked the task.
        """
        ...

    def requeue(self, stage: str, entity_id: str) -> None:
        """Make a dead or canceled task due now, with no attempts.

        Raises:
            TaskNotFound: The stage has no task of this id.
            TaskNotDead: The task is neither dead nor canceled.
        """
        ...

    def requeue_dead(self, stage: str, *, error_class: str | None, limit: int) -> int:
        """Requeue the stage's first dead tasks in order of id, and return how many.

        With `error_class`, requeue only those whose last failure had this class.
        """
        ...

    def cancel(self, stage: str, entity_id: str) -> None:
        """Cancel a waiting or running task for the transaction's reason; its lease ends at once.

        Raises:
            TaskNotFound: The stage has no task of this id.
            TaskEnded: The task is completed, dead or canceled.
        """
        ...

    def prune(self, stage: str, *, limit: int) -> int:
        """Delete the stage's first tasks that finished long ago, and return how many.

        The setting TASK_RETENTION decides how long ago. Attempts stay. A task that is created
        later starts above the highest fence of the deleted ones.

        Raises:
            ConfigUnavailable: The setting was never changed, or is no number of seconds.
        """
        ...

    def report_hung_threads(self, report: HungThreads) -> None:
        """Store what a process reports of a stage, in place of its report before."""
        ...

    def prune_hung_threads(self) -> int:
        """Delete the reports that have expired, and return how many."""
        ...
