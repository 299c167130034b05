"""A batch is claimed, performed with no transaction open, and finished under the fence."""

import time
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from attrs import evolve
from tests.conftest import POLICY
from tests.workers.bakery import (
    MAYA,
    WORKER,
    Bakery,
    Defect,
    TaskStore,
    are_completed,
    attempts,
    enqueue,
    get_task,
    wait_until,
)

from indelible.kernel import (
    IndelibleError,
    OutcomeUnknown,
    StoreBusy,
    StoreUnreachable,
    SystemClock,
)
from indelible.kernel.stages import (
    PauseStage,
    PermanentFailure,
    RetryLater,
    Stage,
    TasksWrite,
    pause_stage,
)
from indelible.kernel.tasks import NEVER, AttemptOutcome
from indelible.kernel.values import NumberOutOfRange
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store
from indelible_sql.engine.errors import CommitNotDone
from indelible_sql.engine.failpoints import Failpoint
from indelible_workers import Worker, process_batch


@pytest.fixture
def bakery(store: TaskStore) -> Bakery:
    return Bakery(store)


def outcomes(worker: Worker) -> dict[str, float]:
    """Return the number of tasks of the worker by outcome."""
    (family,) = [
        family for family in worker.registry.collect() if family.name == "indelible_worker_tasks"
    ]
    return {
        sample.labels["outcome"]: sample.value
        for sample in family.samples
        if sample.name.endswith("_total")
    }


def test_a_batch_is_claimed_performed_and_completed(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, *(f"loaf-{number:02}" for number in range(12)))

    assert [process_batch(store, bakery.stage(), actor=WORKER) for _ in range(3)] == [10, 2, 0]
    assert are_completed(store, *(f"loaf-{number:02}" for number in range(12)))
    assert sorted(bakery.performed) == [f"loaf-{number:02}" for number in range(12)]
    assert get_task(store, "loaf-00").due_at is None
    assert attempts(store, "loaf-00") == ()


def test_tasks_are_performed_with_no_transaction_open(store: TaskStore) -> None:
    def perform(name: str) -> str:
        enqueue(
            store, f"{name}-more", stage="elsewhere"
        )  # which would wait for ever, or be refused as nested
        return f"{name}, baked"

    enqueue(store, "loaf")
    bakery = Bakery(store)
    stage = Stage(name="bake", batch=10, claim=bakery.claim, perform=perform, finish=bakery.finish)

    assert process_batch(store, stage, actor=WORKER) == 1
    assert are_completed(store, "loaf")


def test_a_task_without_work_is_completed_without_being_performed(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "nothing-here", "loaf")

    assert process_batch(store, bakery.stage(), actor=WORKER) == 2
    assert bakery.performed == ["loaf"]
    assert get_task(store, "nothing-here").due_at is None
    assert not are_completed(store, "nothing-here")


def test_a_single_task_has_its_attempt_recorded_before_it_is_performed(store: TaskStore) -> None:
    seen: list[AttemptOutcome] = []
    bakery = Bakery(store)

    def perform(name: str) -> str:
        seen.extend(attempt.outcome for attempt in attempts(store, name))
        return f"{name}, baked"

    enqueue(store, "loaf")
    stage = Stage(name="bake", batch=1, claim=bakery.claim, perform=perform, finish=bakery.finish)

    assert process_batch(store, stage, actor=WORKER) == 1
    assert seen == [AttemptOutcome.STARTED]


@pytest.mark.parametrize("step", ["claim", "perform", "finish"])
@pytest.mark.parametrize("batch", [1, 10])
def test_a_failing_task_is_retried_and_holds_up_no_other(
    store: TaskStore, bakery: Bakery, step: str, batch: int, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(store, "a-loaf", f"{step}-it", "the-last-loaf")

    while process_batch(store, bakery.stage(batch=batch), actor=WORKER):
        pass

    assert are_completed(store, "a-loaf", "the-last-loaf")
    poison = get_task(store, f"{step}-it")
    assert (poison.attempts, poison.lease_owner, poison.dead_reason) == (1, None, None)
    assert attempts(store, f"{step}-it")[0].outcome is AttemptOutcome.FAILED
    assert "Defect" in attempts(store, f"{step}-it")[0].reason
    assert f"in {step}\n" in caplog.text  # where the defect is


@pytest.mark.parametrize("limit", ["batch", "lease_seconds", "max_attempts"])
def test_a_limit_of_zero_is_refused(bakery: Bakery, limit: str) -> None:
    with pytest.raises(NumberOutOfRange, match=limit):
        bakery.stage(**{limit: 0})


@pytest.mark.parametrize("step", ["claim", "perform", "finish"])
def test_a_failing_task_is_dead_after_the_allowed_attempts(
    store: TaskStore, bakery: Bakery, step: str
) -> None:
    name = f"{step}-it"
    for _ in range(3):
        enqueue(store, name)
        assert process_batch(store, bakery.stage(max_attempts=3), actor=WORKER) == 1

    assert process_batch(store, bakery.stage(max_attempts=3), actor=WORKER) == 0
    buried = get_task(store, name).dead_reason
    assert buried
    assert "Defect" in buried
    assert bakery.dead_tasks == [(name, buried)]
    assert [attempt.outcome for attempt in attempts(store, name)] == [
        AttemptOutcome.DEAD,
        AttemptOutcome.FAILED,
        AttemptOutcome.FAILED,
    ]


def is_paused(store: TaskStore, bakery: Bakery, least: float, most: float) -> bool:
    """Process a failing task; return True where it is due again within these seconds."""
    enqueue(store, "perform-it")
    clock = SystemClock()
    began = clock.now()
    process_batch(store, bakery.stage(), actor=WORKER)
    due_at, ended = get_task(store, "perform-it").due_at or NEVER, clock.now()
    return began + timedelta(seconds=least) <= due_at <= ended + timedelta(seconds=most)


def test_the_backoff_grows_with_each_attempt(store: TaskStore, bakery: Bakery) -> None:
    assert [is_paused(store, bakery, longest / 2, longest) for longest in (1, 2, 4, 8)] == [
        True
    ] * 4


@pytest.mark.parametrize(
    ("seconds", "least", "most"), [(40.0, 40, 40), (0.0, 0, 0), (None, 0.5, 1)]
)
def test_a_task_is_retried_after_the_pause_it_asks_for(
    store: TaskStore, bakery: Bakery, seconds: float | None, least: float, most: float
) -> None:
    bakery.error = RetryLater("the oven is cold", after_seconds=seconds)

    assert is_paused(store, bakery, least, most)
    assert attempts(store, "perform-it")[0].reason == "the oven is cold"


@pytest.mark.parametrize(
    "seconds", [-1.0, float("nan"), float("inf"), 1e300, timedelta(minutes=5), "soon"]
)
def test_an_invalid_pause_is_replaced_by_the_backoff(
    store: TaskStore,
    bakery: Bakery,
    seconds: Any,  # noqa: ANN401 - a processor may pass a value of a wrong type
) -> None:
    bakery.error = RetryLater("at some time", after_seconds=seconds)

    assert is_paused(store, bakery, 0.5, 1)


@pytest.mark.parametrize("step", ["perform", "finish"])
def test_a_permanent_failure_is_dead_at_once(store: TaskStore, bakery: Bakery, step: str) -> None:
    bakery.error = PermanentFailure("there is no flour in this country")
    enqueue(store, f"{step}-it", "loaf")

    process_batch(store, bakery.stage(), actor=WORKER)

    assert get_task(store, f"{step}-it").dead_reason == "there is no flour in this country"
    assert bakery.dead_tasks == [(f"{step}-it", "there is no flour in this country")]
    assert are_completed(store, "loaf")


@pytest.mark.parametrize("raised", [PermanentFailure, RetryLater])
def test_a_reason_that_is_no_text_is_converted(
    store: TaskStore, bakery: Bakery, raised: type[PermanentFailure]
) -> None:
    bakery.error = raised(Defect("no such address"))
    enqueue(store, "loaf", "perform-it", "zwieback")

    process_batch(store, bakery.stage(), actor=WORKER)

    assert are_completed(store, "loaf", "zwieback")
    assert attempts(store, "perform-it")[0].reason == "no such address"


def test_a_permanent_failure_that_was_enqueued_again_is_not_dead(
    store: TaskStore, bakery: Bakery
) -> None:
    def perform(name: str) -> str:
        enqueue(store, name)
        raise PermanentFailure(name)

    enqueue(store, "loaf")
    process_batch(store, evolve(bakery.stage(), perform=perform), actor=WORKER)

    assert (get_task(store, "loaf").dead_reason, bakery.dead_tasks) == (None, [])
    assert process_batch(store, bakery.stage(), actor=WORKER) == 1
    assert are_completed(store, "loaf")


def test_a_task_that_killed_its_workers_is_dead_without_being_performed(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "deadly", "loaf")
    for _ in range(2):  # as of workers that died at once
        with store.transaction(actor=WORKER, reason="dies") as tx:
            tx.tasks.claim("bake", limit=1, until=tx.clock.now())
        time.sleep(0.002)

    worker = Worker(store=store, actor=WORKER)
    for _ in range(2):
        process_batch(store, bakery.stage(max_attempts=2), actor=WORKER, worker=worker)

    assert bakery.performed == ["loaf"]
    assert str(get_task(store, "deadly").dead_reason).startswith("2 attempts started")
    assert are_completed(store, "loaf")
    assert outcomes(worker) == {"claimed": 2, "dead": 1, "completed": 1}


@pytest.mark.parametrize("batch", [1, 10])
def test_only_the_task_that_kills_its_process_is_dead(
    store: TaskStore, bakery: Bakery, batch: int
) -> None:
    def perform(name: str) -> str:
        if name == "m-poison":
            raise KeyboardInterrupt  # which ends the process
        return bakery.perform(name)

    names = [*(f"a-{number}" for number in range(4)), *(f"z-{number}" for number in range(4))]
    enqueue(store, *names, "m-poison")
    stage = evolve(bakery.stage(batch=batch, max_attempts=3), perform=perform)
    for _ in range(50):
        with suppress(KeyboardInterrupt):
            process_batch(store, stage, actor=WORKER)
        with store.transaction(actor=WORKER, reason="as if the leases had run out") as tx:
            for name in (*names, "m-poison"):
                tx.tasks.extend([tx.tasks.get("bake", name).lease], until=tx.clock.now())

    assert are_completed(store, *names)
    assert [name for name, _ in bakery.dead_tasks] == ["m-poison"]


def test_a_task_is_retried_where_on_dead_fails(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "on_dead-it", "loaf")
    stage = Stage(
        name="bake",
        batch=10,
        claim=bakery.claim,
        perform=lambda name: (
            bakery.perform(name) if name == "loaf" else _raise(PermanentFailure("dead"))
        ),
        finish=bakery.finish,
        on_dead=bakery.record_dead,
    )

    process_batch(store, stage, actor=WORKER)

    task = get_task(store, "on_dead-it")
    assert task.dead_reason is None
    assert (task.due_at or NEVER) - attempts(store, "on_dead-it")[0].at > timedelta(seconds=299)
    assert are_completed(store, "loaf")


def _raise(error: BaseException) -> Any:  # noqa: ANN401 - nothing comes back
    raise error


def test_a_result_under_a_lost_lease_is_discarded(
    store: TaskStore, bakery: Bakery, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(store, "slow", "loaf")

    def perform(name: str) -> str:
        if name == "slow":
            with store.transaction(actor=WORKER, reason="as if the lease had run out") as tx:
                tx.tasks.extend([tx.tasks.get("bake", "slow").lease], until=tx.clock.now())
                time.sleep(0.002)
            with store.transaction(actor=MAYA, reason="another one") as tx:
                assert tx.tasks.claim("bake", limit=1, until=tx.clock.now() + timedelta(minutes=1))
        return f"{name}, baked"

    worker = Worker(store=store, actor=WORKER)
    stage = Stage(name="bake", batch=10, claim=bakery.claim, perform=perform, finish=bakery.finish)
    process_batch(store, stage, actor=WORKER, worker=worker)

    assert not are_completed(store, "slow")
    assert are_completed(store, "loaf")
    assert (get_task(store, "slow").lease_owner, get_task(store, "slow").fence) == (MAYA, 2)
    assert "slow lost its lease" in caplog.text
    assert outcomes(worker) == {"claimed": 2, "completed": 1, "lost": 1}


@pytest.mark.parametrize("error", [SystemExit(3), RecursionError(), MemoryError(), GeneratorExit()])
def test_any_exception_fails_only_its_own_task(
    store: TaskStore, bakery: Bakery, error: BaseException
) -> None:
    bakery.error = error
    enqueue(store, "loaf", "perform-it")

    process_batch(store, bakery.stage(), actor=WORKER)

    assert are_completed(store, "loaf")
    assert type(error).__name__ in attempts(store, "perform-it")[0].reason


def test_ctrl_c_ends_the_process_and_leaves_the_lease_to_expire(
    store: TaskStore, bakery: Bakery
) -> None:
    bakery.error = KeyboardInterrupt()
    enqueue(store, "perform-it")

    with pytest.raises(KeyboardInterrupt):
        process_batch(store, bakery.stage(), actor=WORKER)

    assert get_task(store, "perform-it").lease_owner == WORKER


def test_a_claim_that_returns_too_few_results_fails(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "loaf")
    stage = Stage(
        name="bake", batch=10, claim=_nothing, perform=bakery.perform, finish=bakery.finish
    )

    assert process_batch(store, stage, actor=WORKER) == 1
    assert "ValueError" in attempts(store, "loaf")[0].reason


def _nothing(*_: object) -> list[str]:
    return []


def test_a_claim_whose_commit_is_lost_is_repeated(sqlite_url: str) -> None:
    lost = iter([True])

    def at(point: Failpoint) -> None:
        if point is Failpoint.BEFORE_COMMIT and is_armed.is_set() and next(lost, False):
            raise CommitNotDone

    is_armed, store = Event(), open_store(sqlite_url, policy=POLICY, at_failpoint=at)
    bakery = Bakery(store)
    enqueue(store, "loaf")
    is_armed.set()

    assert process_batch(store, bakery.stage(batch=1), actor=WORKER) == 1
    assert [attempt.outcome for attempt in attempts(store, "loaf")] == [AttemptOutcome.STARTED]
    assert are_completed(store, "loaf")
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
    faults = list[IndelibleError]()

    def at(reached: Failpoint) -> None:
        if reached is point and faults:
            raise faults.pop()

    store = open_store(sqlite_url, policy=POLICY, at_failpoint=at)
    bakery, worker = Bakery(store), Worker(store=store, actor=WORKER)

    def perform(name: str) -> str:
        faults[:] = [fault, fault][: 1 if point is Failpoint.AFTER_COMMIT else 2]
        return bakery.perform(name)

    enqueue(store, "loaf")
    process_batch(
        store, evolve(bakery.stage(batch=batch), perform=perform), actor=WORKER, worker=worker
    )

    assert (bakery.performed, faults) == (["loaf"], [])
    assert are_completed(store, "loaf")
    assert get_task(store, "loaf").due_at is None
    assert not {"lost", "retried"} & outcomes(worker).keys()
    store.dispose()


def test_no_task_of_a_paused_stage_is_claimed(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "loaf")
    store.run(pause_stage, PauseStage(stage="bake"), actor=MAYA, reason="the oven is cleaned")

    assert process_batch(store, bakery.stage(), actor=WORKER) == 0


@pytest.mark.slow
def test_leases_are_extended_while_a_task_is_performed(store: TaskStore, bakery: Bakery) -> None:
    enqueue(store, "wait-for-it", "loaf")
    thread = Thread(
        target=lambda: process_batch(store, bakery.stage(lease_seconds=2), actor=WORKER)
    )
    thread.start()
    assert bakery.started.wait(10)
    first = get_task(store, "wait-for-it").lease_until

    time.sleep(2.5)

    assert process_batch(store, Bakery(store).stage(), actor=MAYA) == 0
    assert (get_task(store, "wait-for-it").lease_until or NEVER) > (first or NEVER)
    bakery.gate.set()
    thread.join()
    assert are_completed(store, "wait-for-it", "loaf")
    assert get_task(store, "wait-for-it").fence == 1


@pytest.mark.slow
def test_leases_are_extended_while_another_stage_finishes(
    database: PostgresServer,
) -> None:
    store = open_store(database.url, policy=POLICY)
    bakery, worker = Bakery(store), Worker(store=store, actor=WORKER)
    enqueue(store, "wait-for-it")
    enqueue(store, "cake", stage="cool")

    def finish(_: TasksWrite, __: object) -> None:
        time.sleep(5)

    slow = evolve(bakery.stage(name="cool", batch=1, lease_seconds=2), finish=finish)
    stages = [slow, bakery.stage(lease_seconds=2)]
    threads = [
        Thread(
            target=process_batch, args=(store, stage), kwargs={"actor": WORKER, "worker": worker}
        )
        for stage in stages
    ]
    with worker.heartbeat():
        for thread in threads:
            thread.start()
            time.sleep(0.1)
        assert bakery.started.wait(10)
        time.sleep(3)
        assert process_batch(store, Bakery(store).stage(), actor=MAYA) == 0
        bakery.gate.set()
        for thread in threads:
            thread.join()

    assert get_task(store, "wait-for-it").fence == 1
    assert (get_task(store, "cake", "cool").fence, get_task(store, "cake", "cool").due_at) == (
        1,
        None,
    )
    store.dispose()


def test_a_stopping_worker_completes_the_started_task_and_releases_the_others(
    store: TaskStore, bakery: Bakery
) -> None:
    enqueue(store, "a-loaf")
    enqueue(store, "wait-for-it", "zwieback", seconds=0.001)
    time.sleep(0.01)
    worker = Worker(store=store, actor=WORKER)
    thread = Thread(
        target=lambda: process_batch(store, bakery.stage(), actor=WORKER, worker=worker)
    )
    thread.start()
    assert bakery.started.wait(10)

    worker.stop()
    bakery.gate.set()
    thread.join()

    assert are_completed(store, "a-loaf", "wait-for-it")
    released = get_task(store, "zwieback")
    assert (released.lease_owner, released.attempts, released.due_at is None) == (None, 0, False)
    assert process_batch(store, bakery.stage(), actor=WORKER, worker=worker) == 0
    assert outcomes(worker) == {"claimed": 3, "completed": 2, "released": 1}


@pytest.mark.slow
def test_claims_continue_behind_the_last_one_and_return_to_the_front(
    store: TaskStore, bakery: Bakery
) -> None:
    worker = Worker(store=store, actor=WORKER)
    enqueue(store, "b", "c")
    assert process_batch(store, bakery.stage(batch=2), actor=WORKER, worker=worker) == 2
    enqueue(store, "a", seconds=-60)  # before the claim position

    assert process_batch(store, bakery.stage(batch=2), actor=WORKER, worker=worker) == 0
    wait_until(
        lambda: process_batch(store, bakery.stage(batch=2), actor=WORKER, worker=worker) == 1, 5
    )
    assert are_completed(store, "a", "b", "c")


def test_each_outcome_is_counted_by_stage(store: TaskStore, bakery: Bakery) -> None:
    worker = Worker(store=store, actor=WORKER)
    enqueue(store, "loaf", "perform-it")

    process_batch(store, bakery.stage(), actor=WORKER, worker=worker)

    assert outcomes(worker) == {"claimed": 2, "completed": 1, "retried": 1}
