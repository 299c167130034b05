"""Count the outages of stages with a circuit breaker, and resume what their probes find working."""

from datetime import timedelta
from typing import Any, Final

from attrs import frozen

from indelible.kernel import Store
from indelible.kernel.breaker_commands import (
    RecordAnswer,
    RecordOutage,
    record_answer,
    record_outage,
)
from indelible.kernel.breakers import BREAKER, CircuitBreaker
from indelible.kernel.stages import (
    Outage,
    PermanentFailure,
    Postpone,
    RetryLater,
    Stage,
    TasksRead,
    TasksWrite,
)
from indelible.kernel.tasks import Lease
from indelible.kernel.transaction import single_statement
from indelible_workers.masking import MAX_REASON_CHARACTERS, failure_reason
from indelible_workers.worker import Worker, logger

# A stage raises these on purpose: the system outside was reached, or was not needed.
ANSWERS: Final = (PermanentFailure, Postpone, RetryLater)


@frozen(kw_only=True)
class BreakerRecorder:
    """Tells the breaker of a stage how its tasks ended; nothing for a stage without a breaker.

    A count that is not stored is only logged: the task itself is recorded already.
    """

    store: Store[TasksRead, TasksWrite]
    stage: Stage[Any, Any, Any]
    worker: Worker

    def record_failure(self, error: BaseException) -> None:
        """Count an outage. Any other error that the stage raised on purpose ends a sequence."""
        breaker = self.stage.breaker
        if breaker is None:
            return

        try:
            if isinstance(error, Outage):
                self._record_outage(breaker, error)
            elif isinstance(error, ANSWERS):
                self._record_answer(RecordAnswer(stage=self.stage.name))
        except Exception as fault:  # noqa: BLE001 - the next task is counted again
            self._log_fault(fault)

    def record_success(self, lease: Lease) -> None:
        """End a sequence of outages; the success of a probe resumes the stage."""
        if self.stage.breaker is None:
            return

        claimed_at = lease.until - timedelta(seconds=self.stage.lease_seconds)
        try:
            self._record_answer(RecordAnswer(stage=self.stage.name, claimed_at=claimed_at))
        except Exception as fault:  # noqa: BLE001 - the next task is counted again
            self._log_fault(fault)

    def _record_outage(self, breaker: CircuitBreaker, error: Outage) -> None:
        text = f"{breaker.outages} consecutive outages, the last one: {failure_reason(error)}"
        reason = text[:MAX_REASON_CHARACTERS]
        command = RecordOutage(stage=self.stage.name, breaker=breaker)
        is_paused = self.store.run(record_outage, command, actor=BREAKER, reason=reason)
        self.worker.count(self.stage.name, "outage")
        if is_paused:
            logger.warning(
                "stage %s: paused by its breaker after %s; a probe every %d seconds",
                self.stage.name,
                reason,
                breaker.probe_seconds,
            )

    def _record_answer(self, command: RecordAnswer) -> None:
        if self.store.read(_is_clear, self.stage.name):
            return

        is_resumed = self.store.run(
            record_answer, command, actor=BREAKER, reason="success of a probe"
        )
        if is_resumed:
            logger.warning("stage %s: resumed by its breaker", self.stage.name)
            self.worker.wakeup.set()  # its tasks have waited

    def _log_fault(self, fault: Exception) -> None:
        logger.warning(
            "stage %s: outage or answer not counted by the breaker: %s",
            self.stage.name,
            failure_reason(fault),
        )


@single_statement
def _is_clear(tx: TasksRead, stage: str) -> bool:
    return tx.breakers.get(stage).is_clear
