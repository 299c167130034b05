"""Return the rest of charges that were refunded in part, once their contest has ended."""

from indelible.app import WriteTx
from indelible.contests.entities.contests import Contest
from indelible.money.commands.payments import BookResidue, RequestRefund
from indelible.money.entities.charges import Charge
from indelible.money.entities.values import RefundReason
from indelible.money.handlers.disputes import book_residue
from indelible.money.handlers.refunds import request_refund
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.repositories.reads import is_covered, is_settled
from indelible.money.rules.refunds import is_running
from indelible.reactions.terms import has_failed_refund


def return_rest(tx: WriteTx, contest: Contest, charge: Charge) -> None:
    """Refund what is left of a partly refunded charge, unless a settlement has counted its item.

    The contest and the charge are locked. After a settlement, the platform keeps the rest of a
    charge whose dispute is not lost. Until the settlement is posted, the ledger does not know which
    items it counts; the posting calls this function again.
    """
    if charge.status is not ChargeStatus.PARTIALLY_REFUNDED or _must_wait(tx, charge):
        return

    if contest.is_canceled:
        _refund(tx, charge, RefundReason.CANCELLED)
    elif is_settled(tx, contest.id) and not is_covered(tx, charge.item):
        disputes = tx.money.disputes.of_charge(charge.id)
        for head in disputes:
            book_residue(tx, BookResidue(dispute_id=head.entity.id))
        if not disputes:
            _refund(tx, charge, RefundReason.REQUESTED)


def _must_wait(tx: WriteTx, charge: Charge) -> bool:
    """Return True while a refund or a dispute is under way, and after a refund that has failed."""
    if any(is_running(head.entity) for head in tx.money.refunds.of_charge(charge.id)):
        return True
    if any(head.entity.is_open for head in tx.money.disputes.of_charge(charge.id)):
        return True
    return has_failed_refund(tx, charge)


def _refund(tx: WriteTx, charge: Charge, reason: RefundReason) -> None:
    request_refund(tx, RequestRefund(charge_id=charge.id, reason_code=reason))
