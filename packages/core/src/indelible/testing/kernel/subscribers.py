"""The conformance suite of feed subscribers: each change is handled once, and none is skipped."""

from datetime import timedelta
from functools import partial

from attrs import evolve

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Actor, instant_text
from indelible.kernel.feed_cursors import HASH_DIGITS
from indelible.kernel.feed_stage import FeedRun
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.silence import LONGEST_SILENCE_SECONDS
from indelible.kernel.stages import PermanentFailure, Postpone, RetryLater
from indelible.kernel.subscriber_checks import CursorOutOfFeed, SubscriberFenced
from indelible.kernel.subscribers import (
    FOLLOW_FEED,
    RestartSubscriber,
    SubscriberCursor,
    SubscriberNotFound,
    lock_cursor,
    stopped_subscribers,
)
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.tasks import AttemptOutcome
from indelible.testing.kernel.feed_cursors import FeedCursorsConformance, behind
from indelible.testing.kernel.followed_feeds import MANY, NAME, Following, create_many, restart
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    MAYA,
    AnyStore,
    create,
    enqueue,
    refusal,
    within,
)

FOREIGN = "no-cursor-of-this-store"
NO_HASH = "0" * HASH_DIGITS  # of a cursor, of no change


class SubscribersConformance(FeedCursorsConformance):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_subscriber_handles_each_change_once_and_in_order(self, store: AnyStore) -> None:
        following = Following(store, changes_per_transaction=2)
        first = create_many(store, 5)
        run = following.run()
        second = create_many(store, 2)
        following.run()

        # Its own five changes are in the feed, too: it passes over them.
        assert run == FeedRun(handled=10, is_drained=True)
        assert following.seen() == first + second
        assert following.run() == FeedRun(handled=0, is_drained=True)

    def test_a_reaction_does_not_wake_its_subscriber_for_ever(self, store: AnyStore) -> None:
        following = Following(store)
        create(store)
        following.run()
        changes = store.feed(limit=MANY).changes
        before = following.cursor()

        assert following.run().handled == 0
        assert following.cursor() == before
        assert store.feed(limit=MANY).changes == changes
        assert before.changed_at == changes[-1].at

    def test_a_change_of_a_reaction_names_its_subscriber(self, store: AnyStore) -> None:
        following = Following(store)
        create(store)
        following.run()
        change = store.feed(limit=MANY).changes[-1]

        assert (change.actor, change.reason) == (Actor.system(NAME), "reaction to a change")

    def test_a_failing_reaction_stops_the_subscriber_before_its_change(
        self, store: AnyStore
    ) -> None:
        following = Following(store)
        concepts = create_many(store, 4)
        following.fails_at = concepts[2]
        run = following.run()
        stopped_at = following.cursor()
        error = refusal(following.run)

        assert run == FeedRun(handled=2, is_drained=False)
        assert following.seen() == concepts[:2]
        assert isinstance(error, RetryLater), error
        assert f"create of concept {concepts[2]}, seq 1: ZeroDivisionError" in error.reason
        assert isinstance(error.__cause__, ZeroDivisionError)
        assert following.cursor() == stopped_at

        following.fails_at = ""
        following.run()
        assert following.seen() == concepts

    def test_a_subscriber_handles_many_changes_again_after_the_error_has_passed(
        self, store: AnyStore
    ) -> None:
        following = Following(store, changes_per_transaction=3)
        concepts = create_many(store, 2)
        following.fails_at = concepts[0]
        assert isinstance(refusal(following.run), RetryLater)
        following.fails_at = ""

        assert following.run().is_drained
        assert following.seen() == concepts

    def test_a_reaction_decides_what_becomes_of_its_task(self, store: AnyStore) -> None:
        following = Following(store)
        following.fails_at = create(store).concept.id
        for decision in (
            Postpone(5, "the account is closed for a moment"),
            PermanentFailure("the account is closed"),
            RetryLater("the account is busy", 5),
        ):
            following.failure = decision
            assert refusal(following.run) is decision

        assert following.seen() == []

    def test_a_task_without_a_known_subscriber_is_postponed(self, store: AnyStore) -> None:
        following = Following(store)
        lease = following.claim()

        error = refusal(lambda: following.follower.perform("unknown", LeaseHandle(lease)))
        assert isinstance(error, Postpone), error

    def test_a_worker_with_a_lost_lease_handles_nothing(self, store: AnyStore) -> None:
        following = Following(store)
        concept = create(store).concept.id
        following.run()
        lost = following.claim()
        restart(store, "beginning")
        create(store)

        error = refusal(lambda: following.follower.perform(NAME, LeaseHandle(lost)))
        assert isinstance(error, LeaseLost), error
        assert following.seen() == [concept]

    def test_the_task_is_due_at_once_while_changes_are_left(self, store: AnyStore) -> None:
        following = Following(store, poll_seconds=500)
        concepts = create_many(store, 2)
        following.fails_at = concepts[1]
        following.run()
        due_at = following.task().due_at
        following.fails_at = ""
        following.run()
        later = following.task().due_at

        assert due_at is not None
        assert later is not None
        assert timedelta(seconds=400) < later - due_at < timedelta(seconds=600)

    # Cursors

    def test_a_cursor_moves_only_under_the_fence_of_its_task(self, store: AnyStore) -> None:
        following = Following(store)
        create(store)
        following.run()
        end = store.feed(limit=MANY).cursor
        stored = following.cursor()
        unleased = evolve(stored, feed_cursor=end, fence=following.task().fence)
        assert _refused_save(store, unleased) == "SUBSCRIBER_FENCED"

        lease = following.claim()
        leased = evolve(unleased, fence=lease.fence)
        for other in (
            evolve(leased, fence=lease.fence - 1),
            evolve(leased, fence=lease.fence + 1),
            evolve(leased, feed_cursor=None, changed_at=None),
            evolve(leased, stage="another"),
            evolve(leased, name="unknown"),
            _restarted(leased),
        ):
            assert _refused_save(store, other) == "SUBSCRIBER_FENCED", other
        assert following.cursor() == stored

        within(store, lambda tx: tx.subscribers.save(leased))
        assert following.cursor() == leased

    def test_a_cursor_begins_at_the_beginning(self, store: AnyStore) -> None:
        following = Following(store)
        lease = following.claim()
        first = SubscriberCursor(
            name=NAME,
            stage=FOLLOW_FEED,
            feed_cursor=None,
            changed_at=None,
            fence=lease.fence,
            updated_at=BEGINNING,
        )

        for other in (
            evolve(first, feed_cursor=f"1.{NO_HASH}"),
            _restarted(first),
            evolve(first, fence=9),
        ):
            assert _refused_save(store, other) == "SUBSCRIBER_FENCED", other
        assert within(store, lambda tx: lock_cursor(tx, lease)).after == ""
        assert following.cursor().fence == lease.fence

    def test_a_transaction_that_fails_moves_no_cursor(self, store: AnyStore) -> None:
        following = Following(store)
        lease = following.claim()

        def fail(tx: WriteTx) -> None:
            lock_cursor(tx, lease)
            raise SubscriberNotFound(NAME)

        assert isinstance(refusal(lambda: within(store, fail)), SubscriberNotFound)
        assert store.read(lambda tx: tx.subscribers.all()) == ()

    # Restarts

    def test_a_subscriber_restarts_from_any_position(self, store: AnyStore) -> None:
        following = Following(store)
        create_many(store, 3)
        following.run()
        changes = store.feed(limit=MANY).changes
        middle = store.feed(limit=2).cursor
        end = store.feed(limit=MANY).cursor
        numbers = {"beginning": len(changes), "end": 0, middle: len(changes) - 2, end: 0}

        for position, number in numbers.items():
            restart(store, position)
            assert _unhandled(store, following.cursor()) == number, position
        restart(store, since=changes[1].at)
        assert _unhandled(store, following.cursor()) == len(changes) - 1
        restart(store, since=BEGINNING)
        assert _unhandled(store, following.cursor()) == len(changes)
        assert following.cursor().restarts == len(numbers) + 2

    def test_a_restart_is_recorded_with_its_actor_and_reason(self, store: AnyStore) -> None:
        following = Following(store)
        create(store)
        following.run()
        cursor = restart(store, "end")
        attempts = store.read(lambda tx: tx.tasks.attempts_of(FOLLOW_FEED, NAME, limit=MANY))

        assert following.cursor() == cursor
        assert (cursor.restarts, cursor.restarted_by) == (1, MAYA)
        assert cursor.restart_reason == "restored on a new server"
        assert cursor.restarted_at == cursor.updated_at
        records = {(record.outcome, record.actor, record.reason) for record in attempts}
        for outcome in (AttemptOutcome.CANCELED, AttemptOutcome.REQUEUED):
            assert (outcome, MAYA, "restored on a new server") in records
        assert following.task().due_at is not None

    def test_a_stopped_subscriber_continues_after_its_restart(self, store: AnyStore) -> None:
        following = Following(store)
        concepts = create_many(store, 2)
        following.run()
        lease = following.claim()
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="FOREIGN_CURSOR"))
        # Enqueueing it, as each worker does when it starts, does not revive it.
        enqueue(store, NAME, stage=FOLLOW_FEED)
        assert following.task().dead_reason is not None

        restart(store, "end")
        concepts += create_many(store, 1)
        following.run()
        assert following.seen() == concepts

    def test_a_restart_to_no_position_is_refused(self, store: AnyStore) -> None:
        following = Following(store)
        unknown = refusal(lambda: restart(store, "beginning"))
        create(store)
        following.run()
        before = following.cursor()

        assert isinstance(unknown, SubscriberNotFound), unknown
        assert _refused_restart(store, FOREIGN) == "FOREIGN_CURSOR"
        assert _refused_restart(store, behind(store, 10)) == "FOREIGN_CURSOR"
        for position, since in ((None, None), ("end", FAR)):
            error = refusal(partial(RestartSubscriber, name=NAME, position=position, since=since))
            assert error is not None
            assert "one of position and since" in str(error)
        assert following.cursor() == before

    def test_a_cursor_never_passes_the_end_and_only_a_restart_moves_it_back(
        self, store: AnyStore
    ) -> None:
        following = Following(store)
        concepts = create_many(store, 2)
        following.run()
        first = store.feed(limit=1).cursor
        following.claim()
        leased = evolve(following.cursor(), fence=following.task().fence)
        for position in (behind(store, 1), behind(store, 10**17), first):
            moved = evolve(leased, feed_cursor=position)
            assert _refused_move(store, moved) == "CURSOR_OUT_OF_FEED", position
        for text in (FOREIGN, "1", "-1", f"{'9' * 19}.{NO_HASH}"):
            assert _refused_move(store, evolve(leased, feed_cursor=text)) == "CURSOR_OUT_OF_FEED"
        assert following.cursor() == evolve(leased, fence=following.cursor().fence)

        restart(store, first)
        assert following.cursor().feed_cursor == first
        restart(store, "end")
        concepts += create_many(store, 1)
        following.run()
        assert following.seen() == concepts

    # Lag

    def test_the_lag_is_the_age_of_the_first_change_that_is_not_handled(
        self, store: AnyStore
    ) -> None:
        following = Following(store)
        create(store)
        following.run()
        assert following.lag(FAR).seconds == 0

        create_many(store, 2)
        (change, _) = store.feed(after=following.cursor().after, limit=MANY).changes
        lag = following.lag(change.at + timedelta(seconds=90))
        assert (lag.name, lag.stage, lag.problem) == (NAME, FOLLOW_FEED, None)
        assert lag.seconds == timedelta(seconds=90).total_seconds()
        assert following.lag(BEGINNING).seconds == 0  # a clock that is behind

    def test_the_lag_says_why_a_subscriber_has_stopped(self, store: AnyStore) -> None:
        following = Following(store)
        following.run()
        lease = following.claim()
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="the reaction is broken"))

        assert following.lag(FAR).problem == "is dead: the reaction is broken"

    def test_a_subscriber_whose_task_is_put_off_or_does_not_run_has_stopped(
        self, store: AnyStore
    ) -> None:
        following = Following(store)
        following.run()
        now = following.succeeded_at()
        longest = timedelta(seconds=LONGEST_SILENCE_SECONDS)
        assert following.lag(now).problem is None
        assert following.lag(now + longest).problem is None

        silent_at = now + 2 * longest
        assert following.lag(silent_at).problem == "is silent"
        following.claim()  # its lease ends before that time
        assert following.lag(silent_at).problem == "is silent"

        within(store, lambda tx: tx.tasks.reschedule(FOLLOW_FEED, NAME, due_at=FAR))
        assert following.lag(silent_at).problem == f"is put off until {instant_text(FAR)}"
        assert [lag.name for lag in store.read(stopped_subscribers, silent_at)] == [NAME]


def _refused_save(store: AnyStore, cursor: SubscriberCursor) -> str:
    error = refusal(lambda: within(store, lambda tx: tx.subscribers.save(cursor)))
    assert isinstance(error, SubscriberFenced), error
    return error.code


def _refused_move(store: AnyStore, cursor: SubscriberCursor) -> str:
    error = refusal(lambda: within(store, lambda tx: tx.subscribers.save(cursor)))
    assert isinstance(error, CursorOutOfFeed), error
    return error.code


def _refused_restart(store: AnyStore, position: str) -> str:
    error = refusal(lambda: restart(store, position))
    assert error is not None
    return error.code


def _restarted(cursor: SubscriberCursor) -> SubscriberCursor:
    """Return the cursor as if it had been restarted, without a cancellation of its task."""
    return evolve(
        cursor,
        restarts=cursor.restarts + 1,
        restarted_at=BEGINNING,
        restarted_by=MAYA,
        restart_reason="a test",
    )


def _unhandled(store: AnyStore, cursor: SubscriberCursor) -> int:
    """Count the changes behind a cursor."""

    def query(tx: ReadTx) -> int:
        return len(tx.history.feed(after=cursor.after, limit=MANY).changes)

    return store.read(query)
