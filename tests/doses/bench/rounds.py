"""Measure several ways to do one thing in turns, so that other load on the machine affects all."""

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Final

from attrs import frozen

Act = Callable[[], object]
MILLISECONDS: Final = 1e3
CALLS_PER_TURN: Final = 10  # of one way, before the next has its turn


@frozen(kw_only=True)
class Dose:
    """The size of a measurement."""

    rounds: int  # measured rounds, after one that fills caches
    times: int  # calls of each way in a round
    concepts: int  # in the store of a measured one
    long_life: int  # versions of a concept that has many
    stored: int  # concepts in a store that has many
    changes: tuple[int, ...]  # in stores that are compared
    tasks: int  # in the same store, in every state
    clients: int  # that send requests at once
    subspaces: int  # of the space that captures go to
    batch: int  # captures in one transaction
    artifacts: int  # in a space that has many
    signals: int  # in another space that has many
    due: tuple[int, ...]  # tasks that are due when claims begin
    workers: tuple[int, ...]  # that claim at once
    batches: tuple[int, ...]  # batch sizes of our claims
    seconds: float  # of claiming
    heavy: bool  # whether contenders that start slowly are included
    finished: tuple[int, ...]  # tasks completed under an old snapshot before claims are measured


FULL: Final = Dose(
    rounds=7,
    times=100,
    concepts=500,
    long_life=10_000,
    stored=100_000,
    changes=(10_000, 100_000, 1_000_000),
    tasks=1_000_000,
    clients=8,
    subspaces=100,
    batch=100,
    artifacts=100_000,
    signals=1_000_000,
    due=(10_000, 100_000, 1_000_000),
    workers=(2, 4),
    batches=(1, 100),
    seconds=2.0,
    heavy=True,
    finished=(0, 50_000, 100_000),
)
SMALL: Final = Dose(
    rounds=1,
    times=2,
    concepts=5,
    long_life=20,
    stored=20,
    changes=(200, 400),
    tasks=1_000,
    clients=2,
    subspaces=5,
    batch=3,
    artifacts=100,
    signals=20_000,
    due=(1_200,),
    workers=(1,),
    batches=(100,),
    seconds=0.2,
    heavy=False,
    finished=(0, 6_000),
)


@frozen
class Way:
    """One way to do a thing; `done` returns how often it was done, from what was stored."""

    act: Act
    done: Callable[[], int]


@frozen(kw_only=True)
class Measured:
    """The figures of one way, one per round; rows of one group can be compared."""

    name: str
    group: str = ""
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the figure of the middle round."""
        return median(self.values)

    def over(self, other: "Measured") -> float:
        """Return the ratio to another way: the median of the ratios of the rounds.

        What can happen once only, such as a first seal, has one figure and no round to compare.
        """
        if len(self.values) == 1:
            return self.median / other.median

        pairs = zip(self.values, other.values, strict=True)
        return median(own / its for own, its in pairs)


@frozen(kw_only=True)
class Goal:
    """A promised limit, and the measured value."""

    promise: str
    value: float
    at_least: float = 0.0
    at_most: float = float("inf")

    @property
    def is_reached(self) -> bool:
        """Return whether the value is within the limit."""
        return self.at_least <= self.value <= self.at_most


@frozen(kw_only=True)
class Table:
    """Measured rows that belong together; `baseline` names the row that others are divided by."""

    name: str
    title: str
    description: str
    rows: tuple[Measured, ...]
    baseline: str
    goals: tuple[Goal, ...] = ()
    statements: tuple[str, ...] = ()  # of the bare driver

    def __attrs_post_init__(self) -> None:
        """Refuse promises that a reader of the page could not tell apart."""
        promises = Counter(goal.promise for goal in self.goals)
        repeated = [promise for promise, count in promises.items() if count > 1]
        assert not repeated, f"table {self.name} has more than one promise named {repeated}"

    def compared(self) -> Iterator[tuple[Measured, float]]:
        """Yield each row with its ratio to the baseline of its group."""
        baselines = {row.group: row for row in self.rows if row.name == self.baseline}
        for row in self.rows:
            yield row, row.over(baselines[row.group])


def measure_in_turns(
    ways: Mapping[str, Way], dose: Dose, group: str = ""
) -> Mapping[str, Measured]:
    """Measure the milliseconds of one call of each way, by round.

    Raises:
        AssertionError: A way did not do its work each time.
    """
    values: dict[str, list[float]] = {name: [] for name in ways}
    before = {name: way.done() for name, way in ways.items()}

    gc.collect()
    gc.freeze()  # objects from before must not be scanned by each collection
    try:
        _measure_round(ways, dose.times)  # the first round fills caches
        for _ in range(dose.rounds):
            for name, seconds in _measure_round(ways, dose.times).items():
                values[name].append(seconds / dose.times * MILLISECONDS)
    finally:
        gc.unfreeze()

    expected = dose.times * (dose.rounds + 1)
    done = {name: way.done() - before[name] for name, way in ways.items()}
    assert set(done.values()) == {expected}, done

    measured: dict[str, Measured] = {}
    for name, own in values.items():
        measured[name] = Measured(name=name, group=group, unit="ms", values=tuple(own))

    return measured


def _measure_round(ways: Mapping[str, Way], times: int) -> Mapping[str, float]:
    """Return the seconds of many calls of each way: a few of one, then a few of the next."""
    seconds = dict.fromkeys(ways, 0.0)
    for done in range(0, times, CALLS_PER_TURN):
        for name, way in ways.items():
            seconds[name] += seconds_of(way.act, min(CALLS_PER_TURN, times - done))

    return seconds


def seconds_of(act: Act, times: int = 1) -> float:
    """Measure the seconds of some calls."""
    gc.collect()  # of the garbage of others
    started = time.perf_counter()
    for _ in range(times):
        act()

    return time.perf_counter() - started
