"""No guard is there for nothing: without it an attack gets through, or another guard has to refuse it."""

import pytest
from tests.guards.mutations import UNREACHED, Report
from tests.guards.table import DOCUMENT, render


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_every_guard_that_refuses_first_is_missed(database: str, report: Report) -> None:
    first = {guard: held for guard, held in report.holdings[database].held.items() if not held.before}

    assert len(first) >= 100
    assert [guard for guard, held in first.items() if held.without == guard] == []


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_every_guard_that_another_covers_refuses_when_that_one_is_gone(database: str, report: Report) -> None:
    covered = {guard: held for guard, held in report.holdings[database].held.items() if held.before}

    assert [guard for guard, held in covered.items() if held.without in (guard, *held.before)] == []


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_a_guard_that_nothing_reaches_is_explained(database: str, report: Report) -> None:
    found = report.holdings[database]

    assert found.guards - found.held.keys() == UNREACHED[database].keys()


def test_a_guard_is_behind_every_privilege(report: Report) -> None:
    assert len(report.privileges) >= 20
    assert [name for name, held in report.privileges.items() if held.without in ("", name)] == []


def test_the_committed_table_is_the_measured_one(report: Report) -> None:
    """`python -m tests.guards.table` writes it."""
    assert DOCUMENT.read_text(encoding="utf-8") == render(report)
