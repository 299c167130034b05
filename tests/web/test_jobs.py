"""Test jobs over HTTP: their creation, their output, their cancellation and their rules."""

import json
from datetime import datetime
from typing import Any

import pytest
from tests.web.building import (
    COMMIT,
    EDGES,
    NODES,
    SPEC,
    WORKER,
    Builder,
    fail,
    finish,
    job_body,
    progress,
    start,
)
from tests.web.harness import Json, Web, problem, saved

from indelible.kernel.tasks import TaskState
from indelible.projects import PROCESS_JOB_STAGE, Phase
from indelible.testing.stores import MAYA, NOOR
from indelible_service.contexts.projects import ProjectSettings, build_recurring

pytestmark = pytest.mark.slow

REASON: Json = {"reason": "a test"}
HUNDRED_MEGABYTES = 100 * 2**20


@pytest.fixture
def builder(any_web: Web) -> Builder:
    """Return a user without an operator's rights, over each kind of store."""
    return Builder(any_web, any_web.new_key("projects:read", "projects:write"))


@pytest.fixture
def job(builder: Builder) -> Json:
    """Return a pending job of a new project."""
    return builder.job(builder.project()["id"])


def task_state(builder: Builder, job: Json) -> TaskState:
    task = builder.web.store.read(lambda tx: tx.tasks.get(PROCESS_JOB_STAGE, job["id"]))
    return task.state(builder.web.clock.now())


def test_one_request_creates_the_job_its_prompt_its_nodes_and_its_task_once(
    builder: Builder,
) -> None:
    project = builder.project()
    answer = builder.post("jobs", job_body(project["id"]))
    job = saved(answer, 201)

    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert answer.headers["ETag"] == f'"{job["seq"]}"'
    assert (job["status"], job["number"], job["phase"]) == ("pending", 1, None)
    assert job["prompt"] == SPEC["prompt"]
    assert job["completedAt"] is None
    assert "completed_at" not in job

    changed = builder.found(f"projects/{project['id']}")
    prompts = builder.found(f"projects/{project['id']}/prompts")["items"]
    assert changed["current_nodes"] == NODES
    assert [prompt["prompt"] for prompt in prompts] == [SPEC["prompt"]]
    assert task_state(builder, job) is TaskState.WAITING

    project = builder.project()
    answer = builder.post("jobs", job_body(project["id"], name=" "))

    assert answer.status_code == 422
    assert builder.found(f"projects/{project['id']}") == project
    assert builder.found(f"jobs?project_id={project['id']}")["items"] == []

    project = builder.project()
    first = builder.post("jobs", job_body(project["id"]), once="j-1")
    repeated = builder.post("jobs", job_body(project["id"]), once="j-1")

    assert saved(repeated, 201) == saved(first, 201)
    assert builder.found(f"projects/{project['id']}")["prompt_count"] == 1

    text = "x" * 900
    nodes = [{**NODES[0], "id": f"node-{number}", "text": text} for number in range(1_000)]
    edges = [
        {"source": f"node-{number}", "target": f"node-{number + 1}", "text": text}
        for number in range(999)
    ]
    project = builder.project()
    job = builder.job(project["id"], nodes=nodes, edges=edges)

    assert builder.found(f"jobs/{job['id']}")["architecture_spec"]["nodes"] == nodes


def test_the_specification_comes_back_as_it_was_sent(builder: Builder, job: Json) -> None:
    details = builder.found(f"jobs/{job['id']}")

    assert details["architecture_spec"] == SPEC
    assert details["architecture_spec"]["nodes"][0]["position"]["x"] == 12.5
    assert (details["warnings"], details["logs"]) == ([], [])

    changes = builder.web.store.read(lambda tx: tx.history.of("job", job["id"], limit=10))

    assert [str(change.actor) for change in changes] == [str(MAYA)]
    assert WORKER not in [change.actor for change in changes]


def test_jobs_of_a_project_are_listed_newest_first(builder: Builder) -> None:
    project = builder.project()
    ids = [builder.job(project["id"])["id"] for _ in range(3)]

    first = builder.found(f"jobs?project_id={project['id']}&limit=2")
    second = builder.found(f"jobs?project_id={project['id']}&limit=2&cursor={first['next']}")

    listed = [item["id"] for item in (*first["items"], *second["items"])]
    assert listed == ids[::-1]
    assert second["next"] is None

    assert problem(builder.get("jobs")) == (422, "INVALID_FIELDS")
    assert problem(builder.get("jobs?project_id=nothing")) == (404, "PROJECT_NOT_FOUND")


def test_a_finished_job_shows_its_commit_and_when_it_ended(builder: Builder, job: Json) -> None:
    store = builder.web.store
    start(store, job["id"])
    progress(store, job["id"], "Cloned.", phase=Phase.WORKSPACE)
    finish(store, job["id"])

    details = builder.found(f"jobs/{job['id']}")
    assert details["status"] == "completed"
    assert details["result"]["commit"] == COMMIT
    assert details["result"]["push_skipped"] is False
    assert datetime.fromisoformat(details["completedAt"]) > datetime.fromisoformat(
        details["created_at"]
    )


def test_warnings_and_log_lines_are_separate_lists_in_their_order(
    builder: Builder, job: Json
) -> None:
    store = builder.web.store
    start(store, job["id"])
    progress(store, job["id"], "one", "two", warnings=["stale workspace"])
    progress(store, job["id"], "three", warnings=["no tests"])
    finish(store, job["id"])

    details = builder.found(f"jobs/{job['id']}")
    assert details["status"] == "completed_with_warnings"
    assert details["warnings"] == ["stale workspace", "no tests"]
    assert [entry["message"] for entry in details["logs"]] == ["one", "two", "three"]
    assert {entry["level"] for entry in details["logs"]} == {"info"}


def test_a_client_follows_the_log_by_a_number(builder: Builder, job: Json) -> None:
    store = builder.web.store
    path = f"jobs/{job['id']}/logs"
    start(store, job["id"])
    progress(store, job["id"], "one", "two", phase=Phase.GENERATE)
    first = builder.found(path)
    progress(store, job["id"], "three", phase=Phase.PUSH, warnings=["slow host"])
    second = builder.found(f"{path}?after={first['after']}")
    third = builder.found(f"{path}?after={second['after']}")

    assert [entry["message"] for entry in first["logs"]] == ["one", "two"]
    assert [entry["message"] for entry in second["logs"]] == ["three"]
    assert (second["phase"], second["warnings"]) == ("push", ["slow host"])
    assert (third["logs"], third["after"]) == ([], second["after"])
    assert third["has_more"] is False


def test_a_long_log_says_that_there_is_more(builder: Builder, job: Json) -> None:
    store = builder.web.store
    start(store, job["id"])
    for number in range(120):
        progress(store, job["id"], f"line {number}")

    messages: list[str] = []
    after, has_more = 0, True
    while has_more:
        part = builder.found(f"jobs/{job['id']}/logs?after={after}")
        messages += [entry["message"] for entry in part["logs"]]
        after, has_more = part["after"], part["has_more"]

    assert messages == [f"line {number}" for number in range(120)]


def test_a_canceled_job_has_failed_with_the_reason_of_its_owner(
    builder: Builder, job: Json
) -> None:
    start(builder.web.store, job["id"])
    seq = builder.found(f"jobs/{job['id']}")["seq"]
    answer = builder.post(f"jobs/{job['id']}/cancel", {"reason": "wrong prompt"}, seq=seq)

    canceled = saved(answer, 200)
    assert canceled["status"] == "failed"
    assert canceled["error"] == "CANCELED: wrong prompt"
    assert canceled["completedAt"] is not None
    assert task_state(builder, job) is TaskState.CANCELED


def test_a_job_that_has_ended_cannot_be_canceled(builder: Builder, job: Json) -> None:
    start(builder.web.store, job["id"])
    finish(builder.web.store, job["id"])
    seq = builder.found(f"jobs/{job['id']}")["seq"]

    answer = builder.post(f"jobs/{job['id']}/cancel", REASON, seq=seq)
    assert problem(answer) == (409, "INVALID_TRANSITION")


def test_a_cancellation_needs_the_etag_of_the_present_state(builder: Builder, job: Json) -> None:
    start(builder.web.store, job["id"])

    missing = builder.post(f"jobs/{job['id']}/cancel", REASON)
    stale = builder.post(f"jobs/{job['id']}/cancel", REASON, seq=job["seq"])

    assert problem(missing) == (428, "IF_MATCH_MISSING")
    assert problem(stale) == (412, "STALE")


def test_a_job_of_another_user_is_not_found(builder: Builder, job: Json) -> None:
    for method, ending in [("GET", ""), ("GET", "/logs"), ("POST", "/cancel")]:
        key = builder.web.new_key("projects:read", "projects:write", owner=NOOR)
        options: Json = {"json": REASON, "seq": job["seq"]} if method == "POST" else {}

        answer = builder.web.send(method, f"/v1/jobs/{job['id']}{ending}", key=key, **options)
        assert problem(answer) == (404, "JOB_NOT_FOUND")

    project = builder.project()
    key = builder.web.new_key("projects:read", "projects:write", owner=NOOR)

    created = builder.web.post("/v1/jobs", json=job_body(project["id"]), key=key)
    listed = builder.web.get(f"/v1/jobs?project_id={project['id']}", key=key)

    assert problem(created) == (404, "PROJECT_NOT_FOUND")
    assert problem(listed) == (404, "PROJECT_NOT_FOUND")
    assert builder.found(f"projects/{project['id']}")["prompt_count"] == 0


def test_a_critique_and_a_plan_change_nothing(builder: Builder) -> None:
    empty: dict[str, Any] = {**SPEC, "nodes": [], "edges": []}
    blocked = saved(builder.post("architecture/critique", {"architecture_spec": empty}), 200)
    passed = saved(builder.post("architecture/critique", {"architecture_spec": SPEC}), 200)

    assert blocked["blocking"] is True
    assert "NO_NODES" in [finding["code"] for finding in blocked["findings"]]
    assert len(blocked["warnings"]) == len(blocked["findings"])
    assert passed["blocking"] is False

    project = builder.project()
    before = builder.web.store.feed(limit=1000).changes
    plan = saved(builder.post("architecture/plan", {"architecture_spec": SPEC}), 200)

    paths = [file["path"] for file in plan["files"]]
    assert "README.md" in paths
    assert len(paths) == len(set(paths))
    assert len(plan["digest"]) == 64
    assert builder.web.store.feed(limit=1000).changes == before
    assert builder.found(f"projects/{project['id']}") == project


def test_a_specification_that_is_too_large_or_too_deep_is_refused(builder: Builder) -> None:
    for path in ("/v1/jobs", "/v1/architecture/plan", "/v1/architecture/critique"):
        large = b'{"architecture_spec": "' + b"x" * HUNDRED_MEGABYTES + b'"}'
        answer = builder.web.post(path, data=large, key=builder.key)
        assert problem(answer) == (413, "BODY_TOO_LARGE")

    for path in ["jobs", "architecture/plan", "architecture/critique"]:
        project = builder.project()
        for levels in (40, 100, 100_000):
            node = '{"a":' * levels + "1" + "}" * levels
            spec = json.dumps(SPEC).replace(json.dumps(NODES), f"[{node}]")
            body = f'{{"architecture_spec": {spec}'
            if path == "jobs":
                body += f', "project_id": "{project["id"]}", "reason": "a test"'
            answer = builder.web.post(f"/v1/{path}", data=f"{body}}}".encode(), key=builder.key)

            assert answer.status_code == 422
            assert answer.get_json()["code"] in {"JSON_LIMIT_EXCEEDED", "TOO_DEEP"}
        assert builder.found(f"projects/{project['id']}") == project


def test_an_operator_lists_the_failed_jobs_of_all_users(builder: Builder, job: Json) -> None:
    other = builder.job(builder.project()["id"])
    fail(builder.web.store, job["id"], "the push was refused")
    fail(builder.web.store, other["id"], "the repository is gone")
    waiting = builder.job(other["project_id"])
    operator = builder.web.new_key("ops", owner=NOOR)

    def page(query: str) -> Json:
        return dict(saved(builder.web.get(f"/admin/jobs?{query}", key=operator), 200))

    first = page("status=failed&limit=1")
    second = page(f"status=failed&limit=1&cursor={first['next']}")
    failed = [*first["items"], *second["items"]]
    assert [(item["id"], item["error"]) for item in failed] == [
        (other["id"], "the repository is gone"),
        (job["id"], "the push was refused"),
    ]
    assert second["next"] is None
    assert [item["id"] for item in page("")["items"]] == [waiting["id"], other["id"], job["id"]]
    assert problem(builder.web.get("/admin/jobs", key=builder.key)) == (403, "SCOPE_MISSING")


def test_an_operator_retries_a_failed_job_alone_as_a_new_one(builder: Builder, job: Json) -> None:
    operator = builder.web.new_key("admin")
    answer = builder.web.post(f"/admin/jobs/{job['id']}/retry", json=REASON, key=operator, once="a")

    assert problem(answer) == (409, "JOB_NOT_FAILED")

    fail(builder.web.store, job["id"], "the push failed")
    operator = builder.web.new_key("admin", owner=NOOR)
    answer = builder.web.post(f"/admin/jobs/{job['id']}/retry", json=REASON, key=operator, once="a")

    retried = saved(answer, 200)
    assert retried["id"] != job["id"]
    assert (retried["status"], retried["number"]) == ("pending", 2)
    spec = builder.found(f"jobs/{retried['id']}")["architecture_spec"]
    assert (spec["nodes"], spec["edges"]) == (NODES, EDGES)
    failed = builder.found(f"jobs/{job['id']}")
    assert (failed["status"], failed["error"]) == ("failed", "the push failed")


def test_an_operator_runs_the_janitor_now(builder: Builder) -> None:
    operator = builder.web.new_key("admin")
    path = "/admin/projects/workspaces/clean"
    task = saved(builder.web.post(path, json=REASON, key=operator, once="a"), 200)["task"]

    assert task["stage"] == "clean_workspaces"
    assert task["entity_id"] == build_recurring(ProjectSettings())[0].name
    assert task["due_at"] is not None
    assert problem(builder.web.post(path, json=REASON, key=builder.key)) == (403, "SCOPE_MISSING")
