"""The clock port: no other module reads the time."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

MIN_STEP = timedelta(microseconds=1)  # the precision that both databases store


class Clock(Protocol):
    """A source of the current time."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        ...


class SystemClock:
    """The operating system's clock."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)


def instant_after(previous: datetime, now: datetime) -> datetime:
    """Return `now`, or the first instant after `previous` where the clock ran back."""
    return max(now, previous + MIN_STEP)
