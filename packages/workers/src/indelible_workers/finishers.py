"""Threads that complete what was performed before a task of the same batch hung."""

import logging
from collections.abc import Callable
from functools import partial
from threading import Thread
from time import monotonic
from typing import Final

from attrs import define, field

MAX_FINISHER_SECONDS: Final = 60  # that a worker waits at its end; then other workers perform again
logger = logging.getLogger("indelible.workers")


@define(eq=False)
class Finishers:
    """The threads of a worker that complete tasks while the thread that performed them hangs.

    The heartbeat must not do it: a stage's `finish` may be slow, and may wait for what the task
    that hangs holds.
    """

    _threads: list[Thread] = field(factory=list[Thread], init=False)

    def start(self, stage: str, finish: Callable[[], None]) -> None:
        """Call the function in a thread of its own; without one, the leases of its tasks expire."""
        thread = Thread(
            target=partial(_finish, stage, finish), name=f"indelible-finish-{stage}", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # the machine allows no more threads
            logger.warning("stage %s: %s; tasks beside one that hangs not completed", stage, error)
            return

        self._threads = [other for other in self._threads if other.is_alive()]
        self._threads.append(thread)

    def join(self) -> None:
        """Wait until the threads have ended, but not for ever."""
        deadline = monotonic() + MAX_FINISHER_SECONDS
        for thread in tuple(self._threads):
            thread.join(max(0.0, deadline - monotonic()))
            if thread.is_alive():
                logger.error("worker: thread %s is left", thread.name)


def _finish(stage: str, finish: Callable[[], None]) -> None:
    try:
        finish()
    except Exception as error:  # noqa: BLE001 - the leases expire, and the tasks are repeated
        logger.warning(
            "stage %s: tasks beside one that hangs not completed (%s)", stage, type(error).__name__
        )
