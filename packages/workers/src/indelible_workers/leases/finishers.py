"""Threads that finish what belongs to a task that hangs, beside the heartbeat."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from attrs import define, field

from indelible_workers.clocks.thread_clock import Running, WaitingClock

MAX_FINISHER_SECONDS: Final = 60  # that a worker waits at its end; then other workers perform again
logger = logging.getLogger("indelible.workers")


@define(eq=False)
class Finishers:
    """The threads of a worker that finish tasks while the thread that performed them hangs.

    The heartbeat must not do it: a stage's `finish` and `on_dead` may be slow, and may wait for
    what the task that hangs holds.
    """

    _clock: WaitingClock
    _threads: list[Running] = field(factory=list[Running], init=False)

    def start(self, stage: str, finish: Callable[[], None]) -> bool:
        """Call the function in a thread of its own and return True; False if none can be started.

        If it is not called, or raises, the leases of its tasks expire.
        """
        work = partial(_finish, stage, finish)
        try:
            thread = self._clock.start(f"indelible-finish-{stage}", work)
        except RuntimeError as error:  # the machine allows no more threads
            logger.warning("stage %s: %s; tasks beside one that hangs not finished", stage, error)
            return False

        self._threads = [other for other in self._threads if other.is_alive()]
        self._threads.append(thread)
        return True

    def join(self) -> None:
        """Wait until the threads have ended, but not for ever."""
        deadline = self._clock.monotonic() + MAX_FINISHER_SECONDS
        for thread in tuple(self._threads):
            thread.join(max(0.0, deadline - self._clock.monotonic()))
            if thread.is_alive():
                logger.error("worker: thread %s is left", thread.name)


def _finish(stage: str, finish: Callable[[], None]) -> None:
    try:
        finish()
    except Exception as error:  # noqa: BLE001 - the leases expire, and the tasks are repeated
        logger.warning(
            "stage %s: tasks beside one that hangs not finished (%s)", stage, type(error).__name__
        )
