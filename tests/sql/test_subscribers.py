"""Test subscribers on databases: no change is skipped, and no cursor moves around its guards."""

from datetime import datetime, timedelta

import pytest
from attrs import define, evolve, field
from sqlalchemy import text
from tests.feeds import wait_for_complete_feed
from tests.sql.conftest import code

from indelible.app import WriteTx
from indelible.kernel import Change
from indelible.kernel.feed_stage import FeedFollower, FeedRun
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.subscribers import (
    FOLLOW_FEED,
    RestartSubscriber,
    Subscriber,
    restart_subscriber,
)
from indelible.testing.stores import BEGINNING, MAYA
from indelible_sql import SqlStore, SqlTransaction

NAME = "counter"
UNRECORDED_RESTART = (
    "restarts = 1, restarted_at = updated_at, restarted_by = 'user:maya', restart_reason = 'a test'"
)


@define
class Follower:
    """A subscriber that notes what it handles."""

    store: SqlStore
    handled: list[str] = field(factory=list[str])

    def handle(self, _: WriteTx, change: Change) -> None:
        """Note the change."""
        self.handled.append(change.entity_id)

    def run(self) -> FeedRun:
        """Claim the task, and handle the visible changes."""
        subscriber = Subscriber(name=NAME, handle=self.handle)
        follower = FeedFollower(store=self.store, subscribers=(subscriber,))
        with self.store.transaction(actor=MAYA, reason="a test") as tx:
            tx.tasks.enqueue(FOLLOW_FEED, {NAME: BEGINNING})
            until = tx.clock.now() + timedelta(hours=1)
            (lease,) = tx.tasks.claim(FOLLOW_FEED, limit=1, until=until)

        run = follower.perform(NAME, LeaseHandle(lease))
        with self.store.transaction(actor=MAYA, reason="a test") as tx:
            tx.tasks.complete([lease])
        return run


def pause(tx: WriteTx, name: str) -> None:
    """Pause a stage, which makes a change."""
    pause_stage(tx, PauseStage(stage=name))


def test_a_cursor_is_not_moved_by_a_statement_without_the_fence(store: SqlStore) -> None:
    follower = Follower(store)
    store.run(pause, "letters", actor=MAYA, reason="a test")
    wait_for_complete_feed(store)
    follower.run()
    prefix = "" if store.engines.writer.dialect.name == "sqlite" else "indelible."
    statements = (
        "UPDATE {}subscriber_cursors SET feed_cursor = '1'",
        "UPDATE {}subscriber_cursors SET fence = fence + 1",
        "UPDATE {}subscriber_cursors SET feed_cursor = NULL, changed_at = NULL",
        "UPDATE {}subscriber_cursors SET " + UNRECORDED_RESTART,
    )
    for statement in statements:

        def write(tx: SqlTransaction, _: None, sql: str = statement) -> None:
            tx.session.run(text(sql.format(prefix)), {})

        error = code(lambda: store.run(write, None, actor=MAYA, reason="a test"))
        assert error == "REFUSED_BY_GUARD", statement


@define
class TurnedBackClock:
    """A clock that stands still until somebody sets it."""

    time: datetime = BEGINNING

    def now(self) -> datetime:
        """Return the time."""
        return self.time


@pytest.mark.parametrize("fixture", ["sqlite", "postgresql"])
def test_a_restart_since_a_time_skips_no_change_of_a_clock_that_is_ahead(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    clock = TurnedBackClock(BEGINNING + timedelta(hours=1))
    store: SqlStore = evolve(request.getfixturevalue(fixture), clock=clock)
    store.run(pause, "ahead", actor=MAYA, reason="a clock that is an hour ahead")
    clock.time = BEGINNING
    store.run(pause, "right", actor=MAYA, reason="a clock that is right")
    wait_for_complete_feed(store)
    clock.time = BEGINNING + timedelta(minutes=1)
    command = RestartSubscriber(name=NAME, since=clock.time)
    Follower(store).run()

    restarted = store.run(restart_subscriber, command, actor=MAYA, reason="a test")
    behind = store.read(lambda tx: tx.history.feed(after=restarted.after, limit=10)).changes

    assert [change.entity_id for change in behind] == ["ahead", "right"]
