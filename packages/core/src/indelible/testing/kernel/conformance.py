"""The conformance suite of the kernel: receipts, the feed and consistent reads."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import combinations
from operator import attrgetter
from typing import Any

from indelible import concepts
from indelible.app import ReadTx, WriteTx
from indelible.kernel import (
    Change,
    ChangeFilter,
    Feed,
    Idempotency,
    IdempotencyKeyConflict,
    IndelibleError,
    Stale,
    UsageError,
)
from indelible.kernel.change_feed import ALL_CHANGES
from indelible.kernel.contracts import check_contract
from indelible.kernel.keys import CreateKey, create_key
from indelible.kernel.minutes import MinuteCounts, minute_of
from indelible.kernel.transaction import single_statement
from indelible.testing.kernel.breakers import BreakersConformance
from indelible.testing.kernel.commit_signals import CommitSignalsConformance
from indelible.testing.kernel.keys import KeysConformance
from indelible.testing.kernel.payloads import PayloadsConformance
from indelible.testing.kernel.rejections import RejectionsConformance
from indelible.testing.kernel.runbooks import RunbooksConformance
from indelible.testing.kernel.subjects import SubjectsConformance
from indelible.testing.kernel.subscribers import SubscribersConformance
from indelible.testing.kernel.task_budgets import TaskBudgetsConformance
from indelible.testing.kernel.task_demands import TaskDemandsConformance
from indelible.testing.kernel.webhooks import WebhookRejectionsConformance
from indelible.testing.stores import (
    CLEARER,
    FAR,
    MAYA,
    NOOR,
    RATIO,
    AnyStore,
    create,
    do,
    edit,
    refusal,
    submit,
)

ONCE = Idempotency("key-1", concepts.ConceptSaved)
CREATE = concepts.CreateConcept(content=RATIO)


class KernelConformance(
    BreakersConformance,
    CommitSignalsConformance,
    KeysConformance,
    TaskBudgetsConformance,
    TaskDemandsConformance,
    PayloadsConformance,
    RejectionsConformance,
    RunbooksConformance,
    SubjectsConformance,
    SubscribersConformance,
    WebhookRejectionsConformance,
):
    """Subclass it with a fixture `store`: an empty store whose policy has a pepper."""

    def test_a_check_of_space_stores_nothing(self, store: AnyStore) -> None:
        create(store)
        changes = store.feed().changes

        store.check_space()

        assert store.feed().changes == changes

    def test_the_transactions_implement_their_ports(self, store: AnyStore) -> None:
        def check_transaction(tx: WriteTx, _: None) -> None:
            check_contract(tx, WriteTx, follow_properties=True)

        store.read(lambda tx: check_contract(tx, ReadTx, follow_properties=True))
        store.run(check_transaction, None, actor=MAYA, reason="a test")

    def test_a_transaction_that_catches_a_refused_write_is_not_committed(
        self, store: AnyStore
    ) -> None:
        def create_twice(tx: WriteTx, command: CreateKey) -> None:
            saved = create_key(tx, command)
            (change,) = tx.history.of("key", saved.key.id)
            with suppress(IndelibleError):
                tx.keys.save(change, saved.key)

        command = CreateKey(owner=MAYA, scopes=("admin",))
        error = refusal(lambda: do(store, create_twice, command))

        assert isinstance(error, UsageError), error
        assert "refused inside the transaction" in str(error)
        assert store.feed().changes == ()

    def test_reads_together_return_in_their_order(self, store: AnyStore) -> None:
        def read(tx: ReadTx) -> tuple[int, int, int]:
            return tx.read_together(
                lambda: len(tx.keys.page(after="", limit=9)),
                lambda: 7,
                lambda: len(tx.settings.page(after="", limit=9)),
            )

        do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))

        assert store.read(read) == (1, 7, 0)

    def test_reads_together_raise_the_first_error(self, store: AnyStore) -> None:
        def get_unknown(tx: ReadTx) -> None:
            tx.read_together(
                lambda: tx.keys.page(after="", limit=9),
                lambda: tx.keys.get("unknown"),
                lambda: tx.settings.get("unknown"),
            )

        error = refusal(lambda: store.read(get_unknown))

        assert error is not None, "no error"
        assert error.code == "KEY_NOT_FOUND", error

    def test_reads_together_see_what_one_of_them_has_written(self, store: AnyStore) -> None:
        def create_and_count(tx: WriteTx, _: None) -> int:
            def create_one() -> None:
                assert tx.keys.page(after="", limit=9) == (), "a key"
                create_key(tx, CreateKey(owner=MAYA, scopes=("admin",)))

            _, count = tx.read_together(create_one, lambda: len(tx.keys.page(after="", limit=9)))
            return count

        assert do(store, create_and_count, None) == 1
        assert len(store.feed().changes) == 1

    def test_the_same_request_twice_has_one_effect_and_one_answer(self, store: AnyStore) -> None:
        first = do(store, concepts.create_concept, CREATE, idempotency=ONCE)
        again = do(store, concepts.create_concept, CREATE, idempotency=ONCE)

        assert again == first
        assert len(store.feed().changes) == 1

    def test_a_key_given_with_another_request_is_refused(self, store: AnyStore) -> None:
        do(store, concepts.create_concept, CREATE, idempotency=ONCE)
        other = concepts.CreateConcept(content=CLEARER)

        assert isinstance(
            refusal(lambda: do(store, concepts.create_concept, other, idempotency=ONCE)),
            IdempotencyKeyConflict,
        )

    def test_keys_of_two_owners_are_independent(self, store: AnyStore) -> None:
        mine = do(store, concepts.create_concept, CREATE, idempotency=ONCE)
        theirs = do(store, concepts.create_concept, CREATE, idempotency=ONCE, actor=NOOR)

        assert mine.concept.id != theirs.concept.id

    def test_a_refused_request_keeps_no_answer(self, store: AnyStore) -> None:
        created = create(store)
        command = concepts.SubmitConcept(concept_id=created.concept.id, expected_seq=2)

        assert isinstance(
            refusal(lambda: do(store, concepts.submit_concept, command, idempotency=ONCE)), Stale
        )
        edited = edit(store, created)

        assert do(store, concepts.submit_concept, command, idempotency=ONCE).seq == edited.seq + 1

    def test_the_feed_gives_every_change_once_and_in_order(self, store: AnyStore) -> None:
        first, second = create(store), create(store)
        edit(store, first)
        submit(store, second)
        cursor = ""
        revisions: list[tuple[str, int]] = []
        page = store.feed(limit=3)
        while page.changes:
            for change in page.changes:
                revisions.append((change.entity_id, change.seq))
            cursor = page.cursor
            page = store.feed(after=cursor, limit=3)

        assert revisions == [
            (first.concept.id, 1),
            (second.concept.id, 1),
            (first.concept.id, 2),
            (second.concept.id, 2),
        ]
        assert store.feed(after=cursor).changes == ()

    def test_the_feed_reads_on_where_it_ended(self, store: AnyStore) -> None:
        create(store)
        end = store.feed().cursor
        saved = create(store)

        (change,) = store.feed(after=end).changes
        assert change.entity_id == saved.concept.id

    def test_the_newest_changes_end_where_the_feed_ends(self, store: AnyStore) -> None:
        before = store.read(_newest, limit=2)
        submit(store, create(store))
        saved = create(store)
        newest = store.read(_newest, limit=2)

        assert before.changes == ()
        assert [(change.action, change.seq) for change in newest.changes] == [
            ("submit", 2),
            ("create", 1),
        ]
        assert newest.cursor == store.feed().cursor
        assert store.feed(after=newest.cursor).changes == ()
        last_change = store.feed(after=before.cursor).changes[-1]
        assert last_change.entity_id == saved.concept.id

    def test_changes_are_counted_by_minute_from_the_newest_on(self, store: AnyStore) -> None:
        for _ in range(70):
            create(store)
        times = list(map(attrgetter("at"), store.feed().changes))
        first = minute_of(times[0])
        last = minute_of(times[-1])
        assert first < last

        def count(since: datetime, limit: int) -> MinuteCounts:
            return store.read(lambda tx: tx.history.count_by_minute(since=since, limit=limit))

        everything = count(first, 1_000)
        assert everything.counts == Counter(map(minute_of, times))
        assert (everything.is_complete, everything.counted_from) == (True, first)

        newest = count(first, 5)
        assert newest.counts == Counter(map(minute_of, times[-5:]))
        assert (newest.is_complete, newest.total) == (False, 5)
        assert newest.counted_from == minute_of(times[-5])

        assert sum(count(last, 1_000).counts.values()) == everything.counts[last]
        assert count(times[-1], 1_000).counts == {last: 1}
        assert count(FAR, 1_000).counts == {}

    def test_a_lifecycle_has_changed_from_its_first_change_on(self, store: AnyStore) -> None:
        @single_statement
        def changed(tx: ReadTx) -> frozenset[str]:
            return tx.history.changed_lifecycles()

        assert store.read(changed) == frozenset()

        submit(store, create(store))
        create(store)
        assert store.read(changed) == {"concept"}

        do(store, create_key, CreateKey(owner=MAYA, scopes=("a:read",)), actor=NOOR)
        assert store.read(changed) == {"concept", "key"}

    def test_a_filtered_feed_has_the_matching_changes_in_their_order(self, store: AnyStore) -> None:
        saved = edit(store, create(store))
        do(store, concepts.create_concept, CREATE, actor=NOOR)
        submit(store, saved)
        do(store, create_key, CreateKey(owner=MAYA, scopes=("a:read",)), actor=NOOR)
        changes = store.feed().changes
        assert {change.lifecycle for change in changes} == {"concept", "key"}

        for wanted in changes:
            conditions: dict[str, Any] = {
                "lifecycle": wanted.lifecycle,
                "entity_id": wanted.entity_id,
                "actor": wanted.actor,
                "action": wanted.action,
                "since": wanted.at,
                "until": wanted.at,
            }
            for count in (1, 2, 6):
                for names in combinations(conditions, count):
                    matching = ChangeFilter(**{name: conditions[name] for name in names})
                    expected = [change for change in changes if _has(change, matching)]
                    assert _filtered(store, matching) == expected

    def test_history_is_read_backwards_page_by_page(self, store: AnyStore) -> None:
        assert store.read(_backwards, before="", matching=ALL_CHANGES).changes == ()
        saved = edit(store, create(store))
        do(store, concepts.create_concept, CREATE, actor=NOOR)
        submit(store, saved)
        do(store, create_key, CreateKey(owner=MAYA, scopes=("a:read",)), actor=NOOR)
        changes = store.feed().changes

        for wanted in changes:
            conditions: dict[str, Any] = {
                "lifecycle": wanted.lifecycle,
                "entity_id": wanted.entity_id,
                "actor": wanted.actor,
                "action": wanted.action,
                "since": wanted.at,
                "until": wanted.at,
            }
            for count in (0, 1, 2, 6):
                for names in combinations(conditions, count):
                    matching = ChangeFilter(**{name: conditions[name] for name in names})
                    expected = [change for change in changes if _has(change, matching)]
                    assert _all_backwards(store, matching) == expected[::-1], matching

        last = store.read(_newest, limit=1).cursor
        before = store.read(_backwards, before=last, matching=ALL_CHANGES)
        assert before.changes == changes[-2:-4:-1]
        assert store.feed(after=before.cursor).changes == changes[-2:]
        assert changes[0].entity_id == saved.concept.id

    def test_a_transaction_that_has_ended_does_nothing(self, store: AnyStore) -> None:
        ended: list[WriteTx] = []
        command = concepts.CreateConcept(content=RATIO)

        def keep(tx: WriteTx, _: None) -> None:
            ended.append(tx)

        do(store, keep, None)

        assert isinstance(refusal(lambda: concepts.create_concept(ended[0], command)), UsageError)
        assert store.feed().changes == ()

    def test_a_handler_that_would_only_begin_is_refused(self, store: AnyStore) -> None:
        async def wait(tx: WriteTx, command: concepts.CreateConcept) -> object:
            return concepts.create_concept(tx, command)

        def begin(tx: WriteTx, command: concepts.CreateConcept) -> Iterator[object]:
            yield concepts.create_concept(tx, command)

        handlers: tuple[Callable[[WriteTx, concepts.CreateConcept], object], ...] = (wait, begin)
        for handler in handlers:
            error = refusal(partial(do, store, handler, CREATE))
            assert isinstance(error, UsageError), error
            assert "nothing in it has run" in str(error)

    def test_a_query_sees_one_moment(self, store: AnyStore) -> None:
        created = create(store)

        def both(tx: ReadTx) -> tuple[int, int]:
            first = concepts.get_concept(tx, created.concept.id)
            return first.seq, len(concepts.list_history(tx, created.concept.id))

        assert store.read(both) == (1, 1)


def _has(change: Change, matching: ChangeFilter) -> bool:
    """Return True if every field of the filter that is set allows the change."""
    allowed = [
        matching.lifecycle in (None, change.lifecycle),
        matching.entity_id in (None, change.entity_id),
        matching.actor in (None, change.actor),
        matching.action in (None, change.action),
        matching.since is None or matching.since <= change.at,
        matching.until is None or change.at < matching.until,
    ]
    return all(allowed)


def _filtered(store: AnyStore, matching: ChangeFilter) -> list[Change]:
    """Return the matching changes, read in pages of two."""
    changes: list[Change] = []
    cursor = ""
    while True:
        page = store.read(_read_feed, after=cursor, matching=matching)
        if not page.changes:
            assert page.cursor
            return changes
        changes += page.changes
        cursor = page.cursor


def _read_feed(tx: ReadTx, *, after: str, matching: ChangeFilter) -> Feed:
    return tx.history.feed(after=after, limit=2, matching=matching)


def _newest(tx: ReadTx, *, limit: int) -> Feed:
    return tx.history.newest(limit=limit)


def _all_backwards(store: AnyStore, matching: ChangeFilter) -> list[Change]:
    """Return the matching changes, read backwards in pages of two."""
    changes: list[Change] = []
    cursor = ""
    while True:
        page = store.read(_backwards, before=cursor, matching=matching)
        if not page.changes:
            assert page.cursor == cursor
            return changes
        changes += page.changes
        cursor = page.cursor


def _backwards(tx: ReadTx, *, before: str, matching: ChangeFilter) -> Feed:
    return tx.history.backwards(before=before, limit=2, matching=matching)
