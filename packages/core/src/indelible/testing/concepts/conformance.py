"""The conformance suite of concepts: every store must pass it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from attrs import evolve

from indelible import concepts
from indelible.app import WriteTx
from indelible.concepts import ConceptContent, ConceptFilter, ConceptStatus
from indelible.concepts.entities import Warnings
from indelible.concepts.rules.records import fold
from indelible.kernel import (
    IndelibleError,
    InvalidTransition,
    NamedListOrder,
    Stale,
    verify_chain,
)
from indelible.testing.stores import (
    CLEARER,
    MAYA,
    NOOR,
    RATIO,
    AnyStore,
    approve,
    create,
    do,
    edit,
    publish,
    published,
    refusal,
    submit,
)
from indelible.testing.suite import Suite


class ConceptsConformance(Suite):
    """The behavior of concepts in a store.

    Subclass it and add a fixture `store` with an empty store.
    """

    def test_a_new_concept_is_a_draft_at_version_1_and_seq_1(self, store: AnyStore) -> None:
        saved = create(store)

        assert (saved.concept.status, saved.concept.current_version, saved.seq) == (
            ConceptStatus.DRAFT,
            1,
            1,
        )
        assert (saved.version.version_number, saved.version.content) == (1, RATIO)

    def test_a_concept_reads_back_as_it_was_saved(self, store: AnyStore) -> None:
        saved = edit(store, create(store))
        stored = store.read(concepts.get_concept, saved.concept.id)

        assert (stored.concept, stored.version, stored.seq) == (
            saved.concept,
            saved.version,
            saved.seq,
        )
        assert stored.warnings == saved.warnings

    def test_an_edit_adds_a_version_and_keeps_the_one_before(self, store: AnyStore) -> None:
        saved = edit(store, create(store))
        versions = store.read(concepts.list_versions, saved.concept.id)

        first, second = versions
        assert (first.version_number, first.content) == (1, RATIO)
        assert (second.version_number, second.content) == (2, CLEARER)
        assert saved.concept.status is ConceptStatus.DRAFT

    def test_a_status_change_adds_no_version(self, store: AnyStore) -> None:
        saved = published(store)

        assert (saved.concept.status, saved.concept.current_version) == (ConceptStatus.PUBLISHED, 1)
        assert len(store.read(concepts.list_versions, saved.concept.id)) == 1

    def test_no_state_is_skipped_and_none_comes_back(self, store: AnyStore) -> None:
        draft = create(store)
        approved = approve(store, submit(store, create(store)))

        for attempt in (
            lambda: approve(store, draft),
            lambda: publish(store, draft),
            lambda: submit(store, approved),
        ):
            assert isinstance(refusal(attempt), InvalidTransition)
        assert store.read(concepts.get_concept, draft.concept.id).seq == draft.seq

    def test_a_published_concept_is_read_only(self, store: AnyStore) -> None:
        saved = published(store)
        refused = refusal(lambda: edit(store, saved))

        assert isinstance(refused, InvalidTransition)
        assert refused.allowed == ()

    def test_an_edit_of_what_is_approved_is_allowed_and_warned(self, store: AnyStore) -> None:
        approved = approve(store, submit(store, create(store)))
        edited = edit(store, approved)
        again = approve(store, edited)

        assert "APPROVAL_STALE" in warning_codes(edited.current_warnings)
        assert "APPROVAL_STALE" not in warning_codes(again.current_warnings)
        assert again.concept.status is ConceptStatus.APPROVED

    def test_a_published_concept_is_corrected_by_a_new_one(self, store: AnyStore) -> None:
        wrong = published(store)
        right = create(store, CLEARER, corrects=wrong.concept.id)
        birth = store.read(concepts.list_history, right.concept.id)[0]
        refused = refusal(lambda: create(store, corrects=right.concept.id))

        assert birth.data["corrects"] == wrong.concept.id
        assert isinstance(refused, concepts.errors.CorrectionTargetNotPublished)
        assert isinstance(
            refusal(lambda: create(store, corrects="nowhere")), concepts.errors.ConceptNotFound
        )

    def test_a_command_that_expects_an_old_seq_is_stale(self, store: AnyStore) -> None:
        created = create(store)
        edit(store, created)

        assert isinstance(refusal(lambda: edit(store, created)), Stale)
        assert isinstance(refusal(lambda: submit(store, created)), Stale)

    def test_of_two_sessions_that_edit_the_same_concept_one_is_stale(self, store: AnyStore) -> None:
        created = create(store)
        start = Barrier(2)

        def session(_: int) -> IndelibleError | None:
            start.wait()
            return refusal(lambda: edit(store, created))

        with ThreadPoolExecutor(2) as sessions:
            errors = list(sessions.map(session, range(2)))

        assert errors.count(None) == 1
        assert sum(isinstance(error, Stale) for error in errors) == 1

    def test_an_unknown_concept_is_not_found(self, store: AnyStore) -> None:
        attempts = (
            lambda: store.read(concepts.get_concept, "nowhere"),
            lambda: store.read(concepts.list_versions, "nowhere"),
            lambda: store.read(concepts.list_history, "nowhere"),
            lambda: store.read(concepts.list_warnings, "nowhere"),
        )

        for attempt in attempts:
            assert isinstance(refusal(attempt), concepts.errors.ConceptNotFound)

    def test_an_unknown_version_is_not_found(self, store: AnyStore) -> None:
        saved = create(store)
        refused = refusal(lambda: store.read(concepts.get_version, saved.concept.id, 2))

        assert isinstance(refused, concepts.errors.VersionNotFound)

    def test_history_says_who_did_what_and_why(self, store: AnyStore) -> None:
        saved = approve(store, submit(store, edit(store, create(store))))
        changes = store.read(concepts.list_history, saved.concept.id)

        steps = [(change.action, change.actor) for change in changes]
        assert steps == [("create", MAYA), ("edit", MAYA), ("submit", MAYA), ("approve", NOOR)]
        for change in changes:
            assert (change.reason, change.request_id) == ("a test", "request-1")

    def test_the_history_is_a_chain_and_folds_to_the_concept(self, store: AnyStore) -> None:
        saved = publish(store, approve(store, edit(store, submit(store, create(store)))))
        changes = store.read(concepts.list_history, saved.concept.id)

        assert verify_chain(concepts.CONCEPT, changes).seq == saved.seq
        assert fold(changes) == saved.concept

    def test_history_reads_on_after_a_seq(self, store: AnyStore) -> None:
        saved = submit(store, edit(store, create(store)))
        first_seq = 1
        changes = store.read(concepts.list_history, saved.concept.id, after=first_seq, limit=1)

        (change,) = changes
        assert change.seq == first_seq + 1
        assert store.read(concepts.list_history, saved.concept.id, after=3) == ()

    def test_as_of_is_the_fold_of_history_at_every_position(self, store: AnyStore) -> None:
        saved = approve(store, edit(store, submit(store, edit(store, create(store)))))
        changes = store.read(concepts.list_history, saved.concept.id)

        for position in range(1, len(changes) + 1):
            expected = fold(changes[:position])
            by_seq = store.read(concepts.concept_as_of, saved.concept.id, seq=position)
            by_time = store.read(
                concepts.concept_as_of, saved.concept.id, at=changes[position - 1].at
            )

            assert by_seq == by_time
            assert (by_seq.concept, by_seq.seq) == (expected, position)
            assert by_seq.version.version_number == expected.current_version

    def test_nothing_is_there_before_its_birth(self, store: AnyStore) -> None:
        saved = create(store)
        before = saved.concept.created_at - timedelta(microseconds=1)
        refused = refusal(lambda: store.read(concepts.concept_as_of, saved.concept.id, at=before))

        assert isinstance(refused, concepts.errors.NotYetCreated)

    def test_versions_can_be_diffed(self, store: AnyStore) -> None:
        saved = edit(store, create(store))
        difference = store.read(concepts.diff_versions, saved.concept.id, 1, 2)

        assert difference.diff.apply(RATIO) == CLEARER
        assert difference.diff.invert().apply(CLEARER) == RATIO

    def test_warnings_are_kept_with_the_version_and_never_block(self, store: AnyStore) -> None:
        poor = create(store, ConceptContent(name="Ratio"))
        better = edit(store, poor, CLEARER)

        assert "DEF_EMPTY" in warning_codes(poor.warnings)
        assert "DEF_EMPTY" not in warning_codes(better.warnings)
        assert store.read(concepts.get_version, poor.concept.id, 1).warnings == poor.warnings

    def test_a_name_that_another_concept_has_is_warned(self, store: AnyStore) -> None:
        create(store)
        second = create(store, evolve(RATIO, name=" RATIO"))

        assert "NAME_COLLISION" in warning_codes(second.warnings)

    def test_names_of_any_length_are_kept_and_told_apart_to_their_ends(
        self, store: AnyStore
    ) -> None:
        # 1,000 different characters, so that a database cannot compress the name.
        longest = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(1_000))
        create(store, evolve(RATIO, name=longest))
        other = create(store, evolve(RATIO, name=longest[:-1]))
        same = edit(store, other, evolve(RATIO, name=longest))

        assert "NAME_COLLISION" not in warning_codes(other.warnings)
        assert "NAME_COLLISION" in warning_codes(same.warnings)

    def test_a_known_name_in_the_definition_wants_a_prerequisite(self, store: AnyStore) -> None:
        create(store)
        rate = create(
            store, ConceptContent(name="Rate", definition="A [ratio](#ratio) of two units.")
        )

        assert "PREREQ_NONE_BUT_REFERENCED" in warning_codes(rate.warnings)

    def test_warnings_about_prerequisites_follow_the_other_concepts(self, store: AnyStore) -> None:
        rate = create(store, ConceptContent(name="Rate", prerequisites=("Ratio",)))
        dangling = warning_codes(rate.current_warnings)
        ratio = create(store, evolve(RATIO, prerequisites=(rate.concept.id,)))
        warnings = store.read(concepts.list_warnings, rate.concept.id)

        assert "PREREQ_DANGLING" in dangling
        assert warning_codes(warnings.current_warnings) == {"PREREQ_CYCLE"}
        assert "PREREQ_CYCLE" in warning_codes(ratio.current_warnings)

    def test_a_misspelt_prerequisite_is_given_a_hint(self, store: AnyStore) -> None:
        create(store)
        rate = create(store, ConceptContent(name="Rate", prerequisites=("Rato",)))
        (warning,) = rate.current_warnings

        assert warning.code == "PREREQ_DANGLING"
        assert "Ratio" in warning.params

    def test_a_learning_order_puts_prerequisites_first(self, store: AnyStore) -> None:
        ratio = create(store)
        rate = create(store, ConceptContent(name="Rate", prerequisites=("ratio",)))
        speed = create(store, ConceptContent(name="Speed", prerequisites=(rate.concept.id,)))
        order = store.read(concepts.get_learning_order, speed.concept.id)

        assert order.layers == ((ratio.concept.id,), (rate.concept.id,), (speed.concept.id,))
        assert store.read(concepts.get_learning_order).layers == order.layers

    def test_concepts_are_listed_a_page_at_a_time(self, store: AnyStore) -> None:
        created_ids: list[str] = []
        for number in range(5):
            saved = create(store, evolve(RATIO, name=f"Ratio {number}"))
            created_ids.append(saved.concept.id)

        first = store.read(concepts.list_concepts, ConceptFilter(), limit=3)
        second = store.read(
            concepts.list_concepts, ConceptFilter(), after=first[-1].concept.id, limit=3
        )

        listed_ids = [summary.concept.id for summary in (*first, *second)]
        assert listed_ids == sorted(created_ids)

    def test_the_newest_concepts_are_listed_first_where_it_is_asked_for(
        self, store: AnyStore
    ) -> None:
        created_ids = [create(store).concept.id for _ in range(5)]
        newest = ConceptFilter(order=NamedListOrder.NEWEST, text="a")

        listed_ids: list[str] = []
        after = ""
        while True:
            page = store.read(concepts.list_concepts, newest, after=after, limit=2)
            if not page:
                break
            listed_ids += [summary.concept.id for summary in page]
            after = newest.position_of_summary(page[-1])

        assert listed_ids == sorted(created_ids, reverse=True)

    def test_search_takes_its_text_literally(self, store: AnyStore) -> None:
        names = ("50% off", "50 percent", "a_b", "ab", "back\\slash", "O'Hara", "Straße")
        for name in names:
            create(store, ConceptContent(name=name, definition="Said of a price."))

        assert names_with_text(store, "%") == ["50% off"]
        assert names_with_text(store, "_") == ["a_b"]
        assert names_with_text(store, "\\") == ["back\\slash"]
        assert names_with_text(store, "'") == ["O'Hara"]
        assert names_with_text(store, "STRASSE") == ["Straße"]
        assert len(names_with_text(store, "PRICE")) == len(names)

    def test_concepts_are_found_by_status(self, store: AnyStore) -> None:
        create(store)
        reviewed = submit(store, create(store))
        listed = store.read(concepts.list_concepts, ConceptFilter(status=ConceptStatus.REVIEW))

        (summary,) = listed
        assert summary.concept == reviewed.concept

    def test_an_overview_has_the_last_actor_and_the_stored_warnings(self, store: AnyStore) -> None:
        edited = edit(store, create(store))
        zero = create(store, ConceptContent(name="Zero"))
        command = concepts.SubmitConcept(concept_id=zero.concept.id, expected_seq=zero.seq)
        reviewed = do(store, concepts.submit_concept, command, actor=NOOR)
        for matching in (ConceptFilter(), ConceptFilter(text="o"), ConceptFilter(actor=NOOR)):
            summaries = store.read(concepts.list_concepts, matching)
            overviews = store.read(concepts.search_overviews, matching).overviews
            assert tuple(overview.summary for overview in overviews) == summaries

        oldest_first = ConceptFilter(order=NamedListOrder.OLDEST)
        overviews = store.read(concepts.search_overviews, oldest_first).overviews
        assert [overview.actor for overview in overviews] == [MAYA, NOOR]
        for overview, saved in zip(overviews, (edited, reviewed), strict=True):
            view = store.read(concepts.get_concept, saved.concept.id)
            assert overview.warnings == view.warnings

    def test_concepts_are_counted_up_to_a_limit(self, store: AnyStore) -> None:
        do(store, concepts.create_concept, concepts.CreateConcept(content=RATIO), actor=NOOR)
        for _ in range(3):
            submit(store, create(store))
        counts = {
            ConceptFilter(): 4,
            ConceptFilter(status=ConceptStatus.REVIEW): 3,
            ConceptFilter(status=ConceptStatus.REVIEW, actor=NOOR): 0,
            ConceptFilter(actor=NOOR): 1,
            ConceptFilter(text="ratio"): 4,
            ConceptFilter(name_prefix="RA"): 4,
            ConceptFilter(name_prefix="zz"): 0,
            ConceptFilter(order=NamedListOrder.NAME): 4,
        }

        for matching, count in counts.items():
            assert store.read(concepts.count_concepts, matching) == count, matching
            assert store.read(concepts.count_concepts, matching, limit=2) == min(count, 2)

    def test_every_text_comes_back_unchanged(self, store: AnyStore) -> None:
        odd = (
            "\u202etab\t line\n \u00e9 e\u0301 \U0001f9ee "
            "'; DROP TABLE concepts; -- %s :x {0} \\ \""
        )
        content = ConceptContent(
            name=odd, definition=odd, examples=(odd, "", odd), scope_boundaries=""
        )
        saved = create(store, content)

        assert store.read(concepts.get_concept, saved.concept.id).version.content == content

    def test_two_commands_of_one_transaction_stand_or_fall_together(self, store: AnyStore) -> None:
        created = create(store)

        def twice(tx: WriteTx, command: concepts.SubmitConcept) -> None:
            concepts.submit_concept(tx, command)
            concepts.submit_concept(tx, command)

        command = concepts.SubmitConcept(concept_id=created.concept.id, expected_seq=created.seq)

        assert isinstance(refusal(lambda: do(store, twice, command)), Stale)
        assert store.read(concepts.get_concept, created.concept.id).concept == created.concept

    def test_time_moves_even_when_the_clock_runs_back(self, store: AnyStore) -> None:
        first = create(store)
        second = edit(store, first)
        third = edit(store, second)

        assert first.concept.updated_at < second.concept.updated_at < third.concept.updated_at


def warning_codes(warnings: Warnings) -> set[str]:
    """Return the codes of the warnings."""
    return {warning.code for warning in warnings}


def names_with_text(store: AnyStore, text: str) -> list[str]:
    """Return the names of the concepts that a search for the text finds."""
    summaries = store.read(concepts.list_concepts, ConceptFilter(text=text))
    return [summary.name for summary in summaries]
