"""Measure settlements of contests in databases, step by step."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

from attrs import define, field, frozen
from tests.architecture.sources import ROOT
from tests.doses.bench.contest_rows import due_contest_of
from tests.doses.bench.rounds import Dose, Goal, Measured, Table
from tests.testbed import Testbed

from indelible.contests.rules.configuration.schema import MAX_ENTRIES

SIZES: Final = (1_000, 10_000, MAX_ENTRIES)
FEW_SIZES: Final = (30,)
COMPARED_SIZES: Final = (10_000, MAX_ENTRIES)
MAX_ROUNDS: Final = 3  # each fills a new database
MAX_GROWTH: Final = 20  # of the time from 10,000 to 100,000 entries
MAX_SHARE: Final = 0.2  # of the processor time before the transaction
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
STEPS: Final = ("start", "read", "compute", "prepare", "write")
WHOLE: Final = "whole settlement"
LOAD: Final = (
    "The entries are copied by SQL with guards lifted, because handlers take milliseconds for each;"
    " everything that is measured has all guards."
)
SETTLEMENTS: Final = (
    "A settlement in a process of its own, as the stage does it: start the run, read everything in"
    " one read, compute, prepare the rows with their digest, and write contest, run and lines in"
    f" one transaction. {LOAD}"
)


@frozen(kw_only=True)
class Settled:
    """The figures of one settlement in a database, in seconds."""

    steps: dict[str, float]
    processor: dict[str, float]


@define
class Rows:
    """The figures of all rounds, by group and name, in order."""

    unit: str
    values: dict[str, dict[str, list[float]]] = field(
        factory=dict[str, dict[str, list[float]]], init=False
    )

    def add(self, group: str, name: str, value: float) -> None:
        """Add the figure of a round."""
        self.values.setdefault(group, {}).setdefault(name, []).append(value)

    def measured(self) -> tuple[Measured, ...]:
        """Return the rows of a table."""
        rows: list[Measured] = []
        for group, figures in self.values.items():
            for name, values in figures.items():
                rows.append(Measured(name=name, group=group, unit=self.unit, values=tuple(values)))

        return tuple(rows)


@define
class Tables:
    """The rows of settlements, and the share of processor time in the transaction."""

    steps: Rows = field(factory=lambda: Rows("s"))
    processor: dict[str, float] = field(factory=dict[str, float])  # share in the transaction

    def add(self, database: str, size: int, settled: Settled) -> None:
        """Add the figures of one settlement."""
        group = group_of(database, size)
        self.steps.add(group, WHOLE, sum(settled.steps.values()))
        for name, seconds in settled.steps.items():
            self.steps.add(group, name, seconds)
        before = sum(settled.processor[name] for name in STEPS if name != "write")
        self.processor[group] = settled.processor["write"] / before

    def whole(self, database: str, size: int) -> Measured:
        """Return the times of whole settlements."""
        group = group_of(database, size)
        rows = self.steps.measured()
        return next(row for row in rows if (row.group, row.name) == (group, WHOLE))


def group_of(database: str, size: int) -> str:
    """Return the group of the rows of a size."""
    return f"{database}, {size:,} entries"


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure settlements of each size on both databases."""
    sizes = SIZES if dose.heavy else FEW_SIZES
    found = Tables()
    for _ in range(min(dose.rounds, MAX_ROUNDS)):
        for database in (POSTGRESQL, SQLITE):
            for size in sizes:
                found.add(database, size, measure(bed, database, size))

    goals: list[Goal] = []
    if dose.heavy:
        goals = list(_goals(found))
    yield Table(
        name="contest-store-settlements",
        title="Settling a contest",
        description=SETTLEMENTS,
        rows=found.steps.measured(),
        baseline=WHOLE,
        goals=tuple(goals),
    )


def _goals(found: Tables) -> Iterator[Goal]:
    few, many = COMPARED_SIZES
    for database in (POSTGRESQL, SQLITE):
        growth = found.whole(database, many).over(found.whole(database, few))
        promise = f"{database}: 100,000 entries take at most {MAX_GROWTH} times the time of 10,000"
        yield Goal(promise=promise, value=growth, at_most=MAX_GROWTH)
    # SQLite stores rows in this process: its own work is in the same figure.
    yield Goal(
        promise="PostgreSQL: our processor time in the transaction, over that before it",
        value=found.processor[group_of(POSTGRESQL, many)],
        at_most=MAX_SHARE,
    )


def measure(bed: Testbed, database: str, size: int) -> Settled:
    """Settle a new contest in a new database."""
    url = admin_url = bed.sqlite()
    if database == POSTGRESQL:
        server = bed.postgresql()
        url, admin_url = server.url, server.admin_url
    figures = _settle_in_child(url, due_contest_of(url, admin_url, size))
    assert figures["lines"] == size
    steps: dict[str, float] = {}
    processor: dict[str, float] = {}
    for name, (began, ended, used) in figures["steps"].items():
        steps[name] = ended - began
        processor[name] = used
    return Settled(steps=steps, processor=processor)


def _settle_in_child(url: str, contest_id: str) -> dict[str, Any]:
    """Settle in a new process, whose processor time is its own."""
    done = subprocess.run(
        (sys.executable, "-m", "tests.doses.bench.contest_program", url, contest_id),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures
