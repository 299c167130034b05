"""From attrs classes to marshmallow schemas, and from what those let pass to the classes: declared once, in core."""

import types
import typing
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

import attrs
from attrs.validators import optional
from cattrs import Converter
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from indelible.kernel import Actor
from indelible.kernel.values import is_identifier, non_blank_line
from indelible_web.http.examples import Examples, Ignored, attributes_of
from indelible_web.http.number_lists import is_number_list
from indelible_web.http.parsing import wrong_fields
from indelible_web.http.responses import to_json
from indelible_web.http.scalars import (
    MOST,
    Items,
    Reader,
    Scalar,
    SchemaProps,
    actor,
    instant,
    member_of,
    number,
    numbers,
    scalar,
    switch,
    text,
    whatever,
    whole_number,
    whole_number_in_text,
)

T = TypeVar("T")
Attribute: TypeAlias = "attrs.Attribute[Any]"

NUMBERS: Final[SchemaProps] = {"type": "array", "items": {"type": "number"}}
SCALARS: Final[Mapping[object, tuple[Reader, SchemaProps]]] = {
    str: (text, {"type": "string"}),
    int: (whole_number, {"type": "integer"}),
    bool: (switch, {"type": "boolean"}),
    datetime: (instant, {"type": "string", "format": "date-time"}),
    float: (number, {"type": "number"}),
    Ignored: (whatever, {"description": "Ignored: the answer says so."}),
    Actor: (actor, {"type": "string", "pattern": "^(user|system|key):"}),
}
JSON_NAMES: Final = {"max_length": "maxLength", "max_items": "maxItems"}
OF_VALIDATORS: Final[Mapping[object, SchemaProps]] = {  # what the document can say of them
    non_blank_line: {"minLength": 1, "pattern": r"\S"},
    optional(non_blank_line): {"minLength": 1, "pattern": r"\S"},
    is_identifier: {"minLength": 1, "pattern": r"^\S+$"},
    optional(is_identifier): {"minLength": 1, "pattern": r"^\S+$"},
}


class Side(StrEnum):
    """Where the values stand; it also ends the schema's name."""

    ANSWER = ""
    BODY = "Body"
    TEXT = "Text"  # a query or a path, where everything is text


@attrs.frozen
class DeferredItem(Generic[T]):
    """An item of a list that is read by itself, so that a bad one is no other's business."""

    value: object

    def read(self, cls: type[T]) -> T:
        """The item, or whatever is wrong with it."""
        schema: Any = schema_of(cast("Any", cls), Side.BODY)()
        try:
            return structure(schema.load(self.value), cls)
        except ValidationError as error:
            raise wrong_fields([error.messages_dict]) from error


class UnreadField(fields.Nested):
    """A field that the document describes, and that is left to be read later."""

    def deserialize(self, value: object, *_: object, **__: object) -> Any:  # noqa: ANN401 - an Unread, of null too
        found: DeferredItem[Any] = DeferredItem(value)
        return found


class UnsupportedType(TypeError):
    """The bridge does not know the type, or knows no limit for it."""


@cache
def schema_of(cls: type, side: Side) -> type[Schema]:
    """The schema of all fields of an attrs class, or UnsupportedType."""
    return schema_from(cls.__name__ + side, attributes_of(cls), side)


def schema_from(
    name: str, attributes: Iterable[Attribute], side: Side, examples: Examples | None = None
) -> type[Schema]:
    """The schema of these fields; an answer has all of them, what callers send those without a default."""
    declared = {each.name: _declared(each, side, examples) for each in attributes if each.init}
    return make_schema(name, EXCLUDE if side is Side.ANSWER else RAISE, declared)


@cache
def page_schema_of(cls: type) -> type[Schema]:
    """The schema of a page of these."""
    items = Items(fields.Nested(schema_of(cls, Side.ANSWER)), required=True)
    following = scalar(text, {"type": "string"}, required=True, allow_none=True)
    return make_schema(f"{cls.__name__}Page", EXCLUDE, {"items": items, "next": following})


def make_schema(name: str, unknown: str, declared: Mapping[str, fields.Field[Any]]) -> type[Schema]:
    """A schema of these fields, in no registry."""
    meta = type("Meta", (), {"unknown": unknown, "register": False})
    return type(name, (Schema,), {**declared, "Meta": meta})


def structure(values: Mapping[str, Any], cls: type[T]) -> T:
    """An instance of these values, or the leaf that a validator raises where one is wrong."""
    return _converter.structure(values, cls)


def _declared(attribute: Attribute, side: Side, examples: Examples | None) -> fields.Field[Any]:
    says = {**OF_VALIDATORS.get(attribute.validator, {}), **attribute.metadata}
    name, default = says.pop("data_key", None), attribute.default
    if side is not Side.ANSWER and default and isinstance(default, str | int):
        says["default"] = default
    if examples is not None:
        example = to_json(examples.of_type(attribute.type, attribute.name))
        if example is not None:
            says["examples"] = [example]
    is_required = side is Side.ANSWER or default is attrs.NOTHING
    return _field(attribute.type, says, side, required=is_required, data_key=name)


def _field(kind: Any, says: SchemaProps, side: Side, **options: Any) -> fields.Field[Any]:  # noqa: ANN401 - a type
    arguments = [each for each in typing.get_args(kind) if each is not types.NoneType]
    if typing.get_origin(kind) in (typing.Union, types.UnionType) and len(arguments) == 1:
        return _field(arguments[0], says, side, allow_none=side is not Side.TEXT, **options)
    if (
        not is_number_list(kind)
        and typing.get_origin(kind) is tuple
        and arguments[1:] == [Ellipsis]
    ):
        most = {} if side is Side.ANSWER else {"maxItems": _limit(says, "max_items")}
        return Items(_field(arguments[0], says, side, required=True), metadata=most, **options)
    if typing.get_origin(kind) is Mapping and side is Side.ANSWER:
        return fields.Dict(**options)
    if typing.get_origin(kind) is DeferredItem:
        return UnreadField(schema_of(arguments[0], side), **options)
    if isinstance(kind, type) and attrs.has(kind) and kind not in SCALARS:
        return fields.Nested(schema_of(kind, side), **options)
    return _scalar(kind, says, side, **options)


def _scalar(kind: object, says: SchemaProps, side: Side, **options: Any) -> Scalar:  # noqa: ANN401 - handed on
    if isinstance(kind, type) and issubclass(kind, Enum):
        return scalar(
            member_of(kind),
            {"type": "string", "enum": [each.value for each in kind], **says},
            **options,
        )
    if kind not in SCALARS and not is_number_list(kind):
        raise UnsupportedType(
            f"{kind} has no schema: the bridge knows scalars, enums, T | None, tuples, attrs classes"
        )
    read, known = (numbers, NUMBERS) if is_number_list(kind) else SCALARS[kind]
    if kind is str and side is not Side.ANSWER:
        _limit(says, "max_length")
    if kind is int and side is not Side.ANSWER:
        known = {**known, "minimum": -MOST, "maximum": MOST}
    if kind is int and side is Side.TEXT:
        read = whole_number_in_text
    is_list = known.get("type") == "array"
    if is_list and side is not Side.ANSWER:
        _limit(says, "max_items")
    said = {
        JSON_NAMES.get(name, name): each
        for name, each in says.items()
        if is_list or name != "max_items"
    }
    return scalar(read, {**known, **said}, **options)


def _limit(says: SchemaProps, name: str) -> object:
    if name not in says:
        raise UnsupportedType(
            f"what callers send has limits: {name} is missing in the field's metadata"
        )
    return says[name]


def _is_numbers_or_unread(kind: Any) -> bool:  # noqa: ANN401 - a type
    return is_number_list(kind) or typing.get_origin(kind) is DeferredItem


def _as_it_is(value: Any, _: object) -> Any:  # noqa: ANN401 - the readers have made it what it must be
    return value


_converter = Converter(detailed_validation=False, forbid_extra_keys=True)
_converter.register_structure_hook_func(_is_numbers_or_unread, _as_it_is)
for _kind in (datetime, Actor, Enum, Ignored):
    _converter.register_structure_hook(_kind, _as_it_is)
