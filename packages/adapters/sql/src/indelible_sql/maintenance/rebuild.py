"""Heads made again by folding history: as the schema's owner, with one head table's guards lifted at a time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

from attrs import frozen
from sqlalchemy import Date, ForeignKeyConstraint, Table, delete, insert, select, update

from indelible.kernel import Lifecycle
from indelible_sql.engine.atomic_write import writable_columns
from indelible_sql.engine.session import Row, Session
from indelible_sql.maintenance.verify import NO_HEADS, Heads, own_columns
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.guards import Guard, guards_disabled, head_guards, history_key
from indelible_sql.schema.migrate import migrating
from indelible_sql.schema.tables import HISTORY
from indelible_sql.store import AnySqlStore


@frozen(kw_only=True)
class Rebuilt:
    """A head table after its rebuilding: how many rows it has, and which were not as their history says."""

    table: str
    rows: int
    changed: tuple[str, ...]


def rebuild(
    store: AnySqlStore, owner_url: str | None = None, *, heads: Heads = NO_HEADS
) -> tuple[Rebuilt, ...]:
    """Every head as its history says; `owner_url` where another role owns the schema, `heads` are a host's own."""
    with migrating(owner_url or store.own_url, store.schema) as (connection, _):
        session, dialect = Session(connection, store.schema), connection.dialect.name
        own = [*store.catalog.guards(dialect)]
        for head in heads.keys() - store.catalog.heads.keys():
            own += head_guards(head, heads[head], dialect)
        folded: dict[Table, Iterator[Row]] = {
            head: _folded(session, head, lifecycle)
            for head, lifecycle in {**store.catalog.heads, **heads}.items()
        }
        for derived in store.catalog.derived_heads:
            folded[derived.table] = derived.replay(session)
        return tuple(
            _rebuilt(session, head, rows, [each for each in own if each.table is head])
            for head, rows in folded.items()
        )


def _rebuilt(session: Session, head: Table, rows: Iterator[Row], own: Sequence[Guard]) -> Rebuilt:
    found = {row["id"]: row for row in session.rows(select(*writable_columns(head)), {})}
    folded = {row["id"]: row for row in rows}
    changed = sorted(
        key for key in found.keys() | folded.keys() if found.get(key) != folded.get(key)
    )
    with guards_disabled(session.connection, session.schema, own):
        for key in changed:
            _put(session, head, key, found.get(key), folded.get(key))
        if not session.is_sqlite:  # a table cannot be altered while a question about it is put off
            session.connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    return Rebuilt(table=head.name, rows=len(folded), changed=tuple(changed))


def _folded(
    session: Session, head: Table, lifecycle: Lifecycle[StrEnum]
) -> Iterator[dict[str, Any]]:
    statement = (
        select(HISTORY)
        .where(HISTORY.c.lifecycle == lifecycle.name)
        .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    )
    for _, changes in groupby(session.rows(statement, {}), key=itemgetter("entity_id")):
        every = list(changes)
        shown = head_row(head, every[0]["at"], every[-1], {})
        for key in head.foreign_key_constraints:
            shown |= _of_record(session, key, shown)
        yield {
            column.name: shown[column.name]
            for column in writable_columns(head)
            if column.name in shown
        }


def head_row(
    head: Table, born: datetime, last: Row, records: Mapping[Table, Row]
) -> dict[str, Any]:
    """A head's columns as its last change leaves them; what it shows of a record, where that is given."""
    shown = {
        "id": last["entity_id"],
        "status": last["to_state"],
        "seq": last["seq"],
        history_key(head).counter: last["version"],
        "hash": last["hash"],
        "created_at": born,
        "updated_at": last["at"],
    }
    shown |= {
        column.name: from_json(column.type, last["data"].get(column.name))
        for column in own_columns(head)
    }
    for key in head.foreign_key_constraints:
        found = records.get(key.referred_table, {})
        shown |= {each.parent.name: found[each.column.name] for each in key.elements if found}
    return shown


def _of_record(session: Session, key: ForeignKeyConstraint, row: Row) -> Row:
    """What the head shows of the record that it points at, and history does not say."""
    known = [
        each.column == row[each.parent.name] for each in key.elements if each.parent.name in row
    ]
    rest = [
        each.column.label(each.parent.name) for each in key.elements if each.parent.name not in row
    ]
    return (session.first(select(*rest).where(*known), {}) if rest else None) or {}


def from_json(kind: object, value: Any) -> Any:
    """The value of a column that canonical JSON writes so."""
    if value is None:
        return None
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return kind.from_json(value) if isinstance(kind, Domain) else value


def _put(
    session: Session,
    head: Table,
    key: str,
    found: Mapping[str, Any] | None,
    folded: Mapping[str, Any] | None,
) -> None:
    if folded is None:
        session.run(delete(head).where(head.c.id == key), {})
    elif found is None:
        session.run(insert(head).values(**folded), {})
    else:
        session.run(update(head).where(head.c.id == key).values(**folded), {})
