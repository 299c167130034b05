"""Turn the texts of a form into the types that a schema expects."""

import re
from typing import Any, Final, Protocol, cast

from indelible_stripe.simulator.forms import as_array

WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,18})", re.ASCII)
DECIMAL: Final = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,12})?", re.ASCII)
BOOLEANS: Final = {"true": True, "false": False}

Schema = dict[str, Any]


class Schemas(Protocol):
    """The schemas that a schema may refer to."""

    def accepts(self, schema: Schema, value: object) -> bool:
        """Return whether a value conforms to a schema."""
        ...

    def resolved(self, schema: Schema) -> Schema:
        """Return the schema that a reference names, or the schema itself."""
        ...


def coerced(value: Any, schema: Schema, schemas: Schemas) -> Any:  # noqa: ANN401 - of any type
    """Return a parameter with the types of a schema; unfitting parts stay texts."""
    schema = schemas.resolved(schema)
    for choice in schema.get("anyOf", ()):
        candidate = coerced(value, choice, schemas)
        if schemas.accepts(choice, candidate):
            return candidate

    if isinstance(value, dict):
        return _coerced_members(cast("dict[str, Any]", value), schema, schemas)
    match schema.get("type"):
        case "integer" if WHOLE.fullmatch(value):
            return int(value)
        case "number" if DECIMAL.fullmatch(value):
            return float(value)
        case "boolean":
            return BOOLEANS.get(value, value)
        case _:
            return value


def _coerced_members(value: dict[str, Any], schema: Schema, schemas: Schemas) -> object:
    """Return the items of an array, or the properties of an object, with their types."""
    if schema.get("type") == "array":
        items = as_array(value)
        if items is None:
            return value
        return [coerced(item, schema.get("items", {}), schemas) for item in items]

    properties = schema.get("properties", {})
    additional = schema.get("additionalProperties")
    default: Schema = {}
    if isinstance(additional, dict):
        default = cast("Schema", additional)
    result: dict[str, Any] = {}
    for name, member in value.items():
        result[name] = coerced(member, properties.get(name, default), schemas)
    return result
