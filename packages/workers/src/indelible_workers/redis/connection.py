"""Clients of Redis."""

from collections.abc import Mapping
from typing import Any, Final, cast

from dramatiq.errors import ConnectionClosed
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from indelible_workers.redis.addresses import (
    SentinelAddress,
    is_sentinel_address,
    parse_sentinel_address,
)
from indelible_workers.redis.sentinels import (
    EncryptedPrimaryConnection,
    PrimaryConnection,
    PrimarySentinel,
    RetryOnce,
)

REDIS_ERRORS: Final = (RedisError, ConnectionClosed, OSError)
RECONNECT_SECONDS: Final = 1


def redis_client(url: str, *, timeout_seconds: int = 5) -> Redis:
    """Return a client of a Redis server, or of the primary behind Redis Sentinel.

    No command blocks on the server, so one that does not answer within the timeout has failed.
    Silent sentinels cost one timeout together. Raises: RedisAddressInvalid.
    """
    timeouts = _timeouts(timeout_seconds)
    options: dict[str, Any] = {**timeouts, "retry": RetryOnce()}
    if is_sentinel_address(url):
        return _primary_client(parse_sentinel_address(url), timeout_seconds, options)

    return Redis.from_url(url, **options)  # pyright: ignore[reportUnknownMemberType] - untyped


def _timeouts(seconds: float) -> dict[str, float]:
    return {"socket_connect_timeout": seconds, "socket_timeout": seconds}


def _primary_client(
    address: SentinelAddress, timeout_seconds: int, options: Mapping[str, Any]
) -> Redis:
    """Return a client whose new connections ask the sentinels for the primary.

    One that meets a primary that became a replica is closed.
    """
    connection_class: type[PrimaryConnection] = PrimaryConnection
    encryption: dict[str, Any] = {}
    if address.is_encrypted:
        connection_class = EncryptedPrimaryConnection
        encryption = {
            "ssl_ca_certs": address.certificates,
            "ssl_certfile": address.client_certificate,
            "ssl_keyfile": address.client_key,
        }
    ask_once = Retry(NoBackoff(), 0)  # the next sentinel is asked instead
    untyped: Any = PrimarySentinel
    sentinel = untyped(
        address.sentinels,
        sentinel_kwargs={
            "username": address.sentinel_username,
            "password": address.sentinel_password,
            "retry": ask_once,
            "ssl": address.is_encrypted,
            **_timeouts(timeout_seconds / len(address.sentinels)),
            **encryption,
        },
        username=address.username,
        password=address.password,
        db=address.database,
        connection_class=connection_class,
        **options,
        **encryption,
    )
    return cast("Redis", sentinel.master_for(address.service))
