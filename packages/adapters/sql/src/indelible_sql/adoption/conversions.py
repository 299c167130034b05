"""The values of a driver as the values of fields: nothing is guessed that a column does not say."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from attrs import Attribute, frozen

from indelible.kernel.declarations import enumeration_of, value_types
from indelible.kernel.json_objects import JsonObject
from indelible_sql.adoption.sources import SourceRow

Convert = Callable[[Any], Any]


@frozen
class as_utc:  # noqa: N801 - used as a function in mappings
    """Map a field to a column whose times are UTC, and are stored without a zone."""

    column: str

    def __call__(self, row: SourceRow) -> object:
        """Return the time of a row in UTC; what is no time stays as it is."""
        value = _instant(row[self.column])
        if isinstance(value, datetime) and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value


def conversion_of(attribute: "Attribute[Any]") -> Convert:
    """Return the function that makes a driver's value one of the field.

    A value that it does not know stays as it is: the field's validator refuses it.
    """
    enumeration = enumeration_of(attribute)
    if enumeration is not None:
        return _member_of(enumeration)

    types = value_types(attribute)
    for kind, convert in CONVERSIONS:
        if any(_is_of(value_type, kind) for value_type in types):
            return convert
    return _same


def _is_of(value_type: object, kind: type) -> bool:
    origin = getattr(value_type, "__origin__", value_type)
    return origin is kind


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _instant(value: Any) -> Any:
    """Return a time in UTC; one without a zone keeps none."""
    if isinstance(value, str):
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return value


def _date(value: Any) -> Any:
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    return value


def _flag(value: Any) -> Any:
    is_number = isinstance(value, int) and value in (0, 1)
    return bool(value) if is_number else value


def _decimal(value: Any) -> Any:
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        with suppress(InvalidOperation):
            return Decimal(str(value))
    return value


def _texts(value: Any) -> Any:
    parsed = _json(value)
    return tuple(cast("list[object]", parsed)) if isinstance(parsed, list) else parsed


def _json(value: Any) -> Any:
    if isinstance(value, str):
        with suppress(ValueError):
            return json.loads(value)
    return value


def _member_of(enumeration: type[StrEnum]) -> Convert:
    def convert(value: Any) -> Any:
        with suppress(ValueError):
            return enumeration(value)
        return value

    return convert


# A datetime is a date, and a bool a number: the types are compared and not their bases.
CONVERSIONS: tuple[tuple[type, Convert], ...] = (
    (datetime, _instant),
    (date, _date),
    (bool, _flag),
    (Decimal, _decimal),
    (tuple, _texts),
    (JsonObject, _json),
    (str, _text),
)
