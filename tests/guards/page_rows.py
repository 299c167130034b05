"""The rows of guards in the committed measurement, and the part of the attacks that a run repeats.

A run of the gate repeats every tenth row, with its attack, and every tenth attack.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.guards.attack_parts import Kind
from tests.guards.attacks import all_attacks
from tests.guards.repeats import repeated

DOCUMENT = Path(__file__).parent / "measured.md"
STEP = 10
HEADINGS: Mapping[str, str] = {"postgresql": "### On PostgreSQL", "sqlite": "### On SQLite"}
GUARD_ROW = re.compile(r"\| `(?P<guard>[^`]+)` \| (?P<attack>.*?) \| .*")


@cache
def page_rows(dialect: str) -> Mapping[str, str]:
    """Map each guard to its row of the table of one database."""
    _, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(f"\n{HEADINGS[dialect]}\n")
    rows: dict[str, str] = {}
    for line in rest.strip().splitlines():
        if not line.startswith("|"):
            break
        row = GUARD_ROW.fullmatch(line)
        if row is not None:
            rows[row["guard"]] = line

    return rows


@cache
def repeated_rows(dialect: str) -> Mapping[str, str]:
    """Return the rows that this run repeats."""
    guards = repeated(page_rows(dialect), STEP)
    return {guard: page_rows(dialect)[guard] for guard in guards}


@cache
def repeated_attacks(dialect: str) -> Kind:
    """Return the attacks that this run repeats without guards, in the order of all attacks."""
    attacks = all_attacks(dialect)
    names = set(repeated(attacks, STEP))
    for line in repeated_rows(dialect).values():
        row = GUARD_ROW.fullmatch(line)
        if row is not None:
            names.add(row["attack"])

    return {name: write for name, write in attacks.items() if name in names}
