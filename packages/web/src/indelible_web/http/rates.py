"""Moving windows, in which events of a key are counted up to a limit."""

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from attrs import define, field
from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import RedisStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

if TYPE_CHECKING:
    from redis import ConnectionPool

WINDOW_SECONDS: Final = 60
HOUR_SECONDS: Final = 3_600
MAX_KEYS: Final = 100_000  # of a process; beyond, the key without events for longest is forgotten
RETRY_SECONDS: Final = 5
REDIS_SECONDS: Final = 1
MEMORY: Final = "memory://"
REDIS: Final = "redis"

logger = logging.getLogger("indelible.web")


class Windows(Protocol):
    """The windows of all keys."""

    def hit(self, key: str, limit: int) -> bool:
        """Count an event of the key; return False, uncounted, if its window is full."""
        ...

    def is_full(self, key: str, limit: int) -> bool:
        """Return True if the window of the key has no room for another event."""
        ...

    def count(self, key: str, limit: int) -> int:
        """Return the number of the key's events in its window, at most the limit."""
        ...


@define
class MemoryWindows:
    """The windows of one process; a key without events in its window costs nothing."""

    _max_keys: int = MAX_KEYS
    _seconds: int = WINDOW_SECONDS
    # The times of the monotonic clock, oldest first; the key that was used last is the last one.
    _events: OrderedDict[str, deque[float]] = field(
        factory=OrderedDict[str, deque[float]], init=False
    )
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def hit(self, key: str, limit: int) -> bool:
        """Count an event of the key; return False, uncounted, if its window is full."""
        now = time.monotonic()
        with self._lock:
            events = self._events.pop(key, None) or deque[float]()
            self._events[key] = events
            self._forget_idle_keys(now)
            self._drop_old_events(events, now)
            if len(events) >= limit:
                return False

            events.append(now)
            return True

    def is_full(self, key: str, limit: int) -> bool:
        """Return True if the window of the key has no room for another event."""
        with self._lock:
            events = self._events.get(key)
            if events is None:
                return limit <= 0

            self._drop_old_events(events, time.monotonic())
            return len(events) >= limit

    def count(self, key: str, limit: int) -> int:
        """Return the number of the key's events in its window, at most the limit."""
        with self._lock:
            events = self._events.get(key)
            if events is None:
                return 0

            self._drop_old_events(events, time.monotonic())
            return min(len(events), limit)

    def __len__(self) -> int:
        """Return the number of keys that are remembered."""
        return len(self._events)

    def _forget_idle_keys(self, now: float) -> None:
        """Forget the keys whose events are all old, from the key that was not used for longest."""
        while len(self._events) > 1:
            key, events = next(iter(self._events.items()))
            self._drop_old_events(events, now)
            if events and len(self._events) <= self._max_keys:
                return
            del self._events[key]

    def _drop_old_events(self, events: deque[float], now: float) -> None:
        while events and events[0] <= now - self._seconds:
            events.popleft()


@define
class SharedWindows:
    """The windows of several processes in Redis; without it, each process counts for itself."""

    _storage: Storage
    _own_windows: MemoryWindows
    _seconds: int
    _retry_at: float = field(default=0.0, init=False)  # of the monotonic clock

    def hit(self, key: str, limit: int) -> bool:
        """Count an event of the key; return False, uncounted, if its window is full."""
        if self._is_available():
            try:
                return self._limiter().hit(_limit_item(limit, self._seconds), key)
            except StorageError as error:
                self._pause(error)

        return self._own_windows.hit(key, limit)

    def is_full(self, key: str, limit: int) -> bool:
        """Return True if the window of the key has no room for another event."""
        if self._is_available():
            try:
                return not self._limiter().test(_limit_item(limit, self._seconds), key)
            except StorageError as error:
                self._pause(error)

        return self._own_windows.is_full(key, limit)

    def count(self, key: str, limit: int) -> int:
        """Return the number of the key's events in its window, at most the limit."""
        if self._is_available():
            try:
                stats = self._limiter().get_window_stats(_limit_item(limit, self._seconds), key)
                return limit - stats.remaining
            except StorageError as error:
                self._pause(error)

        return self._own_windows.count(key, limit)

    def _limiter(self) -> MovingWindowRateLimiter:
        return MovingWindowRateLimiter(self._storage)

    def _is_available(self) -> bool:
        return time.monotonic() >= self._retry_at

    def _pause(self, error: StorageError) -> None:
        self._retry_at = time.monotonic() + RETRY_SECONDS
        cause = type(error.storage_error).__name__
        logger.warning("rate limits: the shared storage failed (%s); counting here", cause)


class Marks(Protocol):
    """Keys that are remembered for some time."""

    def incr(self, key: str, expiry: int) -> int:
        """Remember the key for `expiry` seconds."""
        ...

    def get(self, key: str) -> int:
        """Return 0 for an unknown key."""
        ...


@define
class MemoryMarks:
    """The marks of one process, all remembered for the same time.

    Beyond `max_keys` the oldest is forgotten. None is for marks that must not be forgotten early,
    such as those of ended sessions.
    """

    _max_keys: int | None = None
    # The time of the monotonic clock at which each key is forgotten, oldest first.
    _expirations: dict[str, float] = field(factory=dict[str, float], init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def incr(self, key: str, expiry: int) -> int:
        """Remember the key for `expiry` seconds, and forget those whose time is over.

        Return 1 for a key that was not remembered, 2 otherwise.
        """
        now = time.monotonic()
        with self._lock:
            while self._expirations:
                oldest = next(iter(self._expirations))
                if self._expirations[oldest] > now:
                    break
                del self._expirations[oldest]
            # A key that is marked again becomes the newest.
            is_known = self._expirations.pop(key, None) is not None
            self._expirations[key] = now + expiry
            if self._max_keys is not None and len(self._expirations) > self._max_keys:
                del self._expirations[next(iter(self._expirations))]

        return 2 if is_known else 1

    def remove(self, key: str) -> None:
        """Forget the key."""
        with self._lock:
            self._expirations.pop(key, None)

    def get(self, key: str) -> int:
        """Return 1 for a key that is remembered, 0 otherwise."""
        return int(self._expirations.get(key, 0.0) > time.monotonic())

    def __len__(self) -> int:
        """Return the number of keys that are remembered."""
        return len(self._expirations)


@define
class SharedMarks:
    """The marks of several processes in Redis; after a failure, calls fail at once for a time."""

    _storage: Storage
    _failure: Exception | None = field(default=None, init=False)
    _retry_at: float = field(default=0.0, init=False)  # of the monotonic clock

    def incr(self, key: str, expiry: int) -> int:
        """Remember the key for `expiry` seconds. Raises: StorageError."""
        return self._call(lambda: self._storage.incr(key, expiry))

    def get(self, key: str) -> int:
        """Return 0 for an unknown key. Raises: StorageError."""
        return self._call(lambda: self._storage.get(key))

    def _call(self, operation: Callable[[], int]) -> int:
        if self._failure and time.monotonic() < self._retry_at:
            raise StorageError(self._failure)

        try:
            return operation()
        except StorageError as error:
            self._retry_at = time.monotonic() + RETRY_SECONDS
            self._failure = error.storage_error
            raise


def open_windows(storage: str | Storage, seconds: int = WINDOW_SECONDS) -> Windows:
    """Return the windows in this process's memory, in the Redis at the address, or the storage."""
    own_windows = MemoryWindows(MAX_KEYS, seconds)
    if storage == MEMORY:
        return own_windows
    return SharedWindows(_open_storage(storage), own_windows, seconds)


def open_marks(storage: str | Storage) -> Marks:
    """Return the marks in this process's memory, in the Redis at the address, or the storage."""
    if storage == MEMORY:
        return MemoryMarks()
    return SharedMarks(_open_storage(storage))


def redis_storage(connection_pool: "ConnectionPool") -> Storage:
    """Return the storage over the connections of a client, which has the timeouts."""
    return RedisStorage("redis://", connection_pool=connection_pool, wrap_exceptions=True)


def _open_storage(storage: str | Storage) -> Storage:
    if isinstance(storage, Storage):
        return storage

    options: dict[str, Any] = {}
    if storage.startswith(REDIS):
        # A request waits for this reply. The windows of this process replace a Redis that hangs.
        options = {
            "socket_timeout": REDIS_SECONDS,
            "socket_connect_timeout": REDIS_SECONDS,
            "retry": None,
        }
    return cast("Storage", storage_from_string(storage, wrap_exceptions=True, **options))


@cache
def _limit_item(limit: int, seconds: int) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(limit, seconds)
