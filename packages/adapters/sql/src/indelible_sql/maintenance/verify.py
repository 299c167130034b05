"""Check that everything in a database follows from its history, and its history from itself."""

import sqlite3
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Table, and_, func, select

from indelible.kernel import (
    Change,
    IndelibleError,
    Lifecycle,
    Revision,
    instant_text,
    to_json_value,
)
from indelible.kernel.history import NO_REVISION
from indelible.kernel.idempotency import Receipt
from indelible.kernel.json import encode_canonical, sha256_hex
from indelible.kernel.progress import Progress
from indelible.kernel.seals import SealReference
from indelible.kernel.values import field_values
from indelible_sql.engine.errors import UNREADABLE, DatabaseFault, schema_problem, translate_errors
from indelible_sql.engine.limited import lift_limit
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.maintenance.findings import (
    Fault,
    Finding,
    count_rows,
    decode_row,
    describe,
    rows,
    unreadable,
)
from indelible_sql.maintenance.hosts import NO_HEADS, Heads, missing_guards, unchecked_names
from indelible_sql.maintenance.verify_bulk import bulk_findings
from indelible_sql.maintenance.verify_heads import head_findings, record_findings
from indelible_sql.maintenance.verify_seals import seal_findings
from indelible_sql.maintenance.verify_subscribers import cursor_findings
from indelible_sql.maintenance.verify_tasks import task_findings
from indelible_sql.schema.admission import check_database
from indelible_sql.schema.migrate import has_newest_tables
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS
from indelible_sql.store import AnySqlStore

MAX_FUTURE = timedelta(days=1)
OUT_OF_DATE = "SCHEMA_OUT_OF_DATE"
ALL_EDGES: Query = select(EDGES).order_by(*EDGES.primary_key.columns)
POSITIONS: Query = select(func.count().label("total"), func.max(HISTORY.c.position).label("last"))
# The limit protects transactions that wait for others, and no transaction waits for this one.
NO_TIMEOUT = (
    "SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'"
)
Edges = set[tuple[Any, ...]]  # each begins with the name of its lifecycle
NOT_CHECKED = (
    "the tables of lifecycle {name} are not checked: pass `heads={{table: lifecycle}}` to"
    " `verify`, or the host's context to `open_store(contexts=...)` or to the command's `--module`"
)


def verify(
    store: AnySqlStore,
    *,
    heads: Heads = NO_HEADS,
    against: SealReference | None = None,
    progress: Progress | None = None,
) -> tuple[Finding, ...]:
    """Return everything that is wrong with the database; nothing is written.

    The role may be the application's. `heads` are a host's own that belong to no registered
    context; a lifecycle of neither is a finding. `against` refers to a seal that was noted outside
    of the database. `progress` counts the rows.
    """
    findings: list[Finding] = []
    with _reading(store) as session:
        try:
            with translate_errors():
                findings.extend(_findings(session, store, heads, against, progress))
        except DatabaseFault as error:
            problem = schema_problem(error)
            if not problem:
                raise
            detail = f"{problem}; what follows in the order of the checks was not read"
            findings.append(Finding(fault=Fault.SCHEMA, table="", detail=detail))

    return tuple(findings)


def verify_rows(store: AnySqlStore, *, against: SealReference | None = None) -> tuple[Finding, ...]:
    """Return what verify finds in the rows, whatever the schema is."""
    with _reading(store) as session:
        findings = list(_database_findings(session.connection))
        findings += _row_findings(session, store, NO_HEADS, against)
        return tuple(findings)


def _findings(
    session: Session,
    store: AnySqlStore,
    heads: Heads,
    against: SealReference | None,
    progress: Progress | None,
) -> Iterator[Finding]:
    """Yield what is wrong; raise the driver's error at a table or column that is missing."""
    schema_findings = list(_schema_findings(session.connection, store))
    yield from schema_findings
    is_outdated = any(finding.detail.startswith(OUT_OF_DATE) for finding in schema_findings)
    if is_outdated and not has_newest_tables(
        session.connection, store.schema, store.schema_catalog
    ):
        yield from _database_findings(session.connection)
        return

    database_findings = list(_database_findings(session.connection))
    yield from database_findings
    yield from _host_findings(session, store, heads)
    if progress is not None and not schema_findings and not database_findings:
        progress.total = count_rows(session, _read_tables(store, heads))
        session.progress = progress
    yield from _row_findings(session, store, heads, against)


@contextmanager
def _reading(store: AnySqlStore) -> Generator[Session]:
    """Open a session without a limit of its time, which can read any text."""
    with translate_errors(), store.engines.reader.connect() as connection, _any_text(connection):
        session = Session(connection, store.schema)
        if not session.is_sqlite:
            lift_limit(connection)
            connection.exec_driver_sql(NO_TIMEOUT)
        yield session


def _row_findings(
    session: Session, store: AnySqlStore, heads: Heads, against: SealReference | None
) -> Iterator[Finding]:
    yield from _history_findings(session, store)
    for head, lifecycle in {**store.catalog.heads, **heads}.items():
        yield from head_findings(session, head, lifecycle)
    for head, records in store.catalog.digests.items():
        for record in records:
            yield from record_findings(session, store.catalog.heads[head], record)
    for bulk in store.catalog.bulk:
        yield from bulk_findings(session, bulk)
    for context in store.catalog.contexts:
        yield from context.verify(session)
    yield from _receipt_findings(session)
    yield from _position_findings(session)
    yield from cursor_findings(session)
    yield from task_findings(session, store.catalog.stages, store.clock.now())
    yield from seal_findings(session, store.catalog.sealed_records, against)


def _read_tables(store: AnySqlStore, heads: Heads) -> Iterator[Table]:
    """Yield the tables of which every row is read, a table that is read twice twice."""
    yield HISTORY
    yield from {**store.catalog.heads, **heads}
    for records in store.catalog.digests.values():
        for record in records:
            yield record.table
    for bulk in store.catalog.bulk:
        yield bulk.table
    yield RECEIPTS


def _schema_findings(connection: Connection, store: AnySqlStore) -> Iterator[Finding]:
    try:
        check_database(connection, store.schema, store.schema_catalog, store.lifecycles)
    except IndelibleError as error:
        yield Finding(fault=Fault.SCHEMA, table="", detail=str(error))


def _host_findings(session: Session, store: AnySqlStore, heads: Heads) -> Iterator[Finding]:
    for guard in missing_guards(session.connection, store, heads):
        detail = f"guard {guard.name} is missing or disabled"
        yield Finding(fault=Fault.SCHEMA, table=guard.table.name, detail=detail)
    for name in unchecked_names(session.connection, store, heads):
        detail = NOT_CHECKED.format(name=name)
        yield Finding(fault=Fault.LIFECYCLE_NOT_CHECKED, table=EDGES.name, detail=detail)


def _database_findings(connection: Connection) -> Iterator[Finding]:
    """Yield what SQLite's own checks find; PostgreSQL has none."""
    if connection.dialect.name != "sqlite":
        return

    for (message,) in connection.exec_driver_sql("PRAGMA integrity_check").all():
        if message != "ok":
            yield Finding(fault=Fault.DATABASE, table="", detail=message)
    for table, rowid, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        detail = f"row {rowid} refers to no row of {parent}"
        yield Finding(fault=Fault.DATABASE, table=table, detail=detail)


def _history_findings(session: Session, store: AnySqlStore) -> Iterator[Finding]:
    """Compare the edges with the declared ones, and every change with the one before it."""
    lifecycles = (*store.catalog.heads.values(), *store.lifecycles)
    names = {lifecycle.name for lifecycle in lifecycles}
    declared: Edges = set()
    for lifecycle in lifecycles:
        declared.update((lifecycle.name, *edge) for edge in lifecycle.edges)
    by_name = {lifecycle.name: lifecycle for lifecycle in lifecycles}

    stored = {tuple(row.values()) for row in session.rows(ALL_EDGES, {})}
    undeclared = {edge for edge in stored if edge[0] not in names}
    yield from _edge_findings(stored - undeclared, declared)

    latest = store.clock.now() + MAX_FUTURE
    rules = _ChangeRules(by_name, store.catalog.data_keys, declared | undeclared)
    yield from _chain_findings(session, rules, latest)


def _edge_findings(stored: Edges, declared: Edges) -> Iterator[Finding]:
    for edge in sorted(stored ^ declared):
        state = "declared, but not stored" if edge in declared else "stored, but not declared"
        words = [str(part) or "(none)" for part in edge]
        yield Finding(fault=Fault.EDGE, table=EDGES.name, detail=f"{' '.join(words)}: {state}")


@frozen
class _ChangeRules:
    """Rules for changes: lifecycles and the keys of their data by name, and the legal edges."""

    lifecycles: Mapping[str, Lifecycle[StrEnum]]
    data_keys: Mapping[str, frozenset[str]]
    legal_edges: Edges


def _chain_findings(session: Session, rules: _ChangeRules, latest: datetime) -> Iterator[Finding]:
    """Decode every change, compute its digest again, and compare it with its predecessor."""
    aggregate = ("", "")
    revision, at = NO_REVISION, None
    data: Mapping[str, Any] | None = None
    for row in rows(session, HISTORY, ("lifecycle", "entity_id", "seq")):
        finding = partial(
            Finding, table=HISTORY.name, entity_id=str(row["entity_id"]), seq=row["seq"]
        )
        if (row["lifecycle"], row["entity_id"]) != aggregate:
            aggregate = (row["lifecycle"], row["entity_id"])
            revision, at, data = NO_REVISION, None, None

        try:
            change = ROWS.structure(decode_row(session, HISTORY, row), Change)
        except UNREADABLE as error:
            yield finding(fault=Fault.CHANGE, detail=unreadable(error))
            revision, at, data = _revision_of(row), None, None
            continue
        for detail in _change_faults(change, row, revision, at, rules.legal_edges):
            yield finding(fault=Fault.CHANGE, detail=detail)
        for detail in _data_faults(change, data, rules):
            yield finding(fault=Fault.CHANGE, detail=detail)
        if change.at > latest:
            yield finding(fault=Fault.FUTURE, detail=str(change.at))
        revision, at, data = change.revision, change.at, change.data


def _revision_of(row: Row) -> Revision:
    """Return the revision of an unreadable change: the next change is still compared with it."""
    return Revision(row["seq"], row["to_state"], row["version"], row["hash"])


def _change_faults(
    change: Change, row: Row, previous: Revision, previous_at: datetime | None, legal: Edges
) -> Iterator[str]:
    if change.previous_revision != previous:
        yield "does not follow from the change before it"
    if change.hash != _digest_of(change):
        yield "its hash does not match its content"
    if (change.lifecycle, *change.edge) not in legal:
        yield "its lifecycle has no such edge"
    if previous_at is not None and change.at <= previous_at:
        yield "not later than the change before it"

    previous_seq = change.seq - 1 or None
    previous_version = change.version - change.adds_version
    if (row["previous_seq"], row["previous_version"]) != (previous_seq, previous_version):
        yield "a generated column has a wrong value"


def _data_faults(
    change: Change, previous: Mapping[str, Any] | None, rules: _ChangeRules
) -> Iterator[str]:
    """Yield what is wrong with the data of a change; `previous` is the data before it."""
    declared = rules.data_keys.get(change.lifecycle, change.data.keys())
    for name in sorted(change.data.keys() - declared):
        yield f"{name}: not a key of its data"
    yield from _field_faults(change, previous, rules.lifecycles.get(change.lifecycle))


def _field_faults(
    change: Change, previous: Mapping[str, Any] | None, lifecycle: Lifecycle[StrEnum] | None
) -> Iterator[str]:
    """Yield the fields of a change that its action must keep, and the times that are too late.

    `previous` is the data before it.
    """
    if lifecycle is None:
        return
    if change.seq == 1:
        for name, value in lifecycle.initial_fields(change.action).items():
            if name in change.data and change.data[name] != to_json_value(value):
                yield f"{name}: its action does not set this field"
    for name, ahead in lifecycle.latest.items():
        time = change.data.get(name)
        if isinstance(time, str) and time > instant_text(change.at + ahead):
            yield f"{name}: too long after its change"
    if previous is None:
        return
    for name in lifecycle.kept_fields(change.action):
        # A field that the change before lacks was added to the aggregate since.
        if name in previous and change.data.get(name) != previous[name]:
            yield f"{name}: its action does not change this field"


def _digest_of(change: Change) -> str:
    """Return `change.digest()` of a change whose data were parsed, and need no conversion."""
    values = field_values(change)
    del values["hash"]
    values["actor"] = str(change.actor)
    values["at"] = instant_text(change.at)
    return sha256_hex(encode_canonical(values))


def _receipt_findings(session: Session) -> Iterator[Finding]:
    for row in rows(session, RECEIPTS, ("owner", "key")):
        detail = _receipt_fault(session, row)
        if detail:
            yield Finding(
                fault=Fault.RECEIPT,
                table=RECEIPTS.name,
                entity_id=str(row["owner"]),
                detail=detail,
            )


def _receipt_fault(session: Session, row: Row) -> str:
    """Return what is wrong with a receipt, or ''."""
    try:
        receipt = ROWS.structure(decode_row(session, RECEIPTS, row), Receipt)
        is_right = receipt.hash == receipt.digest()
    except UNREADABLE as error:
        return unreadable(error)

    return "" if is_right else "its hash does not match its content"


def _position_findings(session: Session) -> Iterator[Finding]:
    """Check that an aggregate's changes are in the order of the feed.

    On SQLite the positions are 1 to n.
    """
    if session.is_sqlite:
        yield from _gap_findings(session)

    detail = "the next change precedes it in the feed"
    yield from describe(session, Fault.POSITION, HISTORY, _swapped_changes(), detail)


@lru_cache
def _swapped_changes() -> Query:
    """Select the changes that do not precede the next one."""
    later = HISTORY.alias("later")
    of_same_aggregate = and_(
        later.c.lifecycle == HISTORY.c.lifecycle, later.c.entity_id == HISTORY.c.entity_id
    )
    return (
        select(HISTORY.c.entity_id, HISTORY.c.seq)
        .join(later, of_same_aggregate)
        .where(later.c.previous_seq == HISTORY.c.seq)
        .where(later.c.position <= HISTORY.c.position)
        .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    )


def _gap_findings(session: Session) -> Iterator[Finding]:
    total, last = session.rows(POSITIONS, {})[0].values()
    if total != (last or 0):
        detail = f"{total} changes, but the last position is {last}"
        yield Finding(fault=Fault.POSITION, table=HISTORY.name, detail=detail)


@contextmanager
def _any_text(connection: Connection) -> Generator[None]:
    """Let SQLite's driver return texts that are no UTF-8: a walk over damage must not end there."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return

    driver.text_factory = partial(str, encoding="utf-8", errors="replace")
    try:
        yield
    finally:
        driver.text_factory = str
