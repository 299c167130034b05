"""What is periodic becomes due once for each slot, however many see to it, and of missed slots the newest does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from attrs import define
from tests.workers.scenes import WORKER, WorkStore, put, until, work

from indelible.kernel import Invalid
from indelible.kernel.leases import WorkNotFound
from indelible.kernel.stages import WorkRead
from indelible_workers import Periodic, schedule, tick

NOON = datetime(2026, 11, 21, 12, 0, 7, tzinfo=UTC)
HOURLY = Periodic(name="clean", stage="bake", every_seconds=3_600)


@define
class Hands:
    """A clock whose hands are moved."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def slots(store: WorkStore, most: int = 100) -> int:
    def count(tx: WorkRead) -> int:
        return tx.work.waiting("bake", datetime(2100, 1, 1, tzinfo=UTC), most=most)

    return store.read(count)


def test_a_slot_is_due_at_its_beginning(store: WorkStore) -> None:
    tick(store, [HOURLY], actor=WORKER, now=NOON)

    assert work(store, "clean@2026-11-21T12:00:00Z").due_at == NOON.replace(second=0)


def test_a_slot_is_made_due_once_even_after_it_was_done(store: WorkStore) -> None:
    for seconds in (0, 1, 3_000):
        tick(store, [HOURLY], actor=WORKER, now=NOON + timedelta(seconds=seconds))
        with store.transaction(actor=WORKER, reason="does it") as tx:
            tx.work.finish(tx.work.claim("bake", limit=1, until=tx.clock.now() + timedelta(hours=1)))

    assert work(store, "clean@2026-11-21T12:00:00Z").fence <= 1
    assert slots(store) in (0, 1)


def test_of_the_slots_that_were_missed_only_the_newest_is_made_up_for(store: WorkStore) -> None:
    clock, ended = Hands(NOON), Event()
    scheduler = Thread(target=lambda: schedule(store, [HOURLY], actor=WORKER, ended=ended, clock=clock))
    scheduler.start()
    until(lambda: slots(store) == 1)
    clock.at = NOON + timedelta(hours=50)
    until(lambda: slots(store) == 2)
    ended.set()
    scheduler.join()

    assert work(store, "clean@2026-11-23T14:00:00Z")
    with pytest.raises(WorkNotFound):
        work(store, "clean@2026-11-23T13:00:00Z")


def test_several_schedulers_make_each_slot_due_once(store: WorkStore) -> None:
    ended = Event()
    each_second = Periodic(name="ring", stage="bake", every_seconds=1)
    crowd = [Thread(target=lambda: schedule(store, [each_second], actor=WORKER, ended=ended)) for _ in range(3)]
    began = datetime.now(UTC)
    for each in crowd:
        each.start()
    until(lambda: slots(store) >= 3)
    ended.set()
    for each in crowd:
        each.join()

    assert 3 <= slots(store) <= (datetime.now(UTC) - began).total_seconds() + 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: Periodic(name="", stage="bake", every_seconds=1),
        lambda: Periodic(name="clean", stage="two words", every_seconds=1),
        lambda: Periodic(name="clean", stage="bake", every_seconds=0),
    ],
)
def test_a_periodic_that_cannot_work_is_refused(make: Callable[[], Periodic]) -> None:
    with pytest.raises(Invalid):
        make()


def test_what_is_put_beside_is_no_matter_of_the_clocks(store: WorkStore) -> None:
    put(store, "loaf")
    tick(store, [], actor=WORKER, now=NOON)

    assert slots(store) == 1
