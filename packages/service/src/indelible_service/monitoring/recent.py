"""Gauges of a whole database that one of several processes reads anew, now this one, now that."""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Final

from prometheus_client import CollectorRegistry, Metric

MAX_AGE_SECONDS: Final = 300  # ten times the pause between two readings


class RecentRegistry(CollectorRegistry):
    """Gauges that are exported while their last reading is recent.

    A recurring task runs in any worker. The gauges of a worker that has not had it for a while
    would contradict those of the others. Before the first reading they are exported as they are.
    """

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._read_at: float | None = None

    def mark_read(self) -> None:
        """Export the gauges for some more minutes: they were read now."""
        self._read_at = self._seconds()

    def collect(self) -> Iterable[Metric]:
        """Yield the gauges, nothing once their last reading is too old."""
        if self._read_at is None or self._seconds() - self._read_at <= MAX_AGE_SECONDS:
            yield from super().collect()
