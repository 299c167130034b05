"""Refunds of charges."""

from typing import Final

from indelible_stripe.simulator import balance
from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.objects import new_refund
from indelible_stripe.simulator.parts import check_exclusive, unimplemented_value
from indelible_stripe.simulator.state import Kind, State
from indelible_stripe.simulator.texts import update_texts

FAILURE_REASON: Final = "expired_or_canceled_card"


def create_refund(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Refund a charge, whole or in part."""
    check_exclusive(params, "charge", "payment_intent")
    charge = _charge(state, params)
    left = charge["amount"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise ApiError(message, code="charge_already_refunded")
    if not 0 < amount <= left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount ({left})."
        raise ApiError(message, param="amount")
    if charge["disputed"] and not _is_refundable(state, charge):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise ApiError(message, code="charge_disputed")

    refund = new_refund(state, charge, amount, params)
    if refund["reason"] == "fraudulent":
        charge["fraud_details"] = {"user_report": "fraudulent"}
    transaction = balance.add_transaction(
        state, "refund", refund["id"], -amount, charge["currency"]
    )
    refund["balance_transaction"] = transaction["id"]
    refund["status"] = state.settings.refund_status
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    state.add(Kind.REFUND, refund)
    state.emit("refund.created", refund)
    state.emit("charge.refunded", charge)
    if refund["status"] == "succeeded":
        state.emit("refund.updated", refund, previous={"status": "pending"})
    return refund


def _charge(state: State, params: JsonObject) -> JsonObject:
    if "charge" in params:
        charge = state.get(Kind.CHARGE, params["charge"], "charge")
    elif "payment_intent" in params:
        intent = state.get(Kind.INTENT, params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({intent['id']}) does not have a successful charge."
            raise ApiError(message, param="payment_intent")
        charge = state.get(Kind.CHARGE, intent["latest_charge"])
    else:
        message = "One of the following params should be provided: payment_intent or charge."
        raise ApiError(message, code="parameter_missing", param="payment_intent")
    if not charge["paid"]:
        raise ApiError(f"Charge {charge['id']} has not been paid.", param="charge")
    if not charge["captured"]:
        raise unimplemented_value("charge", "a captured one; cancel the payment intent instead")
    return charge


def _is_refundable(state: State, charge: JsonObject) -> bool:
    disputes = state.objects[Kind.DISPUTE].values()
    own = [dispute for dispute in disputes if dispute["charge"] == charge["id"]]
    return all(dispute["is_charge_refundable"] for dispute in own)


def update_refund(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Change the metadata of a refund."""
    return update_texts(state.get(Kind.REFUND, ids[0]), params)


def cancel_refund(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Cancel a refund that requires an action of the customer."""
    refund = state.get(Kind.REFUND, ids[0])
    if refund["status"] != "requires_action":
        raise ApiError(f"Refund {refund['id']} is {refund['status']}: it cannot be canceled.")
    return finish_refund(state, refund, "canceled")


def finish_refund(state: State, refund: JsonObject, status: str) -> JsonObject:
    """Give a refund its next status; a failed or canceled one returns to the balance.

    Raises:
        ApiError: The refund has failed or was canceled already.
    """
    if refund["status"] in ("failed", "canceled"):
        raise ApiError(f"Refund {refund['id']} is {refund['status']} already.")
    previous = {"status": refund["status"]}
    refund["status"] = status
    if status in ("failed", "canceled"):
        _return_money(state, refund)
    state.emit("refund.updated", refund, previous=previous)
    if status == "failed":
        state.emit("refund.failed", refund, previous=previous)
    return refund


def _return_money(state: State, refund: JsonObject) -> None:
    charge = state.get(Kind.CHARGE, refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    transaction = balance.add_transaction(
        state, "refund_failure", refund["id"], refund["amount"], refund["currency"]
    )
    refund["failure_balance_transaction"] = transaction["id"]
    if refund["status"] == "failed":
        refund["failure_reason"] = FAILURE_REASON
