"""Validators of fields: they read limits from the field's metadata and raise leaves of Invalid."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Final, cast

from attrs import Attribute, AttrsInstance, fields, frozen

from indelible.kernel.errors import Invalid

LINE: Final = {"max_length": 1_000}
TEXT: Final = {"max_length": 20_000}
TEXTS: Final = {"max_length": 20_000, "max_items": 200}
IDENTIFIER: Final = {"max_length": 200}
IDEMPOTENCY_KEY: Final = {"max_length": 255}
DIGEST_TEXT: Final = {"max_length": 64}
COUNT: Final = {"minimum": 1, "maximum": 2**63 - 1}

MAX_VALUE_CHARACTERS: Final = 40  # of a text in a message
MAX_VALUE_BITS: Final = 512  # of a number in a message
# Fields whose values may be secrets.
SECRET_FIELD: Final = re.compile("secret|password|pepper|credential|signature|digest|token|key")

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(3000, 1, 1, tzinfo=UTC)

DIGEST = re.compile("[0-9a-f]{64}")
# PostgreSQL stores no NUL, and UTF-8 has no unpaired surrogates.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Tab and line breaks are text, and some scripts need joiners; other characters that hide or
# reorder text have no use in any text.
INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e"
    r"\u2066-\u2069\ufeff\ufffd]"
)
# Where `str.splitlines` ends a line.
LINE_BREAK = re.compile("[\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]")
# Characters that cannot be seen: an id must not contain any.
HIDDEN = re.compile(
    r"[\s\u00ad\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
    r"\ufff9-\ufffb\U000e0000-\U000e007f]"
    rf"|{CONTROL.pattern}"
)
VISIBLE = re.compile(rf"(?!{HIDDEN.pattern})[\s\S]")


@frozen
class WrongType(Invalid):
    """A field has a value of another type."""

    message: ClassVar[str] = "Field {field} has the wrong type: expected {expected}, got {value}."
    field: str
    expected: str
    value: str


@frozen
class TextTooLong(Invalid):
    """A text is longer than its field allows."""

    message: ClassVar[str] = (
        "Field {field} is too long: at most {max_length} characters are allowed."
    )
    field: str
    max_length: int


@frozen
class TextUnstorable(Invalid):
    """A text contains NUL or an unpaired surrogate."""

    message: ClassVar[str] = (
        "Field {field} contains NUL or an unpaired surrogate, which no database can store."
    )
    field: str


@frozen
class TextBlank(Invalid):
    """A required text is blank."""

    message: ClassVar[str] = "Field {field} is blank."
    field: str


@frozen
class TextHasControls(Invalid):
    """A text other than content contains control characters, or an id contains a space."""

    message: ClassVar[str] = "Field {field} contains a control character, or a space in an id."
    field: str


@frozen
class TextHasLineBreaks(Invalid):
    """A text that has to be one line contains a line break."""

    message: ClassVar[str] = "Field {field} contains a line break, and must be one line."
    field: str


@frozen
class ListTooLong(Invalid):
    """A list has more items than its field allows."""

    message: ClassVar[str] = "Field {field} has too many items: at most {max_items} are allowed."
    field: str
    max_items: int


@frozen
class NumberOutOfRange(Invalid):
    """A number is outside its field's range."""

    message: ClassVar[str] = (
        "Field {field} is out of range: expected {minimum} to {maximum}, got {value}."
    )
    field: str
    minimum: int
    maximum: int
    value: str


@frozen
class InstantOutOfRange(Invalid):
    """A time has no UTC offset of zero, or is outside the years 2000 to 2999."""

    message: ClassVar[str] = (
        "Field {field} is not a time with a UTC offset of zero in the years 2000 to 2999: got"
        " {value}."
    )
    field: str
    value: str


@frozen
class InvalidDigest(Invalid):
    """A text is not a SHA-256 in 64 lower-case hexadecimal digits."""

    message: ClassVar[str] = "Field {field} is not a SHA-256 in 64 lower-case hexadecimal digits."
    field: str


@cache
def _reader(
    kind: type[AttrsInstance],
) -> tuple[tuple[str, ...], Callable[[object], tuple[Any, ...]]]:
    names = tuple(attribute.name for attribute in fields(kind))
    return names, attrgetter(*names)  # returns a tuple for two or more names


def value_text(value: object) -> str:
    """Return a value of a field that is no secret, shortened for a message."""
    if isinstance(value, int) and value.bit_length() > MAX_VALUE_BITS:
        return f"a number of {value.bit_length()} bits"
    if value is None or isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        shortened = value[:MAX_VALUE_CHARACTERS]
        return repr(shortened) if shortened == value else f"{shortened!r}..."

    return f"a value of type {type(value).__name__}"


def wrong_type(field: str, expected: str, value: object) -> WrongType:
    """Return the error about a value of another type; that of a secret is not named."""
    if SECRET_FIELD.search(field):
        return WrongType(field, expected, f"a value of type {type(value).__name__}")

    return WrongType(field, expected, value_text(value))


def instant_out_of_range(field: str, value: datetime) -> InstantOutOfRange:
    """Return the error about a time; for one without a time zone it says how to make another."""
    text = value.isoformat()
    if value.utcoffset() is None:
        text += " without a time zone: call datetime.now(UTC), or .astimezone(UTC) of a local time"
    return InstantOutOfRange(field, text)


def field_values(value: AttrsInstance) -> dict[str, Any]:
    """Return the fields as a dict; ten times faster than `attrs.asdict`."""
    names, read = _reader(type(value))
    return dict(zip(names, read(value), strict=True))


def instance_of(kind: type) -> Callable[[object, "Attribute[Any]", object], None]:
    """Return a validator of values of one type."""

    def check(_: object, attribute: "Attribute[Any]", value: object) -> None:
        if not isinstance(value, kind):
            raise wrong_type(attribute.name, kind.__name__, value)

    return check


def is_text(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate content: any text that a database can store, control characters included."""
    _check_text(attribute.name, value, attribute.metadata["max_length"])


def is_one_line(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate content of one line, which may be empty."""
    text = _check_text(attribute.name, value, attribute.metadata["max_length"])
    if not text.isprintable() and LINE_BREAK.search(text):
        raise TextHasLineBreaks(attribute.name)


def non_blank_text(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate content that is not blank."""
    text = _check_text(attribute.name, value, attribute.metadata["max_length"])
    if is_blank(text):
        raise TextBlank(attribute.name)


def text_tuple(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a tuple of content texts."""
    if not isinstance(value, tuple):
        raise wrong_type(attribute.name, "tuple of texts", value)
    items = cast("tuple[object, ...]", value)
    if len(items) > attribute.metadata["max_items"]:
        raise ListTooLong(attribute.name, attribute.metadata["max_items"])
    for item in items:
        _check_text(attribute.name, item, attribute.metadata["max_length"])


def non_blank_line(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a reason or a note: not blank and without control characters."""
    text = _check_text(attribute.name, value, attribute.metadata["max_length"])
    # Nearly every line is plain ASCII, which is faster to recognize than to search.
    if text.isascii() and text.isprintable() and text.strip():
        return

    if is_blank(text):
        raise TextBlank(attribute.name)
    if CONTROL.search(text):
        raise TextHasControls(attribute.name)


def is_identifier(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate an opaque id or key: at least one character, no space and no hidden one."""
    max_length = attribute.metadata["max_length"]
    # Nearly every id is plain ASCII, which is faster to recognize than to search.
    is_simple = (
        isinstance(value, str)
        and 0 < len(value) <= max_length
        and value.isascii()
        and value.isprintable()
        and " " not in value
    )
    if is_simple:
        return

    text = _check_text(attribute.name, value, max_length)
    if not text:
        raise TextBlank(attribute.name)
    if HIDDEN.search(text):
        raise TextHasControls(attribute.name)


def is_digest(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a SHA-256 in 64 lower-case hexadecimal digits."""
    if not isinstance(value, str):
        raise wrong_type(attribute.name, "text", value)
    if not DIGEST.fullmatch(value):
        raise InvalidDigest(attribute.name)


def bounded_int(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a whole number in the field's range; booleans are refused."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_type(attribute.name, "whole number", value)
    minimum = attribute.metadata["minimum"]
    maximum = attribute.metadata["maximum"]
    if not minimum <= value <= maximum:
        raise NumberOutOfRange(attribute.name, minimum, maximum, value_text(value))


def is_instant(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a time in UTC, in the years that both databases store to the microsecond."""
    check_instant(attribute.name, value)


def is_date(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a calendar date of the years 1 to 9999; a time is none."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise wrong_type(attribute.name, "date", value)


def check_instant(name: str, value: object) -> None:
    """Raise WrongType or InstantOutOfRange unless the value is a time as `is_instant` wants it."""
    if not isinstance(value, datetime):
        raise wrong_type(name, "instant", value)
    is_utc = value.tzinfo is UTC or value.utcoffset() == timedelta(0)
    if not is_utc or not EARLIEST <= value < LATEST:
        raise instant_out_of_range(name, value)


def check_reason(value: object) -> None:
    """Raise an error of a text unless the value can be stored and is not blank."""
    text = _check_text("reason", value, TEXT["max_length"])
    if is_blank(text):
        raise TextBlank("reason")


def is_blank(text: str) -> bool:
    """Return whether a text has nothing to see: spaces, control and zero-width characters only."""
    return VISIBLE.search(text) is None


def _check_text(field: str, value: object, max_length: int) -> str:
    if not isinstance(value, str):
        raise wrong_type(field, "text", value)
    if len(value) > max_length:
        raise TextTooLong(field, max_length)
    if not (value.isascii() and value.isprintable()) and UNSTORABLE.search(value):
        raise TextUnstorable(field)
    return value
