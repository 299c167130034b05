"""Tasks are completed with Redis, without it, and whatever happens to it."""

import json
import logging
import os
import signal
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import dramatiq
import pytest
from attrs import evolve
from prometheus_client.samples import Sample
from tests.conftest import folder
from tests.workers.bakery import (
    WORKER,
    Bakery,
    TaskStore,
    are_completed,
    connect,
    enqueue,
    wait_until,
)

from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage, TasksWrite
from indelible_service.embedded import RedisServer, redis
from indelible_sql import open_store
from indelible_workers import WakeupBroker, Worker, dispatch_ready, redis_client, run_workers
from indelible_workers.wakeups.messages import queue_name
from indelible_workers.worker import MAX_HOLD_SECONDS

pytestmark = pytest.mark.slow

DISPATCH_SECONDS = 0.3
Client = Any  # redis-py's own types leave too much open


@pytest.fixture
def own_redis() -> Generator[RedisServer]:
    with folder() as directory, redis(directory) as running:
        yield running


@pytest.fixture
def client(redis_url: str) -> Generator[Client]:
    with connect(redis_url) as shared_client:
        shared_client.flushall()
        yield shared_client


@contextmanager
def at_work(
    store: TaskStore,
    stage: Stage[TasksWrite, str, str],
    url: str | None,
    dispatch_seconds: float = DISPATCH_SECONDS,
) -> Generator[Worker]:
    """Run worker threads for the stage, woken up by the Redis at the address, if any."""
    with ExitStack() as stack:
        worker = Worker(store=store, actor=WORKER)
        brokers = [WakeupBroker(stack.enter_context(redis_client(url)), worker)] if url else []
        stack.enter_context(
            run_workers(
                worker, {stage.name: stage}, brokers, threads=2, dispatch_seconds=dispatch_seconds
            )
        )
        yield worker


def loaves(number: int, name: str = "loaf") -> list[str]:
    return [f"{name}-{index:03}" for index in range(number)]


def outcomes(worker: Worker, outcome: str) -> float:
    samples: list[Sample] = []
    for family in worker.registry.collect():
        samples.extend(family.samples)
    return sum(
        sample.value
        for sample in samples
        if sample.labels.get("outcome") == outcome and sample.name.endswith("_total")
    )


def test_tasks_are_completed_without_redis(store: TaskStore) -> None:
    bakery = Bakery(store)
    enqueue(store, *loaves(50))
    with at_work(store, bakery.stage(), None):
        wait_until(lambda: are_completed(store, *loaves(50)))

    assert sorted(bakery.performed) == loaves(50)


def test_tasks_are_completed_through_redis(
    store: TaskStore, redis_url: str, client: Client
) -> None:
    bakery = Bakery(store)
    enqueue(store, *loaves(50))
    with at_work(store, bakery.stage(), redis_url, dispatch_seconds=60):
        wait_until(lambda: are_completed(store, *loaves(50)))
        assert client.keys("indelible:*")

    assert sorted(bakery.performed) == loaves(50)


def test_a_full_batch_wakes_its_stage_again(store: TaskStore) -> None:
    enqueue(store, *loaves(200))
    with at_work(store, Bakery(store).stage(batch=1), None, dispatch_seconds=60):
        wait_until(lambda: are_completed(store, *loaves(200)))


def test_a_later_task_is_dispatched_on_time_and_at_once_after_a_wakeup(
    store: TaskStore,
) -> None:
    with at_work(store, Bakery(store).stage(), None, dispatch_seconds=60) as worker:
        time.sleep(0.1)
        enqueue(store, "loaf")
        worker.wakeup.set()
        wait_until(lambda: are_completed(store, "loaf"), 5)
    with at_work(store, Bakery(store).stage(), None):
        enqueue(store, "second")
        wait_until(lambda: are_completed(store, "second"), 5)


def test_a_task_is_dispatched_when_it_becomes_due_and_not_at_the_next_look(
    store: TaskStore,
) -> None:
    with at_work(store, Bakery(store).stage(), None, dispatch_seconds=MAX_HOLD_SECONDS) as worker:
        enqueue(store, "loaf", seconds=1)
        worker.wakeup.set()
        wait_until(lambda: are_completed(store, "loaf"))


def test_a_dispatch_queues_no_more_than_the_maximum(store: TaskStore, client: Client) -> None:
    stages = {"bake": Bakery(store).stage(), "cool": Bakery(store).stage(name="cool")}
    worker = Worker(store=store, actor=WORKER)
    enqueue(store, *loaves(100))
    broker = WakeupBroker(client, worker)
    for _ in range(10):
        dispatch_ready(worker, stages, [broker])

    assert [client.llen(f"indelible:{queue_name(name)}") for name in ("bake", "cool")] == [4, 0]


@pytest.mark.parametrize("broker", ["in process", "redis"])
@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_the_backlog_of_one_stage_delays_no_other(
    store: TaskStore, redis_url: str, broker: str
) -> None:
    def slow(name: str, _: LeaseHandle) -> str:
        time.sleep(0.05)
        return f"{name}, baked"

    bakery, worker = Bakery(store), Worker(store=store, actor=WORKER)
    stages = {
        "bake": evolve(bakery.stage(batch=1), perform=slow),
        "cool": bakery.stage(name="cool", batch=1),
    }
    enqueue(store, *loaves(2_000))
    with connect(redis_url) as client:
        client.flushall()
        brokers = [WakeupBroker(redis_client(redis_url), worker)] if broker == "redis" else []
        with run_workers(worker, stages, brokers, threads=2, dispatch_seconds=0.05):
            time.sleep(1)
            enqueue(store, "warm", stage="cool")
            wait_until(lambda: are_completed(store, "warm"))  # all loaves take longer than that
            assert not are_completed(store, *loaves(2_000))


def test_a_process_without_a_free_thread_leaves_wakeups_to_others(
    store: TaskStore, redis_url: str, client: Client
) -> None:
    bakery = Bakery(store)
    stage = bakery.stage(batch=1, concurrency=1)
    other = Worker(store=store, actor=WORKER)
    enqueue(store, "wait-for-it")
    with at_work(store, stage, redis_url):
        assert bakery.started.wait(30)
        time.sleep(0.5)  # a fetch that began before is over
        enqueue(store, *loaves(10))
        dispatch_ready(other, {"bake": stage}, [WakeupBroker(client, other)])
        time.sleep(1)
        assert client.llen(f"indelible:{queue_name('bake')}") == 4

        bakery.gate.set()
        wait_until(lambda: are_completed(store, *loaves(10)))


def test_flushing_redis_loses_no_task(store: TaskStore, redis_url: str, client: Client) -> None:
    enqueue(store, *loaves(100))
    with at_work(store, Bakery(store).stage(batch=1), redis_url):
        for _ in range(20):
            client.flushall()
            time.sleep(0.02)
        wait_until(lambda: are_completed(store, *loaves(100)))


def test_tasks_are_completed_while_redis_is_down_and_after_it_returns(
    store: TaskStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "indelible.workers")
    with folder() as directory, ExitStack() as stack:
        first = stack.enter_context(redis(directory))
        with at_work(store, Bakery(store).stage(), first.url):
            enqueue(store, *loaves(20))
            wait_until(lambda: are_completed(store, *loaves(20)))
            first.child.kill()
            first.child.wait()

            enqueue(store, *loaves(20, "without"))
            wait_until(lambda: are_completed(store, *loaves(20, "without")))
            time.sleep(1.5)
            assert sum("Redis is unusable" in record.message for record in caplog.records) == 1

            with (
                folder() as empty,
                redis(empty, port=first.port) as second,
                connect(second.url) as client,
            ):
                enqueue(store, *loaves(20, "again"))
                wait_until(lambda: are_completed(store, *loaves(20, "again")))
                enqueue(store, *loaves(20, "more"))
                wait_until(lambda: "Redis is available again" in caplog.text)
                wait_until(lambda: bool(client.exists("indelible:__heartbeats__")))


def test_tasks_are_completed_where_no_redis_answers(store: TaskStore) -> None:
    enqueue(store, "loaf")
    with at_work(store, Bakery(store).stage(), "redis://127.0.0.1:1/0"):
        wait_until(lambda: are_completed(store, "loaf"))


def test_tasks_are_completed_where_redis_is_out_of_memory(
    store: TaskStore, own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    with at_work(store, Bakery(store).stage(), own_redis.url), connect(own_redis.url) as client:
        enqueue(store, "loaf")
        wait_until(lambda: are_completed(store, "loaf"))
        client.config_set("maxmemory", "1")
        time.sleep(1)
        enqueue(store, "second")
        wait_until(lambda: are_completed(store, "second"))
        assert sum("Redis is unusable" in record.message for record in caplog.records) == 1
        client.config_set("maxmemory", "0")
        enqueue(store, "third")
        wait_until(lambda: are_completed(store, "third"))
        wait_until(lambda: "Redis is available again" in caplog.text)


@pytest.mark.parametrize("broken", ["full", "read-only", "payload"])
@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_tasks_are_completed_where_redis_delivers_nothing(
    store: TaskStore, own_redis: RedisServer, broken: str
) -> None:
    stage = Bakery(store).stage()
    enqueue(store, *loaves(100))
    with connect(own_redis.url) as client:
        broker = WakeupBroker(client, Worker(store=store, actor=WORKER))
        dispatch_ready(
            Worker(store=store, actor=WORKER), {"bake": stage}, [broker]
        )  # as of a process that is gone
        assert client.llen(f"indelible:{queue_name('bake')}") == 4
        if broken == "full":
            client.config_set("maxmemory", "1")
        elif broken == "read-only":
            client.execute_command("REPLICAOF", "127.0.0.1", "1")
        else:
            client.delete("indelible:__heartbeats__")
            client.set("indelible:__heartbeats__", "payload")
        with at_work(store, stage, own_redis.url):
            wait_until(lambda: are_completed(store, *loaves(100)), 10)


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_tasks_are_completed_while_redis_hangs(store: TaskStore, own_redis: RedisServer) -> None:
    with at_work(store, Bakery(store).stage(), own_redis.url):
        enqueue(store, "loaf")
        wait_until(lambda: are_completed(store, "loaf"))
        os.kill(own_redis.child.pid, signal.SIGSTOP)
        try:
            enqueue(store, "second")
            wait_until(lambda: are_completed(store, "second"))
        finally:
            os.kill(own_redis.child.pid, signal.SIGCONT)


class FailingBroker(WakeupBroker):
    """A broker that accepts nothing and counts the offers."""

    offers = 0

    def offer(self, message: object, max_queued: int) -> bool:  # noqa: ARG002 - as it is called
        self.offers += 1
        return False


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_failing_broker_is_asked_once_per_dispatch_and_never_after_the_stop(
    store: TaskStore, client: Client
) -> None:
    worker = Worker(store=store, actor=WORKER)
    stages = {name: Bakery(store).stage(name=name, batch=1) for name in ("bake", "cool", "sell")}
    for name in stages:
        enqueue(store, *loaves(10), stage=name)
    failing, other = FailingBroker(client, worker), WakeupBroker(client, worker)

    assert dispatch_ready(worker, stages, [failing, other]) == 12
    assert (failing.offers, [client.llen(f"indelible:{queue_name(name)}") for name in stages]) == (
        1,
        [4, 4, 4],
    )
    worker.stop()
    assert dispatch_ready(worker, stages, [failing, other]) == 0


def test_stopping_waits_for_started_tasks_as_long_as_their_leases_are_held(
    store: TaskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, stop = list[int](), dramatiq.Worker.stop

    def noted(worker: dramatiq.Worker, timeout: int = 0) -> None:
        waits.append(timeout)
        stop(worker, timeout)

    monkeypatch.setattr(dramatiq.Worker, "stop", noted)
    with at_work(store, Bakery(store).stage(), None):
        pass

    assert waits == [1_000 * MAX_HOLD_SECONDS]


def encoded_message(queue: str, **fields: object) -> bytes:
    message: dict[str, object] = {
        "queue_name": queue,
        "actor_name": queue,
        "args": [],
        "kwargs": {},
        "options": {},
    }
    message |= {"message_id": "planted", "message_timestamp": 0}
    return json.dumps(message | fields).encode()


@pytest.mark.parametrize(
    "payload",
    [
        b"no JSON",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        pytest.param({"actor_name": "nobody"}, id="unknown actor"),
        pytest.param({"queue_name": "elsewhere"}, id="another queue"),
        pytest.param({"options": {"eta": 1e300}}, id="delayed"),
        pytest.param({"options": {}}, id="without its id"),
        pytest.param({"args": ["unheard-of"]}, id="a word"),
        pytest.param({"args": 7}, id="no list"),
        pytest.param({"args": [{"bake": 1}]}, id="an object"),
        pytest.param({"args": ["x" * 10_000_000]}, id="10 MB"),
        pytest.param({"kwargs": 7}, id="odd arguments"),
    ],
)
@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_invalid_messages_are_dropped_and_counted(
    store: TaskStore, redis_url: str, client: Client, payload: bytes | dict[str, object]
) -> None:
    stage = Bakery(store).stage()
    queue = queue_name("bake")
    if isinstance(payload, dict):
        payload = encoded_message(queue, **{"options": {"redis_message_id": "planted"}} | payload)
    client.hset(f"indelible:{queue}.msgs", "planted", payload)
    client.rpush(f"indelible:{queue}", "planted")
    with at_work(store, stage, redis_url) as worker:
        enqueue(store, "loaf")
        wait_until(lambda: are_completed(store, "loaf"), 10)
        wait_until(lambda: not client.hexists(f"indelible:{queue}.msgs", "planted"), 10)
        wait_until(
            lambda: (
                not [key for key in client.keys("indelible:*") if b"acks" in key or b"XQ" in key]
            ),
            10,
        )

        enqueue(store, "second")
        wait_until(lambda: are_completed(store, "second"), 10)
        wait_until(lambda: outcomes(worker, "dropped") == 1)


def test_an_unavailable_database_is_logged_once_and_dispatching_continues(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "work.db"
    store = open_store(f"sqlite:///{path}")
    store.upgrade()
    with at_work(store, Bakery(store).stage(), None, dispatch_seconds=0.05):
        enqueue(store, "loaf")
        wait_until(lambda: are_completed(store, "loaf"))
        store.dispose()
        tmp_path.rename(tmp_path.with_name("moved"))
        time.sleep(1)
        tmp_path.with_name("moved").rename(tmp_path)
        enqueue(store, "second")
        wait_until(lambda: are_completed(store, "second"))
    store.dispose()

    assert sum("ready tasks not counted" in record.message for record in caplog.records) == 1
