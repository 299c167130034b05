"""The balance of the platform and its transactions; amounts are signed minor units."""

from typing import Final

from indelible_stripe.simulator.answers import JsonObject
from indelible_stripe.simulator.state import Kind, State

CATEGORIES: Final = {
    "payment_refund": "refund",
    "transfer_refund": "transfer_reversal",
    "topup": "topup",
}


def add_transaction(
    state: State,
    kind: str,
    source: str | None,
    amount: int,
    currency: str,
    *,
    fee: int = 0,
    category: str | None = None,
) -> JsonObject:
    """Change the balance by an amount minus a fee, and return the balance transaction."""
    now = state.clock.seconds()
    is_delayed = kind == "charge"
    available_on = now + is_delayed * state.settings.available_after_seconds
    transaction: JsonObject = {
        "id": state.new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": available_on,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": _fee_details(fee, currency),
        "net": amount - fee,
        "reporting_category": category or CATEGORIES.get(kind, kind),
        "source": source,
        "status": "available" if available_on <= now else "pending",
        "type": kind,
    }
    state.totals_minor[currency] = state.totals_minor.get(currency, 0) + amount - fee
    if available_on > now:
        state.pending.append(transaction)
    return state.add(Kind.BALANCE_TRANSACTION, transaction)


def _fee_details(fee: int, currency: str) -> list[JsonObject]:
    """Return the parts of a fee: Stripe's own, or none."""
    if not fee:
        return []
    details = {"amount": fee, "application": None, "currency": currency}
    return [{**details, "description": "Stripe processing fees", "type": "stripe_fee"}]


def fee_of(state: State, amount: int) -> int:
    """Return Stripe's fee for a charge, rounded half up."""
    settings = state.settings
    return (amount * settings.fee_per_mille + 500) // 1_000 + settings.fee_fixed_minor


def pending_minor(state: State, currency: str) -> int:
    """Return how much of the balance is not available yet."""
    mature(state)
    return sum(entry["net"] for entry in state.pending if entry["currency"] == currency)


def available_minor(state: State, currency: str) -> int:
    """Return how much of the balance is available."""
    return state.totals_minor.get(currency, 0) - pending_minor(state, currency)


def mature(state: State) -> None:
    """Make pending transactions available whose time has come."""
    now = state.clock.seconds()
    still_pending: list[JsonObject] = []
    for transaction in state.pending:
        if transaction["available_on"] <= now:
            transaction["status"] = "available"
        else:
            still_pending.append(transaction)
    state.pending = still_pending


def balance(state: State) -> JsonObject:
    """Return the balance object."""
    currencies = sorted(state.totals_minor) or ["usd"]
    available: list[JsonObject] = []
    pending: list[JsonObject] = []
    for currency in currencies:
        for entries, amount in (
            (available, available_minor(state, currency)),
            (pending, pending_minor(state, currency)),
        ):
            entries.append(
                {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            )

    return {
        "object": "balance",
        "available": available,
        "connect_reserved": [{"amount": 0, "currency": currency} for currency in currencies],
        "livemode": state.settings.livemode,
        "pending": pending,
    }
