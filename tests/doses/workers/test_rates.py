"""A worker claims no more tasks than the rate of their stage permits."""

import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from tests.workers.bakery import WORKER, Bakery, TaskStore, are_completed, enqueue, wait_until

from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.rates import RateLimit
from indelible.kernel.stages import Stage, TasksWrite
from indelible_workers import Worker, process_batch, run_workers
from indelible_workers.worker import MAX_CLAIM_DELAY_SECONDS, MIN_CLAIM_DELAY_SECONDS

THREE_A_DAY = RateLimit(tasks=3, per_seconds=86_400)
PAUSED = RateLimit(tasks=0)


@contextmanager
def at_work(store: TaskStore, *stages: Stage[TasksWrite, str, str]) -> Generator[Worker]:
    """Run a worker that looks at the queue after an hour unless something wakes it."""
    worker = Worker(store=store, actor=WORKER)
    by_name = {stage.name: stage for stage in stages}
    with run_workers(worker, by_name, threads=2, dispatch_seconds=3_600):
        yield worker


def rate_limited_claims(worker: Worker) -> float:
    """Return how many claims the rate of a stage has cut short."""
    value = worker.registry.get_sample_value(
        "indelible_worker_rate_limited_total", {"stage": "bake"}
    )
    return value or 0.0


@pytest.mark.parametrize("batch", [1, 10])
def test_a_batch_has_no_more_tasks_than_the_rate_permits(
    store: TaskStore, bakery: Bakery, batch: int
) -> None:
    enqueue(store, *"abcde")
    stage = bakery.stage(batch=batch, rate=THREE_A_DAY)
    claimed = [process_batch(store, stage, actor=WORKER) for _ in range(5)]

    assert sum(claimed) == 3
    assert sorted(bakery.performed) == ["a", "b", "c"]


def test_a_stage_without_claim_obeys_its_rate(store: TaskStore) -> None:
    performed: list[str] = []

    def perform(name: str, _: LeaseHandle) -> None:
        performed.append(name)

    stage = Stage[TasksWrite, str, None](
        name="bake", batch=10, lifecycle=None, acts_outside=False, perform=perform, rate=THREE_A_DAY
    )
    enqueue(store, *"abcde")

    assert process_batch(store, stage, actor=WORKER) == 3
    assert process_batch(store, stage, actor=WORKER) == 0
    assert performed == ["a", "b", "c"]


@pytest.mark.slow
def test_a_rate_of_0_pauses_the_stage_and_no_other(store: TaskStore, bakery: Bakery) -> None:
    other = Bakery(store)
    enqueue(store, "a")
    enqueue(store, "b", stage="cool")
    with at_work(store, bakery.stage(rate=PAUSED), other.stage(name="cool")):
        wait_until(lambda: are_completed(store, "b"))
        time.sleep(0.3)

    assert bakery.performed == []


@pytest.mark.slow
def test_a_worker_completes_tasks_at_their_rate(store: TaskStore, bakery: Bakery) -> None:
    names = [f"task-{number}" for number in range(25)]
    rate = RateLimit(tasks=20, burst=5)
    enqueue(store, *names)
    started_at = time.monotonic()
    with at_work(store, bakery.stage(rate=rate)) as worker:
        wait_until(lambda: are_completed(store, *names))
        seconds = time.monotonic() - started_at

        assert rate_limited_claims(worker) > 0
    # 5 at once, and 20 not before the next second has passed.
    assert seconds > 0.95


def test_a_stage_without_tasks_is_not_delayed(store: TaskStore, bakery: Bakery) -> None:
    worker = Worker(store=store, actor=WORKER)
    process_batch(store, bakery.stage(rate=THREE_A_DAY), actor=WORKER, worker=worker)

    assert worker.claim_delay_seconds("bake") == 0
    assert rate_limited_claims(worker) == 0


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [
        (PAUSED, MAX_CLAIM_DELAY_SECONDS),
        (THREE_A_DAY, MAX_CLAIM_DELAY_SECONDS),
        (RateLimit(tasks=1_000), MIN_CLAIM_DELAY_SECONDS),
        (RateLimit(tasks=2), 0.5),
    ],
)
def test_the_next_claim_waits_for_a_permit(
    store: TaskStore, rate: RateLimit, seconds: float
) -> None:
    worker = Worker(store=store, actor=WORKER)
    worker.delay_claims("bake", rate)

    assert seconds - 0.1 < worker.claim_delay_seconds("bake") <= seconds
    assert worker.wakeup.is_set()
    assert worker.claim_delay_seconds("cool") == 0
