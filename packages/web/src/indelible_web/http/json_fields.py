"""Fields of JSON objects: their readers and what the OpenAPI document says about them."""

from collections.abc import Mapping
from typing import Any, Final, cast

from attrs import frozen
from marshmallow import Schema, ValidationError, fields
from marshmallow.fields import Field

from indelible.kernel.json_limits import JsonLimits
from indelible.kernel.json_objects import JsonObject, JsonObjects, freeze_object, freeze_objects
from indelible_web.http.scalars import Reader, Scalar, SchemaProps, scalar

OBJECT_PROPS: Final[SchemaProps] = {"type": "object", "additionalProperties": True}
# Properties that the description of the field takes up.
LIMITS_TEXT: Final = "x-limits"
DESCRIPTION_TEXT: Final = "x-description"
AS_WRITTEN: Final = "as_written"  # The metadata of fields whose numbers are not normalized.


class WrittenObject(dict[str, Any]):
    """A JSON object as it was written: 4.0 is a Decimal, while `JsonObject` makes it the integer 4.

    It is for documents whose own rules check the type of each value.
    """


@frozen
class JsonKind:
    """A type of fields that hold JSON objects: its reader and its properties."""

    read: Reader
    props: SchemaProps
    text: str


def read_object(value: object, field: str, props: SchemaProps) -> JsonObject:
    """Return a JSON object within the limits of its field."""
    if not isinstance(value, dict):
        raise ValidationError("Not a JSON object.")

    return freeze_object(cast("object", value), props["json_limits"], field)


def read_written(value: object, field: str, props: SchemaProps) -> WrittenObject:
    """Return a JSON object as it was written, within the limits of its field."""
    read_object(value, field, props)

    return WrittenObject(cast("dict[str, Any]", value))


def read_objects(value: object, field: str, props: SchemaProps) -> JsonObjects:
    """Return a list of JSON objects within the limits of its field."""
    if not isinstance(value, list):
        raise ValidationError("Not a list of JSON objects.")
    items = cast("list[object]", value)
    if not all(isinstance(item, dict) for item in items):
        raise ValidationError("Not a list of JSON objects.")

    return freeze_objects(items, props["json_limits"], field, props["maxItems"])


KINDS: Final[Mapping[object, JsonKind]] = {
    JsonObject: JsonKind(read_object, OBJECT_PROPS, "Any JSON object"),
    WrittenObject: JsonKind(read_written, OBJECT_PROPS, "Any JSON object"),
    JsonObjects: JsonKind(
        read_objects, {"type": "array", "items": OBJECT_PROPS}, "A list of any JSON objects"
    ),
}


def json_field(
    kind: object,
    props: SchemaProps,
    *,
    is_answer: bool,
    **options: Any,  # noqa: ANN401 - marshmallow's
) -> Scalar:
    """Return the field of a JSON object or of a list of them; an answer needs no limits."""
    declared = KINDS[kind]
    field_props = {**declared.props}
    if not is_answer:
        limits: JsonLimits = props["json_limits"]
        field_props["json_limits"] = limits
        field_props[LIMITS_TEXT] = _limits_text(declared.text, limits)
        if kind is WrittenObject:
            field_props[AS_WRITTEN] = True
        if "max_items" in props:
            field_props["maxItems"] = props["max_items"]
    if "examples" in props:
        field_props["examples"] = props["examples"]

    return scalar(declared.read, field_props, **options)


def holds_documents(schema: Schema) -> bool:
    """Return True if a field of the schema, at any depth, is a JSON object or a list of them."""
    return _holds(schema, "json_limits")


def holds_written(schema: Schema) -> bool:
    """Return True if a field of the schema, at any depth, is a JSON object as it was written."""
    return _holds(schema, AS_WRITTEN)


def _holds(schema: Schema, name: str) -> bool:
    return any(_has_metadata(field, name) for field in cast("Any", schema).fields.values())


def _has_metadata(field: Any, name: str) -> bool:  # noqa: ANN401 - marshmallow's is partially typed
    if isinstance(field, fields.Nested):
        return _holds(field.schema, name)
    if isinstance(field, fields.List):
        inner: Field[Any] = cast("Any", field).inner
        return _has_metadata(inner, name)

    return name in field.metadata


def _limits_text(subject: str, limits: JsonLimits) -> str:
    """Return the sentence about a field's limits, for the OpenAPI document."""
    return (
        f"{subject}, at most {limits.max_depth} levels deep, with at most"
        f" {limits.max_values:,} values and {limits.max_bytes:,} bytes."
    )
