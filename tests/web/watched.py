"""The undocumented routes, described for the tests as the document describes the others."""

from typing import Any, Final

from tests.web.harness import Json, Web, closed

REQUEST_ID: Final[Json] = {
    "name": "X-Request-Id",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
}


def _constant(**values: str) -> Json:
    """Return the content of an answer with these constant fields."""
    properties = {name: {"type": "string", "const": value} for name, value in values.items()}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"application/json": {"schema": schema}}


def _text(media_type: str) -> Json:
    return {media_type: {"schema": {"type": "string"}}}


WATCHED: Final[dict[str, Json]] = {
    "/health": _constant(status="healthy"),
    "/health/live": _constant(status="alive"),
    "/health/ready": _constant(status="ready"),
    "/metrics": _text("text/plain; version=1.0.0; charset=utf-8"),
    "/docs": _text("text/html; charset=utf-8"),
    "/openapi.json": {
        "application/json": {"schema": {"type": "object", "required": ["openapi", "paths"]}}
    },
}


def described(web: Web) -> Json:
    """Return the document with these routes, with closed answers and a request id everywhere."""
    paths: dict[str, Any] = {}
    for path, operations in web.document["paths"].items():
        paths[path] = {
            method: _with_request_id(operation) for method, operation in operations.items()
        }
    for path, content in WATCHED.items():
        operation = {"responses": {"200": {"description": "Found.", "content": content}}}
        paths[path] = {"get": _with_request_id(operation)}

    return {**web.document, "components": closed(web.document["components"]), "paths": paths}


def _with_request_id(operation: Json) -> Json:
    return {**operation, "parameters": [*operation.get("parameters", []), REQUEST_ID]}
