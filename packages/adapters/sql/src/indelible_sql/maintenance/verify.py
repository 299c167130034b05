"""Check that everything in a database follows from its history, and its history from itself."""

import sqlite3
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Final

from sqlalchemy import Connection, Table, and_, func, select

from indelible.kernel import IndelibleError
from indelible.kernel.progress import Progress
from indelible.kernel.seals import SealReference
from indelible_sql.engine.errors import DatabaseFault, schema_problem, translate_errors
from indelible_sql.engine.session import Query, Session
from indelible_sql.engine.session_settings import change_settings
from indelible_sql.kernel.row_checks import MAX_FUTURE, count_rows, describe
from indelible_sql.maintenance.hosts import NO_HEADS, Heads, missing_guards, unchecked_names
from indelible_sql.maintenance.role_settings import reported_settings
from indelible_sql.maintenance.verify_bulk import bulk_findings
from indelible_sql.maintenance.verify_heads import head_findings, record_findings
from indelible_sql.maintenance.verify_history import history_findings
from indelible_sql.maintenance.verify_receipts import receipt_findings
from indelible_sql.maintenance.verify_seals import seal_findings
from indelible_sql.maintenance.verify_subscribers import cursor_findings
from indelible_sql.maintenance.verify_tasks import task_findings
from indelible_sql.schema.admission import check_database
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.migrate import has_newest_tables, is_at_later_revision
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS
from indelible_sql.store.kernel_store import AnySqlStore

OF_OTHER_REVISION = ("SCHEMA_OUT_OF_DATE", "REVISION_NOT_RELEASED", "SCHEMA_TOO_NEW")
POSITIONS: Query = select(func.count().label("total"), func.max(HISTORY.c.position).label("last"))
# A join of two tables that are read whole. A loop over an index reads all changes of an aggregate
# for each of its records, and is chosen where statistics are missing.
JOINS_OF_WHOLE_TABLES: Final[Mapping[str, str]] = {
    "cursor_tuple_fraction": "1",
    "enable_nestloop": "off",
}
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
        findings = list(_database_findings(session))
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
    is_other = any(finding.detail.startswith(OF_OTHER_REVISION) for finding in schema_findings)
    if is_other and not has_newest_tables(session.connection, store.schema, store.schema_catalog):
        yield from _database_findings(session)
        return

    database_findings = list(_database_findings(session))
    yield from database_findings
    yield from _host_findings(session, store, heads)
    if progress is not None and not schema_findings and not database_findings:
        progress.total = count_rows(session, _read_tables(store, heads))
        session.progress = progress
    is_later = not schema_findings and is_at_later_revision(session.connection, store.schema)
    yield from _row_findings(session, store, heads, against, is_later=is_later)


@contextmanager
def _reading(store: AnySqlStore) -> Generator[Session]:
    """Open a session without a limit of its time, which can read any text."""
    with translate_errors(), store.engines.reader.connect() as connection, _any_text(connection):
        session = Session(connection, store.schema)
        session.lift_limits()
        if not session.is_sqlite:
            change_settings(connection, JOINS_OF_WHOLE_TABLES)
        yield session


def _row_findings(
    session: Session,
    store: AnySqlStore,
    heads: Heads,
    against: SealReference | None,
    *,
    is_later: bool = False,
) -> Iterator[Finding]:
    """Yield what is wrong with the rows.

    `is_later` allows the edges that an additive revision of the next release has added.
    """
    yield from history_findings(session, store, is_later=is_later)
    for head, lifecycle in {**store.catalog.heads, **heads}.items():
        yield from head_findings(session, head, lifecycle)
    for head, records in store.catalog.digests.items():
        for record in records:
            yield from record_findings(session, store.catalog.heads[head], record)
    for bulk in store.catalog.bulk:
        yield from bulk_findings(session, bulk)
    for context in store.catalog.contexts:
        yield from context.verify(session)
    yield from receipt_findings(session, store.clock.now() + MAX_FUTURE)
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


def _database_findings(session: Session) -> Iterator[Finding]:
    """Yield what SQLite's own checks find, and what roles of PostgreSQL have set."""
    connection = session.connection
    for setting in reported_settings(connection, session.schema):
        yield Finding(fault=Fault.DATABASE, table="", detail=str(setting))
    if not session.is_sqlite:
        return

    for (message,) in connection.exec_driver_sql("PRAGMA integrity_check").all():
        if message != "ok":
            yield Finding(fault=Fault.DATABASE, table="", detail=message)
    for table, rowid, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        detail = f"row {rowid} refers to no row of {parent}"
        yield Finding(fault=Fault.DATABASE, table=table, detail=detail)


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
