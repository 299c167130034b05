"""Settings: their aggregate, and a cache that reads them rarely and never blocks a command."""

import json
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
from indelible.kernel.lists import NamedListFilter
from indelible.kernel.readers import EVERYONE
from indelible.kernel.values import LINE, instance_of, non_blank_line

T = TypeVar("T")

FIRST_PAUSE_SECONDS: Final = 1.0  # after a failed read; the pause doubles with each failure
MAX_PAUSE_SECONDS: Final = 60.0
LOG_INTERVAL_SECONDS: Final = 60.0  # between two log lines about the same fallback
JITTER: Final = 0.1  # of the time to live
POLL_SECONDS: Final = 0.01

SETTINGS_PAGE: Final = 1_000

logger = logging.getLogger("indelible.config")


class SettingStatus(StrEnum):
    """The states of a setting."""

    SET = "SET"


SETTING = Lifecycle(
    name="setting",
    readers=EVERYONE,
    edges=(
        Edge("", "change", SettingStatus.SET, 0),
        Edge(SettingStatus.SET, "change", SettingStatus.SET, 0),
    ),
    changes={"change": ("value",)},
    initial={},
)


@frozen
class SettingNotFound(NotFound):
    """No setting has this name, or it was never changed."""

    message: ClassVar[str] = "Setting {key} not found."
    key: str


@frozen(kw_only=True)
class Setting(Aggregate):
    """A setting that an operator has changed; its id is its name."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SETTING
    missing_error = SettingNotFound
    value: str = field(validator=non_blank_line, metadata=LINE)
    status: SettingStatus = field(validator=instance_of(SettingStatus))


@frozen(kw_only=True, slots=False)
class SettingFilter(NamedListFilter):
    """The settings of a list, and their order; the id of a setting is its name."""

    name_field: ClassVar[str] = "id"


ALL_SETTINGS: Final = SettingFilter()


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
    """A setting without a default cannot be read, or was never changed."""

    message: ClassVar[str] = "Setting {key} is unavailable: {problem}."
    key: str
    problem: str


@frozen
class ConfigKey(Generic[T]):
    """A setting with its parser and its default; without a default, commands are refused."""

    name: str
    parse: Callable[[str], T]
    default: T | None = None


@frozen(kw_only=True)
class Provenance(Generic[T]):
    """A setting's value with its source, its age and the error of the newest read."""

    value: T
    source: Literal["db", "stale", "default"]
    age_seconds: float | None
    error: str | None


@frozen(kw_only=True)
class Snapshot:
    """The texts of all settings at one moment, their age, and the reason if they are outdated."""

    texts: Mapping[str, str] | None
    age_seconds: float | None
    error: str | None


@define(eq=False)
class Config:
    """The settings of one command: read when the first is needed, then unchanged to its end."""

    _cache: "SystemConfigCache"
    _snapshot: Snapshot | None = field(default=None, init=False)

    def get(self, key: ConfigKey[T]) -> T:
        """Return the value or the default.

        Raises:
            ConfigUnavailable: The setting has neither.
        """
        if self._snapshot is None:
            self._snapshot = self._cache.snapshot()

        return self._cache.get_with_provenance(key, self._snapshot).value

    def get_stored(self, key: ConfigKey[T]) -> T | None:
        """Return the value, or None where the setting was never changed.

        Raises:
            ConfigUnavailable: The setting cannot be read, or its stored text is invalid.
        """
        if self._snapshot is None:
            self._snapshot = self._cache.snapshot()

        return self._cache.get_stored(key, self._snapshot)


def _start_thread(work: Callable[[], None]) -> None:
    Thread(target=work, daemon=True).start()


@define(kw_only=True, eq=False)
class SystemConfigCache:
    """A cache of all settings; the name is seed 001's.

    One caller at a time reads the settings. The others get the last known ones meanwhile, and
    wait only if there are none. Where the store cannot be read, the last known settings stay.
    `keys` are the registered settings by name; `get` parses every other text as JSON.
    """

    fetch: Callable[[], Mapping[str, str]]
    keys: Mapping[str, ConfigKey[Any]] = field(factory=dict[str, ConfigKey[Any]])
    ttl_seconds: float = 60.0
    cold_wait_seconds: float = 1.0
    ids: Ids = field(factory=TimeOrderedIds)
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], object] = time.sleep
    spawn: Callable[[Callable[[], None]], object] = _start_thread
    fallbacks: dict[tuple[str, str], int] = field(factory=dict[tuple[str, str], int], init=False)

    _lock: Lock = field(factory=Lock, init=False, repr=False)
    _texts: Mapping[str, str] | None = field(default=None, init=False, repr=False)
    _read_at: float = field(default=0.0, init=False)
    _due_at: float = field(default=float("-inf"), init=False)
    _is_outdated: bool = field(default=False, init=False)
    _error: str | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)
    _logged_at: dict[tuple[str, str], float] = field(
        factory=dict[tuple[str, str], float], init=False, repr=False
    )

    def get(self, key: str, default: Any) -> Any:  # noqa: ANN401 - seed 001's signature
        """Return the setting's value or the default; never raise.

        Each fallback is counted and logged. A setting that was never changed is none.
        """
        parse: Callable[[str], Any] = json.loads
        if key in self.keys:
            parse = self.keys[key].parse

        snapshot = self.snapshot()
        config_key = ConfigKey[Any](key, parse)
        stored, error = self._parsed(config_key, snapshot)
        if stored is not None:
            return stored.value

        self._report_default(key, error)
        return default

    def get_with_provenance(
        self, key: ConfigKey[T], snapshot: Snapshot | None = None
    ) -> Provenance[T]:
        """Return the value with its source.

        Raises:
            ConfigUnavailable: There is neither a valid value nor a default.
        """
        snapshot = snapshot or self.snapshot()
        stored, error = self._parsed(key, snapshot)
        if stored is not None:
            return stored

        if key.default is None:
            raise ConfigUnavailable(key.name, error or "never changed")

        self._report_default(key.name, error)
        return Provenance(
            value=key.default, source="default", age_seconds=snapshot.age_seconds, error=error
        )

    def get_stored(self, key: ConfigKey[T], snapshot: Snapshot) -> T | None:
        """Return the stored value, or None where the setting was never changed.

        Raises:
            ConfigUnavailable: The setting cannot be read, or its stored text is invalid.
        """
        stored, error = self._parsed(key, snapshot)
        if stored is not None:
            return stored.value
        if error is not None:
            raise ConfigUnavailable(key.name, error)

        return None

    def snapshot(self) -> Snapshot:
        """Return the last known settings, after reading them if that is due."""
        if self.monotonic() >= self._due_at and self._lock.acquire(blocking=False):
            if self._texts is None or self._is_outdated:
                self._refresh()
            else:
                self._refresh_in_background()

        self._wait_for_first_read()
        if self._texts is None:
            error = self._error or "not read yet"
            return Snapshot(texts=None, age_seconds=None, error=error)

        age_seconds = self.monotonic() - self._read_at
        return Snapshot(texts=self._texts, age_seconds=age_seconds, error=self._error)

    def invalidate(self) -> None:
        """Read the settings again before the next snapshot: one was changed here."""
        self._due_at = float("-inf")
        self._is_outdated = True

    def _parsed(
        self, key: ConfigKey[T], snapshot: Snapshot
    ) -> tuple[Provenance[T] | None, str | None]:
        """Return the stored value, or None and the error; both are None for an unchanged key."""
        if snapshot.texts is None or key.name not in snapshot.texts:
            return None, snapshot.error

        try:
            value = key.parse(snapshot.texts[key.name])
        except Exception as problem:  # noqa: BLE001 - a parser may raise anything
            return None, f"invalid: {problem}"

        return self._stored(key, value, snapshot), None

    def _stored(self, key: ConfigKey[T], value: T, snapshot: Snapshot) -> Provenance[T]:
        source: Literal["db", "stale"] = "db"
        if snapshot.error is not None:
            source = "stale"
            self._report_fallback(key.name, "stale")

        return Provenance(
            value=value, source=source, age_seconds=snapshot.age_seconds, error=snapshot.error
        )

    def _report_default(self, key: str, error: str | None) -> None:
        if error is None:
            return

        reason = "invalid" if error.startswith("invalid") else "unreadable"
        self._report_fallback(key, reason)

    def _wait_for_first_read(self) -> None:
        waited_seconds = 0.0
        while self._texts is None and self._error is None:
            if waited_seconds >= self.cold_wait_seconds:
                return
            self.pause(POLL_SECONDS)
            waited_seconds += POLL_SECONDS

    def _refresh_in_background(self) -> None:
        try:
            self.spawn(self._refresh)
        except Exception as error:  # noqa: BLE001 - without a thread the known settings stay
            self._note_failure(error)
            self._lock.release()

    def _refresh(self) -> None:
        """Read the settings and release the lock."""
        self._is_outdated = False
        try:
            texts = dict(self.fetch())
        except Exception as error:  # noqa: BLE001 - whatever a store raises, known settings stay
            self._note_failure(error)
        else:
            self._texts = texts
            self._read_at = self.monotonic()
            self._error = None
            self._failures = 0
            self._due_at = self._read_at + self._jittered_ttl()
        finally:
            self._lock.release()

    def _jittered_ttl(self) -> float:
        """Return the time to live, varied so that processes do not read at the same moment."""
        random_part = int(self.ids.secret()[:8] or "0", 16) / 0xFFFFFFFF
        return self.ttl_seconds * (1 - JITTER + 2 * JITTER * random_part)

    def _note_failure(self, error: Exception) -> None:
        pause_seconds = min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**self._failures)
        self._error = type(error).__name__
        self._failures += 1
        self._due_at = self.monotonic() + pause_seconds

    def _report_fallback(self, key: str, reason: str) -> None:
        """Count a fallback, and log it at most once a minute for each key and reason."""
        now = self.monotonic()
        fallback = (key, reason)
        self.fallbacks[fallback] = self.fallbacks.get(fallback, 0) + 1

        logged_at = self._logged_at.get(fallback, float("-inf"))
        if now - logged_at >= LOG_INTERVAL_SECONDS:
            self._logged_at[fallback] = now
            logger.warning("config fallback: key %s, reason %s, error %s", key, reason, self._error)
