"""Test tasks and tokens in the console: stages, dead tasks with their reasons, and requeueing."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from attrs import evolve
from tests.web.console.visitor import Page, Site, Visitor
from tests.web.harness import SCOPES, SETTINGS, memory
from tests.web.hostile.rows import MARKUP
from tests.web.minting import (
    EARLIER,
    MAYA_S,
    WORKER,
    acted,
    buried,
    claimed,
    dropped,
    failed,
    hash_of,
    minted,
)
from werkzeug.test import TestResponse

from indelible.app import WriteTx
from indelible.kernel.stages import STAGE
from indelible.tokens import Repositories
from indelible_web.console import tasks as console_tasks
from indelible_web.console.cookies import IDLE_SECONDS
from indelible_web.tokens import pages as console_tokens

TASKS = "/console/tasks"
NOW = "/console/tasks-now"
TOKENS = "/console/tokens"
NOT_YET = "after the next refresh"


def operator(site: Site) -> Visitor:
    return site.member("console", "admin")


def text(page: Page) -> str:
    return " ".join(page.text.split())


def cells(page_text: str, stage: str) -> list[str]:
    """What the table says of a stage."""
    row = next(row for row in page_text.split("<tr")[1:] if f">{stage}</a>" in row)
    return [
        " ".join(re.sub("<[^>]+>", "", cell).split())
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
    ]


def next_look(answer_text: str) -> str:
    found = re.search(r'data-next="([^"]+)"', answer_text)
    assert found
    return found[1].replace("&amp;", "&")


def test_without_tasks_the_page_explains_when_a_stage_appears(any_site: Site) -> None:
    member = operator(any_site)

    assert member.get(TASKS).status_code == 200
    for said in ("No tasks yet", "No block has been read yet", "None."):
        assert said in text(member.page)


def test_every_stage_shows_its_numbers_and_the_age_of_its_oldest_task(
    any_site: Site,
) -> None:
    minted(any_site.store, MAYA_S, MAYA_S)
    claimed(any_site.store, "upload", "token-1")
    buried(any_site.store)
    any_site.clock.time = EARLIER + timedelta(days=3)
    found = operator(any_site).get(TASKS).text

    assert cells(found, "generate") == ["2", "0", "0", "3 days", NOT_YET, "Running"]
    assert cells(found, "detect")[:4] == ["0", "0", "1", "none"]


def test_a_claimed_task_counts_as_running(site: Site) -> None:
    site.clock.time = claimed(site.store, "upload", "token-1").until - timedelta(minutes=5)

    assert cells(operator(site).get(TASKS).text, "upload")[:3] == ["0", "1", "0"]


def test_the_rate_counts_claims_between_two_refreshes(any_site: Site) -> None:
    buried(any_site.store)
    member = operator(any_site)
    first = member.get(TASKS).text
    any_site.clock.forward(seconds=30)
    for number in range(4):
        claimed(any_site.store, "detect", f"chain-{number}")
    second = member.get(next_look(first)).text
    any_site.clock.forward(seconds=60)
    third = member.get(next_look(second)).text

    assert [cells(each, "detect")[4] for each in (first, second, third)] == [NOT_YET, "8", "0"]


@pytest.mark.parametrize(
    "query", ["at=2026-01-01T00:00:00Z", "at=2999-01-01T00:00:00Z&claims.detect=1"]
)
def test_the_first_load_has_no_rate(site: Site, query: str) -> None:
    buried(site.store)

    assert cells(operator(site).get(f"{NOW}?{query}").text, "detect")[4] == NOT_YET


@pytest.mark.parametrize(
    ("claims", "shown"),
    [*((each, NOT_YET) for each in ("x", "-1", "1e3", "9" * 19, "")), ("9" * 18, "0")],
)
def test_a_previous_count_that_is_no_number_is_ignored(site: Site, claims: str, shown: str) -> None:
    buried(site.store)

    found = operator(site).get(f"{NOW}?at=2026-01-01T00:00:00Z&claims.detect={claims}").text
    assert cells(found, "detect")[4] == shown


def test_a_stage_with_too_many_tasks_has_no_rate(
    any_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_tasks, "MAX_TASKS_WITH_CLAIMS", 2)
    for number in range(3):
        claimed(any_site.store, "upload", f"token-{number}")
    claimed(any_site.store, "reveal", "token-1")
    claimed(any_site.store, "reveal", "token-2")
    found = operator(any_site).get(TASKS).text

    assert (cells(found, "upload")[4], cells(found, "reveal")[4]) == ("too many to count", NOT_YET)


def test_a_dead_task_is_requeued_for_a_reason(any_site: Site) -> None:
    buried(any_site.store)
    member = operator(any_site)
    member.get(f"{TASKS}/detect")
    assert "it never answers" in member.page.text
    assert f"{TASKS}/detect/chain" in member.page.links
    member.get(f"{TASKS}/detect/chain")
    assert all(
        said in text(member.page)
        for said in ("Died", "it never answers", "Failed", "not yet", "system:worker")
    )
    assert member.send("/requeue", reason="it answers again").status_code == 303
    member.follow()

    assert "Requeued: it is due now" in text(member.page)
    assert not [form for form in member.page.forms if form.action.endswith("/requeue")]
    work = any_site.store.read(lambda tx: tx.tasks.get("detect", "chain"))
    (attempt,) = any_site.store.read(lambda tx: tx.tasks.attempts_of("detect", "chain", limit=1))
    assert (work.dead_reason, str(attempt.actor), attempt.reason) == (
        None,
        "user:maya",
        "it answers again",
    )


def test_a_stage_is_paused_and_resumed_for_a_reason(any_site: Site) -> None:
    minted(any_site.store, MAYA_S)
    member = operator(any_site)
    for ending, reason, shown in (
        ("/pause", "to look at it", "The stage is paused"),
        ("/resume", "it was looked at", "The stage is running"),
    ):
        member.get(f"{TASKS}/generate")
        assert member.send(ending, reason=reason).status_code == 303
        member.follow()
        assert all(said in text(member.page) for said in (shown, reason, "user:maya"))
        state = cells(member.get(TASKS).text, "generate")[-1]
        assert state == {"/pause": "Paused", "/resume": "Running"}[ending]
    changes = any_site.store.read(lambda tx: tx.history.of(STAGE.name, "generate"))
    assert [each.action for each in changes] == ["pause", "resume"]


@pytest.mark.parametrize("reason", ["", " ", "turned \u202earound", "x" * 1_001])
@pytest.mark.parametrize(("path", "ending"), [("/detect", "/pause"), ("/detect/chain", "/requeue")])
def test_an_error_is_shown_at_the_form_which_keeps_the_reason(
    site: Site, path: str, ending: str, reason: str
) -> None:
    buried(site.store)
    member = operator(site)
    member.get(TASKS + path)
    answer = member.send(ending, reason=reason)

    assert answer.status_code == 422
    assert "Refused." in member.page.text
    assert [
        form.fields["reason"] for form in member.page.forms if form.action.endswith(ending)
    ] == [[reason]]
    assert site.store.read(lambda tx: tx.tasks.get("detect", "chain")).dead_reason


def test_the_second_of_two_operators_sees_an_error(site: Site) -> None:
    buried(site.store)
    one, other = operator(site), operator(site)
    for each in (one, other):
        each.get(f"{TASKS}/detect/chain")
    assert one.send("/requeue", reason="first").status_code == 303
    assert other.send("/requeue", reason="my long reason").status_code == 409
    assert all(said in other.page.text for said in ("TASK_NOT_DEAD", "my long reason"))

    for each in (one, other):
        each.get(f"{TASKS}/detect")
    assert one.send("/pause", reason="first").status_code == 303
    assert other.send("/pause", reason="second").status_code == 409
    assert "INVALID_TRANSITION" in other.page.text


def test_a_form_sent_twice_has_one_effect(any_site: Site) -> None:
    buried(any_site.store)
    member = operator(any_site)
    member.get(f"{TASKS}/detect/chain")
    page, found = member.page, list[object]()
    for _ in range(2):
        member.page = page
        found.append(member.send("/requeue", reason="once").location)

    assert found[0] == found[1] is not None
    attempts = any_site.store.read(lambda tx: tx.tasks.attempts_of("detect", "chain", limit=10))
    assert [each.outcome for each in attempts].count("REQUEUED") == 1  # type: ignore[arg-type]


def test_a_long_list_of_dead_tasks_has_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_tasks, "PAGE_SIZE", 2)
    for number in range(3):
        buried(site.store, "upload", f"token-{number}")
    member = operator(site)
    member.get(f"{TASKS}/upload")
    assert f"{TASKS}/upload/token-2" not in member.page.links
    member.get(next(link for link in member.page.links if "cursor=" in link))

    assert f"{TASKS}/upload/token-2" in member.page.links
    assert f"{TASKS}/upload" in member.page.links


def test_the_checkpoint_and_the_orphaned_mints_are_shown(any_site: Site) -> None:
    minted(any_site.store, MAYA_S)
    minted(any_site.store, MAYA_S, start=2, block=101)
    member = operator(any_site)
    member.get(TASKS)
    assert f"Read up to block 101, {hash_of(101)}" in text(member.page)
    dropped(any_site.store, 101)
    member.get(TASKS)

    assert "Read up to block 100" in text(member.page)
    assert hash_of(101, 7)[:18] in member.page.text
    assert f"{TOKENS}/2" in member.page.links


@pytest.mark.parametrize("path", [TASKS, NOW, f"{TASKS}/detect", f"{TASKS}/detect/chain"])
def test_only_an_operator_sees_tasks(site: Site, path: str) -> None:
    buried(site.store)
    member = site.member("console", *SCOPES)

    assert member.get(path).status_code == 403
    assert TASKS not in member.page.links


@pytest.mark.parametrize(
    "path", ["/tasks/detect/chain/requeue", "/stages/detect/pause", "/stages/detect/resume"]
)
def test_only_an_operator_changes_tasks(site: Site, path: str) -> None:
    buried(site.store)
    member = site.member("console", *SCOPES)
    token = member.get("/console/new").text.split('name="csrf" value="')[1].split('"')[0]

    assert member.post(f"/console{path}", {"csrf": token, "reason": "mine"}).status_code == 403
    assert site.store.read(lambda tx: tx.tasks.get("detect", "chain")).dead_reason


def test_a_stage_knows_only_pause_and_resume(site: Site) -> None:
    member = operator(site)
    token = member.get(f"{TASKS}/detect").text.split('name="csrf" value="')[1].split('"')[0]

    assert (
        member.post("/console/stages/detect/stop", {"csrf": token, "reason": "x"}).status_code
        == 404
    )


def test_refreshing_the_table_does_not_extend_the_session(site: Site) -> None:
    member = operator(site)
    member.get(TASKS)
    answers: list[TestResponse] = []
    for _ in range(3):
        site.clock.forward(seconds=IDLE_SECONDS // 3 + 1)
        answers.append(member.get(NOW))

    assert [each.status_code for each in answers] == [200, 200, 401]
    assert answers[-1].data == b""


def test_refreshing_the_table_has_its_own_rate_limit() -> None:
    site = Site(memory(), evolve(SETTINGS, requests_per_minute=4))
    member = operator(site)

    assert [member.get(NOW).status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    assert member.get(TASKS).status_code == 200


@pytest.mark.parametrize("name", MARKUP)
def test_reasons_and_chain_data_are_escaped(site: Site, name: str) -> None:
    minted(site.store, MAYA_S)
    said: Mapping[str, str] = {"code": "X", MARKUP[name]: MARKUP[name]}
    acted(site.store, lambda tx: _failed(tx, said))
    buried(site.store, "detect", "chain", MARKUP[name])
    member = operator(site)
    for path in (TASKS, f"{TASKS}/detect", f"{TASKS}/detect/chain", TOKENS, f"{TOKENS}/1"):
        answer = member.get(path)
        assert answer.status_code == 200
        assert MARKUP[name] not in answer.text or "<" not in MARKUP[name] + '"'
        assert not [
            tag
            for tag, given in member.page.tags
            if tag == "img" or any(n.startswith("on") for n in given)
        ]
        assert not [
            given for tag, given in member.page.tags if tag == "script" and "src" not in given
        ]


def _failed(tx: WriteTx, said: Mapping[str, str]) -> None:
    tokens = Repositories.over(tx).tokens
    token = tokens.get_by_token_id(1)
    assert token is not None
    tokens.save(token.mark_failed(said))


def test_tokens_are_listed_and_a_token_shows_its_history(any_site: Site) -> None:
    minted(any_site.store, MAYA_S, MAYA_S)
    failed(any_site.store, 2)
    member = any_site.member("console", "tokens:read")
    member.get(TOKENS)
    assert [f"{TOKENS}/{number}" in member.page.links for number in (1, 2)] == [True, True]
    member.get(f"{TOKENS}?status=failed")
    assert [f"{TOKENS}/{number}" in member.page.links for number in (1, 2)] == [False, True]
    member.get(f"{TOKENS}/2")

    assert all(
        said in text(member.page)
        for said in ("Token 2", "Failed", "PROVIDER_REFUSED", str(WORKER), "a test")
    )
    assert member.get(f"{TOKENS}/3").status_code == 404
    assert member.get(f"{TOKENS}/x").status_code == 422


def test_a_long_list_of_tokens_has_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_tokens, "TOKENS_PER_PAGE", 2)
    minted(site.store, *[MAYA_S] * 3)
    member = operator(site)
    member.get(TOKENS)
    member.get(next(link for link in member.page.links if "cursor=" in link))

    assert f"{TOKENS}/3" in member.page.links
    assert f"{TOKENS}/1" not in member.page.links


@pytest.mark.parametrize("path", [TOKENS, f"{TOKENS}/1"])
def test_a_key_without_the_scope_sees_the_missing_scope(site: Site, path: str) -> None:
    member = site.member("console")

    assert member.get(path).status_code == 403
    assert "tokens:read" in member.page.text
    assert TOKENS not in member.page.links


def test_every_page_of_tasks_and_tokens_has_one_heading_and_labels(site: Site) -> None:
    minted(site.store, MAYA_S)
    buried(site.store)
    member = operator(site)
    for path in (TASKS, f"{TASKS}/detect", f"{TASKS}/detect/chain", TOKENS, f"{TOKENS}/1"):
        member.get(path)
        tags = member.page.tags
        labelled = {given.get("for") for tag, given in tags if tag == "label"}
        boxes = [
            given
            for tag, given in tags
            if tag in {"select", "input"} and given.get("type") != "hidden"
        ]

        assert [tag for tag, _ in tags].count("h1") == 1
        assert not [given for given in boxes if given.get("id") not in labelled]
