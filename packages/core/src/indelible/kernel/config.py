"""Settings that are kept where everybody sees them, read seldom and never in a command's way."""

import logging
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from threading import Lock, Thread
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from attrs import define, field, frozen

from indelible.kernel.errors import Unavailable
from indelible.kernel.ids import Ids, TimeOrderedIds

T = TypeVar("T")

FIRST_PAUSE_SECONDS: Final = 1.0  # after a failed look; it doubles
LONGEST_PAUSE_SECONDS: Final = 60.0
JITTER: Final = 0.1
POLL_SECONDS: Final = 0.01
_FAIL_HARD: Final[Any] = object()

logger = logging.getLogger("indelible.config")


@frozen
class ConfigUnavailable(Unavailable):
    """A setting that must not be guessed cannot be read, or was never chosen."""

    code: ClassVar[str] = "CONFIG_UNAVAILABLE"
    key: str
    problem: str


class Source(StrEnum):
    """Where a setting's value comes from."""

    DB = "db"
    STALE = "stale"
    DEFAULT = "default"


@frozen
class ConfigKey(Generic[T]):
    """A setting: how its text is read, and what holds without it; without a default nothing does."""

    name: str
    parse: Callable[[str], T]
    default: T = _FAIL_HARD

    @property
    def is_fail_hard(self) -> bool:
        """Whether a command is refused rather than guess."""
        return self.default is _FAIL_HARD


@frozen(kw_only=True)
class Provenance(Generic[T]):
    """A setting's value, where it comes from, how old that is, and what was wrong with the newest."""

    value: T
    source: Source
    age_seconds: float | None
    error: str | None


class Config(Protocol):
    """Settings as one command sees them: the same from its beginning to its end."""

    def get(self, key: ConfigKey[T]) -> T:
        """The value, or the default; ConfigUnavailable where there is none."""
        ...


@frozen(kw_only=True)
class Snapshot:
    """Every text that was found at one moment, and how much can be said of it by now."""

    texts: Mapping[str, str] | None
    age_seconds: float | None
    is_fresh: bool
    error: str | None
    tell: Callable[[str, str], object] = field(repr=False, eq=False)

    def get(self, key: ConfigKey[T]) -> T:
        """The value, or the default; ConfigUnavailable where there is none."""
        return self.with_provenance(key).value

    def with_provenance(self, key: ConfigKey[T]) -> Provenance[T]:
        """The value, and where it comes from."""
        error, source = self.error, Source.DB if self.is_fresh else Source.STALE
        if self.texts is not None and key.name in self.texts:
            try:
                value = key.parse(self.texts[key.name])
            except Exception as problem:  # noqa: BLE001 - whatever a text does to its reader, the key has failed
                error = f"invalid: {problem}"
            else:
                if source is Source.STALE:
                    self.tell(key.name, "stale")
                return Provenance(value=value, source=source, age_seconds=self.age_seconds, error=error)
        if key.is_fail_hard:
            raise ConfigUnavailable(key.name, error or "never chosen")
        if error is not None:
            self.tell(key.name, "invalid" if error.startswith("invalid") else "unreadable")
        return Provenance(value=key.default, source=Source.DEFAULT, age_seconds=self.age_seconds, error=error)


@define(eq=False)
class OneSnapshot:
    """Settings for one command, which are looked at when the first is asked for."""

    _cache: "SystemConfigCache"
    _found: Snapshot | None = field(default=None, init=False)

    def get(self, key: ConfigKey[T]) -> T:
        """The value, or the default; ConfigUnavailable where there is none."""
        if self._found is None:
            self._found = self._cache.snapshot()
        return self._found.get(key)


@define(kw_only=True, eq=False)
class SystemConfigCache:
    """All settings, looked at together once in a while: a store that cannot be read leaves the last answer standing.

    One caller at a time looks; meanwhile the others are given what there is, and wait only where there is nothing.
    """

    fetch: Callable[[], Mapping[str, str]]
    ttl_seconds: float = 60.0
    cold_wait_seconds: float = 1.0
    ids: Ids = field(factory=TimeOrderedIds)
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], object] = time.sleep
    spawn: Callable[[Callable[[], None]], object] = lambda work: Thread(target=work, daemon=True).start()
    fallbacks: dict[tuple[str, str], int] = field(factory=dict[tuple[str, str], int], init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)
    _texts: Mapping[str, str] | None = field(default=None, init=False, repr=False)
    _read_at: float = field(default=0.0, init=False)
    _due_at: float = field(default=float("-inf"), init=False)
    _is_outdated: bool = field(default=False, init=False)
    _error: str | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)
    _told_at: dict[tuple[str, str], float] = field(factory=dict[tuple[str, str], float], init=False, repr=False)

    def get(self, key: str, default: Any) -> Any:  # noqa: ANN401 - as the hand-off writes it
        """The text that is kept for the key, or the default; this never raises."""
        return (self.snapshot().texts or {}).get(key, default)

    def get_with_provenance(self, key: ConfigKey[T]) -> Provenance[T]:
        """The value, and where it comes from."""
        return self.snapshot().with_provenance(key)

    def snapshot(self) -> Snapshot:
        """What is known now; one command keeps to one snapshot."""
        if self.monotonic() >= self._due_at and self._lock.acquire(blocking=False):
            if self._texts is None or self._is_outdated:
                self._refresh()
            else:
                self._begin_refresh()
        waited = 0.0
        while self._texts is None and self._error is None and waited < self.cold_wait_seconds:
            self.pause(POLL_SECONDS)
            waited += POLL_SECONDS
        return self._shown()

    def forget(self) -> None:
        """Look again before the next answer is given: a setting was changed here."""
        self._due_at, self._is_outdated = float("-inf"), True

    @property
    def age_seconds(self) -> float | None:
        """How long ago the settings were read, None before that."""
        return None if self._texts is None else self.monotonic() - self._read_at

    @property
    def is_degraded(self) -> bool:
        """Whether the last look failed, so that readiness says so."""
        return self._error is not None

    def _shown(self) -> Snapshot:
        error = self._error or (None if self._texts is not None else "not read yet")
        return Snapshot(
            texts=self._texts, age_seconds=self.age_seconds, is_fresh=self._error is None, error=error, tell=self._tell
        )

    def _begin_refresh(self) -> None:
        try:
            self.spawn(self._refresh)
        except Exception as error:  # noqa: BLE001 - no thread, no loop: the old answer stands
            self._failed(error)
            self._lock.release()

    def _refresh(self) -> None:
        self._is_outdated = False
        try:
            found = dict(self.fetch())
        except Exception as error:  # noqa: BLE001 - whatever a store raises, the old answer stands
            self._failed(error)
        else:
            part = int(self.ids.secret()[:8] or "0", 16) / 0xFFFFFFFF
            self._texts, self._read_at, self._error, self._failures = found, self.monotonic(), None, 0
            self._due_at = self._read_at + self.ttl_seconds * (1 - JITTER + 2 * JITTER * part)
        finally:
            self._lock.release()

    def _failed(self, error: Exception) -> None:
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**self._failures)
        self._error, self._failures = type(error).__name__, self._failures + 1
        self._due_at = self.monotonic() + pause

    def _tell(self, key: str, reason: str) -> None:
        """Count a fallback, and log it at most once a minute for each key and reason."""
        now, what = self.monotonic(), (key, reason)
        self.fallbacks[what] = self.fallbacks.get(what, 0) + 1
        if now - self._told_at.get(what, float("-inf")) >= LONGEST_PAUSE_SECONDS:
            self._told_at[what] = now
            logger.warning("config fallback: key %s, reason %s, error %s", key, reason, self._error)
