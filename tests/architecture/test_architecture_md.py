"""The page on the architecture names what exists, and no cell of its tables is empty."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.pages import DOCS, code, is_there, page, rows
from tests.architecture.sources import ROOT, SOURCES
from tests.sql.freeze import newest_revision
from tests.sql.revisions import WRITTEN, declared_path

TEXT = page("architecture.md")
INVARIANTS = list(rows(page("reference/invariants.md"), "invariant"))
MIN_NAMES = 40  # of files and functions
MIN_INVARIANTS = 40
ALL_GUARDS = ("every guard, ", "the guards of the host's table, ")
NAMED_BY_SEEDS = {
    "backend/DATABASE_SCHEMA.md",
    "backend/INFRA_HANDOFF.md",
    "backend/services/job_worker.py",
}
TESTED_ELSEWHERE = {"seed-map.md"}
SQL = {
    name: declared_path(WRITTEN, newest_revision(), name).read_text(encoding="utf-8")
    for name in ("sqlite", "postgresql")
}
QUESTIONS = (
    "a skipped state is refused",
    "a lost COMMIT",
    "a stale edit is refused",
    "DELETE, UPDATE and TRUNCATE on history",
    "warnings",
    "a repeated request",
    "what is hashed",
    "who may approve",
    "the feed's cursor",
)
TASKS = (
    "add a state or an action",
    "add a field",
    "add a command",
    "add a query",
    "add a route or a page",
    "add a context",
)
FILE = re.compile(r"(?:[\w.-]+/)+[\w.-]*\.(?:py|sql|md|toml|txt)(?:: [\w.]+)?")


def pages() -> Iterator[Path]:
    """Yield the written pages, without one that has a test of its own."""
    for path in DOCS.rglob("*.md"):
        if "_build" not in path.parts and path.name not in TESTED_ELSEWHERE:
            yield path
    yield ROOT / "README.md"
    for package in SOURCES.values():
        yield package.parents[1] / "README.md"


def files_in(text: str) -> list[str]:
    """Return the files and functions that a text names."""
    return [name for name in code(text) if FILE.fullmatch(name)]


def is_guard(name: str, database: str) -> bool:
    """Return whether the database has a constraint, trigger, index or domain of this name."""
    declaration = rf"(?:CONSTRAINT|TRIGGER|INDEX|DOMAIN) (?:indelible\.)?{name}\b"
    return re.search(declaration, SQL[database]) is not None


def test_there_are_at_least_forty_invariants() -> None:
    assert len(INVARIANTS) >= MIN_INVARIANTS


@pytest.mark.parametrize("row", INVARIANTS, ids=lambda row: row[0])
def test_an_invariant_is_enforced_in_three_places_and_tested(row: list[str]) -> None:
    assert len(row) == 5
    assert all(row)
    _, domain, sqlite, postgresql, tests = row

    assert code(domain)
    assert [name for name in code(domain) if not is_there(name)] == []

    for database, cell in (("sqlite", sqlite), ("postgresql", postgresql)):
        names = [name for name in code(cell) if name not in {"verify", "rebuild"}]
        assert names or "*none*" in cell or cell.startswith(ALL_GUARDS)
        assert [name for name in names if not is_guard(name, database)] == []

    assert code(tests)
    assert [name for name in code(tests) if "::" not in name or not is_there(name)] == []


def test_the_files_and_functions_of_the_page_exist() -> None:
    names = files_in(TEXT)

    assert len(names) >= MIN_NAMES
    assert [name for name in names if not is_there(name)] == []


@pytest.mark.parametrize("matter", QUESTIONS)
def test_a_question_leads_to_a_file_and_a_function(matter: str) -> None:
    answers = {row[0]: row[1] for row in rows(TEXT, "matter")}

    assert any(": " in name for name in files_in(answers[matter]))


@pytest.mark.parametrize("task", TASKS)
def test_a_task_leads_to_what_has_to_be_changed(task: str) -> None:
    changes = {row[0]: row[1] for row in rows(TEXT, "to")}

    assert changes[task]
    assert "## Add a field" in page("change-indelible.md")


def test_the_files_that_a_page_names_exist() -> None:
    missing: list[str] = []
    for path in pages():
        text = path.read_text(encoding="utf-8")
        names = set(files_in(text)) - NAMED_BY_SEEDS
        names = {name for name in names if f"<!-- tested: {name} -->" not in text}
        for file in names:
            places = (file, f"tests/{file}", f"tests/examples/{file}")
            if not any(is_there(place) for place in places):
                missing.append(f"{path}: {file}")

    assert missing == []


def test_no_paragraph_of_the_page_is_repeated() -> None:
    paragraphs = [text for text in TEXT.split("\n\n") if len(text.split()) > 10]
    sentences = [
        sentence.strip()
        for text in paragraphs
        for sentence in re.split(r"(?<=[.!?])\s", text)
        if len(sentence.split()) > 8
    ]

    assert len(sentences) == len(set(sentences))


def test_the_links_of_the_page_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", TEXT)

    assert links
    assert [link for link in links if not is_there(f"docs/{link}")] == []


@pytest.mark.parametrize(
    ("name", "database"), [("history_no_rewrite", "sqlite"), ("concepts_no_replace", "postgresql")]
)
def test_a_guard_that_a_database_lacks_is_not_recognised(name: str, database: str) -> None:
    assert not is_guard(name, database)
