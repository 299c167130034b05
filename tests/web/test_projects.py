"""Test projects over HTTP: their owner, their history of prompts, and their repository."""

import pytest
from tests.web.building import (
    NODES,
    REPOSITORY_URL,
    Builder,
    bind,
    builder_of,
    finish,
    start,
)
from tests.web.harness import Json, Web, problem, saved

from indelible.testing.stores import NOOR
from indelible_web.contexts import CONTEXTS

REASON: Json = {"reason": "a test"}


@pytest.fixture
def builder(any_web: Web) -> Builder:
    """Return a user without an operator's rights, over each kind of store."""
    return Builder(any_web, any_web.new_key("projects:read", "projects:write"))


def project_url(project: Json, ending: str = "") -> str:
    return f"projects/{project['id']}{ending}"


def test_a_project_is_active_with_nodes_and_completed_with_a_job(builder: Builder) -> None:
    project = builder.project()
    answer = builder.web.put(
        f"/v1/{project_url(project, '/nodes')}",
        json={"nodes": NODES, **REASON},
        seq=project["seq"],
        key=builder.key,
    )
    active = saved(answer, 200)

    assert active["status"] == "active"
    assert active["nodes_count"] == len(NODES)
    assert active["current_nodes"] == NODES
    assert builder.found(project_url(project))["current_nodes"][0]["position"]["x"] == 12.5

    project = builder.project()
    job = builder.job(project["id"])
    start(builder.web.store, job["id"])
    finish(builder.web.store, job["id"])

    completed = builder.found(project_url(project))
    assert completed["status"] == "completed"
    assert completed["latest_successful_job_id"] == job["id"]

    project = builder.project()
    bind(builder.web.store, project["id"])

    bound = builder.found(project_url(project))
    assert bound["repository_status"] == "bound"
    assert bound["github_repo_url"] == REPOSITORY_URL


@pytest.mark.slow
def test_a_rename_needs_the_etag_and_keeps_the_description(builder: Builder) -> None:
    project = saved(builder.post("projects", {"name": "A", "description": "first", **REASON}), 201)
    path = f"/v1/{project_url(project)}"
    renamed = builder.web.send(
        "PATCH", path, json={"name": "B", **REASON}, seq=project["seq"], key=builder.key
    )
    described = builder.web.send(
        "PATCH",
        path,
        json={"name": "B", "description": "second", **REASON},
        seq=saved(renamed, 200)["seq"],
        key=builder.key,
    )

    assert (renamed.get_json()["name"], renamed.get_json()["description"]) == ("B", "first")
    assert saved(described, 200)["description"] == "second"

    project = builder.project()
    path = f"/v1/{project_url(project)}"
    body = {"name": "B", **REASON}

    missing = builder.web.send("PATCH", path, json=body, key=builder.key)
    stale = builder.web.send("PATCH", path, json=body, seq=7, key=builder.key)

    assert problem(missing) == (428, "IF_MATCH_MISSING")
    assert problem(stale) == (412, "STALE")
    assert builder.found(project_url(project))["name"] == project["name"]


def test_prompts_are_listed_in_their_order_page_by_page(builder: Builder) -> None:
    project = builder.project()
    seq = project["seq"]
    for text in ("first", "second", " "):
        body = {"prompt": text, "metadata": {"length": len(text) / 2}, **REASON}
        answer = builder.post(project_url(project, "/prompts"), body, seq=seq)
        seq = saved(answer, 200)["seq"]

    first = builder.found(project_url(project, "/prompts?limit=2"))
    cursor = first["next"]
    second = builder.found(project_url(project, f"/prompts?limit=2&cursor={cursor}"))

    prompts = [*first["items"], *second["items"]]
    assert [item["prompt"] for item in prompts] == ["first", "second", " "]
    assert [item["number"] for item in prompts] == [1, 2, 3]
    assert prompts[0]["metadata"] == {"length": 2.5}
    assert second["next"] is None

    project, other = builder.project(), builder.project("Other")
    for number, seq in ((1, 1), (2, 2)):
        body = {"prompt": f"prompt {number}", **REASON}
        saved(builder.post(project_url(project, "/prompts"), body, seq=seq), 200)
    cursor = builder.found(project_url(project, "/prompts?limit=1"))["next"]

    answer = builder.get(project_url(other, f"/prompts?limit=1&cursor={cursor}"))
    assert problem(answer) == (400, "INVALID_CURSOR")


def test_only_the_own_projects_are_listed_and_found(builder: Builder) -> None:
    mine = [builder.project(name)["id"] for name in ("Book shop", "Library")]
    stranger = Builder(
        builder.web, builder.web.new_key("projects:read", "projects:write", owner=NOOR)
    )
    stranger.project("Noor's")

    listed = builder.found("projects?order=name")["items"]
    assert [item["id"] for item in listed] == mine
    assert "current_nodes" not in listed[0]
    assert [item["name"] for item in builder.found("projects?name_prefix=Lib")["items"]] == [
        "Library"
    ]

    requests: list[tuple[str, str, Json | None]] = [
        ("GET", "", None),
        ("GET", "/prompts", None),
        ("PATCH", "", {"name": "B", **REASON}),
        ("PUT", "/nodes", {"nodes": [], **REASON}),
        ("POST", "/prompts", {"prompt": "x", **REASON}),
    ]
    for method, ending, body in requests:
        project = builder.project()
        key = builder.web.new_key("projects:read", "projects:write", owner=NOOR)
        options: Json = {} if body is None else {"json": body, "seq": project["seq"]}

        answer = builder.web.send(method, f"/v1/{project_url(project, ending)}", key=key, **options)
        assert problem(answer) == (404, "PROJECT_NOT_FOUND")


def test_a_new_project_is_a_draft_without_a_repository_and_created_once(builder: Builder) -> None:
    body = {"name": "Book shop", **REASON}
    first = builder.post("projects", body, once="p-1")
    repeated = builder.post("projects", body, once="p-1")

    assert saved(repeated, 201) == saved(first, 201)
    assert len(builder.found("projects")["items"]) == 1

    body = {"name": "Book shop", "description": "Used books.", **REASON}
    answer = builder.post("projects", body)
    created = saved(answer, 201)

    assert answer.headers["Location"] == f"/v1/projects/{created['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert created["status"] == "draft"
    assert created["repository_status"] == "unbound"
    assert created["github_repo_url"] is None
    assert created["latest_successful_job_id"] is None
    assert (created["nodes_count"], created["prompt_count"]) == (0, 0)
    assert builder.found(project_url(created)) == created


def test_no_route_binds_a_project_to_a_repository(web: Web) -> None:
    builder = builder_of(web)
    project = builder.project()
    for name in ("github_repo_url", "repository_url", "repository_id"):
        body = {"name": "B", name: "https://git.example.org/other", **REASON}
        answer = web.send("PATCH", f"/v1/{project_url(project)}", json=body, seq=project["seq"])
        assert problem(answer) == (422, "INVALID_FIELDS")

    requests: list[str] = []
    for context in CONTEXTS:
        for routes in (*context.routes, *context.admin_routes):
            requests += [operation.request_type.__name__ for operation in routes.operations]
    assert "SetGithubRepoUrl" not in requests
    assert "RequestRepository" not in requests
