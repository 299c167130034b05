"""Reads of several records that handlers and queries share."""

from indelible.money.entities import MovementKind, PaymentSwitch
from indelible.money.ports import MoneyRead


def is_settled(tx: MoneyRead, reference: str) -> bool:
    """Return True if the escrow of a reference was divided by a settlement."""
    where = {"kind": MovementKind.SETTLEMENT, "reference": reference}
    return bool(tx.money.movements.find(where, limit=1))


def is_covered(tx: MoneyRead, item: str) -> bool:
    """Return True if a settlement has counted an item."""
    return tx.money.movements.covering(item) is not None


def payments_switch(tx: MoneyRead) -> PaymentSwitch | None:
    """Return the switch of payments, None if payments were never halted."""
    head = tx.money.switches.current()
    return None if head is None else head.entity
