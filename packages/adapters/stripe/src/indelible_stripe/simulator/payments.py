"""Payment intents: creation, confirmation, and what a cardholder does."""

from enum import StrEnum
from http import HTTPStatus
from typing import Final

from indelible_stripe.simulator import balance
from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.objects import new_charge, new_intent
from indelible_stripe.simulator.state import Kind, State

MIN_AMOUNT: Final = 50
MAX_AMOUNT: Final = 99_999_999
CURRENCY_LENGTH: Final = 3
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
DECLINED: Final = "Your card was declined."


def create_intent(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Create an intent, and confirm it if the request says so."""
    check_amount(params["amount"], params["currency"])
    intent = new_intent(state, params["amount"], params["currency"], params)
    state.add(Kind.INTENT, intent)
    state.emit("payment_intent.created", intent)
    if params.get("confirm"):
        return confirm_intent(state, (intent["id"],), params)
    return intent


def check_amount(amount: int, currency: str) -> None:
    """Check the amount of a payment.

    Raises:
        ApiError: The amount or the currency cannot be charged.
    """
    if len(currency) != CURRENCY_LENGTH or not currency.islower():
        raise ApiError(f"Invalid currency: {currency[:20]}", param="currency")
    if amount < MIN_AMOUNT:
        message = "The amount is less than the minimum amount."
        raise ApiError(message, code="amount_too_small", param="amount")
    if amount > MAX_AMOUNT:
        message = f"Amount must be no more than {MAX_AMOUNT} minor units."
        raise ApiError(message, code="amount_too_large", param="amount")


def update_intent(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Change metadata and description of an intent."""
    intent = state.get(Kind.INTENT, ids[0])
    return update_texts(intent, params)


def update_texts(value: JsonObject, params: JsonObject) -> JsonObject:
    """Change metadata and description of an object; an empty value removes a key.

    Raises:
        ApiError: The request changes anything else.
    """
    others = params.keys() - {"metadata", "description"}
    if others:
        name = min(others)
        raise ApiError(f"The simulator does not update {name}", param=name)
    if "description" in params:
        value["description"] = params["description"]
    if params.get("metadata") == "":
        value["metadata"] = {}
    changes: dict[str, str] = params.get("metadata") or {}
    for name, text in changes.items():
        value["metadata"][name] = text
        if text == "":
            del value["metadata"][name]
    return value


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
    method = params.get("payment_method") or intent["payment_method"]
    outcome = OUTCOMES.get(str(method))
    if outcome is None:
        message = f"No such PaymentMethod: '{method}'; the simulator knows {', '.join(OUTCOMES)}"
        raise ApiError(message, code="resource_missing", param="payment_method")

    intent["payment_method"] = method
    pay_intent(state, intent, outcome)
    if outcome is Outcome.DECLINE:
        raise declined(intent)
    return intent


def declined(intent: JsonObject) -> ApiError:
    """Return the error that answers a declined confirmation."""
    error = intent["last_payment_error"]
    details = {"charge": error["charge"], "decline_code": error["decline_code"]}
    return ApiError(
        error["message"],
        code=error["code"],
        status=HTTPStatus.PAYMENT_REQUIRED,
        details=details,
    )


def pay_intent(state: State, intent: JsonObject, outcome: Outcome) -> JsonObject:
    """Attempt to pay an intent, with an outcome, and emit the events.

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
            action = {"redirect_to_url": {"return_url": None, "url": url}}
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
