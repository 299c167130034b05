"""A child process that hangs, exits or exhausts memory costs one attempt, and nothing else."""

import os
import time
from collections.abc import Generator
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest
from tests.workers import child_stages
from tests.workers.bakery import (
    TIMEOUT_SECONDS,
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

from indelible.kernel.breaker_commands import open_breakers
from indelible.kernel.breakers import CircuitBreaker
from indelible.kernel.stages import RequeueTask, Stage, TasksWrite, requeue_task
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.tasks import AttemptOutcome
from indelible_workers import PerformNotPicklable, Worker, process_batch, run_workers

pytestmark = pytest.mark.slow

Notes = Path
NOTICE_SECONDS = 1.5  # in which a worker notices a cancellation


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    """Return the file that the children write."""
    path = tmp_path / "notes"
    path.touch()
    return path


@pytest.fixture
def worker(store: TaskStore) -> Generator[Worker]:
    with Worker(store=store, actor=WORKER).heartbeat() as running:
        yield running


def child_stage(notes: Notes, **settings: Any) -> Stage[TasksWrite, str, object]:  # noqa: ANN401 - a stage's own
    """Return the stage whose tasks do what their names say."""
    defaults: dict[str, Any] = {"name": "bake", "batch": 1, "lifecycle": None, "in_child": True}
    defaults.update(settings)
    defaults.setdefault("acts_outside", defaults["batch"] == 1)
    return Stage(**defaults, perform=partial(child_stages.perform, notes))


def process(worker: Worker, stage: Stage[TasksWrite, str, object]) -> int:
    return process_batch(worker.store, stage, actor=WORKER, worker=worker)


def pids(notes: Notes) -> list[int]:
    """Return the process ids that the children wrote, in their order."""
    return [
        int(line.split()[-1]) for line in notes.read_text().splitlines() if "stopped" not in line
    ]


def last_reason(store: TaskStore, name: str) -> str:
    """Return the reason of the newest attempt, which has failed."""
    attempt = attempts(store, name)[0]
    assert attempt.outcome is AttemptOutcome.FAILED
    return attempt.reason


def test_one_child_performs_tasks_one_after_the_other_and_ends_with_its_worker(
    store: TaskStore, notes: Notes
) -> None:
    names = [f"loaf-{number}" for number in range(5)]
    enqueue(store, *names)
    worker = Worker(store=store, actor=WORKER)
    with worker.heartbeat():
        stage = child_stage(notes)
        while process(worker, stage):
            pass
        (pid,) = set(pids(notes))
        assert psutil.pid_exists(pid)

    assert not psutil.pid_exists(pid)
    assert outcome_counts(worker) == {"claimed": 5, "completed": 5}


@pytest.mark.parametrize("name", ["hang-on", "hangc-on", "spawn-it"])
def test_a_child_that_hangs_is_killed_at_its_limit_with_its_own_children(
    store: TaskStore, notes: Notes, worker: Worker, name: str
) -> None:
    enqueue(store, name)
    began_at = time.monotonic()
    process(worker, child_stage(notes, timeout_seconds=3))

    assert time.monotonic() - began_at < child_stages.LONG_SECONDS / 2
    assert "TIME_LIMIT_EXCEEDED" in last_reason(store, name)
    assert outcome_counts(worker) == {"claimed": 1, "retried": 1}
    wait_until(lambda: not any(is_alive(pid) for pid in pids(notes)))


@pytest.mark.parametrize(
    ("name", "reason", "error_class"),
    [
        ("leave-now", "ended with exit code 7", "ChildEnded"),
        ("exit-now", "SystemExit: 7", "SystemExit"),
        ("exhaust-it", "MemoryError", "MemoryError"),
        ("much-of-it", "at most 67108864 are allowed", "OutcomeTooLarge"),
        ("fail-so", "ValueError: the oven at password=*** is cold", "ValueError"),
    ],
)
def test_a_failure_in_a_child_is_recorded_and_the_next_task_succeeds(
    store: TaskStore, notes: Notes, worker: Worker, name: str, reason: str, error_class: str
) -> None:
    stage = child_stage(notes, memory_mebibytes=256)
    enqueue(store, name, "zwieback")
    process(worker, stage)
    assert reason in last_reason(store, name)
    assert get_task(store, name).error_class == error_class

    process(worker, stage)
    assert get_task(store, "zwieback").due_at is None
    assert outcome_counts(worker) == {"claimed": 2, "retried": 1, "completed": 1}


def can_be_waited_for(pid: int) -> bool:
    """Return True if all threads of a child have ended; its first one becomes a zombie before."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def test_a_child_that_ended_while_it_was_idle_costs_no_attempt(
    store: TaskStore, notes: Notes, worker: Worker
) -> None:
    enqueue(store, "first")
    stage = child_stage(notes)
    process(worker, stage)
    (pid,) = pids(notes)
    psutil.Process(pid).kill()
    wait_until(lambda: can_be_waited_for(pid))

    enqueue(store, "second")
    process(worker, stage)

    assert outcome_counts(worker) == {"claimed": 2, "completed": 2}


def test_a_stage_fails_for_ever_or_for_an_hour_from_its_child(
    store: TaskStore, notes: Notes, worker: Worker
) -> None:
    enqueue(store, "permanent-one", "later-one")
    stage = child_stage(notes)
    while process(worker, stage):
        pass

    assert get_task(store, "permanent-one").dead_reason == "no such address"
    assert last_reason(store, "later-one") == "the post office is closed"
    due_at = get_task(store, "later-one").due_at
    assert due_at is not None
    assert (due_at - worker.clock.now()).total_seconds() > 3_000
    assert len(set(pids(notes))) == 1


@pytest.mark.parametrize(
    ("name", "reason", "error_class"),
    [
        ("permanent-one", "no such address", "PermanentFailure"),
        ("permanentbecause-one", "no such address", "LookupError"),
        ("later-one", "the post office is closed", "RetryLater"),
        ("laterbecause-one", "the post office is closed", "ConnectionRefusedError"),
    ],
)
def test_a_failure_in_a_child_is_grouped_by_the_error_that_caused_it(
    store: TaskStore, notes: Notes, worker: Worker, name: str, reason: str, error_class: str
) -> None:
    enqueue(store, name)
    process(worker, child_stage(notes))

    assert get_task(store, name).error_class == error_class
    assert attempts(store, name)[0].reason == reason


def test_outages_in_children_pause_a_stage_with_a_breaker(
    store: TaskStore, notes: Notes, worker: Worker
) -> None:
    enqueue(store, "outage-one", "outage-two")
    stage = child_stage(notes, breaker=CircuitBreaker(outages=2))
    while process(worker, stage):
        pass

    assert store.read(open_breakers) == {"bake": 1}
    assert last_reason(store, "outage-two") == "the post office is on strike"


def test_a_child_is_told_that_its_worker_ends(store: TaskStore, notes: Notes) -> None:
    enqueue(store, "obey-me")
    worker = Worker(store=store, actor=WORKER)
    with worker.heartbeat():
        thread = Thread(target=process, args=(worker, child_stage(notes)))
        thread.start()
        wait_until(lambda: bool(pids(notes)))
        worker.stop()
        thread.join(TIMEOUT_SECONDS)

    assert "stopped SHUTDOWN" in notes.read_text()
    assert get_task(store, "obey-me").attempts == 0
    assert outcome_counts(worker) == {"claimed": 1, "released": 1}


def test_a_child_is_told_that_its_lease_is_lost(
    store: TaskStore, notes: Notes, worker: Worker
) -> None:
    enqueue(store, "obey-me")
    thread = Thread(target=process, args=(worker, child_stage(notes)))
    thread.start()
    wait_until(lambda: bool(pids(notes)))
    with store.transaction(actor=WORKER, reason="another worker") as tx:
        tx.tasks.complete([tx.tasks.get("bake", "obey-me").lease])
    thread.join(TIMEOUT_SECONDS)

    assert "stopped LEASE_LOST" in notes.read_text()
    assert outcome_counts(worker) == {"claimed": 1, "lost": 1}


@pytest.mark.parametrize("name", ["hang-on", "hangc-on"])
def test_a_child_that_ignores_its_cancellation_is_killed_at_its_limit(
    store: TaskStore, notes: Notes, worker: Worker, name: str
) -> None:
    enqueue(store, name, "zwieback")
    thread = Thread(target=process, args=(worker, child_stage(notes, timeout_seconds=3)))
    began_at = time.monotonic()
    thread.start()
    wait_until(lambda: get_task(store, name).lease_owner is not None)
    command = CancelTask(stage="bake", entity_id=name)
    store.run(cancel_task, command, actor=WORKER, reason="no flour")
    thread.join(TIMEOUT_SECONDS)

    assert time.monotonic() - began_at < child_stages.LONG_SECONDS / 2
    wait_until(lambda: not any(is_alive(pid) for pid in pids(notes)))
    assert [attempt.outcome for attempt in attempts(store, name)] == ["CANCELED", "STARTED"]
    assert get_task(store, name).cancel_reason == "no flour"
    process(worker, child_stage(notes))
    assert outcome_counts(worker) == {"claimed": 2, "lost": 1, "completed": 1}


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_child_that_reads_no_request_is_killed_at_its_limit(
    store: TaskStore, notes: Notes, worker: Worker
) -> None:
    with store.transaction(actor=WORKER, reason="test") as tx:
        arguments = {"hangc-on": {"letter": "x" * 16_000}}  # few of them fill a pipe
        tx.tasks.enqueue("bake", {"hangc-on": tx.clock.now()}, arguments=arguments)
    stage = child_stage(notes, timeout_seconds=8)
    thread = Thread(target=process, args=(worker, stage), daemon=True)
    thread.start()
    wait_until(lambda: bool(pids(notes)))

    cancellation = CancelTask(stage="bake", entity_id="hangc-on")
    store.run(cancel_task, cancellation, actor=WORKER, reason="no flour")
    time.sleep(NOTICE_SECONDS)
    # From now on each look finds that the lease is lost, and no longer that it was canceled.
    requeue = RequeueTask(stage="bake", entity_id="hangc-on")
    store.run(requeue_task, requeue, actor=WORKER, reason="flour")
    thread.join(child_stages.LONG_SECONDS / 2)

    assert not thread.is_alive()
    wait_until(lambda: not any(is_alive(pid) for pid in pids(notes)))


def test_a_child_that_postpones_its_task_performs_the_next_one(
    store: TaskStore, notes: Notes, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(store, "postpone-it")
    stage = child_stage(notes, max_attempts=1)
    with caplog.at_level("INFO", logger="indelible.workers"):
        process(worker, stage)
    task = get_task(store, "postpone-it")
    assert (task.attempts, task.lease_owner, task.due_at is None) == (0, None, False)
    assert "task postpone-it is postponed by 3600 seconds: the oven is occupied" in caplog.text

    enqueue(store, "loaf")
    process(worker, stage)
    assert len(set(pids(notes))) == 1
    assert outcome_counts(worker) == {"claimed": 2, "postponed": 1, "completed": 1}


def test_other_stages_go_on_while_children_hang(
    store: TaskStore, bakery: Bakery, notes: Notes
) -> None:
    hangs = [f"hang-{number}" for number in range(6)]
    quick = [f"quick-{number:02}" for number in range(50)]
    enqueue(store, *hangs, stage="oven")
    worker = Worker(store=store, actor=WORKER)
    stages: dict[str, Stage[TasksWrite, str, Any]] = {
        "oven": child_stage(notes, name="oven", timeout_seconds=60),
        "bake": bakery.stage(batch=1),
    }
    with run_workers(worker, stages, threads=4, dispatch_seconds=0.1):
        wait_until(lambda: len(pids(notes)) == 2)
        enqueue(store, *quick)
        worker.wakeup.set()
        wait_until(lambda: are_completed(store, *quick))
        assert all(is_alive(pid) for pid in pids(notes))
        for pid in pids(notes):
            psutil.Process(pid).kill()
        worker.stop()

    assert "exit code -9" in last_reason_of_first(store, hangs)


def last_reason_of_first(store: TaskStore, names: list[str]) -> str:
    """Return the reason of the newest attempt of the first task that has failed."""
    for name in names:
        for attempt in attempts(store, name, stage="oven"):
            if attempt.outcome is AttemptOutcome.FAILED:
                return attempt.reason

    raise AssertionError("no task has failed")


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_perform_that_cannot_be_sent_to_a_child_is_refused_at_the_start(
    store: TaskStore,
) -> None:
    stage: Stage[Any, str, str] = Stage(
        name="bake",
        batch=1,
        lifecycle=None,
        acts_outside=True,
        perform=lambda name, _: name,
        in_child=True,
    )
    worker = Worker(store=store, actor=WORKER)

    with (
        pytest.raises(PerformNotPicklable, match="Stage bake"),
        run_workers(worker, {"bake": stage}),
    ):
        pass


def is_alive(pid: int) -> bool:
    """Return True unless the process has ended; a zombie has."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
