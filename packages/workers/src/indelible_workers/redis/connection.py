"""The Redis client of a process, and whether Redis is available, as its threads see it."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

from dramatiq.errors import ConnectionClosed
from redis import ConnectionError, Redis, RedisError  # noqa: A004 - its own
from redis.backoff import NoBackoff
from redis.retry import Retry

from indelible_workers.worker import logger

REDIS_ERRORS: Final = (RedisError, ConnectionClosed, OSError)
RECONNECT_SECONDS: Final = 1


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
        self._changes: int = 0
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
