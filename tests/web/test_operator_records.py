"""Test that each POST of an operator leaves a change, or a record of why there is none."""

import re
from typing import Any, Final

import pytest
from attrs import evolve
from tests.core.money.gateway import ScriptedGateway
from tests.web.harness import SETTINGS, Json, Sent, Web, memory, problem, saved
from tests.web.paying import Till
from tests.web.test_money_operators import SETTLEMENT, settled
from tests.web.test_operator_scopes import OPERATIONS, name_of

from indelible.kernel import Actor, Unavailable
from indelible.kernel.errors import error_types
from indelible.kernel.rejections import NO_EFFECT, Rejection, list_rejections
from indelible.testing.contests.scenarios import configuration, new_contest
from indelible_web.http import admin
from indelible_web.http.refused_requests import MAX_READ_BYTES, UNKNOWN_REASON
from indelible_web.http.request import ADMIN, OPS
from indelible_web.http.routing import Operation

pytestmark = pytest.mark.slow

OTTO: Final = Actor.user("otto")
REASON: Final = {"reason": "a drill"}
POSTS: Final = tuple(operation for operation in OPERATIONS if operation.has_body)
# The bodies of the operations that require more than a reason, by the names of these.
BODIES: Final[dict[str, Json]] = {
    "add_step": {"command": "indelible ops", "expected": "0", "observed": "0", "ok": True},
    "attach_payee_destination": {"destination": "acct_1"},
    "complete_execution": {"execution_id": "1", "status": "completed"},
    "correct_ingestion": {"supersedes": 1, "accept_event": 2},
    "forget_subject": {"kind": "recurring", "name": "letters/nightly"},
    "halt_all_payments": {"reason_code": "drill"},
    "import_field": {"primary": ["a"]},
    "onboard_payee": {
        "country": "DE",
        "refresh_url": "https://example.org/again",
        "return_url": "https://example.org/done",
    },
    "register_new_payee": {"party": "ann"},
    "restart_subscriber": {"position": "end"},
    "resolve_error": {"action": "retry"},
    "start_execution": {"runbook_name": "28-payouts-stuck"},
    "start_reconciliation": {"scope": "CHEAP"},
    "validate_configuration": {"configuration": configuration(counted_players=2.5)},
}
UNAVAILABLE: Final = {leaf.code for leaf in error_types() if issubclass(leaf, Unavailable)}


def records_of(web: Web) -> list[Rejection]:
    return list(web.store.read(list_rejections))


def path_of(operation: Operation, entity_id: str = "1") -> str:
    return admin.PREFIX + re.sub(r"<\w+>", entity_id, operation.rule)


def post(web: Web, path: str, key: str, once: str = "key-1", **body: object) -> Any:  # noqa: ANN401 - of the client
    return web.post(f"/admin/{path}", json={**REASON, **body}, key=key, once=once)


def no_events(*_: object, **__: object) -> tuple[()]:
    """Return the events of a Stripe that has none."""
    return ()


# Each POST


@pytest.mark.parametrize("operation", POSTS, ids=name_of)
def test_each_command_leaves_a_change_or_one_record(
    till: Till, monkeypatch: pytest.MonkeyPatch, operation: Operation
) -> None:
    monkeypatch.setattr(ScriptedGateway, "list_events", no_events)
    web = till.web
    key = web.new_key(ADMIN, owner=OTTO)
    before = len(web.store.feed(limit=1_000).changes)
    body = {**REASON, **BODIES.get(operation.name, {})}
    sent: Sent = {"json": body, "key": key, "once": "key-1", "seq": 1}
    answer = web.post(path_of(operation), **sent)
    records = records_of(web)

    code = NO_EFFECT if answer.status_code < 400 else answer.get_json()["code"]
    assert code not in UNAVAILABLE, "such an answer proves nothing here"
    assert answer.status_code != 422, answer.text
    if code == NO_EFFECT and len(web.store.feed(limit=1_000).changes) > before:
        assert records == []
    elif code == NO_EFFECT and operation.name in {"clean_workspaces", "start_reconciliation"}:
        assert records == []  # the task that it has made due is its change
    else:
        (record,) = records
        assert (record.code, record.actor, record.reason) == (code, OTTO, "a drill")
        assert record.request_id == answer.headers["X-Request-Id"]

    if code == NO_EFFECT:
        assert web.post(path_of(operation), **sent).status_code == answer.status_code
        assert records_of(web) == records


def test_each_command_needs_an_idempotency_key_a_reason_and_its_scope(web: Web) -> None:
    operator = web.new_key(ADMIN)
    faults: tuple[Json, ...] = ({}, {"reason": " "}, {**REASON, "why": "x"})
    for number, operation in enumerate(POSTS, start=1):
        path = path_of(operation)
        body = BODIES.get(operation.name, {})
        keyless = web.post(path, json={**REASON, **body}, key=operator, seq=1)
        assert problem(keyless) == (400, "IDEMPOTENCY_KEY_REQUIRED"), path
        codes: list[str] = []
        for fault in faults:
            refused = web.post(path, json={**body, **fault}, key=operator, seq=1, once="key-1")
            codes.append(refused.get_json()["code"])
        assert codes[0] == codes[2] == "INVALID_FIELDS", path
        # Some look for the entity, or for Stripe, before they check the reason.
        assert codes[1].endswith(("_BLANK", "_NOT_FOUND", "_NOT_CONFIGURED")), path

        scope = OPS if ADMIN in operation.scopes else "concepts:read"
        key = web.new_key(scope, owner=OTTO)
        answer = web.post(path, json=REASON, key=key, once="key-1")
        assert problem(answer) == (403, "SCOPE_MISSING"), path
        record, *others = [one for one in records_of(web) if one.code == "SCOPE_MISSING"]
        assert len(others) == number - 1
        assert (record.command, record.actor, record.reason) == (operation.name, OTTO, "a drill")
        assert record.request_id == answer.headers["X-Request-Id"]
        assert operation.scopes[0] in record.message


# Refusals of access control


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"reason": "a drill"}', "a drill"),
        (b"", UNKNOWN_REASON),
        (b"{", UNKNOWN_REASON),
        (b"\xff", UNKNOWN_REASON),
        (b"[]", UNKNOWN_REASON),
        (b'{"reason": 7}', UNKNOWN_REASON),
        (b'{"reason": ""}', UNKNOWN_REASON),
        (b'{"reason": "a", "reason": "b"}', UNKNOWN_REASON),
        (b'{"reason": "' + b"a" * 5_000 + b'"}', UNKNOWN_REASON),
        (b'{"reason": "a drill", "more": "' + b"a" * MAX_READ_BYTES + b'"}', UNKNOWN_REASON),
    ],
    ids=range(10),
)
def test_the_reason_of_a_refused_request_is_recorded_where_it_is_one(
    web: Web, body: bytes, reason: str
) -> None:
    answer = web.post("/admin/payments/halt", data=body, key=web.new_key("concepts:read"))

    assert problem(answer) == (403, "SCOPE_MISSING")
    assert [record.reason for record in records_of(web)] == [reason]


def test_each_path_has_a_digest_and_a_read_or_nobody_s_request_no_record(web: Web) -> None:
    assert problem(web.get("/admin/tasks")) == (403, "SCOPE_MISSING")
    assert problem(web.get("/admin/payees/ann")) == (403, "SCOPE_MISSING")
    assert problem(web.post("/v1/spaces", json={}, key=web.new_key(OPS))) == (403, "SCOPE_MISSING")
    assert problem(web.post("/admin/payments/halt", json=REASON, key=None))[0] == 401
    assert problem(web.post("/admin/payments/halt", json=REASON, key="ind_a_b"))[0] == 401
    assert problem(web.move(web.create(), "PUBLISHED")) == (409, "INVALID_TRANSITION")

    assert records_of(web) == []

    key = web.new_key("concepts:read")
    for stage in ("upload", "upload", "images"):
        post(web, f"stages/{stage}/pause", key)

    digests = [record.command_digest for record in records_of(web)]
    assert len(digests) == 3
    assert len(set(digests)) == 2


def test_a_flood_leaves_no_more_records_than_its_rate_allows() -> None:
    web = Web(memory(), evolve(SETTINGS, requests_per_minute=3))
    key = web.new_key("concepts:read")
    statuses = [post(web, "payments/halt", key).status_code for _ in range(8)]

    assert statuses == [403] * 3 + [429] * 5
    assert len(records_of(web)) == 3


# Commands that change nothing


def test_a_repeated_step_of_a_runbook_is_recorded_as_one_without_effect(till: Till) -> None:
    web = till.web
    settled(till)
    contest_id = new_contest(till.store).contest_id
    key = web.new_key(ADMIN, owner=OTTO)
    steps: tuple[tuple[str, str, Json], ...] = (
        ("plan_payouts", f"payouts/jobs/{SETTLEMENT}/plan", {}),
        ("halt_payments", "payments/halt", {"reason_code": "drill"}),
        ("register_payee", "payees", {"party": "bob"}),
        ("cancel_contest", f"contests/{contest_id}/cancel", {}),
        ("request_reconciliation", "payments/reconciliations", {"scope": "FULL"}),
    )
    for number, (command, path, body) in enumerate(steps):
        saved(post(web, path, key, f"{command}-1", **body), 200)
        assert len(records_of(web)) == number
        again = [post(web, path, key, f"{command}-2", **body) for _ in range(2)]
        assert saved(again[0], 200) == saved(again[1], 200)

        assert len(records_of(web)) == number + 1
        record = records_of(web)[0]
        assert (record.command, record.code, record.actor) == (command, NO_EFFECT, OTTO)
        assert (record.message, record.reason) == ("The command changed nothing.", "a drill")


def test_the_list_shows_refusals_and_commands_without_effect_of_all_contexts(web: Web) -> None:
    key = web.new_key(OPS)
    post(web, "stages/letters/requeue", key, "a")
    post(web, "contests/1/verify-log", key, "b")
    post(web, "payees", key, "c", party="ann")

    items = saved(web.get("/admin/rejections", key=key), 200)["items"]
    assert [(item["command"], item["code"]) for item in items] == [
        ("register_new_payee", "SCOPE_MISSING"),
        ("verify_log", "CONTEST_NOT_FOUND"),
        ("requeue_tasks", NO_EFFECT),
    ]
    of_one = saved(web.get("/admin/rejections?command=verify_log", key=key), 200)["items"]
    assert [item["command"] for item in of_one] == ["verify_log"]
    assert web.get("/admin/contests/rejections", key=key).status_code == 404
