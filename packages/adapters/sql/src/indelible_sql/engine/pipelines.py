"""BEGIN and the first statement of a transaction in one round trip to PostgreSQL."""

import sys
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection

from indelible_sql.engine.sqlalchemy_internals import await_in_greenlet, driver_cursor


def execute_first(
    connection: Connection, cursor: Any, text: str, parameters: Any, *, has_rows: bool
) -> Sequence[Any]:
    """Send what the engine sends as BEGIN with a statement, and return the driver's rows.

    Raises: the driver's error of the statement, or of BEGIN: `is_in_transaction` tells them apart.
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


def is_in_transaction(driver: Any) -> bool:
    """Return whether psycopg's connection is in a transaction, which may have failed."""
    from psycopg.pq import TransactionStatus  # noqa: PLC0415 - no process on SQLite imports psycopg

    status = driver.info.transaction_status
    return status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)


@cache
def has_pipelines() -> bool:
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
