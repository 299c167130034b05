"""A subscriber whose reactions a test observes, and restarts of it."""

from datetime import datetime, timedelta
from typing import Any

from indelible.app import WriteTx
from indelible.kernel import Change, IndelibleError
from indelible.kernel.feed_stage import FeedFollower, FeedRun
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.subscribers import (
    FOLLOW_FEED,
    RestartSubscriber,
    Subscriber,
    SubscriberCursor,
    SubscriberLag,
    get_subscriber,
    restart_subscriber,
    subscriber_lags,
)
from indelible.kernel.tasks import Lease, Task
from indelible.testing.stores import BEGINNING, MAYA, AnyStore, create, enqueue, within

NAME = "counter"
MANY = 1_000
LEASE_SECONDS = 3_600


class Following:
    """A subscriber in a test, and what its reaction has handled in committed transactions."""

    def __init__(self, store: AnyStore, **options: Any) -> None:  # noqa: ANN401 - of the follower
        self.store = store
        self.failure: Exception | None = None
        self.fails_at = ""  # the entity id of the change that fails
        subscriber = Subscriber(name=NAME, handle=self._handle)
        self.follower = FeedFollower(store=store, subscribers=(subscriber,), **options)
        subject = subscriber.standing_task.subject(FOLLOW_FEED)
        within(store, lambda tx: tx.subjects.declare((subject,)))
        enqueue(store, NAME, stage=FOLLOW_FEED)

    def _handle(self, tx: WriteTx, change: Change) -> None:
        """React to a concept with a change of a lifecycle of its own, which can be made once."""
        if change.lifecycle != "concept":
            return

        pause_stage(tx, PauseStage(stage=f"seen-{change.entity_id}"))
        if change.entity_id == self.fails_at:
            raise self.failure or ZeroDivisionError("the reaction divides by zero")

    def claim(self) -> Lease:
        """Lease the subscriber's task."""
        self.store.feed(limit=1)  # waits on PostgreSQL until no transaction hides a change

        def work(tx: WriteTx) -> Lease:
            until = tx.clock.now() + timedelta(seconds=LEASE_SECONDS)
            tx.tasks.enqueue(FOLLOW_FEED, {NAME: BEGINNING})
            (lease,) = tx.tasks.claim(FOLLOW_FEED, limit=1, until=until)
            return lease

        return within(self.store, work)

    def run(self) -> FeedRun:
        """Claim, perform and finish the task once, as a worker does."""
        lease = self.claim()
        try:
            outcome = self.follower.perform(NAME, LeaseHandle(lease))
        except IndelibleError:
            within(self.store, lambda tx: tx.tasks.release([lease]))
            raise

        def finish(tx: WriteTx) -> None:
            tx.tasks.complete([lease])
            self.follower.finish(tx, [(NAME, outcome)])

        within(self.store, finish)
        return outcome

    def seen(self) -> list[str]:
        """Return the ids of the concepts to which the reaction was committed, in order."""
        ids: list[str] = []
        for change in self.store.feed(limit=MANY).changes:
            if change.lifecycle == "stage":
                ids.append(change.entity_id.removeprefix("seen-"))

        return ids

    def cursor(self) -> SubscriberCursor:
        """Return the stored cursor."""
        return self.store.read(get_subscriber, NAME)

    def task(self) -> Task:
        """Return the subscriber's task."""
        return self.store.read(lambda tx: tx.tasks.get(FOLLOW_FEED, NAME))

    def succeeded_at(self) -> datetime:
        """Return the time of the last run, by the clock of the store's database."""
        succeeded_at = self.task().succeeded_at
        assert succeeded_at is not None
        return succeeded_at

    def lag(self, now: datetime) -> SubscriberLag:
        """Return how far the subscriber is behind."""
        (lag,) = self.store.read(subscriber_lags, now)
        return lag


def create_many(store: AnyStore, number: int) -> list[str]:
    """Create concepts, and return their ids."""
    return [create(store).concept.id for _ in range(number)]


def restart(
    store: AnyStore,
    position: str | None = None,
    *,
    since: datetime | None = None,
    name: str = NAME,
) -> SubscriberCursor:
    """Restart the subscriber for a reason."""
    command = RestartSubscriber(name=name, position=position, since=since)
    return store.run(restart_subscriber, command, actor=MAYA, reason="restored on a new server")
