"""The guards that several heads of money have."""

from sqlalchemy import Table

from indelible_sql.money.tables.ledger import COVERED_ITEMS
from indelible_sql.money.tables.payments import CHARGES
from indelible_sql.schema.guard import Guard, qualified_name


def covered_guard(head: Table, dialect: str) -> Guard:
    """Return the guard that refuses to call an item covered that no settlement has counted.

    A settlement may count the item while its refund or dispute is stored: the opposite is no lie.
    """
    return Guard(
        table=head,
        rule="covered_by_settlement",
        event="INSERT",
        condition=(
            f"NEW.covered = 0 OR EXISTS (SELECT 1 FROM {qualified_name(CHARGES, dialect)} AS charge"
            f" JOIN {qualified_name(COVERED_ITEMS, dialect)} AS covered"
            " ON covered.item = charge.item WHERE charge.id = NEW.charge_id)"
        ),
        row_filter="NEW.covered = 1",
    )
