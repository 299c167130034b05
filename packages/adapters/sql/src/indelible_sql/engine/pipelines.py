"""BEGIN and the first statement of a transaction in one round trip to PostgreSQL."""

import sys
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection

from indelible_sql.engine.sqlalchemy_internals import await_in_greenlet, driver_cursor


def can_begin_later(connection: Connection) -> bool:
    """Return whether `execute_first` can begin a transaction on a connection to PostgreSQL.

    psycopg has to be in autocommit mode, as in a store's own pools; otherwise it begins by itself.
    """
    driver: Any = connection.connection.driver_connection
    return hasattr(driver, "pipeline") and bool(driver.autocommit) and _has_pipelines()


def execute_first(
    connection: Connection, cursor: Any, text: str, parameters: Any, *, has_rows: bool
) -> Sequence[Any]:
    """Begin a transaction by its first statement, and return the driver's rows.

    Raises: the driver's error of the statement, or of BEGIN.
    """
    with _pipeline(connection):
        connection.begin()
        cursor.execute(text, parameters)
    rows: Sequence[Any] = ()
    if has_rows and connection.dialect.is_async:
        # The adapter has looked for rows before they came.
        rows = await_in_greenlet(driver_cursor(cursor).fetchall())
    elif has_rows:
        rows = cursor.fetchall()
    return rows


@cache
def _has_pipelines() -> bool:
    """Return whether the installed libpq has pipelines, as those of psycopg's wheels have."""
    from psycopg import Pipeline  # noqa: PLC0415 - no process on SQLite imports psycopg

    return Pipeline.is_supported()


def _pipeline(connection: Connection) -> AbstractContextManager[object]:
    """Return a block whose statements are sent together; it ends when all of them are answered."""
    driver: Any = connection.connection.driver_connection
    pipeline = driver.pipeline()
    return _awaited(pipeline) if connection.dialect.is_async else pipeline


@contextmanager
def _awaited(pipeline: Any) -> Generator[None]:
    """Enter and leave an event loop's pipeline from code that runs on a greenlet."""
    await_in_greenlet(pipeline.__aenter__())
    try:
        yield
    except BaseException:
        await_in_greenlet(pipeline.__aexit__(*sys.exc_info()))
        raise
    await_in_greenlet(pipeline.__aexit__(None, None, None))
