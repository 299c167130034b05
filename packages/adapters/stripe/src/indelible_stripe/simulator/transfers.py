"""Transfers to connected accounts, and their reversals."""

from copy import deepcopy

from indelible_stripe.simulator import balance
from indelible_stripe.simulator.answers import ApiError, JsonObject, missing
from indelible_stripe.simulator.connect_objects import new_reversal, new_transfer
from indelible_stripe.simulator.parts import missing_param
from indelible_stripe.simulator.state import Kind, State
from indelible_stripe.simulator.texts import update_texts


def create_transfer(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Send money from the available balance to a connected account."""
    if "amount" not in params:
        raise missing_param("amount")
    amount = params["amount"]
    if amount <= 0:
        raise ApiError("This value must be greater than or equal to 1.", param="amount")
    check_destination(state, params["destination"])
    if amount > balance.available_minor(state, params["currency"]):
        raise insufficient_balance()

    transfer = new_transfer(state, amount, params)
    transaction = balance.add_transaction(
        state, "transfer", transfer["id"], -amount, params["currency"]
    )
    transfer["balance_transaction"] = transaction["id"]
    key = (params["destination"], params["currency"])
    state.account_balances[key] = state.account_balances.get(key, 0) + amount
    state.add(Kind.TRANSFER, transfer)
    state.emit("transfer.created", transfer)
    return transfer


def check_destination(state: State, account_id: str) -> None:
    """Check that an account can receive transfers.

    Raises:
        ApiError: The account is missing, closed or restricted.
    """
    account = state.objects[Kind.ACCOUNT].get(account_id)
    if account is None:
        raise missing("destination", account_id, "destination")
    if account["requirements"]["disabled_reason"] == "rejected.other":
        message = f"The account {account_id} was closed or rejected."
        raise ApiError(message, code="account_invalid", status=403, param="destination")
    if account["capabilities"].get("transfers") != "active":
        raise restricted_account()


def restricted_account() -> ApiError:
    """Return the error for a destination that cannot receive transfers."""
    return ApiError(
        "Your destination account needs to have at least one of the following capabilities"
        " enabled: transfers, crypto_transfers, legacy_payments",
        code="insufficient_capabilities_for_transfer",
    )


def insufficient_balance() -> ApiError:
    """Return the error for a transfer that the available balance does not cover."""
    return ApiError(
        "You have insufficient available funds in your Stripe account.",
        code="balance_insufficient",
    )


def update_transfer(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Change metadata and description of a transfer."""
    transfer = update_texts(state.get(Kind.TRANSFER, ids[0]), params)
    state.emit("transfer.updated", transfer)
    return transfer


def create_reversal(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Take back a transfer, whole or in part, from the balance of its destination."""
    transfer = state.get(Kind.TRANSFER, ids[0])
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = params.get("amount", left)
    if not 0 < amount <= left:
        message = f"Reversal amount ({amount}) is greater than unreversed amount ({left})."
        raise ApiError(message, param="amount")
    key = (transfer["destination"], transfer["currency"])
    if amount > state.account_balances.get(key, 0):
        raise insufficient_balance()

    reversal = new_reversal(state, transfer, amount, params)
    transaction = balance.add_transaction(
        state, "transfer_refund", transfer["id"], amount, transfer["currency"]
    )
    reversal["balance_transaction"] = transaction["id"]
    state.account_balances[key] -= amount
    state.add(Kind.REVERSAL, reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, deepcopy(reversal))
    state.emit("transfer.reversed", transfer)
    return reversal


def retrieve_reversal(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Return a reversal of a transfer."""
    reversal = state.get(Kind.REVERSAL, ids[1])
    if reversal["transfer"] != ids[0]:
        raise missing("transfer reversal", ids[1])
    return reversal


def update_reversal(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Change the metadata of a reversal."""
    return update_texts(retrieve_reversal(state, ids, {}), params)
