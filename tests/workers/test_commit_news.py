"""A new task wakes the dispatcher: of this process by an event, of others by a channel of Redis."""

import time
from collections.abc import Collection, Generator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from threading import Event
from typing import Any

import pytest
from tests.conftest import POLICY, folder
from tests.workers.bakery import (
    WORKER,
    Bakery,
    TaskStore,
    are_completed,
    connect,
    enqueue,
    get_task,
    threads_named,
    wait_until,
)

from indelible.kernel import Change
from indelible.kernel.demand import Demand
from indelible.kernel.feed_stage import FeedFollower
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.subscribers import FOLLOW_FEED, Subscriber
from indelible.memory import MemoryStore
from indelible.memory.task_reader import MemoryTaskReader
from indelible_service.embedded import redis
from indelible_sql import open_store
from indelible_workers import WakeupBroker, Worker, redis_client, run_workers
from indelible_workers.redis.commit_channel import CHANNEL, publish_commits, received_commits
from indelible_workers.threads.hung_threads import process_name
from indelible_workers.worker import MAX_HOLD_SECONDS

STAGES = ("bake", "cool", "sell", "sweep", "count")
SETTLE_SECONDS = 1.0


@contextmanager
def at_work(store: TaskStore, redis_url: str | None = None) -> Generator[Worker]:
    """Run workers that look after an hour unless something wakes them."""
    bakery = Bakery(store)
    stages = {name: bakery.stage(name=name) for name in STAGES}
    worker = Worker(store=store, actor=WORKER)
    with ExitStack() as stack:
        brokers: list[WakeupBroker] = []
        if redis_url:
            brokers.append(WakeupBroker(stack.enter_context(redis_client(redis_url)), worker))
        threads = run_workers(worker, stages, brokers, threads=2, dispatch_seconds=MAX_HOLD_SECONDS)
        stack.enter_context(threads)
        yield worker


def test_a_task_of_the_same_process_is_dispatched_without_a_look_by_time(store: TaskStore) -> None:
    with at_work(store):
        enqueue(store, "first")
        wait_until(lambda: are_completed(store, "first"))
        enqueue(store, "later", seconds=0.5)
        wait_until(lambda: are_completed(store, "later"))


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_task_of_another_process_is_dispatched_when_redis_brings_the_news(
    store: TaskStore, sqlite_url: str, redis_url: str
) -> None:
    elsewhere = open_store(sqlite_url, policy=POLICY)
    with at_work(store, redis_url), connect(redis_url) as client:
        time.sleep(SETTLE_SECONDS)
        enqueue(elsewhere, "loaf")
        client.publish(CHANNEL, "elsewhere:1")
        wait_until(lambda: are_completed(store, "loaf"))
    elsewhere.dispose()


def test_a_process_publishes_its_commits_and_ignores_its_own_news(redis_url: str) -> None:
    store, heard = MemoryStore(), list[str]()
    others = threads_named("indelible-commits-sent")
    with (
        connect(redis_url) as client,
        connect(redis_url) as listener,
        received_commits(client, lambda: heard.append("commit")),
        listener.pubsub() as channel,
    ):
        channel.subscribe(CHANNEL)
        wait_until(lambda: heard == ["commit"])  # it has subscribed
        stop = publish_commits(store.commits, client)
        enqueue(store, "loaf")
        messages: list[Any] = []

        def has_message() -> bool:
            messages.append(channel.get_message(ignore_subscribe_messages=True, timeout=1))
            return messages[-1] is not None

        wait_until(has_message)
        client.publish(CHANNEL, "elsewhere:1")
        wait_until(lambda: len(heard) > 1)
        stop()
        wait_until(lambda: threads_named("indelible-commits-sent") <= others)

    assert messages[-1]["data"] == process_name().encode()
    assert heard == ["commit", "commit"]


def test_a_dispatcher_looks_again_and_again_while_redis_is_down() -> None:
    heard = Event()
    with (
        folder() as directory,
        redis(directory) as server,
        connect(server.url) as client,
        received_commits(client, heard.set),
    ):
        assert heard.wait(60)
        server.child.kill()
        server.child.wait()
        for _ in range(2):
            heard.clear()
            assert heard.wait(60)


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_an_idle_worker_sends_redis_no_command(store: TaskStore, redis_url: str) -> None:
    with at_work(store, redis_url) as worker, connect(redis_url) as client:
        enqueue(store, "loaf")
        wait_until(lambda: are_completed(store, "loaf"))
        worker.wakeup.clear()
        time.sleep(SETTLE_SECONDS)
        before = client.info("stats")["total_commands_processed"]
        time.sleep(2 * SETTLE_SECONDS)
        commands = client.info("stats")["total_commands_processed"] - before

    assert commands == 1  # that of `info`


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_an_idle_worker_asks_the_store_nothing(
    store: TaskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    look = MemoryTaskReader.demand

    def note(
        reader: MemoryTaskReader, stages: Collection[str], now: datetime, *, limit: int
    ) -> Demand:
        looks.append("look")
        return look(reader, stages, now, limit=limit)

    with at_work(store):
        enqueue(store, "loaf")
        wait_until(lambda: are_completed(store, "loaf"))
        time.sleep(SETTLE_SECONDS)
        monkeypatch.setattr(MemoryTaskReader, "demand", note)
        time.sleep(2 * SETTLE_SECONDS)

    assert looks == []


def test_a_change_wakes_its_subscriber_and_an_idle_one_is_left_alone(
    store: Any,  # noqa: ANN401 - of any kind
) -> None:
    seen: list[str] = []

    def handle(_: object, change: Change) -> None:
        seen.append(change.entity_id)

    def has_seen(name: str) -> bool:
        return name in seen

    subscriber = Subscriber(name="counter", handle=handle)
    follower = FeedFollower(store=store, subscribers=(subscriber,), poll_seconds=MAX_HOLD_SECONDS)
    stage = follower.stage()
    worker = Worker(store=store, actor=WORKER)
    enqueue(store, "counter", stage=FOLLOW_FEED)
    with run_workers(worker, {stage.name: stage}, threads=2, dispatch_seconds=MAX_HOLD_SECONDS):
        for name in ("first", "second", "third"):
            store.run(pause_stage, PauseStage(stage=name), actor=WORKER, reason="a test")
            wait_until(partial(has_seen, name))
            time.sleep(SETTLE_SECONDS)
        fence = get_task(store, "counter", FOLLOW_FEED).fence
        time.sleep(SETTLE_SECONDS)
        assert get_task(store, "counter", FOLLOW_FEED).fence == fence

    assert seen == ["first", "second", "third"]
