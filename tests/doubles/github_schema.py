"""Check requests and answers against GitHub's own description, trimmed by `trim_github.py`."""

import json
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from referencing import Registry
from referencing.jsonschema import DRAFT4

DESCRIPTION = Path(__file__).with_name("github_api.json")
URI = "urn:github"
VALIDATOR: Any = import_module("openapi_schema_validator").OAS30ReadValidator  # it has no types
PARAMETER = re.compile(r"\{\w+\}")

# GitHub redirects from old names to this address, but its description does not list it.
ALIASES = {"/repositories/{repository_id}": "/repos/{owner}/{repo}"}


@cache
def description() -> dict[str, Any]:
    """Return GitHub's description; objects have no other fields than those it lists."""
    document: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    close(document)
    return document


def close(value: object) -> None:
    """Forbid unlisted fields in every object of a document that lists its fields."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            close(item)
    if not isinstance(value, dict):
        return

    schema = cast("dict[str, object]", value)
    for item in list(schema.values()):
        close(item)
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        schema.setdefault("additionalProperties", False)


@cache
def _registry() -> Registry[Any]:
    registry: Registry[Any] = Registry()
    resource: Any = DRAFT4.create_resource(description())
    described: Registry[Any] = registry.with_resource(URI, resource)
    return described


def template(path: str) -> str | None:
    """Return the described path that fits a path, None if there is none."""
    candidates: list[str] = [*description()["paths"], *ALIASES]
    for candidate in candidates:
        if re.fullmatch(PARAMETER.sub("[^/]+", candidate), path):
            return ALIASES.get(candidate, candidate)

    return None


def request_faults(method: str, path: str, body: object) -> list[str]:
    """Return the reasons for which GitHub's description does not allow a request."""
    route, _, query = path.partition("?")
    described = template(route)
    if described is None or method.lower() not in description()["paths"][described]:
        return [f"{method} {route} is not described"]
    if query:
        return [f"the query {query} is not described"]

    operation = description()["paths"][described][method.lower()]
    if "requestBody" not in operation:
        return [] if body is None else ["a body is not described"]

    pointer = f"{_pointer(described, method)}/requestBody/content/application~1json/schema"
    return _faults(pointer, body)


def response_faults(method: str, path: str, status: int, body: object) -> list[str]:
    """Return the reasons for which GitHub's description does not allow an answer."""
    route = path.partition("?")[0]
    described = template(route)
    if described is None:
        return [f"{route} is not described"]

    responses = description()["paths"][described][method.lower()]["responses"]
    response = responses.get(str(status))
    if response is None:
        return [f"status {status} of {method} {route} is not described"]
    pointer = f"{_pointer(described, method)}/responses/{status}"
    if "$ref" in response:
        pointer = response["$ref"]
    return _faults(f"{pointer}/content/application~1json/schema", body)


def _pointer(path: str, method: str) -> str:
    escaped = path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    return f"#/paths/{escaped}/{method.lower()}"


def _faults(pointer: str, body: object) -> list[str]:
    validator = VALIDATOR({"$ref": f"{URI}{pointer}"}, registry=_registry())
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(body)]
