"""The queries of heads that equal values, or contain a text."""

from functools import cache

from sqlalchemy import Table, bindparam, or_

from indelible_sql.engine.session import Query
from indelible_sql.schema.columns import C_COLLATED_TEXT
from indelible_sql.schema.expressions import AsciiLower, Contains
from indelible_sql.schema.tables import page_by, rows_by


@cache
def find_by(table: Table, names: tuple[str, ...], order: tuple[str, ...]) -> Query:
    """Return the query of rows with these columns equal to parameters, in this order."""
    statement = rows_by(table, *names)
    for name in order:
        column = table.c[name.removeprefix("-")]
        statement = statement.order_by(column.desc() if name.startswith("-") else column)

    return statement.limit(bindparam("limit")).offset(bindparam("offset"))


@cache
def search_in(table: Table, fields: tuple[str, ...]) -> Query:
    """Return the query of the next rows after an id with a text in one of the columns."""
    text = AsciiLower(bindparam("text", type_=C_COLLATED_TEXT))
    matches = [Contains(AsciiLower(table.c[name]), text) for name in fields]
    return page_by(table, (), ("id",)).where(or_(*matches))
