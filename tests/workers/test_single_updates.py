"""A stage without `claim` and `finish` claims and completes by single statements."""

from collections.abc import Callable, Generator

import pytest
from attrs import evolve
from tests.conftest import POLICY
from tests.workers.bakery import (
    WORKER,
    Bakery,
    TaskStore,
    attempts,
    enqueue,
    get_task,
    outcome_counts,
    wait_for_expiry,
)

from indelible.kernel import OutcomeUnknown
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage, TasksWrite
from indelible.kernel.task_commands import ClaimTasks, claim_tasks
from indelible.kernel.tasks import AttemptOutcome
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store
from indelible_sql.engine.failpoints import Failpoint
from indelible_workers import Worker, process_batch


def lean_stage(bakery: Bakery, **settings: object) -> Stage[TasksWrite, str, str]:
    """Return the bakery's stage without `claim` and `finish`."""
    return evolve(bakery.stage(**settings), claim=None, finish=None)


def fail_once(point: Failpoint) -> tuple[Callable[[Failpoint], None], list[OutcomeUnknown]]:
    """Return a function that raises each fault of a list when the failpoint is reached."""
    faults: list[OutcomeUnknown] = []

    def at_failpoint(reached: Failpoint) -> None:
        if reached is point and faults:
            raise faults.pop()

    return at_failpoint, faults


@pytest.fixture
def postgresql(database: PostgresServer) -> Generator[SqlStore]:
    store = open_store(database.url, policy=POLICY)
    yield store
    store.dispose()


def test_perform_takes_the_ids_of_a_stage_without_claim(store: TaskStore, bakery: Bakery) -> None:
    loaves = [f"loaf-{number:02}" for number in range(12)]
    enqueue(store, *loaves)

    counts = [process_batch(store, lean_stage(bakery), actor=WORKER) for _ in range(3)]

    assert counts == [10, 2, 0]
    assert sorted(bakery.performed) == loaves
    for loaf in loaves:
        done = get_task(store, loaf)
        assert (done.due_at, done.lease_owner, done.fence) == (None, None, 1)
        assert attempts(store, loaf) == ()


def test_a_single_task_of_a_stage_without_claim_has_its_attempt_recorded(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "loaf")

    process_batch(store, lean_stage(bakery, batch=1), actor=WORKER)

    assert bakery.performed == ["loaf"]
    assert [attempt.outcome for attempt in attempts(store, "loaf")] == [AttemptOutcome.STARTED]


def test_a_failing_task_of_a_stage_without_claim_holds_up_no_other(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "perform-fails", "loaf")

    process_batch(store, lean_stage(bakery), actor=WORKER)

    assert get_task(store, "loaf").due_at is None
    assert get_task(store, "perform-fails").due_at is not None
    (attempt,) = attempts(store, "perform-fails")
    assert attempt.outcome is AttemptOutcome.FAILED


def test_a_task_whose_last_attempt_has_no_record_is_tried_alone(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "a", "b")
    command = ClaimTasks(stage="bake", limit=2, lease_seconds=1)
    store.run(claim_tasks, command, actor=WORKER, reason="claim before the kill")
    wait_for_expiry(store, "a", "b")

    claimed = process_batch(store, lean_stage(bakery), actor=WORKER)

    assert claimed == 1
    assert bakery.performed == ["a"]
    assert get_task(store, "b").lease_owner is None
    assert get_task(store, "b").attempts == 1


@pytest.mark.slow
def test_a_claim_whose_reply_is_lost_is_performed_once_after_its_lease(
    postgresql: SqlStore,
) -> None:
    bakery = Bakery(postgresql)
    postgresql.at_failpoint, faults = fail_once(Failpoint.AFTER_UPDATE)
    stage = lean_stage(bakery, lease_seconds=1)
    enqueue(postgresql, "loaf")
    faults.append(OutcomeUnknown())

    assert process_batch(postgresql, stage, actor=WORKER) == 0

    wait_for_expiry(postgresql, "loaf")
    assert process_batch(postgresql, stage, actor=WORKER) == 1
    assert bakery.performed == ["loaf"]
    assert get_task(postgresql, "loaf").due_at is None


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 3])
def test_a_completion_whose_reply_is_lost_repeats_nothing(
    postgresql: SqlStore, number: int
) -> None:
    bakery = Bakery(postgresql)
    postgresql.at_failpoint, faults = fail_once(Failpoint.AFTER_UPDATE)
    loaves = [f"loaf-{n}" for n in range(number)]
    worker = Worker(store=postgresql, actor=WORKER)

    def perform(name: str, handle: LeaseHandle) -> str:
        faults[:] = [OutcomeUnknown()]
        return bakery.perform(name, handle)

    enqueue(postgresql, *loaves)
    stage = evolve(lean_stage(bakery), perform=perform)
    process_batch(postgresql, stage, actor=WORKER, worker=worker)

    assert faults == []
    assert sorted(bakery.performed) == loaves
    for loaf in loaves:
        done = get_task(postgresql, loaf)
        assert (done.due_at, done.lease_owner, done.fence) == (None, None, 1)
    assert not {"lost", "retried"} & outcome_counts(worker).keys()
