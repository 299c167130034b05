"""Under a virtual clock a worker waits without waiting: in one thread, and always the same way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from threading import Event, active_count
from typing import Any

import pytest
from attrs import evolve
from dramatiq import Message
from tests.conftest import POLICY
from tests.workers.bakery import (
    WORKER,
    Bakery,
    TaskStore,
    enqueue,
    get_task,
    outcome_counts,
)

from indelible.kernel import Unavailable
from indelible.kernel.breaker_commands import open_breakers
from indelible.kernel.breakers import CircuitBreaker
from indelible.kernel.contracts import check_contract
from indelible.kernel.lease_handles import LeaseHandle, StopReason
from indelible.kernel.silence import undeclared
from indelible.kernel.stages import Outage, Stage, TasksWrite
from indelible.memory import MemoryStore
from indelible_workers import (
    RecurringTask,
    SchedulerMetrics,
    ThreadClock,
    ThreadRefused,
    VirtualClock,
    WaitingClock,
    WaitNeverEnds,
    Worker,
    process_batch,
    run_scheduler,
    run_workers,
)
from indelible_workers.processing.batches import MAX_FINISH_TRIES
from indelible_workers.wakeups.dispatching import dispatch_until_stopped
from indelible_workers.wakeups.local_broker import LocalBroker
from indelible_workers.wakeups.messages import queue_name

START = datetime(2031, 5, 1, tzinfo=UTC)
DAY_SECONDS = 86_400
HOURLY = RecurringTask(name="clean", stage="bake", every_seconds=3_600)
NIGHTLY = RecurringTask(name="count", stage="bake", cron="30 2 * * *", time_zone="Europe/Berlin")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def store(clock: VirtualClock) -> TaskStore:
    """Return a store whose time is virtual, too."""
    return MemoryStore(policy=POLICY, clock=clock)


@pytest.fixture
def worker(store: TaskStore, clock: VirtualClock) -> Worker:
    return Worker(store=store, actor=WORKER, clock=clock)


@pytest.mark.parametrize("kind", [ThreadClock, partial(VirtualClock, START)])
def test_both_clocks_fulfil_the_contract(kind: Callable[[], WaitingClock]) -> None:
    check_contract(kind(), WaitingClock)


def test_a_wait_moves_the_time_and_runs_what_is_due_on_the_way(clock: VirtualClock) -> None:
    steps: list[tuple[str, float]] = []

    def note(name: str) -> None:
        steps.append((name, clock.monotonic()))

    finished = Event()
    clock.repeat("tick", partial(note, "tick"), 4, finished)
    clock.call_later("end", finished.set, 9)
    work = clock.start("now", partial(note, "now"))
    assert work.is_alive()

    assert not clock.wait(Event(), 60)
    assert steps == [("now", 0), ("tick", 4), ("tick", 8)]
    assert clock.now() == START + timedelta(seconds=60)
    assert not work.is_alive()


def test_a_wait_ends_at_the_instant_at_which_its_event_is_set(clock: VirtualClock) -> None:
    event = Event()
    clock.call_later("set", event.set, 7.5)

    assert clock.wait(event)
    assert clock.monotonic() == 7.5
    assert clock.wait(event, 60)
    assert clock.monotonic() == 7.5


def test_a_step_that_waits_itself_lets_the_others_run(clock: VirtualClock) -> None:
    order: list[tuple[str, float]] = []

    def work() -> None:
        clock.sleep(5)
        order.append(("slow", clock.monotonic()))

    clock.start("slow", work)
    clock.call_later("quick", lambda: order.append(("quick", clock.monotonic())), 2)
    clock.sleep(3)

    assert order == [("quick", 2), ("slow", 5)]
    assert clock.monotonic() == 5


def test_the_draws_decide_the_order_of_an_instant(clock: VirtualClock) -> None:
    draws = iter([2, 0, 1])
    clock.draw = lambda: next(draws)
    order: list[str] = []
    for name in "abc":
        clock.call_later(name, partial(order.append, name), 1)

    clock.sleep(1)
    assert order == ["b", "c", "a"]


def test_a_wait_that_nothing_ends_is_refused_with_what_is_scheduled(clock: VirtualClock) -> None:
    with pytest.raises(WaitNeverEnds) as refused:
        clock.wait(Event())
    assert refused.value.scheduled == ()
    assert refused.value.code == "WAIT_NEVER_ENDS"

    endless = clock.repeat("tick", list, 60, Event())
    with pytest.raises(WaitNeverEnds, match="tick"):
        endless.join()


def test_a_thread_is_refused_by_its_name(worker: Worker) -> None:
    threads = active_count()
    with (
        pytest.raises(ThreadRefused, match="indelible-dispatcher") as refused,
        run_workers(worker, {}),
    ):
        pytest.fail("the block must not begin")

    assert refused.value.code == "THREAD_REFUSED"
    assert active_count() == threads


def test_a_day_of_recurring_tasks_is_enqueued_slot_by_slot(
    store: TaskStore, worker: Worker, clock: VirtualClock
) -> None:
    slots: list[datetime | None] = []

    def bake(_: str, handle: LeaseHandle) -> str:
        slots.append(handle.lease.slot)
        return ""

    stage: Stage[TasksWrite, str, str] = Stage(
        name="bake", lifecycle=None, batch=5, acts_outside=False, perform=bake
    )
    process = partial(process_batch, store, stage, actor=WORKER, worker=worker)
    clock.repeat("worker", process, 600, worker.stopping)
    clock.call_later("end", worker.stop, DAY_SECONDS)
    metrics = SchedulerMetrics(clock=clock)
    threads = active_count()
    run_scheduler(worker, [HOURLY, NIGHTLY], metrics)

    nightly = START.replace(minute=30)  # 02:30 in the summer of Berlin
    hourly = [START + timedelta(hours=hour) for hour in range(24)]
    assert sorted(slot for slot in slots if slot) == sorted([*hourly, nightly])
    assert clock.now() == START + timedelta(days=1)
    assert active_count() == threads


def test_the_dispatcher_looks_when_a_task_becomes_due(
    store: TaskStore, worker: Worker, clock: VirtualClock
) -> None:
    sent_at: list[float] = []

    class NotingBroker(LocalBroker):
        def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
            sent_at.append(clock.monotonic())
            return super().enqueue(message, delay=delay)

    broker = NotingBroker()
    broker.declare_queue(queue_name("bake"))
    enqueue(store, "loaf", seconds=1_000.5)
    clock.call_later("end", worker.stop, 1_001)
    dispatch_until_stopped(worker, {"bake": Bakery(store).stage()}, [broker], 3_600)

    assert sent_at == [1_000.5]


def test_subjects_are_declared_when_the_database_answers_again(
    store: TaskStore, worker: Worker, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Callable[..., object] = store.read

    def read_later(*values: object, **more: object) -> object:
        if clock.monotonic() < 100:
            raise Unavailable
        return read(*values, **more)

    monkeypatch.setattr(store, "read", read_later)
    stage = Bakery(store).stage()
    clock.call_later("end", worker.stop, 150)
    dispatch_until_stopped(worker, {"bake": stage}, [], 30)

    assert not read(undeclared, stage.subjects)


def test_the_heartbeat_renews_a_lease_while_its_task_waits(
    store: TaskStore, worker: Worker, clock: VirtualClock
) -> None:
    leases: list[datetime | None] = []

    def bake(name: str, handle: LeaseHandle) -> str:
        for _ in range(4):
            assert not handle.wait(300)
            leases.append(get_task(store, name).lease_until)
        return f"{name}, baked"

    enqueue(store, "loaf")
    stage = evolve(Bakery(store).stage(timeout_seconds=3_600), perform=bake)
    with worker.heartbeat():
        process_batch(store, stage, actor=WORKER, worker=worker)

    assert clock.monotonic() == 1_200
    for number, until in enumerate(leases, start=1):
        assert until is not None
        assert until > START + timedelta(seconds=300 * number)
    assert outcome_counts(worker) == {"claimed": 1, "completed": 1}


def test_a_task_is_stopped_at_its_limit_and_tried_again_after_the_backoff(
    store: TaskStore, worker: Worker, clock: VirtualClock
) -> None:
    tries: list[float] = []

    def bake(_: str, handle: LeaseHandle) -> str:
        tries.append(clock.monotonic())
        assert handle.wait(3_600)
        assert handle.stop_reason is StopReason.TIMED_OUT
        handle.check()
        return ""

    enqueue(store, "loaf")
    stage = evolve(Bakery(store).stage(timeout_seconds=60, max_attempts=3), perform=bake)
    process = partial(process_batch, store, stage, actor=WORKER, worker=worker)
    with worker.heartbeat():
        while get_task(store, "loaf").dead_reason is None:
            process()
            clock.sleep(1)

    assert len(tries) == 3
    pauses = [later - earlier - 60 for earlier, later in pairwise(tries)]
    assert 0 < pauses[0] < pauses[1]
    assert "TIME_LIMIT_EXCEEDED" in str(get_task(store, "loaf").dead_reason)


def test_a_breaker_pauses_a_stage_and_probes_after_its_time(
    store: TaskStore, worker: Worker, clock: VirtualClock
) -> None:
    tries: list[float] = []

    def bake(name: str, _: LeaseHandle) -> str:
        tries.append(clock.monotonic())
        if clock.monotonic() < 1_000:
            raise Outage("the oven is cold", 1)
        return f"{name}, baked"

    enqueue(store, "a", "b")
    breaker = CircuitBreaker(outages=2, probe_seconds=600)
    stage = evolve(Bakery(store).stage(batch=1, breaker=breaker, max_attempts=99), perform=bake)
    process = partial(process_batch, store, stage, actor=WORKER, worker=worker)
    clock.repeat("worker", process, 10, worker.stopping)
    clock.sleep(500)
    assert len(tries) == 2
    assert store.read(open_breakers) == {"bake": 1}

    clock.sleep(1_500)
    assert len(tries) == 5  # one probe failed, one succeeded, and the other task
    assert store.read(open_breakers) == {"bake": 0}


def test_a_completion_without_a_database_is_tried_again_after_a_second(
    store: TaskStore, worker: Worker, clock: VirtualClock
) -> None:
    tries: list[float] = []

    def finish(_: TasksWrite, __: object) -> None:
        tries.append(clock.monotonic())
        if len(tries) < MAX_FINISH_TRIES:
            raise Unavailable

    enqueue(store, "loaf")
    stage = evolve(Bakery(store).stage(), finish=finish)
    process_batch(store, stage, actor=WORKER, worker=worker)

    assert tries == [0, 1, 2, 3]
    assert outcome_counts(worker) == {"claimed": 1, "completed": 1}
