"""Concepts move along their lifecycle, and their fields refuse values that no store can hold."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis.strategies import datetimes, just, lists, sampled_from, tuples

from indelible.concepts import (
    CONCEPT,
    Concept,
    ConceptContent,
    ConceptStatus,
    ConceptVersion,
)
from indelible.kernel import Actor, Edge, Invalid, InvalidTransition
from indelible.testing.stores import refusal

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(2999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MAYA = Actor.user("maya")
RATIO = ConceptContent(name="Ratio", definition="A comparison of two quantities.")
CLEARER = evolve(RATIO, definition="How many times one quantity holds another.")
DRAFT = Concept.create("create", now=NOW, id="c-1")
VERSION = DRAFT.new_version(RATIO, version_id="v-1", by=MAYA, note="first version")
ACTIONS = ("edit", "submit", "approve", "publish")
TEXT_FIELDS = ("definition", "explanation", "learning_objective", "scope_boundaries")
LIST_FIELDS = ("examples", "prerequisites", "misconceptions")
ID_FIELDS = [(DRAFT, "id"), (VERSION, "id"), (VERSION, "concept_id")]
NUMBER_FIELDS = [(DRAFT, "current_version"), (VERSION, "version_number")]
INSTANT_FIELDS = [(DRAFT, "created_at"), (DRAFT, "updated_at"), (VERSION, "created_at")]

instants = datetimes(
    datetime(2001, 1, 1),  # noqa: DTZ001 - hypothesis takes naive bounds only
    datetime(2099, 1, 1),  # noqa: DTZ001 - hypothesis takes naive bounds only
    timezones=just(UTC),
)
# The tests pass wrong values on purpose, so no type checker may refuse them.
with_fields: Callable[..., Any] = evolve


def error_code(entity: object, **wrong: object) -> str:
    """Return the code with which the entity refuses these fields."""
    error = refusal(lambda: with_fields(entity, **wrong))
    assert isinstance(error, Invalid)
    return error.code


def edge_of(status: ConceptStatus, action: str) -> Edge[ConceptStatus] | None:
    """Return the declared edge of the action, if there is one."""
    for edge in CONCEPT.edges:
        if (edge.from_state, edge.action) == (status, action):
            return edge
    return None


def test_an_edit_is_the_next_version_with_the_concepts_own_instant() -> None:
    edited = DRAFT.transition("edit", now=LATER)
    version = edited.new_version(CLEARER, version_id="v-2", by=MAYA, note="clearer")

    assert edited == evolve(DRAFT, current_version=2, updated_at=LATER)
    assert version == ConceptVersion(
        id="v-2",
        concept_id="c-1",
        version_number=2,
        content=CLEARER,
        created_by=MAYA,
        created_at=LATER,
        change_note="clearer",
    )


@given(lists(tuples(sampled_from(ACTIONS), instants), max_size=12))
def test_any_action_takes_a_declared_edge_and_a_later_time_or_is_refused(
    steps: list[tuple[str, datetime]],
) -> None:
    concept = DRAFT
    for action, now in steps:
        edge = edge_of(concept.status, action)
        if edge is None:
            with pytest.raises(InvalidTransition):
                concept.transition(action, now=now)
            continue

        after = concept.transition(action, now=now)
        assert after == evolve(
            concept,
            status=edge.to_state,
            current_version=concept.current_version + edge.adds_version,
            updated_at=max(now, concept.updated_at + MICROSECOND),
        )
        concept = after


def test_a_version_is_hashable_and_takes_no_mutable_list() -> None:
    assert hash(VERSION) == hash(evolve(VERSION))
    assert error_code(RATIO, examples=["a list can be changed later"]) == "WRONG_TYPE"


@pytest.mark.parametrize("name", TEXT_FIELDS)
def test_wording_has_up_to_twenty_thousand_characters(name: str) -> None:
    for length in (0, 1, 19_999, 20_000):
        changed = with_fields(RATIO, **{name: "x" * length})
        assert len(getattr(changed, name)) == length

    assert error_code(RATIO, **{name: "x" * 20_001}) == "TEXT_TOO_LONG"


@pytest.mark.parametrize("name", TEXT_FIELDS)
def test_wording_is_a_text_that_databases_can_store(name: str) -> None:
    assert error_code(RATIO, **{name: "a\x00b"}) == "TEXT_UNSTORABLE"
    assert error_code(RATIO, **{name: 7}) == "WRONG_TYPE"


def test_a_name_has_up_to_a_thousand_characters_and_may_be_blank() -> None:
    for length in (0, 999, 1_000):
        assert len(evolve(RATIO, name="x" * length).name) == length

    assert error_code(RATIO, name="x" * 1_001) == "TEXT_TOO_LONG"


@pytest.mark.parametrize("name", LIST_FIELDS)
def test_a_list_has_up_to_two_hundred_texts_of_twenty_thousand_characters(name: str) -> None:
    for texts in ((), ("x",) * 199, ("x" * 20_000,), ("x",) * 200):
        changed = with_fields(RATIO, **{name: texts})
        assert getattr(changed, name) == texts

    assert error_code(RATIO, **{name: ("x",) * 201}) == "LIST_TOO_LONG"
    assert error_code(RATIO, **{name: ("x" * 20_001,)}) == "TEXT_TOO_LONG"


@pytest.mark.parametrize("name", LIST_FIELDS)
def test_a_list_is_a_tuple_of_texts_that_databases_can_store(name: str) -> None:
    assert error_code(RATIO, **{name: ("x", "a\ud800b")}) == "TEXT_UNSTORABLE"
    assert error_code(RATIO, **{name: ("x", None)}) == "WRONG_TYPE"
    assert error_code(RATIO, **{name: "x"}) == "WRONG_TYPE"


def test_a_stored_note_may_be_absent_but_not_blank() -> None:
    assert evolve(VERSION, change_note=None).change_note is None
    assert error_code(VERSION, change_note=" ") == "TEXT_BLANK"
    assert error_code(VERSION, change_note="x" * 1_001) == "TEXT_TOO_LONG"


@pytest.mark.parametrize("name", ["name", *TEXT_FIELDS[:3], *LIST_FIELDS])
def test_no_other_content_may_be_absent(name: str) -> None:
    assert error_code(RATIO, **{name: None}) == "WRONG_TYPE"


@pytest.mark.parametrize(("entity", "name"), ID_FIELDS, ids=["concept", "version", "concept_id"])
def test_ids_are_opaque_texts_of_up_to_two_hundred_characters(entity: object, name: str) -> None:
    changed = with_fields(entity, **{name: "x" * 200})

    assert getattr(changed, name) == "x" * 200
    assert error_code(entity, **{name: "x" * 201}) == "TEXT_TOO_LONG"
    assert error_code(entity, **{name: ""}) == "TEXT_BLANK"
    assert error_code(entity, **{name: "a b"}) == "TEXT_HAS_CONTROLS"
    assert error_code(entity, **{name: "a\nb"}) == "TEXT_HAS_CONTROLS"
    assert error_code(entity, **{name: "a\x00"}) == "TEXT_UNSTORABLE"
    assert error_code(entity, **{name: None}) == "WRONG_TYPE"


@pytest.mark.parametrize(("entity", "name"), NUMBER_FIELDS, ids=["concept", "version"])
def test_versions_are_counted_from_1(entity: object, name: str) -> None:
    for number in (1, 2, 2**63 - 1):
        assert getattr(with_fields(entity, **{name: number}), name) == number

    for number in (0, -1, 2**63):
        assert error_code(entity, **{name: number}) == "NUMBER_OUT_OF_RANGE"
    for wrong in (True, 1.0, "1", None):
        assert error_code(entity, **{name: wrong}) == "WRONG_TYPE"


@pytest.mark.parametrize(("entity", "name"), INSTANT_FIELDS, ids=["created", "updated", "version"])
def test_instants_are_in_utc_and_between_2000_and_2999(entity: object, name: str) -> None:
    for instant in (FIRST_INSTANT, NOW, LAST_INSTANT):
        assert getattr(with_fields(entity, **{name: instant}), name) == instant

    for wrong in (
        NOW.replace(tzinfo=None),
        NOW.astimezone(timezone(timedelta(hours=1))),
        FIRST_INSTANT - MICROSECOND,
        LAST_INSTANT + MICROSECOND,
    ):
        assert error_code(entity, **{name: wrong}) == "INSTANT_OUT_OF_RANGE"
    assert error_code(entity, **{name: "2026-01-01"}) == "WRONG_TYPE"


@pytest.mark.parametrize("status", ["DRAFT", "ARCHIVED", None])
def test_a_status_is_one_of_the_four_and_no_text(status: object) -> None:
    assert error_code(DRAFT, status=status) == "WRONG_TYPE"
