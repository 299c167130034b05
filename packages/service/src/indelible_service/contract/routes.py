"""The facts of an OpenAPI document: its operations, and the schemas that they name."""

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final, cast

from indelible_service.contract.differences import (
    ALWAYS,
    AT_LEAST,
    AT_MOST,
    KNOWN,
    MAYBE,
    NO_SCOPE,
    OPTIONAL,
    OR,
    PATTERN,
    REQUIRED,
    SCOPE,
    Part,
)

Json = Mapping[str, Any]

SHAPE: Final = ("type", "format", "$ref", "anyOf")
UPPER_LIMITS: Final = ("maxLength", "maxItems", "maximum", "x-maximum")
LOWER_LIMITS: Final = ("minLength", "minItems", "minimum", "x-minimum")
SENT: Final = "Body"  # the end of the names of the schemas of requests
DEPRECATED: Final = "deprecated"
JSON_TYPE: Final = "application/json"


def routes_of(document: Json) -> Part:
    """Return the operations and schemas of a document, each with its facts."""
    part: dict[str, dict[str, str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            part[f"{method.upper()} {path}"] = dict(_operation_facts(operation))
    for name, schema in document["components"]["schemas"].items():
        part[name] = dict(_schema_facts(schema, is_sent=name.endswith(SENT)))
    return part


def _operation_facts(operation: Json) -> Iterator[tuple[str, str]]:
    yield SCOPE, _scopes(operation)
    if operation.get("deprecated"):
        yield DEPRECATED, KNOWN
    for parameter in operation.get("parameters", ()):
        name = f"{parameter['in']} {parameter['name']}"
        yield name, REQUIRED if parameter.get("required") else OPTIONAL
        yield from _value_facts(name, parameter["schema"], is_sent=True)
    if "requestBody" in operation:
        yield "body", REQUIRED
        yield from _content_facts("body", operation["requestBody"])
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield f"answer {status}", KNOWN
            yield from _content_facts(f"answer {status}", response)


def _scopes(operation: Json) -> str:
    """Return the scopes of which a caller needs one."""
    alternatives: list[str] = []
    for requirement in operation.get("security", ()):
        alternatives.append(" and ".join(sorted(chain.from_iterable(requirement.values()))))
    return OR.join(sorted(alternatives)) or NO_SCOPE


def _content_facts(name: str, content: Json) -> Iterator[tuple[str, str]]:
    for media_type, media in content.get("content", {}).items():
        of_type = name if media_type == JSON_TYPE else f"{name} {media_type}"
        yield from _value_facts(of_type, media["schema"], is_sent=name == "body")


def _schema_facts(schema: Json, *, is_sent: bool) -> Iterator[tuple[str, str]]:
    required = set(schema.get("required", ()))
    for field, value in schema.get("properties", {}).items():
        if is_sent:
            yield field, REQUIRED if field in required else OPTIONAL
        else:
            yield field, ALWAYS if field in required else MAYBE
        yield from _value_facts(field, value, is_sent=is_sent)


def _value_facts(name: str, schema: Json, *, is_sent: bool) -> Iterator[tuple[str, str]]:
    """Yield the type of a value, its known values, and the limits of one that is sent."""
    shape = {key: schema[key] for key in SHAPE if key in schema}
    yield f"{name} type", _shape_text(shape)
    for value in schema.get("enum", ()):
        yield f"{name} value {value}", KNOWN
    if is_sent:
        for limit in UPPER_LIMITS:
            if limit in schema:
                yield f"{name} {limit}{AT_MOST}", str(schema[limit])
        for limit in LOWER_LIMITS:
            if limit in schema:
                yield f"{name} {limit}{AT_LEAST}", str(schema[limit])
        if "pattern" in schema:
            yield f"{name}{PATTERN}", schema["pattern"]
    if "items" in schema:
        yield from _value_facts(f"{name}[]", schema["items"], is_sent=is_sent)


def _shape_text(shape: Mapping[str, object]) -> str:
    """Return a shape in one word where it has one."""
    if list(shape) == ["type"] and isinstance(shape["type"], str):
        return shape["type"]
    if list(shape) == ["$ref"]:
        return cast("str", shape["$ref"]).rpartition("/")[2]
    return json.dumps(shape, sort_keys=True)
