"""Carry wake-ups through Redis, which may be unavailable, flushed, full or filled with garbage."""

from collections import defaultdict
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager, suppress
from threading import Event
from typing import Final

from dramatiq import Message, MessageProxy
from dramatiq.broker import Consumer
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import DecodeError
from redis import Redis

from indelible.kernel.commit_signal import SignalsCommits
from indelible_workers.redis.commit_channel import received_commits, sent_commits
from indelible_workers.redis.connection import RECONNECT_SECONDS, REDIS_ERRORS
from indelible_workers.wakeups.availability import Availability
from indelible_workers.wakeups.messages import is_wakeup
from indelible_workers.worker import Worker, logger

DECODING_ERRORS: Final = (ValueError, TypeError, LookupError, AttributeError, DecodeError)
REFUSED_SECONDS: Final = 0.1  # between two looks whether a stage has a free thread
# A consumer fetches when this process has sent a message, and after this time those of others. It
# is less than `heartbeat_timeout`.
FETCH_SECONDS: Final = 15.0
ENDING_SECONDS: Final = 0.05  # in which a consumer notices that its thread is to end
OPTIONS: Final = ("redis_message_id",)  # of a wake-up, which Dramatiq adds
NO_WAIT_MILLISECONDS: Final = 1  # of Dramatiq's own consumer, which would poll
# Wake-ups of dead processes are worthless, so they are forgotten after a minute.
BROKER_OPTIONS: Final = {
    "maintenance_chance": 100_000,
    "heartbeat_timeout": 60_000,
    "dead_message_ttl": 60_000,
}


class WakeupBroker(RedisBroker):
    """A broker that survives the loss of Redis and logs each loss and each return once."""

    def __init__(self, client: Redis, worker: Worker) -> None:
        super().__init__(client=client, namespace="indelible", middleware=[], **BROKER_OPTIONS)
        self._worker = worker
        self._availability = Availability("Redis", REDIS_ERRORS)
        self._may_have_messages = defaultdict[str, Event](Event)  # by queue
        self._is_ending = False

    @contextmanager
    def connected(self) -> Generator[None]:
        """Exchange news of commits with other processes until the block ends."""
        clock = self._worker.clock
        with ExitStack() as stack:
            stack.enter_context(received_commits(self.client, self._worker.wakeup.set, clock))
            store = self._worker.store
            if isinstance(store, SignalsCommits):
                stack.enter_context(sent_commits(store.commits, self.client, clock))
            yield

    def end_consumers(self) -> None:
        """Let no consumer wait for long any more."""
        self._is_ending = True
        self._wake_consumers()

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue, without Dramatiq's queue of delayed messages, which are never sent."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self._may_have_messages[queue_name] = Event()
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: Message[None], *, delay: int | None = None) -> Message[None]:
        """Send the message, and let this process fetch."""
        sent = super().enqueue(message, delay=delay)
        self._may_have_messages[message.queue_name].set()
        return sent

    def offer(self, message: Message[None], max_queued: int) -> bool:
        """Send the message unless enough are queued; return False where Redis does not work."""
        try:
            with self._availability.watch():
                if self.client.llen(f"{self.namespace}:{message.queue_name}") < max_queued:
                    self.enqueue(message)
        except REDIS_ERRORS:
            self._wake_consumers()  # which find out when it works again
            return False

        self._may_have_messages[message.queue_name].set()  # others may have sent what is queued
        return self._availability.is_available

    def wait_for_messages(self, queue: str) -> None:
        """Wait until the queue may have messages, or until it is time to look."""
        may_have_messages = self._may_have_messages[queue]
        seconds = ENDING_SECONDS if self._is_ending else FETCH_SECONDS
        self._worker.clock.wait(may_have_messages, seconds)
        may_have_messages.clear()

    def pause(self, seconds: float) -> None:
        """Let the thread of a consumer sleep."""
        self._worker.clock.sleep(seconds)

    def fetch_again(self, queue: str) -> None:
        """Let the consumer of the queue fetch without a wait."""
        self._may_have_messages[queue].set()

    def _wake_consumers(self) -> None:
        for queue in self.queues:
            self.fetch_again(queue)

    def do_fetch(self, *arguments: object) -> list[bytes]:
        """Fetch messages of a queue; only this shows that Redis works again.

        A Redis that accepts messages and delivers none would be of no use.
        """
        with self._availability.watch(shows_return=True):
            return self._dispatch("fetch")(*arguments)

    def consume(
        self,
        queue_name: str,
        prefetch: int = 1,
        timeout: int = NO_WAIT_MILLISECONDS,  # noqa: ARG002 - a consumer waits for its queue
    ) -> Consumer:
        """Return a consumer that survives the loss of Redis."""
        inner = super().consume(queue_name, prefetch, NO_WAIT_MILLISECONDS)
        self.fetch_again(queue_name)
        return WakeupConsumer(self, queue_name, inner)

    def is_refused(self, queue: str) -> bool:
        """Return True while this process has no free thread for the stage of the queue."""
        stage = self._worker.stage_of_queue.get(queue)
        return stage is not None and self._worker.stage_threads.is_full(stage)

    def discard_invalid(self, queue: str) -> None:
        """Delete messages that this process fetched and cannot read.

        Otherwise each of them would go from one process to the next.
        """
        fetched = f"{self.namespace}:__acks__.{self.broker_id}.{queue}"
        with self._availability.watch():
            for message_id in self.client.smembers(fetched):
                payload = self.client.hget(f"{self.namespace}:{queue}.msgs", message_id)
                if is_wakeup(payload, queue, OPTIONS):
                    continue

                self.do_ack(queue, message_id)
                logger.warning("queue %s: an invalid message was dropped", queue)
                self._worker.count("unknown", "dropped")


class WakeupConsumer(Consumer):
    """A consumer that survives the loss of Redis and drops invalid messages.

    Dramatiq's own consumer would stop, and lose what it fetched.
    """

    def __init__(self, broker: WakeupBroker, queue: str, inner: Consumer) -> None:
        self._broker = broker
        self._queue = queue
        self._inner = inner

    def __next__(self) -> MessageProxy | None:
        """Return the next wake-up, or None."""
        self._broker.wait_for_messages(self._queue)
        if self._broker.is_refused(self._queue):  # leave it to another process
            self._broker.pause(REFUSED_SECONDS)
            self._broker.fetch_again(self._queue)
            return None

        try:
            message = self._next_wakeup()
        except REDIS_ERRORS:  # which the broker has logged
            self._broker.pause(RECONNECT_SECONDS)
            self._broker.fetch_again(self._queue)
            return None

        if message is not None:
            self._broker.fetch_again(self._queue)
        return message

    def _next_wakeup(self) -> MessageProxy | None:
        with suppress(*DECODING_ERRORS):
            message = next(self._inner)
            if message is None or is_wakeup(message.encode(), self._queue, OPTIONS):
                return message

            self._broker.discard_invalid(self._queue)
            self._inner.ack(message)  # the inner consumer counts it as being processed

        self._broker.discard_invalid(self._queue)
        return None

    def ack(self, message: MessageProxy) -> None:
        """Delete the message; where Redis is lost, another process receives it again."""
        with suppress(*REDIS_ERRORS):
            self._inner.ack(message)
        self._broker.fetch_again(self._queue)  # it may have taken as many as it may

    nack = ack  # a wake-up that failed is worthless too

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Return messages to the queue, for another process."""
        with suppress(*REDIS_ERRORS):
            self._inner.requeue(messages)
