"""Moving windows, in which events of a key are counted up to a limit."""

import logging
import time
from collections import OrderedDict, deque
from functools import cache
from threading import Lock
from typing import Any, Final, Protocol, cast

from attrs import define, field
from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

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
    """The marks of one process, all remembered for the same time."""

    # The time of the monotonic clock at which each key is forgotten, oldest first.
    _expirations: dict[str, float] = field(factory=dict[str, float], init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def incr(self, key: str, expiry: int) -> int:
        """Remember the key for `expiry` seconds, and forget those whose time is over."""
        now = time.monotonic()
        with self._lock:
            while self._expirations:
                oldest = next(iter(self._expirations))
                if self._expirations[oldest] > now:
                    break
                del self._expirations[oldest]
            self._expirations.pop(key, None)  # A key that is marked again becomes the newest.
            self._expirations[key] = now + expiry

        return 1

    def get(self, key: str) -> int:
        """Return 1 for a key that is remembered, 0 otherwise."""
        return int(self._expirations.get(key, 0.0) > time.monotonic())

    def __len__(self) -> int:
        """Return the number of keys that are remembered."""
        return len(self._expirations)


def open_windows(uri: str, seconds: int = WINDOW_SECONDS) -> Windows:
    """Return the windows in this process's memory, or in the Redis at the address."""
    own_windows = MemoryWindows(MAX_KEYS, seconds)
    if uri == MEMORY:
        return own_windows
    return SharedWindows(_open_storage(uri), own_windows, seconds)


def open_marks(uri: str) -> Marks:
    """Return the marks in this process's memory, or in the Redis at the address."""
    if uri == MEMORY:
        return MemoryMarks()
    return _open_storage(uri)


def _open_storage(uri: str) -> Storage:
    options: dict[str, Any] = {}
    if uri.startswith(REDIS):
        # A request waits for this reply. The windows of this process replace a Redis that hangs.
        options = {
            "socket_timeout": REDIS_SECONDS,
            "socket_connect_timeout": REDIS_SECONDS,
            "retry": None,
        }
    return cast("Storage", storage_from_string(uri, wrap_exceptions=True, **options))


@cache
def _limit_item(limit: int, seconds: int) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(limit, seconds)
