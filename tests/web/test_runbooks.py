"""The operators' routes of executions of runbooks, and the versions of the contract."""

from importlib.metadata import version
from typing import Any, Final

import pytest
from tests.conftest import POLICY
from tests.web.harness import Json, Web, problem, saved

from indelible.kernel import Actor
from indelible.kernel.rejections import list_rejections
from indelible.memory import MemoryStore
from indelible_web.context import WebContext
from indelible_web.http import runbooks
from indelible_web.http.admin import PREFIX
from indelible_web.http.request import OPS

pytestmark = pytest.mark.slow

OPERATOR: Final = Actor.user("olga")
REASON: Final = {"reason": "an alert"}
START: Final = {"runbook_name": "28-payouts-stuck"}
STEP: Final = {"command": "indelible ops payouts", "expected": "0", "observed": "0", "ok": True}
TOO_LONG: Final = "x" * 20_001


class Desk:
    """An operator with a key, who sends each command under a key of its own."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.key = web.new_key(OPS, owner=OPERATOR)
        self.sent = 0

    def post(self, path: str, body: Json, once: str | None = None) -> Any:  # noqa: ANN401 - the test client's answer
        """Send a command with a reason."""
        self.sent += 1
        return self.web.post(
            f"{PREFIX}/runbooks/{path}",
            json={**REASON, **body},
            once=once or f"key-{self.sent}",
            key=self.key,
        )

    def get(self, path: str = "") -> Json:
        """Return what a query answers."""
        return saved(self.web.get(f"{PREFIX}/runbooks{path}", key=self.key), 200)

    def started(self, **body: object) -> str:
        """Start an execution, and return its id."""
        execution: str = saved(self.post("start", {**START, **body}), 200)["id"]
        return execution

    def refused(self, path: str, **body: object) -> tuple[int, str]:
        """Return the status and the code of a refusal."""
        return problem(self.post(path, body))


@pytest.fixture
def desk(any_web: Web) -> Desk:
    return Desk(any_web)


def test_a_runbook_is_started_carried_out_and_completed(desk: Desk) -> None:
    execution_id = desk.started(alert="TransferStuck", system_state_before={"stuck": 1})
    path = f"{execution_id}/steps"
    first = saved(desk.post(path, STEP), 200)
    saved(desk.post(path, {**STEP, "command": "indelible ops verify"}), 200)
    end = {"execution_id": execution_id, "status": "completed", "result_json": {"stuck": 0}}
    ended = saved(desk.post("complete", end), 200)

    details = desk.get(f"/{execution_id}")

    assert first["allowed_actions"] == ["record_step", "complete", "fail", "complete_partially"]
    assert ended["status"] == "completed"
    assert ended["allowed_actions"] == []
    assert details["execution"] == ended
    assert ended["executed_by"] == str(OPERATOR)
    assert (ended["alert"], ended["system_state_before"]) == ("TransferStuck", {"stuck": 1})
    steps = [(step["number"], step["command"], step["ok"]) for step in details["steps"]]
    assert steps == [(1, STEP["command"], True), (2, "indelible ops verify", True)]


def test_a_repeated_command_has_one_effect_and_one_answer(desk: Desk) -> None:
    first = saved(desk.post("start", START, once="same"), 200)
    again = saved(desk.post("start", START, once="same"), 200)
    path = f"{first['id']}/steps"
    step = saved(desk.post(path, STEP, once="step"), 200)
    repeated = saved(desk.post(path, STEP, once="step"), 200)

    assert again == first
    assert repeated == step
    assert len(desk.get()["items"]) == 1
    assert len(desk.get(f"/{first['id']}")["steps"]) == 1


def test_a_second_end_is_refused_with_the_allowed_actions_and_recorded(desk: Desk) -> None:
    execution_id = desk.started()
    end = {"execution_id": execution_id, "status": "failed", "error_reason": "no answer"}
    saved(desk.post("complete", end), 200)

    answer = desk.post("complete", end)

    assert problem(answer) == (409, "INVALID_TRANSITION")
    assert answer.json["allowed"] == []
    (rejection,) = desk.web.store.read(list_rejections)
    assert rejection.code == "INVALID_TRANSITION"
    assert rejection.command == "complete_runbook_execution"
    assert rejection.actor == OPERATOR


def test_an_end_that_contradicts_the_steps_is_refused_and_recorded(desk: Desk) -> None:
    execution_id = desk.started()
    end = {"execution_id": execution_id}
    too_early = desk.post("complete", {**end, "status": "completed"})
    saved(desk.post(f"{execution_id}/steps", {**STEP, "ok": False}), 200)

    assert problem(too_early) == (409, "INVALID_TRANSITION")
    assert too_early.json["allowed"] == ["record_step", "fail"]
    assert desk.refused("complete", **end, status="completed") == (409, "RUNBOOK_STEPS_FAILED")
    for status in ("failed", "partial"):
        refused = desk.refused("complete", **end, status=status)
        assert refused == (422, "ERROR_REASON_NOT_OF_STATUS")
    partial = desk.post("complete", {**end, "status": "partial", "error_reason": "one is left"})
    assert saved(partial, 200)["error_reason"] == "one is left"
    codes = {rejection.code for rejection in desk.web.store.read(list_rejections)}
    assert codes == {"INVALID_TRANSITION", "RUNBOOK_STEPS_FAILED", "ERROR_REASON_NOT_OF_STATUS"}

    large = {**STEP, "expected": "x" * 17_000, "observed": "y" * 17_000}
    refused = desk.refused(f"{desk.started()}/steps", **large)

    assert len(str(large)) > runbooks.MAX_STEP_BYTES
    assert refused == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("start", {**START, "executed_by": "user:somebody"}, (422, "INVALID_FIELDS")),
        ("start", {**START, "runbook_name": "x" * 201}, (422, "TEXT_TOO_LONG")),
        ("start", {**START, "runbook_name": "a\0b"}, (422, "TEXT_UNSTORABLE")),
        ("start", {**START, "system_state_before": []}, (422, "INVALID_FIELDS")),
        ("start", {"runbook_version": "1"}, (422, "INVALID_FIELDS")),
        ("start", {**START, "runbook_version": None}, (422, "INVALID_FIELDS")),
        ("{id}/steps", {**STEP, "ok": "yes"}, (422, "INVALID_FIELDS")),
        ("{id}/steps", {**STEP, "command": "  "}, (422, "TEXT_BLANK")),
        ("{id}/steps", {**STEP, "observed": TOO_LONG}, (422, "TEXT_TOO_LONG")),
        ("{id}/steps", {**STEP, "observed": "\ud800"}, (422, "TEXT_UNSTORABLE")),
        ("{id}/steps", {**STEP, "at": "2026-01-01T00:00:00Z"}, (422, "INVALID_FIELDS")),
        ("none/steps", STEP, (404, "RUNBOOK_EXECUTION_NOT_FOUND")),
        ("complete", {"execution_id": "{id}", "status": "pending"}, (422, "INVALID_FIELDS")),
        (
            "complete",
            {"execution_id": "none", "status": "completed"},
            (404, "RUNBOOK_EXECUTION_NOT_FOUND"),
        ),
    ],
)
def test_hostile_input_is_refused_and_changes_nothing(
    desk: Desk, path: str, body: Json, expected: tuple[int, str]
) -> None:
    execution_id = desk.started()
    before = desk.get()
    body = {name: execution_id if value == "{id}" else value for name, value in body.items()}

    assert desk.refused(path.format(id=execution_id), **body) == expected
    assert desk.get() == before


def test_a_runbook_has_a_known_name_and_a_version(desk: Desk) -> None:
    own = desk.get(f"/{desk.started()}")["execution"]
    other = desk.get(f"/{desk.started(runbook_version='0.1.0')}")["execution"]

    assert own["runbook_version"] == version("indelible-web")
    assert other["runbook_version"] == "0.1.0"

    answer = desk.post("start", {"runbook_name": "28-payout-stuck"})

    assert problem(answer) == (422, "RUNBOOK_UNKNOWN")
    assert answer.json["fields"]["nearest"][0] == "28-payouts-stuck"
    assert len(desk.get()["items"]) == 2
    (rejection,) = desk.web.store.read(list_rejections)
    assert rejection.code == "RUNBOOK_UNKNOWN"


def test_a_host_adds_runbooks_of_its_own_and_procedures_are_known() -> None:
    own = WebContext(name="own", runbooks=("own-1",))
    desk = Desk(Web(MemoryStore(policy=POLICY), contexts=(own,)))

    for name in ("own-1", "promote", "roll-back", "47-dead-task"):
        desk.started(runbook_name=name)
    assert desk.refused("start", runbook_name="own-2") == (422, "RUNBOOK_UNKNOWN")


def test_executions_are_listed_by_state_and_runbook_a_page_at_a_time(desk: Desk) -> None:
    ids = [
        desk.started(runbook_name=name)
        for name in ("01-ingestion-lag", "02-provider-refuses", "01-ingestion-lag")
    ]
    desk.post("complete", {"execution_id": ids[0], "status": "failed", "error_reason": "lost"})

    first = desk.get("?limit=2")
    second = desk.get(f"?limit=2&cursor={first['next']}")

    assert [item["id"] for item in (*first["items"], *second["items"])] == ids[::-1]
    assert second["next"] is None
    failed = desk.get("?status=failed")["items"]
    assert [item["id"] for item in failed] == ids[:1]
    of_runbook = desk.get("?runbook_name=01-ingestion-lag&status=pending")["items"]
    assert [item["id"] for item in of_runbook] == ids[2:]
