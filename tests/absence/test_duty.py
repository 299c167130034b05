"""The operator of an absence: commands whose answers are lost, records, pages and figures."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from tests.absence.instance import Instance
from tests.doubles.serving import Fault, Response
from tests.web.minting import buried

from indelible.kernel import SystemClock
from indelible_service.simulation.absence import client
from indelible_service.simulation.absence.duty import Duty
from indelible_service.simulation.absence.signs import Look, instant
from indelible_service.simulation.absence.verdict import verdict

COMMAND: Final = "POST /admin/stages/letters/requeue"
START: Final = "POST /admin/runbooks/start"


@pytest.fixture
def duty(instance: Instance) -> Duty:
    return Duty(client=instance.client())


def die(instance: Instance, *names: str) -> datetime:
    """Let tasks of letters die, and return an instant after it."""
    for name in names:
        buried(instance.web.store, "letters", name)
    return SystemClock().now()


def keys_of(instance: Instance, request: str) -> list[str]:
    """Return the idempotency keys of the requests to an operation."""
    requests = [one for one in instance.double.requests if one.name == request]
    return [one.headers["idempotency-key"] for one in requests]


def executions(instance: Instance) -> list[Any]:
    """Return the stored executions of runbooks."""
    return list(instance.client().pages("dead-task", "list-all-executions"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "lost", [START, COMMAND, "POST /admin/runbooks/.*/steps", "POST /admin/runbooks/complete"]
)
def test_a_lost_answer_leads_to_the_same_request_with_the_same_key(
    instance: Instance, duty: Duty, lost: str
) -> None:
    at = die(instance, "one")
    instance.lose(lost)
    first = duty.look(at)
    second = duty.look(at + timedelta(minutes=10))

    assert "no answer to" in first
    assert "no answer to" not in second
    assert len(set(keys_of(instance, COMMAND))) == 1
    (execution,) = executions(instance)
    assert (execution["status"], execution["step_count"]) == ("completed", 1)
    assert len(duty.executions) == 1


def test_a_command_without_an_answer_counts_as_help(instance: Instance, duty: Duty) -> None:
    at = die(instance, "one")
    instance.lose(COMMAND)
    duty.look(at)

    assert duty.touched() == {"letters", "one"}
    assert duty.episodes.helped == {("dead-task", "letters")}


@pytest.mark.slow
def test_a_refused_command_has_helped_nobody_and_its_execution_has_failed(
    instance: Instance, duty: Duty
) -> None:
    at = die(instance, "one")
    refusal = Response.json(409, {"code": "ANY", "message": "refused"})
    instance.double.plan(Fault(matching=COMMAND, answer=refusal))
    outcome = duty.look(at)

    assert outcome.endswith("requeue-dead-tasks ANY")
    assert duty.touched() == set()
    (execution,) = executions(instance)
    assert (execution["status"], execution["failed_step_count"]) == ("failed", 1)


@pytest.mark.slow
@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_record_that_is_refused_is_sent_again(
    instance: Instance, duty: Duty, status: int
) -> None:
    at = die(instance, "one")
    refusal = Response.json(status, {"code": "ANY", "message": "refused"})
    instance.double.plan(Fault(matching=START, answer=refusal))
    first = duty.look(at)

    assert "no answer to start-execution" in first
    assert keys_of(instance, COMMAND) == []
    duty.look(at + timedelta(minutes=10))
    assert [one["status"] for one in executions(instance)] == ["completed"]


@pytest.mark.slow
def test_an_execution_that_nobody_has_ended_is_wrong_at_the_end(instance: Instance) -> None:
    body = {"runbook_name": "47-dead-task", "runbook_version": "1", "reason": "a test"}
    assert instance.actor.post("/admin/runbooks/start", body, "one").status == 200
    look = Look.take(instance.client(), SystemClock().now())
    (problem,) = verdict(instance.client(), look)

    assert problem.endswith("of runbook 47-dead-task is pending")


def test_a_service_that_is_dead_at_the_last_look_is_wrong(instance: Instance) -> None:
    assert list(verdict(instance.client(), None)) == ["the service does not answer"]


@pytest.mark.slow
def test_a_verdict_without_an_answer_is_wrong(instance: Instance) -> None:
    look = Look.take(instance.client(), SystemClock().now())
    instance.lose("GET /admin/payouts/transfers")

    assert list(verdict(instance.client(), look)) == [
        "no answer to list-payout-transfers: NOT_RUNNING"
    ]


@pytest.mark.slow
def test_a_look_reads_all_pages_and_dead_tasks_have_died_at_the_first_death(
    instance: Instance, duty: Duty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LIMIT", "1")
    now = die(instance, "first", "second", "third") + timedelta(minutes=20)
    attempts = instance.client().read("dead-task", "show-task", stage="letters", entity_id="first")
    died_at = instant(attempts["attempts"][0]["at"])
    duty.look(now)

    assert duty.episodes.open["dead-task", "letters"].since == died_at < now
    assert duty.touched() == {"letters", "first", "second", "third"}
