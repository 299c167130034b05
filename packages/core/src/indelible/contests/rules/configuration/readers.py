"""Read values of JSON strictly: each kind of value checks its type and range, and describes them.

A reader returns the value, or UNREADABLE after it has added a fault. It never converts a number
or a flag: `4.0`, `true` and `"4"` are no whole number.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from typing import Any, Final, cast

from attrs import frozen

from indelible.contests.rules.configuration.faults import (
    ConfigurationCode,
    FaultList,
    actual_text,
    key_path,
)
from indelible.kernel.currencies import CURRENCIES
from indelible.kernel.values import EARLIEST, HIDDEN, INVISIBLE, LATEST, UNSTORABLE

DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")
URL_NAME: Final = re.compile(r"(?!\.+\Z)[A-Za-z0-9._-]+")
UTC_MARK: Final = "Z"


class Unreadable(Enum):
    """The value of a key that has a fault."""

    UNREADABLE = "unreadable"


UNREADABLE: Final = Unreadable.UNREADABLE


class Reader(ABC):
    """Reads one kind of value."""

    @property
    @abstractmethod
    def rule(self) -> str:
        """Return the rule in words, for messages and for the reference."""

    @abstractmethod
    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        """Return the value, or UNREADABLE after adding its faults."""

    def refuse(
        self, code: ConfigurationCode, value: object, path: str, faults: FaultList
    ) -> Unreadable:
        """Add a fault about the value, and return UNREADABLE."""
        faults.add(code, path, self.rule, actual_text(value))
        return UNREADABLE


@frozen
class WholeNumber(Reader):
    """A whole number in a range."""

    minimum: int
    maximum: int

    @property
    def rule(self) -> str:
        if self.minimum == self.maximum:
            return f"the whole number {self.minimum}"
        return f"a whole number from {self.minimum} to {self.maximum}"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, int) or isinstance(value, bool):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        if not self.minimum <= value <= self.maximum:
            return self.refuse(ConfigurationCode.OUT_OF_RANGE, value, path, faults)
        return value


@frozen
class Flag(Reader):
    """True or false."""

    @property
    def rule(self) -> str:
        return "true or false"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, bool):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        return value


@frozen
class Choice(Reader):
    """One of the texts of an enum."""

    kind: type[StrEnum]

    @property
    def rule(self) -> str:
        values = [f"`{member.value}`" for member in self.kind]
        if len(values) == 1:
            return f"the text {values[0]}"
        return f"one of {', '.join(values)}"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, str):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        try:
            return self.kind(value)
        except ValueError:
            return self.refuse(ConfigurationCode.VALUE_NOT_ALLOWED, value, path, faults)


@frozen
class Identifier(Reader):
    """An opaque id without spaces and hidden characters.

    One that is for URLs is the same in a path and in the key of a task: it needs no escapes.
    """

    max_length: int
    is_for_urls: bool = False

    @property
    def rule(self) -> str:
        characters = "visible characters"
        if self.is_for_urls:
            characters = "of the characters A-Z, a-z, 0-9, '.', '_' and '-', not only dots"
        return f"an id of 1 to {self.max_length} {characters}"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, str):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        is_valid = not HIDDEN.search(value) and not UNSTORABLE.search(value)
        if self.is_for_urls:
            is_valid = URL_NAME.fullmatch(value) is not None
        if not 1 <= len(value) <= self.max_length or not is_valid:
            return self.refuse(ConfigurationCode.INVALID_TEXT, value, path, faults)
        return value


@frozen
class Line(Reader):
    """A name: one line that is not blank."""

    max_length: int

    @property
    def rule(self) -> str:
        return f"a line of 1 to {self.max_length} characters that is not blank"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, str):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        has_line_break = "\n" in value or "\t" in value
        is_storable = not INVISIBLE.search(value) and not UNSTORABLE.search(value)
        is_short = bool(value.strip()) and len(value) <= self.max_length
        if has_line_break or not is_storable or not is_short:
            return self.refuse(ConfigurationCode.INVALID_TEXT, value, path, faults)
        return value


@frozen
class CurrencyCode(Reader):
    """The code of a currency."""

    @property
    def rule(self) -> str:
        return "the code of an active currency of ISO 4217, such as `USD`"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, str):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        if value not in CURRENCIES:
            return self.refuse(ConfigurationCode.CURRENCY_UNKNOWN, value, path, faults)
        return value


@frozen
class Day(Reader):
    """A date without a time."""

    @property
    def rule(self) -> str:
        return f"a date `YYYY-MM-DD` in the years {EARLIEST.year} to {LATEST.year - 1}"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, str):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        try:
            day = date.fromisoformat(value) if DATE.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None or not EARLIEST.date() <= day < LATEST.date():
            return self.refuse(ConfigurationCode.INVALID_DATE, value, path, faults)
        return day


@frozen
class Instant(Reader):
    """An instant in UTC."""

    @property
    def rule(self) -> str:
        return (
            "an instant in UTC `YYYY-MM-DDTHH:MM:SSZ`, with at most six decimals of a second, in"
            f" the years {EARLIEST.year} to {LATEST.year - 1}"
        )

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, str):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        if INSTANT.fullmatch(value):
            return self.refuse(ConfigurationCode.INSTANT_WITHOUT_ZONE, value, path, faults)

        instant = _instant_of(value)
        if instant is None or not EARLIEST <= instant < LATEST:
            return self.refuse(ConfigurationCode.INVALID_INSTANT, value, path, faults)
        return instant


@frozen
class OrNull(Reader):
    """A value that may be null."""

    reader: Reader

    @property
    def rule(self) -> str:
        return f"{self.reader.rule}, or null"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if value is None:
            return None
        return self.reader.read(value, path, faults)


@frozen
class ListOf(Reader):
    """A list of values of one kind."""

    reader: Reader
    minimum: int
    maximum: int

    @property
    def rule(self) -> str:
        return f"a list of {self.minimum} to {self.maximum} items"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, list | tuple):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        items = cast("list[object]", value)
        if len(items) < self.minimum:
            return self.refuse(ConfigurationCode.TOO_FEW_ITEMS, items, path, faults)
        if len(items) > self.maximum:
            return self.refuse(ConfigurationCode.TOO_MANY_ITEMS, items, path, faults)

        values: list[object] = []
        for number, item in enumerate(items):
            values.append(self.reader.read(item, f"{path}[{number}]", faults))
        if UNREADABLE in values:
            return UNREADABLE
        return tuple(values)


@frozen
class NumbersByName(Reader):
    """An object of whole numbers by id."""

    reader: WholeNumber
    key_reader: Identifier
    maximum: int

    @property
    def rule(self) -> str:
        return f"an object of 1 to {self.maximum} ids, each with {self.reader.rule}"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, Mapping):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        entries = cast("Mapping[object, object]", value)
        if not entries:
            return self.refuse(ConfigurationCode.TOO_FEW_ITEMS, entries, path, faults)
        if len(entries) > self.maximum:
            return self.refuse(ConfigurationCode.TOO_MANY_ITEMS, entries, path, faults)

        numbers: dict[object, object] = {}
        for key, number in entries.items():
            path_of_key = key_path(path, key)
            name = self.key_reader.read(key, path_of_key, faults)
            numbers[name] = self.reader.read(number, path_of_key, faults)
        if UNREADABLE in numbers or UNREADABLE in numbers.values():
            return UNREADABLE
        return numbers


@frozen
class ByType(Reader):
    """A value that is a number, a list or an object, each with its own reader."""

    number: Reader
    items: Reader
    by_name: Reader

    @property
    def rule(self) -> str:
        return f"{self.number.rule}; {self.items.rule}; or {self.by_name.rule}"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, list | tuple):
            return self.items.read(cast("object", value), path, faults)
        if isinstance(value, Mapping):
            return self.by_name.read(cast("object", value), path, faults)
        if isinstance(value, int) and not isinstance(value, bool):
            return self.number.read(value, path, faults)
        return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)


@frozen
class Key:
    """A key of an object: its name, its reader and its meaning."""

    name: str
    reader: Reader
    meaning: str


@frozen
class ObjectOf(Reader):
    """An object with exactly these keys."""

    keys: tuple[Key, ...]

    @property
    def rule(self) -> str:
        names = ", ".join(f"`{key.name}`" for key in self.keys)
        return f"an object with the keys {names}"

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, Mapping):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        entries = cast("Mapping[object, object]", value)

        values: dict[str, object] = {}
        for key in self.keys:
            path_of_key = key_path(path, key.name)
            if key.name in entries:
                values[key.name] = key.reader.read(entries[key.name], path_of_key, faults)
                continue
            faults.add(ConfigurationCode.MISSING_KEY, path_of_key, key.reader.rule, "no such key")
            values[key.name] = UNREADABLE
        for name in entries:
            if name not in values:
                path_of_key = key_path(path, name)
                faults.add(ConfigurationCode.UNKNOWN_KEY, path_of_key, "no such key", "a key")

        return values


@frozen
class Variants(Reader):
    """An object whose kind decides about its other keys."""

    kind: Key
    variants: Mapping[str, ObjectOf]

    @property
    def rule(self) -> str:
        return "; or ".join(variant.rule for variant in self.variants.values())

    def read(self, value: object, path: str, faults: FaultList) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, Mapping):
            return self.refuse(ConfigurationCode.WRONG_TYPE, value, path, faults)
        entries = cast("Mapping[object, object]", value)
        path_of_kind = key_path(path, self.kind.name)
        if self.kind.name not in entries:
            rule = self.kind.reader.rule
            faults.add(ConfigurationCode.MISSING_KEY, path_of_kind, rule, "no such key")
            return UNREADABLE

        kind = self.kind.reader.read(entries[self.kind.name], path_of_kind, faults)
        if kind is UNREADABLE:
            return UNREADABLE
        return self.variants[kind].read(entries, path, faults)


def _instant_of(text: str) -> datetime | None:
    """Return the instant of a text that ends with Z, None for any other text."""
    without_mark = text.removesuffix(UTC_MARK)
    if without_mark == text or not INSTANT.fullmatch(without_mark):
        return None
    try:
        return datetime.fromisoformat(without_mark).replace(tzinfo=UTC)
    except ValueError:
        return None
