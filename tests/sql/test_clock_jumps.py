"""A worker's clock that is an hour off: its leases, and those of the others."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import frozen

from indelible.kernel.tasks import Lease
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import within
from indelible_sql import SqlStore

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=1)


@frozen
class ShiftedClock:
    """The machine's clock, so far ahead."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> SqlStore:
    """Return a store with one task, which has been due for two hours."""
    store: SqlStore = request.getfixturevalue(request.param)
    shift(store)
    due_at = store.clock.now() - 2 * HOUR
    within(store, lambda tx: tx.tasks.enqueue("work", {"a": due_at}))
    return store


def shift(store: SqlStore, ahead: timedelta = timedelta()) -> None:
    """Let the clock of the store's process be so far ahead from now on."""
    store.clock = ShiftedClock(ahead)


def claim(store: SqlStore) -> tuple[Lease, ...]:
    """Claim the task as a worker does: the lease ends by the clock of its process."""
    until = store.clock.now() + LEASE
    return within(store, lambda tx: tx.tasks.claim("work", limit=1, until=until))


def test_a_worker_whose_clock_is_ahead_takes_no_live_lease(store: SqlStore) -> None:
    leases = claim(store)

    shift(store, HOUR)
    assert claim(store) == ()

    shift(store)
    within(store, lambda tx: tx.tasks.complete(leases))


def test_work_under_a_clock_that_is_behind_may_be_done_twice_and_counts_once(
    store: SqlStore,
) -> None:
    shift(store, -HOUR)
    early = claim(store)

    shift(store)
    again = claim(store)
    assert [lease.fence for lease in (*early, *again)] == [1, 2]

    within(store, lambda tx: tx.tasks.complete(again))
    assert code(lambda: within(store, lambda tx: tx.tasks.complete(early))) == "LEASE_LOST"


def test_a_lease_of_a_clock_that_is_ahead_ends_and_an_hour_is_the_delay(store: SqlStore) -> None:
    shift(store, HOUR)
    (lease,) = claim(store)

    now = datetime.now(UTC)
    assert HOUR < lease.until - now <= HOUR + LEASE


def test_a_task_is_not_put_off_by_a_clock_that_jumps(store: SqlStore) -> None:
    shift(store, HOUR)
    (lease,) = claim(store)
    within(store, lambda tx: tx.tasks.postpone(lease, after_seconds=60))

    task = store.read(lambda tx: tx.tasks.get("work", "a"))
    assert task.due_at is not None
    assert task.due_at - datetime.now(UTC) <= HOUR + LEASE
