"""A task that hangs costs no other task of its batch a result, and repeats none."""

import time
from collections.abc import Callable, Sequence

import pytest
from attrs import evolve
from tests.conftest import POLICY
from tests.workers.bakery import (
    MAYA,
    TIMEOUT_SECONDS,
    WORKER,
    Bakery,
    TaskStore,
    are_completed,
    attempts,
    enqueue,
    get_task,
    hanging,
    outcome_counts,
    start_batch,
    wait_until,
)

from indelible.kernel import StoreUnreachable
from indelible.kernel.stages import TasksWrite
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store
from indelible_workers import Worker, process_batch

pytestmark = pytest.mark.slow

Finish = Callable[[TasksWrite, Sequence[tuple[str, str]]], None]
FAILURES = 3  # of `finish`, each followed by a pause of a second


def failing_finish(bakery: Bakery) -> Finish:
    """Return a `finish` that finds its database unavailable three times."""
    failures: list[StoreUnreachable] = []

    def finish(tx: TasksWrite, outcomes: Sequence[tuple[str, str]]) -> None:
        if len(failures) < FAILURES:
            failures.append(StoreUnreachable("a test"))
            raise failures[-1]
        bakery.finish(tx, outcomes)

    return finish


def test_what_was_performed_before_a_hang_is_completed_and_the_rest_released(
    store: TaskStore, bakery: Bakery
) -> None:
    names = ["a-loaf", "b-loaf", "hang-on", "z-loaf"]
    enqueue(store, *names)
    worker = Worker(store=store, actor=WORKER)
    stage = hanging(bakery, timeout_seconds=1)
    with worker.heartbeat():
        thread = start_batch(worker, stage)
        assert bakery.started.wait(TIMEOUT_SECONDS)
        wait_until(lambda: are_completed(store, "a-loaf", "b-loaf"))
        wait_until(lambda: get_task(store, "z-loaf").lease_owner is None)
        assert not are_completed(store, "z-loaf")
        assert thread.is_alive()

        process_batch(store, bakery.stage(), actor=WORKER)
        assert are_completed(store, "z-loaf")
        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)

    # The thread started no other task after the one that hung.
    assert [bakery.performed.count(name) for name in ("a-loaf", "b-loaf", "z-loaf")] == [1, 1, 1]
    assert [get_task(store, name).fence for name in ("a-loaf", "b-loaf", "z-loaf")] == [1, 1, 2]
    assert outcome_counts(worker) == {
        "claimed": 4,
        "completed": 2,
        "timed_out": 1,
        "retried": 1,
        "released": 1,
    }


def test_a_task_that_had_failed_before_a_hang_fails_once(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "perform-it", seconds=-60)  # so that it comes first
    enqueue(store, "finish-it", "hang-on")
    worker = Worker(store=store, actor=WORKER)
    stage = hanging(bakery, timeout_seconds=1)
    with worker.heartbeat():
        thread = start_batch(worker, stage)
        assert bakery.started.wait(TIMEOUT_SECONDS)
        wait_until(lambda: get_task(store, "finish-it").lease_owner is None)
        wait_until(lambda: get_task(store, "hang-on").lease_owner is None)
        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)

    for name in ("finish-it", "perform-it"):
        (attempt,) = attempts(store, name)
        assert (attempt.outcome, "Defect" in attempt.reason) == ("FAILED", True)


def test_a_completion_beside_a_task_that_hangs_is_tried_again_under_its_leases(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "a-loaf", "hang-on")
    worker = Worker(store=store, actor=WORKER)
    stage = hanging(bakery, timeout_seconds=1, lease_seconds=2)
    with worker.heartbeat():
        thread = start_batch(worker, evolve(stage, finish=failing_finish(bakery)))
        assert bakery.started.wait(TIMEOUT_SECONDS)
        while not are_completed(store, "a-loaf"):
            process_batch(store, bakery.stage(), actor=MAYA)
            time.sleep(0.05)
        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)

    assert get_task(store, "a-loaf").fence == 1
    assert bakery.performed.count("a-loaf") == 1


def test_a_worker_ends_after_the_completion_beside_a_task_that_hangs(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "a-loaf", "hang-on")
    worker = Worker(store=store, actor=WORKER)
    stage = hanging(bakery, timeout_seconds=1)
    with worker.heartbeat():
        thread = start_batch(worker, evolve(stage, finish=failing_finish(bakery)))
        assert bakery.started.wait(TIMEOUT_SECONDS)
        wait_until(lambda: get_task(store, "hang-on").lease_owner is None)
        assert not are_completed(store, "a-loaf")

    assert are_completed(store, "a-loaf")
    bakery.gate.set()
    thread.join(TIMEOUT_SECONDS)


@pytest.mark.slow
def test_leases_of_others_are_extended_while_a_completion_beside_a_hang_is_slow(
    database: PostgresServer,
) -> None:
    store = open_store(database.url, policy=POLICY)
    bakery = Bakery(store)
    worker = Worker(store=store, actor=WORKER)

    def finish(_: TasksWrite, __: object) -> None:
        time.sleep(5)

    slow = evolve(hanging(bakery, name="oven", timeout_seconds=1), finish=finish)
    enqueue(store, "a-loaf", "hang-on", stage="oven")
    enqueue(store, "wait-for-it")
    with worker.heartbeat():
        threads = [start_batch(worker, slow)]
        threads.append(start_batch(worker, bakery.stage(lease_seconds=2)))
        wait_until(lambda: get_task(store, "hang-on", "oven").lease_owner is None)
        time.sleep(4)
        assert process_batch(store, Bakery(store).stage(), actor=MAYA) == 0

        bakery.gate.set()
        for thread in threads:
            thread.join(TIMEOUT_SECONDS)

    assert get_task(store, "wait-for-it").fence == 1
    assert get_task(store, "a-loaf", "oven").fence == 1
    store.dispose()
