"""The conformance suite of seed 000's `ConceptRepository`, one test per outcome."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from attrs import evolve

from indelible import concepts
from indelible.app import WriteTx
from indelible.concepts import Concept, ConceptStatus, ConceptVersion
from indelible.concepts.rules.records import version_records
from indelible.kernel import IndelibleError, InvalidTransition, Stale
from indelible.kernel.aggregates import save_change
from indelible.testing.stores import (
    BEGINNING,
    CLEARER,
    MAYA,
    RATIO,
    AnyStore,
    create,
    do,
    published,
    refusal,
    submit,
)
from indelible.testing.suite import Suite

R = TypeVar("R")
LATER = timedelta(days=1)
CONCEPT = Concept(
    id="c-1",
    current_version=1,
    status=ConceptStatus.DRAFT,
    created_at=BEGINNING,
    updated_at=BEGINNING,
)
VERSION = ConceptVersion(
    id="v-1",
    concept_id="c-1",
    version_number=1,
    content=RATIO,
    created_by=MAYA,
    created_at=BEGINNING,
    change_note="first version",
)


class RepositoryConformance(Suite):
    """The outcomes of the six methods.

    Subclass it and add a fixture `store` with an empty store.
    """

    def test_a_concept_and_its_version_are_saved_in_this_order(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)

        assert read(store, lambda tx: tx.concepts.repository.get_concept("c-1")) == CONCEPT
        assert read(store, lambda tx: tx.concepts.repository.get_latest_version("c-1")) == VERSION
        assert read(store, lambda tx: tx.concepts.repository.get_version("c-1", 1)) == VERSION
        assert read(store, lambda tx: tx.concepts.repository.list_versions("c-1")) == [VERSION]

    def test_what_is_absent_is_none_or_nothing(self, store: AnyStore) -> None:
        assert read(store, lambda tx: tx.concepts.repository.get_concept("c-1")) is None
        assert read(store, lambda tx: tx.concepts.repository.get_latest_version("c-1")) is None
        assert read(store, lambda tx: tx.concepts.repository.get_version("c-1", 1)) is None
        assert read(store, lambda tx: tx.concepts.repository.list_versions("c-1")) == []

    def test_a_birth_is_a_draft_at_version_1(self, store: AnyStore) -> None:
        invalid = (
            evolve(CONCEPT, status=ConceptStatus.REVIEW),
            evolve(CONCEPT, current_version=2),
            evolve(CONCEPT, updated_at=BEGINNING + LATER),
        )

        for concept in invalid:
            assert code(partial(save, store, concept)) == "INVALID_INITIAL_STATE"

    def test_saving_what_is_kept_writes_nothing(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        save(store, CONCEPT)

        assert len(store.read(concepts.list_history, "c-1")) == 1

    def test_a_next_state_is_a_step_with_its_own_change(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        moved = evolve(CONCEPT, status=ConceptStatus.REVIEW, updated_at=BEGINNING + LATER)
        save(store, moved)

        assert read(store, lambda tx: tx.concepts.repository.get_concept("c-1")) == moved
        created, submitted = store.read(concepts.list_history, "c-1")
        assert (created.action, submitted.action) == ("create", "submit")

    def test_a_state_that_is_not_next_is_refused(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        skipped = evolve(CONCEPT, status=ConceptStatus.PUBLISHED, updated_at=BEGINNING + LATER)
        refused = refusal(lambda: save(store, skipped))

        assert isinstance(refused, InvalidTransition)
        assert refused.allowed == ("edit", "submit")

    def test_a_new_version_waits_for_its_content(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        concept, version = second()
        save(store, concept, version)

        assert read(store, lambda tx: tx.concepts.repository.list_versions("c-1")) == [
            VERSION,
            version,
        ]

    def test_a_concept_without_its_version_is_a_partial_write(self, store: AnyStore) -> None:
        assert code(lambda: save(store, CONCEPT)) == "PARTIAL_WRITE"
        save(store, CONCEPT, VERSION)

        assert code(lambda: save(store, second()[0])) == "PARTIAL_WRITE"
        assert read(store, lambda tx: tx.concepts.repository.get_concept("c-1")) == CONCEPT

    def test_an_older_concept_is_stale(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        save(store, *second())

        assert code(lambda: save(store, CONCEPT)) == "STALE_CONCEPT"

    def test_a_touched_time_is_no_change(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        touched = evolve(CONCEPT, updated_at=BEGINNING + LATER)

        assert code(lambda: save(store, touched)) == "STALE_CONCEPT"

    def test_a_version_number_is_not_jumped(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        gap = evolve(CONCEPT, current_version=3, updated_at=BEGINNING + LATER)

        assert code(lambda: save(store, gap)) == "VERSION_GAP"

    def test_status_and_version_do_not_change_at_once(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        both = evolve(second()[0], status=ConceptStatus.REVIEW)

        assert code(lambda: save(store, both)) == "COMBINED_CHANGE"

    def test_the_instant_of_creation_never_changes(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        moved = evolve(CONCEPT, created_at=BEGINNING + LATER, updated_at=BEGINNING + LATER)

        assert code(lambda: save(store, moved)) == "IMMUTABLE_FIELD_CHANGED"

    def test_a_version_of_nothing_is_refused(self, store: AnyStore) -> None:
        assert code(lambda: save(store, VERSION)) == "CONCEPT_NOT_FOUND"

    def test_a_kept_version_is_refused_even_when_it_is_the_same(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)

        assert code(lambda: save(store, VERSION)) == "VERSION_ALREADY_EXISTS"
        assert (
            code(lambda: save(store, evolve(VERSION, content=CLEARER))) == "VERSION_ALREADY_EXISTS"
        )

    def test_a_version_id_is_never_used_again(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        concept, version = second()
        other = evolve(CONCEPT, id="c-2")
        of_other = evolve(VERSION, concept_id="c-2")

        assert code(lambda: save(store, concept, evolve(version, id="v-1"))) == "RECORD_EXISTS"
        assert code(lambda: save(store, other, of_other)) == "RECORD_EXISTS"
        assert len(store.feed().changes) == 1
        assert code(lambda: save(store, other, evolve(of_other, id="v-2"))) == ""

    def test_a_stale_version_with_a_used_id_is_stale(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)

        def save_over_old_head(tx: WriteTx, _: None) -> None:
            head = tx.concepts.concepts.get("c-1")
            for _number in range(2):
                concept = head.entity.transition("edit", now=BEGINNING + LATER)
                version = concept.new_version(CLEARER, version_id="v-2", by=MAYA, note="again")
                records = version_records(version, ())
                save_change(tx, tx.concepts.concepts, head, concept, "edit", records=records)

        error = refusal(lambda: do(store, save_over_old_head, None))
        assert str(error) == str(Stale("c-1", expected_seq=1, actual_seq=2))

    def test_a_version_comes_in_its_turn(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        third = evolve(second()[1], version_number=3)

        assert code(lambda: save(store, third)) == "VERSION_OUT_OF_SEQUENCE"

    def test_a_version_that_its_concept_does_not_point_at_is_refused(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        concept, version = second()

        assert code(lambda: save(store, version)) == "POINTER_MISMATCH"
        assert (
            code(lambda: save(store, concept, evolve(version, created_at=BEGINNING)))
            == "POINTER_MISMATCH"
        )

    def test_a_published_concept_takes_no_version(self, store: AnyStore) -> None:
        saved = published(store)
        concept = evolve(
            saved.concept, current_version=2, updated_at=saved.concept.updated_at + LATER
        )
        version = evolve(saved.version, id="v-2", version_number=2, created_at=concept.updated_at)

        assert code(lambda: save(store, concept, version)) == "INVALID_TRANSITION"

    def test_handlers_and_methods_write_the_same_history(self, store: AnyStore) -> None:
        save(store, CONCEPT, VERSION)
        view = store.read(concepts.get_concept, "c-1")
        by_method = store.read(concepts.list_history, "c-1")[0]
        by_handler = store.read(concepts.list_history, create(store).concept.id)[0]

        assert (by_method.action, sorted(by_method.data)) == (
            by_handler.action,
            sorted(by_handler.data),
        )
        assert submit(store, _as_saved(view)).concept.status is ConceptStatus.REVIEW


def second() -> tuple[Concept, ConceptVersion]:
    """Return the concept at version 2, and that version."""
    concept = evolve(CONCEPT, current_version=2, updated_at=BEGINNING + LATER)
    version = evolve(
        VERSION, id="v-2", version_number=2, content=CLEARER, created_at=BEGINNING + LATER
    )
    return concept, evolve(version, change_note="says it more clearly")


def save(store: AnyStore, *values: Concept | ConceptVersion) -> None:
    """Save the values in one transaction, in their order."""

    def handler(tx: WriteTx, command: tuple[Concept | ConceptVersion, ...]) -> None:
        for value in command:
            if isinstance(value, Concept):
                tx.concepts.repository.save_concept(value)
            else:
                tx.concepts.repository.save_version(value)

    do(store, handler, values)


def read(store: AnyStore, query: Callable[[WriteTx], R]) -> R:
    """Return the result of a query inside a write transaction."""
    return do(store, lambda tx, _: query(tx), None)


def code(attempt: Callable[[], object]) -> str:
    """Return the code of the error that the attempt raises, '' where it raises none."""
    error: IndelibleError | None = refusal(attempt)
    if error is None:
        return ""

    return error.code


def _as_saved(view: concepts.ConceptView) -> concepts.ConceptSaved:
    return concepts.ConceptSaved(
        concept=view.concept,
        version=view.version,
        warnings=view.warnings,
        current_warnings=(),
        seq=view.seq,
    )
