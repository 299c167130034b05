"""Connections of psycopg that wait for a reply only so long; no process on SQLite imports them."""

from typing import Any, TypeVar

from psycopg import AsyncConnection, Connection, Cursor, OperationalError
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout  # pyright: ignore[reportPrivateUsage] - no public name
from psycopg.pq import TransactionStatus

INTERVAL_SECONDS = 0.1  # psycopg's own, at which it notices Ctrl-C
MAX_KEPT_CURSORS = (
    32  # of a connection: each statement of a keyed read or of a single update has one
)
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

        if statement not in self._cursors and len(self._cursors) >= MAX_KEPT_CURSORS:
            self._cursors.clear()
        cursor = self.cursor(binary=True)
        self._cursors[statement] = cursor
        return cursor

    def forget_cursor(self, statement: str) -> None:
        """Keep the cursor of a statement no longer; a closed one would still hold its rows."""
        self._cursors.pop(statement, None)

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


def _no_reply(seconds: float | None) -> OperationalError:
    return OperationalError(f"the server did not answer within {seconds} seconds")
