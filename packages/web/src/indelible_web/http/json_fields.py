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
# A property that the description of the field takes up.
LIMITS_TEXT: Final = "x-limits"


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
        if "max_items" in props:
            field_props["maxItems"] = props["max_items"]
    if "examples" in props:
        field_props["examples"] = props["examples"]

    return scalar(declared.read, field_props, **options)


def holds_documents(schema: Schema) -> bool:
    """Return True if a field of the schema, at any depth, is a JSON object or a list of them."""
    return any(_is_document(field) for field in cast("Any", schema).fields.values())


def _is_document(field: Field[Any]) -> bool:
    if isinstance(field, fields.Nested):
        return holds_documents(cast("Schema", field.schema))
    if isinstance(field, fields.List):
        return _is_document(field.inner)

    return "json_limits" in field.metadata


def _limits_text(subject: str, limits: JsonLimits) -> str:
    """Return the sentence about a field's limits, for the OpenAPI document."""
    return (
        f"{subject}, at most {limits.max_depth} levels deep, with at most"
        f" {limits.max_values:,} values and {limits.max_bytes:,} bytes."
    )
