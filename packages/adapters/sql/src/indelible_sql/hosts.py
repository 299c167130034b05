"""For a host's own migrations: declare a lifecycle, and guard the table that is its head."""

from enum import StrEnum

from attrs import evolve
from sqlalchemy import Connection, Table, text

from indelible.kernel import Lifecycle, WrongUse
from indelible_sql.columns import SCHEMA
from indelible_sql.guards import edge_guards, head_guards, statements
from indelible_sql.schema import edge_rows
from indelible_sql.snapshot import quoted
from indelible_sql.tables import EDGE


def declare_lifecycle(connection: Connection, lifecycle: Lifecycle[StrEnum], *, schema: str = SCHEMA) -> None:
    """Open the edges for those of one lifecycle that are missing, and close them again, in the migration's transaction.

    A state that is added later is declared the same way.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    edges = "lifecycle_edges" if is_sqlite else f"{quoted(connection, schema)}.lifecycle_edges"
    kept = connection.execute(
        text(f"SELECT {', '.join(EDGE)} FROM {edges} WHERE lifecycle = :name"), {"name": lifecycle.name}
    )
    known = {tuple(row[1:]) for row in kept}
    missing = tuple(edge for edge in lifecycle.edges if tuple(edge) not in known)
    guard = next(each for each in edge_guards(connection.dialect.name) if each.event == "INSERT")
    connection.exec_driver_sql(
        f"DROP TRIGGER {guard.name}" if is_sqlite else f"ALTER TABLE {edges} DISABLE TRIGGER {guard.name}"
    )
    if missing:
        connection.exec_driver_sql(edge_rows(evolve(lifecycle, edges=missing)).format(edges=edges))
    connection.exec_driver_sql(
        guard.on_sqlite()[0] if is_sqlite else f"ALTER TABLE {edges} ENABLE ALWAYS TRIGGER {guard.name}"
    )


def guard_head(connection: Connection, head: Table, lifecycle: Lifecycle[StrEnum], *, schema: str = SCHEMA) -> None:
    """Guard a head as indelible's own are guarded; only history rows of its lifecycle are looked at."""
    dialect = connection.dialect.name
    if dialect == "sqlite" and head.dialect_options["sqlite"]["with_rowid"]:
        raise WrongUse(f"declare {head.name} with sqlite_with_rowid=False: a row could be replaced by its rowid")
    for statement in statements(head_guards(head, lifecycle, dialect), dialect):
        connection.exec_driver_sql(statement.replace(f"{SCHEMA}.", f"{quoted(connection, schema)}."))
