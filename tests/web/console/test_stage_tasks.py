"""Test the tasks of a stage in the console: lists by state, errors by class, and repairs."""

from datetime import timedelta

import pytest
from tests.web.console.letters import (
    TASKS,
    assert_shown,
    died,
    letter,
    one_in_each_state,
    operator,
)
from tests.web.console.visitor import Site, Visitor
from tests.web.minting import EARLIER, acted, buried, claimed

from indelible.app import WriteTx
from indelible.kernel.tasks import Priority
from indelible_web.console import tasks as console_tasks

pytestmark = pytest.mark.slow

STATES = ("waiting", "running", "completed", "dead", "canceled")


def test_each_state_has_its_list_with_the_numbers_beside_it(any_site: Site) -> None:
    one_in_each_state(any_site)
    member = operator(any_site)

    for state in STATES:
        member.get(f"{TASKS}/letters?state={state}")
        listed = [link for link in member.page.links if link.startswith(f"{TASKS}/letters/")]
        assert listed == [f"{TASKS}/letters/{state}-1"]
        for other in STATES:
            assert_shown(member.page, f"{other.capitalize()} 1")


def test_a_stage_opens_with_its_most_urgent_state(site: Site) -> None:
    member = operator(site)
    member.get(f"{TASKS}/letters")
    assert_shown(member.page, "No waiting tasks")

    one_in_each_state(site)
    member = operator(site)
    member.get(f"{TASKS}/letters")
    assert f"{TASKS}/letters/dead-1" in member.page.links

    member.get(TASKS)
    assert f"{TASKS}/letters?state=dead" in member.page.links


def test_dead_tasks_are_listed_by_error_and_requeued_together(any_site: Site) -> None:
    died(any_site.store, "letter-1", "ValueError", "no such street")
    died(any_site.store, "letter-2", "TimeoutError", "the post office is slow")
    died(any_site.store, "letter-3", "ValueError", "no such house")
    member = operator(any_site)

    member.get(f"{TASKS}/letters")
    assert_shown(member.page, "ValueError 2", "TimeoutError 1", "no such street", "no such house")
    member.get(member.page.link("error_class=TimeoutError"))
    assert_shown(member.page, "the post office is slow")
    assert "no such street" not in member.page.words

    member.get(f"{TASKS}/letters?state=dead&error_class=ValueError")
    assert member.send("/letters/requeue", reason="the map is corrected").status_code == 303
    member.follow()

    assert_shown(member.page, "Requeued. 2 tasks are due now.", "Dead 1", "Waiting 2")
    assert_shown(member.page, "As of", "Refresh the page to see how far they are.")
    for entity_id, is_dead in (("letter-1", False), ("letter-2", True), ("letter-3", False)):
        task = letter(any_site, entity_id)
        assert (task.dead_reason is not None) is is_dead
    [attempt] = any_site.store.read(lambda tx: tx.tasks.attempts_of("letters", "letter-1", limit=1))
    assert (str(attempt.actor), attempt.reason) == ("user:maya", "the map is corrected")


def test_all_dead_tasks_of_a_stage_are_requeued_from_its_page(any_site: Site) -> None:
    for number in range(3):
        died(any_site.store, f"letter-{number}", "ValueError", "no such street")
    buried(any_site.store, "parcels", "parcel-1")
    member = operator(any_site)

    member.get(f"{TASKS}/letters")
    assert member.send("/letters/requeue", reason="the map is corrected").status_code == 303
    member.follow()

    assert_shown(member.page, "Requeued. 3 tasks are due now.", "No dead tasks")
    assert any_site.store.read(lambda tx: tx.tasks.get("parcels", "parcel-1")).dead_reason


def test_a_failing_stage_is_repaired_with_two_clicks_from_the_home_page(site: Site) -> None:
    for number in range(3):
        died(site.store, f"letter-{number}", "ValueError", "no such street")
    member = operator(site)
    member.get("/console/")

    member.get(member.page.link("/letters?state=dead"))
    assert_shown(member.page, "no such street")
    assert member.send("/letters/requeue", reason="the map is corrected").status_code == 303

    assert site.store.read(lambda tx: tx.tasks.dead("letters", after="", limit=10)) == ()


def test_a_click_requeues_a_limited_number_and_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        died(site.store, f"letter-{number}", "ValueError", "no such street")
    member = operator(site)
    member.get(f"{TASKS}/letters")
    monkeypatch.setattr(console_tasks, "MAX_REQUEUED", 2)

    member.send("/letters/requeue", reason="first")
    member.follow()

    assert_shown(member.page, "2 tasks are due now.", "send the form again", "Dead 1")


def test_a_bulk_form_sent_twice_has_one_effect(any_site: Site) -> None:
    died(any_site.store, "letter-1", "ValueError", "no such street")
    member = operator(any_site)
    member.get(f"{TASKS}/letters")
    page = member.page
    member.send("/letters/requeue", reason="once")
    died(any_site.store, "letter-2", "ValueError", "no such street")

    member.page = page
    assert member.send("/letters/requeue", reason="once").status_code == 303

    assert any_site.store.read(lambda tx: tx.tasks.get("letters", "letter-2")).dead_reason


@pytest.mark.parametrize("reason", ["", " ", "turned \u202earound", "x" * 1_001])
def test_a_bulk_form_with_an_error_keeps_its_class_and_its_reason(site: Site, reason: str) -> None:
    died(site.store, "letter-1", "ValueError", "no such street")
    member = operator(site)
    member.get(f"{TASKS}/letters?state=dead&error_class=ValueError")

    assert member.send("/letters/requeue", reason=reason).status_code == 422
    form = member.page.form("/letters/requeue")
    assert form.fields["reason"] == [reason]
    assert form.fields["error_class"] == ["ValueError"]


def listed_ids(member: Visitor, query: str) -> list[str]:
    """Return the ids of the tasks on a page, in their order."""
    member.get(f"{TASKS}/letters?{query}")
    prefix = f"{TASKS}/letters/"
    return [link.removeprefix(prefix) for link in member.page.links if link.startswith(prefix)]


def test_dead_tasks_are_sorted_by_the_time_of_their_death(any_site: Site) -> None:
    for name in ("letter-3", "letter-1", "letter-2"):
        died(any_site.store, name, "ValueError", "no such street")
    member = operator(any_site)

    assert listed_ids(member, "state=dead") == ["letter-1", "letter-2", "letter-3"]
    newest = member.page.link("order=newest")
    assert listed_ids(member, newest.partition("?")[2]) == ["letter-2", "letter-1", "letter-3"]
    oldest = member.page.link("order=oldest")
    assert listed_ids(member, oldest.partition("?")[2]) == ["letter-3", "letter-1", "letter-2"]


def test_tasks_are_filtered_by_day_and_actor(any_site: Site) -> None:
    one_in_each_state(any_site)
    member = operator(any_site)

    for state in STATES:
        assert listed_ids(member, f"state={state}&since=2024-01-01") == [f"{state}-1"]
        assert listed_ids(member, f"state={state}&until=2024-01-01") == []
        assert member.get(f"{TASKS}/letters?state={state}&since=soon").status_code == 422

    member.get(f"{TASKS}/letters/waiting-1")
    member.send("/letters/waiting-1/cancel", reason="not wanted")

    assert listed_ids(member, "state=canceled&actor=me") == ["waiting-1"]
    assert sorted(listed_ids(member, "state=canceled")) == ["canceled-1", "waiting-1"]
    assert listed_ids(member, "state=running&actor=me") == []
    assert_shown(member.page, "No running task matches")


def test_a_task_is_found_by_its_id_and_bad_queries_are_refused(site: Site) -> None:
    buried(site.store)
    member = operator(site)

    assert member.get(f"{TASKS}/detect?task=chain").location == f"{TASKS}/detect/chain"
    assert member.get(f"{TASKS}/detect?task=nothing").status_code == 303
    assert member.get(f"{TASKS}/detect/nothing").status_code == 404

    for query in ["state=x", "state=DEAD", "cursor=x", "error_class=a+b", "limit=0", "task=a+b"]:
        assert operator(site).get(f"{TASKS}/detect?{query}").status_code in {400, 422}


def test_a_cursor_of_another_state_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_tasks, "PAGE_SIZE", 1)
    for number in range(2):
        buried(site.store, "letters", f"letter-{number}")
    member = operator(site)
    member.get(f"{TASKS}/letters")
    cursor = member.page.link("cursor=").partition("cursor=")[2]

    assert member.get(f"{TASKS}/letters?state=waiting&cursor={cursor}").status_code == 400


def test_the_next_page_is_reached_after_a_refused_bulk_form(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_tasks, "PAGE_SIZE", 1)
    for number in range(2):
        buried(site.store, "letters", f"letter-{number}")
    member = operator(site)
    member.get(f"{TASKS}/letters?state=dead")
    assert member.send("/letters/requeue", reason=" ").status_code == 422

    assert member.get(member.page.link("cursor=")).status_code == 200


def test_a_waiting_task_is_canceled_with_a_reason_and_requeued(any_site: Site) -> None:
    acted(any_site.store, lambda tx: tx.tasks.enqueue("letters", {"letter-1": EARLIER}))
    member = operator(any_site)
    member.get(f"{TASKS}/letters/letter-1")
    assert member.send("/cancel", reason="sent by hand").status_code == 303
    member.follow()
    assert_shown(member.page, "Canceled. The result", "sent by hand")

    member.get(f"{TASKS}/letters?state=canceled")
    assert_shown(member.page, "sent by hand")
    member.get(f"{TASKS}/letters/letter-1")
    assert member.send("/requeue", reason="it came back").status_code == 303
    task = any_site.store.read(lambda tx: tx.tasks.get("letters", "letter-1"))
    assert task.cancel_reason is None


def test_a_task_that_ended_meanwhile_is_not_canceled(site: Site) -> None:
    lease = claimed(site.store, "letters", "letter-1")
    site.clock.time = lease.until - timedelta(minutes=5)
    member = operator(site)
    member.get(f"{TASKS}/letters/letter-1")
    acted(site.store, lambda tx: tx.tasks.complete((lease,)))

    assert member.send("/cancel", reason="my long reason").status_code == 409
    assert_shown(member.page, "TASK_ENDED", "my long reason")


def test_a_task_shows_its_documents_its_progress_and_its_priority(any_site: Site) -> None:
    arguments = {"street": "Rue <b>", "weight": 3}

    def enqueue(tx: WriteTx) -> None:
        tx.tasks.enqueue(
            "letters",
            {"letter-1": EARLIER},
            arguments={"letter-1": arguments},
            priority=Priority.HIGH,
        )

    acted(any_site.store, enqueue)
    lease = claimed(any_site.store, "letters", "letter-1", is_due=False)
    acted(any_site.store, lambda tx: tx.tasks.report_progress(lease, 40))
    any_site.clock.time = lease.until - timedelta(minutes=5)
    member = operator(any_site)
    member.get(f"{TASKS}/letters/letter-1")
    assert_shown(member.page, "High", "40 %", "Rue <b>", "Running")

    member.get(f"{TASKS}/letters?state=running")
    assert_shown(member.page, "40 %")
    results = {"letter-1": {"stamp": "blue"}}
    acted(any_site.store, lambda tx: tx.tasks.complete((lease,), results=results))
    member.get(f"{TASKS}/letters/letter-1")
    assert_shown(member.page, "Completed", '{"stamp":"blue"}')
    assert member.page.active_markup() == []
