"""The bridge from attrs classes to marshmallow schemas, so that core declares each field once."""

import types
import typing
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

import attrs
from cattrs import Converter
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from indelible.kernel import Actor
from indelible.kernel.decimals import MAXIMUM, MINIMUM
from indelible.kernel.json_objects import JsonObjects
from indelible.kernel.kept_values import KEEP
from indelible.kernel.kinds import DESCRIPTION
from indelible_web.http.examples import Examples, Ignored, attributes_of
from indelible_web.http.json_fields import AS_WRITTEN, DESCRIPTION_TEXT, json_field
from indelible_web.http.json_fields import KINDS as JSON_KINDS
from indelible_web.http.number_lists import (
    UINT256,
    WrittenInteger,
    is_number_list,
    is_written_integer,
)
from indelible_web.http.parsing import invalid_fields
from indelible_web.http.responses import DATA_KEY, to_json
from indelible_web.http.scalars import (
    MAX_INTEGER,
    BoundedList,
    Reader,
    Scalar,
    SchemaProps,
    ignore_value,
    read_actor,
    read_boolean,
    read_boolean_text,
    read_date,
    read_decimal,
    read_instant,
    read_integer,
    read_integer_text,
    read_number,
    read_numbers,
    read_text,
    read_uint256,
    read_written_integer,
    reader_of_enum,
    scalar,
)
from indelible_web.http.validator_props import VALIDATOR_PROPS

T = TypeVar("T")
Attribute: TypeAlias = "attrs.Attribute[Any]"

SCALARS: Final[Mapping[object, tuple[Reader, SchemaProps]]] = {
    str: (read_text, {"type": "string"}),
    int: (read_integer, {"type": "integer"}),
    UINT256: (read_uint256, {"type": "string", "pattern": "^(0|[1-9][0-9]{0,77})$"}),
    WrittenInteger: (read_written_integer, {"type": "integer", AS_WRITTEN: True}),
    bool: (read_boolean, {"type": "boolean"}),
    datetime: (read_instant, {"type": "string", "format": "date-time"}),
    date: (read_date, {"type": "string", "format": "date"}),
    Decimal: (read_decimal, {"type": "string", "format": "decimal"}),
    float: (read_number, {"type": "number"}),
    Ignored: (ignore_value, {"description": "Ignored: the answer says so."}),
    Actor: (read_actor, {"type": "string", "pattern": "^(user|system|key):"}),
}
MAX_NAMED_FIELDS: Final = 30  # in the message about an unknown one
DECIMAL_LIMITS: Final = ("digits", "places", MINIMUM, MAXIMUM)
NUMBER_LIST_PROPS: Final[SchemaProps] = {"type": "array", "items": {"type": "number"}}


@attrs.frozen
class ValidatorOfPassed:
    """A validator of a field that may be left out of a request: it stays as it is."""

    validator: Any

    def __call__(self, request: object, attribute: Attribute, value: object) -> None:
        """Validate a value that the request has."""
        if value is not KEEP and self.validator is not None:
            self.validator(request, attribute, value)


class Side(StrEnum):
    """The part of the exchange that a schema describes; its value ends the schema's name."""

    ANSWER = ""
    BODY = "Body"
    TEXT = "Text"  # A query, a path or a form, where every value is a text.


@attrs.frozen
class DeferredItem(Generic[T]):
    """An item of a list that is read by itself, so that an invalid one refuses no other."""

    value: object

    def read(self, cls: type[T]) -> T:
        """Return the item as an instance of the class.

        Raises: InvalidFields, or the error of a validator.
        """
        schema: Any = schema_of(cast("Any", cls), Side.BODY)()
        try:
            return structure(schema.load(self.value), cls)
        except ValidationError as error:
            raise invalid_fields([error.messages_dict]) from error


class DeferredField(fields.Nested):
    """A field that the document describes and that is read later."""

    def deserialize(
        self,
        value: object,
        *_: object,
        **__: object,
    ) -> Any:  # noqa: ANN401 - as in marshmallow
        """Return the value unread."""
        item: DeferredItem[Any] = DeferredItem(value)
        return item


class UnsupportedType(TypeError):
    """A field's type, or a missing limit, that the bridge cannot turn into a schema."""


@cache
def schema_of(cls: type, side: Side) -> type[Schema]:
    """Return the schema of all fields of an attrs class.

    Raises: UnsupportedType.
    """
    return schema_from(cls.__name__ + side, attributes_of(cls), side)


def schema_from(
    name: str, attributes: Iterable[Attribute], side: Side, examples: Examples | None = None
) -> type[Schema]:
    """Return the schema of these attributes.

    An answer has all of them; a request may leave out those with a default.

    Raises: UnsupportedType.
    """
    declared: dict[str, fields.Field[Any]] = {}
    for attribute in attributes:
        if attribute.init:
            declared[attribute.name] = _field_of_attribute(attribute, side, examples)
    unknown = EXCLUDE if side is Side.ANSWER else RAISE

    return make_schema(name, unknown, declared)


@cache
def page_schema_of(cls: type) -> type[Schema]:
    """Return the schema of a page of these."""
    item = fields.Nested(schema_of(cls, Side.ANSWER))
    declared: dict[str, fields.Field[Any]] = {
        "items": BoundedList(item, required=True),
        "next": scalar(read_text, {"type": "string"}, required=True, allow_none=True),
    }

    return make_schema(f"{cls.__name__}Page", EXCLUDE, declared)


def make_schema(name: str, unknown: str, declared: Mapping[str, fields.Field[Any]]) -> type[Schema]:
    """Return a schema class of these fields, outside marshmallow's registry."""
    meta = type("Meta", (), {"unknown": unknown, "register": False})
    messages: dict[str, str] = {}
    if declared:
        names = sorted(one.data_key or name for name, one in declared.items())
        expected = ", ".join(names[:MAX_NAMED_FIELDS])
        more = ", ..." if len(names) > MAX_NAMED_FIELDS else "."
        messages["unknown"] = f"Unknown field: expected one of {expected}{more}"
    return type(name, (Schema,), {**declared, "Meta": meta, "error_messages": messages})


def structure(values: Mapping[str, Any], cls: type[T]) -> T:
    """Return an instance of these values.

    Raises: the error of a validator.
    """
    return _converter.structure(values, cls)


def _field_of_attribute(
    attribute: Attribute, side: Side, examples: Examples | None
) -> fields.Field[Any]:
    validator: Any = attribute.validator
    if isinstance(validator, ValidatorOfPassed):
        validator = validator.validator
    props = {**VALIDATOR_PROPS.get(validator, {}), **attribute.metadata}
    data_key = props.pop(DATA_KEY, None)
    description = props.pop(DESCRIPTION, "")

    default = attribute.default
    if side is not Side.ANSWER and default and isinstance(default, str | int):
        props["default"] = default
    if examples is not None:
        example = to_json(examples.of_type(attribute.type, attribute.name))
        if example is not None:
            props["examples"] = [example]
    is_required = side is Side.ANSWER or default is attrs.NOTHING

    result = _field(attribute.type, props, side, required=is_required, data_key=data_key)
    if description:
        cast("dict[str, Any]", result.metadata)[DESCRIPTION_TEXT] = description
    return result


def _field(
    kind: Any,  # noqa: ANN401 - a type
    props: SchemaProps,
    side: Side,
    **options: Any,  # noqa: ANN401 - marshmallow's
) -> fields.Field[Any]:
    """Return the field of an optional type, of a list, or of a single value."""
    origin = typing.get_origin(kind)
    arguments = [part for part in typing.get_args(kind) if part is not types.NoneType]
    if origin in (typing.Union, types.UnionType) and len(arguments) == 1:
        return _field(arguments[0], props, side, allow_none=side is not Side.TEXT, **options)
    if is_number_list(kind):
        return _number_list(props, side, **options)
    if kind in JSON_KINDS and side is not Side.TEXT:
        return _json_field(kind, props, side, **options)
    if origin is tuple and arguments[1:] == [Ellipsis]:
        return _list(arguments[0], props, side, **options)

    return _single_field(kind, props, side, **options)


def _single_field(
    kind: Any,  # noqa: ANN401 - a type
    props: SchemaProps,
    side: Side,
    **options: Any,  # noqa: ANN401 - marshmallow's
) -> fields.Field[Any]:
    """Return the field of a scalar, an enum, a class, a mapping, any value or a deferred item."""
    if kind in SCALARS:
        return _scalar(kind, props, side, **options)
    if kind == Any and side is Side.ANSWER:
        options["allow_none"] = True
        return fields.Raw(**options)
    if isinstance(kind, type) and attrs.has(kind):
        return fields.Nested(schema_of(kind, side), **options)
    if isinstance(kind, type) and issubclass(kind, Enum):
        values: list[object] = [member.value for member in kind]
        if options.get("allow_none"):
            values.append(None)  # JSON Schema does not derive it from the type.
        json_type = "integer" if issubclass(kind, int) else "string"
        enum_props = {"type": json_type, "enum": values, **_document_props(props)}
        return scalar(reader_of_enum(kind), enum_props, **options)

    origin = typing.get_origin(kind)
    if origin is Mapping and side is Side.ANSWER:
        return fields.Dict(**options)
    if origin is DeferredItem:
        return DeferredField(schema_of(typing.get_args(kind)[0], side), **options)

    raise UnsupportedType(
        f"{kind} has no schema: expected a scalar, an enum, T | None, a tuple or an attrs class"
    )


def _scalar(
    kind: object,
    props: SchemaProps,
    side: Side,
    **options: Any,  # noqa: ANN401 - marshmallow's
) -> Scalar:
    read, kind_props = SCALARS[kind]
    if kind == UINT256:
        return scalar(read, {**kind_props, **_text_examples(props)}, **options)
    if kind is Decimal:
        return scalar(read, {**kind_props, **_decimal_props(props)}, **options)
    if kind is str and side is not Side.ANSWER:
        _required_limit(props, "max_length")
    if kind is int and side is not Side.ANSWER:
        kind_props = {**kind_props, "minimum": -MAX_INTEGER, "maximum": MAX_INTEGER}
    if kind is int and side is Side.TEXT:
        read = read_integer_text
    if kind is bool and side is Side.TEXT:
        read = read_boolean_text

    return scalar(read, {**kind_props, **_document_props(props)}, **options)


def _decimal_props(props: SchemaProps) -> SchemaProps:
    """Return the pattern and the range of a decimal's texts, by its kind; an answer has none.

    JSON Schema has no range of texts: that is an extension, and negative texts fit no pattern of a
    kind without negative numbers.
    """
    result = {name: props[name] for name in props if name not in DECIMAL_LIMITS}
    sign = "-?"
    if MINIMUM in props:
        result["x-minimum"] = str(props[MINIMUM])
        result["x-maximum"] = str(props[MAXIMUM])
        sign = "-?" if props[MINIMUM] < 0 else ""
    if "digits" in props:
        places: int = props["places"]
        whole = max(props["digits"] - places - 1, 0)
        fraction = rf"(\.[0-9]{{1,{places}}})?" if places else ""
        result["pattern"] = rf"^{sign}(0|[1-9][0-9]{{0,{whole}}}){fraction}$"
    return result


def _text_examples(props: SchemaProps) -> SchemaProps:
    """Return the examples of a number as texts; a text has no minimum and no maximum."""
    return {name: [str(item) for item in props[name]] for name in props if name == "examples"}


def _number_list(
    props: SchemaProps,
    side: Side,
    **options: Any,  # noqa: ANN401 - marshmallow's
) -> Scalar:
    list_props: dict[str, Any] = {**NUMBER_LIST_PROPS, **_document_props(props)}
    if side is not Side.ANSWER:
        list_props["maxItems"] = _required_limit(props, "max_items")

    return scalar(read_numbers, list_props, **options)


def _json_field(
    kind: object,
    props: SchemaProps,
    side: Side,
    **options: Any,  # noqa: ANN401 - marshmallow's
) -> Scalar:
    is_answer = side is Side.ANSWER
    if not is_answer:
        _required_limit(props, "json_limits")
    if not is_answer and kind == JsonObjects:
        _required_limit(props, "max_items")

    return json_field(kind, props, is_answer=is_answer, **options)


def _list(
    kind: Any,  # noqa: ANN401 - a type
    props: SchemaProps,
    side: Side,
    **options: Any,  # noqa: ANN401 - marshmallow's
) -> BoundedList:
    item = _field(kind, props, side, required=True)
    if side is Side.ANSWER:
        return BoundedList(item, **options)

    max_items = _required_limit(props, "max_items")
    return BoundedList(item, metadata={"maxItems": max_items}, **options)


def _document_props(props: SchemaProps) -> SchemaProps:
    """Return a scalar's properties under their names in JSON Schema.

    The number of items is left out: it belongs to the list around the scalar.
    """
    result: dict[str, Any] = {}
    for name, value in props.items():
        if name == "max_length":
            result["maxLength"] = value
        elif name != "max_items":
            result[name] = value

    return result


def _required_limit(props: SchemaProps, name: str) -> object:
    if name not in props:
        raise UnsupportedType(
            f"a field of a request has no limit: {name} is missing in its metadata"
        )
    return props[name]


def _is_read_already(kind: Any) -> bool:  # noqa: ANN401 - a type
    if is_number_list(kind) or is_written_integer(kind):
        return True
    return kind in JSON_KINDS or typing.get_origin(kind) is DeferredItem


def _unchanged(value: Any, _: object) -> Any:  # noqa: ANN401 - any value that a reader returned
    return value


_converter = Converter(detailed_validation=False, forbid_extra_keys=True)
_converter.register_structure_hook_func(_is_read_already, _unchanged)
for _kind in (datetime, date, Decimal, Actor, Enum, Ignored):
    _converter.register_structure_hook(_kind, _unchanged)
