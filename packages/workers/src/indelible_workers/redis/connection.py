"""Clients of Redis."""

from typing import Final

from dramatiq.errors import ConnectionClosed
from redis import (
    ConnectionError,  # noqa: A004 - its own
    Redis,
    RedisError,
)
from redis.backoff import NoBackoff
from redis.retry import Retry

REDIS_ERRORS: Final = (RedisError, ConnectionClosed, OSError)
RECONNECT_SECONDS: Final = 1


def redis_client(url: str, *, timeout_seconds: int = 5) -> Redis:
    """Return a client of a Redis server.

    No command blocks on the server, so one that does not answer within the timeout has failed.
    """
    # A pooled connection may belong to a server that was restarted since: a command is tried twice.
    retry = Retry(NoBackoff(), 1, supported_errors=(ConnectionError,))
    return Redis.from_url(  # pyright: ignore[reportUnknownMemberType] - untyped
        url,
        socket_connect_timeout=timeout_seconds,
        socket_timeout=timeout_seconds,
        retry=retry,
    )
