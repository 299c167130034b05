"""The handlers of reconciliations: started, and finished with what they have found."""

from datetime import datetime, timedelta
from typing import Final

from indelible.kernel import Head
from indelible.kernel.audit import ActorKind
from indelible.kernel.bulk import Bulk
from indelible.kernel.execution import execute
from indelible.money.commands.payouts import (
    FailReconciliation,
    FinishReconciliation,
    HaltPayments,
    ResumePayments,
    StartReconciliation,
)
from indelible.money.entities.reconciliations import (
    RECONCILIATION,
    Discrepancy,
    Reconciliation,
)
from indelible.money.entities.values import ReconciliationScope
from indelible.money.handlers.switches import DISCREPANCY, halt_payments, resume_payments
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.reconciliation import ENDED_BY_EVENTS, GRACE, RECONCILE_FULL_STAGE

ABANDONED_AFTER: Final = timedelta(hours=1)
ABANDONED: Final = "ABANDONED"
FOLLOW_UP: Final = "follow-up"


def start_reconciliation(tx: MoneyWrite, command: StartReconciliation) -> Head[Reconciliation]:
    """Start a comparison of the books with Stripe; one that was abandoned has failed.

    Raises:
        ReconciliationRunning: One of the same scope is under way.
    """
    now = tx.clock.now()
    running = tx.money.reconciliations.started(command.scope)
    if running is not None and _is_abandoned(tx, running.entity, now):
        fail = FailReconciliation(
            reconciliation_id=running.entity.id,
            error_code=ABANDONED,
            error_message="its process has ended",
        )
        fail_reconciliation(tx, fail)
    start = Reconciliation.start(id=tx.ids.new(), scope=command.scope)
    return execute(tx, tx.money.reconciliations, start, now=now)


def _is_abandoned(tx: MoneyWrite, running: Reconciliation, now: datetime) -> bool:
    """Return True for one that is old, or that an earlier attempt at the same task has started.

    A task has one attempt at a time, so that the earlier one is over.
    """
    if now - running.started_at >= ABANDONED_AFTER:
        return True
    if tx.actor.kind is not ActorKind.SYSTEM or tx.request_id is None:
        return False

    (start,) = tx.history.of(RECONCILIATION.name, running.id, limit=1)
    return (start.actor, start.request_id) == (tx.actor, tx.request_id)


def finish_reconciliation(tx: MoneyWrite, command: FinishReconciliation) -> Head[Reconciliation]:
    """Store what a reconciliation has found, and halt or resume payments by it.

    A discrepancy without a remedy halts new payments and transfers. A clean full reconciliation
    ends a halt whose discrepancies were all of rules that late events explain. The next full one is
    due soon if this one has stored events or begun a halt; and after each hourly one as long as
    such a halt stands, because the events may still wait when a full one has found them.
    """
    head = tx.money.reconciliations.lock(command.reconciliation_id)
    scope = head.entity.scope
    is_new_halt = False
    if any(one.remedy is None for one in command.discrepancies):
        is_new_halt = not _is_halted(tx)
        halt_payments(tx, HaltPayments(reason_code=DISCREPANCY))
    elif not command.discrepancies and scope is ReconciliationScope.FULL and _is_explained(tx):
        resume_payments(tx, ResumePayments())
    now = tx.clock.now()
    if is_new_halt or _is_followed(tx, command, scope):
        tx.tasks.enqueue(RECONCILE_FULL_STAGE, {FOLLOW_UP: now + GRACE})
    complete = Reconciliation.complete(
        head, checked=command.checked, discrepancy_count=len(command.discrepancies)
    )
    bulk = (Bulk.of(Discrepancy, command.discrepancies),)
    return execute(tx, tx.money.reconciliations, complete, now=now, bulk=bulk)


def fail_reconciliation(tx: MoneyWrite, command: FailReconciliation) -> Head[Reconciliation]:
    """Store that a reconciliation could not be finished; it halts nothing."""
    fail = Reconciliation.fail(
        command.reconciliation_id,
        error_code=command.error_code,
        error_message=command.error_message,
    )
    return execute(tx, tx.money.reconciliations, fail)


def _is_halted(tx: MoneyWrite) -> bool:
    head = tx.money.switches.current()
    return head is not None and head.entity.is_halted


def _is_followed(tx: MoneyWrite, command: FinishReconciliation, scope: ReconciliationScope) -> bool:
    """Return True if another full reconciliation should soon see what events have changed."""
    if any(one.remedy is not None for one in command.discrepancies):
        return True
    return scope is ReconciliationScope.CHEAP and _is_explained(tx)


def _is_explained(tx: MoneyWrite) -> bool:
    """Return True if reconciliations have halted payments for what late events explain."""
    head = tx.money.switches.current()
    if head is None or head.entity.reason_code != DISCREPANCY or head.entity.halted_at is None:
        return False
    rules = tx.money.reconciliations.joins.rules_without_remedy(head.entity.halted_at)
    # No rule at all means that a clock went back: then nobody knows what has halted.
    return bool(rules) and rules <= ENDED_BY_EVENTS
