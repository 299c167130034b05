"""Schema changes: up, down, and whether a database is what this version of the library expects."""

import json
from collections.abc import Container, Generator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, ClassVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from attrs import frozen
from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, make_url, text
from sqlalchemy.event import listen

from indelible.kernel import Conflict, Unavailable
from indelible.kernel.keys import KEY
from indelible_sql.captures.functions import BODY, BY_EXTENSION, PLAIN, primitives
from indelible_sql.engine.atomic_write import FIXED, writable_columns
from indelible_sql.engine.connections import (
    address,
    begin_immediate,
    check_directory,
    enable_wal,
    sqlite_cursor,
)
from indelible_sql.engine.errors import translate_errors
from indelible_sql.schema.catalog import MOVING, TABLES
from indelible_sql.schema.columns import DOMAINS, in_schema, prefix_of, quoted
from indelible_sql.schema.snapshot import facts, facts_digest
from indelible_sql.schema.tables import EDGES

VERSION_TABLE = "indelible_version"
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('indelible migration', 0))"
DIGESTS = "digests.json"
OLDEST_EXTENSION = (0, 7)  # of pgvector: it normalises
EXTENSION = text(
    "SELECT nspname, extversion FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace"
    " WHERE extname = 'vector'"
)
FUNCTIONS = text(
    "SELECT CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace)"
)
MAY_CREATE = text(
    "SELECT bool_or(rolsuper OR v.trusted AND has_database_privilege(current_database(), 'CREATE'))"
    " FROM pg_available_extension_versions v, pg_roles"
    " WHERE v.name = 'vector' AND NOT v.installed AND rolname = current_user"
)


@frozen
class SchemaOutOfDate(Unavailable):
    """The database's schema is not the one that this version needs: run `indelible db upgrade`."""

    code: ClassVar[str] = "SCHEMA_OUT_OF_DATE"
    message: ClassVar[str] = (
        "The database schema is at revision {found}, expected {needed}: run `indelible db upgrade`."
    )
    found: str
    needed: str


@frozen
class SchemaDamaged(Unavailable):
    """A table, guard or edge differs from what the migrations made: run `indelible db check` to see which."""

    code: ClassVar[str] = "SCHEMA_DAMAGED"
    message: ClassVar[str] = (
        "A table, guard or edge differs from the migrations: run `indelible db check` to see which."
    )
    digest: str


@frozen
class RecordsWouldBeLost(Conflict):
    """The downgrade would drop records; show a verified export of all of them first."""

    code: ClassVar[str] = "RECORDS_WOULD_BE_LOST"
    message: ClassVar[str] = (
        "The downgrade would drop {rows} records: pass a verified export of all of them."
    )
    rows: int


def owners(url: str, **options: str) -> Engine:
    """What connects to the address once."""
    target = address(url)
    own = target.set(drivername=target.get_backend_name())
    return create_engine(own, poolclass=NullPool, hide_parameters=True, **options)


@contextmanager
def migrating(url: str, schema: str) -> Generator[tuple[Connection, str | None]]:
    """A connection in a transaction that nobody else migrates beside, and the schema's name where there is one."""
    engine = owners(url)
    is_sqlite = engine.dialect.name == "sqlite"
    if is_sqlite:
        listen(engine, "do_connect", check_directory)
        listen(engine, "connect", _prepare)
        listen(engine, "begin", begin_immediate)
    with translate_errors(), engine.begin() as connection:
        if not is_sqlite:
            connection.exec_driver_sql(LOCK)
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {quoted(connection, schema)}")
        yield connection, None if is_sqlite else schema


def upgrade(url: str, schema: str, *, role: str | None) -> None:
    """Bring the schema to the newest revision, and give the application's role what it needs of it."""
    with migrating(url, schema) as (connection, place):
        found, (known, _) = revision_of(connection, place), newest()
        if found > known:
            raise SchemaOutOfDate(found, known)
        command.upgrade(_config(connection, place), "head")
        if place is not None:
            install_vector_functions(connection, place)
        if place is not None and role is not None and role != make_url(url).username:
            grant(connection, place, role)


def install_vector_functions(connection: Connection, schema: str) -> None:
    """Let the vectors' functions compute by pgvector where the database has it, or its owner may give it to it."""
    if connection.execute(MAY_CREATE).scalar():
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS vector")
    extension = extension_of(connection, OLDEST_EXTENSION)
    for statement in primitives(BY_EXTENSION if extension else PLAIN, extension):
        wanted = in_schema(connection, schema, statement)
        name, body = wanted.split("(")[0].removeprefix("CREATE FUNCTION "), wanted.split("$$")[1]
        if connection.execute(BODY, {"name": name}).scalar() != body:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}")
            connection.exec_driver_sql(wanted)


def extension_of(connection: Connection, oldest: tuple[int, ...]) -> str:
    """The schema of pgvector as SQL text, '' unless the database has it in this version or a newer one."""
    place, version = connection.execute(EXTENSION).first() or ("", "0")
    numbers = tuple(int(part) for part in version.split(".") if part.isdecimal())
    return quoted(connection, place) if numbers >= oldest else ""


def downgrade(url: str, schema: str, revision: str, *, exported: Container[str] = ()) -> None:
    """Take the schema back; RecordsWouldBeLost unless `exported` holds the hash of all that would go.

    Keys and receipts go without an export: they mean nothing without the store that they were made for.
    """
    with migrating(url, schema) as (connection, place):
        config = _config(connection, place)
        config.attributes["exported"] = exported
        command.downgrade(config, revision)


def revision_of(connection: Connection, schema: str | None) -> str:
    """The revision that the database is at, '' before the first."""
    place = None if connection.dialect.name == "sqlite" else schema
    options = {"version_table": VERSION_TABLE, "version_table_schema": place}
    return MigrationContext.configure(connection, opts=options).get_current_revision() or ""


def check(connection: Connection, schema: str) -> None:
    """SchemaOutOfDate or SchemaDamaged, unless the database is as the migrations leave it."""
    expected = digests_at_head(
        connection, schema
    )  # before its facts, which an empty database does not have
    digest = facts_digest(facts(connection, schema))
    if digest != expected[connection.dialect.name]:
        raise SchemaDamaged(digest)


def digests_at_head(connection: Connection, schema: str) -> dict[str, str]:
    """The digest that each database's facts have at the newest revision, or SchemaOutOfDate."""
    found, (revision, digests) = revision_of(connection, schema), newest()
    if found != revision:
        raise SchemaOutOfDate(found or "nothing", revision)
    return digests


def newest() -> tuple[str, dict[str, str]]:
    """The newest revision, and the digest that each database's facts have once it has run."""
    source = files("indelible_sql.schema.migrations").joinpath(DIGESTS).read_text(encoding="utf-8")
    digests: dict[str, dict[str, str]] = json.loads(source)
    return max(digests.items())


def drop_everything(connection: Connection, context: MigrationContext) -> None:
    """Drop every table of ours, or raise RecordsWouldBeLost."""
    attributes: dict[str, Any] = context.config.attributes if context.config else {}
    prefix = prefix_of(connection, attributes["schema"])
    changes = f"SELECT hash FROM {prefix}history WHERE lifecycle <> '{KEY.name}'"
    hashes = connection.scalars(text(f"{changes} UNION ALL SELECT hash FROM {prefix}signals"))
    lost = sum(each not in attributes.get("exported", ()) for each in hashes)
    if lost:
        raise RecordsWouldBeLost(lost)
    for table in reversed(TABLES):
        connection.exec_driver_sql(f"DROP TABLE {prefix}{table.name}{' CASCADE' if prefix else ''}")
    if prefix:
        for name in connection.scalars(
            FUNCTIONS, {"schema": quoted(connection, attributes["schema"])}
        ).all():
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name} CASCADE")
        for domain in DOMAINS:
            connection.exec_driver_sql(f"DROP DOMAIN {prefix}{domain.name}")


def grant(connection: Connection, schema: str, role: str) -> None:
    """Let the role read all, add records, and move heads; nothing else."""
    place, name = quoted(connection, schema), quoted(connection, role)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {place} TO {name}")
    connection.exec_driver_sql(f"GRANT SELECT ON {place}.{VERSION_TABLE} TO {name}")
    connection.exec_driver_sql(f"GRANT SELECT ON SEQUENCE {place}.history_position_seq TO {name}")
    for table in TABLES:
        full = f"{place}.{table.name}"
        connection.exec_driver_sql(f"GRANT SELECT ON {full} TO {name}")
        for privilege, columns in privileges(table).items():
            connection.exec_driver_sql(
                f"GRANT {privilege} ({', '.join(columns)}) ON {full} TO {name}"
            )


def privileges(table: Table) -> dict[str, tuple[str, ...]]:
    """The columns of a table that the application's role may write: none that the database makes."""
    columns = tuple(column.name for column in writable_columns(table))
    if table is EDGES:
        return {}
    moving = tuple(
        name for name in columns if name not in (*FIXED, *table.primary_key.columns.keys())
    )
    return {"INSERT": columns, "UPDATE": moving} if table in MOVING else {"INSERT": columns}


def _config(connection: Connection, schema: str | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "indelible_sql.schema:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, schema=schema)
    return config


def _prepare(connection: Any, _: object) -> None:
    cursor = sqlite_cursor(connection)
    enable_wal(cursor)  # it stays with the file, and so serves a host's own engine too
    cursor.execute("PRAGMA foreign_keys = OFF")  # tables are dropped in whichever order
    cursor.close()
