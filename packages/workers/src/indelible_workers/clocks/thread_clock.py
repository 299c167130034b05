"""The clock of a worker: it tells the time, waits and starts threads; no other module does."""

from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from time import monotonic, sleep
from typing import Protocol

from attrs import field, frozen

from indelible.kernel import Clock, SystemClock


class Running(Protocol):
    """Work that a clock has started beside its caller."""

    @property
    def name(self) -> str:
        """Return the name that it was started with."""
        ...

    def is_alive(self) -> bool:
        """Return True until the work has ended."""
        ...

    def join(self, timeout: float | None = None) -> None:
        """Wait until the work has ended, but not longer than the seconds, if given."""
        ...


class WaitingClock(Clock, Protocol):
    """A source of the current time that also measures, waits and starts work."""

    def monotonic(self) -> float:
        """Return the seconds since an instant that stays the same; they never fall."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for the seconds."""
        ...

    def wait(self, event: Event, seconds: float | None = None) -> bool:
        """Wait until the event is set; return False if the seconds are over before, if given."""
        ...

    def start(self, name: str, work: Callable[[], object]) -> Running:
        """Let the work run once beside the caller. The end of the process does not wait for it.

        Raises:
            RuntimeError: The machine allows no more threads.
        """
        ...

    def repeat(
        self,
        name: str,
        step: Callable[[], object],
        seconds: float,
        finished: Event,
        needed: Event | None = None,
    ) -> Running:
        """Call the step beside the caller after each wait of so many seconds, until the event.

        Nothing needs the step while `needed` is not set. Set it too at the end.
        """
        ...

    def start_loop(self, name: str, loop: Callable[[], object], *, daemon: bool = True) -> Running:
        """Start a thread that runs until it is told to stop, and may wait for other systems."""
        ...


@frozen
class ThreadClock:
    """Real waits and real threads. The time is the operating system's, or that of another clock."""

    _clock: Clock = field(factory=SystemClock)

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Return the seconds of the system's monotonic clock."""
        return monotonic()

    def sleep(self, seconds: float) -> None:
        """Let this thread sleep."""
        sleep(seconds)

    def wait(self, event: Event, seconds: float | None = None) -> bool:
        """Let this thread wait for the event."""
        return event.wait(seconds)

    def start(self, name: str, work: Callable[[], object]) -> Running:
        """Start a thread that does the work."""
        return self.start_loop(name, work)

    def repeat(
        self,
        name: str,
        step: Callable[[], object],
        seconds: float,
        finished: Event,
        needed: Event | None = None,
    ) -> Running:
        """Start a thread that calls the step again and again, and sleeps while nothing needs it."""

        def run() -> None:
            while not finished.wait(seconds):
                if needed is not None:
                    needed.wait()
                step()

        return self.start_loop(name, run)

    def start_loop(self, name: str, loop: Callable[[], object], *, daemon: bool = True) -> Running:
        """Start a thread."""
        thread = Thread(target=loop, name=name, daemon=daemon)
        thread.start()
        return thread
