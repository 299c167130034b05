"""Measures ways to do one thing in turns, so that what else the machine does falls on all of them."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Final

from attrs import frozen

Act = Callable[[], object]
MILLISECONDS: Final = 1e3


@frozen(kw_only=True)
class Dose:
    """How much is measured."""

    rounds: int  # of all ways in turn, after one that only warms up
    times: int  # that each way acts in a round
    concepts: int  # among which a measured one stands
    long_life: int  # versions of a concept that has many
    kept: int  # concepts in a store that has many
    clients: int  # that ask a server at once


FULL: Final = Dose(rounds=7, times=100, concepts=500, long_life=10_000, kept=100_000, clients=4)
SMALL: Final = Dose(rounds=1, times=2, concepts=5, long_life=20, kept=20, clients=2)


@frozen
class Way:
    """One way to do the thing, and how often it was done, as whatever keeps it says."""

    act: Act
    done: Callable[[], int]


@frozen(kw_only=True)
class Measured:
    """What one way took, or gave, in each round; a group is what can be compared."""

    name: str
    group: str = ""
    unit: str
    taken: tuple[float, ...]

    @property
    def median(self) -> float:
        """What it took in the middle round."""
        return median(self.taken)

    def over(self, other: "Measured") -> float:
        """How many times the other's: the median of the rounds' own ratios."""
        return median(mine / others for mine, others in zip(self.taken, other.taken, strict=True))


@frozen(kw_only=True)
class Goal:
    """A figure that was promised, and what was found."""

    promise: str
    found: float
    least: float = 0.0
    most: float = float("inf")

    @property
    def is_reached(self) -> bool:
        """Whether it was kept."""
        return self.least <= self.found <= self.most


@frozen(kw_only=True)
class Table:
    """Some measures that belong together."""

    name: str
    title: str
    says: str
    rows: tuple[Measured, ...]
    beside: str  # the row of each group that its others are compared with
    goals: tuple[Goal, ...] = ()

    def compared(self) -> Iterator[tuple[Measured, float]]:
        """Each row, and how many times that of the row beside which it stands."""
        for row in self.rows:
            (beside,) = (each for each in self.rows if (each.group, each.name) == (row.group, self.beside))
            yield row, row.over(beside)


def in_turns(ways: Mapping[str, Way], dose: Dose, group: str = "") -> Mapping[str, Measured]:
    """How many milliseconds each way takes to act once, by round; AssertionError where it did not do it each time."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    before = {name: way.done() for name, way in ways.items()}
    for turn in range(dose.rounds + 1):
        for name, way in ways.items():
            spent = seconds_of(way.act, dose.times) / dose.times
            if turn:  # the first round is for caches
                taken[name].append(spent * MILLISECONDS)
    done = {name: way.done() - before[name] for name, way in ways.items()}
    assert set(done.values()) == {dose.times * (dose.rounds + 1)}, done
    return {name: Measured(name=name, group=group, unit="ms", taken=tuple(found)) for name, found in taken.items()}


def seconds_of(act: Act, times: int = 1) -> float:
    """How long it takes to act so many times."""
    gc.collect()  # nobody pays for what another left
    begun = time.perf_counter()
    for _ in range(times):
        act()
    return time.perf_counter() - begun
