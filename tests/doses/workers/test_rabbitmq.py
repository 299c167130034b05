"""Tasks are completed through RabbitMQ, without it, and whatever happens to it."""

import logging
import os
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from signal import SIGCONT, SIGSTOP

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from tests.conftest import POLICY, folder
from tests.rabbitmq_server import RabbitmqServer, rabbitmq
from tests.workers.bakery import (
    WORKER,
    Bakery,
    TaskStore,
    are_completed,
    enqueue,
    outcome_counts,
    wait_until,
)

from indelible.kernel.stages import Stage, TasksWrite
from indelible.memory import MemoryStore
from indelible_sql import open_store
from indelible_workers import Worker, dispatch_ready, run_workers
from indelible_workers.rabbitmq.broker import (
    PREFIX,
    RabbitmqBroker,
    publish_commits_to,
)
from indelible_workers.rabbitmq.link import COMMITS, Link, connection_parameters
from indelible_workers.redis.commit_channel import THREADS
from indelible_workers.threads.hung_threads import process_name
from indelible_workers.wakeups.messages import MAX_QUEUED, queue_name, wakeup_message
from indelible_workers.worker import MAX_HOLD_SECONDS

pytestmark = pytest.mark.slow

DISPATCH_SECONDS = 0.3
SETTLE_SECONDS = 1.0
TASKS = 20
QUEUE = PREFIX + queue_name("bake")
WAKEUP = wakeup_message(queue_name("bake")).encode()


@pytest.fixture(scope="module")
def rabbit() -> Generator[RabbitmqServer]:
    with folder() as directory, rabbitmq(directory) as running:
        yield running


@pytest.fixture
def channel(rabbit: RabbitmqServer) -> Generator[BlockingChannel]:
    """Return a channel of another client, with no queue left of the test before."""
    connection = pika.BlockingConnection(pika.URLParameters(rabbit.url))
    channel = connection.channel()
    channel.queue_delete(QUEUE)
    yield channel
    connection.close()


@contextmanager
def at_work(
    store: TaskStore,
    stage: Stage[TasksWrite, str, str],
    url: str,
    dispatch_seconds: float = DISPATCH_SECONDS,
) -> Generator[Worker]:
    """Run worker threads for the stage, woken up by the RabbitMQ at the address."""
    worker = Worker(store=store, actor=WORKER)
    brokers = [RabbitmqBroker(url, worker)]
    with run_workers(
        worker, {stage.name: stage}, brokers, threads=2, dispatch_seconds=dispatch_seconds
    ):
        yield worker


def loaves(name: str = "loaf", count: int = TASKS) -> list[str]:
    return [f"{name}-{number:03}" for number in range(count)]


def bake(store: TaskStore, name: str) -> None:
    """Enqueue tasks, and wait until they are completed."""
    enqueue(store, *loaves(name))
    wait_until(lambda: are_completed(store, *loaves(name)))


def waiting(channel: BlockingChannel) -> int:
    """Return how many messages wait in the queue."""
    return channel.queue_declare(QUEUE, passive=True).method.message_count


def receive(channel: BlockingChannel) -> bool:
    """Receive what has arrived, and return False."""
    channel.connection.process_data_events(time_limit=0.1)
    return False


def has_consumer(channel: BlockingChannel) -> bool:
    """Return True once the workers take a message from their queue."""
    time.sleep(SETTLE_SECONDS)
    return waiting(channel) == 0


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("sent", ["a wake-up", "news of a commit"])
def test_a_message_of_another_process_wakes_a_worker(
    store: TaskStore, sqlite_url: str, rabbit: RabbitmqServer, channel: BlockingChannel, sent: str
) -> None:
    elsewhere = open_store(sqlite_url, policy=POLICY)
    with at_work(store, Bakery(store).stage(), rabbit.url, MAX_HOLD_SECONDS):
        time.sleep(SETTLE_SECONDS)
        enqueue(elsewhere, "loaf")
        time.sleep(SETTLE_SECONDS)
        assert not are_completed(store, "loaf")
        if sent == "a wake-up":
            channel.basic_publish("", QUEUE, WAKEUP)
        else:
            channel.basic_publish(COMMITS, "", b"elsewhere:1")
        wait_until(lambda: are_completed(store, "loaf"))
    elsewhere.dispose()


def test_a_process_without_workers_publishes_its_commits(
    rabbit: RabbitmqServer, channel: BlockingChannel
) -> None:
    store, heard = MemoryStore(), list[bytes]()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.exchange_declare(COMMITS, "fanout")
    channel.queue_bind(queue, COMMITS)
    channel.basic_consume(queue, lambda _, __, ___, body: heard.append(body), auto_ack=True)
    stop = publish_commits_to(rabbit.url, store.commits)
    enqueue(store, "loaf")

    wait_until(lambda: receive(channel) or bool(heard))
    stop()
    assert heard == [process_name().encode()]


def test_what_was_committed_before_the_subscription_is_news(rabbit: RabbitmqServer) -> None:
    heard: list[str] = []
    link = Link(
        connection_parameters(rabbit.url),
        THREADS,
        lambda _: heard.append("begin"),
        lambda: heard.append("news"),
    )
    with link.connected():
        wait_until(lambda: "begin" in heard)

    assert heard == ["news", "begin"]


def test_a_dispatch_queues_no_more_than_the_maximum(
    store: TaskStore, rabbit: RabbitmqServer, channel: BlockingChannel
) -> None:
    stage = Bakery(store).stage()
    worker = Worker(store=store, actor=WORKER)
    enqueue(store, *loaves(count=100))
    broker = RabbitmqBroker(rabbit.url, worker)
    with broker.connected():
        for _ in range(10):
            dispatch_ready(worker, {stage.name: stage}, [broker])
        time.sleep(SETTLE_SECONDS)

    assert waiting(channel) == MAX_QUEUED


def losses(caplog: pytest.LogCaptureFixture) -> int:
    """Return how often the log says that RabbitMQ was lost."""
    return caplog.text.count("RabbitMQ is unusable")


def returns(caplog: pytest.LogCaptureFixture) -> int:
    """Return how often the log says that RabbitMQ was back."""
    return caplog.text.count("RabbitMQ is available again")


@pytest.mark.parametrize("is_forgetful", [False, True])
def test_a_killed_server_loses_and_repeats_no_task(
    store: TaskStore,
    rabbit: RabbitmqServer,
    caplog: pytest.LogCaptureFixture,
    *,
    is_forgetful: bool,
) -> None:
    caplog.set_level(logging.WARNING, "indelible.workers")
    bakery = Bakery(store)
    with at_work(store, bakery.stage(batch=1), rabbit.url):
        bake(store, "before")
        rabbit.kill(is_forgetful=is_forgetful)
        try:
            bake(store, "without")
            # A server that has just started may lose a connection before: each change is logged.
            wait_until(lambda: losses(caplog) == returns(caplog) + 1)
            time.sleep(2 * SETTLE_SECONDS)
            assert losses(caplog) == returns(caplog) + 1
        finally:
            rabbit.start()
        bake(store, "after")
        wait_until(lambda: losses(caplog) == returns(caplog))
        bake(store, "again")

    names = [*loaves("before"), *loaves("without"), *loaves("after"), *loaves("again")]
    assert Counter(bakery.performed) == dict.fromkeys(names, 1)


def test_a_deleted_queue_is_declared_again(
    store: TaskStore, rabbit: RabbitmqServer, channel: BlockingChannel
) -> None:
    with at_work(store, Bakery(store).stage(batch=1), rabbit.url):
        bake(store, "before")
        channel.queue_delete(QUEUE)
        bake(store, "after")

        def takes_wakeups() -> bool:
            arguments = {"x-message-ttl": 60_000, "x-expires": 3_600_000}
            channel.queue_declare(QUEUE, durable=True, arguments=arguments)
            channel.basic_publish("", QUEUE, WAKEUP)
            return has_consumer(channel)

        wait_until(takes_wakeups)


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_tasks_are_completed_where_the_queue_rejects_messages(
    store: TaskStore, rabbit: RabbitmqServer, caplog: pytest.LogCaptureFixture
) -> None:
    full = '{"max-length": 0, "overflow": "reject-publish"}'
    rabbit.control("set_policy", "full", f"^{QUEUE}$", full, "--apply-to", "queues")
    try:
        with at_work(store, Bakery(store).stage(batch=1), rabbit.url):
            bake(store, "loaf")
    finally:
        rabbit.control("clear_policy", "full")

    assert "RabbitMQ is unusable (NackError)" in caplog.text


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_the_log_says_why_rabbitmq_refuses_a_queue(
    store: TaskStore,
    rabbit: RabbitmqServer,
    channel: BlockingChannel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    channel.queue_declare(QUEUE, durable=True)
    with at_work(store, Bakery(store).stage(batch=1), rabbit.url):
        bake(store, "loaf")

    channel.queue_delete(QUEUE)
    assert losses(caplog) == 1
    assert "ChannelClosedByBroker: PRECONDITION_FAILED - inequivalent arg 'x-" in caplog.text


def test_doubled_messages_perform_no_task_twice(
    store: TaskStore, rabbit: RabbitmqServer, channel: BlockingChannel
) -> None:
    bakery = Bakery(store)
    with at_work(store, bakery.stage(batch=1), rabbit.url):
        for number in range(TASKS):
            enqueue(store, f"loaf-{number:03}")
            for _ in range(5):
                channel.basic_publish("", QUEUE, WAKEUP)
        wait_until(lambda: are_completed(store, *loaves()))

    assert Counter(bakery.performed) == dict.fromkeys(loaves(), 1)


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_invalid_messages_are_dropped_and_counted(
    store: TaskStore, rabbit: RabbitmqServer, channel: BlockingChannel
) -> None:
    other = wakeup_message("elsewhere").encode()
    payloads = (b"no JSON", b"\xff\xfe", b"[]", b"{}", b"null", b"x" * 10_000_000, other)
    with at_work(store, Bakery(store).stage(), rabbit.url) as worker:
        bake(store, "before")
        for payload in payloads:
            channel.basic_publish("", QUEUE, payload)
        wait_until(lambda: outcome_counts(worker).get("dropped") == len(payloads))
        bake(store, "after")

    # A wake-up may be left that no thread has taken.
    left: list[bytes | None] = [channel.basic_get(QUEUE, auto_ack=True)[2]]
    while left[-1] is not None:
        left.append(channel.basic_get(QUEUE, auto_ack=True)[2])
    assert not set(left).intersection(payloads)


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_tasks_are_completed_while_the_server_hangs_and_afterwards(
    store: TaskStore, rabbit: RabbitmqServer
) -> None:
    with at_work(store, Bakery(store).stage(), rabbit.url):
        bake(store, "before")
        os.kill(rabbit.child.pid, SIGSTOP)
        try:
            bake(store, "meanwhile")
        finally:
            os.kill(rabbit.child.pid, SIGCONT)
        bake(store, "after")


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_process_without_a_free_thread_leaves_wakeups_to_others(
    store: TaskStore, rabbit: RabbitmqServer, channel: BlockingChannel
) -> None:
    bakery = Bakery(store)
    stage = bakery.stage(batch=1, concurrency=1)
    enqueue(store, "wait-for-it")
    with at_work(store, stage, rabbit.url, MAX_HOLD_SECONDS):
        assert bakery.started.wait(30)
        channel.basic_publish("", QUEUE, WAKEUP)
        taken: list[bytes] = []
        channel.basic_consume(QUEUE, lambda _, __, ___, body: taken.append(body), auto_ack=True)
        wait_until(lambda: receive(channel) or bool(taken))
        bakery.gate.set()

    assert taken == [WAKEUP]


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_tasks_are_completed_where_no_server_answers(store: TaskStore) -> None:
    with at_work(store, Bakery(store).stage(), "amqp://127.0.0.1:1/"):
        bake(store, "loaf")
