"""Decide what Stripe's report about a refund does to ours."""

from collections.abc import Mapping, Sequence
from typing import Final

from indelible.kernel.money import CurrencyMismatch
from indelible.money.entities.charges import Charge
from indelible.money.entities.refunds import Refund
from indelible.money.entities.stripe_objects import RefundObject
from indelible.money.entities.values import OutcomeCode, RefundReason
from indelible.money.errors.payments import AmountMismatch, RefundExists, RefundNotAllowed
from indelible.money.lifecycle.payments import REFUND, RUNNING_REFUND, RefundStatus
from indelible.money.rules.charges import KNOWN, REFUND_METADATA, STALE, Decision

__all__ = [
    "FAILURES",
    "MAX_QUARANTINE_REFUNDS",
    "REFUND_FAILED",
    "REFUND_METADATA",
    "SUCCESS",
    "UNKNOWN_FAILURE",
    "check_outside_refund",
    "check_refund",
    "decide_refund",
    "has_succeeded",
    "is_failure",
    "is_running",
    "outcome_of",
    "quarantine_reason",
    "refunded_sum",
]

ACTIONS: Final[Mapping[str, str]] = {
    RefundStatus.PENDING: "accept",
    RefundStatus.REQUIRES_ACTION: "require_action",
    RefundStatus.SUCCEEDED: "succeed",
    RefundStatus.FAILED: "fail",
    RefundStatus.CANCELED: "cancel",
}
SUCCESS: Final = "succeed"
FAILURES: Final = frozenset({"fail", "cancel"})
UNKNOWN_FAILURE: Final = "unknown"
REFUND_FAILED: Final = "REFUND_FAILED"
# So many refunds of quarantined money are requested; then an operator has to find another way.
MAX_QUARANTINE_REFUNDS: Final = 5


def decide_refund(refund: Refund, status: str) -> Decision:
    """Decide the action of a refund by Stripe's status of it.

    Raises:
        RefundNotAllowed: The status is none that Stripe documents.
    """
    action = ACTIONS.get(status)
    if action is None:
        raise RefundNotAllowed(refund.charge_id, " or ".join(ACTIONS), status)
    if refund.status == status:
        return KNOWN
    if action not in REFUND.allowed(refund.status):
        return STALE

    if action in FAILURES:
        return Decision(actions=(action,), code=REFUND_FAILED)
    return Decision(actions=(action,))


def check_refund(refund: Refund, reported: RefundObject) -> None:
    """Refuse a report of another refund, amount or currency.

    Raises:
        RefundExists, AmountMismatch, CurrencyMismatch
    """
    if refund.stripe_refund_id not in (None, reported.id):
        raise RefundExists(reported.id)
    if refund.currency != reported.currency:
        raise CurrencyMismatch(refund.currency, reported.currency)
    if refund.amount_minor != reported.amount_minor:
        raise AmountMismatch(refund.charge_id, refund.amount_minor, reported.amount_minor)


def check_outside_refund(charge: Charge, reported: RefundObject) -> None:
    """Refuse a refund that was made outside and is not one of the charge's money.

    Raises:
        AmountMismatch, CurrencyMismatch
    """
    if reported.currency != charge.refund_currency:
        raise CurrencyMismatch(charge.refund_currency, reported.currency)
    if reported.amount_minor > charge.left_minor:
        raise AmountMismatch(charge.id, charge.left_minor, reported.amount_minor)


def is_running(refund: Refund) -> bool:
    """Return True until a refund has ended."""
    return refund.status in RUNNING_REFUND


def is_failure(status: str) -> bool:
    """Return True for a status of Stripe's by which the money of a refund comes back."""
    return ACTIONS.get(status) in FAILURES


def has_succeeded(refund: Refund) -> bool:
    """Return True for a refund whose money has left."""
    return refund.status is RefundStatus.SUCCEEDED


def refunded_sum(refunds: Sequence[Refund]) -> int:
    """Return the sum of the refunds that have succeeded."""
    return sum(refund.amount_minor for refund in refunds if has_succeeded(refund))


def outcome_of(charge: Charge, reason: RefundReason) -> OutcomeCode:
    """Return the reason of a refund as its charge stores it; that of a quarantine stays."""
    if charge.is_quarantined and charge.outcome_code is not None:
        return charge.outcome_code
    return OutcomeCode(reason.value)


def quarantine_reason(mismatch: OutcomeCode) -> RefundReason:
    """Return the reason of the refund of money that is not that of its charge."""
    return RefundReason(mismatch.value)
