"""Downgrades that drop tables, once no record would be lost."""

from collections.abc import Collection, Container, Iterator
from typing import Any, ClassVar

from alembic.runtime.migration import MigrationContext
from attrs import frozen
from sqlalchemy import Connection, inspect, text

from indelible.kernel import Conflict, UsageError
from indelible.kernel.keys import KEY
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import prefix_of, quoted
from indelible_sql.schema.partitions import POSITIONS

FUNCTIONS = text(
    """
    SELECT CAST(CAST(oid AS regprocedure) AS text)
    FROM pg_proc
    WHERE pronamespace = CAST(:schema AS regnamespace)
    """
)


@frozen
class RecordsWouldBeLost(Conflict):
    """The downgrade would drop records; show a verified export of all of them first."""

    message: ClassVar[str] = (
        "The downgrade would drop {rows} records: pass a verified export of all of them."
    )
    rows: int


def drop_everything(connection: Connection, context: MigrationContext) -> None:
    """Drop every table of the catalog that is there, or raise RecordsWouldBeLost.

    The downgrades of later revisions have dropped what those revisions added.
    """
    _check_online(context)
    attributes = _attributes(context)
    catalog: Catalog = attributes["catalog"]
    prefix = prefix_of(connection, attributes["schema"])
    tables = _existing_tables(connection, attributes)
    _check_exported(connection, prefix, catalog, tables, attributes.get("exported", ()))

    cascade = " CASCADE" if prefix else ""
    for table in reversed(catalog.tables):
        if table.name in tables:
            connection.exec_driver_sql(f"DROP TABLE {prefix}{table.name}{cascade}")
    if prefix:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {prefix}{POSITIONS.name}")
        _drop_functions(connection, attributes["schema"])
        for domain in catalog.domains:
            connection.exec_driver_sql(f"DROP DOMAIN IF EXISTS {prefix}{domain.name}")


def check_before_losing(
    connection: Connection, context: MigrationContext, table: str, condition: str = "TRUE"
) -> None:
    """Raise RecordsWouldBeLost where a table has such rows and not every record is exported.

    It is for rows that no export carries: they prove what an export contains, or they are work in
    progress.
    """
    _check_online(context)
    attributes = _attributes(context)
    prefix = prefix_of(connection, attributes["schema"])
    if connection.scalar(text(f"SELECT count(*) FROM {prefix}{table} WHERE {condition}")) == 0:
        return

    tables = _existing_tables(connection, attributes)
    exported = attributes.get("exported", ())
    _check_exported(connection, prefix, attributes["catalog"], tables, exported)


def _check_online(context: MigrationContext) -> None:
    if context.as_sql:
        raise UsageError(
            "a downgrade cannot be printed, because it depends on the records of the database"
        )


def _attributes(context: MigrationContext) -> dict[str, Any]:
    return context.config.attributes if context.config else {}


def _existing_tables(connection: Connection, attributes: dict[str, Any]) -> Collection[str]:
    return inspect(connection).get_table_names(schema=attributes["schema"])


def _check_exported(
    connection: Connection,
    prefix: str,
    catalog: Catalog,
    tables: Collection[str],
    exported: Container[str],
) -> None:
    lost = 0
    for hash_ in _exportable_hashes(connection, prefix, catalog, tables):
        if hash_ not in exported:
            lost += 1
    if lost:
        raise RecordsWouldBeLost(lost)


def _exportable_hashes(
    connection: Connection, prefix: str, catalog: Catalog, tables: Collection[str]
) -> Iterator[str]:
    """Yield the hash of every change and of every record that an export carries."""
    changes = f"SELECT hash FROM {prefix}history WHERE lifecycle <> '{KEY.name}'"
    yield from connection.scalars(text(changes))
    for context in catalog.contexts:
        if context.record_export is None:
            continue
        for table in context.record_export.hashed:
            if table.name in tables:
                yield from connection.scalars(text(f"SELECT hash FROM {prefix}{table.name}"))


def _drop_functions(connection: Connection, schema: str) -> None:
    names = connection.scalars(FUNCTIONS, {"schema": quoted(connection, schema)}).all()
    for name in names:
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name} CASCADE")
