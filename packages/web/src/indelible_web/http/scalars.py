"""Reading one value that a caller sent: its value, an error of its field, or the leaf that core would raise."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, cast

from marshmallow import ValidationError, fields

from indelible.kernel import Actor
from indelible.kernel.values import (
    UNSTORABLE,
    ListTooLong,
    NumberOutOfRange,
    TextTooLong,
    TextUnstorable,
)

SchemaProps = Mapping[str, Any]
Reader = Callable[[object, str, SchemaProps], object]

MOST: Final = 2**63 - 1
DECIMAL: Final = re.compile(r"0|-?[1-9][0-9]{0,18}")
INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Scalar(fields.Field[Any]):
    """A field that its reader reads; what the document says of it is beside the reader in its metadata."""

    def _deserialize(self, value: object, attr: str | None, *_: object, **__: object) -> object:
        read: Reader = self.metadata["reader"]
        return read(value, attr or "value", self.metadata)


def scalar(read: Reader, says: SchemaProps, **options: Any) -> Scalar:  # noqa: ANN401 - handed on to marshmallow
    """A field that this reader reads."""
    return Scalar(metadata={**says, "reader": read}, **options)


class Items(fields.List[Any]):
    """A list of at most as many items as its metadata says."""

    def _deserialize(
        self, value: object, attr: str | None, *rest: Any, **options: Any
    ) -> list[Any]:  # noqa: ANN401
        most = self.metadata.get("maxItems", MOST)
        if isinstance(value, list) and len(cast("list[object]", value)) > most:
            raise ListTooLong(attr or "value", most)
        usual = cast("Any", super())
        return cast("list[Any]", usual._deserialize(value, attr, *rest, **options))  # noqa: SLF001 - our own


def text(value: object, field: str, says: SchemaProps) -> str:
    """Text of at most as many characters as its metadata says, that a database can keep."""
    if not isinstance(value, str):
        raise ValidationError("Not a text.")
    if len(value) > says.get("maxLength", MOST):
        raise TextTooLong(field, says["maxLength"])
    if UNSTORABLE.search(value):
        raise TextUnstorable(field)
    return value


def whole_number(value: object, field: str, says: SchemaProps) -> int:
    """A whole number in its range; the JSON reader has made one of 3100.0 already."""
    if type(value) is not int:
        raise ValidationError("Not a whole number.")
    if not says["minimum"] <= value <= says["maximum"]:
        raise NumberOutOfRange(field, says["minimum"], says["maximum"])
    return value


def whole_number_in_text(value: object, field: str, says: SchemaProps) -> int:
    """A whole number in plain decimal digits."""
    match = DECIMAL.fullmatch(str(value))
    return whole_number(int(match.group()) if match else None, field, says)


def number(value: object, _: str, __: SchemaProps) -> float:
    """A number; the JSON reader lets no NaN and no infinity pass."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValidationError("Not a number.")
    return float(value)


def numbers(value: object, field: str, says: SchemaProps) -> tuple[float, ...]:
    """A list of numbers; one that is too long is not looked at."""
    if not isinstance(value, list):
        raise ValidationError("Not a list of numbers.")
    items = cast("list[object]", value)
    if len(items) > says.get("maxItems", MOST):
        raise ListTooLong(field, says["maxItems"])
    return tuple(number(each, field, says) for each in items)


def whatever(value: object, _: str, __: SchemaProps) -> object:
    """Anything at all, for nobody looks at it."""
    return value


def switch(value: object, _: str, __: SchemaProps) -> bool:
    """True or false, and nothing that merely looks like it."""
    if not isinstance(value, bool):
        raise ValidationError("Not true or false.")
    return value


def instant(value: object, _: str, __: SchemaProps) -> datetime:
    """An instant as RFC 3339 writes it, with its offset; nothing else that ISO 8601 knows."""
    try:
        if isinstance(value, str) and INSTANT.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValidationError(
        "Not an instant such as 2026-01-01T09:30:00Z; in a query, + is written %2B."
    )


def actor(value: object, field: str, says: SchemaProps) -> Actor:
    """An actor, written `user:maya`."""
    return Actor.parse(text(value, field, says))


def member_of(kind: type[Enum]) -> Reader:
    """A reader of an enum's values."""

    def member(value: object, _: str, says: SchemaProps) -> Enum:
        if value not in says["enum"]:
            raise ValidationError(f"Not one of {', '.join(says['enum'])}.")
        return kind(value)

    return member
