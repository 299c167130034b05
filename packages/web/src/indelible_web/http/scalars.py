"""Readers of single values: each returns the value, or raises the field's error or core's."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
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
    value_text,
)

SchemaProps = Mapping[str, Any]
Reader = Callable[[object, str, SchemaProps], object]

MAX_INTEGER: Final = 2**63 - 1
MAX_UINT256: Final = 2**256 - 1
UINT256: Final = re.compile(r"0|[1-9][0-9]{0,77}")
DECIMAL: Final = re.compile(r"0|-?[1-9][0-9]{0,18}")
FIXED_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,40})?")
CALENDAR_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Scalar(fields.Field[Any]):
    """A field with a reader; its metadata holds the reader and the document's properties."""

    def _deserialize(self, value: object, attr: str | None, *_: object, **__: object) -> object:
        read: Reader = self.metadata["reader"]
        # An item of a list has no `attr`; its name is that of the list.
        return read(value, attr or self.name or "value", self.metadata)


def scalar(
    read: Reader,
    props: SchemaProps,
    **options: Any,  # noqa: ANN401 - marshmallow's
) -> Scalar:
    """Return a field that this reader reads."""
    return Scalar(metadata={**props, "reader": read}, **options)


class BoundedList(fields.List[Any]):
    """A list of at most as many items as its metadata allows."""

    def _deserialize(
        self,
        value: object,
        attr: str | None,
        *rest: Any,  # noqa: ANN401 - marshmallow's
        **options: Any,  # noqa: ANN401 - marshmallow's
    ) -> list[Any]:
        if isinstance(value, list):
            _check_length(cast("list[object]", value), attr or "value", self.metadata)

        base = cast("Any", super())
        items: list[Any] = base._deserialize(  # noqa: SLF001 - marshmallow's hook
            value, attr, *rest, **options
        )
        return items


def read_text(value: object, field: str, props: SchemaProps) -> str:
    """Return a text that is short enough and that a database can store."""
    if not isinstance(value, str):
        raise ValidationError("Not a text.")
    if len(value) > props.get("maxLength", MAX_INTEGER):
        raise TextTooLong(field, props["maxLength"])
    if UNSTORABLE.search(value):
        raise TextUnstorable(field)

    return value


def read_integer(value: object, field: str, props: SchemaProps) -> int:
    """Return an integer in its range; the JSON parser has already turned 3100.0 into one."""
    if type(value) is not int:
        raise ValidationError("Not a whole number.")
    if not props["minimum"] <= value <= props["maximum"]:
        raise NumberOutOfRange(field, props["minimum"], props["maximum"], value_text(value))

    return value


def read_written_integer(value: object, _: str, __: SchemaProps) -> object:
    """Return the value as it was written; the validator of its field checks it."""
    return value


def read_integer_text(value: object, field: str, props: SchemaProps) -> int:
    """Return the integer that a text holds in decimal digits."""
    match = DECIMAL.fullmatch(str(value))
    number = int(match.group()) if match else None

    return read_integer(number, field, props)


def read_uint256(value: object, field: str, _: SchemaProps) -> int:
    """Return the number below 2**256 that a text holds in decimal digits."""
    if not isinstance(value, str) or not UINT256.fullmatch(value):
        raise ValidationError("Not a text of decimal digits.")
    number = int(value)
    if number > MAX_UINT256:
        raise NumberOutOfRange(field, 0, MAX_UINT256, value_text(number))

    return number


def read_number(value: object, _: str, __: SchemaProps) -> float:
    """Return a number; the JSON parser lets no NaN and no infinity pass."""
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        raise ValidationError("Not a number.")

    return float(value)


def read_numbers(value: object, field: str, props: SchemaProps) -> tuple[float, ...]:
    """Return a list of numbers; a list that is too long is refused before its items are read."""
    if not isinstance(value, list):
        raise ValidationError("Not a list of numbers.")
    items = cast("list[object]", value)
    _check_length(items, field, props)

    return tuple(read_number(item, field, props) for item in items)


def ignore_value(value: object, _: str, __: SchemaProps) -> object:
    """Return any value; the server does not use it."""
    return value


def read_boolean(value: object, _: str, __: SchemaProps) -> bool:
    """Return true or false, and refuse the numbers and texts that resemble them."""
    if not isinstance(value, bool):
        raise ValidationError("Not true or false.")

    return value


def read_boolean_text(value: object, _: str, __: SchemaProps) -> bool:
    """Return the boolean that a text names: `true` or `false`."""
    if value not in ("true", "false"):
        raise ValidationError("Not true or false.")

    return value == "true"


def read_instant(value: object, _: str, __: SchemaProps) -> datetime:
    """Return an instant in UTC from RFC 3339 with an offset; no other form is accepted."""
    message = "Not an instant such as 2026-01-01T09:30:00Z; in a query, + is written %2B."
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise ValidationError(message)
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValidationError(message) from error


def read_date(value: object, _: str, __: SchemaProps) -> date:
    """Return a date from RFC 3339; no other form of ISO 8601 is accepted."""
    message = "Not a date such as 2026-01-31."
    if not isinstance(value, str) or not CALENDAR_DATE.fullmatch(value):
        raise ValidationError(message)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValidationError(message) from error


def read_decimal(value: object, _: str, __: SchemaProps) -> Decimal:
    """Return the decimal of a text; a number of JSON may have lost digits on its way."""
    if not isinstance(value, str) or not FIXED_DECIMAL.fullmatch(value):
        raise ValidationError("Not the text of a decimal such as 12.50.")
    return Decimal(value)


def read_actor(value: object, field: str, props: SchemaProps) -> Actor:
    """Return an actor from a text such as `user:maya`."""
    return Actor.parse(read_text(value, field, props))


def reader_of_enum(enum: type[Enum]) -> Reader:
    """Return a reader of an enum's values."""

    def read_member(value: object, _: str, props: SchemaProps) -> Enum:
        if value not in props["enum"]:
            raise ValidationError(f"Not one of {', '.join(props['enum'])}.")
        return enum(value)

    return read_member


def _check_length(items: list[object], field: str, props: SchemaProps) -> None:
    max_items = props.get("maxItems", MAX_INTEGER)
    if len(items) > max_items:
        raise ListTooLong(field, max_items)
