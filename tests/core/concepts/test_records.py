"""A saved concept means one action or is refused, and a change stores its records' digests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from attrs import evolve
from tests.core.concepts.scenarios import codes

from indelible import concepts
from indelible.app import ReadTx
from indelible.concepts import Concept, ConceptPolicy, ConceptStatus, ConceptVersion
from indelible.concepts.entities import Warnings
from indelible.concepts.errors import (
    SelfApproval,
    StaleConcept,
)
from indelible.concepts.rules.records import (
    change_between,
    version_data,
    version_records,
)
from indelible.concepts.rules.warnings.codes import WarningCode, warning
from indelible.concepts.rules.warnings.content import RULESET
from indelible.kernel import IndelibleError, digest
from indelible.kernel.digest_schemes import DIGEST_SCHEME
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible.testing.stores import (
    CLEARER,
    MAYA,
    NOOR,
    RATIO,
    create,
    do,
    edit,
    publish,
    refusal,
    submit,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
VERSION_2 = ConceptVersion(
    id="v-2",
    concept_id="c-1",
    version_number=2,
    content=RATIO,
    created_by=MAYA,
    created_at=NOW,
    change_note="why",
)
FOUR_EYES = ConceptPolicy(four_eyes=True)


def error_of(attempt: Callable[[], object]) -> IndelibleError:
    """Return the error that the attempt raises."""
    error = refusal(attempt)
    assert error is not None
    return error


def test_a_new_version_needs_a_later_time() -> None:
    stored = Concept(
        id="c-1", current_version=2, status=ConceptStatus.DRAFT, created_at=NOW, updated_at=NOW
    )
    edited = evolve(stored, current_version=3)

    assert isinstance(error_of(lambda: change_between(stored, edited)), StaleConcept)
    assert change_between(stored, evolve(edited, updated_at=LATER)) == "edit"


def test_a_store_reads_a_graph_of_up_to_ten_thousand_concepts() -> None:
    assert ConceptPolicy().max_graph_nodes == 10_000


def test_the_approving_handler_checks_four_eyes() -> None:
    store = MemoryStore(policy=Policy(concepts=FOUR_EYES))
    saved = submit(store, create(store))
    command = concepts.ApproveConcept(concept_id=saved.concept.id, expected_seq=saved.seq)

    error = error_of(lambda: do(store, concepts.approve_concept, command))
    approved = do(store, concepts.approve_concept, command, actor=NOOR)

    assert isinstance(error, SelfApproval)
    assert error.detail == {"concept_id": saved.concept.id, "version_number": 1}
    assert approved.concept.status is ConceptStatus.APPROVED
    assert store.read(concepts.list_history, saved.concept.id)[-1].data == {}
    assert publish(store, approved).concept.status is ConceptStatus.PUBLISHED


def test_without_four_eyes_the_author_approves() -> None:
    store = MemoryStore()
    saved = submit(store, create(store))
    command = concepts.ApproveConcept(concept_id=saved.concept.id, expected_seq=saved.seq)

    assert do(store, concepts.approve_concept, command).concept.status is ConceptStatus.APPROVED


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
