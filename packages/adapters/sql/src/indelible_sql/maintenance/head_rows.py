"""The columns of a head, computed from its last change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Table, select

from indelible_sql.engine.session import Row, Session
from indelible_sql.maintenance.export_entries import from_json
from indelible_sql.schema.guards import history_key


def own_columns(head: Table) -> tuple[Column[Any], ...]:
    """Return the columns that are in the data of the head's last change.

    They are all but the revision, the two times, and the columns of a key into the head's records.
    """
    others = {"created_at", "updated_at", *history_key(head).revision_columns}
    for key in head.foreign_key_constraints:
        if key.deferrable:
            others.update(key.column_keys)
    return tuple(column for column in head.columns if column.name not in others)


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
    for column in own_columns(head):
        row[column.name] = from_json(column.type, last["data"].get(column.name))
    for key in head.foreign_key_constraints:
        record = records.get(key.referred_table)
        if record is None:
            continue
        for element in key.elements:
            row[element.parent.name] = record[element.column.name]
    return row


def shown_record_columns(session: Session, head: Table, row: Row) -> dict[str, Any]:
    """Return the head's columns that are missing in the row and are in the record it points at."""
    columns: dict[str, Any] = {}
    for key in head.foreign_key_constraints:
        columns.update(_columns_of_record(session, key, row))
    return columns


def _columns_of_record(session: Session, key: ForeignKeyConstraint, row: Row) -> Row:
    known: list[Any] = []
    missing: list[Any] = []
    for element in key.elements:
        name = element.parent.name
        if name in row:
            known.append(element.column == row[name])
        else:
            missing.append(element.column.label(name))

    if not missing:
        return {}
    return session.first(select(*missing).where(*known), {}) or {}
