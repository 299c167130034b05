"""The second description: the types of parameters in the `stripe` package, as JSON Schema."""

import types
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import stripe.params
import stripe.params.checkout
from stripe import RequestOptions

SIMPLE: Final[Mapping[Any, dict[str, Any]]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Decimal: {"type": "number"},
    type(None): {"type": "null"},
}
# Every TypedDict has it. `is_typeddict` does not know those of typing_extensions, which Stripe has.
REQUIRED_KEYS: Final = "__required_keys__"
NOTHING: Final[dict[str, Any]] = {"not": {}}  # the schema that no value fits
# Names that the modules import for type checkers only.
OTHER_NAMES: Final = {"StripeContext": object, "Mapping": Mapping, "Any": Any}


@cache
def schema_of_parameters(name: str) -> dict[str, Any]:
    """Return the schema of a class of parameters, `checkout.SessionCreateParams`."""
    folder, _, class_name = name.rpartition(".")
    module = stripe.params.checkout if folder else stripe.params
    return _schema_of_class(getattr(module, class_name))


@cache
def _schema_of_class(parameters: type) -> dict[str, Any]:
    options = RequestOptions.__annotations__.keys()
    properties: dict[str, Any] = {}
    for name, hint in get_type_hints(parameters, localns=OTHER_NAMES).items():
        if name not in options:
            properties[name] = _schema_of(hint)

    required: frozenset[str] = vars(parameters)[REQUIRED_KEYS]
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
    names = sorted(required & properties.keys())
    if names:
        schema["required"] = names
    return schema


def _schema_of(hint: Any) -> dict[str, Any]:  # noqa: ANN401 - a type
    """Return the schema of a type."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(hint, type) and REQUIRED_KEYS in vars(hint):
        return _schema_of_class(hint)

    origin, arguments = get_origin(hint), get_args(hint)
    schema: dict[str, Any] = (
        NOTHING  # such as the objects of a response, which a client may send back
    )
    if origin is Literal:
        schema = {"enum": list(arguments)}
    elif origin in (Union, types.UnionType):
        schema = {"anyOf": [_schema_of(argument) for argument in arguments]}
    elif origin is list:
        schema = {"type": "array", "items": _schema_of(arguments[0])}
    elif origin is dict:
        schema = {"type": "object", "additionalProperties": _schema_of(arguments[-1])}
    return schema
