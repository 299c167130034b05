"""A task in a thread that exceeds its time limit fails; its thread is counted until it returns."""

import time
from threading import Event
from typing import Any

import pytest
from attrs import evolve
from tests.workers.bakery import (
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
from indelible.kernel.lease_handles import LeaseHandle, StopReason
from indelible.kernel.stages import RetryLater, Stage, TasksWrite
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.task_failures import TaskFailure
from indelible.kernel.tasks import Lease
from indelible.testing.stores import MAYA
from indelible_workers import Worker, process_batch, run_workers
from indelible_workers.leases.finishers import Finishers

pytestmark = pytest.mark.slow

HANG_COUNT = 6
QUICK_COUNT = 50
THREADS = 4
LIMIT_REASON = "TIME_LIMIT_EXCEEDED"


def gauge(worker: Worker, name: str, stage: str) -> float | None:
    """Return the value of a gauge of the worker."""
    return worker.registry.get_sample_value(name, {"stage": stage})


@pytest.mark.parametrize("batch", [1, 10])
def test_a_task_beyond_its_limit_has_failed_while_its_thread_still_runs(
    store: TaskStore, bakery: Bakery, batch: int
) -> None:
    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    stage = hanging(bakery, batch=batch, timeout_seconds=1)
    with worker.heartbeat():
        thread = start_batch(worker, stage)
        assert bakery.started.wait(TIMEOUT_SECONDS)
        wait_until(lambda: get_task(store, "hang-on").lease_owner is None)
        outcome = attempts(store, "hang-on")[0]
        assert (outcome.outcome, LIMIT_REASON in outcome.reason) == ("FAILED", True)
        assert get_task(store, "hang-on").due_at is not None
        assert gauge(worker, "indelible_worker_stage_threads_timed_out", "bake") == 1
        assert thread.is_alive()

        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)

    assert bakery.stop_reasons == [StopReason.TIMED_OUT]
    assert gauge(worker, "indelible_worker_stage_threads_timed_out", "bake") == 0
    assert not are_completed(store, "hang-on")
    assert outcome_counts(worker) == {"claimed": 1, "timed_out": 1, "retried": 1}


def test_a_task_that_stops_at_its_limit_has_failed_and_leaves_no_thread(
    store: TaskStore, bakery: Bakery
) -> None:
    def perform(name: str, handle: LeaseHandle) -> str:
        assert handle.wait(TIMEOUT_SECONDS)
        handle.check()
        return name

    enqueue(store, "loaf")
    worker = Worker(store=store, actor=WORKER)
    stage = evolve(bakery.stage(batch=1, timeout_seconds=1), perform=perform)
    with worker.heartbeat():
        process_batch(store, stage, actor=WORKER, worker=worker)

    assert LIMIT_REASON in attempts(store, "loaf")[0].reason
    assert outcome_counts(worker) == {"claimed": 1, "retried": 1}


def test_a_task_that_exceeds_its_limit_each_time_is_dead(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    stage = hanging(bakery, batch=1, timeout_seconds=1, max_attempts=1)
    with worker.heartbeat():
        thread = start_batch(worker, stage)
        assert bakery.started.wait(TIMEOUT_SECONDS)
        wait_until(lambda: get_task(store, "hang-on").dead_reason is not None)
        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)

    assert LIMIT_REASON in (get_task(store, "hang-on").dead_reason or "")
    assert [entity_id for entity_id, _ in bakery.dead_tasks] == ["hang-on"]


def test_an_exceeded_limit_is_recorded_although_the_database_is_unavailable_at_first(
    store: TaskStore, bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    transaction = store.transaction
    failures: list[str] = []

    def fail_twice(**words: Any) -> Any:  # noqa: ANN401 - the store's own
        if words["reason"].startswith("retry") and len(failures) < 2:
            failures.append(words["reason"])
            raise StoreUnreachable("a test")
        return transaction(**words)

    stage = hanging(bakery, batch=1, timeout_seconds=1)
    with worker.heartbeat():
        thread = start_batch(worker, stage)
        assert bakery.started.wait(TIMEOUT_SECONDS)
        monkeypatch.setattr(type(store), "transaction", staticmethod(fail_twice))
        wait_until(lambda: get_task(store, "hang-on").lease_owner is None)
        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)

    assert len(failures) == 2
    assert LIMIT_REASON in attempts(store, "hang-on")[0].reason


def test_a_thread_that_ignores_its_cancellation_is_counted_and_costs_no_other_stage(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "hang-on", stage="oven")
    worker = Worker(store=store, actor=WORKER)
    stages = {
        "oven": hanging(bakery, name="oven", batch=1, timeout_seconds=1),
        "bake": bakery.stage(batch=1),
    }
    with run_workers(worker, stages, threads=2, dispatch_seconds=0.1):
        assert bakery.started.wait(TIMEOUT_SECONDS)
        command = CancelTask(stage="oven", entity_id="hang-on")
        store.run(cancel_task, command, actor=MAYA, reason="no flour")
        wait_until(lambda: gauge(worker, "indelible_worker_stage_threads_timed_out", "oven") == 1)
        enqueue(store, "loaf")
        worker.wakeup.set()
        wait_until(lambda: are_completed(store, "loaf"))
        assert gauge(worker, "indelible_worker_stage_threads_busy", "oven") == 1

        bakery.gate.set()
        wait_until(lambda: gauge(worker, "indelible_worker_stage_threads_timed_out", "oven") == 0)

    task = get_task(store, "hang-on", "oven")
    assert (task.cancel_reason, task.dead_reason, task.fence) == ("no flour", None, 2)
    recorded = [attempt.outcome for attempt in attempts(store, "hang-on", stage="oven")]
    assert recorded == ["CANCELED", "STARTED"]


# Threads of a stage


def test_a_stage_that_hangs_does_not_starve_the_others_of_its_process(
    store: TaskStore, bakery: Bakery
) -> None:
    hangs = [f"hang-{number}" for number in range(HANG_COUNT)]
    quick = [f"quick-{number:02}" for number in range(QUICK_COUNT)]
    enqueue(store, *hangs, stage="oven")
    worker = Worker(store=store, actor=WORKER)
    stages = {
        "oven": hanging(bakery, name="oven", batch=1),
        "bake": bakery.stage(batch=1),
    }
    with run_workers(worker, stages, threads=THREADS, dispatch_seconds=0.1):
        assert bakery.started.wait(TIMEOUT_SECONDS)
        enqueue(store, *quick)
        worker.wakeup.set()
        wait_until(lambda: are_completed(store, *quick))

        assert not are_completed(store, *hangs[:1])
        assert gauge(worker, "indelible_worker_stage_threads_busy", "oven") == THREADS // 2
        assert not bakery.gate.is_set()
        bakery.gate.set()
        wait_until(lambda: are_completed(store, *hangs))

    assert gauge(worker, "indelible_worker_stage_threads_busy", "oven") == 0


@pytest.mark.parametrize(
    ("settings", "threads", "expected"),
    [
        ((None, None), 4, (2, 2)),
        ((None, None), 1, (1, 1)),
        ((None, None), 5, (2, 2)),
        ((3, None), 4, (3, 2)),
        ((100, 1), 4, (4, 1)),
        ((None,), 4, (4,)),
        ((2,), 4, (2,)),
    ],
)
@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_stage_has_half_of_the_threads_or_as_many_as_it_declares(
    store: TaskStore,
    bakery: Bakery,
    settings: tuple[int | None, ...],
    threads: int,
    expected: tuple[int, ...],
) -> None:
    names = [f"stage-{number}" for number in range(len(settings))]
    stages: dict[str, Stage[TasksWrite, str, str]] = {}
    for name, concurrency in zip(names, settings, strict=True):
        stages[name] = bakery.stage(name=name, concurrency=concurrency)
    worker = Worker(store=store, actor=WORKER)
    with run_workers(worker, stages, threads=threads):
        pass

    assert (
        tuple(gauge(worker, "indelible_worker_stage_threads", name) for name in names) == expected
    )


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_no_more_threads_work_on_a_stage_than_it_allows(store: TaskStore, bakery: Bakery) -> None:
    running: list[str] = []
    most: list[int] = []

    def perform(name: str, handle: LeaseHandle) -> str:
        running.append(name)
        most.append(len(running))
        time.sleep(0.01)
        running.remove(name)
        return bakery.perform(name, handle)

    loaves = [f"loaf-{number:02}" for number in range(60)]
    enqueue(store, *loaves)
    worker = Worker(store=store, actor=WORKER)
    stage = evolve(bakery.stage(batch=1, concurrency=3), perform=perform)
    with run_workers(worker, {"bake": stage}, threads=8, dispatch_seconds=0.05):
        wait_until(lambda: are_completed(store, *loaves))

    assert max(most) == 3
    assert sorted(bakery.performed) == loaves


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_stage_that_was_full_is_dispatched_as_soon_as_a_thread_is_free(
    store: TaskStore, bakery: Bakery
) -> None:
    def perform(name: str, handle: LeaseHandle) -> str:
        if name == "hang-on":
            bakery.started.set()
            assert bakery.gate.wait(TIMEOUT_SECONDS)
            raise RetryLater("burnt", after_seconds=3_600)  # a completion would wake the stage too
        return bakery.perform(name, handle)

    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    stage = evolve(bakery.stage(batch=2, concurrency=1), perform=perform)
    with run_workers(worker, {"bake": stage}, threads=4, dispatch_seconds=600):
        assert bakery.started.wait(TIMEOUT_SECONDS)
        enqueue(store, "loaf")
        worker.wakeup.set()
        wait_until(lambda: not worker.wakeup.is_set())  # the dispatcher has found no free thread
        time.sleep(0.2)
        bakery.gate.set()
        wait_until(lambda: are_completed(store, "loaf"))


@pytest.mark.slow
@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_worker_ends_although_timed_out_tasks_still_run(
    store: TaskStore, bakery: Bakery, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    stage = hanging(bakery, batch=1, timeout_seconds=1)
    began_at = time.monotonic()
    with run_workers(worker, {"bake": stage}, threads=2, dispatch_seconds=0.1):
        assert bakery.started.wait(TIMEOUT_SECONDS)

    assert time.monotonic() - began_at < TIMEOUT_SECONDS
    assert "1 threads of timed-out tasks are left" in caplog.text
    bakery.gate.set()


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_slow_on_dead_of_a_timed_out_task_delays_no_other_lease(
    store: TaskStore, bakery: Bakery
) -> None:
    """The heartbeat extends the lease of another task all the while."""
    is_called, may_end = Event(), Event()

    def wait_on_dead(_: TasksWrite, lease: Lease, failure: TaskFailure) -> None:
        is_called.set()
        assert may_end.wait(TIMEOUT_SECONDS)
        bakery.dead_tasks.append((lease.entity_id, failure.reason))

    enqueue(store, "hang-on", stage="oven")
    enqueue(store, "wait-loaf")
    worker = Worker(store=store, actor=WORKER)
    oven = hanging(bakery, name="oven", batch=1, timeout_seconds=1, max_attempts=1)
    oven = evolve(oven, on_dead=wait_on_dead)
    gate = Event()
    slow = Bakery(store, gate=gate)
    with worker.heartbeat():
        threads = [start_batch(worker, oven)]
        assert is_called.wait(TIMEOUT_SECONDS)
        threads.append(start_batch(worker, slow.stage(batch=1, lease_seconds=3)))
        assert slow.started.wait(TIMEOUT_SECONDS)
        first_until = get_task(store, "wait-loaf").lease_until
        assert first_until is not None
        wait_until(lambda: (get_task(store, "wait-loaf").lease_until or first_until) > first_until)
        assert get_task(store, "hang-on", "oven").dead_reason is None

        may_end.set()
        wait_until(lambda: get_task(store, "hang-on", "oven").dead_reason is not None)
        gate.set()
        bakery.gate.set()
        for thread in threads:
            thread.join(TIMEOUT_SECONDS)

    assert [entity_id for entity_id, _ in bakery.dead_tasks] == ["hang-on"]
    assert are_completed(store, "wait-loaf")


def test_a_death_is_recorded_although_no_thread_can_be_started_for_it(
    store: TaskStore, bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    stage = hanging(bakery, batch=1, timeout_seconds=1, max_attempts=1)

    def refuse(_: Finishers, __: str, ___: object) -> bool:
        return False

    monkeypatch.setattr(Finishers, "start", refuse)
    with worker.heartbeat():
        thread = start_batch(worker, stage)
        wait_until(lambda: get_task(store, "hang-on").dead_reason is not None)
        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)

    assert [entity_id for entity_id, _ in bakery.dead_tasks] == ["hang-on"]


def test_a_death_is_recorded_when_the_database_is_available_again(
    store: TaskStore, bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    transaction = store.transaction
    failures: list[str] = []

    def fail_twice(**words: Any) -> Any:  # noqa: ANN401 - the store's own
        if words["reason"].startswith(("failure", "retry")) and len(failures) < 4:
            failures.append(words["reason"])
            raise StoreUnreachable("a test")
        return transaction(**words)

    enqueue(store, "hang-on")
    worker = Worker(store=store, actor=WORKER)
    stage = hanging(bakery, batch=1, timeout_seconds=1, max_attempts=1)
    monkeypatch.setattr(type(store), "transaction", staticmethod(fail_twice))
    with worker.heartbeat():
        thread = start_batch(worker, stage)
        wait_until(lambda: get_task(store, "hang-on").dead_reason is not None)
        bakery.gate.set()
        thread.join(TIMEOUT_SECONDS)

    assert len(failures) == 4
    assert [entity_id for entity_id, _ in bakery.dead_tasks] == ["hang-on"]
