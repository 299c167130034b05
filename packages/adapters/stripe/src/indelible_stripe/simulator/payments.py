"""Payment intents: creation, confirmation, and what a cardholder does."""

from copy import deepcopy
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from indelible_stripe.simulator import balance
from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.disputes import open_dispute
from indelible_stripe.simulator.objects import new_charge, new_intent
from indelible_stripe.simulator.parts import check_exclusive
from indelible_stripe.simulator.state import Kind, State
from indelible_stripe.simulator.texts import update_texts

MIN_AMOUNT: Final = 50
MAX_AMOUNT: Final = 99_999_999
CANCELABLE: Final = ("requires_payment_method", "requires_confirmation", "requires_action")
PAYABLE: Final = (*CANCELABLE, "processing")
UNCONFIRMABLE: Final = ("succeeded", "canceled", "processing")


class Outcome(StrEnum):
    """The result of an attempt to pay."""

    SUCCEED = "succeed"
    DECLINE = "decline"
    REQUIRE_ACTION = "require_action"
    PROCESS = "process"
    DISPUTE = "dispute"  # succeed, and open a dispute at once


# Stripe's own names of test cards.
OUTCOMES: Final = {
    "pm_card_visa": Outcome.SUCCEED,
    "pm_card_mastercard": Outcome.SUCCEED,
    "pm_card_chargeDeclined": Outcome.DECLINE,
    "pm_card_visa_chargeDeclined": Outcome.DECLINE,
    "pm_card_authenticationRequired": Outcome.REQUIRE_ACTION,
    "pm_card_createDispute": Outcome.DISPUTE,
    "pm_usBankAccount": Outcome.PROCESS,
}
OF_CONFIRMATION: Final = ("return_url",)  # parameters that need confirm=true
DECLINED: Final = "Your card was declined."


def create_intent(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Create an intent, and confirm it if the request says so."""
    check_amount(params["amount"])
    check_exclusive(params, "automatic_payment_methods", "payment_method_types")
    is_confirmed = params.get("confirm", False)
    for name in OF_CONFIRMATION:
        if name in params and not is_confirmed:
            raise ApiError(f"{name} can only be used with confirm=true.", param=name)

    intent = new_intent(state, params["amount"], params["currency"], params)
    if "payment_method" in params:
        attach_method(intent, params["payment_method"])
    state.add(Kind.INTENT, intent)
    state.emit("payment_intent.created", intent)
    if is_confirmed:
        return confirm_intent(state, (intent["id"],), params)
    return intent


def attach_method(intent: JsonObject, method: str) -> None:
    """Attach one of Stripe's test cards to an intent.

    Raises:
        ApiError: The simulator does not know it, or the intent does not allow its type.
    """
    if method not in OUTCOMES:
        message = f"No such PaymentMethod: '{method}'; the simulator knows {', '.join(OUTCOMES)}"
        raise ApiError(message, code="resource_missing", param="payment_method")
    kind = "us_bank_account" if OUTCOMES[method] is Outcome.PROCESS else "card"
    is_automatic = intent["automatic_payment_methods"] is not None
    if not is_automatic and kind not in intent["payment_method_types"]:
        raise ApiError(
            f"The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent.",
            code="payment_intent_incompatible_payment_method",
            param="payment_method",
        )
    intent["payment_method"] = method
    if intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"


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


def update_intent(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Change metadata and description of an intent."""
    return update_texts(state.get(Kind.INTENT, ids[0]), params)


def cancel_intent(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Cancel an intent that has not been paid."""
    intent = state.get(Kind.INTENT, ids[0])
    if intent["status"] not in CANCELABLE:
        raise unexpected_state(intent, "cancel")

    intent["status"] = "canceled"
    intent["canceled_at"] = state.clock.seconds()
    intent["cancellation_reason"] = params.get("cancellation_reason")
    intent["next_action"] = None
    state.emit("payment_intent.canceled", intent)
    return intent


def unexpected_state(intent: JsonObject, action: str) -> ApiError:
    """Return the error for an action that the status of an intent does not allow."""
    return ApiError(
        f"You cannot {action} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
    )


def confirm_intent(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Attempt a payment with one of Stripe's test cards."""
    intent = state.get(Kind.INTENT, ids[0])
    if intent["status"] in UNCONFIRMABLE:
        raise unexpected_state(intent, "confirm")
    if "payment_method" in params:
        attach_method(intent, params["payment_method"])
    method = intent["payment_method"]
    if method is None:
        raise ApiError(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )

    outcome = OUTCOMES[method]
    pay_intent(state, intent, outcome, return_url=params.get("return_url"))
    if outcome is Outcome.DECLINE:
        raise declined(intent)
    if outcome is Outcome.DISPUTE:
        open_dispute(state, state.get(Kind.CHARGE, intent["latest_charge"]))
    return intent


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
    state: State, intent: JsonObject, outcome: Outcome, *, return_url: str | None = None
) -> JsonObject:
    """Attempt to pay an intent, with an outcome, and emit the events.

    A payer who has to act returns to `return_url`.

    Raises:
        ApiError: The intent is succeeded or canceled.
    """
    if intent["status"] not in PAYABLE:
        raise unexpected_state(intent, "pay")
    intent["next_action"] = None
    match outcome:
        case Outcome.SUCCEED | Outcome.DISPUTE:
            _succeed(state, intent)
        case Outcome.DECLINE:
            _decline(state, intent)
        case Outcome.REQUIRE_ACTION:
            intent["status"] = "requires_action"
            url = f"{state.base_url}/authenticate/{intent['id']}"
            action = {"redirect_to_url": {"return_url": return_url, "url": url}}
            intent["next_action"] = {"type": "redirect_to_url", **action}
            state.emit("payment_intent.requires_action", intent)
        case Outcome.PROCESS:
            intent["status"] = "processing"
            state.emit("payment_intent.processing", intent)
    return intent


def _succeed(state: State, intent: JsonObject) -> None:
    charge = new_charge(state, intent, succeeded=True)
    fee = balance.fee_of(state, intent["amount"])
    transaction = balance.add_transaction(
        state, "charge", charge["id"], intent["amount"], intent["currency"], fee=fee
    )
    charge["balance_transaction"] = transaction["id"]
    state.add(Kind.CHARGE, charge)
    intent["status"] = "succeeded"
    intent["amount_received"] = intent["amount"]
    intent["latest_charge"] = charge["id"]
    intent["last_payment_error"] = None
    intent["payment_method"] = charge["payment_method"]
    state.emit("charge.succeeded", charge)
    state.emit("payment_intent.succeeded", intent)


def _decline(state: State, intent: JsonObject) -> None:
    charge = new_charge(state, intent, succeeded=False)
    charge["failure_code"] = "card_declined"
    charge["failure_message"] = DECLINED
    state.add(Kind.CHARGE, charge)
    intent["status"] = "requires_payment_method"
    intent["latest_charge"] = charge["id"]
    intent["last_payment_error"] = {
        "type": "card_error",
        "charge": charge["id"],
        "code": "card_declined",
        "decline_code": "generic_decline",
        "message": DECLINED,
    }
    intent["payment_method"] = None
    state.emit("charge.failed", charge)
    state.emit("payment_intent.payment_failed", intent)
