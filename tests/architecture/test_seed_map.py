"""Everything that the hand-off names has its place and its test here."""

import re

import pytest
from tests.architecture.pages import code, is_there, page, rows

from indelible_sql.concepts.store import CREATE, EDIT, STEP
from indelible_sql.schema.catalog import DIALECTS

SEED_MAP = list(rows(page("reference/seed-map.md"), "seed 000 names"))
SEED_001 = list(rows(page("reference/seed-map.md"), "seed 001 names"))
SEED_004 = list(rows(page("reference/seed-map.md"), "seed 004 names"))
HANDOFF = [row for text in ("rule", "failure") for row in rows(page("INFRA_HANDOFF.md"), text)]
NAMED_BY_THE_HAND_OFF = (
    "backend/INFRA_HANDOFF.md",
    "Concept",
    "ConceptVersion",
    "ConceptRepository",
    *("id", "current_version", "status"),
    *("definition", "explanation", "examples", "prerequisites"),
    *("DRAFT", "REVIEW", "APPROVED", "PUBLISHED"),
    *(
        "save_concept",
        "save_version",
        "get_concept",
        "get_latest_version",
        "get_version",
        "list_versions",
    ),
    "version_number = 1",
    "git add",
    'git commit -m "docs: add infrastructure handoff and invariants"',
)


def test_all_that_the_hand_off_names_is_mapped() -> None:
    mapped = {name for row in SEED_MAP for name in code(row[0])}

    assert not set(NAMED_BY_THE_HAND_OFF) - mapped


@pytest.mark.parametrize("row", [*SEED_MAP, *SEED_001, *SEED_004], ids=lambda row: row[0])
def test_every_target_is_imported_or_opened(row: list[str]) -> None:
    _, here, test = row

    assert code(here)
    assert code(test)
    assert not [name for name in (*code(here), *code(test)) if not is_there(name)]
    assert all(name.startswith("tests/") and "::" in name for name in code(test))


@pytest.mark.parametrize("row", HANDOFF, ids=lambda row: row[0])
def test_every_invariant_of_the_hand_off_has_its_test(row: list[str]) -> None:
    _, test = row

    assert code(test)
    assert not [name for name in code(test) if "::" not in name or not is_there(name)]


def test_the_hand_off_has_as_many_rows_as_it_has_rules() -> None:
    assert len(HANDOFF) >= 30
    assert len(SEED_MAP) >= 50
    assert len(SEED_001) >= 20
    assert len(SEED_004) >= 20


@pytest.mark.parametrize(
    "name",
    [
        "tests/architecture/test_seed_map.py::test_nobody_wrote",
        "tests/nowhere.py::test_every_target_is_imported_or_opened",
        "docs/nowhere.md",
        "indelible/concepts/handlers.py: forget_concept",
        "indelible.concepts:Concept.seq",
        "indelible.concepts:ConceptRepository.delete",
    ],
)
def test_what_is_not_there_is_not_found(name: str) -> None:
    assert not is_there(name)


def statements() -> list[str]:
    """Every statement that writes a concept, as both databases get it."""
    writes = (CREATE, EDIT, STEP)
    fused = [str(write.fused.compile(dialect=DIALECTS["postgresql"])) for write in writes]
    return fused + [
        str(each.compile(dialect=DIALECTS["sqlite"])) for write in writes for each in write.ordered
    ]


def test_no_statement_counts_by_itself() -> None:
    counts = re.compile(r"\+|\b(?:max|count|nextval)\b", re.IGNORECASE)

    assert len(statements()) == 3 + 4 + 4 + 2
    assert not [each for each in statements() if counts.search(each)]
    assert counts.search("SET current_version = current_version + 1")
