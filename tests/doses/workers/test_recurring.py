"""Each slot of a recurring task is enqueued once; of missed slots only the newest."""

import logging
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from attrs import define, field
from tests.logs import messages_of
from tests.workers.bakery import WORKER, TaskStore, enqueue, get_task, wait_until

from indelible.kernel import Clock, Invalid, SystemClock, UsageError
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage, TasksRead, TasksWrite
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.tasks import Leases
from indelible.tokens.rules.tasks import GENERATE_STAGE
from indelible_workers import (
    RecurringTask,
    SchedulerMetrics,
    ThreadClock,
    Worker,
    process_batch,
    run_scheduler,
)
from indelible_workers.recurring import scheduler
from indelible_workers.recurring.scheduler import ScheduleNotOne

pytestmark = pytest.mark.slow

NOON = datetime(2025, 11, 21, 12, 0, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURLY = RecurringTask(name="clean", stage="bake", every_seconds=3_600)
NIGHTLY = RecurringTask(name="nightly", stage="bake", cron="30 2 * * *", time_zone="Europe/Berlin")
# The tasks of this stage belong to tokens, and there is none of this id.
NO_TOKEN = RecurringTask(name="no-such-token", stage=GENERATE_STAGE, every_seconds=3_600)
TICKS_SECONDS = 1.5  # in which a scheduler looks at its tasks at least once


@pytest.mark.parametrize(
    "schedule", [{}, {"every_seconds": 60, "cron": "0 4 * * *"}], ids=["neither", "both"]
)
def test_a_recurring_task_has_either_an_interval_or_a_cron_expression(
    schedule: dict[str, Any],
) -> None:
    with pytest.raises(ScheduleNotOne) as refused:
        RecurringTask(name="clean", stage="bake", **schedule)

    assert refused.value.code == "SCHEDULE_NOT_ONE"


@define
class SettableClock:
    """A clock that shows the time it is set to."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@define
class Oven:
    """A stage that notes the slots of its tasks."""

    store: TaskStore
    slots: list[datetime] = field(factory=list[datetime])

    def empty(self) -> list[datetime]:
        """Perform all tasks that are due, and return the slots so far."""
        while process_batch(self.store, self._stage, actor=WORKER):
            pass
        return self.slots

    @property
    def _stage(self) -> Stage[TasksWrite, datetime, None]:
        return Stage(
            name="bake",
            batch=10,
            lifecycle=None,
            acts_outside=False,
            claim=self._claim,
            perform=self._perform,
        )

    def _perform(self, slot: datetime, _: LeaseHandle) -> None:
        self.slots.append(slot)

    def _claim(self, _: TasksWrite, leases: Leases) -> list[datetime | None]:
        return [lease.slot for lease in leases]


def slot_of(store: TaskStore, name: str = "clean") -> datetime | None:
    """Return the newest slot of a recurring task, None if it was never enqueued."""
    try:
        return get_task(store, name).slot
    except TaskNotFound:
        return None


def count_tasks(store: TaskStore) -> int:
    def count(tx: TasksRead) -> int:
        return tx.tasks.count_ready("bake", datetime(2100, 1, 1, tzinfo=UTC), limit=100)

    return store.read(count)


@contextmanager
def scheduled(
    store: TaskStore, clock: Clock, *recurring_tasks: RecurringTask, schedulers: int = 1
) -> Generator[SchedulerMetrics]:
    """Run schedulers in threads until the block ends; they share their metrics."""
    worker = Worker(store=store, actor=WORKER, clock=ThreadClock(clock))
    metrics = SchedulerMetrics()
    threads: list[Thread] = []
    for _ in range(schedulers):
        threads.append(Thread(target=run_scheduler, args=(worker, recurring_tasks, metrics)))
    for thread in threads:
        thread.start()
    try:
        yield metrics
    finally:
        worker.stop()
        for thread in threads:
            thread.join()


def test_a_slot_is_due_at_its_start(store: TaskStore) -> None:
    with scheduled(store, SettableClock(NOON), HOURLY):
        wait_until(lambda: count_tasks(store) == 1)

    task = get_task(store, "clean")
    assert (task.slot, task.due_at) == (NOON.replace(second=0), NOON.replace(second=0))


def test_a_completed_slot_is_not_enqueued_again(store: TaskStore) -> None:
    clock = SettableClock(NOON)
    with scheduled(store, clock, HOURLY):
        wait_until(lambda: count_tasks(store) == 1)
    assert Oven(store).empty() == [NOON.replace(second=0)]

    rest = RecurringTask(name="rest", stage="bake", every_seconds=60)
    with scheduled(store, clock, HOURLY, rest):
        wait_until(lambda: slot_of(store, "rest") is not None)
    assert get_task(store, "clean").due_at is None


@pytest.mark.slow
def test_only_the_newest_missed_slot_is_enqueued(store: TaskStore) -> None:
    clock = SettableClock(NOON)
    oven = Oven(store)
    with scheduled(store, clock, HOURLY):
        wait_until(lambda: count_tasks(store) == 1)
        oven.empty()
        clock.at = NOON + 50 * HOUR
        wait_until(lambda: count_tasks(store) == 1)

    noon = NOON.replace(second=0)
    assert oven.empty() == [noon, noon + 50 * HOUR]


def test_a_slot_that_comes_before_the_last_one_was_performed_replaces_it(store: TaskStore) -> None:
    clock = SettableClock(NOON)
    noon = NOON.replace(second=0)
    with scheduled(store, clock, HOURLY):
        wait_until(lambda: slot_of(store) == noon)
    clock.at = NOON + HOUR
    with scheduled(store, clock, HOURLY):
        wait_until(lambda: slot_of(store) == noon + HOUR)

    assert Oven(store).empty() == [noon + HOUR]


def test_a_new_task_with_a_cron_expression_begins_with_its_next_slot(store: TaskStore) -> None:
    clock = SettableClock(NOON)
    with scheduled(store, clock, NIGHTLY, HOURLY):
        wait_until(lambda: slot_of(store) is not None)
        assert slot_of(store, "nightly") is None
        clock.at = datetime(2025, 11, 22, 1, 30, tzinfo=UTC)
        wait_until(lambda: slot_of(store, "nightly") == clock.at)


def test_a_missed_slot_of_a_known_task_is_enqueued_by_the_next_scheduler(store: TaskStore) -> None:
    known_since = datetime(2025, 11, 20, 1, 30, tzinfo=UTC)
    with store.transaction(actor=WORKER, reason="known") as tx:
        tx.tasks.enqueue_slot("bake", "nightly", slot=known_since)

    with scheduled(store, SettableClock(NOON), NIGHTLY):
        wait_until(lambda: slot_of(store, "nightly") == known_since + timedelta(days=1))


def test_a_task_that_was_enqueued_by_hand_begins_with_its_next_slot(store: TaskStore) -> None:
    enqueue(store, "nightly")
    with scheduled(store, SettableClock(NOON), NIGHTLY, HOURLY):
        wait_until(lambda: slot_of(store) is not None)

    assert slot_of(store, "nightly") is None


def test_a_slot_is_skipped_once_its_delay_is_too_long(store: TaskStore) -> None:
    late = RecurringTask(name="late", stage="bake", every_seconds=3_600, max_delay_seconds=5)
    early = RecurringTask(name="early", stage="bake", every_seconds=3_600, max_delay_seconds=7)
    with scheduled(store, SettableClock(NOON), late, early) as metrics:
        wait_until(lambda: slot_of(store, "early") is not None)

    assert slot_of(store, "late") is None
    assert slots_counted(metrics, "enqueued") == slots_counted(metrics, "skipped") == 1
    assert metrics.registry.get_sample_value("indelible_scheduler_round_age_seconds", {})


def test_a_task_without_a_slot_until_now_is_not_enqueued(store: TaskStore) -> None:
    rare = RecurringTask(name="rare", stage="bake", cron="0 0 29 2 *")
    with scheduled(store, SettableClock(NOON), rare, HOURLY):
        wait_until(lambda: slot_of(store) is not None)

    assert slot_of(store, "rare") is None


def slots_counted(metrics: SchedulerMetrics, outcome: str, stage: str = "bake") -> float | None:
    labels = {"stage": stage, "outcome": outcome}
    return metrics.registry.get_sample_value("indelible_scheduler_slots_total", labels)


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_refused_task_does_not_hold_up_the_others_of_its_tick(
    store: TaskStore, caplog: pytest.LogCaptureFixture
) -> None:
    with scheduled(store, SettableClock(NOON), NO_TOKEN, HOURLY) as metrics:
        wait_until(lambda: slot_of(store) is not None)

    (warning,) = warnings_of(caplog)
    assert "recurring task no-such-token of stage generate is refused" in warning
    assert "TASK_ENTITY_NOT_FOUND" in warning
    assert slots_counted(metrics, "refused", stage=GENERATE_STAGE) == 1


def test_a_refused_task_is_tried_again(
    store: TaskStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "ERROR_PAUSE_SECONDS", 0.0)
    with scheduled(store, SettableClock(NOON), NO_TOKEN):
        wait_until(lambda: len(warnings_of(caplog)) > 1)


def test_a_slot_of_a_clock_that_was_ahead_stops_the_schedule_with_a_warning(
    store: TaskStore, caplog: pytest.LogCaptureFixture
) -> None:
    ahead = NOON.replace(second=0) + 100 * HOUR
    with store.transaction(actor=WORKER, reason="a clock that is ahead") as tx:
        tx.tasks.enqueue_slot("bake", "clean", slot=ahead)
    clock = SettableClock(NOON)
    renamed = RecurringTask(name="clean-2", stage="bake", every_seconds=3_600)

    with scheduled(store, clock, HOURLY, renamed):
        wait_until(lambda: slot_of(store, "clean-2") is not None)
        assert slot_of(store) == ahead
        clock.at = ahead + HOUR
        wait_until(lambda: slot_of(store) == ahead + HOUR)

    (warning,) = warnings_of(caplog)
    assert "recurring task clean of stage bake waits" in warning
    assert "359993 seconds ahead of the clock" in warning


def test_a_slot_that_another_scheduler_enqueued_is_no_reason_to_warn(
    store: TaskStore, caplog: pytest.LogCaptureFixture
) -> None:
    clock = SettableClock(NOON)
    with scheduled(store, clock, HOURLY, schedulers=3):
        wait_until(lambda: slot_of(store) is not None)
        clock.at = NOON + HOUR
        wait_until(lambda: slot_of(store) == NOON.replace(second=0) + HOUR)

    assert messages_of("indelible.workers", caplog) == []


def test_the_longest_name_is_accepted(store: TaskStore) -> None:
    name = "n" * 200
    with scheduled(
        store, SettableClock(NOON), RecurringTask(name=name, stage="bake", every_seconds=3_600)
    ):
        wait_until(lambda: slot_of(store, name) is not None)


@pytest.mark.slow
def test_a_clock_set_back_enqueues_no_older_slot(store: TaskStore) -> None:
    clock = SettableClock(NOON)
    noon = NOON.replace(second=0)
    with scheduled(store, clock, HOURLY):
        wait_until(lambda: slot_of(store) == noon)
        clock.at = NOON - timedelta(minutes=1)
        time.sleep(TICKS_SECONDS)
        assert slot_of(store) == noon
        clock.at = NOON + HOUR
        wait_until(lambda: slot_of(store) == noon + HOUR)


@pytest.mark.slow
def test_several_schedulers_enqueue_each_slot_once(store: TaskStore) -> None:
    ring = RecurringTask(name="ring", stage="bake", every_seconds=1)
    oven = Oven(store)
    began = datetime.now(UTC)
    with scheduled(store, SystemClock(), ring, schedulers=3):
        wait_until(lambda: len(oven.empty()) >= 3)

    slots = oven.empty()
    assert slots == sorted(set(slots))
    assert len(slots) <= (datetime.now(UTC) - began).total_seconds() + 2


def test_two_tasks_of_a_stage_must_not_have_the_same_name(store: TaskStore) -> None:
    worker = Worker(store=store, actor=WORKER)
    with pytest.raises(UsageError):
        run_scheduler(worker, [HOURLY, RecurringTask(name="clean", stage="bake", every_seconds=5)])


@pytest.mark.parametrize(
    "make",
    [
        lambda: RecurringTask(name="", stage="bake", every_seconds=1),
        lambda: RecurringTask(name="clean", stage="two words", every_seconds=1),
        lambda: RecurringTask(name="clean", stage="bake", every_seconds=0),
        lambda: RecurringTask(name="n" * 201, stage="bake", every_seconds=1),
        lambda: RecurringTask(name="clean/up", stage="bake", every_seconds=1),
        lambda: RecurringTask(name="clean", stage="bake/cool", every_seconds=1),
        lambda: RecurringTask(name="clean", stage="bake"),
        lambda: RecurringTask(name="clean", stage="bake", every_seconds=60, cron="* * * * *"),
        lambda: RecurringTask(name="clean", stage="bake", every_seconds=60, time_zone="Asia/Tokyo"),
        lambda: RecurringTask(name="clean", stage="bake", every_seconds=60, max_delay_seconds=0),
    ],
)
def test_an_invalid_recurring_task_is_refused(make: Callable[[], RecurringTask]) -> None:
    with pytest.raises((Invalid, UsageError)):
        make()
