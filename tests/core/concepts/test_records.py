"""What a saved concept means, what a refusal tells, and what a change keeps: each to the letter."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from indelible import concepts
from indelible.concepts import Concept, ConceptPolicy, ConceptStatus, ConceptVersion
from indelible.concepts.entities import Warnings
from indelible.concepts.errors import (
    CombinedChange,
    CorrectionTargetNotPublished,
    ImmutableFieldChanged,
    InvalidInitialState,
    PartialWrite,
    PointerMismatch,
    SelfApproval,
    StaleConcept,
    VersionAlreadyExists,
    VersionGap,
    VersionOutOfSequence,
)
from indelible.concepts.rules.records import (
    change_between,
    check_corrected,
    check_step,
    check_version,
    version_data,
    version_records,
)
from indelible.concepts.rules.warnings import RULESET, WarningCode, warning
from indelible.kernel import Actor, IndelibleError, InvalidTransition, digest
from indelible.memory import MemoryStore, MemoryTransaction
from indelible.policy import Policy
from indelible.testing.stores import CLEARER, MAYA, NOOR, RATIO, create, do, edit, refusal, submit

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
CONCEPT = Concept(
    id="c-1", current_version=2, status=ConceptStatus.DRAFT, created_at=NOW, updated_at=NOW
)
VERSION = ConceptVersion(
    id="v-2",
    concept_id="c-1",
    version_number=2,
    content=RATIO,
    created_by=MAYA,
    created_at=NOW,
    change_note="why",
)
ONE = evolve(VERSION, id="v-1", version_number=1)
FOUR_EYES = ConceptPolicy(four_eyes=True)
SAVED: tuple[tuple[Concept | None, Concept, IndelibleError | str | None], ...] = (
    (None, evolve(CONCEPT, current_version=1), "create"),
    (None, CONCEPT, InvalidInitialState("c-1")),
    (CONCEPT, CONCEPT, None),
    (CONCEPT, evolve(CONCEPT, current_version=3, updated_at=LATER), "edit"),
    (CONCEPT, evolve(CONCEPT, status=ConceptStatus.REVIEW, updated_at=LATER), "submit"),
    (CONCEPT, evolve(CONCEPT, created_at=LATER), ImmutableFieldChanged("c-1")),
    (CONCEPT, evolve(CONCEPT, current_version=1), StaleConcept("c-1")),
    (CONCEPT, evolve(CONCEPT, current_version=4), VersionGap("c-1", 2)),
    (
        CONCEPT,
        evolve(CONCEPT, current_version=3, status=ConceptStatus.REVIEW),
        CombinedChange("c-1"),
    ),
    (CONCEPT, evolve(CONCEPT, updated_at=LATER), StaleConcept("c-1")),
    (CONCEPT, evolve(CONCEPT, current_version=3), StaleConcept("c-1")),
    (
        CONCEPT,
        evolve(CONCEPT, status=ConceptStatus.PUBLISHED, updated_at=LATER),
        InvalidTransition("concept", "DRAFT", "to PUBLISHED", ("edit", "submit")),
    ),
)


def said_of(attempt: Callable[[], object]) -> object:
    """What the attempt gives, or the refusal's kind with its facts."""
    try:
        return attempt()
    except IndelibleError as error:
        return type(error), error.detail


@pytest.mark.parametrize(("stored", "saved", "meant"), SAVED)
def test_a_saved_concept_means_one_action_or_is_refused_by_name(
    stored: Concept | None, saved: Concept, meant: IndelibleError | str | None
) -> None:
    expected = (type(meant), meant.detail) if isinstance(meant, IndelibleError) else meant

    assert said_of(lambda: change_between(stored, saved)) == expected


@pytest.mark.parametrize(
    ("version", "latest", "refused"),
    [
        (VERSION, ONE, None),
        (VERSION, VERSION, VersionAlreadyExists("c-1", 2)),
        (VERSION, None, VersionOutOfSequence("c-1", 2)),
        (evolve(VERSION, created_at=LATER), ONE, PointerMismatch("c-1", 2)),
    ],
)
def test_a_saved_version_is_the_one_that_is_waited_for_or_is_refused_by_name(
    version: ConceptVersion, latest: ConceptVersion | None, refused: IndelibleError | None
) -> None:
    expected = (type(refused), refused.detail) if refused else None

    assert said_of(lambda: check_version(version, CONCEPT, latest)) == expected


@pytest.mark.parametrize(
    ("action", "actor", "policy", "is_refused"),
    [
        ("approve", MAYA, FOUR_EYES, True),
        ("approve", NOOR, FOUR_EYES, False),
        ("publish", MAYA, FOUR_EYES, False),
        ("approve", MAYA, ConceptPolicy(), False),
    ],
)
def test_four_eyes_forbid_an_author_s_own_approval_and_nothing_else(
    action: str,
    actor: Actor,
    policy: ConceptPolicy,
    is_refused: bool,  # noqa: FBT001
) -> None:
    expected = (SelfApproval, SelfApproval("c-1", 2).detail) if is_refused else None

    assert said_of(lambda: check_step(action, VERSION, actor, policy)) == expected


def test_four_eyes_are_asked_by_the_handler() -> None:
    store = MemoryStore(policy=Policy(concepts=FOUR_EYES))
    saved = submit(store, create(store))
    command = concepts.ApproveConcept(concept_id=saved.concept.id, expected_seq=saved.seq)

    assert isinstance(refusal(lambda: do(store, concepts.approve_concept, command)), SelfApproval)
    approved = do(store, concepts.approve_concept, command, actor=NOOR)
    assert approved.concept.status is ConceptStatus.APPROVED
    assert store.read(concepts.list_history, saved.concept.id)[-1].data == {}


def test_a_correction_of_an_open_concept_is_refused_by_name() -> None:
    assert said_of(lambda: check_corrected(evolve(CONCEPT, status=ConceptStatus.PUBLISHED))) is None
    assert said_of(lambda: check_corrected(CONCEPT)) == (
        CorrectionTargetNotPublished,
        {"concept_id": "c-1", "status": "DRAFT"},
    )


def stored_data(
    version: ConceptVersion, warnings: Warnings, *, corrects: str | None = None
) -> dict[str, object]:
    """Return the data of a change that adds a version."""
    data = dict(version_data(corrects))
    for record in version_records(version, warnings):
        data[record.record_name] = record.digest()
    return data


def test_a_change_keeps_the_digests_of_its_records_and_what_it_corrects() -> None:
    remarks = (warning(WarningCode.DEF_EMPTY, field="definition"),)
    warnings = digest(["c-1", 2, NOW, RULESET, remarks])
    kept = {"version": digest(VERSION), "warnings": warnings, "ruleset": RULESET}

    assert stored_data(VERSION, remarks) == kept
    assert stored_data(VERSION, remarks, corrects="c-0") == kept | {"corrects": "c-0"}
    assert stored_data(VERSION, ())["warnings"] != warnings


def test_a_command_s_note_is_its_version_s() -> None:
    store = MemoryStore()
    made = do(
        store,
        concepts.create_concept,
        concepts.CreateConcept(content=RATIO, change_note="the first draft"),
    )
    edited = edit(store, made)

    assert (made.version.change_note, edited.version.change_note) == (
        "the first draft",
        "says it more clearly",
    )


def test_an_edit_is_compared_with_the_version_before_it() -> None:
    store = MemoryStore()
    again = edit(store, create(store, RATIO), RATIO)
    other = edit(store, again, CLEARER)

    assert [
        WarningCode.EDIT_NO_CHANGE in {each.code for each in saved.warnings}
        for saved in (again, other)
    ] == [
        True,
        False,
    ]
    changes = store.read(concepts.list_history, again.concept.id)
    assert changes[1].data == stored_data(again.version, again.warnings)


def test_the_hand_off_s_methods_remark_as_the_handlers_do() -> None:
    store = MemoryStore()
    twin = create(store, RATIO)

    def save(tx: MemoryTransaction, _: None) -> None:
        concept, latest = (
            tx.concepts.repository.get_concept(twin.concept.id),
            tx.concepts.repository.get_latest_version(twin.concept.id),
        )
        assert concept is not None
        assert latest is not None
        moved = evolve(
            concept, current_version=2, updated_at=concept.updated_at + timedelta(seconds=1)
        )
        tx.concepts.repository.save_concept(moved)
        tx.concepts.repository.save_version(
            moved.new_version(latest.content, version_id="v-2", by=MAYA, note="the same again")
        )

    create(store, RATIO)
    store.run(save, None, actor=MAYA, reason="a test")
    codes = {each.code for each in store.read(concepts.list_warnings, twin.concept.id).warnings}

    assert {WarningCode.EDIT_NO_CHANGE, WarningCode.NAME_COLLISION} <= codes


def test_a_concept_without_its_version_is_named() -> None:
    def save(tx: MemoryTransaction, _: None) -> None:
        for concept_id in ("c-2", "c-1"):
            tx.concepts.repository.save_concept(evolve(CONCEPT, id=concept_id, current_version=1))

    refused = refusal(lambda: MemoryStore().run(save, None, actor=MAYA, reason="a test"))

    assert isinstance(refused, PartialWrite)
    assert refused.concept_ids == ("c-1", "c-2")
