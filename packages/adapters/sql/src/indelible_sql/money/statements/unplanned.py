"""The statements of what is owed, and no transfer is to pay."""

from typing import Any, Final

from sqlalchemy import ColumnClause, bindparam, func, literal_column, select

from indelible_sql.engine.session import Query
from indelible_sql.money.statements.ledger import IS_AFTER_LINE, OWED, PAYMENT
from indelible_sql.money.statements.parts import total
from indelible_sql.money.tables.ledger import ACCOUNTS, MOVEMENTS, POSTINGS
from indelible_sql.money.tables.payouts import TRANSFER_LINES
from indelible_sql.schema.columns import IDENTIFIER

_one: ColumnClause[Any] = literal_column("1")
_has_transfer = (
    select(_one)
    .where(
        TRANSFER_LINES.c.owed_movement_id == POSTINGS.c.entity_id,
        TRANSFER_LINES.c.owed_number == POSTINGS.c.number,
    )
    .exists()
)
# The first change of a movement has its postings. An account that owes an unpaid line has a
# balance: the lines of paid references are not read.
_UNPLANNED: Final[Query] = OWED.where(
    POSTINGS.c.seq == _one,
    ACCOUNTS.c.balance_minor != literal_column("0"),
    PAYMENT.c.entity_id.is_(None),
    ~_has_transfer,
)

# Which unpaid owed lines have no transfer: the next ones of all, or of a reference?
PAGE_UNPLANNED: Final[Query] = (
    _UNPLANNED.where(IS_AFTER_LINE)
    .order_by(POSTINGS.c.entity_id, POSTINGS.c.number)
    .limit(bindparam("limit"))
)
PAGE_UNPLANNED_OF_REFERENCE: Final[Query] = PAGE_UNPLANNED.where(
    ACCOUNTS.c.reference == bindparam("reference", type_=IDENTIFIER)
)

# What is their sum by currency?
SUM_UNPLANNED: Final[Query] = (
    _UNPLANNED.with_only_columns(
        MOVEMENTS.c.currency,
        func.count().label("lines"),
        total(POSTINGS.c.amount_minor).label("amount_minor"),
    )
    .group_by(MOVEMENTS.c.currency)
    .order_by(MOVEMENTS.c.currency)
)
