"""Decide what Stripe's report about a dispute does to ours."""

from collections.abc import Mapping, Sequence
from typing import Final

from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.stripe_objects import DisputeObject
from indelible.money.errors.payments import DisputeOpen
from indelible.money.lifecycle.payments import DISPUTE, OPEN_DISPUTE, ChargeStatus, DisputeStatus
from indelible.money.rules.charges import KNOWN, STALE, Decision

ACTIONS: Final[Mapping[str, str]] = {
    DisputeStatus.WARNING_NEEDS_RESPONSE: "warn",
    DisputeStatus.WARNING_UNDER_REVIEW: "review_warning",
    DisputeStatus.WARNING_CLOSED: "close_warning",
    DisputeStatus.NEEDS_RESPONSE: "escalate",
    DisputeStatus.UNDER_REVIEW: "review",
    DisputeStatus.WON: "win",
    DisputeStatus.LOST: "lose",
    DisputeStatus.PREVENTED: "prevent",
}
CLOSING: Final = frozenset({"close_warning", "win", "lose", "prevent"})
# Statuses to which only a warning leads.
OF_WARNINGS: Final = frozenset(
    {
        DisputeStatus.WARNING_NEEDS_RESPONSE,
        DisputeStatus.WARNING_UNDER_REVIEW,
        DisputeStatus.WARNING_CLOSED,
    }
)
FUNDS_WITHDRAWN: Final = "charge.dispute.funds_withdrawn"
FUNDS_REINSTATED: Final = "charge.dispute.funds_reinstated"
LOST_ACTION: Final = "lose"


def opening_action(reported: DisputeObject) -> str:
    """Return the action by which a dispute begins, by the status that is known first."""
    return "warn" if reported.status in OF_WARNINGS else "open"


def decide_dispute(dispute: Dispute, reported: DisputeObject) -> Decision:
    """Decide the action of a dispute by Stripe's status of it.

    Raises:
        DisputeOpen: The status is none that Stripe documents.
    """
    action = ACTIONS.get(reported.status)
    if action is None:
        raise DisputeOpen(dispute.charge_id, dispute.id)
    if dispute.status == reported.status:
        has_news = reported.evidence_due_by not in (None, dispute.evidence_due_by)
        return Decision(actions=("update",)) if has_news and dispute.is_open else KNOWN
    if action not in DISPUTE.allowed(dispute.status):
        return STALE

    return Decision(actions=(action,))


def is_withdrawal(dispute: Dispute, event_type: str, reported: DisputeObject) -> bool:
    """Return True if an event proves that Stripe has taken the money, for the first time.

    Stripe's fee is part of the withdrawal. A dispute that has one was withdrawn before it was
    decided, even if the event of it comes later.
    """
    if dispute.withdrawn_at is not None:
        return False
    if event_type in (FUNDS_WITHDRAWN, FUNDS_REINSTATED):
        return True
    return reported.fee_minor is not None and reported.status not in OPEN_DISPUTE


def is_reinstatement(dispute: Dispute, event_type: str) -> bool:
    """Return True if an event proves that Stripe has given the money back, for the first time."""
    return event_type == FUNDS_REINSTATED and dispute.reinstated_at is None


def is_lost(dispute: Dispute) -> bool:
    """Return True for a dispute that took the money for good."""
    return dispute.status is DisputeStatus.LOST


def awaits_refund(charge: Charge) -> bool:
    """Return True while the end of a refund decides who bears a lost dispute.

    The refund has set the money of the charge aside. If it fails, the money returns to the escrow,
    which pays for the dispute; if it succeeds, the platform does. Quarantined money was never in
    the escrow.
    """
    return charge.status is ChargeStatus.REFUND_PENDING and not charge.is_quarantined


def is_absorbed(charge: Charge, *, is_covered: bool) -> bool:
    """Return True if the platform bears a lost dispute, and not the escrow of the reference.

    A settlement has counted the item, or a refund has taken the money from the escrow before.
    """
    return is_covered or charge.refunded_minor > 0 or charge.is_quarantined


def residue_minor(
    charge: Charge, *, is_settled: bool, is_covered: bool, disputes: Sequence[Dispute]
) -> int:
    """Return the money that a settlement has left in the escrow because of a dispute, now over."""
    if not is_settled or is_covered or charge.is_quarantined or charge.is_disputed:
        return 0
    if any(dispute.is_open or is_lost(dispute) for dispute in disputes):
        return 0
    return charge.left_minor
