"""The operations of payment intents."""

from typing import Final

from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.disputes import open_dispute
from indelible_stripe.simulator.objects import new_intent
from indelible_stripe.simulator.parts import check_exclusive
from indelible_stripe.simulator.payments import (
    UNPAID,
    Outcome,
    capture_payment,
    check_amount,
    declined,
    pay_intent,
    release_authorization,
    unexpected_state,
)
from indelible_stripe.simulator.state import Kind, State
from indelible_stripe.simulator.texts import update_texts

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
OF_CONFIRMATION: Final = ("off_session", "return_url")  # parameters that need confirm=true
# Fields that a request may change until the payment, and those that it may always change.
OF_PAYMENT: Final = ("amount", "capture_method", "currency", "payment_method", "transfer_group")
OF_SESSION: Final = ("amount", "currency")


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
        _attach_method(intent, params["payment_method"])
    state.add(Kind.INTENT, intent)
    state.emit("payment_intent.created", intent)
    if is_confirmed:
        return confirm_intent(state, (intent["id"],), params)
    return intent


def _attach_method(intent: JsonObject, method: str) -> None:
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
    intent["status"] = "requires_confirmation"
    intent["next_action"] = None


def update_intent(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Change an intent; after the payment only its texts and the address of the receipt."""
    intent = state.get(Kind.INTENT, ids[0])
    changes: JsonObject = {}
    for name in OF_PAYMENT:
        if name in params:
            _check_update(state, intent, name)
            changes[name] = params[name]
    if "amount" in changes:
        check_amount(changes["amount"])
    update_texts(intent, params)
    if "receipt_email" in params:
        intent["receipt_email"] = params["receipt_email"]

    method = changes.pop("payment_method", intent["payment_method"])
    intent.update(changes)
    if changes and intent["status"] == "requires_action":
        intent["status"] = "requires_payment_method"
        intent["next_action"] = None
    if method is not None and intent["status"] in UNPAID:
        _attach_method(intent, method)
    return intent


def _check_update(state: State, intent: JsonObject, name: str) -> None:
    """Check that a field of an intent may change.

    Raises: ApiError.
    """
    if intent["status"] not in UNPAID:
        raise ApiError(
            f"This PaymentIntent's {name} could not be updated because it has a status of"
            f" {intent['status']}. You may only update the {name} of a PaymentIntent with one of"
            f" the following statuses: {', '.join(UNPAID)}.",
            code="payment_intent_unexpected_state",
            param=name,
        )
    sessions = state.objects[Kind.SESSION].values()
    is_of_session = any(session["payment_intent"] == intent["id"] for session in sessions)
    if is_of_session and name in OF_SESSION:
        message = f"The {name} of a PaymentIntent that Checkout created cannot be updated."
        raise ApiError(message, param=name)


def cancel_intent(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Cancel an intent that has not been paid, and release what it has authorized."""
    intent = state.get(Kind.INTENT, ids[0])
    if intent["status"] not in (*UNPAID, "requires_capture"):
        raise unexpected_state(intent, "cancel")

    release_authorization(state, intent)
    intent["status"] = "canceled"
    intent["canceled_at"] = state.clock.seconds()
    intent["cancellation_reason"] = params.get("cancellation_reason")
    intent["next_action"] = None
    state.emit("payment_intent.canceled", intent)
    return intent


def cancel_due_authorizations(state: State) -> None:
    """Cancel every intent that nobody has captured in time."""
    now = state.clock.seconds()
    for intent_id, expires_at in tuple(state.authorizations.items()):
        if expires_at <= now:
            cancel_intent(state, (intent_id,), {"cancellation_reason": "automatic"})


def confirm_intent(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Attempt a payment with one of Stripe's test cards."""
    intent = state.get(Kind.INTENT, ids[0])
    if intent["status"] not in UNPAID:
        raise unexpected_state(intent, "confirm")
    return_url, off_session = params.get("return_url"), params.get("off_session", False)
    intent["receipt_email"] = params.get("receipt_email", intent["receipt_email"])
    intent["capture_method"] = params.get("capture_method", intent["capture_method"])
    if "payment_method" in params:
        _attach_method(intent, params["payment_method"])
    method = intent["payment_method"]
    if method is None:
        raise ApiError(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )

    outcome = OUTCOMES[method]
    pay_intent(state, intent, outcome, return_url=return_url, off_session=off_session)
    if intent["status"] == "requires_payment_method":
        raise declined(intent)
    if outcome is Outcome.DISPUTE:
        open_dispute(state, state.get(Kind.CHARGE, intent["latest_charge"]))
    return intent


def capture_intent(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Capture an authorized payment, whole or in part; the rest is released."""
    intent = state.get(Kind.INTENT, ids[0])
    amount: int = intent["amount_capturable"]
    if "amount_to_capture" in params:
        amount = params["amount_to_capture"]
    capture_payment(state, intent, amount)
    update_texts(intent, params)
    for session in state.objects[Kind.SESSION].values():
        if session["payment_intent"] == intent["id"]:
            session["payment_status"] = "paid"
    return intent
