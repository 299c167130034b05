"""Work goes on with Redis and without it, and whatever is done to it meanwhile."""

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
from tests.conftest import folder
from tests.workers.scenes import WORKER, Bakery, WorkStore, is_finished, put, redis_at, until

from indelible.kernel.stages import Stage, TasksWrite
from indelible_service.embedded import RedisServer, redis
from indelible_sql import open_store
from indelible_workers import WakeupBroker, Worker, client_of, dispatch_ready, run_workers
from indelible_workers.hints import queue_of
from indelible_workers.worker import LONGEST_HOLD_SECONDS

SWEEP_SECONDS = 0.3
Client = Any  # redis-py's own types leave too much open


@pytest.fixture
def own_redis() -> Generator[RedisServer]:
    with folder() as directory, redis(directory) as running:
        yield running


@pytest.fixture
def client(redis_url: str) -> Generator[Client]:
    with redis_at(redis_url) as found:
        found.flushall()
        yield found


@contextmanager
def at_work(
    store: WorkStore,
    stage: Stage[TasksWrite, str, str],
    url: str | None,
    sweep_seconds: float = SWEEP_SECONDS,
) -> Generator[Worker]:
    """Threads that work for the stage, waked by the Redis at the address, if there is one."""
    with ExitStack() as stack:
        shift = Worker(store=store, actor=WORKER)
        brokers = [WakeupBroker(stack.enter_context(client_of(url)), shift)] if url else []
        stack.enter_context(
            run_workers(shift, {stage.name: stage}, brokers, threads=2, sweep_seconds=sweep_seconds)
        )
        yield shift


def loaves(number: int, name: str = "loaf") -> list[str]:
    return [f"{name}-{each:03}" for each in range(number)]


def counted(shift: Worker, outcome: str) -> float:
    samples = [each for family in shift.registry.collect() for each in family.samples]
    return sum(
        each.value
        for each in samples
        if each.labels.get("outcome") == outcome and each.name.endswith("_total")
    )


def test_work_is_done_in_process_without_redis(store: WorkStore) -> None:
    bakery = Bakery(store)
    put(store, *loaves(50))
    with at_work(store, bakery.stage(), None):
        until(lambda: is_finished(store, *loaves(50)))

    assert sorted(bakery.performed) == loaves(50)


def test_work_is_done_by_way_of_redis(store: WorkStore, redis_url: str, client: Client) -> None:
    bakery = Bakery(store)
    put(store, *loaves(50))
    with at_work(store, bakery.stage(), redis_url, sweep_seconds=60):
        until(lambda: is_finished(store, *loaves(50)))
        assert client.keys("indelible:*")

    assert sorted(bakery.performed) == loaves(50)


def test_a_full_batch_sends_itself_again_so_that_one_sweep_is_enough(store: WorkStore) -> None:
    put(store, *loaves(200))
    with at_work(store, Bakery(store).stage(batch=1), None, sweep_seconds=60):
        until(lambda: is_finished(store, *loaves(200)))


def test_what_is_put_later_is_found_by_the_sweep_and_at_once_when_it_is_told(
    store: WorkStore,
) -> None:
    with at_work(store, Bakery(store).stage(), None, sweep_seconds=60) as shift:
        time.sleep(0.1)
        put(store, "loaf")
        shift.told.set()
        until(lambda: is_finished(store, "loaf"), 5)
    with at_work(store, Bakery(store).stage(), None):
        put(store, "second")
        until(lambda: is_finished(store, "second"), 5)


def test_a_sweep_sends_a_few_messages_and_none_where_enough_wait(
    store: WorkStore, client: Client
) -> None:
    stages = {"bake": Bakery(store).stage(), "cool": Bakery(store).stage(name="cool")}
    shift = Worker(store=store, actor=WORKER)
    put(store, *loaves(100))
    broker = WakeupBroker(client, shift)
    for _ in range(10):
        dispatch_ready(shift, stages, [broker])

    assert [client.llen(f"indelible:{queue_of(name)}") for name in ("bake", "cool")] == [4, 0]


@pytest.mark.parametrize("broker", ["in process", "redis"])
@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_backlog_of_one_stage_holds_up_no_other(
    store: WorkStore, redis_url: str, broker: str
) -> None:
    def slow(name: str) -> str:
        time.sleep(0.05)
        return f"{name}, baked"

    bakery, shift = Bakery(store), Worker(store=store, actor=WORKER)
    stages = {
        "bake": evolve(bakery.stage(batch=1), perform=slow),
        "cool": bakery.stage(name="cool", batch=1),
    }
    put(store, *loaves(2_000))
    with redis_at(redis_url) as client:
        client.flushall()
        brokers = [WakeupBroker(client_of(redis_url), shift)] if broker == "redis" else []
        with run_workers(shift, stages, brokers, threads=2, sweep_seconds=0.05):
            time.sleep(1)
            put(store, "warm", stage="cool")
            until(lambda: is_finished(store, "warm"))  # all loaves take longer than that
            assert not is_finished(store, *loaves(2_000))


def test_redis_that_is_flushed_again_and_again_loses_no_work(
    store: WorkStore, redis_url: str, client: Client
) -> None:
    put(store, *loaves(100))
    with at_work(store, Bakery(store).stage(batch=1), redis_url):
        for _ in range(20):
            client.flushall()
            time.sleep(0.02)
        until(lambda: is_finished(store, *loaves(100)))


def test_work_goes_on_while_redis_is_gone_and_by_redis_when_it_is_back(
    store: WorkStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "indelible.workers")
    with folder() as directory, ExitStack() as stack:
        first = stack.enter_context(redis(directory))
        with at_work(store, Bakery(store).stage(), first.url):
            put(store, *loaves(20))
            until(lambda: is_finished(store, *loaves(20)))
            first.child.kill()
            first.child.wait()

            put(store, *loaves(20, "without"))
            until(lambda: is_finished(store, *loaves(20, "without")))
            time.sleep(1.5)
            assert sum("of no use" in each.message for each in caplog.records) == 1

            with (
                folder() as empty,
                redis(empty, port=first.port) as second,
                redis_at(second.url) as client,
            ):
                put(store, *loaves(20, "again"))
                until(lambda: is_finished(store, *loaves(20, "again")))
                put(store, *loaves(20, "more"))
                until(lambda: "Redis is back" in caplog.text)
                until(lambda: bool(client.exists("indelible:__heartbeats__")))


def test_work_goes_on_where_redis_never_was(store: WorkStore) -> None:
    put(store, "loaf")
    with at_work(store, Bakery(store).stage(), "redis://127.0.0.1:1/0"):
        until(lambda: is_finished(store, "loaf"))


def test_work_goes_on_where_redis_has_no_memory_left(
    store: WorkStore, own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    with at_work(store, Bakery(store).stage(), own_redis.url), redis_at(own_redis.url) as client:
        put(store, "loaf")
        until(lambda: is_finished(store, "loaf"))
        client.config_set("maxmemory", "1")
        time.sleep(1)
        put(store, "second")
        until(lambda: is_finished(store, "second"))
        assert sum("of no use" in each.message for each in caplog.records) == 1
        client.config_set("maxmemory", "0")
        put(store, "third")
        until(lambda: is_finished(store, "third"))
        until(lambda: "Redis is back" in caplog.text)


@pytest.mark.parametrize("broken", ["full", "read-only", "rubbish"])
@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_work_goes_on_where_redis_is_full_of_hints_and_gives_none_away(
    store: WorkStore, own_redis: RedisServer, broken: str
) -> None:
    stage = Bakery(store).stage()
    put(store, *loaves(100))
    with redis_at(own_redis.url) as client:
        broker = WakeupBroker(client, Worker(store=store, actor=WORKER))
        dispatch_ready(
            Worker(store=store, actor=WORKER), {"bake": stage}, [broker]
        )  # as of a process that is gone
        assert client.llen(f"indelible:{queue_of('bake')}") == 4
        if broken == "full":
            client.config_set("maxmemory", "1")
        elif broken == "read-only":
            client.execute_command("REPLICAOF", "127.0.0.1", "1")
        else:
            client.delete("indelible:__heartbeats__")
            client.set("indelible:__heartbeats__", "rubbish")
        with at_work(store, stage, own_redis.url):
            until(lambda: is_finished(store, *loaves(100)), 10)


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_work_goes_on_while_redis_hangs(store: WorkStore, own_redis: RedisServer) -> None:
    with at_work(store, Bakery(store).stage(), own_redis.url):
        put(store, "loaf")
        until(lambda: is_finished(store, "loaf"))
        os.kill(own_redis.child.pid, signal.SIGSTOP)
        try:
            put(store, "second")
            until(lambda: is_finished(store, "second"), 60)
        finally:
            os.kill(own_redis.child.pid, signal.SIGCONT)


class Silent(WakeupBroker):
    """A broker that takes nothing, and is asked how often."""

    asked = 0

    def takes(self, message: object, most: int) -> bool:  # noqa: ARG002 - as it is called
        self.asked += 1
        return False


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_broker_that_takes_nothing_is_asked_once_in_a_sweep_and_none_after_the_end(
    store: WorkStore, client: Client
) -> None:
    shift = Worker(store=store, actor=WORKER)
    stages = {each: Bakery(store).stage(name=each, batch=1) for each in ("bake", "cool", "sell")}
    for each in stages:
        put(store, *loaves(10), stage=each)
    silent, other = Silent(client, shift), WakeupBroker(client, shift)

    assert dispatch_ready(shift, stages, [silent, other]) == 12
    assert (silent.asked, [client.llen(f"indelible:{queue_of(each)}") for each in stages]) == (
        1,
        [4, 4, 4],
    )
    shift.end()
    assert dispatch_ready(shift, stages, [silent, other]) == 0


def test_the_end_waits_for_what_is_in_hand_as_long_as_its_lease_is_held(
    store: WorkStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, stop = list[int](), dramatiq.Worker.stop

    def noted(worker: dramatiq.Worker, timeout: int = 0) -> None:
        waits.append(timeout)
        stop(worker, timeout)

    monkeypatch.setattr(dramatiq.Worker, "stop", noted)
    with at_work(store, Bakery(store).stage(), None):
        pass

    assert waits == [1_000 * LONGEST_HOLD_SECONDS]


def planted(queue: str, **said: object) -> bytes:
    message: dict[str, object] = {
        "queue_name": queue,
        "actor_name": queue,
        "args": [],
        "kwargs": {},
        "options": {},
    }
    message |= {"message_id": "planted", "message_timestamp": 0}
    return json.dumps(message | said).encode()


@pytest.mark.parametrize(
    "rubbish",
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
def test_rubbish_is_dropped_and_counted_and_work_goes_on(
    store: WorkStore, redis_url: str, client: Client, rubbish: bytes | dict[str, object]
) -> None:
    stage = Bakery(store).stage()
    queue = queue_of("bake")
    if isinstance(rubbish, dict):
        rubbish = planted(queue, **{"options": {"redis_message_id": "planted"}} | rubbish)
    client.hset(f"indelible:{queue}.msgs", "planted", rubbish)
    client.rpush(f"indelible:{queue}", "planted")
    with at_work(store, stage, redis_url) as shift:
        put(store, "loaf")
        until(lambda: is_finished(store, "loaf"), 10)
        until(lambda: not client.hexists(f"indelible:{queue}.msgs", "planted"), 10)
        until(
            lambda: (
                not [key for key in client.keys("indelible:*") if b"acks" in key or b"XQ" in key]
            ),
            10,
        )

        put(store, "second")
        until(lambda: is_finished(store, "second"), 10)
        until(lambda: counted(shift, "dropped") == 1)


def test_a_database_that_is_away_is_said_once_and_the_sweep_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "work.db"
    store = open_store(f"sqlite:///{path}")
    store.upgrade()
    with at_work(store, Bakery(store).stage(), None, sweep_seconds=0.05):
        put(store, "loaf")
        until(lambda: is_finished(store, "loaf"))
        store.dispose()
        tmp_path.rename(tmp_path.with_name("moved"))
        time.sleep(1)
        tmp_path.with_name("moved").rename(tmp_path)
        put(store, "second")
        until(lambda: is_finished(store, "second"))
    store.dispose()

    assert sum("no work is looked for" in each.message for each in caplog.records) == 1
