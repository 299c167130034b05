"""All that indelible uses of SQLAlchemy's internals; tests name what an incompatible release lacks.

The greenlet bridge runs synchronous code on an event loop. The pool's privates close a broken
server's other connections at once, and let connections be handed out in the order of requests.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_, greenlet_spawn
from sqlalchemy.util.queue import AsyncAdaptedQueue, Empty, Full, Queue

__all__ = [
    "CONVERSION_ERRORS",
    "AsyncAdaptedQueue",
    "Empty",
    "Full",
    "Queue",
    "await_in_greenlet",
    "invalidate_pool",
    "put_above_capacity",
    "receive_binary",
    "reporting",
    "run_in_greenlet",
    "send",
]

# What a driver raises for a value that it cannot convert, and psycopg for a closed connection too.
CONVERSION_ERRORS = (AttributeError, OverflowError, TypeError, ValueError)

P = ParamSpec("P")
R = TypeVar("R")


async def run_in_greenlet(work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run synchronous code on a greenlet, and return its result.

    Where the code calls `await_in_greenlet`, the event loop goes on with other tasks.
    """
    return await greenlet_spawn(partial(work, *args, **kwargs))


def await_in_greenlet(awaitable: Awaitable[R]) -> R:
    """Wait for an awaitable from synchronous code that `run_in_greenlet` runs."""
    return await_(awaitable)


def invalidate_pool(connection: Connection, error: Any) -> None:
    """Drop every connection of the pool that is as old as this one.

    `Connection.invalidate` drops one connection, and the others would break one by one.
    """
    pool: Any = connection.engine.pool
    pool._invalidate(connection.connection, error)  # noqa: SLF001 - no public method drops them all


def _reported(connection: Connection, error: Any, cursor: Any = None) -> DBAPIError:
    """Return a driver's error as SQLAlchemy reports it, and drop a broken connection."""
    dialect = connection.dialect
    is_broken = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
    if is_broken:
        invalidate_pool(connection, error)
        connection.invalidate(error)

    wrap: Any = DBAPIError.instance  # overloaded for a statement, which is not reported
    wrapped = wrap(
        None,
        None,
        error,
        dialect.loaded_dbapi.Error,
        connection_invalidated=is_broken,
        dialect=dialect,
    )
    return cast("DBAPIError", wrapped)


# A class for the same reason as `translate_errors`: it runs with each statement.
class reporting:  # noqa: N801 - used as a function
    """A block that uses the driver directly and raises its errors as SQLAlchemy reports them."""

    def __init__(self, connection: Connection, cursor: Any = None) -> None:
        self._connection = connection
        self._cursor = cursor

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raise DBAPIError for a driver's error, and drop a broken or cancelled connection."""
        if error is None:
            return
        connection = self._connection
        driver = connection.dialect.loaded_dbapi
        if isinstance(error, driver.Error):
            raise _reported(connection, error, self._cursor) from error

        if isinstance(error, CONVERSION_ERRORS) and _is_closed(connection):
            lost = driver.OperationalError(str(error))
            raise _reported(connection, lost, self._cursor) from error
        # Cancelled in the middle: the state of the driver's protocol is unknown.
        if not isinstance(error, Exception):
            connection.invalidate(error)


def _is_closed(connection: Connection) -> bool:
    return bool(getattr(connection.connection.driver_connection, "closed", False))


def send(connection: Connection, statement: str, **options: bool) -> None:
    """Send a statement without values or rows; SQLAlchemy's own execution takes longer."""
    with reporting(connection):
        cursor: Any = connection.connection.cursor()
        cursor.execute(statement, **options)
        cursor.close()


def put_above_capacity(queue: AsyncAdaptedQueue[Any], item: Any) -> None:
    """Put an item into a full queue."""
    adapted: Any = queue
    adapted._queue._put(item)  # noqa: SLF001 - the public methods refuse it


def receive_binary(cursor: Any) -> None:
    """Let psycopg's cursor receive values in binary, whose form no session setting changes."""
    from psycopg.pq import Format  # noqa: PLC0415 - no process on SQLite imports psycopg

    driver_cursor = getattr(cursor, "_cursor", cursor)  # of the adapter for an event loop
    driver_cursor.format = Format.BINARY
