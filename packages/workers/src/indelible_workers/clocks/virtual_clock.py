"""A clock for simulations: waits take no time, and what runs beside them runs in one thread."""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from math import ceil
from threading import Event
from typing import ClassVar, Final

from attrs import define, field, frozen

from indelible.kernel import Conflict
from indelible_workers.clocks.thread_clock import Running

# A wait without a limit ends within this time of the virtual clock, or it is a mistake: repeated
# steps would let it go on for ever.
MAX_ENDLESS_SECONDS: Final = 86_400
MICROSECONDS: Final = 1_000_000


@frozen
class WaitNeverEnds(Conflict):
    """Nothing that is scheduled ends a wait without a time limit."""

    message: ClassVar[str] = (
        "The wait without a time limit that began at {began_at} never ends: of the scheduled work "
        "({scheduled}) none sets its event within a virtual day."
    )
    began_at: datetime
    scheduled: tuple[str, ...]


@frozen
class ThreadRefused(Conflict):
    """A virtual clock runs everything in one thread, and starts no other one."""

    message: ClassVar[str] = "A virtual clock starts no thread: {name} was refused."
    name: str


def no_draw() -> int:
    """Let the steps of one instant run in the order in which they were scheduled."""
    return 0


@frozen
class VirtualWork:
    """Work that a virtual clock has scheduled."""

    name: str
    _clock: "VirtualClock"
    _step: Callable[[], object]
    _finished: Event
    _interval_seconds: float | None = None  # None for work that runs once

    def is_alive(self) -> bool:
        """Return True until the work has ended."""
        return not self._finished.is_set()

    def join(self, timeout: float | None = None) -> None:
        """Let time pass until the work has ended, but not more than the seconds, if given.

        Raises:
            WaitNeverEnds: Without a timeout: nothing ends it.
        """
        self._clock.wait(self._finished, timeout)

    def run(self) -> None:
        """Do the work, and schedule it again if it is repeated."""
        if self._finished.is_set():
            return

        try:
            self._step()
        finally:
            if self._interval_seconds is None:
                self._finished.set()
            else:
                self._clock.schedule(self, self._interval_seconds)


@define(eq=False)
class VirtualClock:
    """A clock whose time passes only while something waits for it.

    A wait runs the scheduled steps that are due before its end, in the thread of its caller, and
    moves the time from one to the next. A step may wait itself; what is due meanwhile runs inside
    of it. An error of a step is raised by the wait that ran it. Of the steps of one instant those
    with the lowest `draw` run first, so that a simulator may shuffle them by its seed.
    """

    start_at: datetime
    draw: Callable[[], float] = no_draw
    _microseconds: int = field(default=0, init=False)  # since the start
    _steps: list[tuple[int, float, int, VirtualWork]] = field(
        factory=list[tuple[int, float, int, VirtualWork]], init=False
    )
    _numbers: "count[int]" = field(factory=count, init=False)

    def now(self) -> datetime:
        """Return the virtual time."""
        return self._time_at(self._microseconds)

    def monotonic(self) -> float:
        """Return the virtual seconds since the start."""
        return self._microseconds / MICROSECONDS

    def sleep(self, seconds: float) -> None:
        """Let the seconds pass."""
        self.wait(Event(), seconds)

    def wait(self, event: Event, seconds: float | None = None) -> bool:
        """Let time pass until the event is set; return False if the seconds are over before.

        Raises:
            WaitNeverEnds: Without a limit: no scheduled step of a day sets the event.
        """
        began_at = self._microseconds
        deadline = self._instant_after(MAX_ENDLESS_SECONDS if seconds is None else seconds)
        while not event.is_set():
            if not self._steps or self._steps[0][0] > deadline:
                break
            self._run_next()

        if event.is_set():
            return True
        if seconds is None:
            names = sorted({work.name for *_, work in self._steps})
            raise WaitNeverEnds(self._time_at(began_at), tuple(names))

        self._move_to(deadline)
        return False

    def start(self, name: str, work: Callable[[], object]) -> Running:
        """Schedule the work for this instant: the next wait runs it first."""
        return self.call_later(name, work, 0)

    def call_later(self, name: str, work: Callable[[], object], seconds: float) -> Running:
        """Schedule the work once, in so many seconds."""
        virtual_work = VirtualWork(name, self, work, Event())
        self.schedule(virtual_work, seconds)
        return virtual_work

    def repeat(
        self,
        name: str,
        step: Callable[[], object],
        seconds: float,
        finished: Event,
        needed: Event | None = None,  # noqa: ARG002 - a step that is not needed costs no thread
    ) -> Running:
        """Schedule the step after each so many seconds, until the event is set."""
        virtual_work = VirtualWork(name, self, step, finished, seconds)
        self.schedule(virtual_work, seconds)
        return virtual_work

    def start_loop(
        self,
        name: str,
        loop: Callable[[], object],  # noqa: ARG002 - it would never return to the one thread
        *,
        daemon: bool = True,  # noqa: ARG002 - there is no thread that could be one
    ) -> Running:
        """Refuse the thread.

        Raises:
            ThreadRefused: Always.
        """
        raise ThreadRefused(name)

    def schedule(self, work: VirtualWork, seconds: float) -> None:
        """Run the work in so many seconds, while something waits."""
        entry = (self._instant_after(seconds), self.draw(), next(self._numbers), work)
        heappush(self._steps, entry)

    def _time_at(self, instant: int) -> datetime:
        return self.start_at + timedelta(microseconds=instant)

    def _instant_after(self, seconds: float) -> int:
        return self._microseconds + max(0, ceil(seconds * MICROSECONDS))

    def _run_next(self) -> None:
        instant, _, _, work = heappop(self._steps)
        self._move_to(instant)
        work.run()

    def _move_to(self, instant: int) -> None:
        """Move the time; a step that has waited itself may have passed the instant already."""
        self._microseconds = max(self._microseconds, instant)
