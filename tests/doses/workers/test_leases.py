"""A lease is extended while its worker lives; a result under a lost lease is discarded."""

import time
from contextlib import suppress
from datetime import timedelta
from threading import Thread

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
    enqueue,
    get_task,
    outcome_counts,
    wait_for_expiry,
)

from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage, TasksWrite
from indelible.kernel.tasks import NEVER
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store
from indelible_workers import Worker, process_batch

pytestmark = pytest.mark.slow


def start_processing(
    store: TaskStore, stage: Stage[TasksWrite, str, str], worker: Worker | None = None
) -> Thread:
    """Start to process one batch in a thread, to be joined."""
    thread = Thread(
        target=process_batch, args=(store, stage), kwargs={"actor": WORKER, "worker": worker}
    )
    thread.start()
    return thread


def extend_lease(store: TaskStore, entity_id: str) -> None:
    """Extend the lease of a task by a minute."""
    with store.transaction(actor=WORKER, reason="a heartbeat") as tx:
        lease = tx.tasks.get("bake", entity_id).lease
        tx.tasks.extend([lease], until=tx.clock.now() + timedelta(minutes=1))


# Extended and released leases


@pytest.mark.slow
def test_leases_are_extended_while_a_task_is_performed(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "wait-for-it", "loaf")
    thread = start_processing(store, bakery.stage(lease_seconds=2))
    assert bakery.started.wait(TIMEOUT_SECONDS)
    first_lease_until = get_task(store, "wait-for-it").lease_until

    time.sleep(2.5)

    assert process_batch(store, Bakery(store).stage(), actor=MAYA) == 0
    lease_until = get_task(store, "wait-for-it").lease_until
    assert (lease_until or NEVER) > (first_lease_until or NEVER)

    bakery.gate.set()
    thread.join()

    assert are_completed(store, "wait-for-it", "loaf")
    assert get_task(store, "wait-for-it").fence == 1


@pytest.mark.slow
def test_leases_are_extended_while_another_stage_finishes(database: PostgresServer) -> None:
    def finish_slowly(_: TasksWrite, __: object) -> None:
        time.sleep(5)

    store = open_store(database.url, policy=POLICY)
    bakery = Bakery(store)
    worker = Worker(store=store, actor=WORKER)
    cool = evolve(bakery.stage(name="cool", batch=1, lease_seconds=2), finish=finish_slowly)
    enqueue(store, "wait-for-it")
    enqueue(store, "cake", stage="cool")

    with worker.heartbeat():
        cooling = start_processing(store, cool, worker)
        time.sleep(0.1)
        baking = start_processing(store, bakery.stage(lease_seconds=2), worker)
        assert bakery.started.wait(TIMEOUT_SECONDS)
        time.sleep(3)
        assert process_batch(store, Bakery(store).stage(), actor=MAYA) == 0

        bakery.gate.set()
        cooling.join()
        baking.join()

    assert get_task(store, "wait-for-it").fence == 1
    assert get_task(store, "cake", "cool").fence == 1
    assert get_task(store, "cake", "cool").due_at is None
    store.dispose()


def test_a_stopping_worker_completes_the_started_task_and_releases_the_others(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "a-loaf")
    enqueue(store, "wait-for-it", "zwieback", seconds=0.001)
    time.sleep(0.01)
    worker = Worker(store=store, actor=WORKER)
    thread = start_processing(store, bakery.stage(), worker)
    assert bakery.started.wait(TIMEOUT_SECONDS)

    worker.stop()
    bakery.gate.set()
    thread.join()

    assert are_completed(store, "a-loaf", "wait-for-it")
    released_task = get_task(store, "zwieback")
    assert released_task.lease_owner is None
    assert released_task.attempts == 0
    assert released_task.due_at is not None
    assert process_batch(store, bakery.stage(), actor=WORKER, worker=worker) == 0
    assert outcome_counts(worker) == {"claimed": 3, "completed": 2, "released": 1}


# Lost leases


def test_a_result_under_a_lost_lease_is_discarded(
    store: TaskStore, bakery: Bakery, caplog: pytest.LogCaptureFixture
) -> None:
    def perform(name: str, handle: LeaseHandle) -> str:
        if name == "slow":
            extend_lease(store, "loaf")
            wait_for_expiry(store, "slow")
            with store.transaction(actor=MAYA, reason="another worker") as tx:
                until = tx.clock.now() + timedelta(minutes=1)
                assert tx.tasks.claim("bake", limit=1, until=until)
        return bakery.perform(name, handle)

    worker = Worker(store=store, actor=WORKER)
    enqueue(store, "slow", "loaf")

    stage = evolve(bakery.stage(lease_seconds=1), perform=perform)
    process_batch(store, stage, actor=WORKER, worker=worker)

    assert not are_completed(store, "slow")
    assert are_completed(store, "loaf")
    assert get_task(store, "slow").lease_owner == MAYA
    assert get_task(store, "slow").fence == 2
    assert "slow was canceled or lost its lease" in caplog.text
    assert outcome_counts(worker) == {"claimed": 2, "completed": 1, "lost": 1}


def test_ctrl_c_ends_the_process_and_leaves_the_lease_to_expire(
    store: TaskStore, bakery: Bakery
) -> None:
    bakery.error = KeyboardInterrupt()
    enqueue(store, "perform-it")

    with pytest.raises(KeyboardInterrupt):
        process_batch(store, bakery.stage(), actor=WORKER)

    assert get_task(store, "perform-it").lease_owner == WORKER


def test_a_task_that_killed_its_workers_is_dead_without_being_performed(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "deadly", "loaf")
    for _ in range(2):
        # The worker claims the task and is killed at once.
        with store.transaction(actor=WORKER, reason="claim before the kill") as tx:
            tx.tasks.claim("bake", limit=1, until=tx.clock.now())
        time.sleep(0.002)

    worker = Worker(store=store, actor=WORKER)
    for _ in range(2):
        process_batch(store, bakery.stage(max_attempts=2), actor=WORKER, worker=worker)

    assert bakery.performed == ["loaf"]
    assert str(get_task(store, "deadly").dead_reason).startswith("2 attempts started")
    assert are_completed(store, "loaf")
    assert outcome_counts(worker) == {"claimed": 2, "dead": 1, "completed": 1}


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 10])
def test_only_the_task_that_kills_its_process_is_dead(
    store: TaskStore, bakery: Bakery, batch: int
) -> None:
    def perform(name: str, handle: LeaseHandle) -> str:
        if name == "m-poison":
            raise KeyboardInterrupt  # It ends the process.
        return bakery.perform(name, handle)

    earlier_names = [f"a-{number}" for number in range(4)]
    later_names = [f"z-{number}" for number in range(4)]
    names = earlier_names + later_names
    stage = evolve(bakery.stage(batch=batch, max_attempts=3, lease_seconds=1), perform=perform)
    enqueue(store, *names, "m-poison")

    for _ in range(50):
        with suppress(KeyboardInterrupt):
            process_batch(store, stage, actor=WORKER)
        if bakery.dead_tasks and are_completed(store, *names):
            break
        wait_for_expiry(store, *names, "m-poison")

    assert are_completed(store, *names)
    assert [name for name, _ in bakery.dead_tasks] == ["m-poison"]
