"""Examples for the fields of operations, so that the OpenAPI document shows one for each."""

import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, ForwardRef, TypeVar

import attrs
from attrs import frozen

from indelible.kernel import Actor
from indelible.kernel.decimals import FixedDecimal
from indelible.kernel.json_objects import JsonObject
from indelible_web.http.number_lists import is_number_list

T = TypeVar("T")


class Ignored:
    """The type of a field that may hold anything and is never read."""


ENTITY_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d01"
DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
BY_TYPE: Final[Mapping[object, object]] = {
    str: "text",
    int: 1,
    bool: True,
    float: 0.5,
    Ignored: None,
    date: date(2026, 1, 31),
    Decimal: FixedDecimal("0"),
    datetime: datetime(2026, 1, 1, 9, 30, tzinfo=UTC),
    Actor: Actor.user("maya"),
    JsonObject: JsonObject.of({"x": 12.5}),
}
COMMON: Final[Mapping[str, object]] = {
    "action": "create",
    "cancel_reason": None,
    "cursor": None,
    "data": {},
    "dead_reason": None,
    "digest_scheme": 1,
    "entity_id": ENTITY_ID,
    "from_state": "",
    "hash": DIGEST,
    "lifecycle": "key",
    "limit": 50,
    "Task.arguments": {"to": "maya@example.org"},
    "Task.finished_at": None,
    "Task.succeeded_at": None,
    "Task.result": None,
    "offset": 0,
    "prev_hash": "",
    "reason": "a first draft for the course on fractions",
    "request_id": "0199e1c8-7c1e-7d02-b7a4-0e5a1d3c8f00",
    "to_state": "ACTIVE",
}


@frozen
class Examples:
    """Examples by field: `Class.field` first, then `field`, then the field's type."""

    _by_name: Mapping[str, object] = COMMON

    def of_class(self, cls: type[T]) -> T:
        """Return an instance that passes the class's own validators."""
        values: dict[str, Any] = {}
        for attribute in attributes_of(cls):
            field_name = f"{cls.__name__}.{attribute.name}"
            values[attribute.name] = self.of_type(attribute.type, field_name)

        return cls(**values)

    def of_type(self, kind: Any, field_name: str) -> Any:  # noqa: ANN401 - a type and its instance
        """Return an example for a field of this type."""
        for key in (field_name, field_name.rpartition(".")[2]):
            if key in self._by_name:
                return self._by_name[key]

        arguments = [part for part in typing.get_args(kind) if part is not types.NoneType]
        if is_number_list(kind):
            return _numbers(kind)
        if typing.get_origin(kind) is tuple:
            return (self.of_type(arguments[0], field_name),)
        if typing.get_origin(kind) is Mapping:
            return {}
        if arguments:
            return self.of_type(arguments[0], field_name)

        return self._of_single_type(kind)

    def _of_single_type(self, kind: Any) -> Any:  # noqa: ANN401 - a type and its instance
        if kind in BY_TYPE:
            return BY_TYPE[kind]
        if issubclass(kind, Enum):
            return next(iter(kind))

        return self.of_class(kind)


def examples_of(named: Mapping[str, object]) -> Examples:
    """Return a context's own examples, with the common ones for all other fields."""
    return Examples({**COMMON, **named})


def attributes_of(cls: type[Any]) -> "tuple[attrs.Attribute[Any], ...]":
    """Return the fields of an attrs class with their resolved types."""
    attributes: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    # Where no type is a text, attrs would only put annotations back that kinds have replaced.
    if any(_has_text(attribute.type) for attribute in attributes):
        attributes = attrs.fields(attrs.resolve_types(cls))
    return attributes


def _has_text(kind: object) -> bool:
    """Return whether a text in a type stands for another type."""
    if isinstance(kind, str | ForwardRef):
        return True

    parts = typing.get_args(kind)
    if typing.get_origin(kind) is Annotated:
        parts = parts[:1]  # the others are marks
    return any(_has_text(part) for part in parts)


def _numbers(kind: Any) -> Any:  # noqa: ANN401 - a type and its instance
    values = (1.0, 0.0, 0.0)
    return kind(values) if isinstance(kind, type) else values
