"""Connections to PostgreSQL that wait for a reply only so long, also where the server hangs.

A limit of the server does not help against a server that is stopped or behind a broken network.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from psycopg import AsyncConnection, Connection, Cursor, OperationalError
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout  # pyright: ignore[reportPrivateUsage] - no public name
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine
from sqlalchemy.event import listen

INTERVAL_SECONDS = 0.1  # psycopg's own, at which it notices Ctrl-C
MAX_KEPT_CURSORS = 8  # of a connection: claims and completions need four
R = TypeVar("R")


class LimitedConnection(Connection[Any]):
    """A connection that closes when a reply takes longer than its limit."""

    limit_seconds: float | None = None

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._cursors: dict[str, Cursor[Any]] = {}

    def kept_cursor(self, statement: str) -> Cursor[Any]:
        """Return a cursor for one statement, with values in binary.

        psycopg looks up the conversions of values once for a cursor and a statement.
        """
        cursor = self._cursors.get(statement)
        if cursor is not None and not cursor.closed:
            return cursor

        if len(self._cursors) >= MAX_KEPT_CURSORS:
            self._cursors.clear()
        cursor = self.cursor(binary=True)
        self._cursors[statement] = cursor
        return cursor

    def rollback(self) -> None:
        """Roll back, unless no transaction is open: a pool asks for it with every return."""
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            super().rollback()

    def wait(
        self, gen: PQGen[R], interval: float = INTERVAL_SECONDS, timeout: float | None = None
    ) -> R:
        """Wait for a reply."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.limit_seconds)
        except _WaitTimeout as error:
            self.pgconn.finish()
            raise _no_reply(self.limit_seconds) from error


class LimitedAsyncConnection(AsyncConnection[Any]):
    """The same for an event loop."""

    limit_seconds: float | None = None

    async def wait(
        self,
        gen: PQGen[R],
        interval: float = INTERVAL_SECONDS,
        timeout: float | None = None,  # noqa: ASYNC109 - psycopg's
    ) -> R:
        """Wait for a reply."""
        if timeout is not None:
            return await super().wait(gen, interval, timeout)
        try:
            return await super().wait(gen, interval, self.limit_seconds)
        except _WaitTimeout as error:
            self.pgconn.finish()
            raise _no_reply(self.limit_seconds) from error


def limit(engine: Engine, seconds: float) -> None:
    """Let each connection of an engine wait for at most that long.

    SQLAlchemy's own first statements on a connection are limited too: they are run before any
    listener of `connect`. An event loop's engine connects by `limited_creator`.
    """

    def connect(_: object, __: object, arguments: list[Any], options: dict[str, Any]) -> object:
        connection = LimitedConnection.connect(*arguments, **options)
        connection.limit_seconds = seconds
        return connection

    def restore(dbapi_connection: Any, *_: object) -> None:
        # An invalid connection has been closed.
        if dbapi_connection is not None:
            _driver_of(dbapi_connection).limit_seconds = seconds

    if not engine.dialect.is_async:
        listen(engine, "do_connect", connect)
    listen(engine, "checkin", restore)


def limited_creator(seconds: float) -> Callable[..., Awaitable[LimitedAsyncConnection]]:
    """Return a function that opens an event loop's connections with a limit."""

    async def connect(*arguments: Any, **options: Any) -> LimitedAsyncConnection:
        connection = await LimitedAsyncConnection.connect(*arguments, **options)
        connection.limit_seconds = seconds
        return connection

    return connect


def lift_limit(connection: SqlConnection) -> None:
    """Let a connection wait without a limit until it returns to its pool."""
    driver = connection.connection.driver_connection
    if isinstance(driver, LimitedConnection | LimitedAsyncConnection):
        driver.limit_seconds = None


def kept_cursor(connection: SqlConnection, statement: str) -> Cursor[Any] | None:
    """Return the cursor that the connection keeps for a statement; None if it keeps none."""
    driver = connection.connection.driver_connection
    if isinstance(driver, LimitedConnection):
        return driver.kept_cursor(statement)
    return None


def _driver_of(dbapi_connection: Any) -> Any:
    """Return psycopg's connection, which an adapter for an event loop contains."""
    return getattr(dbapi_connection, "driver_connection", dbapi_connection)


def _no_reply(seconds: float | None) -> OperationalError:
    return OperationalError(f"the server did not answer within {seconds} seconds")
