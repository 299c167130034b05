"""What a call costs the processor, whatever else the machine does: for ratios within one test."""

import time
from collections.abc import Callable

TRIES = 3


def processor_seconds(work: Callable[[], object]) -> float:
    """The least that the call cost this thread; waiting is not in it."""

    def once() -> float:
        began = time.thread_time()
        work()
        return time.thread_time() - began

    return min(once() for _ in range(TRIES))
