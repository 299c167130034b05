"""The limits of JSON values, which the domain and both databases hold."""

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Final, cast

from attrs import frozen

from indelible.kernel.errors import Invalid

# The digits of a number in plain notation. Python reads so many digits whatever its own limit is.
MAX_JSON_DIGITS: Final = 640

BRACKET_OR_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)
DIGITS: Final = frozenset("0123456789.")
LONG_NUMBER: Final = re.compile(rf"[0-9.]{{{MAX_JSON_DIGITS + 1}}}")


@frozen
class JsonLimitExceeded(Invalid):
    """A JSON value is too deep, too long, or contains too many values or a number of many digits.

    Both databases refuse the same values.
    """

    message: ClassVar[str] = "Field {field} exceeds a limit of JSON values: {limit}."
    field: str
    limit: str


@frozen
class DuplicateJsonKey(Invalid):
    """Two keys of an object have the same text in JSON, such as 1 and "1"."""

    message: ClassVar[str] = "Field {field} contains an object with two keys {key}."
    field: str
    key: str


@frozen(kw_only=True)
class JsonLimits:
    """Limits of a JSON value: nested lists and objects, bytes of its canonical text, values."""

    max_depth: int
    max_bytes: int
    max_values: int

    def check_depth(self, depth: int, field: str) -> None:
        """Raise JsonLimitExceeded for lists and objects that are nested more deeply."""
        if depth > self.max_depth:
            raise JsonLimitExceeded(field, f"at most {self.max_depth} levels are allowed")

    def check_bytes(self, text: str, field: str) -> None:
        """Raise JsonLimitExceeded for a canonical text that is longer in UTF-8."""
        self.check_size(len(text), field)
        self.check_size(len(text.encode()), field)

    def check_size(self, size: int, field: str) -> None:
        """Raise JsonLimitExceeded for a canonical text with more bytes in UTF-8."""
        if size > self.max_bytes:
            raise JsonLimitExceeded(field, f"at most {self.max_bytes} bytes are allowed")

    def check_count(self, count: int, field: str) -> None:
        """Raise JsonLimitExceeded for more values; lists and objects count as values too."""
        if count > self.max_values:
            raise JsonLimitExceeded(field, f"at most {self.max_values} values are allowed")

    def has_room_for(self, text: str) -> bool:
        """Return True if no value with this text can exceed a limit, in a few microseconds."""
        if len(text) > self.max_values:
            return False
        # So many digits in a row include one of these characters; a search takes far longer.
        samples = text[:: MAX_JSON_DIGITS + 1]
        if not DIGITS.isdisjoint(samples) and LONG_NUMBER.search(text):
            return False
        # A text has at least one bracket for each level.
        return text.count("[") + text.count("{") <= self.max_depth

    def check(self, value: object, text: str, field: str) -> None:
        """Check a value that JSON knows already, and its canonical text.

        Raises:
            JsonLimitExceeded: The value exceeds one of these limits.
        """
        self.check_bytes(text, field)
        if self.has_room_for(text):
            return

        check_numbers(value, field)
        self.check_depth(depth_of(text), field)
        self.check_count(sum(1 for _ in values_in(value)), field)


# Of a value that a caller stores, such as the value of a system state.
VALUE_LIMITS: Final = JsonLimits(max_depth=32, max_bytes=1_048_576, max_values=100_000)
# Of a document that contains such values, such as the data of a change or a stored result.
DOCUMENT_LIMITS: Final = JsonLimits(max_depth=40, max_bytes=33_554_432, max_values=1_000_000)


def depth_of(text: str) -> int:
    """Return the levels of lists and objects in a JSON text, which need not be well-formed."""
    level = deepest = 0
    for match in BRACKET_OR_TEXT.finditer(text):
        mark = match.group()
        if mark in "[{":
            level += 1
            deepest = max(deepest, level)
        elif mark in "]}":
            level -= 1

    return deepest


def values_in(value: object) -> Iterator[object]:
    """Yield a value that JSON knows and all values that it contains, at any depth."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        yield current
        if type(current) is str or type(current) is int:  # most are: the other questions are slow
            continue
        if isinstance(current, dict | Mapping):
            waiting.extend(cast("Mapping[str, object]", current).values())
        elif isinstance(current, list | tuple):
            waiting.extend(cast("list[object]", current))


def check_numbers(value: object, field: str) -> None:
    """Raise JsonLimitExceeded for a whole number with too many digits; it may be nested."""
    for part in values_in(value):
        if isinstance(part, int):
            check_whole_number(part, field)


def check_whole_number(number: int, field: str) -> None:
    """Raise JsonLimitExceeded for a whole number with too many digits."""
    if not -TOO_LARGE < number < TOO_LARGE:
        raise too_many_digits(field)


def too_many_digits(field: str) -> JsonLimitExceeded:
    """Return the error of a number with too many digits."""
    return JsonLimitExceeded(field, f"a number has at most {MAX_JSON_DIGITS} digits")


TOO_LARGE: Final = 10**MAX_JSON_DIGITS
