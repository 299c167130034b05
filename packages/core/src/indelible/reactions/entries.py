"""Let entries follow their charges. The state of the contest decides, and never changes.

The reactions read the present states, so that an old change has no other effect than a new one.
"""

from typing import Final

from indelible.app import WriteTx
from indelible.contests.commands.entries import (
    ActivateEntry,
    RefundEntry,
    ReinstateEntry,
    RejectEntry,
    VoidEntry,
)
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.errors import EntryNotFound
from indelible.contests.handlers.entries import (
    activate_entry,
    refund_entry,
    reinstate_entry,
    reject_entry,
    void_entry,
)
from indelible.contests.lifecycle import EntryStatus
from indelible.kernel import Change
from indelible.money.commands.payments import RequestRefund
from indelible.money.entities.charges import Charge
from indelible.money.entities.values import RefundReason
from indelible.money.handlers.refunds import request_refund
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.reactions.rests import return_rest
from indelible.reactions.terms import has_failed_refund, is_paid_late, lock_entry

PLAYING: Final = frozenset({EntryStatus.ACTIVE, EntryStatus.VOID})
# The money of these is not in the escrow, or may leave it: the entry does not play.
SUSPENDED: Final = frozenset(
    {
        ChargeStatus.REFUND_PENDING,
        ChargeStatus.PARTIALLY_REFUNDED,
        ChargeStatus.DISPUTED,
        ChargeStatus.CHARGED_BACK,
    }
)
# A charge in one of these will not be paid, or is not the entry's any more.
ENDED: Final = SUSPENDED | {ChargeStatus.CANCELED, ChargeStatus.REFUNDED}
# The actions that lead a suspended charge back: only they reinstate an entry.
RESTORING: Final = frozenset({"win", "fail_refund"})


def follow_charge(tx: WriteTx, change: Change) -> None:
    """Bring the entry of a charge to the state that the charge asks for."""
    charge = tx.money.charges.get(change.entity_id).entity
    if charge.status is not ChargeStatus.SUCCEEDED and charge.status not in ENDED:
        return

    try:
        contest, entry = lock_entry(tx, charge.item)
    except EntryNotFound:
        # A charge that a host has opened for something else.
        return
    # The entry is locked: the charge is read again, in the order of locks.
    charge = tx.money.charges.lock(charge.id).entity
    if charge.status is ChargeStatus.SUCCEEDED:
        _follow_payment(tx, contest, entry, charge, change.action)
    elif charge.status in ENDED:
        _follow_end(tx, contest, entry, charge)
        return_rest(tx, contest, charge)


def _follow_payment(
    tx: WriteTx, contest: Contest, entry: Entry, charge: Charge, action: str
) -> None:
    """Activate or reinstate the entry, or return a payment that cannot take part."""
    if entry.status is EntryStatus.ACTIVE and not contest.is_canceled:
        return
    if entry.status is EntryStatus.VOID and not contest.is_terminal:
        if action in RESTORING:
            reinstate_entry(tx, ReinstateEntry(entry_id=entry.id))
        return

    reason = _refusal(contest, entry, charge)
    if reason is not None:
        _return_payment(tx, entry, charge, reason)
    elif entry.status is EntryStatus.PENDING_PAYMENT:
        command = ActivateEntry(
            entry_id=entry.id,
            paid_minor=charge.amount_minor,
            currency=charge.currency,
            paid_at=charge.paid_at or charge.updated_at,
            payment_ref=charge.id,
        )
        activate_entry(tx, command)


def _refusal(contest: Contest, entry: Entry, charge: Charge) -> RefundReason | None:
    """Return the reason for which a payment is refunded, None if it takes part."""
    if contest.is_canceled:
        return RefundReason.CANCELLED
    if contest.is_settled:
        # The settlement has decided about an entry that had its payment then.
        is_late = entry.status not in PLAYING
        return RefundReason.LATE_WEBHOOK_AFTER_SETTLEMENT if is_late else None
    if is_paid_late(contest, charge):
        return RefundReason.LATE_PAYMENT
    if entry.status is EntryStatus.REJECTED:
        # Its place was given back, and may be another entry's.
        return RefundReason.LATE_PAYMENT
    return None


def _return_payment(tx: WriteTx, entry: Entry, charge: Charge, reason: RefundReason) -> None:
    """Request the refund, and reject an entry that still waits for its payment."""
    if has_failed_refund(tx, charge):
        # An operator repeats a refund that Stripe could not make.
        return
    if entry.status is EntryStatus.PENDING_PAYMENT:
        _reject(tx, entry, reason)
    request_refund(tx, RequestRefund(charge_id=charge.id, reason_code=reason))


def _follow_end(tx: WriteTx, contest: Contest, entry: Entry, charge: Charge) -> None:
    """Suspend, refund or reject the entry of a charge that does not pay for it."""
    if entry.status is EntryStatus.PENDING_PAYMENT:
        _reject(tx, entry, charge.outcome_code or charge.status)
        return

    if contest.is_settled or entry.status not in PLAYING:
        # What a settlement has counted stays, whatever becomes of the payment.
        return
    if charge.status is ChargeStatus.REFUNDED:
        refund_entry(tx, RefundEntry(entry_id=entry.id))
    elif charge.status in SUSPENDED and entry.status is EntryStatus.ACTIVE:
        void_entry(tx, VoidEntry(entry_id=entry.id))


def _reject(tx: WriteTx, entry: Entry, reason: str) -> None:
    command = RejectEntry(entry_id=entry.id, rejection_reason=f"payment: {reason}")
    reject_entry(tx, command)
