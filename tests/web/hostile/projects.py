"""Hostile addresses of repositories, paths of files, and large plans, by row of the fact sheet."""

import gzip
import json
from collections.abc import Iterator

from tests.adapters.git.hostile import GIT_URLS
from tests.core.projects.hostile_paths import CLASHES, FORBIDDEN
from tests.web.building import SPEC
from tests.web.harness import Json, Sent
from tests.web.hostile.captures import post
from tests.web.hostile.requests import HostileRequest

from indelible.kernel.values import UNSTORABLE
from indelible.projects.entities.values import MAX_PLAN_FILES
from indelible_web.projects.routes import MAX_SPEC_BYTES

REASON = "a test"
PLAN = "architecture/plan"
SPEC_PATHS = (PLAN, "architecture/critique", "jobs")
MANY = 10_001  # more than the nodes of a specification, or the files of a plan
DEPTHS = (33, 40, 62, 100, 1_000, 100_000)  # of a node
RATIO = 200  # of a body to its compressed form


def body(path: str, **fields: object) -> Json:
    """Return a body with a specification; `project` is the id of a project nobody changes."""
    values: Json = {"architecture_spec": {**SPEC, **fields}}
    if path == "jobs":
        values = {**values, "project_id": "{project}", "reason": REASON}

    return values


def addresses_of_repositories() -> Iterator[HostileRequest]:
    """Yield requests that name a repository: only the system binds a project to one."""
    for url in GIT_URLS:
        new = {"name": "Shop", "reason": REASON, "github_repo_url": url}
        yield post(45, 422, "INVALID_FIELDS", "projects", new)
        job = {**body("jobs"), "github_repo_url": url}
        yield post(45, 422, "INVALID_FIELDS", "jobs", job)
        in_spec = body(PLAN, github_repo_url=url)
        yield post(45, 422, "INVALID_FIELDS", PLAN, in_spec)


def forbidden_paths() -> Iterator[HostileRequest]:
    """Yield plans of a file whose path no job may write, and of paths that clash."""
    for path in filter(None, FORBIDDEN):
        code = "PLAN_PATH_FORBIDDEN"
        if UNSTORABLE.search(path):
            code = "TEXT_UNSTORABLE"
        yield post(47, 422, code, PLAN, body(PLAN, nodes=[_node(path)]))
    for clash in CLASHES:
        yield post(47, 422, "PLAN_PATH_FORBIDDEN", PLAN, body(PLAN, nodes=[_node(*clash)]))


def large_specifications() -> Iterator[HostileRequest]:
    """Yield specifications that are too large, too deep or compressed, and plans of many files."""
    items: list[Json] = [{}] * MANY
    for path in SPEC_PATHS:
        yield post(50, 422, "LIST_TOO_LONG", path, body(path, nodes=items))
        yield post(50, 422, "LIST_TOO_LONG", path, body(path, edges=items))
        deep = json.loads('{"a":' * 40 + "1" + "}" * 40)
        yield post(50, 422, "JSON_LIMIT_EXCEEDED", path, body(path, metadata=deep))
        for levels in DEPTHS:
            yield raw(422, "JSON_LIMIT_EXCEEDED", path, _deep_body(path, levels))
        large = {"text": "x" * 1_100_000}
        yield post(50, 422, "JSON_LIMIT_EXCEEDED", path, body(path, metadata=large))
        too_large = b" " * (MAX_SPEC_BYTES + 1)
        yield raw(413, "BODY_TOO_LARGE", path, too_large)
        compressed = gzip.compress(b" " * (MAX_SPEC_BYTES // 2))
        assert len(compressed) * RATIO < MAX_SPEC_BYTES // 2
        yield raw(415, "UNSUPPORTED_BODY", path, compressed, encoding="gzip")
    paths = [f"{number}.txt" for number in range(MAX_PLAN_FILES)]
    yield post(50, 422, "PLAN_TOO_LARGE", PLAN, body(PLAN, nodes=[_node(*paths)]))


def raw(
    status: int, code: str, path: str, data: bytes, encoding: str = "identity"
) -> HostileRequest:
    """Return a request with these bytes as its body."""
    headers = {"Content-Encoding": encoding}
    options = Sent(data=data, headers=headers)
    return HostileRequest(50, status, code, "POST", f"/v1/{path}", options)


def _deep_body(path: str, levels: int) -> bytes:
    """Return a body with a node of this many levels, which no writer of JSON would write."""
    node = '{"a":' * levels + "1" + "}" * levels
    return json.dumps(body(path, nodes=["NODE"])).replace('"NODE"', node).encode()


def _node(*paths: str) -> Json:
    return {"id": "n", "type": "backend", "data": {"files": list(paths)}}


PROJECT_REQUESTS = [
    *addresses_of_repositories(),
    *forbidden_paths(),
    *large_specifications(),
]
