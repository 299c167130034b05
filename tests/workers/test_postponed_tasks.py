"""A task that a stage postpones is due later, and no attempt is counted or recorded."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from attrs import evolve
from tests.workers.bakery import (
    MAYA,
    WORKER,
    Bakery,
    TaskStore,
    are_completed,
    attempts,
    enqueue,
    get_task,
    outcome_counts,
    wait_until,
)

from indelible.kernel import SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import PermanentFailure, Postpone, RetryLater, TasksWrite
from indelible.kernel.tasks import NEVER, AttemptOutcome, Leases
from indelible_workers import Worker, process_batch

HOUR_SECONDS = 3_600
BRIEF_SECONDS = 0.05


@pytest.mark.parametrize("step", ["claim", "perform", "finish"])
@pytest.mark.parametrize("batch", [1, 10])
def test_a_postponed_task_is_due_later_and_holds_up_no_other(
    store: TaskStore, bakery: Bakery, step: str, batch: int
) -> None:
    bakery.error = Postpone(HOUR_SECONDS, "the oven is occupied")
    enqueue(store, "a-loaf", f"{step}-it", "the-last-loaf")
    worker = Worker(store=store, actor=WORKER)
    stage = bakery.stage(batch=batch, max_attempts=1)
    before = SystemClock().now()
    while process_batch(store, stage, actor=WORKER, worker=worker):
        pass

    assert are_completed(store, "a-loaf", "the-last-loaf")
    task = get_task(store, f"{step}-it")
    wait = (task.due_at or NEVER) - before
    assert timedelta(seconds=HOUR_SECONDS) <= wait < timedelta(seconds=2 * HOUR_SECONDS)
    assert (task.attempts, task.lease_owner, task.dead_reason) == (0, None, None)
    assert outcome_counts(worker)["postponed"] == 1
    assert "retried" not in outcome_counts(worker)
    assert bakery.dead_tasks == []


@pytest.mark.parametrize(("batch", "step"), [(1, "claim"), (1, "perform"), (10, "perform")])
def test_a_postponed_task_has_at_most_the_record_of_its_start(
    store: TaskStore, bakery: Bakery, batch: int, step: str
) -> None:
    """A claim that is taken back leaves no record of a start."""
    bakery.error = Postpone(HOUR_SECONDS, "the oven is occupied")
    enqueue(store, f"{step}-it")
    process_batch(store, bakery.stage(batch=batch), actor=WORKER)

    expected = [AttemptOutcome.STARTED] if (batch, step) == (1, "perform") else []
    assert [attempt.outcome for attempt in attempts(store, f"{step}-it")] == expected


@pytest.mark.parametrize("batch", [1, 10])
def test_a_task_with_one_attempt_is_postponed_until_it_can_be_performed(
    store: TaskStore, bakery: Bakery, batch: int
) -> None:
    numbers: list[int] = []

    def perform(name: str, handle: LeaseHandle) -> str:
        numbers.append(handle.lease.attempt)
        if len(numbers) < 4:
            raise Postpone(BRIEF_SECONDS, "the oven is occupied")
        return bakery.perform(name, handle)

    enqueue(store, "loaf")
    stage = evolve(bakery.stage(batch=batch, max_attempts=1), perform=perform)
    for _ in range(4):
        wait_until(lambda: process_batch(store, stage, actor=WORKER) == 1)

    assert numbers == [1, 1, 1, 1]
    assert are_completed(store, "loaf")
    assert (get_task(store, "loaf").attempts, get_task(store, "loaf").fence) == (1, 4)


def test_a_failure_after_a_postponement_is_counted(store: TaskStore, bakery: Bakery) -> None:
    errors: list[Exception] = [
        RetryLater("the oven is cold", 0.0),
        Postpone(BRIEF_SECONDS, "the oven is occupied"),
        RetryLater("the oven is cold", 0.0),
    ]

    def perform(_: str, __: LeaseHandle) -> str:
        raise errors.pop(0)

    enqueue(store, "loaf")
    stage = evolve(bakery.stage(max_attempts=2), perform=perform)
    while errors:
        wait_until(lambda: process_batch(store, stage, actor=WORKER) == 1)

    assert get_task(store, "loaf").dead_reason == "the oven is cold"
    outcomes = [attempt.outcome for attempt in attempts(store, "loaf")]
    assert outcomes == [AttemptOutcome.DEAD, AttemptOutcome.FAILED]


def test_a_claim_that_postpones_one_task_prepares_the_others(
    store: TaskStore, bakery: Bakery, caplog: pytest.LogCaptureFixture
) -> None:
    def claim(_: TasksWrite, leases: Leases) -> Sequence[str]:
        names = [lease.entity_id for lease in leases]
        if "second" in names:
            raise Postpone(HOUR_SECONDS, "another loaf is baked")
        return names

    enqueue(store, "first", "second", "third")
    process_batch(store, evolve(bakery.stage(), claim=claim), actor=WORKER)

    assert are_completed(store, "first", "third")
    assert bakery.performed == ["first", "third"]
    assert "batch claim failed" not in caplog.text


def test_a_task_that_lost_its_lease_is_not_postponed(store: TaskStore, bakery: Bakery) -> None:
    def perform(_: str, handle: LeaseHandle) -> str:
        with store.transaction(actor=MAYA, reason="another worker") as tx:
            tx.tasks.complete([handle.lease])
        raise Postpone(HOUR_SECONDS, "the oven is occupied")

    enqueue(store, "loaf")
    worker = Worker(store=store, actor=WORKER)
    stage = evolve(bakery.stage(), perform=perform)
    process_batch(store, stage, actor=WORKER, worker=worker)

    assert get_task(store, "loaf").due_at is None
    assert outcome_counts(worker) == {"claimed": 1, "lost": 1}


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_the_log_tells_the_reason_without_secrets(
    store: TaskStore, bakery: Bakery, caplog: pytest.LogCaptureFixture
) -> None:
    bakery.error = Postpone(HOUR_SECONDS, "busy:\npassword=hunter2")
    enqueue(store, "perform-it")
    with caplog.at_level("INFO", logger="indelible.workers"):
        process_batch(store, bakery.stage(), actor=WORKER)

    line = "stage bake: task perform-it is postponed by 3600 seconds: busy: password=***"
    assert line in caplog.messages


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_postponement_that_is_none_is_a_failed_attempt(store: TaskStore, bakery: Bakery) -> None:
    def perform(_: str, __: LeaseHandle) -> str:
        raise Postpone(0, "the oven is occupied")

    enqueue(store, "loaf")
    process_batch(store, evolve(bakery.stage(), perform=perform), actor=WORKER)

    assert get_task(store, "loaf").attempts == 1
    assert "POSTPONEMENT_OUT_OF_RANGE" in attempts(store, "loaf")[0].reason


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_permanent_failure_after_a_postponement_is_dead(store: TaskStore, bakery: Bakery) -> None:
    bakery.error = Postpone(BRIEF_SECONDS, "the oven is occupied")
    enqueue(store, "perform-it")
    process_batch(store, bakery.stage(), actor=WORKER)
    bakery.error = PermanentFailure("no oven")
    wait_until(lambda: process_batch(store, bakery.stage(), actor=WORKER) == 1)

    assert get_task(store, "perform-it").dead_reason == "no oven"
