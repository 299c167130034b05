"""Measure the processor time of ways to do a thing, in this process or in that of a server."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil
from attrs import frozen
from tests.doses.bench.rounds import MILLISECONDS, Act, Dose, Measured

NANOSECOND: Final = 1e-9


@frozen
class Work:
    """A way to do a thing; `seconds` returns what its processes have taken of the processor."""

    act: Act
    seconds: Callable[[], float]


def measure_processor(
    ways: Mapping[str, Work], dose: Dose, calls: int, group: str
) -> Mapping[str, Measured]:
    """Measure the milliseconds of one call in turns; an act makes so many calls."""
    values: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way.act()  # fills caches
    for _ in range(dose.rounds):
        seconds = dict.fromkeys(ways, 0.0)
        for _ in range(dose.times):
            for name, way in ways.items():
                before = way.seconds()
                way.act()
                seconds[name] += way.seconds() - before
        for name, taken in seconds.items():
            values[name].append(taken / dose.times / calls * MILLISECONDS)

    measured: dict[str, Measured] = {}
    for name, own in values.items():
        measured[name] = Measured(name=name, group=group, unit="ms", values=tuple(own))

    return measured


def seconds_of_processes(pid: int) -> float:
    """Return what the threads that run in a process and in those below it have taken so far.

    The system says it in nanoseconds, where the times of a process have steps of ten milliseconds.
    """
    first = psutil.Process(pid)
    total = 0
    for process in (first, *first.children(recursive=True)):
        for thread in Path(f"/proc/{process.pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                total += int((thread / "schedstat").read_text().split()[0])

    return total * NANOSECOND
