"""Each slot of a recurring task is enqueued once; of missed slots only the newest."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from attrs import define
from tests.workers.bakery import WORKER, TaskStore, get_task, wait_until

from indelible.kernel import Clock, Invalid, SystemClock, UsageError
from indelible.kernel.stages import TasksRead
from indelible.kernel.task_errors import TaskNotFound
from indelible_workers import RecurringTask, Worker, run_scheduler

NOON = datetime(2025, 11, 21, 12, 0, 7, tzinfo=UTC)
HOURLY = RecurringTask(name="clean", stage="bake", every_seconds=3_600)


@define
class SettableClock:
    """A clock that shows the time it is set to."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def slots(store: TaskStore, most: int = 100) -> int:
    def count(tx: TasksRead) -> int:
        return tx.tasks.count_ready("bake", datetime(2100, 1, 1, tzinfo=UTC), limit=most)

    return store.read(count)


@contextmanager
def scheduled(
    store: TaskStore, clock: Clock, *recurring_tasks: RecurringTask, schedulers: int = 1
) -> Generator[None]:
    """Run schedulers in threads until the block ends."""
    worker = Worker(store=store, actor=WORKER, clock=clock)
    threads = [
        Thread(target=run_scheduler, args=(worker, recurring_tasks)) for _ in range(schedulers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        worker.stop()
        for thread in threads:
            thread.join()


def test_a_slot_is_due_at_its_start(store: TaskStore) -> None:
    with scheduled(store, SettableClock(NOON), HOURLY):
        wait_until(lambda: slots(store) == 1)

    assert get_task(store, "clean@2025-11-21T12:00:00Z").due_at == NOON.replace(second=0)


def test_a_completed_slot_is_not_enqueued_again(store: TaskStore) -> None:
    clock = SettableClock(NOON)
    with scheduled(store, clock, HOURLY):
        wait_until(lambda: slots(store) == 1)
        with store.transaction(actor=WORKER, reason="does it") as tx:
            tx.tasks.complete(
                tx.tasks.claim("bake", limit=1, until=tx.clock.now() + timedelta(hours=1))
            )
    with scheduled(
        store, clock, HOURLY, RecurringTask(name="rest", stage="bake", every_seconds=60)
    ):
        wait_until(lambda: slots(store) == 1)

    assert get_task(store, "clean@2025-11-21T12:00:00Z").due_at is None


@pytest.mark.slow
def test_only_the_newest_missed_slot_is_enqueued(store: TaskStore) -> None:
    clock = SettableClock(NOON)
    with scheduled(store, clock, HOURLY):
        wait_until(lambda: slots(store) == 1)
        clock.at = NOON + timedelta(hours=50)
        wait_until(lambda: slots(store) == 2)

    assert get_task(store, "clean@2025-11-23T14:00:00Z")
    with pytest.raises(TaskNotFound):
        get_task(store, "clean@2025-11-23T13:00:00Z")


def test_the_longest_name_is_accepted(store: TaskStore) -> None:
    with scheduled(
        store, SettableClock(NOON), RecurringTask(name="n" * 179, stage="bake", every_seconds=3_600)
    ):
        wait_until(lambda: slots(store) == 1)


@pytest.mark.slow
def test_a_clock_set_back_enqueues_no_older_slot(store: TaskStore) -> None:
    clock = SettableClock(NOON)
    with scheduled(store, clock, HOURLY):
        wait_until(lambda: slots(store) == 1)
        clock.at = NOON - timedelta(minutes=1)
        time.sleep(1.5)
        assert slots(store) == 1
        clock.at = NOON + timedelta(hours=1)
        wait_until(lambda: slots(store) == 2)


@pytest.mark.slow
def test_several_schedulers_enqueue_each_slot_once(store: TaskStore) -> None:
    began = datetime.now(UTC)
    with scheduled(
        store,
        SystemClock(),
        RecurringTask(name="ring", stage="bake", every_seconds=1),
        schedulers=3,
    ):
        wait_until(lambda: slots(store) >= 3)

    assert 3 <= slots(store) <= (datetime.now(UTC) - began).total_seconds() + 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: RecurringTask(name="", stage="bake", every_seconds=1),
        lambda: RecurringTask(name="clean", stage="two words", every_seconds=1),
        lambda: RecurringTask(name="clean", stage="bake", every_seconds=0),
        lambda: RecurringTask(name="n" * 180, stage="bake", every_seconds=1),
        lambda: RecurringTask(name="clean/up", stage="bake", every_seconds=1),
        lambda: RecurringTask(name="clean", stage="bake/cool", every_seconds=1),
    ],
)
def test_an_invalid_recurring_task_is_refused(make: Callable[[], RecurringTask]) -> None:
    with pytest.raises((Invalid, UsageError)):
        make()
