"""Test that a finder reads by an index, in a total order."""

import re
from typing import Final

import pytest
from tests.sql.finders import CALLS, FinderCall
from tests.sql.plans import plan
from tests.sql.test_row_order import is_totally_ordered

from indelible_sql import SqlStore

NO_INDEX: Final = re.compile(r"SCAN (main\.)?[a-z_0-9]+$")


def has_index(lines: list[str]) -> bool:
    """Return whether SQLite reads no table without an index."""
    return not any(NO_INDEX.search(line) for line in lines)


def counts_all_rows(call: FinderCall) -> bool:
    """Return whether a finder counts all rows of its table."""
    return ".count_by_status(" in call.name


@pytest.mark.parametrize("name", CALLS)
def test_sqlite_answers_a_finder_by_an_index(sqlite: SqlStore, name: str) -> None:
    call = CALLS[name]
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", call.statement, **call.values)

    assert lines
    assert counts_all_rows(call) or has_index(lines)


@pytest.mark.parametrize("name", CALLS)
def test_a_finder_has_a_total_order(name: str) -> None:
    assert is_totally_ordered(CALLS[name].statement)
