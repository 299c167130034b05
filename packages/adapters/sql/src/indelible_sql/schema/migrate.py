"""Upgrade and downgrade a schema, and compare it with the one that this version needs.

Every process compares, few change a schema: so what needs alembic is imported where it runs. Its
import took a sixth of the processor time of a short command.
"""

import json
from collections.abc import Container, Generator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, ClassVar

from attrs import frozen
from sqlalchemy import (
    Connection,
    Engine,
    NullPool,
    column,
    create_engine,
    inspect,
    make_url,
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
    check_directory,
    enable_wal,
    sqlite_cursor,
)
from indelible_sql.engine.errors import translate_errors
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import quoted
from indelible_sql.schema.privileges import grant
from indelible_sql.schema.session_settings import MIGRATING, change_settings
from indelible_sql.schema.snapshot import facts, facts_digest

VERSION_TABLE = "indelible_version"
VERSION_COLUMN = "version_num"  # of every table of alembic
MIGRATION_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('indelible migration', 0))"
DIGESTS = "digests.json"
MAX_REVISION_CHARACTERS = 100  # of a text that is no revision, in a message


@frozen
class SchemaOutOfDate(Unavailable):
    """The database's schema is not the one that this version needs: run `indelible db upgrade`."""

    code: ClassVar[str] = "SCHEMA_OUT_OF_DATE"
    message: ClassVar[str] = (
        "The database schema is at revision {revision}, expected {needed}: "
        "run `indelible db upgrade`."
    )
    revision: str
    needed: str


@frozen
class SchemaDamaged(Unavailable):
    """A table, guard or edge differs from what the migrations made.

    Run `indelible db check` to see which.
    """

    code: ClassVar[str] = "SCHEMA_DAMAGED"
    message: ClassVar[str] = (
        "A table, guard or edge differs from the migrations: run `indelible db check` to see which."
    )
    digest: str


def owner_engine(url: str, **options: str) -> Engine:
    """Return an engine without a pool, for the schema's owner."""
    target = address(url)
    backend = target.get_backend_name()
    arguments: dict[str, object] = {}
    if backend == "postgresql":
        arguments = {"client_encoding": CLIENT_ENCODING, "connect_timeout": CONNECT_SECONDS}
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

    code: ClassVar[str] = "VERSION_TABLE_DAMAGED"
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


def upgrade(url: str, schema: str, catalog: Catalog, *, role: str | None) -> None:
    """Bring the schema to the newest revision, and grant the application's role what it needs."""
    from indelible_sql.schema import revisions  # noqa: PLC0415 - imports alembic

    with migrating(url, schema) as (connection, postgresql_schema):
        _check_version_table(current_revision(connection, postgresql_schema))

        revisions.upgrade_to_newest(connection, postgresql_schema, catalog)
        complete_upgrade(connection, postgresql_schema, catalog, role=role, owner_url=url)


def _check_version_table(current: str) -> None:
    """Raise SchemaOutOfDate for a later revision, and VersionTableDamaged for none at all."""
    revisions = _expected_digests()
    latest = max(revisions)
    if not current or current in revisions:
        return
    if current.isdecimal() and current > latest:
        raise SchemaOutOfDate(current, latest)

    raise VersionTableDamaged(
        VERSION_TABLE, current[:MAX_REVISION_CHARACTERS], ", ".join(sorted(revisions))
    )


def complete_upgrade(
    connection: Connection,
    schema: str | None,
    catalog: Catalog,
    *,
    role: str | None,
    owner_url: str,
) -> None:
    """Do what depends on the database: optional functions, and the rights of the role."""
    if schema is None:
        return

    for context in catalog.contexts:
        if context.after_upgrade is not None:
            context.after_upgrade(connection, schema)
    if role is not None and role != make_url(owner_url).username:
        grant(connection, schema, role, catalog, VERSION_TABLE)


def downgrade(
    url: str, schema: str, revision: str, catalog: Catalog, *, exported: Container[str] = ()
) -> None:
    """Take the schema back to a revision.

    Raises RecordsWouldBeLost unless `exported` has the hash of every record that would be dropped.
    Keys and receipts need no export: they mean nothing without the store that they were made for.
    """
    from indelible_sql.schema import revisions  # noqa: PLC0415 - imports alembic

    with migrating(url, schema) as (connection, postgresql_schema):
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


def check(connection: Connection, schema: str, catalog: Catalog) -> None:
    """Raise SchemaOutOfDate or SchemaDamaged unless the database is as the migrations leave it."""
    # First the revision: an empty database has no table of which facts could be read.
    expected = digests_at_head(connection, schema)
    digest = facts_digest(facts(connection, schema, catalog))
    if digest != expected[connection.dialect.name]:
        raise SchemaDamaged(digest)


def digests_at_head(connection: Connection, schema: str) -> dict[str, str]:
    """Return the expected digest of each database's facts at the newest revision.

    Raises SchemaOutOfDate when the database is at another revision.
    """
    current = current_revision(connection, schema)
    revision, digests = newest()
    if current != revision:
        raise SchemaOutOfDate(current[:MAX_REVISION_CHARACTERS] or "nothing", revision)
    return digests


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
    return facts_digest(facts(connection, schema, catalog)) == expected[dialect]


def newest() -> tuple[str, dict[str, str]]:
    """Return the newest revision, and the digest of each database's facts once it has run."""
    return max(_expected_digests().items())


def _expected_digests() -> dict[str, dict[str, str]]:
    """Map each revision to the digest of each database's facts."""
    source = files("indelible_sql.schema.migrations").joinpath(DIGESTS).read_text(encoding="utf-8")
    digests: dict[str, dict[str, str]] = json.loads(source)
    return digests


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = sqlite_cursor(connection)
    # WAL is a property of the file, and so serves a host's own engine too.
    enable_wal(cursor)
    # Tables are dropped in any order.
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()
