"""Test tasks in the console: stages, dead tasks with their reasons, and requeueing."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from attrs import evolve
from tests.web.console.letters import (
    TASKS,
    assert_shown,
    completed,
    operator,
    set_clock_to_last_finish,
)
from tests.web.console.visitor import EVERY_MARKUP, Site, assert_text_on
from tests.web.harness import SCOPES, SETTINGS, memory
from tests.web.minting import (
    EARLIER,
    MAYA_S,
    acted,
    buried,
    claimed,
    dropped,
    hash_of,
    minted,
)

from indelible.app import WriteTx
from indelible.kernel.stages import STAGE
from indelible.tokens import Repositories
from indelible_web.console import tasks as console_tasks
from indelible_web.console.cookies import IDLE_SECONDS

TABLE = "/console/tasks-now"
TOKENS = "/console/tokens"
DEAD_COLUMN = 2
FINISHED_COLUMN = 4


def cells(html: str, stage: str) -> list[str]:
    """Return the texts of a stage's cells in the table."""
    for row in html.split("<tr")[1:]:
        if f">{stage}</a>" in row:
            row_cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
            return [" ".join(re.sub("<[^>]+>", "", cell).split()) for cell in row_cells]

    raise AssertionError(f"the table has no stage {stage}")


def test_stages_show_their_numbers_and_the_age_of_their_oldest_task(any_site: Site) -> None:
    member = operator(any_site)

    assert member.get(TASKS).status_code == 200
    assert_shown(member.page, "No tasks yet", "No block has been read yet", "None.")

    minted(any_site.store, MAYA_S, MAYA_S)
    claimed(any_site.store, "letters", "token-1")
    buried(any_site.store)
    any_site.clock.time = EARLIER + timedelta(days=3)

    html = operator(any_site).get(TASKS).text

    assert cells(html, "generate") == ["2", "0", "0", "3 days", "0", "Running"]
    assert cells(html, "detect")[:4] == ["0", "0", "1", "none"]


@pytest.mark.slow
def test_what_finished_lately_is_counted_and_a_chart(any_site: Site) -> None:
    completed(any_site.store, "letters", "letter-1", "letter-2")
    set_clock_to_last_finish(any_site)
    member = operator(any_site)

    assert cells(member.get(TASKS).text, "letters")[FINISHED_COLUMN] == "2"
    any_site.clock.forward(minutes=3)
    assert cells(member.get(TABLE).text, "letters")[FINISHED_COLUMN] == "0"

    buried(any_site.store, "parcels", "parcel-1")
    set_clock_to_last_finish(any_site)
    member = operator(any_site)

    member.get(TASKS)
    assert_shown(member.page, "letters, last hour", "2 finished tasks in the last hour.")
    assert "parcels, last hour" not in member.page.words
    member.get(f"{TASKS}/parcels")
    assert_shown(member.page, "No finished tasks in the last hour.")


@pytest.mark.slow
def test_live_pages_share_the_numbers_of_a_second(site: Site) -> None:
    buried(site.store, "letters", "letter-1")
    members = [operator(site) for _ in range(3)]
    members[0].get(TABLE)
    buried(site.store, "letters", "letter-2")

    stale = {cells(member.get(TABLE).text, "letters")[DEAD_COLUMN] for member in members}
    page = cells(members[1].get(TASKS).text, "letters")[DEAD_COLUMN]
    after_page = cells(members[2].get(TABLE).text, "letters")[DEAD_COLUMN]
    buried(site.store, "letters", "letter-3")
    site.clock.forward(minutes=1)
    fresh = {cells(member.get(TABLE).text, "letters")[DEAD_COLUMN] for member in members}

    assert (stale, page, after_page, fresh) == ({"1"}, "2", "2", {"3"})


def test_the_numbers_are_read_again_when_the_clock_goes_back(site: Site) -> None:
    buried(site.store, "letters", "letter-1")
    member = operator(site)
    member.get(TABLE)
    buried(site.store, "letters", "letter-2")
    site.clock.forward(days=-1)

    assert cells(member.get(TABLE).text, "letters")[DEAD_COLUMN] == "2"


@pytest.mark.slow
def test_a_dead_task_is_requeued_with_a_reason(any_site: Site) -> None:
    buried(any_site.store)
    member = operator(any_site)
    member.get(f"{TASKS}/detect")
    assert_shown(member.page, "it never answers")
    assert f"{TASKS}/detect/chain" in member.page.links

    member.get(f"{TASKS}/detect/chain")
    assert_shown(member.page, "Died", "it never answers", "Failed", "not yet", "system:worker")
    assert member.send("/requeue", reason="it answers again").status_code == 303

    member.follow()
    assert_shown(member.page, "Requeued. The task is due now.")
    assert not [form for form in member.page.forms if form.action.endswith("/requeue")]
    task = any_site.store.read(lambda tx: tx.tasks.get("detect", "chain"))
    assert task.dead_reason is None
    [attempt] = any_site.store.read(lambda tx: tx.tasks.attempts_of("detect", "chain", limit=1))
    assert str(attempt.actor) == "user:maya"
    assert attempt.reason == "it answers again"


@pytest.mark.slow
def test_tasks_name_the_entities_that_they_belong_to(any_site: Site) -> None:
    minted(any_site.store, MAYA_S, MAYA_S)
    buried(any_site.store)
    member = operator(any_site)
    member.get(f"{TASKS}/generate")
    assert_shown(member.page, "Token 1", "Token 2")
    assert {f"{TOKENS}/1", f"{TOKENS}/2"} <= set(member.page.links)

    task_page = member.get(member.page.link(f"{TASKS}/generate/")).text
    assert f"{TOKENS}/1" in member.page.links
    assert ">For<" in task_page
    assert ">For<" not in member.get(f"{TASKS}/detect").text

    minted(any_site.store, MAYA_S)
    token = acted(any_site.store, lambda tx: Repositories.over(tx).tokens.get_by_token_id(1))
    assert token is not None
    for entity_id in (token.id, "zzz"):
        buried(any_site.store, "letters", entity_id)

    member = operator(any_site)
    assert member.get(f"{TASKS}/letters").status_code == 200
    assert_shown(member.page, token.id, "zzz")
    assert "Token 1" not in member.page.words


@pytest.mark.slow
def test_a_stage_is_paused_and_resumed_with_a_reason(any_site: Site) -> None:
    minted(any_site.store, MAYA_S)
    member = operator(any_site)

    for ending, reason, heading, state in (
        ("/pause", "to look at it", "The stage is paused", "Paused"),
        ("/resume", "it was looked at", "The stage is running", "Running"),
    ):
        member.get(f"{TASKS}/generate")
        assert member.send(ending, reason=reason).status_code == 303
        member.follow()
        assert_shown(member.page, heading, reason, "user:maya")
        assert cells(member.get(TASKS).text, "generate")[-1] == state

    changes = any_site.store.read(lambda tx: tx.history.of(STAGE.name, "generate"))
    assert [change.action for change in changes] == ["pause", "resume"]

    member = operator(any_site)
    member.get(f"{TASKS}/detect")
    fields = {"csrf": member.page.csrf_token(), "reason": "x"}

    assert member.post("/console/stages/detect/stop", fields).status_code == 404


@pytest.mark.slow
def test_a_refused_form_keeps_its_reason(site: Site) -> None:
    buried(site.store)
    member = operator(site)
    for reason in ["", " ", "turned \u202earound", "x" * 1_001]:
        for path, ending in [("/detect", "/pause"), ("/detect/chain", "/requeue")]:
            member.get(TASKS + path)

            answer = member.send(ending, reason=reason)

            assert answer.status_code == 422
            assert "Refused." in member.page.text
            assert member.page.form(ending).fields["reason"] == [reason]
            assert site.store.read(lambda tx: tx.tasks.get("detect", "chain")).dead_reason

    first = operator(site)
    second = operator(site)
    for member in (first, second):
        member.get(f"{TASKS}/detect")

    assert first.send("/pause", reason="first").status_code == 303
    assert second.send("/pause", reason="second").status_code == 409
    assert_shown(second.page, "INVALID_TRANSITION")

    first = operator(site)
    second = operator(site)
    for member in (first, second):
        member.get(f"{TASKS}/detect/chain")

    assert first.send("/requeue", reason="first").status_code == 303
    assert second.send("/requeue", reason="my long reason").status_code == 409
    assert_shown(second.page, "TASK_NOT_DEAD", "my long reason")


def test_a_form_sent_twice_has_one_effect(any_site: Site) -> None:
    buried(any_site.store)
    member = operator(any_site)
    member.get(f"{TASKS}/detect/chain")
    page = member.page

    first = member.send("/requeue", reason="once")
    member.page = page
    second = member.send("/requeue", reason="once")

    assert first.location is not None
    assert second.location == first.location
    attempts = any_site.store.read(lambda tx: tx.tasks.attempts_of("detect", "chain", limit=10))
    requeued = [attempt for attempt in attempts if str(attempt.outcome) == "REQUEUED"]
    assert len(requeued) == 1


def test_a_long_list_of_dead_tasks_has_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_tasks, "PAGE_SIZE", 2)
    for number in range(3):
        buried(site.store, "letters", f"token-{number}")
    member = operator(site)

    member.get(f"{TASKS}/letters")
    assert f"{TASKS}/letters/token-2" not in member.page.links

    member.get(member.page.link("cursor="))
    assert f"{TASKS}/letters/token-2" in member.page.links
    assert f"{TASKS}/letters?state=dead" in member.page.links


@pytest.mark.slow
def test_the_checkpoint_and_the_orphaned_mints_are_shown(any_site: Site) -> None:
    minted(any_site.store, MAYA_S)
    minted(any_site.store, MAYA_S, start=2, block=101)
    member = operator(any_site)
    member.get(TASKS)
    assert_shown(member.page, f"Read up to block 101, {hash_of(101)}")

    dropped(any_site.store, 101)
    member.get(TASKS)
    assert_shown(member.page, "Read up to block 100", hash_of(101, 7)[:18])
    assert f"{TOKENS}/2" in member.page.links


def test_only_an_operator_sees_and_changes_tasks(site: Site) -> None:
    buried(site.store)
    member = site.member("console", *SCOPES)
    for path in [TASKS, TABLE, f"{TASKS}/detect", f"{TASKS}/detect/chain"]:
        assert member.get(path).status_code == 403
        assert TASKS not in member.page.links

    member.get("/console/new")
    fields = {"csrf": member.page.csrf_token(), "reason": "mine"}
    for path in [
        "/tasks/detect/chain/requeue",
        "/tasks/detect/chain/cancel",
        "/stages/detect/requeue",
        "/stages/detect/pause",
        "/stages/detect/resume",
    ]:
        assert member.post(f"/console{path}", fields).status_code == 403
        assert site.store.read(lambda tx: tx.tasks.get("detect", "chain")).dead_reason


@pytest.mark.slow
def test_refreshing_the_table_has_a_limit_and_does_not_extend_the_session(site: Site) -> None:
    member = operator(site)
    member.get(TASKS)

    for expected in (200, 200, 401):
        site.clock.forward(seconds=IDLE_SECONDS // 3 + 1)
        answer = member.get(TABLE)
        assert answer.status_code == expected

    assert answer.data == b""

    site = Site(memory(), evolve(SETTINGS, requests_per_minute=4))
    member = operator(site)

    statuses = [member.get(TABLE).status_code for _ in range(5)]

    assert statuses == [200, 200, 200, 200, 429]
    assert member.get(TASKS).status_code == 200


def test_pages_of_tasks_and_tokens_have_labels_and_show_reasons_as_text(site: Site) -> None:
    minted(site.store, MAYA_S)
    acted(site.store, lambda tx: mark_failed(tx, {"code": "X", EVERY_MARKUP: EVERY_MARKUP}))
    buried(site.store, "detect", "chain", EVERY_MARKUP)
    paths = (TASKS, f"{TASKS}/detect", f"{TASKS}/detect/chain", TOKENS, f"{TOKENS}/1")
    assert_text_on(operator(site), *paths)


def mark_failed(tx: WriteTx, error: Mapping[str, str]) -> None:
    """Mark the first token as failed."""
    repository = Repositories.over(tx).tokens
    token = repository.get_by_token_id(1)
    assert token is not None
    repository.save(token.mark_failed(error))
