"""Measures ways to do one thing in turns, so that what else the machine does falls on all of them."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Final

from attrs import frozen

Act = Callable[[], object]
MILLISECONDS: Final = 1e3
FEW: Final = 10  # that a way acts before the next has its turn


@frozen(kw_only=True)
class Dose:
    """How much is measured."""

    rounds: int  # of all ways in turn, after one that only warms up
    times: int  # that each way acts in a round
    concepts: int  # among which a measured one stands
    long_life: int  # versions of a concept that has many
    kept: int  # concepts in a store that has many
    clients: int  # that ask a server at once
    subspaces: int  # of the space that captures go to
    batch: int  # captures in one transaction
    artifacts: int  # in a space that has many
    signals: int  # in another that has many
    due: tuple[int, ...]  # work, when claims of it begin
    workers: tuple[int, ...]  # that claim at once
    batches: tuple[int, ...]  # of ours
    seconds: float  # for which they do
    heavy: bool  # whether those are beside them that take long to begin
    finished: tuple[int, ...]  # under an old snapshot, when claims are looked at


FULL: Final = Dose(
    rounds=7,
    times=100,
    concepts=500,
    long_life=10_000,
    kept=100_000,
    clients=4,
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
    kept=20,
    clients=2,
    subspaces=5,
    batch=3,
    artifacts=100,
    signals=20_000,
    due=(1_200,),
    workers=(2,),
    batches=(100,),
    seconds=0.2,
    heavy=False,
    finished=(0, 6_000),
)


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
    statements: tuple[str, ...] = ()  # that the bare driver sent

    def compared(self) -> Iterator[tuple[Measured, float]]:
        """Each row, and how many times that of the row beside which it stands."""
        for row in self.rows:
            (beside,) = (
                each for each in self.rows if (each.group, each.name) == (row.group, self.beside)
            )
            yield row, row.over(beside)


def in_turns(ways: Mapping[str, Way], dose: Dose, group: str = "") -> Mapping[str, Measured]:
    """How many milliseconds each way takes to act once, by round; AssertionError where it did not do it each time."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    before = {name: way.done() for name, way in ways.items()}
    gc.collect()
    gc.freeze()  # what was there before is nobody's, and is not looked through at each collection
    try:
        for turn in range(dose.rounds + 1):
            for name, spent in _round(ways, dose.times).items():
                if turn:  # the first round is for caches
                    taken[name].append(spent / dose.times * MILLISECONDS)
    finally:
        gc.unfreeze()
    done = {name: way.done() - before[name] for name, way in ways.items()}
    assert set(done.values()) == {dose.times * (dose.rounds + 1)}, done
    return {
        name: Measured(name=name, group=group, unit="ms", taken=tuple(found))
        for name, found in taken.items()
    }


def _round(ways: Mapping[str, Way], times: int) -> Mapping[str, float]:
    """The seconds that each way takes to act so many times, a few and then the next way's few."""
    spent = dict.fromkeys(ways, 0.0)
    for done in range(0, times, FEW):
        for name, way in ways.items():
            spent[name] += seconds_of(way.act, min(FEW, times - done))
    return spent


def seconds_of(act: Act, times: int = 1) -> float:
    """How long it takes to act so many times."""
    gc.collect()  # nobody pays for what another left
    begun = time.perf_counter()
    for _ in range(times):
        act()
    return time.perf_counter() - begun
