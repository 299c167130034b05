"""Check that everything in a database follows from its history, and its history from itself."""

import sqlite3
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Final

from attrs import frozen
from sqlalchemy import Connection

from indelible.kernel import IndelibleError
from indelible.kernel.progress import Progress
from indelible.kernel.seals import SealReference
from indelible_sql.engine.errors import DatabaseFault, schema_problem, translate_errors
from indelible_sql.engine.session import Session
from indelible_sql.engine.session_settings import change_settings
from indelible_sql.engine.snapshots import import_snapshot
from indelible_sql.kernel.key_ranges import ALL_KEYS
from indelible_sql.kernel.row_checks import count_rows
from indelible_sql.maintenance.hosts import NO_HEADS, Heads, missing_guards, unchecked_names
from indelible_sql.maintenance.role_settings import reported_settings
from indelible_sql.maintenance.verify_checks import row_checks, tables_of
from indelible_sql.schema.admission import check_database
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.migrate import has_newest_tables, is_at_later_revision
from indelible_sql.schema.tables import EDGES
from indelible_sql.store.kernel_store import AnySqlStore

OF_OTHER_REVISION = ("SCHEMA_OUT_OF_DATE", "REVISION_NOT_RELEASED", "SCHEMA_TOO_NEW")
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
    find = partial(_all_findings, store=store, heads=heads, against=against, progress=progress)
    return store.read_rows(find)


def verify_rows(store: AnySqlStore, *, against: SealReference | None = None) -> tuple[Finding, ...]:
    """Return what verify finds in the rows, whatever the schema is."""

    def find(connection: Connection) -> tuple[Finding, ...]:
        with reading(connection, store.schema) as session:
            findings = list(_database_findings(session))
            for check in row_checks(store, NO_HEADS, against, is_later=False):
                findings.extend(check.findings(session, ALL_KEYS))
            return tuple(findings)

    return store.read_rows(find)


def _all_findings(
    connection: Connection,
    *,
    store: AnySqlStore,
    heads: Heads,
    against: SealReference | None,
    progress: Progress | None,
) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    with reading(connection, store.schema) as session, noted_schema_problem(findings):
        state = first_checks(session, store, heads, findings)
        if state is None:
            return tuple(findings)

        checks = row_checks(store, heads, against, is_later=state.is_later)
        if progress is not None and state.is_sound:
            progress.total = count_rows(session, tables_of(checks))
            session.progress = progress
        for check in checks:
            findings.extend(check.findings(session, ALL_KEYS))

    return tuple(findings)


@frozen(kw_only=True)
class DatabaseState:
    """The result of the first checks, which decides how the others are made.

    With `is_sound` tables and indexes are right, and at most rows are wrong. `is_later` allows the
    edges that an additive revision of the next release has added.
    """

    is_sound: bool
    is_later: bool


def first_checks(
    session: Session, store: AnySqlStore, heads: Heads, findings: list[Finding]
) -> DatabaseState | None:
    """Add what is wrong with the schema and the database as a whole to the findings.

    Return None if the tables are those of another revision, whose rows are not checked.
    """
    schema_findings = list(_schema_findings(session.connection, store))
    findings += schema_findings
    is_other = any(finding.detail.startswith(OF_OTHER_REVISION) for finding in schema_findings)
    if is_other and not has_newest_tables(session.connection, store.schema, store.schema_catalog):
        findings += _database_findings(session)
        return None

    database_findings = list(_database_findings(session))
    findings += database_findings
    findings += _host_findings(session, store, heads)
    is_later = not schema_findings and is_at_later_revision(session.connection, store.schema)
    is_sound = all(finding.table for finding in (*schema_findings, *database_findings))
    return DatabaseState(is_sound=is_sound, is_later=is_later)


@contextmanager
def noted_schema_problem(findings: list[Finding]) -> Generator[None]:
    """Add a finding if the block reads a table or column that is missing, and leave the block."""
    try:
        with translate_errors():
            yield
    except DatabaseFault as error:
        problem = schema_problem(error)
        if not problem:
            raise
        detail = f"{problem}; what follows in the order of the checks was not read"
        findings.append(Finding(fault=Fault.SCHEMA, table="", detail=detail))


@contextmanager
def reading(connection: Connection, schema: str, snapshot: str = "") -> Generator[Session]:
    """Open a session without a limit of its time, which can read any text.

    `snapshot` is one that another transaction on PostgreSQL has exported and still has.

    Raises: SnapshotLost.
    """
    with translate_errors(), _any_text(connection):
        session = Session(connection, schema)
        if snapshot:
            import_snapshot(session, snapshot)
        session.lift_limits()
        if not session.is_sqlite:
            change_settings(connection, JOINS_OF_WHOLE_TABLES)
        yield session


def _schema_findings(connection: Connection, store: AnySqlStore) -> Iterator[Finding]:
    try:
        check_database(connection, store.schema, store.schema_catalog.names, store.lifecycles)
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
