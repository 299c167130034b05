"""Test the operator's routes for tasks, the readiness of stages, and the schema of each answer."""

from functools import partial
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
from attrs import evolve
from tests.web.harness import Json, Web, problem, saved
from tests.web.minting import MAYA_S, WORKER, acted, buried, claimed, dropped, hash_of, minted
from tests.web.test_system import counted

from indelible import tokens
from indelible.kernel import instant_text
from indelible.kernel.hung_threads import HungThreads
from indelible.kernel.silence import Subject, SubjectKind
from indelible.kernel.stages import STAGE
from indelible.kernel.subscribers import FOLLOW_FEED, lock_cursor
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.tasks import Lease
from indelible.testing.stores import BEGINNING, FAR
from indelible.tokens import ChainFault, ContractState
from indelible.tokens.commands import RecordContract, ReportChainFault

pytestmark = pytest.mark.slow

REASON = {"reason": "the provider is back"}
NUMBERS = count()


def send(web: Web, method: str, path: str, **options: Any) -> Json:  # noqa: ANN401 - of the test client
    """Return the body of a successful answer; each command has a key of its own by default."""
    if method == "POST":
        options.setdefault("once", f"once-{next(NUMBERS)}")
    return saved(web.send(method, f"/admin{path}", **options), 200)


def refusal(web: Web, path: str, body: object = None) -> tuple[int, str]:
    body = REASON if body is None else body
    return problem(web.post(f"/admin{path}", json=body, once=f"once-{next(NUMBERS)}"))


def stages(web: Web, query: str = "") -> dict[str, Json]:
    """Return the listed stages by name."""
    return {item["stage"]: item for item in send(web, "GET", f"/tasks{query}")["items"]}


def test_every_stage_is_listed_with_its_numbers(any_web: Web) -> None:
    assert stages(any_web) == {}
    minted(any_web.store, MAYA_S, MAYA_S)
    claimed(any_web.store, "letters", "token-1")
    buried(any_web.store)

    stages_by_name = stages(any_web)

    counts: dict[str, tuple[int, int, int]] = {}
    for name, stage in stages_by_name.items():
        counts[name] = (stage["due"], stage["running"], stage["dead"])
        assert not stage["is_paused"]
    assert counts == {"detect": (0, 0, 1), "generate": (2, 0, 0), "letters": (0, 1, 0)}
    assert stages_by_name["generate"]["oldest"] == "2025-12-31T00:00:00.000000+00:00"


def test_dead_tasks_are_listed_page_by_page_with_their_reasons(any_web: Web) -> None:
    reasons = {f"token-{number}": f"it is too large, {number}" for number in range(3)}
    for entity_id, reason in reasons.items():
        buried(any_web.store, "letters", entity_id, reason)

    first = send(any_web, "GET", "/tasks/letters?limit=2")
    cursor = first["next"]
    second = saved(any_web.get(f"/admin/tasks/letters?limit=2&cursor={cursor}"), 200)

    items = first["items"] + second["items"]
    assert len(items) == 3
    assert {item["entity_id"]: item["dead_reason"] for item in items} == reasons
    assert second["next"] is None
    foreign = any_web.get(f"/admin/tasks/detect?limit=2&cursor={cursor}")
    assert problem(foreign) == (400, "INVALID_CURSOR")


def test_a_dead_task_is_shown_with_its_attempts_and_requeued_with_a_reason(any_web: Web) -> None:
    buried(any_web.store)
    before = send(any_web, "GET", "/tasks/detect/chain")
    assert [attempt["outcome"] for attempt in before["attempts"]] == ["DEAD", "FAILED"]

    requeue = "/tasks/detect/chain/requeue"
    after = send(any_web, "POST", requeue, json=REASON, once="requeue-1")
    repeated = send(any_web, "POST", requeue, json=REASON, once="requeue-1")

    assert repeated == after
    task = after["task"]
    assert task["dead_reason"] is None
    assert task["attempts"] == 0
    assert task["fence"] == 2
    newest = after["attempts"][0]
    assert newest["outcome"] == "REQUEUED"
    assert newest["actor"] == "user:maya"
    assert newest["reason"] == REASON["reason"]
    assert newest["request_id"]
    assert refusal(any_web, "/tasks/detect/chain/requeue") == (409, "TASK_NOT_DEAD")
    assert refusal(any_web, "/tasks/detect/other/requeue") == (404, "TASK_NOT_FOUND")
    assert problem(any_web.get("/admin/tasks/detect/other")) == (404, "TASK_NOT_FOUND")


def test_a_task_is_canceled_with_a_reason_and_its_worker_loses_the_lease(any_web: Web) -> None:
    minted(any_web.store, MAYA_S)
    (waiting,) = send(any_web, "GET", "/tasks/generate?state=waiting")["items"]
    path = f"/tasks/generate/{waiting['entity_id']}"

    after = send(any_web, "POST", f"{path}/cancel", json=REASON, once="cancel-1")
    repeated = send(any_web, "POST", f"{path}/cancel", json=REASON, once="cancel-1")

    assert repeated == after
    assert after["task"]["cancel_reason"] == REASON["reason"]
    assert [attempt["outcome"] for attempt in after["attempts"]] == ["CANCELED"]
    assert after["attempts"][0]["actor"] == "user:maya"
    assert refusal(any_web, f"{path}/cancel") == (409, "TASK_ENDED")
    assert refusal(any_web, "/tasks/generate/other/cancel") == (404, "TASK_NOT_FOUND")
    assert send(any_web, "POST", f"{path}/requeue", json=REASON)["task"]["cancel_reason"] is None

    lease = claimed(any_web.store, "letters", "token-1")
    after = send(any_web, "POST", "/tasks/letters/token-1/cancel", json=REASON)

    assert after["task"]["fence"] == lease.fence + 1
    with (
        pytest.raises(LeaseLost),
        any_web.store.transaction(actor=WORKER, reason="a test") as tx,
    ):
        tx.tasks.complete([lease])


def test_the_dead_tasks_of_an_error_class_are_requeued_together(any_web: Web) -> None:
    for number in range(3):
        buried_by(any_web, f"timeout-{number}", "TimeoutError")
    buried_by(any_web, "value", "ValueError")
    errors = send(any_web, "GET", "/stages/letters/errors")["items"]
    assert {error["error_class"]: error["tasks"] for error in errors} == {
        "TimeoutError": 3,
        "ValueError": 1,
    }

    numbers: list[int] = []
    for number in range(3):
        body = {**REASON, "error_class": "TimeoutError", "limit": 2}
        once = f"requeue-{number}"
        answer = send(any_web, "POST", "/stages/letters/requeue", json=body, once=once)
        numbers.append(answer["number"])

    assert numbers == [2, 1, 0]
    assert listed_ids(any_web, "state=dead") == ["value"]
    assert listed_ids(any_web, "state=waiting") == ["timeout-0", "timeout-1", "timeout-2"]
    too_many = {**REASON, "limit": 1_001}
    assert refusal(any_web, "/stages/letters/requeue", too_many)[0] == 422


def test_tasks_are_listed_by_state_actor_time_and_order(any_web: Web) -> None:
    for number in range(3):
        buried_by(any_web, f"letter-{number}", "TimeoutError")
    send(any_web, "POST", "/tasks/letters/letter-1/requeue", json=REASON)
    attempts = send(any_web, "GET", "/tasks/letters/letter-2")["attempts"]
    died_at = attempts[0]["at"]

    assert listed_ids(any_web, "") == ["letter-0", "letter-2"]
    assert listed_ids(any_web, "order=newest") == ["letter-2", "letter-0"]
    assert listed_ids(any_web, f"since={quote(died_at)}") == ["letter-2"]
    assert listed_ids(any_web, f"until={quote(died_at)}") == ["letter-0"]
    assert listed_ids(any_web, "state=waiting&actor=user:maya") == ["letter-1"]
    assert listed_ids(any_web, "state=dead&actor=user:maya") == []
    wrong = ("state=asleep", "order=name", "actor=maya", "since=yesterday")
    for query in wrong:
        assert problem(any_web.get(f"/admin/tasks/letters?{query}"))[0] == 422, query


def listed_ids(web: Web, query: str) -> list[str]:
    """Return the ids of listed tasks, read in pages of one."""
    ids: list[str] = []
    cursor = ""
    while True:
        body = send(web, "GET", f"/tasks/letters?limit=1&{query}{cursor}")
        ids += [item["entity_id"] for item in body["items"]]
        if body["next"] is None:
            return ids
        cursor = f"&cursor={body['next']}"


def buried_by(web: Web, entity_id: str, error_class: str) -> None:
    """Let a task of letters die of an error."""
    lease = claimed(web.store, "letters", entity_id)
    with web.store.transaction(actor=WORKER, reason="a test") as tx:
        tx.tasks.mark_dead(lease, reason="no answer", error_class=error_class)


def test_tasks_of_a_paused_stage_are_not_claimed_until_it_is_resumed(any_web: Web) -> None:
    minted(any_web.store, MAYA_S)
    paused = send(any_web, "POST", "/stages/generate/pause", json=REASON)
    assert paused["status"] == "PAUSED"
    stage = stages(any_web)["generate"]
    assert stage["is_paused"]
    assert (stage["paused_by"], stage["pause_reason"]) == ("user:maya", REASON["reason"])
    assert stage["paused_at"] == paused["updated_at"]
    with any_web.store.transaction(actor=WORKER, reason="a test") as tx:
        assert tx.tasks.claim("generate", limit=10, until=tx.clock.now()) == ()
    assert refusal(any_web, "/stages/generate/pause") == (409, "INVALID_TRANSITION")

    assert send(any_web, "POST", "/stages/generate/resume", json=REASON)["status"] == "RUNNING"
    resumed = stages(any_web)["generate"]
    assert not resumed["is_paused"]
    assert (resumed["paused_at"], resumed["paused_by"], resumed["pause_reason"]) == (None,) * 3
    changes = any_web.store.read(lambda tx: tx.history.of(STAGE.name, "generate"))
    assert [change.action for change in changes] == ["pause", "resume"]
    for change in changes:
        assert str(change.actor) == "user:maya"
        assert change.reason == REASON["reason"]
    assert refusal(any_web, "/stages/letters/resume") == (404, "STAGE_NOT_FOUND")


def test_a_stage_is_stuck_unless_it_is_paused_or_has_hung_threads(any_web: Web) -> None:
    paused = 'indelible_stage_paused{stage="generate"}'
    minted(any_web.store, MAYA_S)
    claimed(any_web.store, "letters", "token-1")
    assert set(stages(any_web, "?is_stuck=true")) == {"generate"}
    assert set(stages(any_web, "?is_stuck=false")) == {"letters"}
    assert paused not in counted(any_web)

    send(any_web, "POST", "/stages/generate/pause", json=REASON)
    assert stages(any_web, "?is_stuck=true") == {}
    assert counted(any_web)[paused] == 1

    send(any_web, "POST", "/stages/generate/resume", json=REASON)
    assert set(stages(any_web, "?is_stuck=true")) == {"generate"}
    assert paused not in counted(any_web)

    any_web.key = any_web.new_key("admin")
    send(any_web, "POST", "/stages/reveal/pause", json=REASON)

    assert stages(any_web)["reveal"]["is_paused"]


def test_a_stage_with_hung_threads_is_stuck_until_their_report_expires(any_web: Web) -> None:
    claimed(any_web.store, "letters", "token-1")
    now = any_web.clock.now()
    report = HungThreads(stage="letters", process="a:1", threads=1, since=now, expires_at=now)
    acted(any_web.store, lambda tx: tx.tasks.report_hung_threads(report.renewed(1, now)))

    assert set(stages(any_web, "?is_stuck=true")) == {"letters"}
    acted(any_web.store, lambda tx: tx.tasks.report_hung_threads(report.ended(any_web.clock.now())))
    assert stages(any_web, "?is_stuck=true") == {}


def test_token_stats_include_orphaned_mints_and_faults_of_the_chain(any_web: Web) -> None:
    minted(any_web.store, MAYA_S, MAYA_S)
    minted(any_web.store, MAYA_S, start=3, block=101)
    before = send(any_web, "GET", "/tokens/stats")
    dropped(any_web.store, 101)
    after = send(any_web, "GET", "/tokens/stats")

    checkpoint = {"number": 101, "hash": hash_of(101), "contract": "", "reorg_count": 0}
    assert before["statuses"]["detected"] == 3
    assert before["checkpoint"] == checkpoint
    assert after["statuses"]["detected"] == 2
    assert after["statuses"]["failed"] == 1
    assert after["checkpoint"]["number"] == 100
    assert after["checkpoint"]["reorg_count"] == 1
    assert [mint["token_id"] for mint in after["orphaned"]] == ["3"]

    before = send(any_web, "GET", "/tokens/stats")
    fault = ReportChainFault(fault=ChainFault(code="WRONG_CHAIN", message="another chain"))
    acted(any_web.store, partial(tokens.report_chain_fault, command=fault))
    after = send(any_web, "GET", "/tokens/stats")

    assert (before["is_paused"], after["is_paused"]) == (False, True)


def test_changed_code_is_in_the_stats_until_it_is_acknowledged(any_web: Web) -> None:
    any_web.key = any_web.new_key("admin")
    first = RecordContract(contract_id="eip155:1:0xaa", state=ContractState(code_hash=hash_of(1)))
    second = evolve(first, state=ContractState(code_hash=hash_of(2)))
    for command in (first, second):
        acted(any_web.store, partial(tokens.record_contract, command=command))

    (notice,) = send(any_web, "GET", "/tokens/stats")["notices"]
    assert notice["code"] == "CONTRACT_CHANGED"
    assert hash_of(2) in notice["message"]

    path = "/tokens/contract/acknowledge"
    assert refusal(any_web, path, {}) == (422, "INVALID_FIELDS")
    assert send(any_web, "POST", path, json=REASON)["notices"] == []
    assert send(any_web, "GET", "/tokens/stats")["notices"] == []


def test_readiness_and_metrics_show_waiting_stopped_and_late_subscribers(any_web: Web) -> None:
    assert counted(any_web)["indelible_outbox_lag_seconds"] == 0
    minted(any_web.store, MAYA_S)
    claimed(any_web.store, FOLLOW_FEED, "mail")
    lease = Lease(
        stage=FOLLOW_FEED, entity_id="mail", fence=1, attempt=1, due_at=BEGINNING, until=FAR
    )
    acted(any_web.store, lambda tx: lock_cursor(tx, lease))
    metrics = counted(any_web)

    assert metrics['indelible_subscriber_lag_seconds{subscriber="mail"}'] > 0
    assert metrics["indelible_outbox_lag_seconds"] > 0

    minted(any_web.store, MAYA_S)
    send(any_web, "POST", "/stages/letters/pause", json=REASON)

    body = any_web.get("/health/ready", key=None).get_json()

    assert body["status"] == "ready"
    assert body["paused"] == ["letters"]
    assert list(body["waiting_seconds"]) == ["generate"]
    assert body["waiting_seconds"]["generate"] >= 86_400


def test_a_subscriber_whose_task_is_put_off_is_a_problem(any_web: Web) -> None:
    subject = Subject(kind=SubjectKind.SUBSCRIBER, stage=FOLLOW_FEED, entity_id="mail")
    acted(any_web.store, lambda tx: tx.subjects.declare((subject,)))
    lease = claimed(any_web.store, FOLLOW_FEED, "mail")
    acted(any_web.store, lambda tx: lock_cursor(tx, lease))
    acted(any_web.store, lambda tx: tx.tasks.reschedule(FOLLOW_FEED, "mail", due_at=FAR))

    ready = any_web.get("/health/ready", key=None)
    metrics = counted(any_web)

    problem_text = f"subscriber mail is put off until {instant_text(FAR)} "
    assert ready.status_code == 200
    (problem,) = ready.get_json()["problems"]
    assert problem.startswith(problem_text)
    assert metrics['indelible_subscriber_stopped{subscriber="mail"}'] == 1


def test_metrics_count_the_tasks_of_every_stage(any_web: Web) -> None:
    minted(any_web.store, MAYA_S, MAYA_S)
    claimed(any_web.store, "letters", "token-1")
    buried(any_web.store)
    before = counted(any_web)
    send(any_web, "POST", "/tasks/detect/chain/requeue", json=REASON)
    send(any_web, "POST", "/stages/detect/pause", json=REASON)
    metrics = counted(any_web)
    requeues = 'indelible_commands_total{action="requeue",code="OK",lifecycle="task"}'
    pauses = 'indelible_transitions_total{action="pause",lifecycle="stage"}'

    assert metrics['indelible_tasks_due{stage="generate"}'] == 2
    assert metrics['indelible_tasks_running{stage="letters"}'] == 1
    assert metrics['indelible_tasks_dead{stage="detect"}'] == 0
    assert metrics['indelible_tasks_oldest_seconds{stage="generate"}'] >= 86_400
    assert metrics['indelible_tasks_oldest_seconds{stage="letters"}'] == 0
    assert metrics[requeues] == before[requeues] + 1
    assert metrics[pauses] == before[pauses] + 1
