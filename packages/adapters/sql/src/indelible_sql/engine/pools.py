"""A connection is given to whoever has waited longest.

SQLAlchemy's own queues wake the first, and let whoever asks meanwhile go before it: one that asks again and again would
have SQLite's only writer for itself.
"""

import asyncio
import time
from collections import deque
from typing import Any

from sqlalchemy import AsyncAdaptedQueuePool, QueuePool
from sqlalchemy.util import await_
from sqlalchemy.util.queue import AsyncAdaptedQueue, Empty, Full, Queue


class _Threads(Queue[Any]):
    """Threads in the order in which they came."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self._waiting: deque[object] = deque()

    def _put(self, item: Any) -> None:
        super()._put(item)
        self.not_empty.notify_all()  # the first is among those who wait, wherever the library has it

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT001, FBT002 - the library's
        mine, end = (
            object(),
            time.monotonic() + (timeout or 0 if block else 0),
        )  # our pools have a timeout
        with self.not_empty:
            self._waiting.append(mine)
            try:
                while self._empty() or self._waiting[0] is not mine:
                    if not self.not_empty.wait(max(0, end - time.monotonic())):
                        raise Empty
                return self._get()
            finally:
                self._waiting.remove(mine)
                self.not_empty.notify_all()


class _Tasks(AsyncAdaptedQueue[Any]):
    """Tasks of an event loop in the order in which they came: an entry goes from hand to hand."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:  # noqa: FBT001, FBT002 - as above
        super().__init__(maxsize, use_lifo)
        self._waiting: deque[asyncio.Future[Any]] = deque()

    def put_nowait(self, item: Any) -> None:
        first = next((each for each in self._waiting if not each.done()), None)
        if first is None:
            super().put_nowait(item)
        else:
            first.set_result(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT001, FBT002 - as above
        if not block or not self.empty():  # what somebody waits for is never put here
            return self.get_nowait()
        mine: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            await_(asyncio.wait((mine,), timeout=timeout))
        except BaseException:  # a task that was ended while it waited keeps nothing
            self._waiting.remove(mine)
            if mine.done():
                self._give_back(mine.result())
            raise
        self._waiting.remove(mine)
        if not mine.done():
            raise Empty
        return mine.result()

    def _give_back(self, item: Any) -> None:
        try:
            self.put_nowait(item)
        except Full:  # one more than fits for a while: the pool counts it, and will close it when it comes back again
            self._queue._put(item)  # noqa: SLF001 - which no public name does


class FairQueuePool(QueuePool):
    """Connections for threads, in turn."""

    _queue_class = _Threads


class AsyncFairQueuePool(AsyncAdaptedQueuePool):
    """Connections for tasks, in turn."""

    _queue_class = _Tasks
