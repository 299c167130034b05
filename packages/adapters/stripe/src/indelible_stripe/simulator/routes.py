"""The function that serves an operation, by the operation's name."""

from collections.abc import Callable, Mapping
from typing import Final

from indelible_stripe.simulator import (
    accounts,
    balance,
    disputes,
    intents,
    refunds,
    sessions,
    transfers,
)
from indelible_stripe.simulator.answers import JsonObject
from indelible_stripe.simulator.lists import getter, lister
from indelible_stripe.simulator.state import Kind, State

Handler = Callable[[State, tuple[str, ...], JsonObject], JsonObject]


def retrieve_balance(state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Return the balance of the platform."""
    return balance.balance(state)


HANDLERS: Final[Mapping[str, Handler]] = {
    "create_account_link": accounts.create_account_link,
    "retrieve_platform": accounts.retrieve_platform,
    "list_accounts": lister(Kind.ACCOUNT, "/v1/accounts"),
    "create_account": accounts.create_account,
    "retrieve_account": accounts.retrieve_account,
    "update_account": accounts.update_account,
    "retrieve_balance": retrieve_balance,
    "list_balance_transactions": lister(Kind.BALANCE_TRANSACTION, "/v1/balance_transactions"),
    "retrieve_balance_transaction": getter(Kind.BALANCE_TRANSACTION),
    "list_charges": lister(Kind.CHARGE, "/v1/charges"),
    "retrieve_charge": getter(Kind.CHARGE),
    "list_sessions": lister(Kind.SESSION, "/v1/checkout/sessions"),
    "create_session": sessions.create_session,
    "retrieve_session": getter(Kind.SESSION),
    "expire_session": sessions.expire_session,
    "list_line_items": sessions.list_line_items,
    "list_disputes": lister(Kind.DISPUTE, "/v1/disputes"),
    "retrieve_dispute": getter(Kind.DISPUTE),
    "update_dispute": disputes.update_dispute,
    "close_dispute": disputes.close_dispute,
    "list_events": lister(Kind.EVENT, "/v1/events"),
    "retrieve_event": getter(Kind.EVENT),
    "list_intents": lister(Kind.INTENT, "/v1/payment_intents"),
    "create_intent": intents.create_intent,
    "retrieve_intent": getter(Kind.INTENT),
    "update_intent": intents.update_intent,
    "cancel_intent": intents.cancel_intent,
    "confirm_intent": intents.confirm_intent,
    "capture_intent": intents.capture_intent,
    "list_refunds": lister(Kind.REFUND, "/v1/refunds"),
    "create_refund": refunds.create_refund,
    "retrieve_refund": getter(Kind.REFUND),
    "update_refund": refunds.update_refund,
    "cancel_refund": refunds.cancel_refund,
    "list_transfers": lister(Kind.TRANSFER, "/v1/transfers"),
    "create_transfer": transfers.create_transfer,
    "retrieve_transfer": getter(Kind.TRANSFER),
    "update_transfer": transfers.update_transfer,
    "list_reversals": lister(Kind.REVERSAL, "/v1/transfers/{id}/reversals"),
    "create_reversal": transfers.create_reversal,
    "retrieve_reversal": transfers.retrieve_reversal,
    "update_reversal": transfers.update_reversal,
}


def serve(name: str, state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    """Serve an operation.

    Raises:
        ApiError: The objects do not allow it.
    """
    sessions.expire_due_sessions(state)
    intents.cancel_due_authorizations(state)
    return HANDLERS[name](state, ids, params)
