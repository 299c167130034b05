"""The clock of a simulated process, which may be wrong for a while."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from attrs import define

from indelible_service.simulation.clock import SimulatedClock
from indelible_workers.clocks.thread_clock import Running


@define(eq=False)
class ProcessClock:
    """The virtual clock, shown wrong by so many seconds; what it measures is right."""

    clock: SimulatedClock
    skew_seconds: int = 0

    def now(self) -> datetime:
        """Return the time as the process sees it."""
        return self.clock.now() + timedelta(seconds=self.skew_seconds)

    def monotonic(self) -> float:
        """Return the seconds since the start."""
        return self.clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let seconds pass."""
        self.clock.sleep(seconds)

    def wait(self, event: Event, seconds: float | None = None) -> bool:
        """Let seconds pass until the event is set; return False if they are over before."""
        return self.clock.wait(event, seconds)

    def start(self, name: str, work: Callable[[], object]) -> Running:
        """Let the work run once."""
        return self.clock.start(name, work)

    def repeat(
        self,
        name: str,
        step: Callable[[], object],
        seconds: float,
        finished: Event,
        needed: Event | None = None,
    ) -> Running:
        """Call the step after each wait of so many seconds, until the event."""
        return self.clock.repeat(name, step, seconds, finished, needed)

    def start_loop(self, name: str, loop: Callable[[], object], *, daemon: bool = True) -> Running:
        """Start what runs until it is told to stop."""
        return self.clock.start_loop(name, loop, daemon=daemon)
