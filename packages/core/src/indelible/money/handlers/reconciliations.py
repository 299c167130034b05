"""The handlers of reconciliations: started, and finished with what they have found."""

from datetime import timedelta
from typing import Final

from indelible.kernel import Head
from indelible.kernel.bulk import Bulk
from indelible.money import commands
from indelible.money.commands import ReconciliationSaved
from indelible.money.entities import Discrepancy, Reconciliation
from indelible.money.handlers.saving import save
from indelible.money.handlers.switches import halt_payments
from indelible.money.ports import MoneyWrite

ABANDONED_AFTER: Final = timedelta(hours=1)
ABANDONED: Final = "ABANDONED"
DISCREPANCY: Final = "RECONCILIATION_DISCREPANCY"


def start_reconciliation(
    tx: MoneyWrite, command: commands.StartReconciliation
) -> ReconciliationSaved:
    """Start a comparison of the books with Stripe; one that was abandoned has failed.

    Raises:
        ReconciliationRunning: One of the same scope is under way.
    """
    now = tx.clock.now()
    running = tx.money.reconciliations.started(command.scope)
    if running is not None and now - running.entity.started_at >= ABANDONED_AFTER:
        fail = commands.FailReconciliation(
            reconciliation_id=running.entity.id,
            error_code=ABANDONED,
            error_message="its process has ended",
        )
        fail_reconciliation(tx, fail)
    reconciliation = Reconciliation.create(
        "start", now=now, id=tx.ids.new(), scope=command.scope, started_at=now
    )
    return _saved(save(tx, tx.money.reconciliations, None, reconciliation, "start"))


def finish_reconciliation(
    tx: MoneyWrite, command: commands.FinishReconciliation
) -> ReconciliationSaved:
    """Store what a reconciliation has found; any discrepancy halts new payments and transfers."""
    if command.discrepancies:
        halt_payments(tx, commands.HaltPayments(reason_code=DISCREPANCY))
    head = tx.money.reconciliations.lock(command.reconciliation_id)
    now = tx.clock.now()
    reconciliation = head.entity.transition(
        "complete",
        now=now,
        finished_at=now,
        checked=command.checked,
        discrepancy_count=len(command.discrepancies),
    )
    bulk = (Bulk.of(Discrepancy, command.discrepancies),)
    head = save(tx, tx.money.reconciliations, head, reconciliation, "complete", bulk=bulk)
    return _saved(head)


def fail_reconciliation(
    tx: MoneyWrite, command: commands.FailReconciliation
) -> ReconciliationSaved:
    """Store that a reconciliation could not be finished; it halts nothing."""
    head = tx.money.reconciliations.lock(command.reconciliation_id)
    now = tx.clock.now()
    reconciliation = head.entity.transition(
        "fail",
        now=now,
        finished_at=now,
        error_code=command.error_code,
        error_message=command.error_message,
    )
    return _saved(save(tx, tx.money.reconciliations, head, reconciliation, "fail"))


def _saved(head: Head[Reconciliation]) -> ReconciliationSaved:
    return ReconciliationSaved(reconciliation=head.entity, seq=head.revision.seq)
