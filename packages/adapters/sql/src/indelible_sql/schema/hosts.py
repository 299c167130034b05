"""For a host's own migrations: declare a lifecycle, and guard the table that is its head."""

from contextlib import AbstractContextManager
from enum import StrEnum
from typing import ClassVar

from attrs import evolve, frozen
from sqlalchemy import Connection, Table, text

from indelible.kernel import Conflict, Lifecycle, UsageError
from indelible_sql.schema.admission import kept_edges
from indelible_sql.schema.catalog import edge_rows
from indelible_sql.schema.columns import SCHEMA, in_schema, prefix_of
from indelible_sql.schema.guards import edge_guards, guards_disabled, head_guards, statements

HERE = "lifecycle = :lifecycle AND from_state = :from_state AND action = :action"


@frozen
class EdgeInUse(Conflict):
    """History took this edge: it can be withdrawn no more."""

    code: ClassVar[str] = "EDGE_IN_USE"
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
    """Open the edges for those of one lifecycle that are missing, and close them again, in the migration's transaction.

    A state that is added later is declared the same way.
    """
    kept = kept_edges(connection, schema).get(lifecycle.name, ())
    missing = tuple(edge for edge in lifecycle.edges if tuple(edge) not in kept)
    if missing:
        with _edges_open(connection, schema, "INSERT"):
            added = evolve(lifecycle, edges=missing)
            connection.exec_driver_sql(edge_rows(added, prefix_of(connection, schema)))


def withdraw_lifecycle(
    connection: Connection, lifecycle: Lifecycle[StrEnum], *, schema: str = SCHEMA
) -> None:
    """Take the lifecycle's edges back, for a downgrade; EdgeInUse when history took one of them."""
    prefix = prefix_of(connection, schema)
    used = text(f"SELECT 1 FROM {prefix}history WHERE {HERE} LIMIT 1")
    withdrawn = text(f"DELETE FROM {prefix}lifecycle_edges WHERE {HERE}")
    places = [
        {"lifecycle": lifecycle.name, "from_state": each.from_state, "action": each.action}
        for each in lifecycle.edges
    ]
    for place in places:
        if connection.execute(used, place).first():
            raise EdgeInUse(**place)
    if kept_edges(connection, schema).get(lifecycle.name):
        with _edges_open(connection, schema, "DELETE"):
            for place in places:
                connection.execute(withdrawn, place)


def _edges_open(connection: Connection, schema: str, event: str) -> AbstractContextManager[None]:
    return guards_disabled(
        connection,
        schema,
        [each for each in edge_guards(connection.dialect.name) if each.event == event],
    )


def guard_head(
    connection: Connection, head: Table, lifecycle: Lifecycle[StrEnum], *, schema: str = SCHEMA
) -> None:
    """Guard a head as indelible's own are guarded; only history rows of its lifecycle are looked at."""
    dialect = connection.dialect.name
    if dialect == "sqlite" and head.dialect_options["sqlite"]["with_rowid"]:
        raise UsageError(
            f"declare {head.name} with sqlite_with_rowid=False: a row could be replaced by its rowid"
        )
    for statement in statements(head_guards(head, lifecycle, dialect), dialect):
        connection.exec_driver_sql(in_schema(connection, schema, statement))
