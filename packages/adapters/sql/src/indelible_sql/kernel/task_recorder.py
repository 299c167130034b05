"""Locks on tasks, and the records of their attempts."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen
from sqlalchemy.sql.base import Executable

from indelible.kernel import Lifecycle
from indelible.kernel.stages import TasksWrite
from indelible.kernel.task_arguments import TaskPolicy
from indelible.kernel.task_errors import (
    AttemptRecorded,
    LeaseLost,
    TaskNotFound,
)
from indelible.kernel.tasks import (
    Attempt,
    AttemptOutcome,
    Lease,
    Task,
)
from indelible.kernel.values import field_values
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.kernel import task_queries as queries
from indelible_sql.kernel import task_statements as statements
from indelible_sql.kernel.history import fetch_one
from indelible_sql.kernel.task_reader import SqlTaskReader
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS
from indelible_sql.schema.guards import duplicate_guards

ATTEMPT_DUPLICATES = duplicate_guards(TASK_ATTEMPTS, ("stage", "entity_id", "fence", "outcome"))


@frozen
class SqlTaskRecorder(SqlTaskReader):
    """Locks tasks and records attempts, for the transaction's actor."""

    _tx: TasksWrite
    _lifecycles: Mapping[str, Lifecycle[StrEnum]]  # by the stages whose tasks belong to aggregates
    _policy: TaskPolicy

    def _lock(self, stage: str, entity_id: str) -> Task:
        """Lock the task and return it, or raise TaskNotFound."""
        task = self._find_locked(stage, entity_id)
        if task is None:
            raise TaskNotFound(stage, entity_id)

        return task

    def _find_locked(self, stage: str, entity_id: str) -> Task | None:
        """Lock the task and return it, or None."""
        key = {"stage": stage, "entity_id": entity_id}
        return fetch_one(self._session, Task, queries.LOCK_TASK, key)

    def _record(self, lease: Lease, outcome: AttemptOutcome, reason: str) -> None:
        """Record an outcome, or raise LeaseLost or AttemptRecorded."""
        if not self._insert_attempt(statements.RECORD_ATTEMPT, lease, outcome, reason):
            raise LeaseLost(lease.stage, lease.entity_id, lease.fence)

    def _record_unleased(self, lease: Lease, outcome: AttemptOutcome) -> None:
        """Record an outcome of a locked task without a lease, for the transaction's reason."""
        self._insert_attempt(statements.RECORD_REQUEUE, lease, outcome, self._tx.reason)

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
