"""A drain claims, performs with no transaction open, and finishes with the fence, whatever the work does."""

import time
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from attrs import evolve
from tests.conftest import POLICY
from tests.workers.scenes import (
    MAYA,
    WORKER,
    Bakery,
    Defect,
    WorkStore,
    attempts,
    is_finished,
    put,
    until,
    work,
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
def bakery(store: WorkStore) -> Bakery:
    return Bakery(store)


def counted(shift: Worker) -> dict[str, float]:
    """What the shift has counted, by outcome."""
    (family,) = [each for each in shift.registry.collect() if each.name == "indelible_work"]
    return {
        each.labels["outcome"]: each.value
        for each in family.samples
        if each.name.endswith("_total")
    }


def test_a_batch_is_claimed_performed_and_finished(store: WorkStore, bakery: Bakery) -> None:
    put(store, *(f"loaf-{number:02}" for number in range(12)))

    assert [process_batch(store, bakery.stage(), actor=WORKER) for _ in range(3)] == [10, 2, 0]
    assert is_finished(store, *(f"loaf-{number:02}" for number in range(12)))
    assert sorted(bakery.performed) == [f"loaf-{number:02}" for number in range(12)]
    assert work(store, "loaf-00").due_at is None
    assert attempts(store, "loaf-00") == ()


def test_work_is_performed_with_no_transaction_open(store: WorkStore) -> None:
    def perform(name: str) -> str:
        put(
            store, f"{name}-more", stage="elsewhere"
        )  # which would wait for ever, or be refused as nested
        return f"{name}, baked"

    put(store, "loaf")
    bakery = Bakery(store)
    stage = Stage(name="bake", batch=10, claim=bakery.claim, perform=perform, finish=bakery.finish)

    assert process_batch(store, stage, actor=WORKER) == 1
    assert is_finished(store, "loaf")


def test_what_the_stage_has_nothing_to_do_for_is_finished_without(
    store: WorkStore, bakery: Bakery
) -> None:
    put(store, "nothing-here", "loaf")

    assert process_batch(store, bakery.stage(), actor=WORKER) == 2
    assert bakery.performed == ["loaf"]
    assert work(store, "nothing-here").due_at is None
    assert not is_finished(store, "nothing-here")


def test_work_of_one_at_a_time_has_its_attempt_recorded_before_the_effect(store: WorkStore) -> None:
    seen: list[AttemptOutcome] = []
    bakery = Bakery(store)

    def perform(name: str) -> str:
        seen.extend(each.outcome for each in attempts(store, name))
        return f"{name}, baked"

    put(store, "loaf")
    stage = Stage(name="bake", batch=1, claim=bakery.claim, perform=perform, finish=bakery.finish)

    assert process_batch(store, stage, actor=WORKER) == 1
    assert seen == [AttemptOutcome.STARTED]


@pytest.mark.parametrize("place", ["claim", "perform", "finish"])
@pytest.mark.parametrize("batch", [1, 10])
def test_poison_work_is_put_off_and_holds_up_no_other(
    store: WorkStore, bakery: Bakery, place: str, batch: int, caplog: pytest.LogCaptureFixture
) -> None:
    put(store, "a-loaf", f"{place}-it", "the-last-loaf")

    while process_batch(store, bakery.stage(batch=batch), actor=WORKER):
        pass

    assert is_finished(store, "a-loaf", "the-last-loaf")
    poison = work(store, f"{place}-it")
    assert (poison.attempts, poison.lease_owner, poison.dead_reason) == (1, None, None)
    assert attempts(store, f"{place}-it")[0].outcome is AttemptOutcome.FAILED
    assert "Defect" in attempts(store, f"{place}-it")[0].reason
    assert f"in {place}\n" in caplog.text  # where the defect is


@pytest.mark.parametrize("limit", ["batch", "lease_seconds", "max_attempts"])
def test_a_stage_has_no_limit_of_nothing(bakery: Bakery, limit: str) -> None:
    with pytest.raises(NumberOutOfRange, match=limit):
        bakery.stage(**{limit: 0})


@pytest.mark.parametrize("place", ["claim", "perform", "finish"])
def test_poison_work_is_buried_after_as_many_attempts_as_the_stage_allows(
    store: WorkStore, bakery: Bakery, place: str
) -> None:
    name = f"{place}-it"
    for _ in range(3):
        put(store, name)
        assert process_batch(store, bakery.stage(max_attempts=3), actor=WORKER) == 1

    assert process_batch(store, bakery.stage(max_attempts=3), actor=WORKER) == 0
    buried = work(store, name).dead_reason
    assert buried
    assert "Defect" in buried
    assert bakery.told_dead == [(name, buried)]
    assert [each.outcome for each in attempts(store, name)] == [
        AttemptOutcome.DEAD,
        AttemptOutcome.FAILED,
        AttemptOutcome.FAILED,
    ]


def is_paused(store: WorkStore, bakery: Bakery, least: float, most: float) -> bool:
    """Whether a drain puts work that fails off by so many seconds, however long it took for that itself."""
    put(store, "perform-it")
    clock = SystemClock()
    began = clock.now()
    process_batch(store, bakery.stage(), actor=WORKER)
    due_at, ended = work(store, "perform-it").due_at or NEVER, clock.now()
    return began + timedelta(seconds=least) <= due_at <= ended + timedelta(seconds=most)


def test_the_pause_grows_with_each_attempt(store: WorkStore, bakery: Bakery) -> None:
    assert [is_paused(store, bakery, longest / 2, longest) for longest in (1, 2, 4, 8)] == [
        True
    ] * 4


@pytest.mark.parametrize(("asked", "least", "most"), [(40.0, 40, 40), (0.0, 0, 0), (None, 0.5, 1)])
def test_work_that_asks_to_be_tried_again_is_due_when_it_asked(
    store: WorkStore, bakery: Bakery, asked: float | None, least: float, most: float
) -> None:
    bakery.error = RetryLater("the oven is cold", after_seconds=asked)

    assert is_paused(store, bakery, least, most)
    assert attempts(store, "perform-it")[0].reason == "the oven is cold"


@pytest.mark.parametrize(
    "asked", [-1.0, float("nan"), float("inf"), 1e300, timedelta(minutes=5), "soon"]
)
def test_a_pause_that_is_no_pause_is_the_usual_one(
    store: WorkStore, bakery: Bakery, asked: Any
) -> None:  # noqa: ANN401
    bakery.error = RetryLater("at some time", after_seconds=asked)

    assert is_paused(store, bakery, 0.5, 1)


@pytest.mark.parametrize("place", ["perform", "finish"])
def test_work_that_gives_up_is_buried_at_once_with_its_reason(
    store: WorkStore, bakery: Bakery, place: str
) -> None:
    bakery.error = PermanentFailure("there is no flour in this country")
    put(store, f"{place}-it", "loaf")

    process_batch(store, bakery.stage(), actor=WORKER)

    assert work(store, f"{place}-it").dead_reason == "there is no flour in this country"
    assert bakery.told_dead == [(f"{place}-it", "there is no flour in this country")]
    assert is_finished(store, "loaf")


@pytest.mark.parametrize("raised", [PermanentFailure, RetryLater])
def test_a_reason_that_is_no_text_is_told_as_one(
    store: WorkStore, bakery: Bakery, raised: type[PermanentFailure]
) -> None:
    bakery.error = raised(Defect("no such address"))
    put(store, "loaf", "perform-it", "zwieback")

    process_batch(store, bakery.stage(), actor=WORKER)

    assert is_finished(store, "loaf", "zwieback")
    assert attempts(store, "perform-it")[0].reason == "no such address"


def test_work_that_gives_up_and_was_put_again_meanwhile_is_not_told_dead(
    store: WorkStore, bakery: Bakery
) -> None:
    def perform(name: str) -> str:
        put(store, name)
        raise PermanentFailure(name)

    put(store, "loaf")
    process_batch(store, evolve(bakery.stage(), perform=perform), actor=WORKER)

    assert (work(store, "loaf").dead_reason, bakery.told_dead) == (None, [])
    assert process_batch(store, bakery.stage(), actor=WORKER) == 1
    assert is_finished(store, "loaf")


def test_work_on_which_workers_died_is_buried_without_being_performed(
    store: WorkStore, bakery: Bakery
) -> None:
    put(store, "deadly", "loaf")
    for _ in range(2):  # as of workers that died at once
        with store.transaction(actor=WORKER, reason="dies") as tx:
            tx.tasks.claim("bake", limit=1, until=tx.clock.now())
        time.sleep(0.002)

    shift = Worker(store=store, actor=WORKER)
    for _ in range(2):
        process_batch(store, bakery.stage(max_attempts=2), actor=WORKER, shift=shift)

    assert bakery.performed == ["loaf"]
    assert str(work(store, "deadly").dead_reason).startswith("2 attempts began")
    assert is_finished(store, "loaf")
    assert counted(shift) == {"claimed": 2, "buried": 1, "finished": 1}


@pytest.mark.parametrize("batch", [1, 10])
def test_of_a_batch_that_kills_its_process_only_the_poison_is_lost(
    store: WorkStore, bakery: Bakery, batch: int
) -> None:
    def perform(name: str) -> str:
        if name == "m-poison":
            raise KeyboardInterrupt  # which ends the process
        return bakery.perform(name)

    names = [*(f"a-{number}" for number in range(4)), *(f"z-{number}" for number in range(4))]
    put(store, *names, "m-poison")
    stage = evolve(bakery.stage(batch=batch, max_attempts=3), perform=perform)
    for _ in range(50):
        with suppress(KeyboardInterrupt):
            process_batch(store, stage, actor=WORKER)
        with store.transaction(actor=WORKER, reason="as if the leases had run out") as tx:
            for each in (*names, "m-poison"):
                tx.tasks.extend([tx.tasks.get("bake", each).lease], until=tx.clock.now())

    assert is_finished(store, *names)
    assert [name for name, _ in bakery.told_dead] == ["m-poison"]


def test_a_stage_that_will_not_have_its_work_dead_is_asked_again_later(
    store: WorkStore, bakery: Bakery
) -> None:
    put(store, "bury-it", "loaf")
    stage = Stage(
        name="bake",
        batch=10,
        claim=bakery.claim,
        perform=lambda name: (
            bakery.perform(name) if name == "loaf" else _raise(PermanentFailure("dead"))
        ),
        finish=bakery.finish,
        on_dead=bakery.buried,
    )

    process_batch(store, stage, actor=WORKER)

    found = work(store, "bury-it")
    assert found.dead_reason is None
    assert (found.due_at or NEVER) - attempts(store, "bury-it")[0].at > timedelta(seconds=299)
    assert is_finished(store, "loaf")


def _raise(error: BaseException) -> Any:  # noqa: ANN401 - nothing comes back
    raise error


def test_what_is_done_under_a_lost_lease_is_discarded(
    store: WorkStore, bakery: Bakery, caplog: pytest.LogCaptureFixture
) -> None:
    put(store, "slow", "loaf")

    def perform(name: str) -> str:
        if name == "slow":
            with store.transaction(actor=WORKER, reason="as if the lease had run out") as tx:
                tx.tasks.extend([tx.tasks.get("bake", "slow").lease], until=tx.clock.now())
                time.sleep(0.002)
            with store.transaction(actor=MAYA, reason="another one") as tx:
                assert tx.tasks.claim("bake", limit=1, until=tx.clock.now() + timedelta(minutes=1))
        return f"{name}, baked"

    shift = Worker(store=store, actor=WORKER)
    stage = Stage(name="bake", batch=10, claim=bakery.claim, perform=perform, finish=bakery.finish)
    process_batch(store, stage, actor=WORKER, shift=shift)

    assert not is_finished(store, "slow")
    assert is_finished(store, "loaf")
    assert (work(store, "slow").lease_owner, work(store, "slow").fence) == (MAYA, 2)
    assert "slow was too late" in caplog.text
    assert counted(shift) == {"claimed": 2, "finished": 1, "lost": 1}


@pytest.mark.parametrize("error", [SystemExit(3), RecursionError(), MemoryError(), GeneratorExit()])
def test_whatever_work_raises_it_is_this_work_that_failed(
    store: WorkStore, bakery: Bakery, error: BaseException
) -> None:
    bakery.error = error
    put(store, "loaf", "perform-it")

    process_batch(store, bakery.stage(), actor=WORKER)

    assert is_finished(store, "loaf")
    assert type(error).__name__ in attempts(store, "perform-it")[0].reason


def test_ctrl_c_is_for_the_process_and_the_work_comes_again(
    store: WorkStore, bakery: Bakery
) -> None:
    bakery.error = KeyboardInterrupt()
    put(store, "perform-it")

    with pytest.raises(KeyboardInterrupt):
        process_batch(store, bakery.stage(), actor=WORKER)

    assert work(store, "perform-it").lease_owner == WORKER


def test_a_stage_that_answers_for_other_than_its_leases_is_found_out(
    store: WorkStore, bakery: Bakery
) -> None:
    put(store, "loaf")
    stage = Stage(
        name="bake", batch=10, claim=_nothing, perform=bakery.perform, finish=bakery.finish
    )

    assert process_batch(store, stage, actor=WORKER) == 1
    assert "ValueError" in attempts(store, "loaf")[0].reason


def _nothing(*_: object) -> list[str]:
    return []


def test_what_was_said_in_a_claim_whose_commit_is_lost_is_said_again(sqlite_url: str) -> None:
    lost = iter([True])

    def at(point: Failpoint) -> None:
        if point is Failpoint.BEFORE_COMMIT and is_armed.is_set() and next(lost, False):
            raise CommitNotDone

    is_armed, store = Event(), open_store(sqlite_url, policy=POLICY, at_failpoint=at)
    bakery = Bakery(store)
    put(store, "loaf")
    is_armed.set()

    assert process_batch(store, bakery.stage(batch=1), actor=WORKER) == 1
    assert [each.outcome for each in attempts(store, "loaf")] == [AttemptOutcome.STARTED]
    assert is_finished(store, "loaf")
    store.dispose()


@pytest.mark.parametrize("batch", [1, 10])
@pytest.mark.parametrize(
    ("point", "fault"),
    [
        (Failpoint.BEFORE_BEGIN, StoreUnreachable("it starts again")),
        (Failpoint.BEFORE_COMMIT, StoreBusy(1)),
        (Failpoint.AFTER_COMMIT, OutcomeUnknown()),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_what_is_done_is_finished_again_after_a_fault_and_not_done_again(
    sqlite_url: str, point: Failpoint, fault: IndelibleError, batch: int
) -> None:
    faults = list[IndelibleError]()

    def at(reached: Failpoint) -> None:
        if reached is point and faults:
            raise faults.pop()

    store = open_store(sqlite_url, policy=POLICY, at_failpoint=at)
    bakery, shift = Bakery(store), Worker(store=store, actor=WORKER)

    def perform(name: str) -> str:
        faults[:] = [fault, fault][: 1 if point is Failpoint.AFTER_COMMIT else 2]
        return bakery.perform(name)

    put(store, "loaf")
    process_batch(
        store, evolve(bakery.stage(batch=batch), perform=perform), actor=WORKER, shift=shift
    )

    assert (bakery.performed, faults) == (["loaf"], [])
    assert is_finished(store, "loaf")
    assert work(store, "loaf").due_at is None
    assert not {"lost", "put_off"} & counted(shift).keys()
    store.dispose()


def test_work_of_a_paused_stage_is_left_alone(store: WorkStore, bakery: Bakery) -> None:
    put(store, "loaf")
    store.run(pause_stage, PauseStage(stage="bake"), actor=MAYA, reason="the oven is cleaned")

    assert process_batch(store, bakery.stage(), actor=WORKER) == 0


def test_leases_are_extended_while_work_takes_longer(store: WorkStore, bakery: Bakery) -> None:
    put(store, "wait-for-it", "loaf")
    thread = Thread(
        target=lambda: process_batch(store, bakery.stage(lease_seconds=2), actor=WORKER)
    )
    thread.start()
    assert bakery.begun.wait(10)
    first = work(store, "wait-for-it").lease_until

    time.sleep(2.5)

    assert process_batch(store, Bakery(store).stage(), actor=MAYA) == 0
    assert (work(store, "wait-for-it").lease_until or NEVER) > (first or NEVER)
    bakery.gate.set()
    thread.join()
    assert is_finished(store, "wait-for-it", "loaf")
    assert work(store, "wait-for-it").fence == 1


def test_leases_are_extended_while_another_stage_takes_long_to_finish(
    database: PostgresServer,
) -> None:
    store = open_store(database.url, policy=POLICY)
    bakery, shift = Bakery(store), Worker(store=store, actor=WORKER)
    put(store, "wait-for-it")
    put(store, "cake", stage="cool")

    def finish(_: TasksWrite, __: object) -> None:
        time.sleep(5)

    slow = evolve(bakery.stage(name="cool", batch=1, lease_seconds=2), finish=finish)
    stages = [slow, bakery.stage(lease_seconds=2)]
    crowd = [
        Thread(target=process_batch, args=(store, each), kwargs={"actor": WORKER, "shift": shift})
        for each in stages
    ]
    with shift.heartbeat():
        for each in crowd:
            each.start()
            time.sleep(0.1)
        assert bakery.begun.wait(10)
        time.sleep(3)
        assert process_batch(store, Bakery(store).stage(), actor=MAYA) == 0
        bakery.gate.set()
        for each in crowd:
            each.join()

    assert work(store, "wait-for-it").fence == 1
    assert (work(store, "cake", "cool").fence, work(store, "cake", "cool").due_at) == (1, None)
    store.dispose()


def test_at_the_end_nothing_is_claimed_the_work_in_hand_is_finished_and_the_rest_is_released(
    store: WorkStore, bakery: Bakery
) -> None:
    put(store, "a-loaf")
    put(store, "wait-for-it", "zwieback", seconds=0.001)
    time.sleep(0.01)
    shift = Worker(store=store, actor=WORKER)
    thread = Thread(target=lambda: process_batch(store, bakery.stage(), actor=WORKER, shift=shift))
    thread.start()
    assert bakery.begun.wait(10)

    shift.end()
    bakery.gate.set()
    thread.join()

    assert is_finished(store, "a-loaf", "wait-for-it")
    released = work(store, "zwieback")
    assert (released.lease_owner, released.attempts, released.due_at is None) == (None, 0, False)
    assert process_batch(store, bakery.stage(), actor=WORKER, shift=shift) == 0
    assert counted(shift) == {"claimed": 3, "finished": 2, "released": 1}


def test_a_claim_goes_on_behind_the_last_one_and_begins_again_at_the_front_after_a_while(
    store: WorkStore, bakery: Bakery
) -> None:
    shift = Worker(store=store, actor=WORKER)
    put(store, "b", "c")
    assert process_batch(store, bakery.stage(batch=2), actor=WORKER, shift=shift) == 2
    put(store, "a", seconds=-60)  # before the place

    assert process_batch(store, bakery.stage(batch=2), actor=WORKER, shift=shift) == 0
    until(lambda: process_batch(store, bakery.stage(batch=2), actor=WORKER, shift=shift) == 1, 5)
    assert is_finished(store, "a", "b", "c")


def test_each_outcome_is_counted_by_stage(store: WorkStore, bakery: Bakery) -> None:
    shift = Worker(store=store, actor=WORKER)
    put(store, "loaf", "perform-it")

    process_batch(store, bakery.stage(), actor=WORKER, shift=shift)

    assert counted(shift) == {"claimed": 2, "finished": 1, "put_off": 1}
