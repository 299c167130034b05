"""The columns of a head, computed from its last change."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, ForeignKeyConstraint, Table, bindparam, select

from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.maintenance.export_values import from_json
from indelible_sql.schema.defaults import value_in
from indelible_sql.schema.guards import history_key, own_column_names


def columns_in_change(head: Table, data: Mapping[str, Any]) -> Iterator[Column[Any]]:
    """Yield the columns whose values are in the data of the head's last change.

    They are all but the revision, the two times, those that the database computes, and those that
    the head copies from its records: columns of a deferred key that the data lack.
    """
    copied = _columns_of_deferred_keys(head)
    for column in _own_columns(head):
        if column.name in data or column.name not in copied:
            yield column


@cache
def _own_columns(head: Table) -> tuple[Column[Any], ...]:
    return tuple(head.c[name] for name in own_column_names(head))


@cache
def _columns_of_deferred_keys(head: Table) -> frozenset[str]:
    names: set[str] = set()
    for key in head.foreign_key_constraints:
        if key.deferrable:
            names.update(key.column_keys)

    return frozenset(names)


def head_row(
    head: Table, created_at: datetime, last: Row, records: Mapping[Table, Row]
) -> dict[str, Any]:
    """Return a head's columns as its last change leaves them.

    `last` is the change's row; `records` are the records that the change added, by table.
    """
    row: dict[str, Any] = {
        "id": last["entity_id"],
        "status": last["to_state"],
        "seq": last["seq"],
        history_key(head).counter: last["version"],
        "hash": last["hash"],
        "created_at": created_at,
        "updated_at": last["at"],
    }
    for column in columns_in_change(head, last["data"]):
        row[column.name] = from_json(column.type, value_in(column, last["data"]))
    for key in head.foreign_key_constraints:
        record = records.get(key.referred_table)
        if record is None:
            continue
        for element in key.elements:
            row.setdefault(element.parent.name, record[element.column.name])
    return row


def shown_record_columns(session: Session, head: Table, row: Row) -> dict[str, Any]:
    """Return the head's columns that are missing in the row and are in the record it points at."""
    columns: dict[str, Any] = {}
    for key in head.foreign_key_constraints:
        query = _record_columns(key, frozenset(row))
        if query is not None:
            columns.update(session.first(query, row) or {})
    return columns


@cache
def _record_columns(key: ForeignKeyConstraint, known: frozenset[str]) -> Query | None:
    """Return the query of the columns that a key has beside the known ones; None without any."""
    conditions: list[ColumnElement[bool]] = []
    missing: list[Any] = []
    for element in key.elements:
        name = element.parent.name
        if name in known:
            conditions.append(element.column == bindparam(name, type_=element.column.type))
        elif element.parent.computed is None:
            missing.append(element.column.label(name))

    if not missing:
        return None
    return select(*missing).where(*conditions)
