"""Test the scopes of the operators' routes: `ops` reads and acts by runbooks, `admin` decides."""

import re
from typing import Final

import pytest
from tests.web.harness import SCOPES, Json, Web, problem, saved

from indelible.contests import ContestStatus
from indelible.kernel import Actor
from indelible.testing.contests.scenarios import contest_in, new_contest
from indelible_web.app import admin_routes
from indelible_web.contexts import CONTEXTS
from indelible_web.http import admin
from indelible_web.http.request import ADMIN, OPS
from indelible_web.http.routing import Operation

# What only `admin` may do: decisions about people's money, and about contests of others.
DECISIONS: Final = {
    "POST /contests/<contest_id>/cancel",
    "POST /ledger/movements/<movement_id>/reversal/approve",
    "POST /ledger/movements/<movement_id>/reversal/propose",
    "POST /payees",
    "POST /payees/<party>/close",
    "POST /payees/<party>/destination",
    "POST /payees/<party>/onboard",
    "POST /payees/<party>/reopen",
    "POST /payouts/transfers/<transfer_id>/approve",
}
REASON: Final = {"reason": "a test"}


def operators_operations() -> list[Operation]:
    """Return every operation below `/admin`, of all built-in contexts."""
    operations: list[Operation] = []
    for routes in admin_routes(CONTEXTS):
        operations += routes.operations
    return operations


def name_of(operation: Operation) -> str:
    return f"{operation.method} {operation.rule}"


OPERATIONS: Final = operators_operations()


def request_with(web: Web, operation: Operation, key: str | None) -> tuple[int, str]:
    """Send a request to an operation and return the status and the code of the answer."""
    path = admin.PREFIX + re.sub(r"<\w+>", "1", operation.rule)
    body: Json = {}
    if operation.has_body:
        body = {"json": REASON, "once": operation.name, "seq": 1}
    answer = web.send(operation.method, path, key=key, **body)
    code = "" if answer.status_code < 400 else answer.get_json()["code"]
    return answer.status_code, code


def test_reads_and_runbook_actions_need_ops_and_decisions_admin(web: Web) -> None:
    assert {name_of(operation) for operation in OPERATIONS} >= DECISIONS
    opening = {scope for operation in OPERATIONS for scope in operation.scopes}
    others = [scope for scope in SCOPES if scope not in opening]
    keys = [web.new_key(OPS), web.new_key(ADMIN), web.new_key(*others, "console", "keys:write")]
    refused = (403, "SCOPE_MISSING")
    for operation in OPERATIONS:
        is_decision = name_of(operation) in DECISIONS
        assert operation.scopes[0] == (ADMIN if is_decision else OPS)
        ops, admin_answer, stranger = [request_with(web, operation, key) for key in keys]
        assert (ops == refused) is is_decision, name_of(operation)
        assert admin_answer != refused, name_of(operation)
        assert stranger == refused, name_of(operation)
        assert request_with(web, operation, None) == (401, "UNAUTHENTICATED")


def test_ops_opens_the_operators_document_and_nothing_of_the_public_api(web: Web) -> None:
    path = "/admin/openapi.json"
    document = saved(web.get(path, key=web.new_key(OPS)), 200)

    assert problem(web.get(path, key=None)) == (401, "UNAUTHENTICATED")
    assert problem(web.get(path)) == (403, "SCOPE_MISSING")
    assert document["paths"]["/admin/payments/halt"]["post"]["security"] == [{"key": [OPS]}]
    assert document["paths"]["/admin/payees"]["post"]["security"] == [{"key": [ADMIN]}]

    key = web.new_key(OPS)
    for routes in (routes for context in CONTEXTS for routes in context.routes):
        for operation in routes.operations:
            assert OPS not in operation.scopes
    assert problem(web.get("/v1/concepts", key=key)) == (403, "SCOPE_MISSING")
    assert problem(web.get("/v1/history", key=key)) == (403, "SCOPE_MISSING")


@pytest.mark.parametrize(("scope", "status"), [(OPS, 403), (ADMIN, 200)])
def test_to_cancel_a_contest_in_error_needs_admin(web: Web, scope: str, status: int) -> None:
    contest = contest_in(web.store, ContestStatus.ERROR)
    key = web.new_key(scope, owner=Actor.user("otto"))
    path = f"/admin/contests/{contest.contest_id}/resolve-error"
    answer = web.post(path, json={**REASON, "action": "cancel"}, key=key, once="k")

    assert answer.status_code == status
    assert contest.contest.is_in_error is (scope == OPS)
    refusals = saved(web.get("/admin/rejections", key=key), 200)["items"]
    expected = [("resolve_error", "SCOPE_MISSING", "user:otto")] if scope == OPS else []
    assert [(one["command"], one["code"], one["actor"]) for one in refusals] == expected


def test_an_operator_sees_contests_in_error_and_cancels_none(web: Web) -> None:
    contest_id = contest_in(web.store, ContestStatus.ERROR).contest_id
    path = f"/v1/contests/{contest_id}"

    assert web.get(path, key=web.new_key("contests:read")).status_code == 404
    assert web.get(path, key=web.new_key("contests:read", OPS)).status_code == 200

    contest_id = new_contest(web.store).contest_id
    key = web.new_key(OPS, "contests:organize", "contests:read", owner=Actor.user("otto"))
    path = f"/admin/contests/{contest_id}/cancel"

    actions = saved(web.get(f"/v1/contests/{contest_id}", key=key), 200)["actions"]
    assert (actions["can_cancel"], actions["can_configure"]) == (False, False)
    assert problem(web.post(path, json=REASON, key=key, once="k")) == (404, "CONTEST_NOT_FOUND")
