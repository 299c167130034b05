"""What the page on the architecture names is there, and no cell of its table is empty."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.pages import DOCS, code, is_there, page, rows
from tests.architecture.sources import ROOT, SOURCES

TEXT = page("architecture.md")
TABLE = list(rows(TEXT, "invariant"))
FROZEN = SOURCES["indelible_sql"] / "schema" / "migrations" / "versions"
ALL_OF_THEM = ("every guard, ", "the guards of the host's table, ")
NOT_OURS = {"backend/INFRA_HANDOFF.md"}
SQL = {
    name: (FROZEN / f"0001.{name}.sql").read_text(encoding="utf-8")
    for name in ("sqlite", "postgresql")
}
QUESTIONS = (
    "a skipped state is refused",
    "a lost COMMIT",
    "a stale edit fails",
    "DELETE, UPDATE and TRUNCATE on history",
    "warnings",
    "a receipt",
    "what is hashed",
    "who may approve",
    "the feed's cursor",
)
A_FILE = re.compile(r"(?:[\w.-]+/)+[\w.-]*\.(?:py|sql|md|toml|txt)(?:: [\w.]+)?")


def pages() -> Iterator[Path]:
    """Every page that people write; `reference/guards.md` is measured, and compared by its own test."""
    yield from (
        path
        for path in DOCS.rglob("*.md")
        if "_build" not in path.parts and path.name != "guards.md"
    )
    yield from (
        ROOT / "README.md",
        *(package.parents[1] / "README.md" for package in SOURCES.values()),
    )


def is_guard(name: str, database: str) -> bool:
    """Whether the database has a constraint, trigger, index or domain of this name."""
    return (
        re.search(rf"(?:CONSTRAINT|TRIGGER|INDEX|DOMAIN) (?:indelible\.)?{name}\b", SQL[database])
        is not None
    )


def test_there_is_an_invariant_for_each_of_the_five_ideas_and_more() -> None:
    assert len(TABLE) >= 20


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_an_invariant_is_enforced_in_three_places_and_tested(row: list[str]) -> None:
    assert len(row) == 5
    assert all(row)
    _, domain, sqlite, postgresql, tests = row

    assert code(domain)
    assert not [name for name in code(domain) if not is_there(name)]
    for database, cell in (("sqlite", sqlite), ("postgresql", postgresql)):
        names = [name for name in code(cell) if name != "verify"]
        assert names or "*none*" in cell or cell.startswith(ALL_OF_THEM)
        assert not [name for name in names if not is_guard(name, database)]
    assert code(tests)
    assert not [name for name in code(tests) if "::" not in name or not is_there(name)]


def test_every_file_and_function_that_the_page_names_is_there() -> None:
    named = [name for name in code(TEXT) if A_FILE.fullmatch(name)]

    assert len(named) > len(TABLE)
    assert not [name for name in named if not is_there(name)]


@pytest.mark.parametrize("matter", QUESTIONS)
def test_a_fresh_reader_s_question_leads_to_a_file_and_a_function(matter: str) -> None:
    found = {row[0]: row[1] for row in rows(TEXT, "matter")}

    assert [name for name in code(found[matter]) if A_FILE.fullmatch(name) and ": " in name]
    assert "## To add a column" in TEXT


@pytest.mark.parametrize("name", sorted(path.relative_to(ROOT).as_posix() for path in pages()))
def test_every_file_that_a_page_names_is_there(name: str) -> None:
    named = {
        each for each in code((ROOT / name).read_text(encoding="utf-8")) if A_FILE.fullmatch(each)
    } - NOT_OURS

    assert not [each for each in named if not is_there(each) and not is_there(f"tests/{each}")]


def test_every_link_of_the_page_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)

    assert links
    assert not [link for link in links if not is_there(f"docs/{link}")]


@pytest.mark.parametrize(
    ("name", "database"), [("history_no_rewrite", "sqlite"), ("concepts_no_replace", "postgresql")]
)
def test_a_guard_that_a_database_does_not_have_is_not_taken_for_one(
    name: str, database: str
) -> None:
    assert not is_guard(name, database)
