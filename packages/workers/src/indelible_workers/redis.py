"""Carry wake-ups through Redis, which may be unavailable, flushed, full or filled with garbage."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from threading import Lock
from time import sleep
from typing import Any, Final

from dramatiq import Message, MessageProxy
from dramatiq.broker import Consumer
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import ConnectionClosed, DecodeError
from redis import ConnectionError, Redis, RedisError  # noqa: A004 - its own
from redis.backoff import NoBackoff
from redis.retry import Retry

from indelible_workers.worker import Worker, logger

REDIS_ERRORS: Final = (RedisError, ConnectionClosed, OSError)
DECODING_ERRORS: Final = (ValueError, TypeError, LookupError, AttributeError, DecodeError)
RECONNECT_SECONDS: Final = 1
REFUSED_SECONDS: Final = 0.1  # between two looks whether a stage has a free thread
# Wake-ups of dead processes are worthless, so they are forgotten after a minute.
BROKER_OPTIONS: Final = {
    "maintenance_chance": 100_000,
    "heartbeat_timeout": 60_000,
    "dead_message_ttl": 60_000,
}


def redis_client(url: str, *, timeout_seconds: int = 5) -> Redis:
    """Return the one Redis client of a process.

    No command blocks on the server, so one that does not answer within the timeout has failed.
    """
    # A pooled connection may belong to a server that was restarted since: try once more.
    retry_once = Retry(NoBackoff(), 1, supported_errors=(ConnectionError,))
    options: dict[str, Any] = {
        "socket_connect_timeout": timeout_seconds,
        "socket_timeout": timeout_seconds,
        "retry": retry_once,
    }
    return Redis.from_url(url, **options)  # pyright: ignore[reportUnknownMemberType] - untyped


class Availability:
    """The availability of Redis, as the threads of a process see it; logs each change once.

    The result of a command counts only if nothing changed since its start. A reply to an older
    command may have been sent before the loss, and its failure may have happened before the return.
    """

    def __init__(self) -> None:
        self.is_available = True
        self._changes = 0
        self._lock = Lock()

    @contextmanager
    def watch(self, *, shows_return: bool = False) -> Generator[None]:
        """Log a loss if the block fails, or a return if it shows one by its success."""
        changes = self._changes
        try:
            yield
        except REDIS_ERRORS as error:
            if self._change(changes, is_available=False):
                logger.warning(
                    "Redis is unusable (%s); continuing without it", type(error).__name__
                )
            raise

        if shows_return and self._change(changes, is_available=True):
            logger.warning("Redis is available again")

    def _change(self, changes: int, *, is_available: bool) -> bool:
        """Set the availability; return True to the one thread whose call changed it."""
        with self._lock:
            if changes != self._changes or is_available == self.is_available:
                return False

            self.is_available = is_available
            self._changes += 1
            return True


class WakeupBroker(RedisBroker):
    """A broker that survives the loss of Redis and logs each loss and each return once."""

    def __init__(self, client: Redis, worker: Worker) -> None:
        super().__init__(client=client, namespace="indelible", middleware=[], **BROKER_OPTIONS)
        self._worker = worker
        self._availability = Availability()

    def offer(self, message: Message[None], max_queued: int) -> bool:
        """Send the message unless enough are queued; return False where Redis does not work."""
        try:
            with self._availability.watch():
                if self.client.llen(f"{self.namespace}:{message.queue_name}") < max_queued:
                    self.enqueue(message)
        except REDIS_ERRORS:
            return False

        return self._availability.is_available

    def do_fetch(self, *arguments: object) -> list[bytes]:
        """Fetch messages of a queue; only this shows that Redis works again.

        A Redis that accepts messages and delivers none would be of no use.
        """
        with self._availability.watch(shows_return=True):
            return self._dispatch("fetch")(*arguments)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5_000) -> Consumer:
        """Return a consumer that survives the loss of Redis."""
        return WakeupConsumer(self, queue_name, super().consume(queue_name, prefetch, timeout))

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
                if is_wakeup(payload, queue):
                    continue

                self.do_ack(queue, message_id)
                logger.warning("queue %s: an invalid message was dropped", queue)
                self._worker.count("unknown", "dropped")


def is_wakeup(payload: object, queue: str) -> bool:
    """Return True for a message that Dramatiq can read and deliver to the queue's actor."""
    with suppress(Exception):  # decoding garbage may raise anything
        message = Message[None].decode(payload)  # type: ignore[arg-type]  # any object is tried
        fields = (
            message.actor_name,
            message.queue_name,
            *message.args,
            message.kwargs,
            *message.options,
        )
        return fields == (queue, queue, {}, "redis_message_id")

    return False


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
        if self._broker.is_refused(self._queue):  # leave it to another process
            sleep(REFUSED_SECONDS)
            return None

        try:
            return self._next_wakeup()
        except REDIS_ERRORS:  # which the broker has logged
            sleep(RECONNECT_SECONDS)
            return None

    def _next_wakeup(self) -> MessageProxy | None:
        with suppress(*DECODING_ERRORS):
            message = next(self._inner)
            if message is None or is_wakeup(message.encode(), self._queue):
                return message

            self._broker.discard_invalid(self._queue)
            self._inner.ack(message)  # the inner consumer counts it as being processed

        self._broker.discard_invalid(self._queue)
        return None

    def ack(self, message: MessageProxy) -> None:
        """Delete the message; where Redis is lost, another process receives it again."""
        with suppress(*REDIS_ERRORS):
            self._inner.ack(message)

    nack = ack  # a wake-up that failed is worthless too

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Return messages to the queue, for another process."""
        with suppress(*REDIS_ERRORS):
            self._inner.requeue(messages)
