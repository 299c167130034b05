"""The invariants of seed 003 have code, guards and tests, and the page says so in its words."""

import re

import pytest
from tests.architecture.pages import code, is_there, page, rows
from tests.architecture.sources import ROOT, SOURCES
from tests.architecture.test_architecture_md import is_guard

TEXT = page("architecture.md")
INVARIANTS = list(rows(TEXT, "invariant of seed 003"))
NAMES = (
    "Job immutability",
    "Status transitions",
    "Repo ownership",
    "Workspace cleanup",
    "latest_successful_job_id",
    "warnings persistence",
)
CHECKS = "tests/core/projects/test_schema_refinements.py"


@pytest.mark.parametrize("row", INVARIANTS, ids=lambda row: row[0])
def test_each_invariant_of_the_seed_names_its_code_and_its_tests(row: list[str]) -> None:
    assert len(row) == 4
    assert all(row)
    _, here, guards, tests = row

    assert [name for name in code(here) if not is_there(name)] == []
    assert code(guards) or guards == "*none*"
    for database in ("sqlite", "postgresql"):
        assert [name for name in code(guards) if not is_guard(name, database)] == []
    assert [name for name in code(tests) if "::" not in name or not is_there(name)] == []
    assert code(here)
    assert code(tests)


def test_the_table_has_the_six_rows_of_the_seed() -> None:
    assert tuple(row[0] for row in INVARIANTS) == NAMES


def test_the_prompt_for_an_agent_names_our_page_and_our_checks() -> None:
    prompt = " ".join(re.findall(r"^> (.*)$", TEXT, re.MULTILINE))

    assert "`docs/architecture.md`" in prompt
    assert f"`python {CHECKS}`" in prompt
    assert "Do not propose schema changes unless" in prompt
    assert (ROOT / CHECKS).is_file()


@pytest.mark.parametrize("number", range(1, 9))
def test_the_phases_of_the_seed_are_marked_in_the_code(number: int) -> None:
    path = SOURCES["indelible"] / "projects" / "tasks" / "process_job.py"
    comments = re.findall(r"# PHASE (\d):", path.read_text(encoding="utf-8"))

    assert comments.count(str(number)) == 1
