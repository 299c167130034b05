"""For a host's own migrations: declare a lifecycle, and guard the table that is its head."""

from contextlib import AbstractContextManager
from enum import StrEnum
from typing import ClassVar

from attrs import evolve, frozen
from sqlalchemy import Connection, Table, text

from indelible.kernel import Conflict, Lifecycle, UsageError
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.admission import stored_edges
from indelible_sql.schema.bulk import BulkTable, bulk_guards
from indelible_sql.schema.columns import in_schema, prefix_of
from indelible_sql.schema.ddl import edge_rows
from indelible_sql.schema.guard import guards_disabled, statements
from indelible_sql.schema.guards import edge_guards, head_guards, record_guards

IS_EDGE = "lifecycle = :lifecycle AND from_state = :from_state AND action = :action"


@frozen
class EdgeInUse(Conflict):
    """History took this edge: it can be withdrawn no more."""

    message: ClassVar[str] = (
        "Edge {action} from {from_state!r} of lifecycle {lifecycle} was used in history and "
        "cannot be withdrawn."
    )
    lifecycle: str
    from_state: str
    action: str


def declare_lifecycle(
    connection: Connection, lifecycle: Lifecycle[StrEnum], *, schema: str = SCHEMA
) -> None:
    """Add the lifecycle's missing edges, in the migration's transaction.

    A state that is added later is declared the same way.
    """
    stored = stored_edges(connection, schema).get(lifecycle.name, set())
    missing = tuple(edge for edge in lifecycle.known_edges if tuple(edge) not in stored)
    if not missing:
        return

    with _edges_open(connection, schema, "INSERT"):
        addition = evolve(lifecycle, edges=missing, retired=(), changes=None, initial=None)
        connection.exec_driver_sql(edge_rows(addition, prefix_of(connection, schema)))


def withdraw_lifecycle(
    connection: Connection, lifecycle: Lifecycle[StrEnum], *, schema: str = SCHEMA
) -> None:
    """Remove the lifecycle's edges, for a downgrade.

    Raise EdgeInUse when history took one of them.
    """
    prefix = prefix_of(connection, schema)
    is_used = text(f"SELECT 1 FROM {prefix}history WHERE {IS_EDGE} LIMIT 1")
    remove = text(f"DELETE FROM {prefix}lifecycle_edges WHERE {IS_EDGE}")
    keys: list[dict[str, str]] = []
    for edge in lifecycle.known_edges:
        keys.append(
            {"lifecycle": lifecycle.name, "from_state": edge.from_state, "action": edge.action}
        )

    for key in keys:
        if connection.execute(is_used, key).first():
            raise EdgeInUse(**key)
    if lifecycle.name not in stored_edges(connection, schema):
        return
    with _edges_open(connection, schema, "DELETE"):
        for key in keys:
            connection.execute(remove, key)


def guard_head(
    connection: Connection, head: Table, lifecycle: Lifecycle[StrEnum], *, schema: str = SCHEMA
) -> None:
    """Guard a head as indelible's own are guarded.

    Only history rows of its lifecycle are checked.
    """
    dialect = connection.dialect.name
    _check_rowid(head, dialect)
    for statement in statements(head_guards(head, lifecycle, dialect), dialect):
        connection.exec_driver_sql(in_schema(connection, schema, statement))


def guard_bulk(connection: Connection, bulk: BulkTable, *, schema: str = SCHEMA) -> None:
    """Guard a table of bulk records as indelible's own are guarded."""
    dialect = connection.dialect.name
    _check_rowid(bulk.table, dialect)
    guards = (*record_guards(bulk.table, dialect), *bulk_guards(bulk, dialect))
    for statement in statements(guards, dialect):
        connection.exec_driver_sql(in_schema(connection, schema, statement))


def _check_rowid(table: Table, dialect: str) -> None:
    if dialect == "sqlite" and table.dialect_options["sqlite"]["with_rowid"]:
        raise UsageError(
            f"declare {table.name} with sqlite_with_rowid=False:"
            " a row could be replaced by its rowid"
        )


def _edges_open(connection: Connection, schema: str, event: str) -> AbstractContextManager[None]:
    """Disable the guards that refuse this event on the edges."""
    guards = [guard for guard in edge_guards(connection.dialect.name) if guard.event == event]
    return guards_disabled(connection, schema, guards)
