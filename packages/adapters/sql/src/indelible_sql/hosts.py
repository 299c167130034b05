"""For a host's own migrations: declare a lifecycle, and guard the table that is its head."""

from enum import StrEnum
from typing import ClassVar

from attrs import evolve, frozen
from sqlalchemy import Connection, Table, text

from indelible.kernel import Conflict, Lifecycle, WrongUse
from indelible_sql.columns import SCHEMA
from indelible_sql.guards import edge_guards, head_guards, statements
from indelible_sql.schema import edge_rows
from indelible_sql.snapshot import quoted
from indelible_sql.tables import EDGE


@frozen
class EdgeInUse(Conflict):
    """History took this edge: it can be withdrawn no more."""

    code: ClassVar[str] = "EDGE_IN_USE"
    lifecycle: str
    from_state: str
    action: str


def declare_lifecycle(connection: Connection, lifecycle: Lifecycle[StrEnum], *, schema: str = SCHEMA) -> None:
    """Open the edges for those of one lifecycle that are missing, and close them again, in the migration's transaction.

    A state that is added later is declared the same way.
    """
    kept = {edge[1:] for edge in _kept(connection, schema) if edge[0] == lifecycle.name}
    missing = tuple(edge for edge in lifecycle.edges if tuple(edge) not in kept)
    if missing:
        statement = edge_rows(evolve(lifecycle, edges=missing)).format(edges=_edges(connection, schema))
        _with_edges_open(connection, schema, "INSERT", statement)


def withdraw_lifecycle(connection: Connection, lifecycle: Lifecycle[StrEnum], *, schema: str = SCHEMA) -> None:
    """Take the lifecycle's edges back, for a downgrade; EdgeInUse when history took one of them."""
    edges = _edges(connection, schema)
    for edge in lifecycle.edges:
        place = {"lifecycle": lifecycle.name, "from_state": edge.from_state, "action": edge.action}
        same = " AND ".join(f"{name} = :{name}" for name in place)
        history = edges.replace("lifecycle_edges", "history")
        if connection.execute(text(f"SELECT 1 FROM {history} WHERE {same} LIMIT 1"), place).first():
            raise EdgeInUse(**place)
        found = connection.execute(text(f"SELECT 1 FROM {edges} WHERE {same}"), place).first()
        literal = " AND ".join(f"{name} = '{value}'" for name, value in place.items())
        if found:
            _with_edges_open(connection, schema, "DELETE", f"DELETE FROM {edges} WHERE {literal}")


def _edges(connection: Connection, schema: str) -> str:
    is_sqlite = connection.dialect.name == "sqlite"
    return "lifecycle_edges" if is_sqlite else f"{quoted(connection, schema)}.lifecycle_edges"


def _kept(connection: Connection, schema: str) -> list[tuple[object, ...]]:
    rows = connection.exec_driver_sql(f"SELECT {', '.join(EDGE)} FROM {_edges(connection, schema)}")
    return [tuple(row) for row in rows]


def _with_edges_open(connection: Connection, schema: str, event: str, statement: str) -> None:
    """Nobody else sees the edges open: on both databases this is part of the migration's transaction."""
    is_sqlite, edges = connection.dialect.name == "sqlite", _edges(connection, schema)
    guard = next(each for each in edge_guards(connection.dialect.name) if each.event == event)
    lift = f"DROP TRIGGER {guard.name}" if is_sqlite else f"ALTER TABLE {edges} DISABLE TRIGGER {guard.name}"
    restore = guard.on_sqlite()[0] if is_sqlite else f"ALTER TABLE {edges} ENABLE ALWAYS TRIGGER {guard.name}"
    for each in (lift, statement, restore):
        connection.exec_driver_sql(each)


def guard_head(connection: Connection, head: Table, lifecycle: Lifecycle[StrEnum], *, schema: str = SCHEMA) -> None:
    """Guard a head as indelible's own are guarded; only history rows of its lifecycle are looked at."""
    dialect = connection.dialect.name
    if dialect == "sqlite" and head.dialect_options["sqlite"]["with_rowid"]:
        raise WrongUse(f"declare {head.name} with sqlite_with_rowid=False: a row could be replaced by its rowid")
    for statement in statements(head_guards(head, lifecycle, dialect), dialect):
        connection.exec_driver_sql(statement.replace(f"{SCHEMA}.", f"{quoted(connection, schema)}."))
