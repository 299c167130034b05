"""Ways to store the lines of a settlement beside `finish`: one statement, and a loop over rows.

Both add the stored lines of a settlement to a table with the same columns, constraints and indexes,
but without guards.
"""

import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy import make_url
from tests.bench.contest_probes import Window

from indelible_sql.contests.tables import LINES
from indelible_sql.engine.atomic_write import writable_columns

COPY: Final = "plain_lines"
COLUMNS: Final = tuple(column.name for column in writable_columns(LINES))
NAMES: Final = ", ".join(COLUMNS)


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


def create_copy(connection: Any) -> None:  # noqa: ANN401 - of either driver
    """Create an empty table like that of the lines, without guards."""
    if not isinstance(connection, sqlite3.Connection):
        connection.execute(f"CREATE TABLE {COPY} (LIKE {LINES.name} INCLUDING ALL)")
        return

    query = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL AND type <> ?"
    texts = [row[0] for row in connection.execute(query, (LINES.name, "trigger"))]
    for text in texts:
        connection.execute(text.replace(LINES.name, COPY))


def by_one_statement(connection: Any) -> Window:  # noqa: ANN401 - of either driver
    """Add all lines in one statement."""
    began_at = time.perf_counter()
    connection.execute(_begin(connection))
    connection.execute(f"INSERT INTO {COPY} ({NAMES}) SELECT {NAMES} FROM {LINES.name}")
    connection.execute("COMMIT")
    return Window(began_at, time.perf_counter())


def by_row_loop(connection: Any) -> Window:  # noqa: ANN401 - of either driver
    """Add one line after the other in one transaction; they are read before it."""
    rows = connection.execute(f"SELECT {NAMES} FROM {LINES.name}").fetchall()
    mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
    marks = ", ".join([mark] * len(COLUMNS))
    insert = f"INSERT INTO {COPY} ({NAMES}) VALUES ({marks})"

    began_at = time.perf_counter()
    connection.execute(_begin(connection))
    for row in rows:
        connection.execute(insert, row)
    connection.execute("COMMIT")
    return Window(began_at, time.perf_counter())


def clear(connection: Any, lines: int) -> None:  # noqa: ANN401 - of either driver
    """Remove the copies; all lines must have been added."""
    count = connection.execute(f"SELECT count(*) FROM {COPY}").fetchone()[0]
    assert count == lines, (count, lines)
    connection.execute(f"DELETE FROM {COPY}")


def _begin(connection: Any) -> str:  # noqa: ANN401 - of either driver
    return "BEGIN IMMEDIATE" if isinstance(connection, sqlite3.Connection) else "BEGIN"
