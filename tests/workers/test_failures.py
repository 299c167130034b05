"""A failing task is retried after a pause, is dead in the end, and delays no other task."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from tests.workers.bakery import (
    WORKER,
    Bakery,
    Defect,
    TaskStore,
    are_completed,
    attempts,
    enqueue,
    get_task,
)

from indelible.kernel import SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import PermanentFailure, RetryLater
from indelible.kernel.tasks import NEVER, AttemptOutcome
from indelible_workers import process_batch


@pytest.mark.parametrize("step", ["claim", "perform", "finish"])
@pytest.mark.parametrize("batch", [1, 10])
def test_a_failing_task_is_retried_and_holds_up_no_other(
    store: TaskStore, bakery: Bakery, step: str, batch: int, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(store, "a-loaf", f"{step}-it", "the-last-loaf")

    while process_batch(store, bakery.stage(batch=batch), actor=WORKER):
        pass

    assert are_completed(store, "a-loaf", "the-last-loaf")

    failed_task = get_task(store, f"{step}-it")
    assert failed_task.attempts == 1
    assert failed_task.lease_owner is None
    assert failed_task.dead_reason is None

    last_attempt = attempts(store, f"{step}-it")[0]
    assert last_attempt.outcome is AttemptOutcome.FAILED
    assert "Defect" in last_attempt.reason
    assert f"in {step}\n" in caplog.text  # The traceback names the failing function.


@pytest.mark.parametrize("error", [SystemExit(3), RecursionError(), MemoryError(), GeneratorExit()])
def test_any_exception_fails_only_its_own_task(
    store: TaskStore, bakery: Bakery, error: BaseException
) -> None:
    bakery.error = error
    enqueue(store, "loaf", "perform-it")

    process_batch(store, bakery.stage(), actor=WORKER)

    assert are_completed(store, "loaf")
    assert type(error).__name__ in attempts(store, "perform-it")[0].reason


@pytest.mark.parametrize("error_type", [PermanentFailure, RetryLater])
def test_a_reason_that_is_no_text_is_converted(
    store: TaskStore, bakery: Bakery, error_type: type[PermanentFailure | RetryLater]
) -> None:
    bakery.error = error_type(Defect("no such address"))
    enqueue(store, "loaf", "perform-it", "zwieback")

    process_batch(store, bakery.stage(), actor=WORKER)

    assert are_completed(store, "loaf", "zwieback")
    assert attempts(store, "perform-it")[0].reason == "no such address"


# Pauses before a retry


def check_pause(store: TaskStore, bakery: Bakery, *, at_least: float, at_most: float) -> None:
    """Process a failing task, and check that it is due again within these seconds."""
    enqueue(store, "perform-it")
    clock = SystemClock()

    before = clock.now()
    process_batch(store, bakery.stage(), actor=WORKER)
    due_at = get_task(store, "perform-it").due_at
    after = clock.now()

    assert due_at is not None
    assert before + timedelta(seconds=at_least) <= due_at <= after + timedelta(seconds=at_most)


def test_the_backoff_grows_with_each_attempt(store: TaskStore, bakery: Bakery) -> None:
    for seconds in (1, 2, 4, 8):
        check_pause(store, bakery, at_least=seconds / 2, at_most=seconds)


@pytest.mark.parametrize(
    ("seconds", "at_least", "at_most"), [(40.0, 40, 40), (0.0, 0, 0), (None, 0.5, 1)]
)
def test_a_task_is_retried_after_the_pause_it_asks_for(
    store: TaskStore, bakery: Bakery, seconds: float | None, at_least: float, at_most: float
) -> None:
    bakery.error = RetryLater("the oven is cold", after_seconds=seconds)

    check_pause(store, bakery, at_least=at_least, at_most=at_most)

    assert attempts(store, "perform-it")[0].reason == "the oven is cold"


@pytest.mark.parametrize(
    "seconds", [-1.0, float("nan"), float("inf"), 1e300, timedelta(minutes=5), "soon"]
)
def test_an_invalid_pause_is_replaced_by_the_backoff(
    store: TaskStore,
    bakery: Bakery,
    seconds: Any,  # noqa: ANN401 - a stage may pass a value of a wrong type
) -> None:
    bakery.error = RetryLater("at some time", after_seconds=seconds)

    check_pause(store, bakery, at_least=0.5, at_most=1)


# Dead tasks


@pytest.mark.parametrize("step", ["claim", "perform", "finish"])
def test_a_failing_task_is_dead_after_the_allowed_attempts(
    store: TaskStore, bakery: Bakery, step: str
) -> None:
    name = f"{step}-it"
    stage = bakery.stage(max_attempts=3)

    for _ in range(3):
        enqueue(store, name)
        assert process_batch(store, stage, actor=WORKER) == 1

    assert process_batch(store, stage, actor=WORKER) == 0
    dead_reason = get_task(store, name).dead_reason
    assert dead_reason
    assert "Defect" in dead_reason
    assert bakery.dead_tasks == [(name, dead_reason)]
    assert [attempt.outcome for attempt in attempts(store, name)] == [
        AttemptOutcome.DEAD,
        AttemptOutcome.FAILED,
        AttemptOutcome.FAILED,
    ]


@pytest.mark.parametrize("step", ["perform", "finish"])
def test_a_permanent_failure_is_dead_at_once(store: TaskStore, bakery: Bakery, step: str) -> None:
    reason = "there is no flour in this country"
    bakery.error = PermanentFailure(reason)
    enqueue(store, f"{step}-it", "loaf")

    process_batch(store, bakery.stage(), actor=WORKER)

    assert get_task(store, f"{step}-it").dead_reason == reason
    assert bakery.dead_tasks == [(f"{step}-it", reason)]
    assert are_completed(store, "loaf")


def test_a_permanent_failure_that_was_enqueued_again_is_not_dead(
    store: TaskStore, bakery: Bakery
) -> None:
    def enqueue_and_fail(name: str, _: LeaseHandle) -> str:
        enqueue(store, name)
        raise PermanentFailure(name)

    enqueue(store, "loaf")

    process_batch(store, evolve(bakery.stage(), perform=enqueue_and_fail), actor=WORKER)

    assert get_task(store, "loaf").dead_reason is None
    assert bakery.dead_tasks == []
    assert process_batch(store, bakery.stage(), actor=WORKER) == 1
    assert are_completed(store, "loaf")


def test_a_task_is_retried_where_on_dead_fails(store: TaskStore, bakery: Bakery) -> None:
    def perform(name: str, handle: LeaseHandle) -> str:
        if name == "on_dead-it":
            raise PermanentFailure("dead")
        return bakery.perform(name, handle)

    enqueue(store, "on_dead-it", "loaf")

    process_batch(store, evolve(bakery.stage(), perform=perform), actor=WORKER)

    task = get_task(store, "on_dead-it")
    failed_at = attempts(store, "on_dead-it")[0].at
    assert task.dead_reason is None
    assert (task.due_at or NEVER) - failed_at > timedelta(seconds=299)
    assert are_completed(store, "loaf")
