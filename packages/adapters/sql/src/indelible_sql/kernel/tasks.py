"""The task queue in SQL: rows claimed with SKIP LOCKED and completed under their fence."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from attrs import frozen
from sqlalchemy.sql.base import Executable

from indelible.kernel.due_times import check_due
from indelible.kernel.hung_threads import HungThreads
from indelible.kernel.rates import RateLimit
from indelible.kernel.retention import OperationalTable
from indelible.kernel.task_arguments import normalize_result
from indelible.kernel.task_errors import (
    LeaseLost,
    TaskEnded,
    TaskLocked,
    TaskNotDead,
)
from indelible.kernel.task_ports import NO_DOCUMENTS
from indelible.kernel.task_retention import retention_seconds
from indelible.kernel.tasks import (
    AttemptOutcome,
    Failure,
    Lease,
    Leases,
    Priority,
    Progress,
    Task,
    check_lease_end,
    check_postponement,
)
from indelible.kernel.values import EARLIEST, check_reason
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.kernel import hung_thread_statements
from indelible_sql.kernel import task_enqueueing as enqueueing
from indelible_sql.kernel import task_queries as queries
from indelible_sql.kernel import task_statements as statements
from indelible_sql.kernel.history import fetch_all, fetch_one
from indelible_sql.kernel.operational_rows import raise_mark
from indelible_sql.kernel.rates import claim_within_rate
from indelible_sql.kernel.subjects import KEEP_SUCCESS
from indelible_sql.kernel.task_enqueuer import SqlTaskEnqueuer, document_texts
from indelible_sql.kernel.task_tables import PRUNED_STAGES
from indelible_sql.kernel.task_terms import behind_parameters
from indelible_sql.schema.isolation import check_isolation

_CLAIM_ORDER = attrgetter("priority", "due_at", "entity_id")


@frozen
class SqlTaskQueue(SqlTaskEnqueuer):
    """Write access to tasks; the transaction's actor owns the leases."""

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
        now = self._tx.clock.now()
        check_lease_end(until, now)
        statement = statements.CLAIM_PROBE if is_probe else statements.CLAIM
        values: dict[str, Any] = {
            "task_stage": stage,
            "now": now,
            "limit": limit,
            "owner": self._tx.actor,
            "until": until,
        }
        if after is not None and not is_probe:
            statement = statements.CLAIM_BEHIND
            values.update(_positions_behind(after))

        if rate is None:
            rows = self._session.tuples(statement, values)
        else:
            rows = claim_within_rate(self._session, statement, values, rate)

        leases = [_lease(stage, until, row) for row in rows]
        leases.sort(key=_CLAIM_ORDER)
        return tuple(leases)

    def advance(self, stage: str) -> int:
        """Make the stage's tasks that wait for their next run due now, and return how many."""
        values = {"task_stage": stage, "now": self._tx.clock.now()}
        return self._session.run(statements.ADVANCE, values)

    def complete(self, leases: Leases, *, results: Mapping[str, Any] = NO_DOCUMENTS) -> None:
        """Mark the tasks as done, except those that were enqueued during their lease."""
        if not results:
            self._complete(leases, statements.COMPLETE, statements.COMPLETE_ALL_OR_NONE)
            return

        normal: dict[str, Any] = {}
        for lease in leases:
            normal[lease.entity_id] = normalize_result(results.get(lease.entity_id))
        self._complete(
            leases,
            statements.COMPLETE_WITH_RESULTS,
            statements.COMPLETE_WITH_RESULTS_ALL_OR_NONE,
            results=document_texts(normal),
        )

    def report_progress(self, lease: Lease, percent: int) -> None:
        """Store the progress of a running task, from 0 to 100 percent; wait for no lock."""
        progress = Progress(percent)
        if self._write(statements.REPORT_PROGRESS, (lease,), percent=progress.percent):
            return

        self._session.needs_transaction()
        self.require_lease(lease, can_wait=False)
        self._write(statements.REPORT_PROGRESS, (lease,), percent=progress.percent)

    def record_start(self, leases: Leases) -> None:
        """Record that these attempts start."""
        for lease in leases:
            self._record(lease, AttemptOutcome.STARTED, self._tx.reason)

    def retry_later(
        self, lease: Lease, *, due_at: datetime, reason: str, error_class: str | None = None
    ) -> None:
        """Record a failed attempt and make the task due again."""
        check_due(due_at, self._tx.clock.now())
        check_reason(reason)
        Failure(error_class)
        self._session.schedules_tasks = True
        self._record(lease, AttemptOutcome.FAILED, reason)
        self._end_leases(statements.RETRY_LATER, (lease,), due=due_at, error_class=error_class)

    def mark_dead(self, lease: Lease, *, reason: str, error_class: str | None = None) -> bool:
        """Mark the task as dead and return True; return False if it was enqueued meanwhile."""
        check_reason(reason)
        Failure(error_class)
        task = self._find_locked(lease.stage, lease.entity_id)
        will_be_dead = task is None or not task.was_enqueued_during_lease
        self._record(lease, AttemptOutcome.DEAD if will_be_dead else AttemptOutcome.FAILED, reason)
        self._end_leases(statements.MARK_DEAD, (lease,), reason=reason, error_class=error_class)
        if not will_be_dead:
            self._session.schedules_tasks = True
        return will_be_dead

    def release(self, leases: Leases) -> None:
        """Return claimed tasks that were not started."""
        self._session.schedules_tasks = True
        self._write(statements.RELEASE, leases)

    def postpone(self, lease: Lease, *, after_seconds: float) -> None:
        """Release the task and make it due after these seconds, without an attempt."""
        self._session.schedules_tasks = True
        due_at = self._tx.clock.now() + timedelta(seconds=check_postponement(after_seconds))
        self._write(statements.ADVANCE_ENQUEUED_DURING_LEASE, (lease,), due=due_at)
        self._end_leases(statements.POSTPONE, (lease,), due=due_at)

    def extend(self, leases: Leases, *, until: datetime) -> None:
        """Extend the leases that have not ended."""
        check_lease_end(until, self._tx.clock.now())
        self._write(statements.EXTEND, leases, until=until)

    def require_lease(self, lease: Lease, *, can_wait: bool = True) -> None:
        """Lock the task, or raise LeaseLost unless its lease is running."""
        key = {"stage": lease.stage, "entity_id": lease.entity_id}
        statement = queries.LOCK_TASK if can_wait else queries.LOCK_TASK_IF_UNLOCKED
        task = fetch_one(self._session, Task, statement, key)
        if task is not None and task.has_lease(lease):
            return
        if task is None and not can_wait and self._is_running(lease):
            raise TaskLocked(lease.stage, lease.entity_id)

        raise LeaseLost(lease.stage, lease.entity_id, lease.fence)

    def requeue(self, stage: str, entity_id: str) -> None:
        """Make a dead or canceled task due now, or raise TaskNotFound or TaskNotDead."""
        task = self._lock(stage, entity_id)
        if not task.is_halted:
            raise TaskNotDead(stage, entity_id, task.state(self._tx.clock.now()).value)

        self._requeue_all(stage, (task,))

    def requeue_dead(self, stage: str, *, error_class: str | None, limit: int) -> int:
        """Requeue the stage's first dead tasks in order of id, and return how many."""
        values: dict[str, object] = {"stage": stage, "after": "", "limit": limit}
        statement = queries.LOCK_DEAD_TASKS
        if error_class is not None:
            statement = queries.LOCK_DEAD_TASKS_OF_CLASS
            values["error_class"] = error_class
        tasks = fetch_all(self._session, Task, statement, values)

        self._requeue_all(stage, tasks)
        return len(tasks)

    def cancel(self, stage: str, entity_id: str) -> None:
        """Cancel a waiting or running task, or raise TaskNotFound or TaskEnded."""
        now = self._tx.clock.now()
        task = self._lock(stage, entity_id)
        if task.due_at is None:
            raise TaskEnded(stage, entity_id, task.state(now).value)

        reason = self._tx.reason
        self._record_unleased(task.canceled(reason, now).lease, AttemptOutcome.CANCELED)
        values = {"task_stage": stage, "task_id": entity_id, "reason": reason}
        self._session.run(statements.CANCEL, values)

    def prune(self, stage: str, *, limit: int) -> int:
        """Delete the stage's first tasks that finished long ago, and return how many."""
        seconds = retention_seconds(self._tx.settings)
        values = {"task_stage": stage, "seconds": seconds, "limit": limit}
        rows = self._session.rows(enqueueing.PRUNABLE_TASKS, values)
        if not rows:
            return 0

        check_isolation(rows[0]["isolation"])
        highest = max(rows, key=itemgetter("fence"))
        self._keep_fence(stage, highest["entity_id"], highest["fence"])
        ids = [row["entity_id"] for row in rows]
        keys = {"task_stage": stage, "ids": ids}
        self._session.run(KEEP_SUCCESS, keys)
        number = self._session.run(enqueueing.PRUNE, keys)
        raise_mark(self._session, OperationalTable.TASKS, seconds=seconds, number=number)
        return number

    def report_hung_threads(self, report: HungThreads) -> None:
        """Store what a process reports of a stage."""
        values = {
            "report_stage": report.stage,
            "report_process": report.process,
            "new_threads": report.threads,
            "new_since": report.since,
            "new_expires_at": report.expires_at,
        }
        if not self._session.run(hung_thread_statements.UPDATE_REPORT, values):
            self._session.run(hung_thread_statements.INSERT_REPORT, values)

    def prune_hung_threads(self) -> int:
        """Delete the reports that have expired, and return how many."""
        return self._session.run(hung_thread_statements.DELETE_EXPIRED, {})

    def _keep_fence(self, stage: str, entity_id: str, fence: int) -> None:
        """Store the highest fence of the stage's pruned tasks."""
        columns = {"stage": stage, "entity_id": entity_id, "fence": fence}
        values = parameters({PRUNED_STAGES: columns})
        if not self._session.is_sqlite:
            self._session.run(enqueueing.KEEP_FENCE_ON_POSTGRESQL, values)
            return

        kept_row = self._session.first(enqueueing.PRUNED_FENCE, {"stage": stage})
        if kept_row is None:
            self._session.run(enqueueing.INSERT_PRUNED_FENCE, values)
        elif kept_row["fence"] < fence:
            self._session.run(enqueueing.RAISE_PRUNED_FENCE, values)

    def _requeue_all(self, stage: str, tasks: Collection[Task]) -> None:
        """Record the requeues and make the locked tasks due now."""
        if not tasks:
            return

        self._session.schedules_tasks = True
        for task in tasks:
            self._record_unleased(task.lease, AttemptOutcome.REQUEUED)
        ids = [task.entity_id for task in tasks]
        values = {"task_stage": stage, "ids": ids, "due": self._tx.clock.now()}
        self._session.run(statements.REQUEUE, values)

    def _complete(
        self, leases: Leases, completion: Executable, all_or_none: Executable, **values: object
    ) -> None:
        """Complete the tasks of the leases, all or none."""
        if self._session.is_autocommit and len(leases) > 1:
            all_values = {**_lease_values(leases), **values, "number": len(leases)}
            self._session.run(all_or_none, all_values)
        else:
            self._end_leases(completion, leases, **values)

    def _end_leases(self, statement: Executable, leases: Leases, **values: object) -> None:
        """Write to the tasks of these leases, or raise LeaseLost for one that has ended."""
        if self._write(statement, leases, **values) == len(leases):
            return
        self._session.needs_transaction()
        ended = [lease for lease in leases if not self._is_running(lease)]
        lost = ended[0] if ended else leases[0]
        raise LeaseLost(lost.stage, lost.entity_id, lost.fence)

    def _is_running(self, lease: Lease) -> bool:
        key = {"stage": lease.stage, "entity_id": lease.entity_id}
        task = fetch_one(self._session, Task, queries.GET_TASK, key)
        return task is not None and task.has_lease(lease)

    def _write(self, statement: Executable, leases: Leases, **values: object) -> int:
        """Write to the tasks of these leases, all of one stage, and return how many were leased."""
        if not leases:
            return 0

        return self._session.run(statement, {**_lease_values(leases), **values})


def _lease_values(leases: Leases) -> dict[str, object]:
    """Return the values that select the tasks of these leases, all of one stage."""
    ids: list[str] = []
    ids_with_fences: list[str] = []
    for lease in leases:
        ids.append(lease.entity_id)
        ids_with_fences.append(f"{lease.entity_id} {lease.fence}")

    return {"task_stage": leases[0].stage, "ids": ids, "ids_with_fences": ids_with_fences}


def _lease(stage: str, until: datetime, row: Sequence[Any]) -> Lease:
    """Return the lease of a row that a claim returns."""
    entity_id, fence, attempt, due_at, priority, arguments, slot = row
    return Lease(
        stage=stage,
        entity_id=entity_id,
        fence=fence,
        attempt=attempt,
        due_at=due_at,
        until=until,
        priority=Priority(priority),
        arguments=arguments,
        slot=slot,
    )


def _positions_behind(lease: Lease) -> dict[str, object]:
    """Return the position of the lease in its priority, and the first one of every other."""
    values: dict[str, object] = {}
    for priority in Priority:
        due_name, id_name = behind_parameters(priority)
        is_own = priority is lease.priority
        values[due_name] = lease.due_at if is_own else EARLIEST
        values[id_name] = lease.entity_id if is_own else ""

    return values
