"""Tell the workers of other processes of a commit, through a channel of Redis.

A message says only that there may be work. One that is lost costs time and no task: dispatchers
look without it, too. No commit ever waits for Redis, because threads send and receive.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from threading import Event
from typing import Any, Final

from attrs import define, field
from redis import Redis

from indelible.kernel.commit_signal import CommitSignal
from indelible_workers.clocks.thread_clock import ThreadClock, WaitingClock
from indelible_workers.redis.connection import RECONNECT_SECONDS, REDIS_ERRORS
from indelible_workers.threads.hung_threads import process_name

CHANNEL: Final = "indelible:commits"
SEND_GAP_SECONDS: Final = 0.01  # between two messages: the commits meanwhile are one message
RECEIVE_SECONDS: Final = 0.5  # that the receiver takes to notice the stop
MAX_JOIN_SECONDS: Final = 2.0  # a receiver may wait for a Redis that hangs
CLIENT_ERRORS: Final = (*REDIS_ERRORS, ValueError)  # the last one of a client that was closed
MESSAGE: Final = "message"  # the type of what a publisher has sent
THREADS: Final = ThreadClock()  # of a process without a worker


@contextmanager
def sent_commits(
    commits: CommitSignal, client: Redis, clock: WaitingClock = THREADS
) -> Generator[None]:
    """Publish the commits of this process, in a thread of its own, until the block ends."""
    sender = _start_sender(client, clock)
    try:
        with commits.listening(sender.has_committed.set):
            yield
    finally:
        sender.stop()


def publish_commits(commits: CommitSignal, client: Redis) -> Callable[[], None]:
    """Publish the commits of this process, in a thread of its own, until the process ends.

    The returned function ends it before.
    """
    sender = _start_sender(client, THREADS)
    commits.add(sender.has_committed.set)
    return sender.stop


def _start_sender(client: Redis, clock: WaitingClock) -> "_Sender":
    sender = _Sender(client, clock)
    clock.start_loop("indelible-commits-sent", sender.run)
    return sender


@contextmanager
def received_commits(
    client: Redis, on_commit: Callable[[], object], clock: WaitingClock = THREADS
) -> Generator[None]:
    """Call the function after commits of other processes, in a thread, until the block ends.

    While Redis does not work it is called again and again, because a commit may have been missed.
    """
    receiver = _Receiver(client, on_commit, clock)
    thread = clock.start_loop("indelible-commits-received", receiver.run)
    try:
        yield
    finally:
        receiver.stopping.set()
        thread.join(MAX_JOIN_SECONDS)


@define(eq=False)
class _Sender:
    """The thread that publishes; several commits may be one message."""

    _client: Redis
    _clock: WaitingClock
    has_committed: Event = field(factory=Event, init=False)
    _stopping: Event = field(factory=Event, init=False)

    def run(self) -> None:
        """Publish commits until the stop."""
        client: Any = self._client  # untyped
        while self._clock.wait(self.has_committed) and not self._stopping.is_set():
            self.has_committed.clear()
            with suppress(*CLIENT_ERRORS):
                client.publish(CHANNEL, process_name())
            self._clock.wait(self._stopping, SEND_GAP_SECONDS)

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self.has_committed.set()


@define(eq=False)
class _Receiver:
    """The thread that receives; it ignores what its own process has sent."""

    _client: Redis
    _on_commit: Callable[[], object]
    _clock: WaitingClock
    stopping: Event = field(factory=Event, init=False)

    def run(self) -> None:
        """Receive commits until the stop."""
        while not self.stopping.is_set():
            try:
                self._receive()
            except CLIENT_ERRORS:
                self._on_commit()
                self._clock.wait(self.stopping, RECONNECT_SECONDS)

    def _receive(self) -> None:
        client: Any = self._client  # untyped
        with client.pubsub() as channel:
            channel.subscribe(CHANNEL)
            self._on_commit()  # what was committed before
            while not self.stopping.is_set():
                message = channel.get_message(timeout=RECEIVE_SECONDS)
                if message is None or message["type"] != MESSAGE:
                    continue
                if message["data"] != process_name().encode():
                    self._on_commit()
