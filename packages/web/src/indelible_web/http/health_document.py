"""The answers of `/health`, in the words of seed 004, and their part of the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Final

HEALTHY: Final = {"status": "healthy"}
UNHEALTHY: Final = {
    "status": "unhealthy",
    "error": {
        "code": "DATABASE_CONNECTION_FAILED",
        "message": "Unable to connect to database",
    },
}
FULL: Final = {
    "status": "unhealthy",
    "error": {
        "code": "DATABASE_FULL",
        "message": "The database has no free space",
    },
}

STATUS: Final = {"type": "string", "description": "`healthy` or `unhealthy`."}
SCHEMAS: Final[Mapping[str, Any]] = {
    "Healthy": {
        "type": "object",
        "properties": {"status": STATUS},
        "required": ["status"],
    },
    "Unhealthy": {
        "type": "object",
        "properties": {
            "status": STATUS,
            "error": {"$ref": "#/components/schemas/HealthError", "description": "The failure."},
        },
        "required": ["status", "error"],
    },
    "HealthError": {
        "type": "object",
        "properties": {
            "code": {"type": "string", "description": "The failure's stable name."},
            "message": {"type": "string", "description": "The failure in one sentence."},
        },
        "required": ["code", "message"],
    },
}
TAG: Final = {"name": "system", "description": "The health of the server."}


def _response(description: str, schema_name: str, example: object) -> Mapping[str, Any]:
    schema = {"$ref": f"#/components/schemas/{schema_name}"}
    return {
        "description": description,
        "content": {"application/json": {"schema": schema, "example": example}},
    }


PATHS: Final[Mapping[str, Any]] = {
    "/health": {
        "get": {
            "operationId": "get_health",
            "summary": "Show whether the database answers and can grow.",
            "description": "No API key is needed. The log has the cause of a failure: of a"
            " database that does not answer (`DATABASE_CONNECTION_FAILED`), or whose disk is full"
            " (`DATABASE_FULL`).",
            "tags": [TAG["name"]],
            "security": [],
            "responses": {
                "200": _response("The database answers and can grow.", "Healthy", HEALTHY),
                "400": {"$ref": "#/components/responses/Problem400"},
                "503": _response(
                    "The database does not answer, or cannot grow.", "Unhealthy", UNHEALTHY
                ),
            },
        }
    }
}


def document_health(document: dict[str, Any]) -> None:
    """Add `/health` to an OpenAPI document."""
    document["paths"].update(PATHS)
    document["tags"].append(TAG)
    document["components"].setdefault("schemas", {}).update(SCHEMAS)
