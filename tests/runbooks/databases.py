"""Change the database of an installation by hand, past its guards, as no program can."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from tests.runbooks.bed import Installation

Value = str | int | None


def change_by_hand(
    installation: Installation, table: str, statement: str, values: Sequence[Value] = ()
) -> None:
    """Execute a statement while its table has no guards."""
    file = installation.simulation.around.database.url.removeprefix("sqlite:///")
    with installation.lock, closing(sqlite3.connect(file, isolation_level=None)) as connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).fetchall()
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("BEGIN IMMEDIATE")
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        changed = connection.execute(statement, tuple(values)).rowcount
        for _, declaration in guards:
            connection.execute(declaration)
        connection.execute("COMMIT")
    assert changed == 1
