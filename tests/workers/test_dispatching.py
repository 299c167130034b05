"""The dispatcher looks at all stages at once after a rest, and when needed."""

from threading import Event

import pytest
from tests.workers.bakery import WORKER, Bakery, TaskStore, are_completed, enqueue, wait_until

from indelible.kernel.breaker_commands import RecordOutage, record_outage
from indelible.kernel.breakers import BREAKER, CircuitBreaker
from indelible.kernel.rates import RateLimit
from indelible_workers import ThreadClock, Worker, dispatch_ready, run_workers
from indelible_workers.wakeups.dispatching import FIRST_GAP_SECONDS, GATHER_SECONDS, Pace
from indelible_workers.worker import MAX_HOLD_SECONDS

STAGES = ("bake", "cool", "sell", "sweep", "count")


def test_the_first_wakeup_after_a_rest_is_followed_at_once_and_a_burst_is_gathered() -> None:
    pace = Pace()

    assert pace.gather_seconds(100.0) == 0
    gaps = [pace.gather_seconds(100.0 + FIRST_GAP_SECONDS / 2)]
    gaps += [pace.gather_seconds(100.0 + FIRST_GAP_SECONDS) for _ in range(9)]
    assert gaps[0] == pytest.approx(FIRST_GAP_SECONDS / 2)
    assert gaps == sorted(gaps)
    assert gaps[-1] - gaps[-2] == pytest.approx(GATHER_SECONDS)
    assert pace.gather_seconds(200.0) == 0


def test_the_first_task_of_an_idle_worker_starts_without_gathering(
    store: TaskStore, bakery: Bakery
) -> None:
    gathered: list[float] = []
    has_looked = Event()

    class NotingClock(ThreadClock):
        def sleep(self, seconds: float) -> None:
            gathered.append(seconds)
            has_looked.set()

    worker = Worker(store=store, actor=WORKER, clock=NotingClock())
    with run_workers(
        worker, {"bake": bakery.stage()}, threads=2, dispatch_seconds=MAX_HOLD_SECONDS
    ):
        enqueue(store, "loaf")
        worker.wakeup.set()
        assert has_looked.wait(60)
        wait_until(lambda: are_completed(store, "loaf"))

    assert gathered[0] == 0


def test_a_full_stage_and_one_that_its_rate_delays_are_not_counted(
    store: TaskStore, bakery: Bakery
) -> None:
    stages = {name: bakery.stage(name=name, batch=1) for name in STAGES}
    worker = Worker(store=store, actor=WORKER)
    for name in STAGES:
        enqueue(store, *"abcdefgh", stage=name)
    worker.stage_threads.set_limit("bake", 1)
    worker.stage_threads.occupy("bake")
    worker.delay_claims("cool", RateLimit(tasks=0))

    assert dispatch_ready(worker, stages, []) == 4 * 3


def test_a_probe_is_dispatched_when_it_is_planned(store: TaskStore, bakery: Bakery) -> None:
    breaker = CircuitBreaker(outages=1, probe_seconds=1)
    stage = bakery.stage(breaker=breaker)
    enqueue(store, "loaf")
    outage = RecordOutage(stage="bake", breaker=breaker)
    assert store.run(record_outage, outage, actor=BREAKER, reason="no flour")
    worker = Worker(store=store, actor=WORKER)
    with run_workers(worker, {"bake": stage}, threads=2, dispatch_seconds=MAX_HOLD_SECONDS):
        wait_until(lambda: are_completed(store, "loaf"))
