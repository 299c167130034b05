"""Upgrade and downgrade a schema, and compare it with the one that this version needs.

Every process compares, few change a schema: so what needs alembic is imported where it runs. Its
import took a sixth of the processor time of a short command.
"""

from collections.abc import Collection, Container, Generator
from contextlib import contextmanager
from typing import Any, ClassVar

from attrs import frozen
from sqlalchemy import (
    Connection,
    Engine,
    NullPool,
    column,
    create_engine,
    inspect,
    select,
    table,
)
from sqlalchemy.event import listen

from indelible.kernel import Unavailable
from indelible_sql.engine.connections import (
    CLIENT_ENCODING,
    CONNECT_SECONDS,
    address,
    begin_immediate,
    begin_on_host,
    check_directory,
    enable_wal,
    sqlite_cursor,
)
from indelible_sql.engine.errors import translate_errors
from indelible_sql.engine.session_settings import MIGRATING, change_settings, kept_settings
from indelible_sql.schema.additive import marked_digest
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import quoted
from indelible_sql.schema.installed_files import declared_document
from indelible_sql.schema.partitions import check_number, shape_of
from indelible_sql.schema.privileges import grant
from indelible_sql.schema.schema_names import FactNames
from indelible_sql.schema.snapshot import facts, facts_about, facts_digest

VERSION_TABLE = "indelible_version"
VERSION_COLUMN = "version_num"  # of every table of alembic
MIGRATION_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('indelible migration', 0))"
# Names of revisions of the time before the first release; no later revision gets one of them.
NEVER_RELEASED = ("0002", "0003", "0004", "0005", "0006")
MAX_REVISION_CHARACTERS = 100  # of a text that is no revision, in a message


@frozen
class SchemaOutOfDate(Unavailable):
    """The database's schema is not the one that this version needs: run `indelible db upgrade`."""

    message: ClassVar[str] = (
        "The database schema is at revision {revision}, expected {needed}: "
        "run `indelible db upgrade`."
    )
    revision: str
    needed: str


@frozen
class RevisionNotReleased(Unavailable):
    """The schema is at a revision of the time before the first release.

    Only databases of developers have one. The revisions of that time are one revision now.
    """

    message: ClassVar[str] = (
        "The database schema is at revision {revision}, expected {needed}: create a new database; "
        "nothing was released, so nothing upgrades from this revision."
    )
    revision: str
    needed: str


@frozen
class SchemaTooNew(Unavailable):
    """A later release has migrated the schema to a revision that this code cannot work with.

    Only the next revision can be accepted, if the migration marked it additive. Install a release
    that knows the revision.
    """

    message: ClassVar[str] = (
        "The database schema is at revision {revision}, expected {needed} or an additive revision "
        "that follows it: install the release of revision {revision}."
    )
    revision: str
    needed: str


@frozen
class SchemaDamaged(Unavailable):
    """A table, guard or edge differs from what this version declares.

    Run `indelible db check` to see which. The database may also be of another commit of the time
    before the first release.
    """

    message: ClassVar[str] = (
        "A table, guard or edge differs from what this version declares: run `indelible db check` "
        "to see which. If another commit made the database, create a new one; nothing was released."
    )
    digest: str


def owner_engine(url: str, **options: str) -> Engine:
    """Return an engine without a pool, for the schema's owner."""
    target = address(url)
    backend = target.get_backend_name()
    arguments: dict[str, object] = {}
    if backend == "postgresql":
        arguments = {
            "client_encoding": CLIENT_ENCODING,
            "connect_timeout": CONNECT_SECONDS,
            "prepare_threshold": None,  # a pooler may stand between
        }
    return create_engine(
        target.set(drivername=backend),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=arguments,
        **options,
    )


@frozen
class VersionTableDamaged(Unavailable):
    """The version table names no revision that a migration can start from."""

    message: ClassVar[str] = (
        "Table {table} has revision {revision}, expected exactly one of {known}: restore it from a "
        "backup."
    )
    table: str
    revision: str
    known: str


@contextmanager
def migrating(url: str, schema: str) -> Generator[tuple[Connection, str | None]]:
    """Open a transaction that no other migration runs beside.

    Yield the connection and PostgreSQL's schema.
    """
    engine = owner_engine(url)
    is_sqlite = engine.dialect.name == "sqlite"
    if is_sqlite:
        listen(engine, "do_connect", check_directory)
        listen(engine, "connect", _prepare_sqlite)
        listen(engine, "begin", begin_immediate)

    with translate_errors(), engine.begin() as connection:
        if is_sqlite:
            yield connection, None
        else:
            connection.exec_driver_sql(MIGRATION_LOCK)
            change_settings(connection, MIGRATING)
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {quoted(connection, schema)}")
            yield connection, schema


@contextmanager
def joining(connection: Connection, schema: str) -> Generator[str | None]:
    """Prepare the caller's own transaction for a migration, and give it back its settings.

    Yield PostgreSQL's schema.
    """
    if connection.dialect.name == "sqlite":
        begin_on_host(connection, "BEGIN IMMEDIATE")  # the driver would not for DDL
        yield None
        return

    connection.exec_driver_sql(MIGRATION_LOCK)
    with kept_settings(connection, (*MIGRATING, "search_path")):
        change_settings(connection, MIGRATING)
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {quoted(connection, schema)}")
        yield schema


def upgrade(
    url: str,
    schema: str,
    catalog: Catalog,
    *,
    role: str | None,
    history_partitions: int | None = None,
) -> None:
    """Bring the schema to the newest revision, as `upgrade_on` does, in a transaction of its own.

    `role` is None where the owner is the application's role.
    """
    with migrating(url, schema) as (connection, postgresql_schema):
        upgrade_on(
            connection,
            schema,
            postgresql_schema,
            catalog,
            role=role,
            history_partitions=history_partitions,
        )


def upgrade_on(
    connection: Connection,
    schema: str,
    postgresql_schema: str | None,
    catalog: Catalog,
    *,
    role: str | None,
    history_partitions: int | None = None,
) -> None:
    """Bring the schema to the newest revision, and grant the application's role what it needs.

    A later revision beside which this code may run stays as it is. `history_partitions` is the
    number of partitions of history in a new store; without it history is one table.

    Raises: PartitionsUnsupported, PartitionsOutOfRange, PartitionsFixed, SchemaDamaged.
    """
    from indelible_sql.schema import revisions  # noqa: PLC0415 - imports alembic

    if history_partitions is not None:
        check_number(connection, postgresql_schema, history_partitions)
    current = current_revision(connection, postgresql_schema)
    if _is_later(current):
        admitted_state(connection, schema)
        return
    _check_version_table(current, revisions.known_revisions())
    if current == newest()[0]:  # before a right is granted on a table that may not be there
        check(connection, schema, catalog.names.facts)

    revisions.upgrade_to_newest(connection, postgresql_schema, catalog, history_partitions)
    complete_upgrade(connection, postgresql_schema, catalog, role=role)
    if history_partitions is not None:  # before COMMIT: a wrong shape cannot be changed
        check(connection, schema, catalog.names.facts)


def _check_version_table(current: str, revisions: Collection[str]) -> None:
    """Refuse what no migration can start from.

    Raises: RevisionNotReleased, VersionTableDamaged.
    """
    if not current or current in revisions:
        return

    check_released(current)
    raise VersionTableDamaged(
        VERSION_TABLE, current[:MAX_REVISION_CHARACTERS], ", ".join(revisions)
    )


def complete_upgrade(
    connection: Connection,
    schema: str | None,
    catalog: Catalog,
    *,
    role: str | None,
) -> None:
    """Do what depends on the database: optional functions, and the rights of the role.

    `role` is None where the owner is the application's role.
    """
    if schema is None:
        return

    for context in catalog.contexts:
        if context.after_upgrade is not None:
            context.after_upgrade(connection, schema)
    if role is not None:
        grant(connection, schema, role, catalog, VERSION_TABLE)


def downgrade(
    url: str, schema: str, revision: str, catalog: Catalog, *, exported: Container[str] = ()
) -> None:
    """Take the schema back to a revision.

    Raises RecordsWouldBeLost unless `exported` has the hash of every record that would be dropped,
    and RevisionNotReleased.
    Keys and receipts need no export: they mean nothing without the store that they were made for.
    """
    from indelible_sql.schema import revisions  # noqa: PLC0415 - imports alembic

    with migrating(url, schema) as (connection, postgresql_schema):
        check_released(current_revision(connection, postgresql_schema))
        revisions.downgrade_to(revision, connection, postgresql_schema, catalog, exported)


def current_revision(connection: Connection, schema: str | None) -> str:
    """Return the revision that the database is at, '' before the first.

    The rows of a table with several are joined by commas: no revision has such a name.
    """
    location = None if connection.dialect.name == "sqlite" else schema
    if not inspect(connection).has_table(VERSION_TABLE, schema=location):
        return ""

    versions = table(VERSION_TABLE, column(VERSION_COLUMN), schema=location)
    return ", ".join(sorted(str(name) for name in connection.scalars(select(versions))))


def check(connection: Connection, schema: str, names: FactNames) -> str:
    """Return the revision of a database that is as its migrations leave it, for this code to use.

    Raises: SchemaOutOfDate, RevisionNotReleased, SchemaTooNew, SchemaDamaged.
    """
    # First the revision: an empty database has no table of which facts could be read.
    state = admitted_state(connection, schema)
    digest = facts_digest(facts_about(connection, schema, names))
    if digest != state.digest:
        raise SchemaDamaged(digest)
    return state.revision


@frozen
class SchemaState:
    """A revision with which this code works, and the expected digest of the facts that it reads."""

    revision: str
    digest: str
    is_later: bool  # an additive revision of the next release


def admitted_state(connection: Connection, schema: str) -> SchemaState:
    """Return the state of the schema if this code may work with it.

    That is its own newest revision, and the next one if the database says that it is additive.
    Raises: SchemaOutOfDate, RevisionNotReleased, SchemaTooNew.
    """
    current = current_revision(connection, schema)
    check_released(current)
    revision, digests = newest()
    if current == revision:
        return SchemaState(revision, digests[shape_of(connection, schema)], is_later=False)
    if not _is_later(current):
        raise SchemaOutOfDate(current[:MAX_REVISION_CHARACTERS] or "nothing", revision)

    digest = marked_digest(connection, schema, revision=current, previous=revision)
    if digest is None:
        raise SchemaTooNew(current[:MAX_REVISION_CHARACTERS], revision)
    return SchemaState(current, digest, is_later=True)


def is_at_later_revision(connection: Connection, schema: str) -> bool:
    """Return True at an additive revision of the next release, which `check` has admitted."""
    return _is_later(current_revision(connection, schema))


def _is_later(current: str) -> bool:
    """Return True for the name of a revision that a later release has made."""
    return current.isdecimal() and current > newest()[0]


def check_released(current: str) -> None:
    """Raise RevisionNotReleased for the name of a revision that was never released."""
    if current in NEVER_RELEASED:
        raise RevisionNotReleased(current, newest()[0])


def has_newest_tables(connection: Connection, schema: str, catalog: Catalog) -> bool:
    """Return True if all tables are as the newest revision leaves them.

    The version table is not read: it may be what is wrong.
    """
    dialect = connection.dialect.name
    stored_names = inspect(connection).get_table_names(
        schema=None if dialect == "sqlite" else schema
    )
    for needed in catalog.tables:
        if needed.name not in stored_names:
            return False

    _, expected = newest()
    digest = facts_digest(facts(connection, schema, catalog))
    return digest == expected[shape_of(connection, schema)]


def newest() -> tuple[str, dict[str, str]]:
    """Return the newest revision, and the digest of each shape's facts once it has run."""
    document = declared_document()
    return document["revision"], document["digests"]


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = sqlite_cursor(connection)
    # WAL is a property of the file, and so serves a host's own engine too.
    enable_wal(cursor)
    # Tables are dropped in any order.
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()
