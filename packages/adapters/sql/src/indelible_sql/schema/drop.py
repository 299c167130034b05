"""The downgrade of the first revision: drop every table, once no record would be lost."""

from collections.abc import Container, Iterator
from typing import Any, ClassVar

from alembic.runtime.migration import MigrationContext
from attrs import frozen
from sqlalchemy import Connection, text

from indelible.kernel import Conflict
from indelible.kernel.keys import KEY
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import prefix_of, quoted

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

    code: ClassVar[str] = "RECORDS_WOULD_BE_LOST"
    message: ClassVar[str] = (
        "The downgrade would drop {rows} records: pass a verified export of all of them."
    )
    rows: int


def drop_everything(connection: Connection, context: MigrationContext) -> None:
    """Drop every table of the catalog, or raise RecordsWouldBeLost."""
    attributes: dict[str, Any] = context.config.attributes if context.config else {}
    catalog: Catalog = attributes["catalog"]
    prefix = prefix_of(connection, attributes["schema"])
    _check_exported(connection, prefix, catalog, attributes.get("exported", ()))

    cascade = " CASCADE" if prefix else ""
    for table in reversed(catalog.tables):
        connection.exec_driver_sql(f"DROP TABLE {prefix}{table.name}{cascade}")
    if prefix:
        _drop_functions(connection, attributes["schema"])
        for domain in catalog.domains:
            connection.exec_driver_sql(f"DROP DOMAIN {prefix}{domain.name}")


def _check_exported(
    connection: Connection, prefix: str, catalog: Catalog, exported: Container[str]
) -> None:
    lost = 0
    for hash_ in _exportable_hashes(connection, prefix, catalog):
        if hash_ not in exported:
            lost += 1
    if lost:
        raise RecordsWouldBeLost(lost)


def _exportable_hashes(connection: Connection, prefix: str, catalog: Catalog) -> Iterator[str]:
    """Yield the hash of every change and of every record that an export carries."""
    changes = f"SELECT hash FROM {prefix}history WHERE lifecycle <> '{KEY.name}'"
    yield from connection.scalars(text(changes))
    for context in catalog.contexts:
        if context.record_export is None:
            continue
        for table in context.record_export.hashed:
            yield from connection.scalars(text(f"SELECT hash FROM {prefix}{table.name}"))


def _drop_functions(connection: Connection, schema: str) -> None:
    names = connection.scalars(FUNCTIONS, {"schema": quoted(connection, schema)}).all()
    for name in names:
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name} CASCADE")
