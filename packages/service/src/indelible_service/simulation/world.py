"""The world of a simulation: a heap of events, one of which happens at a time."""

import heapq
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b

from attrs import define, field

from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.crashes import SimulatedCrash
from indelible_service.simulation.draws import Seed, digest_of
from indelible_service.simulation.ids import SeededIds

Action = Callable[[], str]


@define(order=True)
class ComingEvent:
    """An event to come; events of the same second happen in an order that is drawn."""

    seconds: int
    order: bytes
    number: int
    actor: str = field(order=False)
    purpose: str = field(order=False)
    action: Action = field(order=False)


@define(eq=False)
class World:
    """The heap of events, the clock, and the trace of what has happened.

    An action returns what has come of it, in a few words. `before_step` and `after_step` are called
    around each one.
    """

    seed: Seed
    clock: SimulatedClock
    ids: SeededIds
    before_step: Callable[[str], object] = field(default=lambda _: None)  # is given the actor
    after_step: Callable[[], object] = field(default=lambda: None)
    on_crash: Callable[[str], object] = field(default=lambda _: None)
    steps: int = 0
    outcomes: Counter[str] = field(factory=Counter[str])
    trace: list[str] = field(factory=list[str])
    _heap: list[ComingEvent] = field(factory=list[ComingEvent])
    _numbers: Counter[tuple[str, int]] = field(factory=Counter[tuple[str, int]])
    _trace_hash: "blake2b" = field(factory=lambda: blake2b(digest_size=16))

    def at(self, seconds: int, actor: str, purpose: str, action: Action) -> None:
        """Let an event come; one whose time has passed comes now."""
        seconds = max(seconds, self.clock.seconds)
        self._numbers[actor, seconds] += 1
        number = self._numbers[actor, seconds]
        order = digest_of(self.seed.number, "order", actor, seconds, number)[:8]
        heapq.heappush(self._heap, ComingEvent(seconds, order, number, actor, purpose, action))

    def after(self, seconds: int, actor: str, purpose: str, action: Action) -> None:
        """Let an event come so many seconds from now."""
        self.at(self.clock.seconds + seconds, actor, purpose, action)

    def run_until(self, seconds: int) -> None:
        """Let everything happen up to a time."""
        while self._heap and self._heap[0].seconds <= seconds:
            self._step(heapq.heappop(self._heap))
        self.clock.advance(seconds - self.clock.seconds)

    def _step(self, coming: ComingEvent) -> None:
        self.clock.advance(coming.seconds - self.clock.seconds)
        self.ids.begin(f"{coming.actor} {coming.seconds} {coming.number}")
        self.before_step(coming.actor)
        try:
            outcome = coming.action()
        except SimulatedCrash:
            outcome = "crash"
            self.on_crash(coming.actor)
        self.note(coming.actor, coming.purpose, outcome)
        self.after_step()

    def note(self, actor: str, purpose: str, outcome: str) -> None:
        """Add a line to the trace."""
        if not outcome:
            return
        self.steps += 1
        line = f"{time_text(self.clock.seconds)} {actor}: {purpose}: {outcome}"
        self._trace_hash.update(line.encode() + b"\n")
        self.outcomes[f"{purpose}: {outcome}"] += 1
        self.trace.append(line)

    @property
    def trace_digest(self) -> str:
        """Return the digest of the trace so far."""
        return self._trace_hash.hexdigest()


def time_text(seconds: int) -> str:
    """Return a time of a simulation for persons, such as `day 3 07:05:00`."""
    day, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    return f"day {day + 1} {hours:02}:{minutes:02}:{left:02}"
