"""The routes that the document leaves out, described for the tests as the document describes the others."""

from typing import Any, Final

from tests.web.harness import Json, Web, closed

REQUEST_ID: Final[Json] = {
    "name": "X-Request-Id",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
}


def _constant(**parts: str) -> Json:
    fields = {name: {"type": "string", "const": part} for name, part in parts.items()}
    return {
        "application/json": {
            "schema": {"type": "object", "properties": fields, "required": list(fields)}
        }
    }


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
    """The document with these routes, each operation taking a request's id, and no answer more than is known."""
    paths: dict[str, Any] = {
        path: {method: _identified(each) for method, each in operations.items()}
        for path, operations in web.document["paths"].items()
    }
    watched = {path: {"get": _identified(_watching(content))} for path, content in WATCHED.items()}
    return {
        **web.document,
        "components": closed(web.document["components"]),
        "paths": paths | watched,
    }


def _identified(operation: Json) -> Json:
    return {**operation, "parameters": [*operation.get("parameters", []), REQUEST_ID]}


def _watching(content: Json) -> Json:
    return {"responses": {"200": {"description": "Found.", "content": content}}}
