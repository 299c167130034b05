"""Each iteration of seed 002 has a complete page, and the closure names what shows it."""

import re
from pathlib import Path

import pytest
from tests.architecture.pages import DOCS, code, is_there, page, rows
from tests.architecture.sources import ROOT

ITERATIONS = sorted((DOCS / "iterations").glob("[0-9]*.md"))
SECTIONS = (
    "## Objective",
    "## Constraints",
    "## Architecture",
    "## SOLID Enforcement",
    "## Decisions",
    "## Lessons Learned",
)
HEADINGS = (
    "requirement",
    "question",
    "condition of the contract freeze",
    "condition of the automatic payout",
    "requirement of the automatic payout",
    "condition of the runbooks",
    "requirement of the runbooks",
    "survivable when",
)
CLOSED = "Closed before [iteration 05](05-automatic-payout.md) begins."
SNAPSHOTS = ("schema.snapshot.sql", "schema.snapshot.partitions.sql", "schema.snapshot.sqlite.sql")
SNAPSHOT_HEADER = re.compile(r"-- iteration \d+, \d{4}-\d{2}-\d{2}, revision \d{4}")
MIN_LESSONS = 3
LINES_OF_SURVIVABILITY = 21  # of seed 002, "Definition of 30-Day Survivability"


def faults(text: str) -> list[str]:
    """Return what is missing in the page of an iteration."""
    headings = re.findall(r"^## .+$", text, re.MULTILINE)
    problems: list[str] = []
    if headings != list(SECTIONS):
        problems.append(f"sections: {headings}")
    lessons = text.partition("## Lessons Learned")[2]
    if len(re.findall(r"^- ", lessons, re.MULTILINE)) < MIN_LESSONS:
        problems.append("too few lessons")

    return problems


@pytest.mark.parametrize("iteration", ITERATIONS, ids=lambda path: path.stem)
def test_an_iteration_has_all_sections(iteration: Path) -> None:
    assert faults(iteration.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("section", SECTIONS)
def test_a_missing_section_is_reported(section: str) -> None:
    complete = ITERATIONS[0].read_text(encoding="utf-8")
    assert faults(complete.replace(section, "## Something else"))


def test_an_iteration_without_lessons_is_reported() -> None:
    complete = ITERATIONS[0].read_text(encoding="utf-8")
    heading = "## Lessons Learned"
    assert faults(complete.partition(heading)[0] + heading) == ["too few lessons"]


@pytest.mark.parametrize("iteration", ITERATIONS, ids=lambda path: path.stem)
def test_every_test_that_an_iteration_names_exists(iteration: Path) -> None:
    table = list(rows(iteration.read_text(encoding="utf-8"), "principle"))
    named: list[str] = []
    for row in table:
        named += code(row[2])

    assert len(table) == 5  # The principles of SOLID.
    assert [name for name in named if not is_there(name)] == []


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_answer_of_the_review_names_a_test(heading: str) -> None:
    table = list(rows(page("iterations/closure.md"), heading))
    assert table
    for row in table:
        names = code(row[-1])
        assert names, row
        assert [name for name in names if not is_there(name)] == []


@pytest.mark.parametrize("name", ["03-payments-and-ledger", "04-contract-freeze"])
def test_iterations_03_and_04_are_closed_before_05_begins(name: str) -> None:
    text = page(f"iterations/{name}.md")
    assert CLOSED in text.partition("## Objective")[0]
    assert f"({name}.md)" in page("iterations/05-automatic-payout.md").partition("##")[0]


def test_iteration_06_begins_after_05() -> None:
    beginning = page("iterations/06-runbooks-and-absence.md").partition("##")[0]
    assert "Begins after the closure of [iteration 05](05-automatic-payout.md)." in beginning


def test_each_line_of_the_definition_of_survivability_is_in_the_closure() -> None:
    assert (
        len(list(rows(page("iterations/closure.md"), "survivable when"))) == LINES_OF_SURVIVABILITY
    )


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_a_snapshot_names_its_iteration_and_its_date(name: str) -> None:
    text = (ROOT / "packages" / "adapters" / "sql" / name).read_text(encoding="utf-8")
    assert SNAPSHOT_HEADER.fullmatch(text.partition("\n")[0])
