"""Test the operator's routes for tasks, the readiness of stages, and the schema of each answer."""

from functools import cache
from typing import Any

import pytest
from flask import Flask
from openapi_schema_validator import OAS31Validator
from tests.web.harness import SCOPES, SETTINGS, Json, Web, closed, memory, problem, saved
from tests.web.minting import MAYA_S, WORKER, buried, claimed, dropped, hash_of, minted
from tests.web.test_system import counted
from werkzeug.test import TestResponse

from indelible.app import AppContext
from indelible.kernel.stages import STAGE
from indelible_web.app import create_metrics
from indelible_web.contexts import CONTEXTS
from indelible_web.http import admin
from indelible_web.http.examples import Examples, examples_of
from indelible_web.http.openapi import PREFIX, publish
from indelible_web.http.routing import Server
from indelible_web.tokens import admin as tokens_admin
from indelible_web.tokens.examples import EXAMPLES

REASON = {"reason": "the provider is back"}
ROUTE_GROUPS = (admin.routes, tokens_admin.routes)
ROUTES = [
    (operation.method, admin.PREFIX + operation.rule)
    for routes in ROUTE_GROUPS
    for operation in routes.operations
]


@cache
def document() -> Json:
    """What the document would say of these routes, if they were in it."""
    app_context = AppContext(store=memory())
    metrics = create_metrics(app_context, CONTEXTS)
    server = Server(app_context=app_context, secret=SETTINGS.secret, metrics=metrics)
    documented = [(admin.routes, Examples()), (tokens_admin.routes, examples_of(EXAMPLES))]
    found = publish(Flask("described"), server, documented)
    return {**found, "components": closed(found["components"])}


def answered(web: Web, method: str, path: str, **sent: Any) -> Json:  # noqa: ANN401
    """What was answered, which is what the route's schema says, and no field more."""
    found = saved(web.send(method, f"/admin{path}", **sent), 200)
    rule = (
        web.app.url_map.bind("")
        .match(f"/admin{path.partition('?')[0]}", method, return_rule=True)[0]
        .rule
    )
    described = rule.replace(admin.PREFIX, PREFIX, 1).replace("<", "{").replace(">", "}")
    content = document()["paths"][described][method.lower()]["responses"]["200"]["content"]
    schema = content["application/json"]["schema"]
    OAS31Validator({**schema, "components": document()["components"]}).validate(found)
    return found


def refused(web: Web, path: str, body: object = None) -> tuple[int, str]:
    return problem(web.post(f"/admin{path}", json=REASON if body is None else body))


def stages(web: Web) -> dict[str, Json]:
    return {each["stage"]: each for each in answered(web, "GET", "/tasks")["items"]}


def test_every_stage_is_listed_with_its_numbers(any_web: Web) -> None:
    assert stages(any_web) == {}
    minted(any_web.store, MAYA_S, MAYA_S)
    claimed(any_web.store, "upload", "token-1")
    buried(any_web.store)
    found = stages(any_web)

    assert {name: (each["due"], each["running"], each["dead"]) for name, each in found.items()} == {
        "detect": (0, 0, 1),
        "generate": (2, 0, 0),
        "upload": (0, 1, 0),
    }
    assert found["generate"]["oldest"] == "2025-12-31T00:00:00.000000+00:00"
    assert not any(each["is_paused"] for each in found.values())


def test_dead_tasks_are_listed_page_by_page_with_their_reasons(any_web: Web) -> None:
    for number in range(3):
        buried(any_web.store, "upload", f"token-{number}", f"it is too large, {number}")
    first = answered(any_web, "GET", "/tasks/upload?limit=2")
    cursor = first["next"]
    rest = saved(any_web.get(f"/admin/tasks/upload?limit=2&cursor={cursor}"), 200)

    assert [
        (each["entity_id"], each["dead_reason"]) for each in (*first["items"], *rest["items"])
    ] == [(f"token-{number}", f"it is too large, {number}") for number in range(3)]
    assert rest["next"] is None
    assert problem(any_web.get(f"/admin/tasks/detect?limit=2&cursor={cursor}")) == (
        400,
        "INVALID_CURSOR",
    )


def test_a_dead_task_is_shown_with_its_attempts_and_requeued_for_a_reason(any_web: Web) -> None:
    buried(any_web.store)
    before = answered(any_web, "GET", "/tasks/detect/chain")
    assert [each["outcome"] for each in before["attempts"]] == ["DEAD", "FAILED"]
    after = answered(any_web, "POST", "/tasks/detect/chain/requeue", json=REASON, once="requeue-1")
    again = answered(any_web, "POST", "/tasks/detect/chain/requeue", json=REASON, once="requeue-1")

    assert after == again
    assert (after["task"]["dead_reason"], after["task"]["attempts"], after["task"]["fence"]) == (
        None,
        0,
        2,
    )
    newest = after["attempts"][0]
    assert (newest["outcome"], newest["actor"], newest["reason"]) == (
        "REQUEUED",
        "user:maya",
        REASON["reason"],
    )
    assert newest["request_id"]
    assert refused(any_web, "/tasks/detect/chain/requeue") == (409, "TASK_NOT_DEAD")
    assert refused(any_web, "/tasks/detect/other/requeue") == (404, "TASK_NOT_FOUND")
    assert problem(any_web.get("/admin/tasks/detect/other")) == (404, "TASK_NOT_FOUND")


def test_tasks_of_a_paused_stage_are_not_claimed_until_it_is_resumed(any_web: Web) -> None:
    minted(any_web.store, MAYA_S)
    paused = answered(any_web, "POST", "/stages/generate/pause", json=REASON)
    assert paused["status"] == "PAUSED"
    assert stages(any_web)["generate"]["is_paused"]
    with any_web.store.transaction(actor=WORKER, reason="a test") as tx:
        assert tx.tasks.claim("generate", limit=10, until=tx.clock.now()) == ()
    assert refused(any_web, "/stages/generate/pause") == (409, "INVALID_TRANSITION")

    assert answered(any_web, "POST", "/stages/generate/resume", json=REASON)["status"] == "RUNNING"
    assert not stages(any_web)["generate"]["is_paused"]
    changes = any_web.store.read(lambda tx: tx.history.of(STAGE.name, "generate"))
    assert [(each.action, str(each.actor), each.reason) for each in changes] == [
        (action, "user:maya", REASON["reason"]) for action in ("pause", "resume")
    ]
    assert refused(any_web, "/stages/upload/resume") == (404, "STAGE_NOT_FOUND")


def test_a_stage_without_tasks_can_be_paused(web: Web) -> None:
    web.key = web.new_key("admin")
    web.post("/admin/stages/reveal/pause", json=REASON)

    assert stages(web)["reveal"]["is_paused"]


@pytest.mark.parametrize(
    "path", ["/tasks/detect/chain/requeue", "/stages/detect/pause", "/stages/detect/resume"]
)
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "INVALID_FIELDS"),
        ({"reason": " "}, "TEXT_BLANK"),
        ({**REASON, "why": "x"}, "INVALID_FIELDS"),
    ],
)
def test_an_operator_s_command_requires_a_reason(
    web: Web, path: str, body: Json, code: str
) -> None:
    web.key = web.new_key("admin")
    buried(web.store)

    assert refused(web, path, body) == (422, code)
    assert (stages(web)["detect"]["dead"], stages(web)["detect"]["is_paused"]) == (1, False)


def test_token_stats_include_the_orphaned_mints(any_web: Web) -> None:
    minted(any_web.store, MAYA_S, MAYA_S)
    minted(any_web.store, MAYA_S, start=3, block=101)
    before = answered(any_web, "GET", "/tokens/stats")
    dropped(any_web.store, 101)
    after = answered(any_web, "GET", "/tokens/stats")

    read = {"number": 101, "hash": hash_of(101), "contract": "", "reorg_count": 0}
    assert (before["statuses"]["detected"], before["checkpoint"]) == (3, read)
    assert (after["statuses"]["detected"], after["statuses"]["failed"]) == (2, 1)
    assert (after["checkpoint"]["number"], after["checkpoint"]["reorg_count"]) == (100, 1)
    assert [each["token_id"] for each in after["orphaned"]] == [3]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_admin_routes_require_admin_and_are_undocumented(web: Web, method: str, path: str) -> None:
    here = path.replace("<stage>", "detect").replace("<entity_id>", "chain")
    sent: Any = {"json": REASON} if method == "POST" else {}

    assert problem(web.send(method, here, key=None, **sent)) == (401, "UNAUTHENTICATED")
    assert problem(web.send(method, here, key=web.new_key(*SCOPES, "console"), **sent)) == (
        403,
        "SCOPE_MISSING",
    )
    assert web.operation(method, here) is None


def answer_of(web: Web) -> TestResponse:
    return web.get("/health/ready", key=None)


def test_readiness_lists_waiting_and_paused_stages(any_web: Web) -> None:
    minted(any_web.store, MAYA_S)
    any_web.post("/admin/stages/upload/pause", json=REASON)
    said = answer_of(any_web).get_json()

    assert said["status"] == "ready"
    assert said["paused"] == ["upload"]
    assert list(said["waiting_seconds"]) == ["generate"]
    assert said["waiting_seconds"]["generate"] >= 86_400


def test_metrics_count_the_tasks_of_every_stage(any_web: Web) -> None:
    minted(any_web.store, MAYA_S, MAYA_S)
    claimed(any_web.store, "upload", "token-1")
    buried(any_web.store)
    before = counted(any_web)
    any_web.post("/admin/tasks/detect/chain/requeue", json=REASON)
    any_web.post("/admin/stages/detect/pause", json=REASON)
    found = counted(any_web)
    requeues = 'indelible_commands_total{action="requeue",code="OK",lifecycle="task"}'
    pauses = 'indelible_transitions_total{action="pause",lifecycle="stage"}'

    assert found['indelible_tasks_due{stage="generate"}'] == 2
    assert found['indelible_tasks_running{stage="upload"}'] == 1
    assert found['indelible_tasks_dead{stage="detect"}'] == 0
    assert found['indelible_tasks_oldest_seconds{stage="generate"}'] >= 86_400
    assert found['indelible_tasks_oldest_seconds{stage="upload"}'] == 0
    assert found[requeues] == before[requeues] + 1
    assert found[pauses] == before[pauses] + 1
