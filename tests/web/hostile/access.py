"""Scenarios of keys and scopes, and of entities of other users: rows 1 to 4."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from tests.web.console.visitor import HISTORY, LIST
from tests.web.harness import OPERATOR, SCOPES, Json, Sent
from tests.web.hostile.scenario import Deployment, Scenario, Send
from tests.web.hostile.scopes import GET_PATHS, REQUIRED_SCOPES

from indelible.kernel.keys import CreateKey, RevokeKey, create_key, get_key, revoke_key
from indelible.testing.stores import BEGINNING, MAYA, NOOR

ALL_SCOPES: Final = (*SCOPES, "history:read", "console")
CONSOLE_PATHS: Final = (
    LIST,
    HISTORY,
    f"{HISTORY}?cursor=x",
    "/console/new",
    "/console/concepts/x/edit",
    "/console/search?q=x",
    "/console/spaces/x",
    "/console/contests/x/check",
    "/console/money/inbox/x/payload",
    "/console/jobs/x",
    "/console/tasks/x/y",
    "/console/tokens/1",
)
NAME_AND_REASON: Final[Json] = {"name": "mine", "reason": "a test"}
REASON: Final[Json] = {"reason": "a test"}
SEED: Final[Json] = {"seed": {"values": [1, 0, 0], "model": "model-1"}, "reason": "a test"}
OWNER_SCOPES: Final = ("captures:read", "captures:write", "projects:read", "projects:write")
# (method, path, body) of each route with an entity that belongs to one user.
PRIVATE_ROUTES: Final[tuple[tuple[str, str, Json | None], ...]] = (
    ("GET", "/v1/spaces/{space}", None),
    ("GET", "/v1/spaces/{space}/subspaces", None),
    ("GET", "/v1/spaces/{space}/captures", None),
    ("GET", "/v1/spaces/{space}/centroids", None),
    ("GET", "/v1/artifacts?space_id={space}", None),
    ("GET", "/v1/subspaces/{subspace}", None),
    ("GET", "/v1/subspaces/{subspace}/drift", None),
    ("PUT", "/v1/spaces/{space}", NAME_AND_REASON),
    ("PUT", "/v1/subspaces/{subspace}", NAME_AND_REASON),
    ("POST", "/v1/spaces/{space}/retire", REASON),
    ("POST", "/v1/subspaces/{subspace}/retire", REASON),
    ("POST", "/v1/subspaces/{subspace}/seed", SEED),
    ("GET", "/v1/projects/{project}", None),
    ("GET", "/v1/projects/{project}/prompts", None),
    ("GET", "/v1/jobs?project_id={project}", None),
    ("GET", "/v1/jobs/{job}", None),
    ("GET", "/v1/jobs/{job}/logs", None),
    ("PATCH", "/v1/projects/{project}", NAME_AND_REASON),
    ("PUT", "/v1/projects/{project}/nodes", {"nodes": [], "reason": "a test"}),
    ("POST", "/v1/projects/{project}/prompts", {"prompt": "mine", "reason": "a test"}),
    ("POST", "/v1/jobs/{job}/cancel", REASON),
    ("GET", "/v1/entries/{entry}", None),
    ("PUT", "/v1/entries/{entry}/roster", {"player_ids": ["P01"], "reason": "a test"}),
)
# The code of a private entity that another user asks for, by its kind.
NOT_FOUND_CODES: Final = {
    "{subspace}": "SUBSPACE_NOT_FOUND",
    "{space}": "SPACE_NOT_FOUND",
    "{project}": "PROJECT_NOT_FOUND",
    "{job}": "JOB_NOT_FOUND",
    "{entry}": "ENTRY_NOT_FOUND",
}


def revoked_key(deployment: Deployment) -> Send:
    key = deployment.web.new_key("concepts:read")
    key_id = key.split("_")[1]
    seq = deployment.store.read(get_key, key_id).seq
    command = RevokeKey(key_id=key_id, expected_seq=seq)
    deployment.store.run(revoke_key, command, actor=OPERATOR, reason="a test")

    return lambda: deployment.web.get("/v1/concepts", key=key)


def expired_key(deployment: Deployment) -> Send:
    command = CreateKey(owner=MAYA, scopes=("concepts:read",), expires_at=BEGINNING)
    key = deployment.store.run(create_key, command, actor=OPERATOR, reason="a test").text

    return lambda: deployment.web.get("/v1/concepts", key=key)


def key_without_scope(scope: str, method: str, path: str, deployment: Deployment) -> Send:
    """Use a route with a key that has every scope except the required one."""
    other_scopes = [other for other in ALL_SCOPES if other != scope]
    key = deployment.web.new_key(*other_scopes)

    return lambda: deployment.web.send(method, path, json={}, seq=1, key=key)


def entity_of_another_user(
    method: str, path: str, body: Json | None, deployment: Deployment
) -> Send:
    """Use a route of a private entity with the key of another user."""
    url = path.format(
        space=deployment.space_id,
        subspace=deployment.subspace_id,
        project=deployment.project_id,
        job=deployment.job_id,
        entry=deployment.entry_id,
    )
    scopes = (*OWNER_SCOPES, "contests:read", "contests:write")
    key = deployment.web.new_key(*scopes, owner=NOOR)
    options: Sent = {"key": key}
    if body is not None:
        options = {"key": key, "json": body, "seq": 1}

    return lambda: deployment.web.send(method, url, **options)


def session_in_the_api(path: str, deployment: Deployment) -> Send:
    member = deployment.site.member()
    return lambda: member.get(path)


def key_header_in_the_console(path: str, deployment: Deployment) -> Send:
    headers: Mapping[str, str] = {"Authorization": f"Bearer {deployment.site.key().text}"}
    visitor = deployment.site.visitor()
    return lambda: visitor.get(path, **headers)


def access_scenarios() -> Iterator[Scenario]:
    yield Scenario(1, "a revoked key", 401, "UNAUTHENTICATED", revoked_key)
    yield Scenario(1, "an expired key", 401, "UNAUTHENTICATED", expired_key)

    for scope, method, path in REQUIRED_SCOPES:
        prepare = partial(key_without_scope, scope, method, path)
        yield Scenario(2, f"{method} {path}", 403, "SCOPE_MISSING", prepare)

    for method, path, body in PRIVATE_ROUTES:
        code = next(code for kind, code in NOT_FOUND_CODES.items() if kind in path)
        prepare = partial(entity_of_another_user, method, path, body)
        yield Scenario(3, f"{method} {path}", 404, code, prepare)

    for path in GET_PATHS:
        prepare = partial(session_in_the_api, path)
        yield Scenario(4, f"a session at {path}", 401, "UNAUTHENTICATED", prepare)
    for path in CONSOLE_PATHS:
        prepare = partial(key_header_in_the_console, path)
        yield Scenario(4, f"a key in a header at {path}", 303, "", prepare)
