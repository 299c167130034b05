"""Reading and writing the rows of bulk records."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, func, select, tuple_

from indelible.kernel import Change, to_json_value
from indelible.kernel.appends import AppendedRecord, Position
from indelible.kernel.bulk import covered_text
from indelible.kernel.json import encode_canonical
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.columns import BIG_INTEGER, Domain, JsonDomain
from indelible_sql.schema.writes import POSTGRESQL


def bulk_parameters(
    session: Session, bulk: BulkTable, change: Change, rows: Iterable[Row], texts: Iterable[str]
) -> dict[str, Any]:
    """Return the values for the rows of a change in an AtomicWrite.

    `texts` are the rows as JSON objects: PostgreSQL takes all of them as one text, and SQLite the
    columns of each row.
    """
    name = bulk.table.name
    owner = {f"{name}_entity_id": change.entity_id, f"{name}_seq": change.seq}
    if not session.is_sqlite:
        return {**owner, f"{name}_rows": f"[{','.join(stored_texts(bulk, rows, texts))}]"}

    return {name: _columns(bulk, rows, owner)}


def stored_texts(bulk: BulkTable, rows: Iterable[Row], texts: Iterable[str]) -> Iterator[str]:
    """Yield the rows as PostgreSQL takes them: JSON objects with the values of its columns.

    `texts` are those of the rows' canonical values. A host's column may store another one: a flag
    is 0 or 1.
    """
    if not issubclass(bulk.record, AppendedRecord):
        yield from texts
        return
    for row in rows:
        values = {name: json_column(bulk.table, name, row[name]) for name in bulk.own_names}
        yield encode_canonical(to_json_value(values))


def json_column(table: Table, name: str, value: Any) -> Any:
    """Return the value of a column as JSON has it for the column's type on PostgreSQL."""
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, JsonDomain):
        return to_json_value(value)
    if isinstance(kind, Domain):
        return kind.process_bind_param(value, POSTGRESQL)
    return value


def _columns(bulk: BulkTable, rows: Iterable[Row], owner: Row) -> Iterator[Row]:
    """Yield the parameters of each row; no list of them is made while the transaction is open."""
    names = tuple(f"{bulk.table.name}_{column}" for column in bulk.own_names)
    for row in rows:
        own_values = [row[name] for name in bulk.own_names]
        parameters = dict(zip(names, own_values, strict=True))
        parameters.update(owner)
        yield parameters


def whole_text(bulk: BulkTable, row: Row) -> str:
    """Return a row's own columns as canonical JSON, which `bulk_parameters` takes."""
    return encode_canonical(to_json_value({name: row[name] for name in bulk.own_names}))


def row_text(bulk: BulkTable, row: Row) -> str:
    """Return the canonical JSON text of a stored row, which the digest covers."""
    values: Any = to_json_value({name: row[name] for name in bulk.own_names})
    return covered_text(bulk.record, values)


def bulk_rows(
    session: Session,
    bulk: BulkTable,
    entity_id: str,
    *,
    seq: int,
    after: int = 0,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Return the next rows of one change after a number, with the columns of the record."""
    values = {"entity_id": entity_id, "seq": seq, "after": after}
    if limit is None:
        return session.rows(_rows_of_change(bulk), values)

    return session.rows(_page_of_change(bulk), {**values, "limit": limit})


def appended_rows(
    session: Session,
    bulk: BulkTable,
    entity_id: str,
    *,
    up_to: int | None,
    after: Position,
    limit: int,
) -> list[dict[str, Any]]:
    """Return the next rows of an aggregate after a seq and a number, each with its seq."""
    values = {"entity_id": entity_id, "seq": after[0], "number": after[1], "limit": limit}
    if up_to is not None:
        values["up_to"] = up_to
    return session.rows(_page_of_entity(bulk, is_past=up_to is not None), values)


def count_appended_rows(
    session: Session, bulk: BulkTable, entity_id: str, *, up_to: int, after: Position
) -> int:
    """Return the number of rows of an aggregate after a seq and a number, up to a seq."""
    values = {"entity_id": entity_id, "seq": after[0], "number": after[1], "up_to": up_to}
    (row,) = session.rows(_count_of_entity(bulk), values)
    total: int = row["total"]
    return total


@cache
def _count_of_entity(bulk: BulkTable) -> Query:
    rows_after = (*_rows_after(bulk), bulk.table.c.seq <= bindparam("up_to"))
    return select(func.count().label("total")).select_from(bulk.table).where(*rows_after)


def _rows_after(bulk: BulkTable) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the rows of an aggregate after a seq and a number."""
    columns = bulk.table.c
    position = tuple_(bindparam("seq", type_=BIG_INTEGER), bindparam("number", type_=BIG_INTEGER))
    return (
        columns.entity_id == bindparam("entity_id"),
        tuple_(columns.seq, columns.number) > position,
    )


@cache
def _page_of_entity(bulk: BulkTable, *, is_past: bool) -> Query:
    columns = bulk.table.c
    query = (
        select(columns.seq, *bulk.own_columns)
        .where(*_rows_after(bulk))
        .order_by(columns.seq, columns.number)
        .limit(bindparam("limit"))
    )
    if is_past:
        query = query.where(columns.seq <= bindparam("up_to"))
    return query


@cache
def _rows_of_change(bulk: BulkTable) -> Query:
    table = bulk.table
    return (
        select(*bulk.own_columns)
        .where(
            table.c.entity_id == bindparam("entity_id"),
            table.c.seq == bindparam("seq"),
            table.c.number > bindparam("after"),
        )
        .order_by(table.c.number)
    )


@cache
def _page_of_change(bulk: BulkTable) -> Query:
    return _rows_of_change(bulk).limit(bindparam("limit"))
