"""The database's clock is named in one module, so that it can be replaced in one place."""

import re

import pytest
from tests.architecture.sources import ROOT

OWNER = "packages/adapters/sql/src/indelible_sql/schema/database_time.py"
FROZEN = "migrations/versions"  # what was released
WORDS = "kernel/reserved_names.py"  # words that no field can have as its name
CLOCK = re.compile(
    r"clock_timestamp|statement_timestamp|transaction_timestamp|localtime(?:stamp)?\b"
    r"|current_(?:timestamp|date|time)\b|timeofday|julianday|unixepoch|'now'"
    r"|func\.now\b|(?<![.\w])now\(\)",
    re.IGNORECASE,
)


def clocks_in(text: str) -> list[str]:
    """Return the functions of a database's clock that a text names."""
    return [match[0] for match in CLOCK.finditer(text)]


@pytest.mark.slow
def test_no_other_module_names_a_clock_of_a_database() -> None:
    found: dict[str, list[str]] = {}
    for pattern in ("packages/**/src/**/*.py", "packages/**/src/**/*.sql"):
        for path in ROOT.glob(pattern):
            name = path.relative_to(ROOT).as_posix()
            clocks = clocks_in(path.read_text(encoding="utf-8"))
            if clocks and FROZEN not in name and not name.endswith(WORDS):
                found[name] = clocks

    assert list(found) == [OWNER]
