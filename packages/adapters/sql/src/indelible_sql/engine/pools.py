"""Pools that hand out connections in the order of requests.

SQLAlchemy's own queues wake the longest-waiting request, and let a request that arrives meanwhile
go before it: one thread that asks again and again would have SQLite's only writer for itself.
"""

import asyncio
import logging
import time
from collections import deque
from contextlib import suppress
from typing import Any

from sqlalchemy import AsyncAdaptedQueuePool, Connection, QueuePool
from sqlalchemy.exc import DBAPIError

from indelible_sql.engine.errors import state_of, translate_errors
from indelible_sql.engine.sqlalchemy_internals import (
    AsyncAdaptedQueue,
    Empty,
    Full,
    Queue,
    await_in_greenlet,
    put_above_capacity,
)

logger = logging.getLogger("indelible.sql")


class _FairQueue(Queue[Any]):
    """A queue for threads, first come, first served."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self._waiting: deque[object] = deque()

    def _put(self, item: Any) -> None:
        super()._put(item)
        # All, because only the one that came first goes on.
        self.not_empty.notify_all()

    def get(
        self,
        block: bool = True,  # noqa: FBT001, FBT002 - SQLAlchemy's signature
        timeout: float | None = None,
    ) -> Any:
        """Return the next item in the caller's turn, or raise Empty at the timeout."""
        ticket = object()
        end = time.monotonic()
        if block:
            end += timeout or 0  # our pools have a timeout

        with self.not_empty:
            self._waiting.append(ticket)
            try:
                while self._empty() or self._waiting[0] is not ticket:
                    if not self.not_empty.wait(max(0, end - time.monotonic())):
                        raise Empty
                return self._get()
            finally:
                self._waiting.remove(ticket)
                self.not_empty.notify_all()


class _AsyncFairQueue(AsyncAdaptedQueue[Any]):
    """A queue for an event loop's tasks, first come, first served."""

    def __init__(
        self,
        maxsize: int = 0,
        use_lifo: bool = False,  # noqa: FBT001, FBT002 - SQLAlchemy's signature
    ) -> None:
        super().__init__(maxsize, use_lifo)
        self._waiting: deque[asyncio.Future[Any]] = deque()

    def put_nowait(self, item: Any) -> None:
        """Give the item to the task that has waited longest, or put it into the queue."""
        for future in self._waiting:
            if not future.done():
                future.set_result(item)
                return
        super().put_nowait(item)

    def get(
        self,
        block: bool = True,  # noqa: FBT001, FBT002 - SQLAlchemy's signature
        timeout: float | None = None,
    ) -> Any:
        """Return the next item in the caller's turn, or raise Empty at the timeout."""
        # An item is in the queue only while no task waits.
        if not block or not self.empty():
            return self.get_nowait()

        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await_in_greenlet(asyncio.wait((future,), timeout=timeout))
        except BaseException:
            # A task that was cancelled while it waited returns what it was given.
            self._waiting.remove(future)
            if future.done():
                self._return_item(future.result())
            raise

        self._waiting.remove(future)
        if not future.done():
            raise Empty
        return future.result()

    def _return_item(self, item: Any) -> None:
        try:
            self.put_nowait(item)
        except Full:
            # One more than fits, for a while: the pool counts it and closes it when it returns.
            put_above_capacity(self, item)


class FairQueuePool(QueuePool):
    """A pool for threads, first come, first served."""

    _queue_class = _FairQueue


class AsyncFairQueuePool(AsyncAdaptedQueuePool):
    """A pool for an event loop's tasks, first come, first served."""

    _queue_class = _AsyncFairQueue


def end_check(connection: Connection) -> None:
    """End the transaction that the check of the database began."""
    if connection.in_transaction():
        with translate_errors():
            connection.commit()


def end_read(connection: Connection) -> None:
    """End a read by COMMIT, after which psycopg still knows its prepared statements.

    It forgets all of them with a ROLLBACK. The result is complete, so a connection that breaks now
    is only logged, when it is released.
    """
    with suppress(DBAPIError):
        connection.commit()


def release(connection: Connection) -> None:
    """Roll back what was not committed and return the connection to its pool.

    A broken one is dropped and logged.
    """
    try:
        connection.close()
    except DBAPIError as error:
        logger.info("connection broke while it was released (%s)", state_of(error) or "no state")
        if not connection.closed:
            connection.invalidate(error)
            connection.close()
