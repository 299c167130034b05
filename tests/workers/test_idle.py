"""A worker at rest wakes up for nothing but its heartbeat."""

import threading
from collections.abc import Callable
from queue import Empty
from threading import Condition, Event, Thread

import pytest
from prometheus_client import CollectorRegistry
from tests.workers.bakery import (
    WORKER,
    Bakery,
    TaskStore,
    are_completed,
    enqueue,
    wait_until,
)

from indelible_workers import ThreadClock, WakeupBroker, Worker, redis_client, run_workers
from indelible_workers.leases.heartbeat import Heartbeat
from indelible_workers.leases.holds import HeldLeases
from indelible_workers.threads.hung_threads import HungThreadReporter
from indelible_workers.threads.pools import ClosableQueue, ThreadPool
from indelible_workers.threads.stage_threads import StageThreads
from indelible_workers.wakeups.local_broker import LocalBroker

SHORT_SECONDS = 5  # a thread that waits less, again and again, polls
BUSY = 0.0
JOIN_MILLISECONDS = 10_000


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> dict[Thread, float | None]:
    """Map each thread to the limit of the wait in which it is, in seconds; None is no limit."""
    current: dict[Thread, float | None] = {}
    wait: Callable[[Condition, float | None], bool] = Condition.wait

    def recorded(self: Condition, timeout: float | None = None) -> bool:
        thread = threading.current_thread()
        current[thread] = timeout
        try:
            return wait(self, timeout)
        finally:
            current[thread] = BUSY

    monkeypatch.setattr(Condition, "wait", recorded)
    return current


def short_waits(others: set[Thread], waits: dict[Thread, float | None]) -> set[str]:
    """Return the names of the threads, beside the others, that do not wait for long."""
    names: set[str] = set()
    for thread in set(threading.enumerate()) - others:
        seconds = waits.get(thread, BUSY)
        if seconds is not None and seconds < SHORT_SECONDS:
            names.add(thread.name)
    return names


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_the_threads_of_an_idle_worker_do_not_poll(
    store: TaskStore, waits: dict[Thread, float | None], redis_url: str
) -> None:
    bakery = Bakery(store)
    stage = bakery.stage()
    others = set(threading.enumerate())
    worker = Worker(store=store, actor=WORKER)
    with redis_client(redis_url) as client:
        brokers = [WakeupBroker(client, worker)]
        with run_workers(worker, {stage.name: stage}, brokers, threads=2, dispatch_seconds=60):
            enqueue(store, "loaf")
            wait_until(lambda: are_completed(store, "loaf"))
            # The channel waits in the kernel for the socket of Redis, not for a condition.
            known = {"indelible-heartbeat", "indelible-commits-received"}
            wait_until(lambda: short_waits(others, waits) <= known)
            assert "indelible-watch" in {thread.name for thread in waits}


def test_a_message_and_the_end_wake_the_threads_of_a_pool() -> None:
    broker = LocalBroker()
    broker.declare_queue("bread")
    pool = ThreadPool(broker, 3)
    pool.start()

    broker.end_consumers()
    pool.stop(JOIN_MILLISECONDS)

    assert [thread.is_alive() for thread in pool.workers] == [False] * 3


def test_a_closed_queue_still_returns_what_it_has() -> None:
    queue = ClosableQueue()
    queue.put(1)
    queue.close()

    assert queue.get() == 1
    with pytest.raises(Empty):
        queue.get()
    with pytest.raises(Empty):
        ClosableQueue().get(block=False)


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_the_watch_is_needed_while_a_lease_is_held(store: TaskStore) -> None:
    clock = ThreadClock()
    holds: list[HeldLeases] = []
    holding = Event()
    reporter = HungThreadReporter(store, WORKER, StageThreads(CollectorRegistry()), clock)
    heartbeat = Heartbeat(store, WORKER, Event(), holds, holding, reporter, Event().set, clock)
    holding.set()
    heartbeat.watch()
    assert not holding.is_set()

    holds.append(HeldLeases(Bakery(store).stage(), [], clock))
    holding.set()
    heartbeat.watch()
    assert holding.is_set()

    holds.clear()
    heartbeat.watch()
    assert not holding.is_set()
