"""Ways to store many rows beside a handler: one statement, and a loop over rows.

Both add stored rows to a table with the same columns, constraints and indexes, but without guards.
"""

import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from typing import Any, Final

import psycopg
from attrs import frozen
from sqlalchemy import Table, make_url
from tests.doses.bench.contest_probes import Window

from indelible_sql.schema.tables import writable_columns

COPY: Final = "plain_rows"


@contextmanager
def plain_connection(url: str) -> Generator[Any]:
    """Yield a connection that may own tables; the caller begins transactions."""
    address = make_url(url)
    if address.drivername == "sqlite":
        with closing(sqlite3.connect(str(address.database), isolation_level=None)) as file:
            file.execute("PRAGMA busy_timeout = 60000")
            file.execute("PRAGMA synchronous = FULL")
            yield file
        return

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path = indelible")
        yield connection


@frozen
class PlainCopy:
    """A copy of a table without its guards, in the same database."""

    source: Table

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that a statement writes."""
        return tuple(column.name for column in writable_columns(self.source))

    def create(self, connection: Any) -> None:  # noqa: ANN401 - of either driver
        """Create the copy, empty."""
        name = self.source.name
        if not isinstance(connection, sqlite3.Connection):
            connection.execute(f"CREATE TABLE {COPY} (LIKE {name} INCLUDING ALL)")
            return

        query = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL AND type <> ?"
        texts = [row[0] for row in connection.execute(query, (name, "trigger"))]
        for text in texts:
            connection.execute(text.replace(name, COPY))

    def by_one_statement(self, connection: Any) -> Window:  # noqa: ANN401 - of either driver
        """Add all rows in one statement."""
        names = ", ".join(self.columns)
        began_at = time.perf_counter()
        connection.execute(begin(connection))
        connection.execute(f"INSERT INTO {COPY} ({names}) SELECT {names} FROM {self.source.name}")
        connection.execute("COMMIT")
        return Window(began_at, time.perf_counter())

    def by_row_loop(self, connection: Any) -> Window:  # noqa: ANN401 - of either driver
        """Add one row after the other in one transaction; they are read before it."""
        names = ", ".join(self.columns)
        rows = connection.execute(f"SELECT {names} FROM {self.source.name}").fetchall()
        mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
        marks = ", ".join([mark] * len(self.columns))
        insert = f"INSERT INTO {COPY} ({names}) VALUES ({marks})"

        began_at = time.perf_counter()
        connection.execute(begin(connection))
        for row in rows:
            connection.execute(insert, row)
        connection.execute("COMMIT")
        return Window(began_at, time.perf_counter())


def clear(connection: Any, rows: int) -> None:  # noqa: ANN401 - of either driver
    """Remove the copied rows; all of them must have been added."""
    count = connection.execute(f"SELECT count(*) FROM {COPY}").fetchone()[0]
    assert count == rows, (count, rows)
    connection.execute(f"DELETE FROM {COPY}")


def begin(connection: Any) -> str:  # noqa: ANN401 - of either driver
    """Return the statement that begins a transaction that writes."""
    return "BEGIN IMMEDIATE" if isinstance(connection, sqlite3.Connection) else "BEGIN"
