"""A saved concept means one action or is refused, and a change stores its records' digests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve, frozen
from tests.core.concepts.scenarios import codes

from indelible import concepts
from indelible.app import ReadTx
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
    fold,
    version_data,
    version_records,
)
from indelible.concepts.rules.warnings.codes import WarningCode, warning
from indelible.concepts.rules.warnings.content import RULESET
from indelible.kernel import Actor, IndelibleError, InvalidTransition, digest
from indelible.kernel.digest_schemes import DIGEST_SCHEME
from indelible.memory import MemoryStore, MemoryTransaction
from indelible.policy import Policy
from indelible.testing.stores import CLEARER, MAYA, NOOR, RATIO, create, do, edit, refusal, submit

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
STORED = Concept(
    id="c-1", current_version=2, status=ConceptStatus.DRAFT, created_at=NOW, updated_at=NOW
)
VERSION_2 = ConceptVersion(
    id="v-2",
    concept_id="c-1",
    version_number=2,
    content=RATIO,
    created_by=MAYA,
    created_at=NOW,
    change_note="why",
)
VERSION_1 = evolve(VERSION_2, id="v-1", version_number=1)
FOUR_EYES = ConceptPolicy(four_eyes=True)


@frozen(kw_only=True)
class SavedConcept:
    """A concept as a caller saves it, beside the stored one, and the error that it causes."""

    stored: Concept | None = STORED
    saved: Concept
    error: IndelibleError


REFUSED = {
    "a new concept at version 2": SavedConcept(
        stored=None,
        saved=STORED,
        error=InvalidInitialState("c-1"),
    ),
    "a new concept with two times": SavedConcept(
        stored=None,
        saved=evolve(STORED, current_version=1, updated_at=LATER),
        error=InvalidInitialState("c-1"),
    ),
    "another time of creation": SavedConcept(
        saved=evolve(STORED, created_at=LATER),
        error=ImmutableFieldChanged("c-1"),
    ),
    "an older version": SavedConcept(
        saved=evolve(STORED, current_version=1),
        error=StaleConcept("c-1"),
    ),
    "a version is skipped": SavedConcept(
        saved=evolve(STORED, current_version=4),
        error=VersionGap("c-1", 2),
    ),
    "an edit and a step at once": SavedConcept(
        saved=evolve(STORED, current_version=3, status=ConceptStatus.REVIEW),
        error=CombinedChange("c-1"),
    ),
    "only another time": SavedConcept(
        saved=evolve(STORED, updated_at=LATER),
        error=StaleConcept("c-1"),
    ),
    "a new version without a later time": SavedConcept(
        saved=evolve(STORED, current_version=3),
        error=StaleConcept("c-1"),
    ),
    "a skipped state": SavedConcept(
        saved=evolve(STORED, status=ConceptStatus.PUBLISHED, updated_at=LATER),
        error=InvalidTransition("concept", "DRAFT", "to PUBLISHED", ("edit", "submit")),
    ),
}


def error_of(attempt: Callable[[], object]) -> IndelibleError:
    """Return the error that the attempt raises."""
    error = refusal(attempt)
    assert error is not None
    return error


def check_same_error(actual: IndelibleError, expected: IndelibleError) -> None:
    """Check that both errors have the same type and the same values."""
    assert type(actual) is type(expected)
    assert actual.detail == expected.detail


@pytest.mark.parametrize(
    ("stored", "saved", "action"),
    [
        (None, evolve(STORED, current_version=1), "create"),
        (STORED, STORED, None),
        (STORED, evolve(STORED, current_version=3, updated_at=LATER), "edit"),
        (STORED, evolve(STORED, status=ConceptStatus.REVIEW, updated_at=LATER), "submit"),
    ],
    ids=["create", "no change", "edit", "submit"],
)
def test_a_saved_concept_means_one_action(
    stored: Concept | None, saved: Concept, action: str | None
) -> None:
    assert change_between(stored, saved) == action


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_saved_concept_that_does_not_follow_is_refused(case: SavedConcept) -> None:
    error = error_of(lambda: change_between(case.stored, case.saved))

    check_same_error(error, case.error)


def test_the_version_that_the_concept_points_to_is_accepted() -> None:
    check_version(VERSION_2, STORED, VERSION_1)


@pytest.mark.parametrize(
    ("version", "latest", "expected"),
    [
        (VERSION_2, VERSION_2, VersionAlreadyExists("c-1", 2)),
        (VERSION_2, None, VersionOutOfSequence("c-1", 2)),
        (evolve(VERSION_2, created_at=LATER), VERSION_1, PointerMismatch("c-1", 2)),
    ],
    ids=["stored already", "out of sequence", "another time"],
)
def test_another_version_is_refused(
    version: ConceptVersion, latest: ConceptVersion | None, expected: IndelibleError
) -> None:
    error = error_of(lambda: check_version(version, STORED, latest))

    check_same_error(error, expected)


def test_four_eyes_forbid_the_author_to_approve() -> None:
    error = error_of(lambda: check_step("approve", VERSION_2, MAYA, FOUR_EYES))

    check_same_error(error, SelfApproval("c-1", 2))


@pytest.mark.parametrize(
    ("action", "actor", "policy"),
    [
        ("approve", NOOR, FOUR_EYES),
        ("publish", MAYA, FOUR_EYES),
        ("approve", MAYA, ConceptPolicy()),
    ],
    ids=["another actor", "another action", "no four eyes"],
)
def test_four_eyes_forbid_nothing_else(action: str, actor: Actor, policy: ConceptPolicy) -> None:
    check_step(action, VERSION_2, actor, policy)


def test_the_approving_handler_checks_four_eyes() -> None:
    store = MemoryStore(policy=Policy(concepts=FOUR_EYES))
    saved = submit(store, create(store))
    command = concepts.ApproveConcept(concept_id=saved.concept.id, expected_seq=saved.seq)

    error = error_of(lambda: do(store, concepts.approve_concept, command))
    approved = do(store, concepts.approve_concept, command, actor=NOOR)

    assert isinstance(error, SelfApproval)
    assert approved.concept.status is ConceptStatus.APPROVED
    assert store.read(concepts.list_history, saved.concept.id)[-1].data == {}


def test_only_a_published_concept_can_be_corrected() -> None:
    check_corrected(evolve(STORED, status=ConceptStatus.PUBLISHED))
    error = error_of(lambda: check_corrected(STORED))

    assert isinstance(error, CorrectionTargetNotPublished)
    assert error.detail == {"concept_id": "c-1", "status": "DRAFT"}


def stored_data(
    version: ConceptVersion, warnings: Warnings, *, corrects: str | None = None
) -> dict[str, object]:
    """Return the data of a change that adds a version."""
    data = dict(version_data(corrects))
    for record in version_records(version, warnings):
        data[record.record_name] = record.digest(DIGEST_SCHEME)

    return data


def test_a_change_stores_the_digests_of_its_records() -> None:
    warnings = (warning(WarningCode.DEF_EMPTY, field="definition"),)
    warnings_digest = digest(["c-1", 2, NOW, RULESET, warnings])

    assert stored_data(VERSION_2, warnings) == {
        "version": digest(VERSION_2),
        "warnings": warnings_digest,
        "ruleset": RULESET,
    }
    assert stored_data(VERSION_2, ())["warnings"] != warnings_digest


def test_a_correction_stores_the_id_of_the_corrected_concept() -> None:
    data = stored_data(VERSION_2, (), corrects="c-0")

    assert data == {**stored_data(VERSION_2, ()), "corrects": "c-0"}


def test_changes_fold_to_the_concept_after_the_last_one() -> None:
    store = MemoryStore()
    created = create(store)
    submitted = submit(store, edit(store, created))
    changes = store.read(concepts.list_history, created.concept.id)

    assert fold(changes) == submitted.concept
    assert fold(changes[:1]) == created.concept


def test_a_version_has_the_note_of_its_command() -> None:
    store = MemoryStore()
    command = concepts.CreateConcept(content=RATIO, change_note="the first draft")
    created = do(store, concepts.create_concept, command)
    edited = edit(store, created)

    assert created.version.change_note == "the first draft"
    assert edited.version.change_note == "says it more clearly"


def stored_warnings(tx: ReadTx, concept_id: str, version_number: int) -> Warnings:
    """Return the warnings of a version as they are stored, without the levels of a policy."""
    return tx.concepts.concepts.warnings(concept_id, version_number)


def test_an_edit_is_compared_with_the_version_before_it() -> None:
    store = MemoryStore()
    repeated = edit(store, create(store, RATIO), RATIO)
    changed = edit(store, repeated, CLEARER)
    changes = store.read(concepts.list_history, repeated.concept.id)

    assert WarningCode.EDIT_NO_CHANGE in codes(repeated.warnings)
    assert WarningCode.EDIT_NO_CHANGE not in codes(changed.warnings)
    warnings = store.read(stored_warnings, repeated.concept.id, 2)
    assert changes[1].data == stored_data(repeated.version, warnings)


def test_a_version_saved_through_the_repository_has_the_same_warnings() -> None:
    store = MemoryStore()
    create(store, RATIO)
    concept_id = create(store, RATIO).concept.id

    def save_unchanged_edit(tx: MemoryTransaction, _: None) -> None:
        repository = tx.concepts.repository
        concept = repository.get_concept(concept_id)
        latest = repository.get_latest_version(concept_id)
        assert concept is not None
        assert latest is not None

        updated_at = concept.updated_at + timedelta(seconds=1)
        edited = evolve(concept, current_version=2, updated_at=updated_at)
        version = edited.new_version(
            latest.content, version_id="v-2", by=MAYA, note="the same again"
        )
        repository.save_concept(edited)
        repository.save_version(version)

    store.run(save_unchanged_edit, None, actor=MAYA, reason="a test")
    warnings = store.read(concepts.list_warnings, concept_id).warnings

    assert {WarningCode.EDIT_NO_CHANGE, WarningCode.NAME_COLLISION} <= set(codes(warnings))


def test_concepts_saved_without_a_version_are_refused_by_id() -> None:
    def save_without_versions(tx: MemoryTransaction, _: None) -> None:
        for concept_id in ("c-2", "c-1"):
            tx.concepts.repository.save_concept(evolve(STORED, id=concept_id, current_version=1))

    store = MemoryStore()
    error = error_of(lambda: store.run(save_without_versions, None, actor=MAYA, reason="a test"))

    assert isinstance(error, PartialWrite)
    assert error.concept_ids == ("c-1", "c-2")
