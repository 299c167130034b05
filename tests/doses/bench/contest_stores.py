"""Measure settlements of contests in databases: the steps, and how long others are blocked."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from attrs import define, field, frozen
from tests.architecture.sources import ROOT
from tests.doses.bench.contest_probes import Probes, Window
from tests.doses.bench.contest_rows import due_contest_of
from tests.doses.bench.plain_copies import PlainCopy, clear, plain_connection
from tests.doses.bench.rounds import MILLISECONDS, Dose, Goal, Measured, Table
from tests.doses.chaos.testbed import Testbed

from indelible.contests.rules.configuration.schema import MAX_ENTRIES
from indelible_sql import open_store
from indelible_sql.contests.tables.runs import LINES

SIZES: Final = (1_000, 10_000, MAX_ENTRIES)
FEW_SIZES: Final = (30,)
COMPARED_SIZES: Final = (10_000, MAX_ENTRIES)
MAX_ROUNDS: Final = 3  # each fills a new database
MAX_GROWTH: Final = 20  # of the time from 10,000 to 100,000 entries
MAX_SHARE: Final = 0.2  # of the processor time before the transaction
KIB_PER_MIB: Final = 1024
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
STEPS: Final = ("start", "read", "compute", "prepare", "write")
WHOLE: Final = "whole settlement"
ALONE: Final = "edit, before"
OURS, STATEMENT, LOOP = "indelible", "one statement", "row loop"
LINE_COPY: Final = PlainCopy(LINES)
Way = Callable[[Any], Window]
LOAD: Final = (
    "The entries are copied by SQL with guards lifted, because handlers take milliseconds for each;"
    " everything that is measured has all guards."
)
SETTLEMENTS: Final = (
    "A settlement in a process of its own, as the stage does it: start the run, read everything in"
    " one read, compute, prepare the rows with their digest, and write contest, run and lines in"
    f" one transaction. {LOAD}"
)
MEMORY: Final = "The peak memory of the same processes."
WRITES: Final = (
    "The transaction of `finish`, compared with one `INSERT ... SELECT` of the same lines, and with"
    " a loop that inserts one row after the other. Both add them to a table with the same"
    " constraints and indexes, but without guards, in the same run."
)
BLOCKED: Final = (
    "The longest edit of a concept that any part of a write overlapped, and the longest time from"
    " the beginning of such an edit until the feed had it. SQLite has one writer at a time, and"
    " refuses another one after 5 seconds; here it tries again. On PostgreSQL an edit is not"
    " blocked, but the feed returns changes in the order of their transactions, and waits for the"
    " oldest one."
)


@frozen(kw_only=True)
class Settled:
    """The figures of one settlement in a database and of the writes after it, in seconds."""

    steps: dict[str, float]
    processor: dict[str, float]
    memory: float
    writes: dict[str, float]
    blocked: dict[str, float]
    refusals: int


@frozen(kw_only=True)
class Urls:
    """The addresses of a database, by role."""

    application: str
    owner: str
    admin: str


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
    """The rows of the four tables of settlements."""

    steps: Rows = field(factory=lambda: Rows("s"))
    memory: Rows = field(factory=lambda: Rows("MiB"))
    writes: Rows = field(factory=lambda: Rows("s"))
    blocked: Rows = field(factory=lambda: Rows("ms"))
    processor: dict[str, float] = field(factory=dict[str, float])  # share in the transaction

    def add(self, database: str, size: int, settled: Settled) -> None:
        """Add the figures of one settlement."""
        group = group_of(database, size)
        self.steps.add(group, WHOLE, sum(settled.steps.values()))
        for name, seconds in settled.steps.items():
            self.steps.add(group, name, seconds)
        self.memory.add(database, f"{size:,} entries", settled.memory)
        for name, seconds in settled.writes.items():
            self.writes.add(group, name, seconds)
        for name, seconds in settled.blocked.items():
            self.blocked.add(group, name, seconds * MILLISECONDS)
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
                settled = measure(bed, database, size)
                if settled.refusals:
                    print(f"{group_of(database, size)}: {settled.refusals} refused edits")
                found.add(database, size, settled)

    goals: list[Goal] = []
    if dose.heavy:
        goals = list(_goals(found))
    yield _table("contest-store-settlements", "Settling a contest", SETTLEMENTS, found.steps, goals)
    yield Table(
        name="contest-store-memory",
        title="The memory of settling a contest",
        description=MEMORY,
        rows=found.memory.measured(),
        baseline=f"{sizes[0]:,} entries",
    )
    yield _table("contest-store-writes", "Storing the lines of a settlement", WRITES, found.writes)
    yield _table("contest-store-blocked", "Others while lines are stored", BLOCKED, found.blocked)


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


def _table(
    name: str, title: str, description: str, rows: Rows, goals: Sequence[Goal] = ()
) -> Table:
    baselines = {
        "contest-store-settlements": WHOLE,
        "contest-store-writes": STATEMENT,
        "contest-store-blocked": ALONE,
    }
    return Table(
        name=name,
        title=title,
        description=description,
        rows=rows.measured(),
        baseline=baselines[name],
        goals=tuple(goals),
    )


def measure(bed: Testbed, database: str, size: int) -> Settled:
    """Settle a new contest in a new database, and store its lines in other ways."""
    urls = _new_database(bed, database)
    contest_id = due_contest_of(urls.application, urls.admin, size)
    store = open_store(urls.application)
    with Probes(store) as probes, plain_connection(urls.owner) as connection:
        LINE_COPY.create(connection)
        probes.wait()
        blocked = {ALONE: max(edit.window.seconds for edit in probes.edits)}
        figures = _settle_in_child(urls.application, contest_id)
        assert figures["lines"] == size
        began_at, ended_at, _ = figures["steps"]["write"]
        windows = {OURS: Window(began_at, ended_at)}
        windows |= _other_windows(probes, connection, size)
    store.dispose()

    for name, window in windows.items():
        blocked[f"edit during {name}"] = probes.edit_seconds(window)
        blocked[f"feed during {name}"] = probes.feed_seconds(window)
    steps: dict[str, float] = {}
    processor: dict[str, float] = {}
    for name, (began, ended, used) in figures["steps"].items():
        steps[name] = ended - began
        processor[name] = used
    return Settled(
        steps=steps,
        processor=processor,
        memory=figures["memory"] / KIB_PER_MIB,
        writes={name: window.seconds for name, window in windows.items()},
        blocked=blocked,
        refusals=probes.refusals(windows[OURS]),
    )


def _new_database(bed: Testbed, database: str) -> Urls:
    """Create an empty database."""
    if database == SQLITE:
        url = bed.sqlite()
        return Urls(application=url, owner=url, admin=url)

    server = bed.postgresql()
    return Urls(application=server.url, owner=server.owner_url, admin=server.admin_url)


def _other_windows(
    probes: Probes,
    connection: Any,  # noqa: ANN401 - of either driver
    size: int,
) -> dict[str, Window]:
    """Store the lines of a settlement in the other ways, and return when."""
    ways: dict[str, Way] = {
        STATEMENT: LINE_COPY.by_one_statement,
        LOOP: LINE_COPY.by_row_loop,
    }
    windows: dict[str, Window] = {}
    for name, way in ways.items():
        probes.wait()
        windows[name] = way(connection)
        clear(connection, size)

    probes.wait()
    return windows


def _settle_in_child(url: str, contest_id: str) -> dict[str, Any]:
    """Settle in a new process, whose memory and processor time are its own."""
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
