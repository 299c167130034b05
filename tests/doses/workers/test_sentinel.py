"""A failover of Redis Sentinel loses no task and repeats none; the news of commits go on."""

import logging
import os
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, suppress
from signal import SIGCONT, SIGSTOP
from typing import Any

import pytest
from redis import RedisError
from tests.conftest import folder
from tests.sentinels import SentinelGroup, sentinel_group
from tests.workers.bakery import WORKER, Bakery, TaskStore, are_completed, enqueue, wait_until

from indelible_workers import WakeupBroker, Worker, redis_client, run_workers
from indelible_workers.redis.commit_channel import CHANNEL, received_commits
from indelible_workers.redis.sentinels import SentinelPasswordRefused, SentinelServiceUnknown

pytestmark = pytest.mark.slow

DISPATCH_SECONDS = 0.3
TASKS = 20


@pytest.fixture(scope="module")
def group() -> Generator[SentinelGroup]:
    with folder() as directory, sentinel_group(directory) as running:
        yield running


def loaves(name: str) -> list[str]:
    return [f"{name}-{number:03}" for number in range(TASKS)]


def bake(store: TaskStore, name: str) -> None:
    """Enqueue tasks, and wait until they are completed."""
    enqueue(store, *loaves(name))
    wait_until(lambda: are_completed(store, *loaves(name)))


def test_a_failover_loses_and_repeats_no_task(
    store: TaskStore, group: SentinelGroup, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "indelible.workers")
    bakery = Bakery(store)
    stage = bakery.stage(batch=1)
    worker = Worker(store=store, actor=WORKER)
    with ExitStack() as stack:
        client: Any = stack.enter_context(redis_client(group.url))  # untyped
        brokers = [WakeupBroker(client, worker)]
        threads = run_workers(
            worker, {stage.name: stage}, brokers, threads=2, dispatch_seconds=DISPATCH_SECONDS
        )
        stack.enter_context(threads)
        bake(store, "before")
        killed = group.primary()
        killed.child.kill()
        killed.child.wait()
        bake(store, "without")
        group.restore(killed)
        bake(store, "after")
        enqueue(store, *loaves("again"))
        wait_until(lambda: "Redis is available again" in caplog.text)
        wait_until(lambda: are_completed(store, *loaves("again")))
        assert client.keys("indelible:*")

    names = [*loaves("before"), *loaves("without"), *loaves("after"), *loaves("again")]
    assert Counter(bakery.performed) == dict.fromkeys(names, 1)
    assert "Redis is unusable" in caplog.text


def test_news_of_commits_arrive_through_the_next_primary(group: SentinelGroup) -> None:
    received: list[None] = []
    with (
        redis_client(group.url) as client,
        received_commits(client, lambda: received.append(None)),
        redis_client(group.url) as other,
    ):
        wait_until(lambda: bool(received))
        group.fail_over()
        # Until it has subscribed again, it is called again and again.
        publisher: Any = other  # untyped
        wait_until(lambda: publisher.pubsub_numsub(CHANNEL)[0][1] > 0)
        # One call may be that of the subscription, but not two.
        before = len(received)
        for number in range(2):
            assert publisher.publish(CHANNEL, f"elsewhere:{number}") == 1
        wait_until(lambda: len(received) >= before + 2)


def test_a_client_leaves_a_primary_that_hung_and_returns_as_a_replica(
    group: SentinelGroup,
) -> None:
    hung = group.primary()
    with redis_client(group.url, timeout_seconds=1) as untyped:
        client: Any = untyped
        client.set("bread", "rye")
        os.kill(hung.child.pid, SIGSTOP)
        try:
            group.wait_for_another_primary(hung)
        finally:
            os.kill(hung.child.pid, SIGCONT)

        def has_written() -> bool:
            with suppress(RedisError):
                client.set("bread", "wheat")
                return group.read("bread") == "wheat"
            return False

        # What a primary accepts until it is told to be a replica is lost.
        wait_until(has_written)
        group.wait_until_complete()
        assert client.get("bread") == b"wheat"
        assert client.info("replication")["role"] == "master"


def test_sentinels_without_the_service_are_a_loss_of_redis(group: SentinelGroup) -> None:
    url = group.url.replace("/records/", "/others/")
    with redis_client(url) as client, pytest.raises(SentinelServiceUnknown):
        client.ping()  # pyright: ignore[reportUnknownMemberType] - untyped


def test_wrong_credentials_of_the_sentinels_have_their_name(group: SentinelGroup) -> None:
    with redis_client(f"{group.url}-wrong") as client, pytest.raises(SentinelPasswordRefused):
        client.ping()  # pyright: ignore[reportUnknownMemberType] - untyped
