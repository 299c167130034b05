"""A batch is claimed, performed with no transaction open, and finished under the fence."""

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

from indelible.kernel import UsageError
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import PauseStage, TasksWrite, pause_stage
from indelible.kernel.tasks import AttemptOutcome, Leases
from indelible.kernel.values import NumberOutOfRange
from indelible_workers import Worker, process_batch


def test_a_batch_is_claimed_performed_and_completed(store: TaskStore, bakery: Bakery) -> None:
    loaves = [f"loaf-{number:02}" for number in range(12)]
    enqueue(store, *loaves)

    counts = [process_batch(store, bakery.stage(), actor=WORKER) for _ in range(3)]

    assert counts == [10, 2, 0]
    assert are_completed(store, *loaves)
    assert sorted(bakery.performed) == loaves
    assert get_task(store, "loaf-00").due_at is None
    assert attempts(store, "loaf-00") == ()


def test_tasks_are_performed_with_no_transaction_open(store: TaskStore, bakery: Bakery) -> None:
    def perform(name: str, handle: LeaseHandle) -> str:
        # Within an open transaction this would wait for ever, or be refused as nested.
        enqueue(store, f"{name}-more", stage="elsewhere")
        return bakery.perform(name, handle)

    enqueue(store, "loaf")

    claimed = process_batch(store, evolve(bakery.stage(), perform=perform), actor=WORKER)

    assert claimed == 1
    assert are_completed(store, "loaf")


def test_a_task_without_work_is_completed_without_being_performed(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "nothing-here", "loaf")

    claimed = process_batch(store, bakery.stage(), actor=WORKER)

    assert claimed == 2
    assert bakery.performed == ["loaf"]
    assert get_task(store, "nothing-here").due_at is None
    assert not are_completed(store, "nothing-here")


def test_a_task_that_acts_outside_has_its_attempt_recorded_before_it_is_performed(
    store: TaskStore, bakery: Bakery
) -> None:
    recorded: list[AttemptOutcome] = []

    def perform(name: str, handle: LeaseHandle) -> str:
        recorded.extend(attempt.outcome for attempt in attempts(store, name))
        return bakery.perform(name, handle)

    enqueue(store, "loaf")

    claimed = process_batch(store, evolve(bakery.stage(batch=1), perform=perform), actor=WORKER)

    assert claimed == 1
    assert recorded == [AttemptOutcome.STARTED]


def test_a_single_task_that_does_not_act_outside_records_no_attempt(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "loaf")

    claimed = process_batch(store, bakery.stage(batch=1, acts_outside=False), actor=WORKER)

    assert claimed == 1
    assert are_completed(store, "loaf")
    assert attempts(store, "loaf") == ()


@pytest.mark.parametrize(("acts_outside", "performed"), [(False, []), (True, ["loaf"])])
def test_a_claimed_task_is_given_back_by_a_stopping_worker_unless_its_start_is_recorded(
    store: TaskStore, bakery: Bakery, *, acts_outside: bool, performed: list[str]
) -> None:
    worker = Worker(store=store, actor=WORKER)

    def claim_and_stop(tx: TasksWrite, leases: Leases) -> list[str | None]:
        worker.stopping.set()
        return list(bakery.claim(tx, leases))

    enqueue(store, "loaf")
    stage = evolve(bakery.stage(batch=1, acts_outside=acts_outside), claim=claim_and_stop)

    process_batch(store, stage, actor=WORKER, worker=worker)

    assert bakery.performed == performed
    assert are_completed(store, "loaf") is acts_outside


def test_a_stage_that_acts_outside_takes_one_task_at_a_time(bakery: Bakery) -> None:
    with pytest.raises(UsageError, match="bake acts outside the database: its batch must be 1"):
        bakery.stage(batch=2, acts_outside=True)


@pytest.mark.parametrize("limit", ["batch", "lease_seconds", "max_attempts"])
def test_a_limit_of_zero_is_refused(bakery: Bakery, limit: str) -> None:
    with pytest.raises(NumberOutOfRange, match=limit):
        bakery.stage(**{limit: 0})


def test_a_claim_that_returns_too_few_results_fails(store: TaskStore, bakery: Bakery) -> None:
    def claim_nothing(_: TasksWrite, __: Leases) -> list[str]:
        return []

    enqueue(store, "loaf")

    claimed = process_batch(store, evolve(bakery.stage(), claim=claim_nothing), actor=WORKER)

    assert claimed == 1
    assert "ValueError" in attempts(store, "loaf")[0].reason


def test_no_task_of_a_paused_stage_is_claimed(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "loaf")
    store.run(pause_stage, PauseStage(stage="bake"), actor=MAYA, reason="the oven is cleaned")

    assert process_batch(store, bakery.stage(), actor=WORKER) == 0


@pytest.mark.slow
@pytest.mark.parametrize("has_claim", [True, False])
def test_claims_continue_behind_the_last_one_and_return_to_the_front(
    store: TaskStore, bakery: Bakery, *, has_claim: bool
) -> None:
    """A stage without `claim` claims by single statements."""
    worker = Worker(store=store, actor=WORKER)
    stage = bakery.stage(batch=2)
    if not has_claim:
        stage = evolve(stage, claim=None)

    def claim_batch() -> int:
        return process_batch(store, stage, actor=WORKER, worker=worker)

    enqueue(store, "b", "c")
    assert claim_batch() == 2

    enqueue(store, "a", seconds=-60)  # before the claim position
    assert claim_batch() == 0

    wait_until(lambda: claim_batch() == 1, 5)
    assert are_completed(store, "a", "b", "c")


def test_each_outcome_is_counted_by_stage(store: TaskStore, bakery: Bakery) -> None:
    worker = Worker(store=store, actor=WORKER)
    enqueue(store, "loaf", "perform-it")

    process_batch(store, bakery.stage(), actor=WORKER, worker=worker)

    assert outcome_counts(worker) == {"claimed": 2, "completed": 1, "retried": 1}
