"""Levels decide which warnings are shown and how; stored warnings stay as they are."""

import pytest
from attrs import evolve
from tests.core.concepts.scenarios import codes

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptPolicy, Severity, parse_levels
from indelible.concepts.errors import WarningLevelsInvalid
from indelible.concepts.rules.warnings.levels import UNFILLED_CODES, shown_warnings
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible.testing.stores import create

BARE = ConceptContent(name="Ratio", definition="A number")


def store_with(levels: str) -> MemoryStore:
    """Return a store whose policy has these levels of warnings."""
    policy = ConceptPolicy(warning_levels=parse_levels(levels))
    return MemoryStore(policy=Policy(concepts=policy))


def test_a_finding_comes_before_the_warnings_of_empty_fields() -> None:
    saved = create(MemoryStore(), BARE)

    assert codes(saved.warnings) == [
        "DEF_SHORT",
        "EXPL_EMPTY",
        "OBJ_EMPTY",
        "EX_NONE",
        "SCOPE_EMPTY",
        "MISC_NONE",
    ]


def test_five_codes_of_empty_fields_can_be_turned_off_in_a_store() -> None:
    levels = ",".join(f"{code}:off" for code in sorted(UNFILLED_CODES))
    store = store_with(levels)
    saved = create(store, BARE)
    concept_id = saved.concept.id

    assert codes(saved.warnings) == ["DEF_SHORT"]
    assert codes(store.read(concepts.get_concept, concept_id).warnings) == ["DEF_SHORT"]
    assert codes(store.read(concepts.get_version, concept_id, 1).warnings) == ["DEF_SHORT"]
    assert codes(store.read(concepts.concept_as_of, concept_id, seq=1).warnings) == ["DEF_SHORT"]
    assert codes(store.read(concepts.list_warnings, concept_id).warnings) == ["DEF_SHORT"]


@pytest.mark.parametrize(
    ("levels", "shown"),
    [
        ("EMPTY_FIELDS:off", ["DEF_SHORT"]),
        ("EMPTY_FIELDS:off,EX_NONE:major", ["EX_NONE", "DEF_SHORT"]),
        ("EX_NONE:info, EMPTY_FIELDS:off", ["DEF_SHORT", "EX_NONE"]),
    ],
)
def test_the_codes_of_empty_fields_have_one_name(levels: str, shown: list[str]) -> None:
    store = store_with(levels)
    concept_id = create(store, BARE).concept.id

    assert codes(store.read(concepts.get_concept, concept_id).warnings) == shown
    requested = MemoryStore()
    requested_id = create(requested, BARE).concept.id
    view = requested.read(concepts.list_warnings, requested_id, levels=levels)
    assert codes(view.warnings) == shown


def test_what_is_stored_does_not_depend_on_the_levels() -> None:
    stored: list[list[str]] = []
    for levels in ("", "EX_NONE:off,DEF_SHORT:major"):
        store = store_with(levels)
        saved = create(store, BARE)
        with store.transaction(actor=saved.version.created_by, reason="look") as tx:
            stored.append(codes(tx.concepts.concepts.warnings(saved.concept.id, 1)))

    assert stored[0] == stored[1]
    assert "EX_NONE" in stored[0]


def test_a_request_has_levels_of_its_own_before_those_of_the_store() -> None:
    store = store_with("EX_NONE:off,DEF_SHORT:off")
    concept_id = create(store, BARE).concept.id
    shown = store.read(concepts.list_warnings, concept_id, levels="EX_NONE:major, OBJ_EMPTY:off")

    assert codes(shown.warnings) == ["EX_NONE", "EXPL_EMPTY", "SCOPE_EMPTY", "MISC_NONE"]


def test_a_level_changes_the_severity_and_the_order() -> None:
    warnings = create(MemoryStore(), evolve(BARE, name=" Ratio")).warnings
    shown = shown_warnings(warnings, {"DEF_SHORT": Severity.MAJOR, "NAME_WHITESPACE": None})

    assert (shown[0].code, shown[0].severity) == ("DEF_SHORT", Severity.MAJOR)
    assert "NAME_WHITESPACE" not in codes(shown)


@pytest.mark.parametrize(
    "text",
    [
        "EX_NONE",
        "EX_NONE:",
        "EX_NONE:on",
        "NO_CODE:off",
        "EX_NONE:off,",
        "EX_NONE:off,EX_NONE:off",
        "EMPTY_FIELDS",
        "EMPTY_FIELDS:off,EMPTY_FIELDS:off",
    ],
)
def test_levels_that_cannot_be_read_are_refused_with_the_item(text: str) -> None:
    with pytest.raises(WarningLevelsInvalid) as caught:
        parse_levels(text)

    assert caught.value.item in text
    assert "off, info, minor, major" in str(caught.value)


def test_no_text_is_no_level() -> None:
    assert parse_levels(" ") == {}
