"""Several statements in one round trip to PostgreSQL, by psycopg's pipeline mode."""

import sys
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection

from indelible_sql.engine.sqlalchemy_internals import await_in_greenlet, driver_cursor

DEALLOCATE: Final = "DEALLOCATE ALL"  # whose answer psycopg knows


def pipeline(connection: Connection) -> AbstractContextManager[object]:
    """Return a block whose statements are sent together; it ends when all of them are answered.

    It raises the first error, after which the server executes nothing more of the block.
    """
    driver: Any = connection.connection.driver_connection
    opened = driver.pipeline()
    return _awaited(opened) if connection.dialect.is_async else opened


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


def rows_of(connection: Connection, cursor: Any) -> Sequence[Any]:
    """Return the driver's rows of a statement of a pipeline that has ended."""
    rows: Sequence[Any]
    if connection.dialect.is_async:
        # The adapter has looked for rows before they came.
        rows = await_in_greenlet(driver_cursor(cursor).fetchall())
    else:
        rows = cursor.fetchall()
    return rows


def was_executed(cursor: Any) -> bool:
    """Return whether the server has executed a cursor's statement of a pipeline."""
    return driver_cursor(cursor).pgresult is not None


def ask_for_answers(connection: Connection) -> None:
    """Let the server send the answers to what a pipeline has sent, before it ends."""
    driver: Any = connection.connection.driver_connection
    driver.pgconn.send_flush_request()


def forget_prepared(connection: Connection) -> None:
    """Let a connection prepare its statements anew after a pipeline has failed.

    psycopg takes a statement for prepared that the server may not have read, until it sees a
    ROLLBACK, which a pipeline in no transaction does not have. Where this fails too, the connection
    is closed.
    """
    driver: Any = connection.connection.driver_connection
    if driver.closed or driver.prepare_threshold is None:
        return
    try:
        executed = driver.execute(DEALLOCATE)
        if connection.dialect.is_async:
            await_in_greenlet(executed)
    except Exception:  # noqa: BLE001 - the error of the pipeline is raised, not this one
        connection.invalidate()


def longer_limit(seconds: float | None, statements: int) -> float | None:
    """Return the time for the answers to a pipeline: that of its statements one by one."""
    return None if seconds is None else seconds * statements


@cache
def has_pipelines() -> bool:
    """Return whether the installed libpq has pipelines, as those of psycopg's wheels have."""
    from psycopg import Pipeline  # noqa: PLC0415 - no process on SQLite imports psycopg

    return Pipeline.is_supported()
