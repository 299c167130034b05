"""Decide what an event about a payment intent does to its charge.

The order of delivery is not guaranteed. An event that would move a charge backwards is stale, and
a fact that is booked is not booked again.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import frozen

from indelible.money.entities.charges import Charge
from indelible.money.entities.stripe_objects import Intent
from indelible.money.entities.values import OutcomeCode, RefundReason
from indelible.money.errors.payments import IntentInDoubt, PaymentIntentNotFound
from indelible.money.lifecycle.payments import CHARGE, ChargeStatus
from indelible.money.rules.evidence import EventEvidence

STALE_EVENT: Final = "STALE_EVENT"
PAYMENT_ALREADY_PROCESSED: Final = "PAYMENT_ALREADY_PROCESSED"
PAYMENT_FAILED: Final = "PAYMENT_FAILED"
UNHANDLED_EVENT: Final = "UNHANDLED_EVENT"
IGNORED_BY_OPERATOR: Final = "IGNORED_BY_OPERATOR"
CHARGE_METADATA: Final = "charge_id"
REFUND_METADATA: Final = "refund_id"


class IntentMove(StrEnum):
    """A step of a payment intent, as an event reports it; the values are actions of a charge."""

    REQUIRE_ACTION = "require_action"
    PROCESS = "process"
    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"


MOVES_BY_TYPE: Final[Mapping[str, IntentMove]] = {
    "payment_intent.requires_action": IntentMove.REQUIRE_ACTION,
    "payment_intent.processing": IntentMove.PROCESS,
    "payment_intent.succeeded": IntentMove.SUCCEED,
    "payment_intent.payment_failed": IntentMove.FAIL,
    "payment_intent.canceled": IntentMove.CANCEL,
}
# A failed attempt leads back to requires_payment_method.
MOVES_BY_STATUS: Final[Mapping[str, IntentMove]] = {
    "requires_payment_method": IntentMove.FAIL,
    "requires_confirmation": IntentMove.REQUIRE_ACTION,
    "requires_action": IntentMove.REQUIRE_ACTION,
    "processing": IntentMove.PROCESS,
    "succeeded": IntentMove.SUCCEED,
    "canceled": IntentMove.CANCEL,
}
REACHED: Final[Mapping[IntentMove, ChargeStatus]] = {
    IntentMove.REQUIRE_ACTION: ChargeStatus.REQUIRES_ACTION,
    IntentMove.PROCESS: ChargeStatus.PROCESSING,
    IntentMove.FAIL: ChargeStatus.FAILED,
    IntentMove.CANCEL: ChargeStatus.CANCELED,
}
# A processing payment has failed before the intent asks for an action or is canceled.
AFTER_FAILURE: Final = frozenset({IntentMove.REQUIRE_ACTION, IntentMove.CANCEL})
# The intent can be in one of these states after the other in both orders.
REPEATED: Final = frozenset(
    {ChargeStatus.REQUIRES_ACTION, ChargeStatus.PROCESSING, ChargeStatus.FAILED}
)
UNCERTAIN_MOVES: Final = frozenset({IntentMove.REQUIRE_ACTION, IntentMove.PROCESS, IntentMove.FAIL})


@frozen
class Decision:
    """The actions that an event leads to, in order; without one, the code that says why."""

    actions: tuple[str, ...] = ()
    code: str | None = None

    @property
    def is_stale(self) -> bool:
        """Return True for an event that is ignored."""
        return self.code == STALE_EVENT


STALE: Final = Decision(code=STALE_EVENT)
KNOWN: Final = Decision(code=PAYMENT_ALREADY_PROCESSED)


def decide_intent(
    charge: Charge, move: IntentMove, created: datetime, intent: Intent, *, is_read: bool
) -> Decision:
    """Decide the actions of a charge after an event that was created at a time.

    `is_read` is True if the intent was read at Stripe now, which settles every doubt.

    Raises:
        IntentInDoubt: Only Stripe knows the state of the intent.
    """
    if move is IntentMove.SUCCEED:
        return _decide_success(charge, intent, is_read=is_read)
    if charge.status is REACHED[move]:
        return KNOWN
    if not charge.is_unpaid:
        return STALE
    if not is_read:
        if charge.last_event_at is not None and created < charge.last_event_at:
            return STALE
        if _is_uncertain(charge, move, created):
            raise IntentInDoubt(intent.id)

    return _path(charge, move)


def move_of(event_type: str, intent: Intent, *, is_read: bool) -> IntentMove:
    """Return what an event says, or what the intent says that was read at Stripe."""
    if is_read and intent.status in MOVES_BY_STATUS:
        return MOVES_BY_STATUS[intent.status]
    return MOVES_BY_TYPE[event_type]


def belongs_to_charge(
    charge: Charge, move: IntentMove, intent: Intent, evidence: EventEvidence
) -> bool:
    """Return True if a charge without an intent takes the intent of an event.

    A charge with a checkout session takes the intent that the session reports. An intent of a
    session that was replaced is left alone, unless its money has arrived.

    Raises:
        IntentInDoubt: Intent and session have to be read at Stripe first.
    """
    if charge.session_id is None or move is IntentMove.CANCEL:
        return move is not IntentMove.CANCEL
    session = evidence.session
    if evidence.intent is None or session is None or session.id != charge.session_id:
        raise IntentInDoubt(intent.id, charge.session_id)
    return move is IntentMove.SUCCEED or session.payment_intent == intent.id


def payment_mismatch(charge: Charge, intent: Intent) -> OutcomeCode | None:
    """Return the reason for which received money is not that of the charge."""
    if intent.currency != charge.currency:
        return OutcomeCode.CURRENCY_MISMATCH
    if intent.amount_received_minor != charge.amount_minor:
        return OutcomeCode.AMOUNT_MISMATCH
    return None


def late_reason(charge: Charge, paid_at: datetime, *, is_settled: bool) -> RefundReason | None:
    """Return the reason for which a payment is refunded at once: it came too late."""
    if is_settled:
        return RefundReason.LATE_WEBHOOK_AFTER_SETTLEMENT
    if paid_at > charge.expires_at:
        return RefundReason.LATE_PAYMENT
    return None


def check_metadata(charge: Charge, intent: Intent) -> None:
    """Raise PaymentIntentNotFound for an intent that names another charge."""
    named = intent.metadata.get(CHARGE_METADATA, charge.id)
    if named != charge.id:
        raise PaymentIntentNotFound(intent.id)


def canceled_outcome(charge: Charge, created: datetime) -> OutcomeCode:
    """Return the reason of a cancellation that Stripe reports."""
    return OutcomeCode.EXPIRED if created >= charge.expires_at else OutcomeCode.CANCELLED


def _decide_success(charge: Charge, intent: Intent, *, is_read: bool) -> Decision:
    if charge.is_unpaid:
        return Decision(actions=("succeed",))
    if charge.status is not ChargeStatus.CANCELED:
        return KNOWN
    if not is_read:
        raise IntentInDoubt(intent.id)

    # The money of a canceled charge needs an operator: the lifecycle refuses the action.
    return Decision(actions=("succeed",))


def _is_uncertain(charge: Charge, move: IntentMove, created: datetime) -> bool:
    """Return True for events of the same second that can follow each other in both orders."""
    if created != charge.last_event_at:
        return False
    return charge.status in REPEATED and move in UNCERTAIN_MOVES


def _path(charge: Charge, move: IntentMove) -> Decision:
    if move in CHARGE.allowed(charge.status):
        return Decision(actions=(move.value,))
    if charge.status is ChargeStatus.PROCESSING and move in AFTER_FAILURE:
        return Decision(actions=(IntentMove.FAIL.value, move.value))
    return STALE
