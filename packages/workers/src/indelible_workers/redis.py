"""Redis carries hints, and nothing that would be missed: it may be gone, flushed, full, or full of rubbish."""

from collections.abc import Iterable
from contextlib import suppress
from time import sleep
from typing import Any, Final

from dramatiq import Message, MessageProxy
from dramatiq.broker import Consumer
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import ConnectionClosed
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from indelible_workers.shift import Shift, logger

ACTOR: Final = "drain"
PAUSE_SECONDS: Final = 1.0  # before Redis is asked again
GONE: Final = (RedisError, ConnectionClosed, OSError)


def client_of(url: str) -> Redis:
    """The one client of a process. Nothing that is asked here waits at Redis: one that is silent for long is gone."""
    return Redis.from_url(url, socket_connect_timeout=5, socket_timeout=10, retry=Retry(NoBackoff(), 1))


def broker_of(client: Redis, shift: Shift) -> "HintBroker":
    """The broker at Redis; what it keeps of dead processes and messages it keeps for a minute."""
    kept = {"maintenance_chance": 100_000, "heartbeat_timeout": 60_000, "dead_message_ttl": 60_000}
    broker = HintBroker(client=client, namespace="indelible", middleware=[], **kept)
    broker.shift = shift
    return broker


class HintBroker(RedisBroker):
    """A broker that says once that Redis is gone, and once that it is back."""

    shift: Shift
    is_there = True

    def heard(self, error: Exception | None = None) -> None:
        """Note whether Redis did what it was asked."""
        if self.is_there == bool(error):
            logger.warning("Redis is %s", f"of no use: {type(error).__name__}" if error else "back")
        self.is_there = not error

    def takes(self, message: Message[Any], most: int) -> bool:
        """Whether Redis has the message now, or enough of them without it."""
        try:
            if self.client.llen(f"{self.namespace}:{message.queue_name}") < most:
                self.enqueue(message)
        except GONE as error:
            self.heard(error)
            return False
        self.heard()
        return True

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5_000) -> Consumer:
        """A consumer that outlives Redis."""
        return HintConsumer(self, queue_name, super().consume(queue_name, prefetch, timeout))

    def drop_rubbish(self, queue: str) -> None:
        """Let go of what this process took and cannot read, which would be given to one process after the other."""
        acks, payloads = f"{self.namespace}:__acks__.{self.broker_id}.{queue}", f"{self.namespace}:{queue}.msgs"
        for each in self.client.smembers(acks):
            if not is_hint(self.client.hget(payloads, each), queue):
                self.do_ack(queue, each)
                logger.warning("a message that is no hint is dropped")
                self.shift.count("unknown", "dropped")


def is_hint(payload: bytes | None, queue: str) -> bool:
    """Whether Dramatiq can read it, and finds our actor for it."""
    try:
        message = Message[None].decode(payload or b"")
        is_known = {"redis_message_id"} == set(message.options) and isinstance(message.kwargs, dict)
    except Exception:  # noqa: BLE001 - whatever rubbish does to its reader
        return False
    return is_known and (message.actor_name, message.queue_name) == (ACTOR, queue)


class HintConsumer(Consumer):
    """A consumer that outlives Redis and drops what is no hint; Dramatiq's own would stop, and lose what it has."""

    def __init__(self, broker: HintBroker, queue: str, inner: Consumer) -> None:
        self._broker, self._queue, self._inner = broker, queue, inner

    def __next__(self) -> MessageProxy | None:
        try:
            message = self._next_hint()
        except GONE as error:
            self._broker.heard(error)
            sleep(PAUSE_SECONDS)
            return None
        self._broker.heard()
        return message

    def _next_hint(self) -> MessageProxy | None:
        try:
            message = next(self._inner)
            if message is None or is_hint(message.encode(), self._queue):
                return message
            self.ack(message)
        except GONE:
            raise
        except Exception as error:  # noqa: BLE001 - whatever rubbish does to its reader
            logger.info("a message cannot be read: %s", type(error).__name__)
        self._broker.drop_rubbish(self._queue)
        return None

    def ack(self, message: MessageProxy) -> None:
        """Let Redis forget it, if it is there."""
        with suppress(*GONE, KeyError):  # what is not acknowledged is sent once more, to somebody else
            self._inner.ack(message)

    nack = ack  # a message that failed is of no more use than one that did not

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Leave them to somebody else."""
        with suppress(*GONE):
            self._inner.requeue(messages)
