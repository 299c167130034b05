"""What is periodic becomes due once for each slot, however many see to it, and of missed slots the newest does."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from attrs import define
from tests.workers.scenes import WORKER, WorkStore, until, work

from indelible.kernel import Clock, Invalid, SystemClock, UsageError
from indelible.kernel.stages import TasksRead
from indelible.kernel.tasks import TaskNotFound
from indelible_workers import Periodic, Worker, schedule

NOON = datetime(2025, 11, 21, 12, 0, 7, tzinfo=UTC)
HOURLY = Periodic(name="clean", stage="bake", every_seconds=3_600)


@define
class Hands:
    """A clock whose hands are moved."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def slots(store: WorkStore, most: int = 100) -> int:
    def count(tx: TasksRead) -> int:
        return tx.tasks.count_ready("bake", datetime(2100, 1, 1, tzinfo=UTC), most=most)

    return store.read(count)


@contextmanager
def scheduled(
    store: WorkStore, clock: Clock, *periodics: Periodic, schedulers: int = 1
) -> Generator[None]:
    """The time in which schedulers see to it."""
    shift = Worker(store=store, actor=WORKER, clock=clock)
    crowd = [Thread(target=schedule, args=(shift, periodics)) for _ in range(schedulers)]
    for each in crowd:
        each.start()
    try:
        yield
    finally:
        shift.end()
        for each in crowd:
            each.join()


def test_a_slot_is_due_at_its_beginning(store: WorkStore) -> None:
    with scheduled(store, Hands(NOON), HOURLY):
        until(lambda: slots(store) == 1)

    assert work(store, "clean@2025-11-21T12:00:00Z").due_at == NOON.replace(second=0)


def test_a_slot_that_was_done_is_not_made_due_again_by_another_scheduler(store: WorkStore) -> None:
    clock = Hands(NOON)
    with scheduled(store, clock, HOURLY):
        until(lambda: slots(store) == 1)
        with store.transaction(actor=WORKER, reason="does it") as tx:
            tx.tasks.complete(
                tx.tasks.claim("bake", limit=1, until=tx.clock.now() + timedelta(hours=1))
            )
    with scheduled(store, clock, HOURLY, Periodic(name="rest", stage="bake", every_seconds=60)):
        until(lambda: slots(store) == 1)

    assert work(store, "clean@2025-11-21T12:00:00Z").due_at is None


def test_of_the_slots_that_were_missed_only_the_newest_is_made_up_for(store: WorkStore) -> None:
    clock = Hands(NOON)
    with scheduled(store, clock, HOURLY):
        until(lambda: slots(store) == 1)
        clock.at = NOON + timedelta(hours=50)
        until(lambda: slots(store) == 2)

    assert work(store, "clean@2025-11-23T14:00:00Z")
    with pytest.raises(TaskNotFound):
        work(store, "clean@2025-11-23T13:00:00Z")


def test_a_periodic_with_the_longest_name_is_made_due(store: WorkStore) -> None:
    with scheduled(store, Hands(NOON), Periodic(name="n" * 179, stage="bake", every_seconds=3_600)):
        until(lambda: slots(store) == 1)


def test_a_clock_that_goes_back_makes_no_older_slot_due(store: WorkStore) -> None:
    clock = Hands(NOON)
    with scheduled(store, clock, HOURLY):
        until(lambda: slots(store) == 1)
        clock.at = NOON - timedelta(minutes=1)
        time.sleep(1.5)
        assert slots(store) == 1
        clock.at = NOON + timedelta(hours=1)
        until(lambda: slots(store) == 2)


def test_several_schedulers_make_each_slot_due_once(store: WorkStore) -> None:
    began = datetime.now(UTC)
    with scheduled(
        store, SystemClock(), Periodic(name="ring", stage="bake", every_seconds=1), schedulers=3
    ):
        until(lambda: slots(store) >= 3)

    assert 3 <= slots(store) <= (datetime.now(UTC) - began).total_seconds() + 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: Periodic(name="", stage="bake", every_seconds=1),
        lambda: Periodic(name="clean", stage="two words", every_seconds=1),
        lambda: Periodic(name="clean", stage="bake", every_seconds=0),
        lambda: Periodic(name="n" * 180, stage="bake", every_seconds=1),
        lambda: Periodic(name="clean/up", stage="bake", every_seconds=1),
        lambda: Periodic(name="clean", stage="bake/cool", every_seconds=1),
    ],
)
def test_a_periodic_that_cannot_work_is_refused(make: Callable[[], Periodic]) -> None:
    with pytest.raises((Invalid, UsageError)):
        make()
