"""Attempts to pay an intent: what a cardholder, a bank and the merchant's capture do."""

from copy import deepcopy
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from indelible_stripe.simulator import balance
from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.objects import new_charge
from indelible_stripe.simulator.parts import unimplemented_value
from indelible_stripe.simulator.state import Kind, State

MIN_AMOUNT: Final = 50
MAX_AMOUNT: Final = 99_999_999
UNPAID: Final = ("requires_payment_method", "requires_confirmation", "requires_action")
PAYABLE: Final = (*UNPAID, "processing")
AUTHORIZATION_SECONDS: Final = 7 * 86_400


class Outcome(StrEnum):
    """The result of an attempt to pay."""

    SUCCEED = "succeed"
    DECLINE = "decline"
    REQUIRE_ACTION = "require_action"
    PROCESS = "process"
    DISPUTE = "dispute"  # succeed, and open a dispute at once


DECLINED: Final = ("card_declined", "generic_decline", "Your card was declined.")
UNAUTHENTICATED: Final = (
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


def check_amount(amount: int) -> None:
    """Check the amount of a payment.

    Raises:
        ApiError: The amount cannot be charged.
    """
    if amount < MIN_AMOUNT:
        message = "The amount is less than the minimum amount."
        raise ApiError(message, code="amount_too_small", param="amount")
    if amount > MAX_AMOUNT:
        message = f"Amount must be no more than {MAX_AMOUNT} minor units."
        raise ApiError(message, code="amount_too_large", param="amount")


def unexpected_state(intent: JsonObject, action: str) -> ApiError:
    """Return the error for an action that the status of an intent does not allow."""
    return ApiError(
        f"You cannot {action} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
    )


def declined(intent: JsonObject) -> ApiError:
    """Return the error that answers a declined confirmation."""
    error = intent["last_payment_error"]
    details = {
        "charge": error["charge"],
        "decline_code": error["decline_code"],
        "payment_intent": deepcopy(intent),
    }
    return ApiError(
        error["message"],
        code=error["code"],
        status=HTTPStatus.PAYMENT_REQUIRED,
        details=details,
    )


def pay_intent(
    state: State,
    intent: JsonObject,
    outcome: Outcome,
    *,
    return_url: str | None = None,
    off_session: bool = False,
) -> JsonObject:
    """Attempt to pay an intent, with an outcome, and emit the events.

    A payer who has to act returns to `return_url`; one who is away (`off_session`) cannot act.

    Raises:
        ApiError: The intent is paid or canceled.
    """
    if intent["status"] not in PAYABLE:
        raise unexpected_state(intent, "pay")
    if intent["capture_method"] == "manual" and outcome in (Outcome.DISPUTE, Outcome.PROCESS):
        raise unimplemented_value("capture_method", "automatic for this payment method")

    intent["next_action"] = None
    match outcome:
        case Outcome.SUCCEED | Outcome.DISPUTE:
            _succeed(state, intent)
        case Outcome.DECLINE:
            _decline(state, intent, *DECLINED)
        case Outcome.REQUIRE_ACTION if off_session:
            _decline(state, intent, *UNAUTHENTICATED)
        case Outcome.REQUIRE_ACTION:
            _require_action(state, intent, return_url)
        case Outcome.PROCESS:
            intent["status"] = "processing"
            state.emit("payment_intent.processing", intent)
    return intent


def _require_action(state: State, intent: JsonObject, return_url: str | None) -> None:
    url = f"{state.base_url}/authenticate/{intent['id']}"
    automatic: JsonObject = intent["automatic_payment_methods"] or {}
    action: JsonObject = {
        "redirect_to_url": {"return_url": return_url, "url": url},
        "type": "redirect_to_url",
    }
    if automatic.get("allow_redirects") == "never":
        details = {"stripe_js": url, "type": "three_d_secure_redirect"}
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": details}
    intent["status"] = "requires_action"
    intent["next_action"] = action
    state.emit("payment_intent.requires_action", intent)


def _succeed(state: State, intent: JsonObject) -> None:
    """Charge the card, or only authorize it where the capture is manual."""
    is_captured = intent["capture_method"] != "manual"
    charge = new_charge(state, intent, succeeded=True)
    state.add(Kind.CHARGE, charge)
    intent["latest_charge"] = charge["id"]
    intent["last_payment_error"] = None
    intent["payment_method"] = charge["payment_method"]
    if is_captured:
        _take_money(state, intent, charge, intent["amount"])
        state.emit("charge.succeeded", charge)
        state.emit("payment_intent.succeeded", intent)
        return

    charge["captured"] = False
    charge["amount_captured"] = 0
    intent["status"] = "requires_capture"
    intent["amount_capturable"] = intent["amount"]
    state.authorizations[intent["id"]] = state.clock.seconds() + AUTHORIZATION_SECONDS
    state.emit("charge.succeeded", charge)
    state.emit("payment_intent.amount_capturable_updated", intent)


def capture_payment(state: State, intent: JsonObject, amount: int) -> None:
    """Take an authorized amount, and release the rest.

    Raises:
        ApiError: Nothing, or less, is authorized.
    """
    if intent["status"] != "requires_capture":
        raise unexpected_state(intent, "capture")
    if not 0 < amount <= intent["amount_capturable"]:
        message = (
            f"The amount to capture ({amount}) must be from 1 to the amount that can be captured"
            f" ({intent['amount_capturable']})."
        )
        raise ApiError(message, code="amount_too_large", param="amount_to_capture")

    charge = state.get(Kind.CHARGE, intent["latest_charge"])
    del state.authorizations[intent["id"]]
    _take_money(state, intent, charge, amount)
    state.emit("charge.captured", charge)
    _release(state, charge, charge["amount"] - amount)
    state.emit("payment_intent.succeeded", intent)


def release_authorization(state: State, intent: JsonObject) -> None:
    """Give an authorized amount back, if there is one."""
    if state.authorizations.pop(intent["id"], None) is None:
        return
    intent["amount_capturable"] = 0
    charge = state.get(Kind.CHARGE, intent["latest_charge"])
    _release(state, charge, charge["amount"])


def _take_money(state: State, intent: JsonObject, charge: JsonObject, amount: int) -> None:
    """Move an amount of a charge into the balance; the intent has succeeded."""
    fee = balance.fee_of(state, amount)
    transaction = balance.add_transaction(
        state, "charge", charge["id"], amount, intent["currency"], fee=fee
    )
    charge["balance_transaction"] = transaction["id"]
    charge["captured"] = True
    charge["amount_captured"] = amount
    intent["status"] = "succeeded"
    intent["amount_capturable"] = 0
    intent["amount_received"] = amount


def _release(state: State, charge: JsonObject, amount: int) -> None:
    """Refund what has only been authorized: no money returns from the balance."""
    if amount == 0:
        return
    charge["amount_refunded"] = amount
    charge["refunded"] = amount == charge["amount"]
    state.emit("charge.refunded", charge)


def _decline(state: State, intent: JsonObject, code: str, decline_code: str, message: str) -> None:
    charge = new_charge(state, intent, succeeded=False)
    charge["failure_code"] = code
    charge["failure_message"] = message
    state.add(Kind.CHARGE, charge)
    intent["status"] = "requires_payment_method"
    intent["latest_charge"] = charge["id"]
    intent["last_payment_error"] = {
        "type": "card_error",
        "charge": charge["id"],
        "code": code,
        "decline_code": decline_code,
        "message": message,
    }
    intent["payment_method"] = None
    state.emit("charge.failed", charge)
    state.emit("payment_intent.payment_failed", intent)
