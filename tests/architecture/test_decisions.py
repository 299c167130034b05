"""Each migration names the decision record that allows it, and each record has all its parts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import fields
from tests.architecture.pages import DOCS, page, rows
from tests.architecture.sources import ROOT, SOURCES
from tests.sql.revisions import FIRST

from indelible.concepts import Concept, ConceptContent, ConceptVersion

MIGRATIONS = sorted(
    (SOURCES["indelible_sql"] / "schema" / "migrations" / "versions").glob("[0-9]*.py")
)
RECORDS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
DECISION = re.compile(r"^Decision: (docs/decisions/\d{4}-[a-z-]+\.md)$", re.MULTILINE)
PARTS = ("## Problem", "## Decision", "## Alternatives", "## Consequences")
HEADER = re.compile(r"- \*\*Status:\*\* .+\n- \*\*Date:\*\* \S+\n- \*\*Authority:\*\* .+")


def faults(migration: Path) -> Iterator[str]:
    """Yield the reasons why a migration is not allowed."""
    module = ast.parse(migration.read_text(encoding="utf-8"))
    names = DECISION.findall(ast.get_docstring(module) or "")
    if not names:
        yield "it names no decision"
    for name in names:
        if not (ROOT / name).exists():
            yield f"there is no {name}"


def test_there_are_migrations_and_records() -> None:
    numbers = [path.stem.partition("_")[0] for path in MIGRATIONS]

    first = int(FIRST)
    assert numbers == [f"{number:04}" for number in range(first, first + len(MIGRATIONS))]
    assert len({path.name[:4] for path in RECORDS}) == len(RECORDS) > 0


def test_every_migration_names_a_decision_that_exists() -> None:
    assert MIGRATIONS
    for migration in MIGRATIONS:
        assert list(faults(migration)) == [], migration


@pytest.mark.parametrize(
    ("docstring", "fault"),
    [
        ("Add a column.", "it names no decision"),
        ("Add a column.\n\nDecision: because", "it names no decision"),
        (
            "Add.\n\nDecision: docs/decisions/9999-nobody-decided.md",
            "there is no docs/decisions/9999-nobody-decided.md",
        ),
    ],
)
def test_a_migration_without_a_decision_is_refused(
    tmp_path: Path, docstring: str, fault: str
) -> None:
    migration = tmp_path / "0002_more.py"
    migration.write_text(f'"""{docstring}\n"""\n')

    assert list(faults(migration)) == [fault]


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_its_header_and_parts(record: Path) -> None:
    text = record.read_text(encoding="utf-8")

    assert text.startswith(f"# {record.name[:4]} ")
    assert HEADER.search(text)
    assert [line for line in text.splitlines() if line.startswith("## ")] == list(PARTS)


def test_the_index_lists_every_record() -> None:
    listed = re.findall(r"^\| \[\d{4}\]\(([^)]+)\) \|", page("decisions/index.md"), re.MULTILINE)

    assert listed == [record.name for record in RECORDS]


def test_every_field_beyond_the_hand_off_is_named_by_its_record() -> None:
    record = page("decisions/0003-fields-beyond-the-seed.md")
    names = {field.name for field in fields(Concept)}
    names |= {field.name for field in fields(ConceptVersion)}
    names |= {field.name for field in fields(ConceptContent)}
    names.remove("content")

    assert [name for name in names if f"`{name}`" not in record] == []


def test_every_deviation_has_its_authority() -> None:
    deviations = list(rows(page("decisions/deviations.md"), "asked for"))

    assert len(deviations) >= 40
    for row in deviations:
        assert len(row) == 4
        assert all(row)
