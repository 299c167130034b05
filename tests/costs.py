"""Measure the processor time of a call, for ratios within one test."""

import time
from collections.abc import Callable

TRIES = 3


def processor_seconds(work: Callable[[], object]) -> float:
    """Return the least processor time of several calls in this thread, without waiting."""
    measurements: list[float] = []
    for _ in range(TRIES):
        start = time.thread_time()
        work()
        measurements.append(time.thread_time() - start)

    return min(measurements)
