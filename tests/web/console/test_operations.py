"""Test the page of operations, and the pages of runbooks and of their executions."""

from datetime import timedelta
from typing import Final

import pytest
from tests.web.console.visitor import EVERY_MARKUP, Site, Visitor
from tests.web.minting import acted, buried

from indelible.contests import ContestStatus
from indelible.failure_modes import FAILURE_MODES, MODE_BY_ALERT, MODE_BY_NAME
from indelible.kernel import Actor, UsageError
from indelible.kernel.distributions import release
from indelible.kernel.rejections import list_rejections
from indelible.kernel.runbooks import StartRunbook, list_executions, list_steps, start_runbook
from indelible.kernel.silence import Subject, subject_states
from indelible.testing.contests.scenarios import contest_in
from indelible_web.console.home_parts import AttentionItem
from indelible_web.console.operations import MAX_EXECUTIONS

pytestmark = pytest.mark.slow

OPERATIONS: Final = "/console/operations"
OTTO: Final = Actor.user("otto")
RUNBOOK: Final = MODE_BY_ALERT["DeadTasks"].name
STEP: Final = {"command": "indelible ops show", "expected": "0", "observed": "0", "ok": "yes"}


@pytest.fixture
def operator(any_site: Site) -> Visitor:
    """Return a signed-in operator."""
    return any_site.member("console", "ops", owner=OTTO)


def started(operator: Visitor, runbook: str = RUNBOOK) -> str:
    """Start an execution by the form of a runbook, and return the address of its page."""
    operator.get(f"{OPERATIONS}/runbooks/{runbook}?alert=DeadTasks")
    answer = operator.send(runbook, reason="an alert")
    assert answer.status_code == 303, operator.page.words
    operator.follow()
    return str(answer.location)


def sent(operator: Visitor, page: str, ending: str, **fields: str) -> int:
    """Send a form of an execution's page with a reason, and return the status."""
    operator.get(page)
    answer = operator.send(ending, None, **{"reason": "a drill", **fields})
    if answer.status_code == 303:
        operator.follow()
    return answer.status_code


def test_nothing_is_wrong_in_an_empty_service(any_site: Site) -> None:
    site = Site(any_site.store)  # a new application has counted no wrong key of another test
    operator = site.member("console", "ops", owner=OTTO)
    operator.get(OPERATIONS)

    text = operator.page.words
    assert "What is wrong now Nothing is wrong." in text
    assert "No runbook was executed yet." in text
    for section in ("Silences", "Lags", "Contests", "Payments", "Payouts", "Reconciliation"):
        assert f"{section} Nothing is wrong." in text


def test_what_is_wrong_is_listed_the_worst_first_with_its_runbook(any_site: Site) -> None:
    contest_in(any_site.store, ContestStatus.ERROR)
    buried(any_site.store, "letters", "one")
    subject = Subject.of_backup(60)
    acted(any_site.store, lambda tx: tx.subjects.declare((subject,)))
    (state,) = any_site.store.read(subject_states)
    any_site.clock.time = max(any_site.clock.time, state.known_since) + timedelta(hours=1)
    operator = any_site.member("console", "ops", owner=OTTO)

    operator.get(OPERATIONS)

    text = operator.page.words
    assert "Urgent 1 dead task in the stage letters." in text
    assert "Runbook 47-dead-task" in text
    assert "Runbook 50-backup-missing" in text
    assert "Runbook 14-contest-in-error" in text
    assert f"{OPERATIONS}/runbooks/47-dead-task?alert=DeadTasks" in operator.page.links
    wrong = text.partition("What is wrong now")[2].partition("Parts of the service")[0]
    levels = [word for word in wrong.split() if word in {"Urgent", "Check", "Note"}]
    assert levels == sorted(levels, key=["Urgent", "Check", "Note"].index)
    assert levels.count("Urgent") >= 3


def test_an_operator_carries_out_a_runbook_in_the_console(
    any_site: Site, operator: Visitor
) -> None:
    page = started(operator)
    assert "DeadTasks" in operator.page.words
    assert sent(operator, page, "step", **STEP) == 303
    assert sent(operator, page, "end", status="completed") == 303

    assert "Completed" in operator.page.words
    (head,) = any_site.store.read(list_executions)
    (row,) = any_site.store.read(list_steps, head.id)
    assert (head.entity.executed_by, head.entity.alert) == (str(OTTO), "DeadTasks")
    assert (row.record.command, row.record.ok) == (STEP["command"], True)
    assert not [form for form in operator.page.forms if form.action.endswith(("step", "end"))]
    operator.get(OPERATIONS)
    assert page in operator.page.links


def test_a_refused_form_keeps_its_fields_and_is_recorded(any_site: Site, operator: Visitor) -> None:
    page = started(operator)
    status = sent(operator, page, "end", status="completed", reason="half <b>done</b>")

    assert status == 409
    assert "Refused." in operator.page.words
    assert "Possible now: record_step, fail." in operator.page.words
    assert operator.page.form("end").fields["reason"] == ["half <b>done</b>"]
    (rejection,) = any_site.store.read(list_rejections)
    assert rejection.code == "INVALID_TRANSITION"
    (head,) = any_site.store.read(list_executions)
    assert head.entity.status.value == "pending"

    operator.get(page)
    form = operator.page.form("step")
    data = {**form.fields, **STEP, "reason": "a drill"}

    for _ in range(2):
        assert operator.post(form.action, data).status_code == 303

    (head,) = any_site.store.read(list_executions)
    assert head.entity.step_count == 1


def test_a_step_that_is_not_as_expected_excludes_completed(operator: Visitor) -> None:
    page = started(operator)
    markup = EVERY_MARKUP
    assert sent(operator, page, "step", **{**STEP, "ok": "no", "observed": markup}) == 303
    assert "Not as expected" in operator.page.words
    assert operator.page.active_markup() == []

    assert sent(operator, page, "end", status="completed") == 409
    assert "RUNBOOK_STEPS_FAILED" in operator.page.words
    assert sent(operator, page, "end", status="partial") == 422
    assert sent(operator, page, "end", status="partial", error_reason="one is left") == 303
    assert "one is left" in operator.page.words


def test_runbooks_have_pages_that_need_the_scope(operator: Visitor, any_site: Site) -> None:
    for mode in FAILURE_MODES:
        assert operator.get(f"{OPERATIONS}/runbooks/{mode.name}").status_code == 200
        assert mode.page in operator.page.words
        assert operator.page.form(mode.name).fields["runbook_version"] == [release()]
    assert operator.get(f"{OPERATIONS}/runbooks/own-1").status_code == 200
    assert "No runbook has this name." in operator.page.words
    assert not [form for form in operator.page.forms if form.action.endswith("own-1")]
    assert operator.get(f"{OPERATIONS}/executions/unknown").status_code == 404

    reader = any_site.member("console", "history:read")
    for path in ("", "/runbooks/47-dead-task", "/executions/x"):
        assert reader.get(f"{OPERATIONS}{path}").status_code == 403
    assert OPERATIONS not in reader.page.links

    assert AttentionItem(text="a", url="/", alert="DeadTasks").runbook == RUNBOOK
    assert AttentionItem(text="a", url="/").runbook == ""
    with pytest.raises(UsageError, match="DeadLetters"):
        AttentionItem(text="a", url="/", alert="DeadLetters")
    assert MODE_BY_NAME[RUNBOOK].number == 47


def test_open_executions_that_are_not_shown_are_announced(
    any_site: Site, operator: Visitor
) -> None:
    def start(number: int) -> None:
        command = StartRunbook(runbook_name=RUNBOOK, alert=f"Alert-{number}")
        any_site.store.run(start_runbook, command, actor=OTTO, reason="a drill")

    for number in range(MAX_EXECUTIONS):
        start(number)
    operator.get(OPERATIONS)
    assert "More are" not in operator.page.words

    start(MAX_EXECUTIONS)
    operator.get(OPERATIONS)
    command = "indelible ops list-all-executions --status pending"
    assert f"More are pending: {command} lists all of them." in operator.page.words
