"""Where instants come from: a handler may not invent one."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where instants come from."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


def instant_after(previous: datetime, now: datetime) -> datetime:
    """The instant of an entity's next change: its time never stands still and never runs back."""
    return max(now, previous + timedelta(microseconds=1))
