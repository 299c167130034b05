"""All that indelible uses of SQLAlchemy's internals; tests name what an incompatible release lacks.

The greenlet bridge runs synchronous code on an event loop. The pool's privates close a broken
server's other connections at once, and let connections be handed out in the order of requests.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, QueuePool
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
    "driver_cursor",
    "invalidate_pool",
    "pool_capacity",
    "put_above_capacity",
    "receive_binary",
    "reported_error",
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


def pool_capacity(pool: QueuePool) -> int:
    """Return the most connections that a pool has at once, those above its size included."""
    internals: Any = pool
    overflow: int = internals._max_overflow  # noqa: SLF001 - no public method returns it
    return pool.size() + overflow


def reported_error(
    connection: Connection, error: BaseException, cursor: Any = None
) -> DBAPIError | None:
    """Return a driver's error as SQLAlchemy reports it; None for an error of another kind.

    Drop a broken or cancelled connection. This is for code that uses the driver directly.
    """
    if isinstance(error, DBAPIError):
        return error

    driver = connection.dialect.loaded_dbapi
    if isinstance(error, driver.Error):
        return _reported(connection, error, cursor)
    if isinstance(error, CONVERSION_ERRORS) and _is_closed(connection):
        return _reported(connection, driver.OperationalError(str(error)), cursor)
    # Cancelled in the middle: the state of the driver's protocol is unknown.
    if not isinstance(error, Exception):
        connection.invalidate(error)
    return None


def _reported(connection: Connection, error: Any, cursor: Any) -> DBAPIError:
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
    wrapped.__cause__ = error
    return cast("DBAPIError", wrapped)


def _is_closed(connection: Connection) -> bool:
    return bool(getattr(connection.connection.driver_connection, "closed", False))


def send(connection: Connection, statement: str, **options: bool) -> None:
    """Send a statement without values or rows; SQLAlchemy's own execution takes longer."""
    try:
        cursor: Any = connection.connection.cursor()
        cursor.execute(statement, **options)
        cursor.close()
    except BaseException as error:
        reported = reported_error(connection, error)
        if reported is None or reported is error:
            raise
        raise reported from error


def put_above_capacity(queue: AsyncAdaptedQueue[Any], item: Any) -> None:
    """Put an item into a full queue."""
    adapted: Any = queue
    adapted._queue._put(item)  # noqa: SLF001 - the public methods refuse it


def receive_binary(cursor: Any) -> None:
    """Let psycopg's cursor receive values in binary, whose form no session setting changes."""
    from psycopg.pq import Format  # noqa: PLC0415 - no process on SQLite imports psycopg

    driver_cursor(cursor).format = Format.BINARY


def driver_cursor(cursor: Any) -> Any:
    """Return psycopg's cursor, which an adapter for an event loop contains."""
    return getattr(cursor, "_cursor", cursor)
