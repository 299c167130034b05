"""Test that the feed respects each aggregate's seq in any interleaving of transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from tests.doses.sql.interleavings import play_many
from tests.feeds import changes

from indelible.kernel import Change
from indelible.testing.stores import MAYA
from indelible.tokens.repositories import SystemStateRepository
from indelible_sql import SqlReading, SqlStore, SqlTransaction, verify

pytestmark = pytest.mark.slow

INTERLEAVINGS = 250  # on each database


def history_of(tx: SqlReading, key: str) -> tuple[Change, ...]:
    return tx.history.of("system_state", key)


def set_value(tx: SqlTransaction, key: str) -> None:
    SystemStateRepository(tx).set_state(key, "a value")


@pytest.mark.parametrize("fixture", ["sqlite", "postgresql"])
def test_the_feed_follows_every_aggregate_in_any_interleaving(
    fixture: str,
    request: pytest.FixtureRequest,
    seed: int,
    add_summary_line: Callable[[str], None],
) -> None:
    store: SqlStore = request.getfixturevalue(fixture)

    tally = play_many(store, INTERLEAVINGS, seed)

    assert tally.interleavings == INTERLEAVINGS
    add_summary_line(
        f"{fixture}: {tally.interleavings} interleavings, {dict(tally.events)}, seed {seed}"
    )


def set_in_another_transaction(store: SqlStore, key: str) -> None:
    """Set a value in a thread of its own: a transaction of this thread is open."""
    with ThreadPoolExecutor(1) as thread:
        write = partial(store.run, set_value, key, actor=MAYA, reason="a late number")
        thread.submit(write).result()


def test_a_transaction_that_began_first_may_change_last(postgresql: SqlStore) -> None:
    store = postgresql

    with store.transaction(actor=MAYA, reason="an early number") as tx:
        set_value(tx, "first")
        set_in_another_transaction(store, "second")
        set_value(tx, "second")

    history = store.read(history_of, "second")
    in_feed = [change.seq for change in changes(store) if change.entity_id == "second"]
    assert [change.reason for change in history] == ["a late number", "an early number"]
    assert in_feed == [1, 2]
    assert verify(store) == ()
