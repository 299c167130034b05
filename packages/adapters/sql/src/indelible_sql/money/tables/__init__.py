"""The tables of money: the ledger, payments, the inbox and payouts."""

from indelible_sql.money.tables.inbox import (
    DISCREPANCIES,
    EVENT_ATTEMPTS,
    RECONCILIATIONS,
    STRIPE_EVENTS,
    SWITCHES,
)
from indelible_sql.money.tables.ledger import ACCOUNTS, COVERED_ITEMS, MOVEMENTS, POSTINGS
from indelible_sql.money.tables.payments import CHARGES, DISPUTES, REFUND_ATTEMPTS, REFUNDS
from indelible_sql.money.tables.payouts import (
    JOBS,
    PAYEES,
    TRANSFER_ATTEMPTS,
    TRANSFER_LINES,
    TRANSFERS,
)

__all__ = [
    "ACCOUNTS",
    "CHARGES",
    "COVERED_ITEMS",
    "DISCREPANCIES",
    "DISPUTES",
    "EVENT_ATTEMPTS",
    "JOBS",
    "MOVEMENTS",
    "PAYEES",
    "POSTINGS",
    "RECONCILIATIONS",
    "REFUNDS",
    "REFUND_ATTEMPTS",
    "STRIPE_EVENTS",
    "SWITCHES",
    "TRANSFERS",
    "TRANSFER_ATTEMPTS",
    "TRANSFER_LINES",
]
