"""The terms of a contest's payments, and the locks of a reaction: contest, entry, then money."""

from datetime import datetime, timedelta
from typing import Final

from indelible.app import WriteTx
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.money.entities.charges import Charge
from indelible.money.lifecycle.payments import ChargeStatus, RefundStatus

FAILED_REFUND: Final = frozenset({RefundStatus.FAILED, RefundStatus.CANCELED})


def payment_deadline(contest: Contest) -> datetime:
    """Return the time until which an entry may be paid: the lock with the grace."""
    return contest.lock_time + timedelta(seconds=contest.payment_grace_seconds)


def is_paid_late(contest: Contest, charge: Charge) -> bool:
    """Return True if a charge was paid after the deadline of its contest."""
    return charge.paid_at is not None and charge.paid_at > payment_deadline(contest)


def lock_entry(tx: WriteTx, entry_id: str) -> tuple[Contest, Entry]:
    """Lock an entry after its contest, and return both.

    Raises:
        EntryNotFound: There is no such entry.
    """
    present = tx.contests.entries.get(entry_id).entity
    contest = tx.contests.contests.lock(present.contest_id).entity
    return contest, tx.contests.entries.lock(entry_id).entity


def has_failed_refund(tx: WriteTx, charge: Charge) -> bool:
    """Return True if Stripe could not make the last refund of a charge.

    An operator decides what follows.
    """
    refunds = [head.entity for head in tx.money.refunds.of_charge(charge.id)]
    if charge.status is ChargeStatus.SUCCEEDED or not refunds:
        return bool(refunds)
    newest = max(refunds, key=lambda refund: refund.number)
    return newest.status in FAILED_REFUND
