"""Threads ask sentinels at once, silent ones cost one timeout, and each failure has its name."""

import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from threading import Barrier, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from attrs import define
from redis import AuthenticationError, ConnectionError  # noqa: A004 - its own
from redis.sentinel import MasterNotFoundError
from tests.conftest import folder

from indelible_service.embedded import redis
from indelible_workers import redis_client
from indelible_workers.redis.sentinels import (
    PrimarySentinel,
    SentinelPasswordRefused,
    SentinelServiceUnknown,
    SentinelsUnreachable,
)

SERVICE = "records"
THREADS = 8
PRIMARY = {
    "ip": "192.0.2.1",
    "port": 1,
    "is_master": True,
    "is_sdown": False,
    "is_odown": False,
    "num-other-sentinels": 2,
}


@define(eq=False)
class FakeSentinel:
    """A sentinel whose answer is that of a function."""

    sentinel_masters: Callable[[], dict[str, Any]]


def answering() -> dict[str, Any]:
    return {SERVICE: PRIMARY}


def failing(error: Exception) -> FakeSentinel:
    def fail() -> dict[str, Any]:
        raise error

    return FakeSentinel(fail)


def sentinel_over(*clients: FakeSentinel) -> Any:  # noqa: ANN401 - the client's types leave it open
    untyped: Any = PrimarySentinel
    sentinel = untyped([])
    sentinel.sentinels = list(clients)
    return sentinel


def test_threads_that_pass_a_dead_sentinel_lose_none() -> None:
    barrier = Barrier(THREADS)

    def fail_together() -> dict[str, Any]:
        with suppress(Exception):
            barrier.wait(30)
        raise ConnectionError

    dead, alive = FakeSentinel(fail_together), FakeSentinel(answering)
    sentinel = sentinel_over(dead, alive)
    found: list[tuple[str, int]] = []
    threads = [
        Thread(target=lambda: found.append(sentinel.discover_master(SERVICE)))
        for _ in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [("192.0.2.1", 1)] * THREADS
    assert sentinel.sentinels == [dead, alive]


def test_the_sentinel_that_answered_is_asked_first_and_then_the_others() -> None:
    sentinel = sentinel_over(failing(ConnectionError()), FakeSentinel(answering))
    sentinel.discover_master(SERVICE)
    asked: list[str] = []

    def dead() -> dict[str, Any]:
        asked.append("second")
        raise ConnectionError

    def revived() -> dict[str, Any]:
        asked.append("first")
        return answering()

    sentinel.sentinels = [FakeSentinel(revived), FakeSentinel(dead)]
    assert sentinel.discover_master(SERVICE) == ("192.0.2.1", 1)
    assert asked == ["second", "first"]


@pytest.mark.parametrize(
    ("clients", "cause"),
    [
        ([failing(ConnectionError())] * 2, SentinelsUnreachable),
        ([failing(AuthenticationError()), FakeSentinel(dict)], SentinelPasswordRefused),
        ([FakeSentinel(dict), failing(ConnectionError())], SentinelServiceUnknown),
        ([FakeSentinel(lambda: {SERVICE: {**PRIMARY, "is_sdown": True}})], MasterNotFoundError),
    ],
)
def test_each_cause_without_a_primary_has_its_name(
    clients: list[FakeSentinel], cause: type[Exception]
) -> None:
    with pytest.raises(MasterNotFoundError) as raised:
        sentinel_over(*clients).discover_master(SERVICE)

    assert type(raised.value) is cause


def test_silent_sentinels_are_asked_once_each_and_share_one_timeout() -> None:
    count = 3
    with ExitStack() as stack:
        listeners: list[socket.socket] = []
        for _ in range(count):
            listeners.append(stack.enter_context(socket.create_server(("127.0.0.1", 0))))
        hosts = ",".join(f"127.0.0.1:{one.getsockname()[1]}" for one in listeners)
        url = f"redis+sentinel://{hosts}/{SERVICE}"
        client: Any = stack.enter_context(redis_client(url, timeout_seconds=1))
        with pytest.raises(SentinelsUnreachable):
            client.ping()

        for listener in listeners:
            listener.settimeout(0)
            listener.accept()[0].close()
            with pytest.raises(BlockingIOError):
                listener.accept()
        sentinels = client.connection_pool.sentinel_manager.sentinels

    timeouts = [one.connection_pool.connection_kwargs["socket_timeout"] for one in sentinels]
    assert timeouts == [1 / count] * count


def test_a_client_leaves_a_replica_that_refuses_the_write_of_a_script(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with folder() as first_folder, folder() as second_folder, ExitStack() as stack:
        demoted = stack.enter_context(redis(first_folder))
        primary = stack.enter_context(redis(second_folder))
        addresses = [("127.0.0.1", demoted.port), ("127.0.0.1", primary.port)]

        def discover(*_: object) -> tuple[str, int]:
            return addresses[0]

        monkeypatch.setattr(PrimarySentinel, "discover_master", discover)
        password = urlsplit(primary.url).password
        url = f"redis+sentinel://:{password}@one/{SERVICE}"
        client: Any = stack.enter_context(redis_client(url))
        client.execute_command("REPLICAOF", "127.0.0.1", "1")
        addresses.reverse()

        script = "return redis.call('SET', KEYS[1], 'rye')"
        with pytest.raises(ConnectionError):
            client.eval(script, 1, "bread")
        assert client.eval(script, 1, "bread") == b"OK"
