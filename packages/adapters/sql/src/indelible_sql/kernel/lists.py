"""Pages of lists in SQL: one statement for each list, order and set of filters."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Table,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    tuple_,
)

from indelible.kernel import ListFilter
from indelible.kernel.lists import Ordering
from indelible_sql.engine.session import Query, Session
from indelible_sql.schema.tables import HISTORY

# Follows every character that a name can have, in the databases' order of characters.
HIGHEST_CHARACTER: Final = "\U0010ffff"


@frozen(eq=False)
class ListedTable:
    """The rows that can be listed: their query without conditions, and their columns by name.

    `conditions` are those of the filters that the list has, by the filters' names.
    """

    rows: Query
    columns: Mapping[str, ColumnElement[Any]]
    conditions: Mapping[str, ColumnElement[bool]]


@frozen
class _Shape:
    """The parts of a list that change its statement."""

    ordering: Ordering
    filters: tuple[str, ...]
    scope: tuple[str, ...]
    is_continued: bool


def listed_heads(table: Table) -> ListedTable:
    """Return the rows of a head table, whose last changes are in history."""
    is_last_change = exists().where(
        HISTORY.c.lifecycle == table.c.lifecycle,
        HISTORY.c.entity_id == table.c.id,
        HISTORY.c.seq == table.c.seq,
        HISTORY.c.actor == bindparam("actor"),
    )
    columns = dict(table.c.items())
    return ListedTable(select(table), columns, {**conditions_on(columns), "actor": is_last_change})


def conditions_on(columns: Mapping[str, ColumnElement[Any]]) -> dict[str, ColumnElement[bool]]:
    """Return the conditions of the filters that compare a row's own columns."""
    conditions = {
        "since": columns["updated_at"] >= bindparam("since"),
        "until": columns["updated_at"] < bindparam("until"),
    }
    for name in ("status", "owner"):
        if name in columns:
            conditions[name] = columns[name] == bindparam(name)

    return conditions


def list_rows(
    session: Session,
    listed: ListedTable,
    matching: ListFilter,
    *,
    where: Mapping[str, object],
    after: str,
    limit: int,
) -> list[dict[str, Any]]:
    """Return the next `limit` matching rows after a position, in the filter's order.

    Their columns equal `where`.
    """
    statement, values = page_query(listed, matching, where=where, after=after)
    return session.rows(statement, {**values, "limit": limit})


def count_rows(session: Session, listed: ListedTable, matching: ListFilter, *, limit: int) -> int:
    """Return the number of matching rows, at most `limit`."""
    conditions = matching.conditions()
    statement = _count_statement(listed, tuple(sorted(conditions)), matching.name_field)
    row = session.rows(statement, {**_filter_values(conditions), "limit": limit})[0]

    return int(row["count"])


def page_query(
    listed: ListedTable, matching: ListFilter, *, where: Mapping[str, object], after: str
) -> tuple[Query, dict[str, Any]]:
    """Return the statement of a page, and its values without the `limit`."""
    conditions = matching.conditions()
    start = matching.values_at(after)
    ordering = matching.ordering
    shape = _Shape(ordering, tuple(sorted(conditions)), tuple(where), start is not None)

    values: dict[str, Any] = {**where, **_filter_values(conditions)}
    if start is not None:
        for name, value in zip(ordering.fields, start, strict=True):
            values[f"after_{name}"] = value

    return _list_statement(listed, shape, matching.name_field), values


@cache
def _list_statement(listed: ListedTable, shape: _Shape, name_field: str) -> Query:
    """Return the statement of a page; the keyset of the page before it bounds its rows."""
    statement = listed.rows
    for name in shape.scope:
        statement = statement.where(listed.columns[name] == bindparam(name))
    statement = _matching(statement, listed, shape.filters, name_field)

    columns = [listed.columns[name] for name in shape.ordering.fields]
    if shape.is_continued:
        statement = statement.where(_is_past(shape.ordering, columns))
    order = [column.desc() if shape.ordering.is_descending else column for column in columns]

    return statement.order_by(*order).limit(bindparam("limit"))


@cache
def _count_statement(listed: ListedTable, filters: tuple[str, ...], name_field: str) -> Query:
    """Return the statement that counts the matching rows, at most `limit`."""
    rows = _matching(listed.rows, listed, filters, name_field)
    one = literal_column("1", BigInteger()).label("one")
    numbered = rows.with_only_columns(one, maintain_column_froms=True)
    counted = numbered.limit(bindparam("limit")).subquery()

    return select(func.count().label("count")).select_from(counted)


def _matching(
    statement: Query, listed: ListedTable, filters: tuple[str, ...], name_field: str
) -> Query:
    """Return the statement with the conditions of the filters."""
    for name in filters:
        if name == "name_prefix":
            column = listed.columns[name_field]
            statement = statement.where(column >= bindparam("name_prefix"))
            statement = statement.where(column < bindparam("name_end"))
        else:
            statement = statement.where(listed.conditions[name])

    return statement


def _filter_values(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of the filters' conditions."""
    values = dict(conditions)
    if "name_prefix" in conditions:
        values["name_end"] = conditions["name_prefix"] + HIGHEST_CHARACTER

    return values


def _is_past(ordering: Ordering, columns: list[ColumnElement[Any]]) -> ColumnElement[bool]:
    """Return the condition that a row comes after the last one of the page before."""
    starts: list[ColumnElement[Any]] = []
    for name, column in zip(ordering.fields, columns, strict=True):
        starts.append(bindparam(f"after_{name}", type_=column.type))
    if ordering.is_descending:
        return tuple_(*columns) < tuple_(*starts)

    return tuple_(*columns) > tuple_(*starts)
