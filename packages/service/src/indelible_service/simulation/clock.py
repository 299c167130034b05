"""The virtual clock of a simulation: it moves only when an event of the simulation comes."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field

SECOND: Final = timedelta(seconds=1)


@define(eq=False)
class VirtualClock:
    """The time of everything in a simulation, in whole seconds.

    `listeners` are called with the number of seconds by which it has moved.
    """

    started_at: datetime
    seconds: int = 0  # since the start
    listeners: list[Callable[[int], object]] = field(factory=list[Callable[[int], object]])

    def now(self) -> datetime:
        """Return the time."""
        return self.started_at + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """Return the seconds since the start."""
        return float(self.seconds)

    def sleep(self, seconds: float) -> None:
        """Let at least so many seconds pass."""
        self.advance(math.ceil(seconds))

    def advance(self, seconds: int) -> None:
        """Let seconds pass, and tell the listeners."""
        if seconds <= 0:
            return
        self.seconds += seconds
        for listener in self.listeners:
            listener(seconds)

    def seconds_until(self, instant: datetime) -> int:
        """Return the whole seconds until an instant, at least 0."""
        return max(0, math.ceil((instant - self.now()) / SECOND))
