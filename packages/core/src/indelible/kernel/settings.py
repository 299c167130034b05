"""Settings that are kept where everybody sees them, read seldom and never in a command's way."""

import logging
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from threading import Lock, Thread
from typing import Any, ClassVar, Final, Generic, Literal, TypeVar

from attrs import define, field, frozen

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.errors import NotFound, Unavailable
from indelible.kernel.history import AggregateReader
from indelible.kernel.ids import Ids, TimeOrderedIds
from indelible.kernel.lifecycle import Edge, Lifecycle
from indelible.kernel.values import LINE, instance_of, non_blank_line

T = TypeVar("T")

FIRST_PAUSE_SECONDS: Final = 1.0  # after a failed look; it doubles
LONGEST_PAUSE_SECONDS: Final = 60.0
JITTER: Final = 0.1
POLL_SECONDS: Final = 0.01

SETTINGS_PAGE: Final = 1_000

logger = logging.getLogger("indelible.config")


class SettingStatus(StrEnum):
    """The states of a setting."""

    SET = "SET"


SETTING = Lifecycle(
    name="setting",
    edges=(
        Edge("", "change", SettingStatus.SET, 0),
        Edge(SettingStatus.SET, "change", SettingStatus.SET, 0),
    ),
)


@frozen
class SettingNotFound(NotFound):
    """No setting has this name, or it was never changed."""

    code: ClassVar[str] = "SETTING_NOT_FOUND"
    message: ClassVar[str] = "Setting {key} not found."
    key: str


@frozen(kw_only=True)
class Setting(Aggregate):
    """A setting that an operator has changed; its id is its name."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SETTING
    value: str = field(validator=non_blank_line, metadata=LINE)
    status: SettingStatus = field(validator=instance_of(SettingStatus))


def setting_texts(settings: AggregateReader[Setting]) -> dict[str, str]:
    """Return the stored text of every setting by its name."""
    texts: dict[str, str] = {}
    after = ""
    while heads := settings.page(after=after, limit=SETTINGS_PAGE):
        for head in heads:
            texts[head.entity.id] = head.entity.value
        if len(heads) < SETTINGS_PAGE:
            break
        after = heads[-1].entity.id

    return texts


@frozen
class ConfigUnavailable(Unavailable):
    """A setting that must not be guessed cannot be read, or was never chosen."""

    code: ClassVar[str] = "CONFIG_UNAVAILABLE"
    message: ClassVar[str] = "Setting {key} is unavailable: {problem}."
    key: str
    problem: str


@frozen
class ConfigKey(Generic[T]):
    """A setting: how its text is read, and what holds without it; None is no default, and a command is refused."""

    name: str
    parse: Callable[[str], T]
    default: T | None = None


@frozen(kw_only=True)
class Provenance(Generic[T]):
    """A setting's value, where it comes from, how old that is, and what was wrong with the newest."""

    value: T
    source: Literal["db", "stale", "default"]
    age_seconds: float | None
    error: str | None


@frozen(kw_only=True)
class Snapshot:
    """Every text that was found at one moment, how long ago that was, and why it is not newer."""

    texts: Mapping[str, str] | None
    age_seconds: float | None
    error: str | None


@define(eq=False)
class Config:
    """Settings as one command sees them: looked at when the first is asked for, and the same to the end."""

    _cache: "SystemConfigCache"
    _seen: Snapshot | None = field(default=None, init=False)

    def get(self, key: ConfigKey[T]) -> T:
        """The value, or the default; ConfigUnavailable where there is none."""
        if self._seen is None:
            self._seen = self._cache.snapshot()
        return self._cache.get_with_provenance(key, self._seen).value


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
    spawn: Callable[[Callable[[], None]], object] = lambda work: Thread(
        target=work, daemon=True
    ).start()
    fallbacks: dict[tuple[str, str], int] = field(factory=dict[tuple[str, str], int], init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)
    _texts: Mapping[str, str] | None = field(default=None, init=False, repr=False)
    _read_at: float = field(default=0.0, init=False)
    _due_at: float = field(default=float("-inf"), init=False)
    _is_outdated: bool = field(default=False, init=False)
    _error: str | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)
    _told_at: dict[tuple[str, str], float] = field(
        factory=dict[tuple[str, str], float], init=False, repr=False
    )

    def get(self, key: str, default: Any) -> Any:  # noqa: ANN401 - as the hand-off writes it
        """The text that is kept for the key, or the default; this never raises."""
        return (self.snapshot().texts or {}).get(key, default)

    def get_with_provenance(self, key: ConfigKey[T], seen: Snapshot | None = None) -> Provenance[T]:
        """The value and where it comes from, or ConfigUnavailable where there is no default."""
        seen = seen or self.snapshot()
        error = seen.error
        if seen.texts is not None and key.name in seen.texts:
            try:
                value = key.parse(seen.texts[key.name])
            except Exception as problem:  # noqa: BLE001 - whatever a text does to its reader, the key has failed
                error = f"invalid: {problem}"
            else:
                if error is not None:
                    self._tell(key.name, "stale")
                source: Literal["db", "stale"] = "db" if error is None else "stale"
                return Provenance(
                    value=value, source=source, age_seconds=seen.age_seconds, error=error
                )
        if key.default is None:
            raise ConfigUnavailable(key.name, error or "never chosen")
        if error is not None:
            self._tell(key.name, "invalid" if error.startswith("invalid") else "unreadable")
        return Provenance(
            value=key.default, source="default", age_seconds=seen.age_seconds, error=error
        )

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
        age_seconds = None if self._texts is None else self.monotonic() - self._read_at
        error = self._error or ("not read yet" if self._texts is None else None)
        return Snapshot(texts=self._texts, age_seconds=age_seconds, error=error)

    def invalidate(self) -> None:
        """Look again before the next answer is given: a setting was changed here."""
        self._due_at, self._is_outdated = float("-inf"), True

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
            self._texts, self._read_at, self._error, self._failures = (
                found,
                self.monotonic(),
                None,
                0,
            )
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
