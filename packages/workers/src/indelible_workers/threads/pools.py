"""Dramatiq's threads of a worker, without the polling of its own pool."""

from queue import Empty, PriorityQueue
from typing import Any, Final

import dramatiq
from dramatiq import Broker

# The most that a thread waits for a message. A message and the end of the pool wake it before.
IDLE_MILLISECONDS: Final = 60_000


class ClosableQueue(PriorityQueue[Any]):
    """A queue for which no thread waits any more once it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self._is_closed = False

    def close(self) -> None:
        """Let no thread wait any more."""
        with self.mutex:
            self._is_closed = True
            self.not_empty.notify_all()

    def get(
        self,
        block: bool = True,  # noqa: FBT001, FBT002 - as the base class declares it
        timeout: float | None = None,
    ) -> Any:  # noqa: ANN401 - whatever Dramatiq queues
        """Return the next item, or raise Empty: at the timeout, or at once where it is closed."""
        with self.not_empty:
            if block:
                self.not_empty.wait_for(self._needs_no_wait, timeout)
            if not self._qsize():
                raise Empty

            item = self._get()
            self.not_full.notify()
            return item

    def _needs_no_wait(self) -> bool:
        return self._is_closed or self._qsize() > 0


class ThreadPool(dramatiq.Worker):
    """The threads that process the messages of one broker.

    Dramatiq's own wake up again and again to see whether they should end.
    """

    def __init__(self, broker: Broker, threads: int) -> None:
        super().__init__(broker, worker_timeout=IDLE_MILLISECONDS, worker_threads=threads)
        self._queue = ClosableQueue()
        self.work_queue = self._queue

    def stop(self, timeout: int = 600_000) -> None:
        """End the threads when they have processed what they have taken."""
        for thread in self.workers:
            thread.stop()
        self._queue.close()
        super().stop(timeout)
