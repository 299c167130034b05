"""The clock of a simulation: it moves only when an event of the simulation comes."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from attrs import define, field

from indelible_workers import VirtualClock

SECOND: Final = timedelta(seconds=1)


@define(eq=False)
class SimulatedClock(VirtualClock):
    """The time of everything in a simulation, in whole seconds.

    `listeners` are called with the number of seconds by which it has moved.
    """

    listeners: list[Callable[[int], object]] = field(
        factory=list[Callable[[int], object]], init=False
    )

    @property
    def seconds(self) -> int:
        """Return the seconds since the start."""
        return int(self.monotonic())

    def wait(self, event: Event, seconds: float | None = None) -> bool:
        """Let whole seconds pass until the event is set; return False if they are over before.

        Raises: WaitNeverEnds.
        """
        return super().wait(event, None if seconds is None else math.ceil(seconds))

    def advance(self, seconds: int) -> None:
        """Let seconds pass."""
        if seconds > 0:
            self.sleep(seconds)

    def seconds_until(self, instant: datetime) -> int:
        """Return the whole seconds until an instant, at least 0."""
        return max(0, math.ceil((instant - self.now()) / SECOND))

    def _move_to(self, instant: int) -> None:
        before = self.seconds
        super()._move_to(instant)
        passed = self.seconds - before
        if passed > 0:
            for listener in self.listeners:
                listener(passed)
