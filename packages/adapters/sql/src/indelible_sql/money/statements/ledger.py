"""The statements of accounts, movements, postings and owed lines."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from indelible.money.entities.ledger import Posting
from indelible.money.entities.values import DEBIT_KINDS, AccountKind, MovementKind
from indelible_sql.engine.session import Query
from indelible_sql.money.rows import MOVEMENT_HEADS
from indelible_sql.money.statements.parts import number, total
from indelible_sql.money.tables.ledger import ACCOUNTS, COVERED_ITEMS, MOVEMENTS, POSTINGS
from indelible_sql.money.tables.payouts import JOBS
from indelible_sql.schema.columns import C_COLLATED_TEXT, IDENTIFIER, INSTANT, ORDINAL
from indelible_sql.schema.expressions import in_json_list

# What is the sum of the balances by kind and currency?
SUM_BALANCES: Final[Query] = (
    select(
        ACCOUNTS.c.kind,
        ACCOUNTS.c.currency,
        func.count().label("accounts"),
        total(ACCOUNTS.c.balance_minor).label("balance_minor"),
    )
    .group_by(ACCOUNTS.c.kind, ACCOUNTS.c.currency)
    .order_by(ACCOUNTS.c.kind, ACCOUNTS.c.currency)
)

# Which of these items has a settlement counted?
COVERING: Final[Query] = (
    select(COVERED_ITEMS.c.item, COVERED_ITEMS.c.entity_id)
    .where(in_json_list(COVERED_ITEMS.c.item, "items"))
    .order_by(COVERED_ITEMS.c.item)
)
# The columns of a posting and of its movement; only the position in history has the same name.
_LINE_COLUMNS: Final = (*MOVEMENT_HEADS.bulk_table(Posting).own_columns, *MOVEMENTS.columns)
_MOVEMENT_OF_LINE: Final = MOVEMENTS.c.id == POSTINGS.c.entity_id
_POSITION: Final = (MOVEMENTS.c.created_at, MOVEMENTS.c.id, POSTINGS.c.number)
_IS_BEFORE: Final[ColumnElement[bool]] = tuple_(*_POSITION) < tuple_(
    bindparam("before_at", type_=INSTANT),
    bindparam("before_id", type_=IDENTIFIER),
    bindparam("before_number", type_=ORDINAL),
)

# Which posting has this number, with its movement?
GET_LINE: Final[Query] = (
    select(*_LINE_COLUMNS)
    .select_from(POSTINGS)
    .join(MOVEMENTS, _MOVEMENT_OF_LINE)
    .where(
        POSTINGS.c.entity_id == bindparam("movement_id", type_=IDENTIFIER),
        POSTINGS.c.seq == literal_column("1"),
        POSTINGS.c.number == bindparam("number", type_=ORDINAL),
    )
)

# Which postings have reversed parts of a payout line?
REVERSALS: Final[Query] = (
    select(*_LINE_COLUMNS)
    .select_from(POSTINGS)
    .join(MOVEMENTS, _MOVEMENT_OF_LINE)
    .where(
        POSTINGS.c.reversed_movement_id == bindparam("movement_id", type_=IDENTIFIER),
        POSTINGS.c.reversed_number == bindparam("number", type_=ORDINAL),
    )
    .order_by(*_POSITION)
)


def _newest_lines(condition: ColumnElement[bool], *, is_continued: bool) -> Query:
    """Return the query of the last postings under a condition, newest first."""
    lines: Select[Any] = select(*_LINE_COLUMNS).select_from(POSTINGS)
    statement = lines.join(MOVEMENTS, _MOVEMENT_OF_LINE).where(condition)
    if is_continued:
        statement = statement.where(_IS_BEFORE)
    newest_first = [column.desc() for column in _POSITION]

    return statement.order_by(*newest_first).limit(bindparam("limit"))


# Which are the last postings of an account, or of a party, at all or before a position?
_account_id = bindparam("account_id", type_=IDENTIFIER)
_is_of_account = or_(
    POSTINGS.c.debit_account_id == _account_id, POSTINGS.c.credit_account_id == _account_id
)
_is_of_party = POSTINGS.c.party == bindparam("party", type_=IDENTIFIER)
LAST_OF_ACCOUNT: Final = _newest_lines(_is_of_account, is_continued=False)
BEFORE_OF_ACCOUNT: Final = _newest_lines(_is_of_account, is_continued=True)
LAST_OF_PARTY: Final = _newest_lines(_is_of_party, is_continued=False)
BEFORE_OF_PARTY: Final = _newest_lines(_is_of_party, is_continued=True)

# The owed lines, with the movement that pays each.
PAYMENT: Final = POSTINGS.alias("payment")
OWED: Final[Query] = (
    select(
        POSTINGS.c.entity_id.label("movement_id"),
        POSTINGS.c.number,
        MOVEMENTS.c.kind,
        POSTINGS.c.party,
        ACCOUNTS.c.reference,
        MOVEMENTS.c.currency,
        POSTINGS.c.amount_minor,
        MOVEMENTS.c.occurred_at.label("owed_since"),
        PAYMENT.c.entity_id.label("paid_by"),
    )
    .select_from(POSTINGS)
    .join(
        ACCOUNTS,
        and_(
            ACCOUNTS.c.id == POSTINGS.c.credit_account_id,
            ACCOUNTS.c.kind == AccountKind.WINNER_PAYABLE.value,
        ),
    )
    .join(MOVEMENTS, _MOVEMENT_OF_LINE)
    .join(
        PAYMENT,
        and_(
            PAYMENT.c.owed_movement_id == POSTINGS.c.entity_id,
            PAYMENT.c.owed_number == POSTINGS.c.number,
        ),
        isouter=True,
    )
)
_OWED_COLUMNS: Final = {
    "reference": ACCOUNTS.c.reference,
    "party": POSTINGS.c.party,
    "movement_id": POSTINGS.c.entity_id,
}
GET_OWED: Final[Query] = OWED.where(
    POSTINGS.c.entity_id == bindparam("movement_id", type_=IDENTIFIER),
    POSTINGS.c.seq == literal_column("1"),
    POSTINGS.c.number == bindparam("number", type_=ORDINAL),
)
IS_AFTER_LINE: Final[ColumnElement[bool]] = tuple_(
    POSTINGS.c.entity_id, POSTINGS.c.number
) > tuple_(
    bindparam("after_id", type_=C_COLLATED_TEXT),
    bindparam("after_number", type_=number(POSTINGS.c.number).type),
)


@cache
def page_owed(names: Sequence[str], *, is_unpaid: bool) -> Query:
    """Return the query of the next owed lines after a name.

    The columns in `names` equal the parameters of the same names.
    """
    statement = OWED.where(IS_AFTER_LINE)
    if "movement_id" in names:
        # The index of one movement's postings leads to the next one; the pair alone does not.
        after_number = bindparam("after_number", type_=number(POSTINGS.c.number).type)
        statement = statement.where(
            POSTINGS.c.seq == literal_column("1"), POSTINGS.c.number > after_number
        )
    for name in names:
        statement = statement.where(_OWED_COLUMNS[name] == bindparam(name, type_=IDENTIFIER))
    if is_unpaid:
        statement = statement.where(PAYMENT.c.entity_id.is_(None))

    return statement.order_by(POSTINGS.c.entity_id, POSTINGS.c.number).limit(bindparam("limit"))


@cache
def sum_by_kind(*, has_since: bool, has_until: bool) -> Query:
    """Return the query of the movements' sums by kind and currency within a time."""
    statement: Query = select(
        MOVEMENTS.c.kind,
        MOVEMENTS.c.currency,
        func.count().label("movements"),
        total(MOVEMENTS.c.total_minor).label("total_minor"),
    )
    if has_since:
        statement = statement.where(MOVEMENTS.c.occurred_at >= bindparam("since", type_=INSTANT))
    if has_until:
        statement = statement.where(MOVEMENTS.c.occurred_at < bindparam("until", type_=INSTANT))

    return statement.group_by(MOVEMENTS.c.kind, MOVEMENTS.c.currency).order_by(
        MOVEMENTS.c.kind, MOVEMENTS.c.currency
    )


# Which settlements have no payout job? The key of a settlement ends with the job's id.
_KEY_PREFIX: Final = "settlement:"
UNPLANNED_SETTLEMENTS: Final[Query] = (
    select(MOVEMENTS)
    .select_from(MOVEMENTS)
    .join(
        JOBS,
        JOBS.c.id == func.substr(MOVEMENTS.c.key, literal_column(str(len(_KEY_PREFIX) + 1))),
        isouter=True,
    )
    .where(MOVEMENTS.c.kind == MovementKind.SETTLEMENT.value, JOBS.c.id.is_(None))
    .order_by(MOVEMENTS.c.id)
    .limit(bindparam("limit"))
)

# Which movements have another number or sum of postings than they name?
_of_movement = POSTINGS.c.entity_id == MOVEMENTS.c.id
_posting_count = select(func.count()).where(_of_movement).scalar_subquery()
_posting_sum = select(total(POSTINGS.c.amount_minor)).where(_of_movement).scalar_subquery()
INCONSISTENT: Final[Query] = (
    select(MOVEMENTS.c.id, MOVEMENTS.c.seq)
    .where(
        or_(MOVEMENTS.c.posting_count != _posting_count, MOVEMENTS.c.total_minor != _posting_sum)
    )
    .order_by(MOVEMENTS.c.id)
)

# Which accounts have another balance than the sum of their postings?
_zero: ColumnClause[Any] = literal_column("0")
_sides = union_all(
    select(
        POSTINGS.c.debit_account_id.label("account_id"),
        number(POSTINGS.c.amount_minor).label("debit_minor"),
        _zero.label("credit_minor"),
    ),
    select(
        POSTINGS.c.credit_account_id,
        _zero,
        number(POSTINGS.c.amount_minor),
    ),
).subquery("sides")
_folded = (
    select(
        _sides.c.account_id,
        (func.sum(_sides.c.debit_minor) - func.sum(_sides.c.credit_minor)).label("growth_minor"),
    )
    .group_by(_sides.c.account_id)
    .subquery("folded")
)
_is_debit = or_(*(ACCOUNTS.c.kind == kind for kind in sorted(kind.value for kind in DEBIT_KINDS)))
_growth = func.coalesce(_folded.c.growth_minor, _zero)
_balance = number(ACCOUNTS.c.balance_minor)
MISBALANCED: Final[Query] = (
    select(ACCOUNTS.c.id, ACCOUNTS.c.seq)
    .join(_folded, _folded.c.account_id == ACCOUNTS.c.id, isouter=True)
    .where(
        or_(
            and_(_is_debit, _balance != _growth),
            and_(~_is_debit, _balance != literal(0) - _growth),
        )
    )
    .order_by(ACCOUNTS.c.id)
)
INCONSISTENT_PAGE: Final = INCONSISTENT.limit(bindparam("limit"))
MISBALANCED_PAGE: Final = MISBALANCED.limit(bindparam("limit"))
