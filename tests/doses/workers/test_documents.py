"""A worker stores the progress and the result of a task, and performs no task with a secret."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from attrs import evolve
from tests.workers import child_stages
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
    outcome_counts,
    wait_until,
)

from indelible.kernel import Invalid
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage, TasksWrite
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.task_errors import TaskArgumentSecret
from indelible_workers import Worker, process_batch

Perform = Callable[[str, LeaseHandle], object]


def results_stage(perform: Perform, **settings: Any) -> Stage[TasksWrite, str, object]:  # noqa: ANN401 - a stage's own
    """Return a stage that stores its results."""
    defaults: dict[str, Any] = {"name": "bake", "batch": 1, "lifecycle": None}
    defaults.update(settings)
    defaults.setdefault("acts_outside", defaults["batch"] == 1)
    return Stage(**defaults, perform=perform, store_results=True)


def returning(outcome: object) -> Perform:
    """Return a `perform` that has this outcome."""

    def perform(_: str, __: LeaseHandle) -> object:
        return outcome

    return perform


def enqueue_with(
    store: TaskStore, entity_id: str, arguments: Mapping[str, object], *, stage: str = "bake"
) -> None:
    """Enqueue a task by the name of its stage."""
    with store.transaction(actor=MAYA, reason="test") as tx:
        dues = {entity_id: tx.clock.now()}
        tx.tasks.enqueue(stage, dues, arguments={entity_id: arguments})


@contextmanager
def working(store: TaskStore, stage: Stage[TasksWrite, str, object]) -> Generator[Thread]:
    """Process all tasks in a thread, and yield it."""
    worker = Worker(store=store, actor=WORKER)

    def process_all() -> None:
        while process_batch(store, stage, actor=WORKER, worker=worker):
            pass

    with worker.heartbeat():
        thread = Thread(target=process_all)
        thread.start()
        try:
            yield thread
        finally:
            worker.stop()
            thread.join()


@pytest.mark.parametrize("batch", [1, 10])
def test_the_outcome_of_a_task_is_stored_as_its_result(store: TaskStore, batch: int) -> None:
    def perform(name: str, _: LeaseHandle) -> object:
        return None if name == "dough" else {"loaves": len(name), "of": name}

    enqueue(store, "dough", "rye", "spelt")
    stage = results_stage(perform, batch=batch)
    while process_batch(store, stage, actor=WORKER):
        pass

    results = {name: get_task(store, name).result for name in ("dough", "rye", "spelt")}
    assert results == {
        "dough": None,
        "rye": {"loaves": 3, "of": "rye"},
        "spelt": {"loaves": 5, "of": "spelt"},
    }


def test_a_stage_with_a_finish_stores_results_too(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "loaf", "nothing-left")
    process_batch(store, evolve(bakery.stage(), store_results=True), actor=WORKER)

    assert are_completed(store, "loaf")
    assert get_task(store, "loaf").result == "loaf, baked"
    assert get_task(store, "nothing-left").result is None


def test_a_stage_that_stores_no_results_returns_what_it_likes(store: TaskStore) -> None:
    enqueue(store, "loaf")
    stage = evolve(results_stage(returning(object())), store_results=False)
    process_batch(store, stage, actor=WORKER)

    task = get_task(store, "loaf")
    assert (task.due_at, task.dead_reason, task.result) == (None, None, None)


@pytest.mark.parametrize(
    ("outcome", "error_class"),
    [
        ("x" * 16_384, "JsonLimitExceeded"),
        (object(), "UsageError"),
        ([{"Api-Key": 1}], "TaskArgumentSecret"),
        ({"loaf": {"oven_pin": 1}}, "TaskArgumentSecret"),
    ],
    ids=["long", "no JSON", "always secret", "declared"],
)
def test_a_task_whose_result_cannot_be_stored_is_dead_and_not_repeated(
    store: TaskStore, outcome: object, error_class: str
) -> None:
    enqueue(store, "loaf")
    stage = results_stage(returning(outcome), secret_arguments=frozenset({"oven_pin"}))
    process_batch(store, stage, actor=WORKER)

    task = get_task(store, "loaf")
    assert task.error_class == error_class
    assert task.dead_reason is not None
    assert "was performed, but its result cannot be stored" in task.dead_reason
    assert task.result is None


@pytest.mark.slow
def test_the_progress_of_a_long_task_is_stored(store: TaskStore) -> None:
    gate = Event()
    end = Event()

    def perform(_: str, handle: LeaseHandle) -> None:
        handle.set_progress(40)
        assert gate.wait(TIMEOUT_SECONDS)
        handle.set_progress(90)
        assert end.wait(TIMEOUT_SECONDS)

    enqueue(store, "loaf")
    with working(store, results_stage(perform)) as thread:
        wait_until(lambda: get_task(store, "loaf").progress == 40)
        gate.set()
        wait_until(lambda: get_task(store, "loaf").progress == 90)
        end.set()
        thread.join(TIMEOUT_SECONDS)

    assert get_task(store, "loaf").due_at is None


@pytest.mark.parametrize("percent", [-1, 101, 0.5, True])
def test_progress_that_is_no_percentage_is_refused(
    store: TaskStore,
    percent: Any,  # noqa: ANN401 - what is refused
) -> None:
    refused: list[str] = []

    def perform(_: str, handle: LeaseHandle) -> None:
        with pytest.raises(Invalid) as error:
            handle.set_progress(percent)
        refused.append(error.value.code)

    enqueue(store, "loaf")
    process_batch(store, results_stage(perform), actor=WORKER)

    assert len(refused) == 1
    assert get_task(store, "loaf").progress is None


@pytest.mark.slow
def test_progress_under_a_lost_lease_is_not_stored(store: TaskStore) -> None:
    def perform(_: str, handle: LeaseHandle) -> None:
        command = CancelTask(stage="bake", entity_id=handle.lease.entity_id)
        store.run(cancel_task, command, actor=MAYA, reason="no flour")
        handle.set_progress(50)
        assert handle.wait(TIMEOUT_SECONDS)
        handle.wait(child_stages.PROGRESS_SECONDS)
        handle.check()

    enqueue(store, "loaf")
    worker = Worker(store=store, actor=WORKER)
    with worker.heartbeat():
        process_batch(store, results_stage(perform), actor=WORKER, worker=worker)

    assert get_task(store, "loaf").progress is None
    assert outcome_counts(worker) == {"claimed": 1, "lost": 1}


@pytest.mark.slow
def test_a_child_process_reports_progress_and_returns_a_result(
    store: TaskStore, tmp_path: Path
) -> None:
    perform = partial(child_stages.perform, tmp_path / "notes")
    enqueue(store, "report-1", "report-2")
    with working(store, results_stage(perform, in_child=True)) as thread:
        wait_until(lambda: get_task(store, "report-1").progress == 30)
        wait_until(lambda: get_task(store, "report-2").progress == 30)
        thread.join(TIMEOUT_SECONDS)

    assert [get_task(store, name).result for name in ("report-1", "report-2")] == [30, 30]


def test_a_store_refuses_the_secrets_of_its_policy_by_the_name_of_the_stage(
    store: TaskStore,
) -> None:
    for secrets in ({"pin_code": 1}, {"safe": [{"Pin-Code": 1}]}):
        with pytest.raises(TaskArgumentSecret):
            enqueue_with(store, "safe", secrets, stage="safes")

    enqueue_with(store, "safe", {"pin_code": 1})
    enqueue_with(store, "safe", {"floor": 1}, stage="safes")
    assert get_task(store, "safe", "safes").arguments == {"floor": 1}


@pytest.mark.parametrize("batch", [1, 10])
def test_a_task_with_a_declared_secret_is_dead_and_never_performed(
    store: TaskStore, bakery: Bakery, batch: int
) -> None:
    enqueue_with(store, "loaf", {"oven": [{"Oven-PIN": 1234}]})
    enqueue_with(store, "rye", {"oven": 2})
    stage = evolve(bakery.stage(batch=batch), secret_arguments=frozenset({"oven_pin"}))
    while process_batch(store, stage, actor=WORKER):
        pass

    task = get_task(store, "loaf")
    assert bakery.performed == ["rye"]
    assert task.error_class == "TaskArgumentSecret"
    assert "Oven-PIN" in str(task.dead_reason)
    assert "1234" not in str(task.dead_reason)
    assert [attempt.outcome for attempt in attempts(store, "loaf")] == ["DEAD"]
