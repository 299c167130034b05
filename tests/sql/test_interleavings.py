"""Test that the feed respects each aggregate's seq in any interleaving of transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from tests.feeds import changes
from tests.sql.interleavings import play_many

from indelible.kernel import Change, StoreBusy
from indelible.testing.stores import MAYA
from indelible.tokens.repositories import SystemStateRepository
from indelible_sql import SqlReading, SqlStore, SqlTransaction, verify

pytestmark = pytest.mark.slow

INTERLEAVINGS = 250  # on each database; `python -m tests.sql.interleavings` plays more
SEED = 13


def history_of(tx: SqlReading, key: str) -> tuple[Change, ...]:
    return tx.history.of("system_state", key)


def set_value(tx: SqlTransaction, key: str) -> None:
    SystemStateRepository(tx).set_state(key, "a value")


@pytest.mark.slow
@pytest.mark.parametrize("fixture", ["sqlite", "postgresql"])
def test_the_feed_follows_every_aggregate_in_any_interleaving(
    fixture: str, request: pytest.FixtureRequest, add_summary_line: Callable[[str], None]
) -> None:
    store: SqlStore = request.getfixturevalue(fixture)

    tally = play_many(store, INTERLEAVINGS, SEED)

    assert tally.interleavings == INTERLEAVINGS
    if fixture == "postgresql":
        assert tally.events["STORE_BUSY"] > 0
    add_summary_line(
        f"{fixture}: {tally.interleavings} interleavings, {dict(tally.events)}, seed {SEED}"
    )


def set_in_another_transaction(store: SqlStore, key: str) -> None:
    """Set a value in a thread of its own: a transaction of this thread is open."""
    with ThreadPoolExecutor(1) as thread:
        write = partial(store.run, set_value, key, actor=MAYA, reason="a late number")
        thread.submit(write).result()


def test_a_change_is_refused_if_its_transaction_has_a_lower_number_than_its_predecessors(
    postgresql: SqlStore,
) -> None:
    store = postgresql

    def set_two() -> None:
        with store.transaction(actor=MAYA, reason="an early number") as tx:
            set_value(tx, "first")
            set_in_another_transaction(store, "second")
            set_value(tx, "second")

    with pytest.raises(StoreBusy):
        set_two()

    history = store.read(history_of, "second")
    assert [change.reason for change in history] == ["a late number"]
    assert store.read(history_of, "first") == ()


def test_run_executes_such_a_command_again_with_a_higher_number(postgresql: SqlStore) -> None:
    store = postgresql
    attempts: list[int] = []

    def set_two(tx: SqlTransaction, keys: tuple[str, str]) -> None:
        attempts.append(len(attempts))
        first, second = keys
        set_value(tx, first)
        if len(attempts) == 1:
            set_in_another_transaction(store, second)
        set_value(tx, second)

    store.run(set_two, ("first", "second"), actor=MAYA, reason="two values")

    history = store.read(history_of, "second")
    in_feed = [change.seq for change in changes(store) if change.entity_id == "second"]
    assert len(attempts) == 2
    assert [change.reason for change in history] == ["a late number", "two values"]
    assert in_feed == [1, 2]
    assert verify(store) == ()
