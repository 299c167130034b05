"""What a concept and its versions decide by themselves, and what their fields refuse."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from attrs import AttrsInstance, asdict, evolve, fields
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis.strategies import characters, datetimes, integers, lists, sampled_from, text

from indelible.concepts import (
    CONCEPT,
    ApproveConcept,
    Concept,
    ConceptContent,
    ConceptFilter,
    ConceptPolicy,
    ConceptStatus,
    ConceptVersion,
    CreateConcept,
    EditConcept,
    PublishConcept,
    SubmitConcept,
)
from indelible.concepts.entities import name_key
from indelible.kernel import Actor, Invalid, InvalidTransition

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MAYA = Actor.user("maya")
RATIO = ConceptContent(name="Ratio", definition="A comparison of two quantities.")
CLEARER = evolve(RATIO, definition="How many times one quantity holds another.")
ACTIONS = ("edit", "submit", "approve", "publish")
WORDING = ("definition", "explanation", "learning_objective", "scope_boundaries")
LISTS = ("examples", "prerequisites", "misconceptions")
NAIVE_START = datetime(2001, 1, 1)  # noqa: DTZ001 - hypothesis takes naive bounds only
NAIVE_END = datetime(2099, 1, 1)  # noqa: DTZ001 - as above

but: Callable[..., Any] = evolve  # a wrong value is the point: no checker may forbid it
a_command: dict[str, Callable[..., Any]] = {
    "create": partial(CreateConcept, content=RATIO),
    "edit": partial(
        EditConcept, concept_id="c-1", expected_seq=1, content=RATIO, change_note="clearer"
    ),
    "submit": partial(SubmitConcept, concept_id="c-1", expected_seq=1),
    "approve": partial(ApproveConcept, concept_id="c-1", expected_seq=1),
    "publish": partial(PublishConcept, concept_id="c-1", expected_seq=1),
}


def born(now: datetime = NOW) -> tuple[Concept, ConceptVersion]:
    concept = Concept.create("create", now=now, id="c-1")
    version = concept.new_version(RATIO, version_id="v-1", by=MAYA, note="first version")
    return concept, version


def edited(concept: Concept, now: datetime = NOW) -> tuple[Concept, ConceptVersion]:
    moved = concept.transition("edit", now=now)
    return moved, moved.new_version(CLEARER, version_id="v-2", by=MAYA, note="clearer")


def stepped(concept: Concept, action: str, now: datetime) -> Concept:
    return edited(concept, now)[0] if action == "edit" else concept.transition(action, now=now)


def published() -> Concept:
    concept = born()[0]
    for action in ("submit", "approve", "publish"):
        concept = concept.transition(action, now=NOW)
    return concept


def refused(attempt: Callable[[], object]) -> str:
    """The code of the refusal."""
    with pytest.raises(Invalid) as refusal:
        attempt()
    return refusal.value.code


def test_a_concept_is_born_as_a_draft_at_version_1() -> None:
    concept, version = born()

    assert concept == Concept(
        id="c-1", current_version=1, status=ConceptStatus.DRAFT, created_at=NOW, updated_at=NOW
    )
    assert version == ConceptVersion(
        id="v-1",
        concept_id="c-1",
        version_number=1,
        content=RATIO,
        created_by=MAYA,
        created_at=NOW,
        change_note="first version",
    )


def test_an_edit_is_the_next_version_with_the_concepts_own_instant() -> None:
    concept, version = edited(born()[0], NOW + timedelta(hours=1))

    assert (concept.status, concept.current_version) == (ConceptStatus.DRAFT, 2)
    assert concept.updated_at == NOW + timedelta(hours=1)
    assert version == ConceptVersion(
        id="v-2",
        concept_id="c-1",
        version_number=2,
        content=CLEARER,
        created_by=MAYA,
        created_at=concept.updated_at,
        change_note="clearer",
    )


def test_a_step_changes_status_and_time_and_nothing_else() -> None:
    draft = born()[0]
    moved = draft.transition("submit", now=NOW + timedelta(hours=1))

    assert moved == but(draft, status=ConceptStatus.REVIEW, updated_at=NOW + timedelta(hours=1))


def test_a_published_concept_takes_no_edit_and_no_step() -> None:
    for action in ACTIONS:
        with pytest.raises(InvalidTransition) as refusal:
            stepped(published(), action, NOW)
        assert refusal.value.allowed == ()


@given(
    lists(sampled_from(ACTIONS), max_size=12),
    lists(datetimes(NAIVE_START, NAIVE_END)),
)
def test_whatever_is_tried_a_concept_moves_along_its_edges_and_its_time_forward(
    actions: list[str], clock: list[datetime]
) -> None:
    concept = born()[0]
    clocks = [each.replace(tzinfo=UTC) for each in clock] or [NOW]
    for turn, action in enumerate(actions):
        edge = next((each for each in CONCEPT.edges if each[:2] == (concept.status, action)), None)
        try:
            after = stepped(concept, action, clocks[turn % len(clocks)])
        except InvalidTransition:
            assert edge is None
            continue

        assert edge is not None
        assert after.status is edge.to_state
        assert after.current_version == concept.current_version + edge.adds_version
        assert after.updated_at == max(
            clocks[turn % len(clocks)], concept.updated_at + timedelta(microseconds=1)
        )
        assert (after.id, after.created_at) == (concept.id, concept.created_at)
        concept = after


@pytest.mark.parametrize(
    "value",
    [born()[0], born()[1], RATIO, CreateConcept(content=RATIO)],
    ids=lambda each: type(each).__name__,
)
def test_no_field_can_be_assigned(value: AttrsInstance) -> None:
    for field in fields(type(value)):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, getattr(value, field.name))


def test_a_version_is_immutable_inside_too() -> None:
    assert hash(born()[1]) == hash(born()[1])
    assert (
        refused(lambda: but(RATIO, examples=["a list can be changed behind our back"]))
        == "WRONG_TYPE"
    )


@pytest.mark.parametrize("name", WORDING)
def test_wording_has_up_to_twenty_thousand_characters(name: str) -> None:
    for length in (0, 1, 19_999, 20_000):
        changed = but(RATIO, **{name: "x" * length})
        assert len(getattr(changed, name)) == length
    assert refused(lambda: but(RATIO, **{name: "x" * 20_001})) == "TEXT_TOO_LONG"
    assert refused(lambda: but(RATIO, **{name: "a\x00b"})) == "TEXT_UNSTORABLE"
    assert refused(lambda: but(RATIO, **{name: 7})) == "WRONG_TYPE"


def test_a_name_has_up_to_a_thousand_characters_and_may_be_blank() -> None:
    for length in (0, 999, 1_000):
        assert len(but(RATIO, name="x" * length).name) == length
    assert refused(lambda: but(RATIO, name="x" * 1_001)) == "TEXT_TOO_LONG"


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_up_to_two_hundred_texts_of_twenty_thousand_characters(name: str) -> None:
    for texts in ((), ("x",) * 199, ("x" * 20_000,), ("x",) * 200):
        changed = but(RATIO, **{name: texts})
        assert getattr(changed, name) == texts
    assert refused(lambda: but(RATIO, **{name: ("x",) * 201})) == "LIST_TOO_LONG"
    assert refused(lambda: but(RATIO, **{name: ("x" * 20_001,)})) == "TEXT_TOO_LONG"
    assert refused(lambda: but(RATIO, **{name: ("x", "a\ud800b")})) == "TEXT_UNSTORABLE"
    assert refused(lambda: but(RATIO, **{name: ("x", None)})) == "WRONG_TYPE"
    assert refused(lambda: but(RATIO, **{name: "x"})) == "WRONG_TYPE"


def test_content_is_a_name_and_nothing_unless_it_is_said() -> None:
    nothing = dict.fromkeys(WORDING[:3], "") | dict.fromkeys(LISTS, ()) | {"scope_boundaries": None}

    assert asdict(ConceptContent(name="Ratio")) == {"name": "Ratio"} | nothing


def test_the_limits_of_warnings_are_those_of_the_catalogue() -> None:
    policy = ConceptPolicy()

    assert (policy.longest_name, policy.longest_definition, policy.shortest_definition_words) == (
        120,
        300,
        3,
    )
    assert (policy.deepest_chain, policy.large_edit_percent, policy.most_graph_nodes) == (
        12,
        30,
        10_000,
    )
    assert {"identify", "explain", "describe", "calculate", "compare"} < policy.observable_verbs
    assert not policy.four_eyes


def test_a_kept_note_may_be_absent_and_never_blank() -> None:
    assert but(born()[1], change_note=None).change_note is None
    assert refused(lambda: but(born()[1], change_note=" ")) == "TEXT_BLANK"
    assert refused(lambda: but(born()[1], change_note="x" * 1_001)) == "TEXT_TOO_LONG"


def test_only_scope_boundaries_may_be_absent() -> None:
    assert but(RATIO, scope_boundaries=None).scope_boundaries is None
    for name in ("name", *WORDING[:3], *LISTS):
        assert refused(partial(but, RATIO, **{name: None})) == "WRONG_TYPE"


@given(text(characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=50))
def test_content_keeps_every_character_that_a_database_keeps(words: str) -> None:
    assert but(RATIO, definition=words, examples=(words,)).definition == words


@pytest.mark.parametrize("entity", born(), ids=["concept", "version"])
def test_ids_are_opaque_texts_of_up_to_two_hundred_characters(entity: object) -> None:
    for name in ("id", "concept_id")[: 1 + isinstance(entity, ConceptVersion)]:
        assert getattr(but(entity, **{name: "x" * 200}), name) == "x" * 200
        for bad, code in (
            ("x" * 201, "TEXT_TOO_LONG"),
            ("", "TEXT_BLANK"),
            ("a b", "TEXT_HAS_CONTROLS"),
            ("a\nb", "TEXT_HAS_CONTROLS"),
            ("a\x00", "TEXT_UNSTORABLE"),
            (None, "WRONG_TYPE"),
        ):
            assert refused(partial(but, entity, **{name: bad})) == code


@pytest.mark.parametrize(
    ("entity", "name"),
    [(born()[0], "current_version"), (born()[1], "version_number")],
    ids=["concept", "version"],
)
def test_versions_are_counted_from_1(entity: object, name: str) -> None:
    for number in (1, 2, 2**63 - 1):
        assert getattr(but(entity, **{name: number}), name) == number
    for number in (0, -1, 2**63):
        assert refused(partial(but, entity, **{name: number})) == "NUMBER_OUT_OF_RANGE"
    for wrong in (True, 1.0, "1", None):
        assert refused(partial(but, entity, **{name: wrong})) == "WRONG_TYPE"


@pytest.mark.parametrize(
    ("entity", "name"),
    [(born()[0], "created_at"), (born()[0], "updated_at"), (born()[1], "created_at")],
    ids=["created", "updated", "version"],
)
def test_instants_are_in_utc_and_between_2000_and_2999(entity: object, name: str) -> None:
    first, last = (
        datetime(2000, 1, 1, tzinfo=UTC),
        datetime(2999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    )
    for instant in (first, NOW, last):
        assert getattr(but(entity, **{name: instant}), name) == instant
    for bad in (
        NOW.replace(tzinfo=None),
        NOW.astimezone(timezone(timedelta(hours=1))),
        first - timedelta(microseconds=1),
        last + timedelta(microseconds=1),
    ):
        assert refused(partial(but, entity, **{name: bad})) == "INSTANT_OUT_OF_RANGE"
    assert refused(partial(but, entity, **{name: "2026-01-01"})) == "WRONG_TYPE"


def test_a_status_is_one_of_the_four_and_no_text() -> None:
    for bad in ("DRAFT", "ARCHIVED", None):
        assert refused(partial(but, born()[0], status=bad)) == "WRONG_TYPE"


@pytest.mark.parametrize("command", ["create", "edit"])
def test_a_note_says_something_in_up_to_a_thousand_characters(command: str) -> None:
    make = a_command[command]
    for note in ("x", "x" * 1_000, "two\nlines\tand a tab"):
        assert make(change_note=note).change_note == note
    for bad, code in (
        ("x" * 1_001, "TEXT_TOO_LONG"),
        ("", "TEXT_BLANK"),
        (" \n\t", "TEXT_BLANK"),
        ("a\x1b[31m", "TEXT_HAS_CONTROLS"),
        ("a\u202eb", "TEXT_HAS_CONTROLS"),
        (None, "WRONG_TYPE"),
    ):
        assert refused(partial(make, change_note=bad)) == code


def test_the_first_version_has_a_note_by_itself_and_an_edit_has_not() -> None:
    assert CreateConcept(content=RATIO).change_note == "first version"
    with pytest.raises(TypeError, match="change_note"):
        EditConcept(concept_id="c-1", expected_seq=1, content=RATIO)  # type: ignore[call-arg]


@given(integers())
def test_a_command_expects_a_seq_from_1(seq: int) -> None:
    for command in ("edit", "submit", "approve", "publish"):
        if 1 <= seq < 2**63:
            assert a_command[command](expected_seq=seq).expected_seq == seq
        else:
            assert refused(partial(a_command[command], expected_seq=seq)) == "NUMBER_OUT_OF_RANGE"


@pytest.mark.parametrize("command", ["edit", "submit", "approve", "publish"])
def test_a_command_names_its_concept(command: str) -> None:
    for bad in ("", "x" * 201, " ", None):
        assert refused(partial(a_command[command], concept_id=bad)).startswith(
            ("TEXT_", "WRONG_TYPE")
        )


def test_what_is_corrected_is_named_or_left_out() -> None:
    assert CreateConcept(content=RATIO).corrects is None
    assert CreateConcept(content=RATIO, corrects="c-1").corrects == "c-1"
    assert refused(lambda: CreateConcept(content=RATIO, corrects="")) == "TEXT_BLANK"


def test_a_search_text_is_bounded() -> None:
    assert ConceptFilter(text="x" * 1_000).text
    assert refused(lambda: ConceptFilter(text="x" * 1_001)) == "TEXT_TOO_LONG"


@pytest.mark.parametrize("name", ["Straße", "STRASSE", "  straße ", "stra\uff33\uff33e"])
def test_names_are_the_same_without_case_width_and_spaces_around(name: str) -> None:
    assert name_key(name) == "strasse"


def test_names_differ_by_their_words_and_not_by_the_spaces_between_them() -> None:
    assert name_key("unit \t fraction") == name_key("Unit\u00a0Fraction") == "unit fraction"
    assert name_key("unit fraction") != name_key("unitfraction")
