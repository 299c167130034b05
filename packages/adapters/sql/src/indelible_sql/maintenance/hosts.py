"""The lifecycles of hosts in a database that nobody checks, and their guards that are missing."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from sqlalchemy import Connection, Table, text

from indelible.kernel import Lifecycle
from indelible_sql.engine.errors import translate_errors
from indelible_sql.schema.admission import stored_edges
from indelible_sql.schema.bulk import bulk_guards
from indelible_sql.schema.columns import in_schema
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.guards import head_guards, record_guards
from indelible_sql.store.kernel_store import AnySqlStore

Heads: TypeAlias = Mapping[Table, Lifecycle[StrEnum]]
NO_HEADS: Heads = MappingProxyType({})
SQLITE_TRIGGERS = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
ENABLED_TRIGGERS = text(
    """
    WITH tables AS (
      SELECT to_regclass(:table) AS oid
      UNION ALL
      SELECT inhrelid
      FROM pg_inherits
      WHERE inhparent = to_regclass(:table)
    )
    SELECT tgname
    FROM pg_trigger
    WHERE tgrelid IN (SELECT oid FROM tables) AND tgenabled = 'A'
    GROUP BY tgname
    HAVING count(*) = (SELECT count(*) FROM tables)
    """
)


def unchecked_lifecycles(store: AnySqlStore, heads: Heads = NO_HEADS) -> tuple[str, ...]:
    """Return the database's lifecycles whose tables `verify` and `rebuild` do not know, in order.

    `heads` are a host's own that belong to no registered context.
    """
    with translate_errors(), store.engines.reader.connect() as connection:
        return unchecked_names(connection, store, heads)


def unchecked_names(connection: Connection, store: AnySqlStore, heads: Heads) -> tuple[str, ...]:
    """Do the same on an open connection."""
    stored = stored_edges(connection, store.schema)
    checked = {lifecycle.name for lifecycle in {**store.catalog.heads, **heads}.values()}
    return tuple(sorted(stored.keys() - checked))


def missing_guards(connection: Connection, store: AnySqlStore, heads: Heads) -> Iterator[Guard]:
    """Yield each guard of a host's tables that the database lacks or does not always fire.

    A guard of history must fire on each of its partitions.
    """
    names: dict[Table, set[str]] = {}
    for guard in _host_guards(store, heads, connection.dialect.name):
        if guard.table not in names:
            names[guard.table] = _trigger_names(connection, store.schema, guard.table)
        if guard.name not in names[guard.table]:
            yield guard


def _host_guards(store: AnySqlStore, heads: Heads, dialect: str) -> Iterator[Guard]:
    """Yield what `upgrade`, `guard_head` and `guard_bulk` create."""
    upgraded: set[Table] = set()  # the tables of contexts with all their guards
    for context in store.catalog.contexts:
        if context.made_by_upgrade:
            upgraded.update((*context.heads, *context.records))
            yield from store.catalog.context_guards(context, dialect)
    for head, lifecycle in {**store.catalog.heads, **heads}.items():
        if head not in store.schema_catalog.heads and head not in upgraded:
            yield from head_guards(head, lifecycle, dialect)
    for bulk in store.catalog.bulk:
        if bulk not in store.schema_catalog.bulk and bulk.table not in upgraded:
            yield from record_guards(bulk.table, dialect)
            yield from bulk_guards(bulk, dialect)


def _trigger_names(connection: Connection, schema: str, table: Table) -> set[str]:
    if connection.dialect.name == "sqlite":
        return set(connection.scalars(SQLITE_TRIGGERS))

    name = in_schema(connection, schema, qualified_name(table, "postgresql"))
    return set(connection.scalars(ENABLED_TRIGGERS, {"table": name}))
