"""A database whose one function of time is replaced, as a simulator does."""

from datetime import timedelta

import pytest
from tests.sql.set_time import SetTime

from indelible.kernel.tasks import Lease
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import within
from indelible_sql import SqlStore

pytestmark = pytest.mark.slow

LEASE = timedelta(minutes=1)


def claim(store: SqlStore) -> tuple[Lease, ...]:
    until = store.clock.now() + LEASE
    return within(store, lambda tx: tx.tasks.claim("work", limit=1, until=until))


def test_tasks_live_in_the_replaced_time(simulated: tuple[SqlStore, SetTime]) -> None:
    store, clock = simulated
    within(store, lambda tx: tx.tasks.enqueue("work", {"a": clock.time + timedelta(days=30)}))

    assert claim(store) == ()
    clock.advance(timedelta(days=30))
    (first,) = claim(store)
    assert claim(store) == ()
    clock.advance(2 * LEASE)
    (second,) = claim(store)
    within(store, lambda tx: tx.tasks.complete([second]))

    assert code(lambda: within(store, lambda tx: tx.tasks.complete([first]))) == "LEASE_LOST"
    task = store.read(lambda tx: tx.tasks.get("work", "a"))
    assert task.finished_at == clock.time
