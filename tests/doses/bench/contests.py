"""Measure the pure part of contests: settlements by size.

What a settlement costs in a database is measured with the stores.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

from tests.architecture.sources import ROOT
from tests.doses.bench.rounds import Dose, Goal, Measured, Table
from tests.testbed import Testbed

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
FEW_SIZES: Final = (20, 200)
MAX_ROUNDS: Final = 3  # a million entries take most of a minute to generate
MAX_GROWTH: Final = 20  # of the time from 10,000 to 100,000 entries
SETTLEMENTS: Final = (
    "Each settlement runs in a process of its own with 156 players and rosters of six. The time is"
    " that of the pure computation: scores, ranks, payouts and both digests."
)


def tables(_: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure settlements in child processes."""
    rounds = min(dose.rounds, MAX_ROUNDS)
    sizes = SIZES if dose.heavy else FEW_SIZES
    seconds: list[Measured] = []
    for size in sizes:
        figures = [_settle_in_child(size) for _ in range(rounds)]
        own_seconds = tuple(figure["seconds"] for figure in figures)
        name = _name_of(size)
        seconds.append(Measured(name=name, unit="s", values=own_seconds))

    baseline = _name_of(sizes[1])
    goals: tuple[Goal, ...] = ()
    if dose.heavy:
        promise = f"100,000 entries take at most {MAX_GROWTH} times the time of 10,000"
        goals = (Goal(promise=promise, value=seconds[2].over(seconds[1]), at_most=MAX_GROWTH),)
    yield Table(
        name="contest-settlements",
        title="Computing a settlement",
        description=SETTLEMENTS,
        rows=tuple(seconds),
        baseline=baseline,
        goals=goals,
    )


def _name_of(size: int) -> str:
    return f"{size:,} entries"


def _settle_in_child(entries: int) -> dict[str, float]:
    """Settle in a new process, whose peak memory is its own."""
    done = subprocess.run(
        (sys.executable, "-m", "tests.doses.bench.contest_settlements", str(entries)),
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
