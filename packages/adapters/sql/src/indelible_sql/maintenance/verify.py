"""Whether everything in a database follows from its history, and its history from itself."""

import sqlite3
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKeyConstraint,
    Table,
    and_,
    func,
    select,
    text,
)

from indelible.kernel import Change, IndelibleError, Lifecycle, Revision, to_json_value
from indelible.kernel.history import NO_REVISION
from indelible.kernel.idempotency import Receipt
from indelible_sql.engine.errors import translate_errors
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.maintenance.findings import (
    UNREADABLE,
    Fault,
    Finding,
    check_rows,
    decode_row,
    describe,
    load,
    rows,
    undecoded,
)
from indelible_sql.maintenance.head_rows import own_columns
from indelible_sql.schema.admission import check_database
from indelible_sql.schema.columns import DOCUMENT, INSTANT
from indelible_sql.schema.guards import history_key
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS, RecordDigest
from indelible_sql.store import AnySqlStore

FUTURE = timedelta(days=1)
IS_BEFORE = "(later.txid, later.position) <= (history.txid, history.position)"
# A role's transactions may be limited, which is for those that others wait for; nobody waits for this one.
UNHURRIED = "SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'"
Edges = set[tuple[Any, ...]]  # each begins with the name of its lifecycle
Heads = Mapping[Table, Lifecycle[StrEnum]]
NO_HEADS: Heads = MappingProxyType({})


def verify(store: AnySqlStore, *, heads: Heads = NO_HEADS) -> tuple[Finding, ...]:
    """Everything that is wrong with the database; nothing is written. The role may be the application's.

    `heads` are a host's own.
    """
    with translate_errors(), store.engines.reader.connect() as connection, _every_byte(connection):
        session = Session(connection, store.schema)
        if not session.is_sqlite:
            connection.exec_driver_sql(UNHURRIED)
        found = list(_schema(connection, store))
        if any(each.detail.startswith("SCHEMA_OUT_OF_DATE") for each in found):
            return tuple(found)
        lifecycles = (*store.catalog.heads.values(), *store.lifecycles)
        declared = {(each.name, *edge) for each in lifecycles for edge in each.edges}
        kept = {tuple(row.values()) for row in session.rows(select(EDGES), {})}
        unknown = {edge for edge in kept if edge[0] not in {each.name for each in lifecycles}}
        found += _edges(kept - unknown, declared)
        found += _chains(session, declared | unknown, store.clock.now() + FUTURE)
        for head, lifecycle in {**store.catalog.heads, **heads}.items():
            found += _heads(session, head, lifecycle)
        for head, records in store.catalog.digests.items():
            for recorded in records:
                found += _records(session, store.catalog.heads[head], recorded)
        for context in store.catalog.contexts:
            found += context.verify(session)
        found += _receipts(session)
        found += _positions(session)
        return tuple(found)


def _schema(connection: Connection, store: AnySqlStore) -> Iterator[Finding]:
    try:
        check_database(connection, store.schema, store.schema_catalog, store.lifecycles)
    except IndelibleError as error:
        yield Finding(fault=Fault.SCHEMA, table="", detail=str(error))
    if connection.dialect.name == "sqlite":
        for (message,) in connection.exec_driver_sql("PRAGMA integrity_check").all():
            if message != "ok":
                yield Finding(fault=Fault.DATABASE, table="", detail=message)
        for table, rowid, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            yield Finding(
                fault=Fault.DATABASE,
                table=table,
                detail=f"row {rowid} points at nothing in {parent}",
            )


def _edges(kept: Edges, declared: Edges) -> Iterator[Finding]:
    for edge in sorted(kept ^ declared):
        detail = "declared, but not kept" if edge in declared else "kept, but not declared"
        yield Finding(
            fault=Fault.EDGE,
            table=EDGES.name,
            detail=f"{' '.join(str(part) or '(unborn)' for part in edge)}: {detail}",
        )


def _chains(session: Session, legal: Edges, latest: datetime) -> Iterator[Finding]:
    """Every change read back, its digest made again, and its place compared with the one before it."""
    key, place, at = ("", ""), NO_REVISION, None
    for row in rows(session, HISTORY, ("lifecycle", "entity_id", "seq")):
        name: dict[str, Any] = {
            "table": HISTORY.name,
            "entity_id": str(row["entity_id"]),
            "seq": row["seq"],
        }
        if (row["lifecycle"], row["entity_id"]) != key:
            key, place, at = (row["lifecycle"], row["entity_id"]), NO_REVISION, None
        try:
            change = ROWS.structure(decode_row(session, HISTORY, row), Change)
        except UNREADABLE as error:
            yield Finding(fault=Fault.CHANGE, detail=f"unreadable: {error}", **name)
            continue
        for detail in _wrong_with(change, row, place, at, legal):
            yield Finding(fault=Fault.CHANGE, detail=detail, **name)
        if change.at > latest:
            yield Finding(fault=Fault.FUTURE, detail=str(change.at), **name)
        place, at = change.revision, change.at


def _wrong_with(
    change: Change, row: Row, place: Revision, at: datetime | None, legal: Edges
) -> Iterator[str]:
    if change.previous_revision != place:
        yield "does not follow from the change before it"
    if change.hash != change.digest():
        yield "its digest is not its hash"
    if (change.lifecycle, *change.edge) not in legal:
        yield "no edge of its lifecycle"
    if at is not None and change.at <= at:
        yield "not later than the change before it"
    made = (change.seq - 1 or None, change.version - change.adds_version)
    if (row["previous_seq"], row["previous_version"]) != made:
        yield "a generated column is not what it is made of"


def _heads(session: Session, head: Table, lifecycle: Lifecycle[StrEnum]) -> Iterator[Finding]:
    """Every head beside the change that it shows, and every change beside its head."""
    last, first = HISTORY.alias("last_change"), HISTORY.alias("first_change")
    shown = (last.c.to_state, last.c.version, last.c.hash, last.c.at, last.c.data)
    beside = [undecoded(column, f"change_{column.name}") for column in shown] + [
        undecoded(first.c.at, "first_at")
    ]
    both = head.join(last, _same_change(last, head, lifecycle, head.c.seq), isouter=True).join(
        first, _same_change(first, head, lifecycle, 1), isouter=True
    )
    walk, check = (
        rows(session, head, ("id",), both, beside),
        partial(_wrong_with_head, session, head, lifecycle),
    )
    yield from check_rows(Fault.HEAD, head, walk, check, ("id", "seq"))
    for key in sorted(head.foreign_key_constraints, key=lambda each: str(each.name)):
        detail = f"{', '.join(key.column_keys)}: not what {key.referred_table.name} says"
        yield from describe(session, Fault.HEAD, head, _untied(head, key), detail)
    missed = (
        select(HISTORY.c.entity_id, HISTORY.c.seq)
        .join(head, head.c.id == HISTORY.c.entity_id, isouter=True)
        .where(
            HISTORY.c.lifecycle == lifecycle.name,
            head.c.id.is_(None) | (HISTORY.c.seq > head.c.seq),
        )
        .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    )
    yield from describe(session, Fault.HEAD, head, missed, "the head does not show this change")


def _untied(head: Table, key: ForeignKeyConstraint) -> Query:
    """The heads whose key leads nowhere, which a write around the guards can do."""
    same = and_(*(each.parent == each.column for each in key.elements))
    is_set, (first, *_) = and_(*(each.parent.is_not(None) for each in key.elements)), key.elements
    nowhere = select(head.c.id, head.c.seq).join(key.referred_table, same, isouter=True)
    return nowhere.where(is_set, first.column.is_(None)).order_by(head.c.id)


def _same_change(
    change: Any, head: Table, lifecycle: Lifecycle[StrEnum], seq: Any
) -> ColumnElement[bool]:
    return and_(
        change.c.lifecycle == lifecycle.name, change.c.entity_id == head.c.id, change.c.seq == seq
    )


def _wrong_with_head(session: Session, head: Table, lifecycle: Lifecycle[StrEnum], row: Row) -> str:
    if row["change_hash"] is None:
        return "it shows a change that history does not have"
    found = decode_row(session, head, row)
    first, last = (load(session, INSTANT, row[name]) for name in ("first_at", "change_at"))
    data = load(session, DOCUMENT, row["change_data"])
    counter = history_key(head).counter
    place = (found["lifecycle"], found["status"], found[counter], found["hash"])
    if place != (lifecycle.name, row["change_to_state"], row["change_version"], row["change_hash"]):
        return "its place is not its change's"
    if (found["created_at"], found["updated_at"]) != (first, last):
        return "its times are not its changes'"
    wrong = [
        each.name
        for each in own_columns(head)
        if to_json_value(found[each.name]) != data.get(each.name)
    ]
    return f"{', '.join(wrong)}: not what its change kept" if wrong else ""


def _records(
    session: Session, lifecycle: Lifecycle[StrEnum], recorded: RecordDigest
) -> Iterator[Finding]:
    """Every record beside the digest that its change kept, and every change beside its record."""
    owner, number = recorded.table.primary_key.columns
    added = and_(HISTORY.c.lifecycle == lifecycle.name, HISTORY.c.adds_version == 1)
    of_record = and_(added, HISTORY.c.entity_id == owner, HISTORY.c.version == number)
    both = recorded.table.join(HISTORY, of_record, isouter=True)
    place, beside = (owner.name, number.name), [undecoded(HISTORY.c.data, "change_data")]
    walk = rows(session, recorded.table, place, both, beside)
    yield from check_rows(
        Fault.RECORD, recorded.table, walk, partial(_wrong_with_record, session, recorded), place
    )
    missing = (
        select(HISTORY.c.entity_id, HISTORY.c.version)
        .join(
            recorded.table,
            and_(HISTORY.c.entity_id == owner, HISTORY.c.version == number),
            isouter=True,
        )
        .where(added, owner.is_(None))
        .order_by(HISTORY.c.entity_id, HISTORY.c.version)
    )
    yield from describe(session, Fault.RECORD, recorded.table, missing, "missing")


def _wrong_with_record(session: Session, recorded: RecordDigest, row: Row) -> str:
    if row["change_data"] is None:
        return "no change added it"
    found = decode_row(session, recorded.table, row)
    kept, derived = recorded.digest(found), recorded.derived(found)
    data = load(session, DOCUMENT, row["change_data"])
    if kept != data.get(recorded.change_field):
        return "its digest is not the one that its change kept"
    wrong = [name for name, value in derived.items() if row[name] != value]
    return f"{', '.join(wrong)}: not what the record says" if wrong else ""


def _receipts(session: Session) -> Iterator[Finding]:
    for row in rows(session, RECEIPTS, ("owner", "key")):
        try:
            receipt = ROWS.structure(decode_row(session, RECEIPTS, row), Receipt)
            is_right = receipt.hash == receipt.digest()
        except UNREADABLE:
            is_right = False
        if not is_right:
            detail = "its digest is not its hash"
            yield Finding(
                fault=Fault.RECEIPT, table=RECEIPTS.name, entity_id=str(row["owner"]), detail=detail
            )


def _positions(session: Session) -> Iterator[Finding]:
    """On SQLite positions are 1..n; on PostgreSQL an entity's changes are in the order of the feed."""
    order = IS_BEFORE
    if session.is_sqlite:
        order = "later.position <= history.position"
        counted: Query = select(
            func.count().label("total"), func.max(HISTORY.c.position).label("last")
        )
        total, last = session.rows(counted, {})[0].values()
        if total != (last or 0):
            detail = f"{total} changes, but the last position is {last}"
            yield Finding(fault=Fault.POSITION, table=HISTORY.name, detail=detail)
    later = HISTORY.alias("later")
    swapped = (
        select(HISTORY.c.entity_id, HISTORY.c.seq)
        .join(
            later,
            and_(
                later.c.lifecycle == HISTORY.c.lifecycle, later.c.entity_id == HISTORY.c.entity_id
            ),
        )
        .where(later.c.previous_seq == HISTORY.c.seq, text(order))
        .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    )
    yield from describe(
        session, Fault.POSITION, HISTORY, swapped, "the next change stands before it in the feed"
    )


@contextmanager
def _every_byte(connection: Connection) -> Generator[None]:
    """Let SQLite's driver give texts that are no UTF-8: a walk that looks for damage must not end at one."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.text_factory = partial(str, encoding="utf-8", errors="replace")
    try:
        yield
    finally:
        driver.text_factory = str
