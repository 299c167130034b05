"""The part of money on the console's home page."""

from datetime import datetime

from indelible.app import ReadTx
from indelible_web.console.home_parts import AttentionItem, HomePart
from indelible_web.money.attention import (
    dispute_items,
    inbox_items,
    payment_items,
    payout_items,
    reconciliation_items,
)

SOURCES = (payment_items, reconciliation_items, dispute_items, payout_items, inbox_items)


def money_part(tx: ReadTx, now: datetime) -> HomePart:
    """Return what needs the attention of an operator of money."""
    items: list[AttentionItem] = []
    for source in SOURCES:
        items += source(tx, now)

    return HomePart(items=tuple(items))
