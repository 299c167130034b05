"""Each loss and each return of Redis is logged once, in whatever order threads report results."""

import logging
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from queue import Queue
from typing import Any, cast

import pytest
from attrs import frozen
from dramatiq import Message
from redis import ConnectionError as RedisConnectionError
from redis import TimeoutError as RedisTimeoutError
from tests.workers.bakery import TIMEOUT_SECONDS, WORKER

from indelible.memory import MemoryStore
from indelible_workers import WakeupBroker, Worker
from indelible_workers.worker import logger

NO_MESSAGES: list[bytes] = []
ENOUGH_QUEUED = 1
MAX_UNPACK = 1_000


class HeldClient:
    """A Redis client whose commands wait until the test decides their results."""

    def __init__(self) -> None:
        self._commands = Queue[Future[Any]]()

    def register_script(self, _: object) -> Callable[..., object]:
        return self._run_script

    def _run_script(self, args: Sequence[object] = (), keys: Sequence[object] = ()) -> object:
        asks_for_limit = not args and not keys
        return MAX_UNPACK if asks_for_limit else self._hold()

    def llen(self, _: object) -> object:
        return self._hold()

    def _hold(self) -> object:
        command = Future[Any]()
        self._commands.put(command)
        return command.result(TIMEOUT_SECONDS)

    def next_command(self) -> Future[Any]:
        """Wait for the next command of any thread."""
        return self._commands.get(timeout=TIMEOUT_SECONDS)


@frozen
class HeldCommand:
    """A command that has been sent and waits for its result, and its thread."""

    thread: Future[object]
    command: Future[Any]
    reply: object

    def succeed(self) -> None:
        self.command.set_result(self.reply)
        self.thread.result(TIMEOUT_SECONDS)

    def fail(self, error: Exception | None = None) -> None:
        self.command.set_exception(error or RedisConnectionError())
        self.thread.result(TIMEOUT_SECONDS)


class HeldThreads:
    """The threads of one broker; each sends one command and waits for its result."""

    def __init__(self, stack: ExitStack) -> None:
        self._client = HeldClient()
        worker = Worker(store=MemoryStore(), actor=WORKER)
        self._broker = WakeupBroker(cast("Any", self._client), worker)
        self._threads = stack.enter_context(ThreadPoolExecutor())

    def fetch(self) -> HeldCommand:
        """Let a consumer's thread fetch messages."""
        return self._start(partial(next, self._broker.consume("bake")), NO_MESSAGES)

    def offer(self) -> HeldCommand:
        """Let a dispatcher's thread offer a message."""
        message = Message[None](
            queue_name="bake", actor_name="bake", args=(), kwargs={}, options={}
        )
        return self._start(partial(self._broker.offer, message, ENOUGH_QUEUED), ENOUGH_QUEUED)

    def _start(self, call: Callable[[], object], reply: object) -> HeldCommand:
        thread = self._threads.submit(call)
        return HeldCommand(thread, self._client.next_command(), reply)


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Generator[HeldThreads]:
    monkeypatch.setattr("indelible_workers.redis.broker.RECONNECT_SECONDS", 0)
    with ExitStack() as stack:
        yield HeldThreads(stack)


def logged_changes(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the states of Redis that were logged: unusable or available."""
    return [record.message.split()[2] for record in caplog.records]


def test_a_reply_from_before_the_loss_is_no_return(
    threads: HeldThreads, caplog: pytest.LogCaptureFixture
) -> None:
    before_loss = threads.fetch()
    threads.offer().fail()
    before_loss.succeed()
    threads.offer().fail()
    threads.fetch().fail()

    assert logged_changes(caplog) == ["unusable"]


@pytest.mark.parametrize("start", [HeldThreads.fetch, HeldThreads.offer])
@pytest.mark.parametrize("error", [RedisConnectionError(), RedisTimeoutError()])
def test_a_failure_from_before_the_return_is_no_loss(
    threads: HeldThreads,
    caplog: pytest.LogCaptureFixture,
    start: Callable[[HeldThreads], HeldCommand],
    error: Exception,
) -> None:
    before_loss = start(threads)
    threads.fetch().fail()
    before_return = start(threads)
    threads.fetch().succeed()
    before_loss.fail(error)
    before_return.fail(error)
    threads.fetch().succeed()

    assert logged_changes(caplog) == ["unusable", "available"]


def test_each_loss_and_each_return_is_logged(
    threads: HeldThreads, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        threads.offer().fail()
        threads.offer().succeed()  # shows only that Redis accepts messages
        threads.fetch().fail()
        threads.fetch().succeed()
        threads.offer().succeed()

    assert logged_changes(caplog) == ["unusable", "available"] * 2


def test_threads_that_lose_redis_together_log_it_once(
    threads: HeldThreads, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = threads.offer(), threads.offer()

    def fail_in_another_thread(_record: logging.LogRecord) -> bool:
        """Let a second thread fail while the first one is writing its log line."""
        logger.removeFilter(fail_in_another_thread)
        second.fail()
        return True

    logger.addFilter(fail_in_another_thread)
    first.fail()

    assert logged_changes(caplog) == ["unusable"]
