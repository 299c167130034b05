"""Breaking changes of the OpenAPI document; `python -m tests.web.compatibility` writes it."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from tests.web.harness import Web, memory

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
SHAPE = ("type", "format", "$ref", "anyOf")
UPPER_LIMITS = ("maxLength", "maxItems", "maximum")
LOWER_LIMITS = ("minLength", "minItems", "minimum")
Json = dict[str, Any]


def text_of(document: Mapping[str, Any]) -> str:
    """Return the text of the committed document."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def breaking_changes(old: Json, new: Json) -> list[str]:
    """Return the changes that break a program written for the old document."""
    return [*_operation_changes(old, new), *_schema_changes(old, new)]


def _operation_changes(old: Json, new: Json) -> Iterator[str]:
    old_operations = _operations(old)
    new_operations = _operations(new)
    for name, old_operation in old_operations.items():
        if name not in new_operations:
            yield f"{name} is gone"
            continue
        new_operation = new_operations[name]
        for status in old_operation["responses"]:
            if status.startswith("2") and status not in new_operation["responses"]:
                yield f"{name} no longer answers {status}"
        yield from _content_changes(name, old_operation, new_operation)
        yield from _parameter_changes(name, _parameters(old_operation), _parameters(new_operation))


def _content_changes(name: str, old: Json, new: Json) -> Iterator[str]:
    """Yield the request and the successes that have another schema."""
    old_schemas = _content_schemas(old)
    new_schemas = _content_schemas(new)
    for part, schema in old_schemas.items():
        if part in new_schemas and new_schemas[part] != schema:
            yield f"{name} has another schema: {part}"
    if "requestBody" in new and "requestBody" not in old:
        yield f"{name} now requires a body"


def _content_schemas(operation: Json) -> dict[str, Json]:
    """Return the schemas of an operation's request and of its successes."""
    schemas: dict[str, Json] = {}
    contents = {"request": operation.get("requestBody", {})}
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            contents[status] = response
    for part, content in contents.items():
        for media_type, media in content.get("content", {}).items():
            schemas[f"{part} {media_type}"] = media["schema"]

    return schemas


def _parameter_changes(name: str, old: dict[str, Json], new: dict[str, Json]) -> Iterator[str]:
    for parameter in old:
        if parameter not in new:
            yield f"{name} no longer takes {parameter}"
    for parameter, definition in new.items():
        was_required = old.get(parameter, {}).get("required")
        if definition["required"] and not was_required:
            yield f"{name} now requires {parameter}"
    for parameter in old.keys() & new.keys():
        yield from _narrowed(
            f"{name} {parameter}",
            old[parameter]["schema"],
            new[parameter]["schema"],
            is_sent=True,
        )


def _schema_changes(old: Json, new: Json) -> Iterator[str]:
    old_schemas = cast("dict[str, Json]", old["components"]["schemas"])
    new_schemas = cast("dict[str, Json]", new["components"]["schemas"])
    for name, old_schema in old_schemas.items():
        if name not in new_schemas:
            yield f"{name} is gone"
        else:
            yield from _field_changes(name, old_schema, new_schemas[name])


def _field_changes(name: str, old: Json, new: Json) -> Iterator[str]:
    is_sent = name.endswith("Body")
    for field, old_field in old["properties"].items():
        if field not in new["properties"]:
            yield f"{name}.{field} is gone"
            continue
        yield from _narrowed(
            f"{name}.{field}", old_field, new["properties"][field], is_sent=is_sent
        )

    old_required = set(old.get("required", ()))
    new_required = set(new.get("required", ()))
    if is_sent:
        for field in sorted(new_required - old_required):
            yield f"{name}.{field} is now required"
    else:
        for field in sorted(old_required - new_required):
            yield f"{name}.{field} is no longer certain"


def _narrowed(name: str, old: Json, new: Json, *, is_sent: bool) -> Iterator[str]:
    """Yield the values that the new schema excludes; of sent values, tighter limits too."""
    for value in old.get("enum", ()):
        if value not in new.get("enum", ()):
            yield f"{name} no longer knows {value}"

    old_shape = [old.get(key) for key in SHAPE]
    new_shape = [new.get(key) for key in SHAPE]
    if old_shape != new_shape:
        yield f"{name} has another type"

    if is_sent:
        yield from _tighter_limits(name, old, new)
    if "items" in old and "items" in new:
        yield from _narrowed(f"{name}[]", old["items"], new["items"], is_sent=is_sent)


def _tighter_limits(name: str, old: Json, new: Json) -> Iterator[str]:
    for limit in UPPER_LIMITS:
        if new.get(limit, float("inf")) < old.get(limit, float("inf")):
            yield f"{name} takes less: {limit}"
    for limit in LOWER_LIMITS:
        if new.get(limit, float("-inf")) > old.get(limit, float("-inf")):
            yield f"{name} takes less: {limit}"


def _operations(document: Json) -> dict[str, Json]:
    operations: dict[str, Json] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            operations[f"{method.upper()} {path}"] = operation

    return operations


def _parameters(operation: Json) -> dict[str, Json]:
    parameters: dict[str, Json] = {}
    for parameter in operation.get("parameters", ()):
        parameters[f"{parameter['in']} {parameter['name']}"] = parameter

    return parameters


def main() -> None:
    """Write the document, unless it breaks the committed one and `--break` is missing."""
    document = Web(memory()).document
    changes: list[str] = []
    if COMMITTED.exists():
        changes = breaking_changes(json.loads(COMMITTED.read_text("utf-8")), document)
    if changes and "--break" not in sys.argv:
        sys.exit("\n".join([*changes, "Nothing was written: pass --break to write it."]))

    COMMITTED.write_text(text_of(document), "utf-8")


if __name__ == "__main__":
    main()
