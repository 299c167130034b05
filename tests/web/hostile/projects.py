"""Hostile specifications: paths that no job may write (row 47), and too large ones (row 50)."""

from collections.abc import Iterator
from typing import Final

from tests.web.harness import Json, Sent
from tests.web.hostile.requests import MEBIBYTE, HostileRequest

PLAN: Final = "/v1/architecture/plan"
CRITIQUE: Final = "/v1/architecture/critique"
FORBIDDEN_PATHS: Final = (
    "/etc/passwd",
    "../outside.txt",
    "a/../../outside.txt",
    "a\\b.txt",
    "C:/a.txt",
    ".git/hooks/pre-commit",
    ".GIT/config",
    "git~1/config",
    "a/.Git/config",
    ".gitmodules",
    ".gitattributes",
    "a. ",
    "a.",
    "a" * 256,
    "aux.txt",
    "readme.MD",
)
NODES: Final = (10_001, 50_000, 200_000)
DEPTHS: Final = (33, 40, 62, 100, 1_000, 100_000)


def plan_of(path: str) -> Json:
    """Return the body that asks for the plan of a node with a file of this path."""
    node = {"id": "a", "type": "service", "data": {"files": [path]}}
    return {"architecture_spec": {"name": "Shop", "nodes": [node]}}


def deep_spec(levels: int) -> bytes:
    """Return the body with a node of this many levels."""
    node = '{"a":' * levels + "1" + "}" * levels
    return b'{"architecture_spec": {"name": "Shop", "nodes": [%s]}}' % node.encode()


def project_requests() -> Iterator[HostileRequest]:
    for path in FORBIDDEN_PATHS:
        options: Sent = {"json": plan_of(path)}
        yield HostileRequest(47, 422, "PLAN_PATH_FORBIDDEN", "POST", PLAN, options)

    for path in (PLAN, CRITIQUE):
        body = b'{"architecture_spec": {"name": "%s"}}' % (b"x" * 9 * MEBIBYTE)
        yield HostileRequest(50, 413, "BODY_TOO_LARGE", "POST", path, {"data": body})
        for number in NODES:
            spec = {"name": "Shop", "nodes": [{}] * number}
            options = {"json": {"architecture_spec": spec}}
            yield HostileRequest(50, 422, "LIST_TOO_LONG", "POST", path, options)
        for levels in DEPTHS:
            options = {"data": deep_spec(levels)}
            yield HostileRequest(50, 422, "JSON_LIMIT_EXCEEDED", "POST", path, options)


PROJECT_REQUESTS: Final = tuple(project_requests())
