"""A transaction of a worker is repeated after a fault of the database; performing is not."""

from collections.abc import Callable

import pytest
from attrs import evolve
from tests.conftest import POLICY
from tests.workers.bakery import (
    WORKER,
    Bakery,
    are_completed,
    attempts,
    enqueue,
    get_task,
    outcome_counts,
)

from indelible.kernel import IndelibleError, OutcomeUnknown, StoreBusy, StoreUnreachable
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.tasks import AttemptOutcome
from indelible_sql import open_store
from indelible_sql.engine.errors import CommitNotDone
from indelible_sql.engine.failpoints import Failpoint
from indelible_workers import Worker, process_batch


def raise_at(point: Failpoint, faults: list[IndelibleError]) -> Callable[[Failpoint], None]:
    """Return a function that raises the faults, one each time the failpoint is reached."""

    def at_failpoint(reached: Failpoint) -> None:
        if reached is point and faults:
            raise faults.pop()

    return at_failpoint


def test_a_claim_whose_commit_is_lost_is_repeated(sqlite_url: str) -> None:
    faults: list[IndelibleError] = []
    at_failpoint = raise_at(Failpoint.BEFORE_COMMIT, faults)
    store = open_store(sqlite_url, policy=POLICY, at_failpoint=at_failpoint)
    bakery = Bakery(store)
    enqueue(store, "loaf")
    faults.append(CommitNotDone())

    claimed = process_batch(store, bakery.stage(batch=1), actor=WORKER)

    assert claimed == 1
    assert faults == []
    assert [attempt.outcome for attempt in attempts(store, "loaf")] == [AttemptOutcome.STARTED]
    assert are_completed(store, "loaf")
    store.dispose()


def test_what_was_performed_is_completed_where_the_failure_of_another_task_is_not_recorded(
    sqlite_url: str,
) -> None:
    faults: list[IndelibleError] = []
    at_failpoint = raise_at(Failpoint.BEFORE_BEGIN, faults)
    store = open_store(sqlite_url, policy=POLICY, at_failpoint=at_failpoint)
    bakery = Bakery(store)

    def perform(name: str, handle: LeaseHandle) -> str:
        if bakery.performed:
            faults.append(StoreUnreachable("it starts again"))
            raise ValueError("burnt")
        return bakery.perform(name, handle)

    stage = evolve(bakery.stage(batch=10), perform=perform)
    enqueue(store, "bun", "loaf")

    with pytest.raises(StoreUnreachable):
        process_batch(store, stage, actor=WORKER)

    (performed,) = bakery.performed
    assert faults == []
    assert are_completed(store, performed)
    store.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 10])
@pytest.mark.parametrize(
    ("point", "fault"),
    [
        (Failpoint.BEFORE_BEGIN, StoreUnreachable("it starts again")),
        (Failpoint.BEFORE_COMMIT, StoreBusy(1)),
        (Failpoint.AFTER_COMMIT, OutcomeUnknown()),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_finishing_is_repeated_after_a_fault_and_performing_is_not(
    sqlite_url: str, point: Failpoint, fault: IndelibleError, batch: int
) -> None:
    faults: list[IndelibleError] = []
    store = open_store(sqlite_url, policy=POLICY, at_failpoint=raise_at(point, faults))
    bakery = Bakery(store)
    worker = Worker(store=store, actor=WORKER)
    # The fence refuses what is committed already: no later try reaches AFTER_COMMIT.
    repetitions = 1 if point is Failpoint.AFTER_COMMIT else 2

    def perform(name: str, handle: LeaseHandle) -> str:
        faults.extend([fault] * repetitions)
        return bakery.perform(name, handle)

    stage = evolve(bakery.stage(batch=batch), perform=perform)
    enqueue(store, "loaf")

    process_batch(store, stage, actor=WORKER, worker=worker)

    assert bakery.performed == ["loaf"]
    assert faults == []
    assert are_completed(store, "loaf")
    assert get_task(store, "loaf").due_at is None
    assert not {"lost", "retried"} & outcome_counts(worker).keys()
    store.dispose()
