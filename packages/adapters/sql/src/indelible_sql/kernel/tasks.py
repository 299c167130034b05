"""The task queue in SQL: rows claimed with SKIP LOCKED and completed under their fence."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from attrs import frozen
from sqlalchemy.sql.base import Executable

from indelible.kernel import Lifecycle, Transaction, instant_text
from indelible.kernel.task_errors import (
    AttemptRecorded,
    LeaseLost,
    TaskEntityNotFound,
    TaskNotDead,
    TaskNotFound,
)
from indelible.kernel.tasks import (
    Attempt,
    AttemptOutcome,
    Lease,
    Leases,
    StageStats,
    Task,
    TaskKey,
    check_lease_end,
)
from indelible.kernel.values import check_instant, check_reason, field_values
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.session import Session
from indelible_sql.kernel import task_statements as statements
from indelible_sql.kernel.history import fetch_all, fetch_one
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS
from indelible_sql.schema.columns import prefix_of
from indelible_sql.schema.guards import duplicate_guards

_CLAIM_ORDER = attrgetter("due_at", "entity_id")
ATTEMPT_DUPLICATES = duplicate_guards(TASK_ATTEMPTS, ("stage", "entity_id", "fence", "outcome"))


@frozen
class SqlTaskReader:
    """Read access to tasks."""

    _session: Session

    def get(self, stage: str, entity_id: str) -> Task:
        """Return the task, or raise TaskNotFound."""
        key = {"stage": stage, "entity_id": entity_id}
        task = fetch_one(self._session, Task, statements.GET_TASK, key)
        if task is None:
            raise TaskNotFound(stage, entity_id)

        return task

    def attempts_of(self, stage: str, entity_id: str, *, limit: int) -> tuple[Attempt, ...]:
        """Return the last `limit` recorded attempts, newest first."""
        values = {"stage": stage, "entity_id": entity_id, "limit": limit}
        return fetch_all(self._session, Attempt, statements.ATTEMPTS_OF_TASK, values)

    def backlogs(self, now: datetime) -> tuple[StageStats, ...]:
        """Return the statistics of every stage that ever had a task, in order of name."""
        stats: list[StageStats] = []
        stage = self._next_stage("")
        while stage is not None:
            values = {"task_stage": stage, "now": now}
            counts = self._session.rows(statements.STAGE_STATS, values)[0]
            stats.append(StageStats(stage=stage, **counts))
            stage = self._next_stage(stage)

        return tuple(stats)

    def dead(self, stage: str, *, after: str, limit: int) -> tuple[Task, ...]:
        """Return the stage's next `limit` dead tasks after an id, in order of id."""
        values = {"stage": stage, "after": after, "limit": limit}
        return fetch_all(self._session, Task, statements.DEAD_TASKS, values)

    def count_ready(self, stage: str, now: datetime, *, limit: int) -> int:
        """Return how many tasks could be claimed now, at most `limit`."""
        values = {"task_stage": stage, "now": now, "limit": limit}
        return int(self._session.rows(statements.COUNT_READY, values)[0]["ready"])

    def count_claims(self, stage: str, *, limit: int) -> int | None:
        """Return the number of claims of the stage, or None if it has more than `limit` tasks."""
        values = {"task_stage": stage, "limit": limit + 1}
        counts = self._session.rows(statements.COUNT_CLAIMS, values)[0]
        if counts["tasks"] > limit:
            return None

        return int(counts["claims"])

    def _next_stage(self, after: str) -> str | None:
        name: str | None = self._session.rows(statements.NEXT_STAGE, {"after": after})[0]["name"]
        return name


@frozen
class SqlTaskQueue(SqlTaskReader):
    """Write access to tasks; the transaction's actor owns the leases."""

    _tx: Transaction
    _lifecycles: Mapping[str, Lifecycle[StrEnum]]  # by the stages whose tasks belong to aggregates

    def enqueue(self, stage: str, dues: Mapping[str, datetime]) -> None:
        """Make each task due at its time, or leave it due sooner; a dead task stays dead."""
        now = self._tx.clock.now()
        self._check_entities(stage, dues)
        if not self._session.is_sqlite:
            self._enqueue_all(stage, dues, now)
            return

        for entity_id, due_at in dues.items():
            self._insert(stage, entity_id, due_at)
            values = {"task_stage": stage, "task_id": entity_id, "due": due_at, "now": now}
            self._session.run(statements.RESCHEDULE, values)

    def enqueue_once(self, stage: str, entity_id: str, *, due_at: datetime) -> None:
        """Make the task due then, unless it exists already."""
        self._check_entities(stage, (entity_id,))
        self._insert(stage, entity_id, due_at)

    def _insert(self, stage: str, entity_id: str, due_at: datetime) -> None:
        TaskKey(stage, entity_id)
        check_instant("due_at", due_at)
        statement: Executable = statements.INSERT_ON_POSTGRESQL
        if self._session.is_sqlite:
            statement = statements.INSERT_ON_SQLITE
        self._session.run(statement, {"task_stage": stage, "task_id": entity_id, "due": due_at})

    def claim(
        self, stage: str, *, limit: int, until: datetime, after: Lease | None = None
    ) -> tuple[Lease, ...]:
        """Lock and lease the free tasks that have been due longest; none of a paused stage."""
        now = self._tx.clock.now()
        check_lease_end(until, now)
        statement = statements.CLAIM
        values: dict[str, Any] = {
            "task_stage": stage,
            "now": now,
            "limit": limit,
            "owner": self._tx.actor,
            "until": until,
        }
        if after is not None:
            statement = statements.CLAIM_BEHIND
            values["after_due"] = after.due_at
            values["after_id"] = after.entity_id

        leases: list[Lease] = []
        for entity_id, fence, attempt, due_at in self._session.tuples(statement, values):
            lease = Lease(
                stage=stage,
                entity_id=entity_id,
                fence=fence,
                attempt=attempt,
                due_at=due_at,
                until=until,
            )
            leases.append(lease)
        leases.sort(key=_CLAIM_ORDER)
        return tuple(leases)

    def complete(self, leases: Leases) -> None:
        """Mark the tasks as done, except those that were enqueued during their lease."""
        if self._session.is_autocommit and len(leases) > 1:
            self._complete_together(leases)
        else:
            self._end_leases(statements.COMPLETE, leases)

    def record_start(self, leases: Leases) -> None:
        """Record that these attempts start."""
        for lease in leases:
            self._record(lease, AttemptOutcome.STARTED, self._tx.reason)

    def retry_later(self, lease: Lease, *, due_at: datetime, reason: str) -> None:
        """Record a failed attempt and make the task due again."""
        check_instant("due_at", due_at)
        check_reason(reason)
        self._record(lease, AttemptOutcome.FAILED, reason)
        self._end_leases(statements.RETRY_LATER, (lease,), due=due_at)

    def mark_dead(self, lease: Lease, *, reason: str) -> bool:
        """Mark the task as dead and return True; return False if it was enqueued meanwhile."""
        check_reason(reason)
        task = self._lock(lease.stage, lease.entity_id)
        will_be_dead = not task.was_enqueued_during_lease
        self._record(lease, AttemptOutcome.DEAD if will_be_dead else AttemptOutcome.FAILED, reason)
        self._end_leases(statements.MARK_DEAD, (lease,), reason=reason)
        return will_be_dead

    def release(self, leases: Leases) -> None:
        """Return claimed tasks that were not started."""
        self._write(statements.RELEASE, leases)

    def extend(self, leases: Leases, *, until: datetime) -> None:
        """Extend the leases that have not ended."""
        check_lease_end(until, self._tx.clock.now())
        self._write(statements.EXTEND, leases, until=until)

    def require_lease(self, lease: Lease) -> None:
        """Lock the task, or raise LeaseLost unless its lease is running."""
        key = {"stage": lease.stage, "entity_id": lease.entity_id}
        task = fetch_one(self._session, Task, statements.LOCK_TASK, key)
        if task is None or task.fence != lease.fence or task.lease_owner is None:
            raise LeaseLost(lease.stage, lease.entity_id, lease.fence)

    def requeue(self, stage: str, entity_id: str) -> None:
        """Make a dead task due now, or raise TaskNotFound or TaskNotDead."""
        task = self._lock(stage, entity_id)
        if task.dead_reason is None:
            raise TaskNotDead(stage, entity_id)

        self._insert_attempt(
            statements.RECORD_REQUEUE, task.lease, AttemptOutcome.REQUEUED, self._tx.reason
        )
        values = {"task_stage": stage, "task_id": entity_id, "due": self._tx.clock.now()}
        self._session.run(statements.REQUEUE, values)

    def _lock(self, stage: str, entity_id: str) -> Task:
        """Lock the task and return it, or raise TaskNotFound."""
        key = {"stage": stage, "entity_id": entity_id}
        task = fetch_one(self._session, Task, statements.LOCK_TASK, key)
        if task is None:
            raise TaskNotFound(stage, entity_id)

        return task

    def _check_entities(self, stage: str, entity_ids: Collection[str]) -> None:
        """Raise TaskEntityNotFound for a missing aggregate, where the stage requires one."""
        lifecycle = self._lifecycles.get(stage)
        if lifecycle is None:
            return

        for entity_id in entity_ids:
            TaskKey(stage, entity_id)
        values = {"lifecycle": lifecycle.name, "ids": list(entity_ids)}
        rows = self._session.rows(statements.EXISTING_ENTITIES, values)
        existing = {row["entity_id"] for row in rows}
        for entity_id in entity_ids:
            if entity_id not in existing:
                raise TaskEntityNotFound(stage, entity_id, lifecycle.name)

    def _enqueue_all(self, stage: str, dues: Mapping[str, datetime], now: datetime) -> None:
        texts: dict[str, str] = {}
        for entity_id, due_at in dues.items():
            TaskKey(stage, entity_id)
            check_instant("due_at", due_at)
            texts[entity_id] = instant_text(due_at)

        schema_prefix = prefix_of(self._session.connection, self._session.schema)
        values = {"task_stage": stage, "dues": json.dumps(texts), "now": now}
        self._session.run(statements.enqueue_all(schema_prefix), values)

    def _complete_together(self, leases: Leases) -> None:
        """Complete all tasks or none by a single update."""
        values = {**_lease_values(leases), "number": len(leases)}
        self._session.run(statements.COMPLETE_ALL_OR_NONE, values)

    def _end_leases(self, statement: Executable, leases: Leases, **values: object) -> None:
        """Write to the tasks of these leases, or raise LeaseLost for one that has ended."""
        if self._write(statement, leases, **values) == len(leases):
            return
        self._session.needs_transaction()
        ended = [lease for lease in leases if not self._is_running(lease)]
        lost = ended[0] if ended else leases[0]
        raise LeaseLost(lost.stage, lost.entity_id, lost.fence)

    def _is_running(self, lease: Lease) -> bool:
        task = self.get(lease.stage, lease.entity_id)
        return task.fence == lease.fence and task.lease_owner is not None

    def _write(self, statement: Executable, leases: Leases, **values: object) -> int:
        """Write to the tasks of these leases, all of one stage, and return how many were leased."""
        if not leases:
            return 0

        return self._session.run(statement, {**_lease_values(leases), **values})

    def _record(self, lease: Lease, outcome: AttemptOutcome, reason: str) -> None:
        """Record an outcome, or raise LeaseLost or AttemptRecorded."""
        if not self._insert_attempt(statements.RECORD_ATTEMPT, lease, outcome, reason):
            raise LeaseLost(lease.stage, lease.entity_id, lease.fence)

    def _insert_attempt(
        self, statement: Executable, lease: Lease, outcome: AttemptOutcome, reason: str
    ) -> bool:
        """Record an outcome and return whether the statement's condition held.

        Raises:
            AttemptRecorded: The outcome was recorded before.
        """
        attempt = Attempt(
            stage=lease.stage,
            entity_id=lease.entity_id,
            fence=lease.fence,
            outcome=outcome,
            actor=self._tx.actor,
            reason=reason,
            at=self._tx.clock.now(),
            request_id=self._tx.request_id,
        )
        columns = {**field_values(attempt.with_hash()), "outcome": outcome.value}
        values = parameters({TASK_ATTEMPTS: columns})
        try:
            return self._session.run(statement, values) == 1
        except GuardViolation as violation:
            if violation.guard not in ATTEMPT_DUPLICATES:
                raise
            raise AttemptRecorded(lease.stage, lease.entity_id, lease.fence, outcome) from violation


def _lease_values(leases: Leases) -> dict[str, object]:
    """Return the values that select the tasks of these leases, all of one stage."""
    ids: list[str] = []
    ids_with_fences: list[str] = []
    for lease in leases:
        ids.append(lease.entity_id)
        ids_with_fences.append(f"{lease.entity_id} {lease.fence}")

    return {"task_stage": leases[0].stage, "ids": ids, "ids_with_fences": ids_with_fences}
