"""Record what becomes of a task that was not completed: postponed, retried later or dead."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Generic, TypeVar

from attrs import frozen

from indelible.kernel import Actor, Store
from indelible.kernel.retries import is_last_attempt
from indelible.kernel.stages import (
    MAX_BACKOFF_SECONDS,
    PermanentFailure,
    Postpone,
    Stage,
    TasksRead,
    TasksWrite,
)
from indelible.kernel.task_errors import LeaseLost, TaskLocked
from indelible.kernel.tasks import Lease
from indelible_workers.masking import failure_class, failure_reason, task_failure
from indelible_workers.processing.failpoints import StageFailpoint
from indelible_workers.processing.performing import (
    EXPECTED_ERRORS,
    log_defect,
    seconds_before_retry,
)
from indelible_workers.worker import Worker, logger

Tx = TypeVar("Tx", bound=TasksWrite)


@frozen(kw_only=True)
class FailureRecorder(Generic[Tx]):
    """Records for a worker how tasks of a stage ended that were not completed."""

    store: Store[TasksRead, Tx]
    stage: Stage[Tx, Any, Any]
    actor: Actor
    worker: Worker

    def record(self, lease: Lease, error: BaseException, *, can_wait: bool = True) -> None:
        """Postpone the task, retry it later or mark it dead, unless its lease is lost.

        Raises:
            TaskLocked: Without `can_wait`: another transaction has locked the task.
        """
        self.worker.at_failpoint(StageFailpoint.BEFORE_FAILURE_RECORD)
        try:
            self._record(lease, error, can_wait=can_wait)
        except LeaseLost:
            logger.warning(
                "stage %s: task %s was canceled or lost its lease; its result is discarded",
                self.stage.name,
                lease.entity_id,
            )
            self.worker.count(self.stage.name, "lost")
        else:
            self.worker.at_failpoint(StageFailpoint.AFTER_FAILURE_RECORD)

    def _record(self, lease: Lease, error: BaseException, *, can_wait: bool) -> None:
        if isinstance(error, LeaseLost):
            raise error

        if isinstance(error, Postpone):
            self._postpone(lease, error)
            return

        if not isinstance(error, EXPECTED_ERRORS):
            log_defect(lease, error)

        now = self.worker.clock.now()
        is_permanent = isinstance(error, PermanentFailure)
        if is_permanent or is_last_attempt(self.store, self.stage, lease, now):
            self._mark_dead(lease, error, can_wait=can_wait)
        else:
            seconds = seconds_before_retry(self.stage, lease, error)
            self._retry_later(lease, error, seconds, can_wait=can_wait)

    def _postpone(self, lease: Lease, postponement: Postpone) -> None:
        with self._transaction("postponement") as tx:
            tx.tasks.postpone(lease, after_seconds=postponement.after_seconds)

        logger.info(
            "stage %s: task %s is postponed by %s seconds: %s",
            self.stage.name,
            lease.entity_id,
            postponement.after_seconds,
            failure_reason(postponement),
        )
        self.worker.count(self.stage.name, "postponed")

    def _mark_dead(self, lease: Lease, failure: BaseException, *, can_wait: bool) -> None:
        described = task_failure(failure)
        reason = described.reason
        try:
            with self._transaction("failure") as tx:
                if not can_wait:
                    tx.tasks.require_lease(lease, can_wait=False)
                is_dead = tx.tasks.mark_dead(
                    lease, reason=reason, error_class=failure_class(failure)
                )
                if is_dead and self.stage.on_dead:
                    self.stage.on_dead(tx, lease, described)
        except (LeaseLost, TaskLocked):
            raise
        except Exception as error:  # noqa: BLE001 - on_dead refused: keep trying, rarely
            self._retry_later(lease, error, MAX_BACKOFF_SECONDS, can_wait=can_wait)
            return

        if is_dead:
            logger.error("stage %s: task %s is dead: %s", self.stage.name, lease.entity_id, reason)
            self.worker.count(self.stage.name, "dead")
        else:
            logger.error(
                "stage %s: task %s failed and was enqueued again meanwhile: %s",
                self.stage.name,
                lease.entity_id,
                reason,
            )
            self.worker.count(self.stage.name, "retried")

    def _retry_later(
        self, lease: Lease, failure: BaseException, seconds: float, *, can_wait: bool
    ) -> None:
        reason = failure_reason(failure)
        with self._transaction("retry") as tx:
            if not can_wait:
                tx.tasks.require_lease(lease, can_wait=False)
            due_at = tx.clock.now() + timedelta(seconds=seconds)
            tx.tasks.retry_later(
                lease, due_at=due_at, reason=reason, error_class=failure_class(failure)
            )

        logger.warning(
            "stage %s: task %s will be retried: %s", self.stage.name, lease.entity_id, reason
        )
        self.worker.count(self.stage.name, "retried")

    @contextmanager
    def _transaction(self, purpose: str) -> Generator[Tx]:
        reason = f"{purpose} of {self.stage.name} tasks"
        with self.store.transaction(actor=self.actor, reason=reason) as tx:
            yield tx
            self.worker.at_failpoint(StageFailpoint.BEFORE_FAILURE_COMMIT)
