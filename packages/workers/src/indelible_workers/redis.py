"""Redis carries hints, and nothing that would be missed: it may be gone, flushed, full, or full of rubbish."""

from collections.abc import Iterable
from contextlib import suppress
from time import sleep
from typing import Final

from dramatiq import Message, MessageProxy
from dramatiq.broker import Consumer
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import ConnectionClosed, DecodeError
from redis import ConnectionError, Redis, RedisError  # noqa: A004 - its own
from redis.backoff import NoBackoff
from redis.retry import Retry

from indelible_workers.worker import Worker, logger

GONE: Final = (RedisError, ConnectionClosed, OSError)
# Of dead processes and messages, which nobody misses, a minute is kept.
KEPT: Final = {
    "maintenance_chance": 100_000,
    "heartbeat_timeout": 60_000,
    "dead_message_ttl": 60_000,
}


def client_of(url: str, *, longest_wait_seconds: int = 5) -> Redis:
    """The one client of a process. Nothing that is asked here waits at Redis: one that is silent for long is gone."""
    once = Retry(
        NoBackoff(), 1, supported_errors=(ConnectionError,)
    )  # a connection may be of a server before
    waits = {
        "socket_connect_timeout": longest_wait_seconds,
        "socket_timeout": longest_wait_seconds,
        "retry": once,
    }
    return Redis.from_url(url, **waits)  # pyright: ignore[reportUnknownMemberType] - its options have no types


class WakeupBroker(RedisBroker):
    """A broker that says once that Redis is gone, and once that it is back."""

    def __init__(self, client: Redis, shift: Worker) -> None:
        super().__init__(client=client, namespace="indelible", middleware=[], **KEPT)
        self._shift, self._is_there = shift, True

    def heard(self, error: Exception | None = None) -> None:
        """Note whether Redis did what it was asked."""
        if self._is_there == bool(error):
            logger.warning(
                "Redis is %s",
                f"of no use ({type(error).__name__}): done without" if error else "back",
            )
        self._is_there = not error

    def takes(self, message: Message[None], most: int) -> bool:
        """Whether Redis has the message now, or enough without it, and gives them away."""
        try:
            if self.client.llen(f"{self.namespace}:{message.queue_name}") < most:
                self.enqueue(message)
        except GONE as error:
            self.heard(error)
            return False
        return self._is_there

    def do_fetch(self, *asked: object) -> list[bytes]:
        """Messages of a queue; a Redis that gives them is there, and one that only takes them is of no use."""
        found = self._dispatch("fetch")(*asked)
        self.heard()
        return found

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5_000) -> Consumer:
        """A consumer that outlives Redis."""
        return HintConsumer(self, queue_name, super().consume(queue_name, prefetch, timeout))

    def discard_invalid(self, queue: str) -> None:
        """Let go of what this process took and cannot read, which would go from one process to the next."""
        for each in self.client.smembers(f"{self.namespace}:__acks__.{self.broker_id}.{queue}"):
            if not is_hint(self.client.hget(f"{self.namespace}:{queue}.msgs", each), queue):
                self.do_ack(queue, each)
                logger.warning("a message that is no hint is dropped")
                self._shift.count("unknown", "dropped")


def is_hint(payload: object, queue: str) -> bool:
    """Whether Dramatiq can read it, and finds our actor for it."""
    with suppress(Exception):  # whatever rubbish does to its reader
        message = Message[None].decode(payload)  # type: ignore[arg-type]
        found = (
            message.actor_name,
            message.queue_name,
            *message.args,
            message.kwargs,
            *message.options,
        )
        return found == (queue, queue, {}, "redis_message_id")
    return False


class HintConsumer(Consumer):
    """A consumer that outlives Redis and drops what is no hint; Dramatiq's own would stop, and lose what it has."""

    def __init__(self, broker: WakeupBroker, queue: str, inner: Consumer) -> None:
        self._broker, self._queue, self._inner = broker, queue, inner

    def __next__(self) -> MessageProxy | None:
        """The next hint, if there is one."""
        try:
            with suppress(
                ValueError, TypeError, LookupError, AttributeError, DecodeError
            ):  # as rubbish is read
                message = next(self._inner)
                if message is None or is_hint(message.encode(), self._queue):
                    return message
                self._broker.discard_invalid(self._queue)
                self._inner.ack(message)  # which counts it among what is at work
            self._broker.discard_invalid(self._queue)
        except GONE as error:
            self._broker.heard(error)
            sleep(1)  # before Redis is asked again
        return None

    def ack(self, message: MessageProxy) -> None:
        """Let Redis forget it, if it is there: what is not acknowledged goes to somebody else."""
        with suppress(*GONE):
            self._inner.ack(message)

    nack = ack  # a hint that failed is of no more use

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Leave them to somebody else."""
        with suppress(*GONE):
            self._inner.requeue(messages)
