"""Test contests in the console: the list by state, a contest, its forms, and what stays hidden."""

import pytest
from tests.web.console.visitor import Site, Visitor

from indelible.contests import ContestStatus
from indelible.testing.contests.payloads import FINAL_BOARD, FIRST_ROUND, PLAYERS, Board, strokes_of
from indelible.testing.contests.scenarios import (
    complete_contest,
    contest_in,
    due_contest,
    live_contest,
    new_contest,
)
from indelible.testing.stores import NOOR
from indelible_web.console.live import Streams

CONTESTS = "/console/contests"
REWRITTEN = Board(cards={**strokes_of(1), PLAYERS[0]: [80]})


@pytest.fixture
def operator(any_site: Site) -> Visitor:
    return any_site.member("console", "admin")


@pytest.fixture
def member(any_site: Site) -> Visitor:
    return any_site.member("console", "contests:read", owner=NOOR)


def path(contest_id: str, ending: str = "") -> str:
    return f"{CONTESTS}/{contest_id}{ending}"


@pytest.mark.slow
def test_contests_are_listed_by_state_with_numbers_and_marks(
    any_site: Site, operator: Visitor
) -> None:
    contests = {status: contest_in(any_site.store, status) for status in ContestStatus}
    operator.get(CONTESTS)
    words = operator.page.words

    assert "Error 1" in words
    assert "Live 1" in words
    assert words.index("Resolve waits for an operator") < words.index("Settle waits for")
    assert "Lock a day ago overdue" in words
    live_log = contests[ContestStatus.LIVE].log
    assert f"{live_log.event_number} {live_log.event_hash[:12]}" in words
    assert "Ingestion lag" in words
    assert operator.page.active_markup() == []

    operator.get(f"{CONTESTS}?status=LIVE")
    assert operator.page.links.count(path(contests[ContestStatus.LIVE].contest_id)) == 1
    assert path(contests[ContestStatus.LOCKED].contest_id) not in operator.page.links


def test_a_list_has_next_pages(any_site: Site, operator: Visitor) -> None:
    for _ in range(3):
        new_contest(any_site.store)
    operator.get(f"{CONTESTS}?limit=2")
    operator.get(operator.page.link("cursor="))

    assert operator.page.words.count("Open tournament") == 1
    assert "First page" in operator.page.words


def test_an_error_is_shown_to_operators_alone_wherever_contests_are(
    any_site: Site, operator: Visitor, member: Visitor
) -> None:
    contest = contest_in(any_site.store, ContestStatus.ERROR)
    member.get(CONTESTS)
    assert path(contest.contest_id) not in member.page.links
    assert member.get(path(contest.contest_id)).status_code == 404
    assert member.get(path(contest.contest_id, "/stream")).status_code == 404

    operator.get(path(contest.contest_id))
    assert "Lock failed in Scheduled." in operator.page.words
    assert "BROKEN" in operator.page.words
    assert operator.page.unlabelled_fields() == []

    operator.get("/console/")

    assert "Open is in ERROR and waits for you." in operator.page.words
    assert path(contest.contest_id) in operator.page.links

    contest = new_contest(any_site.store)
    hidden = contest_in(any_site.store, ContestStatus.ERROR)
    member.get("/console/search?q=Ope")

    assert path(contest.contest_id) in member.page.links
    assert path(hidden.contest_id) not in member.page.links


def test_the_pages_need_the_scope_and_a_contest(any_site: Site, operator: Visitor) -> None:
    contest_id = new_contest(any_site.store).contest_id
    stranger = any_site.member("console", "concepts:read")
    for address in (CONTESTS, path(contest_id), path(contest_id, "/stream")):
        assert stranger.get(address).status_code == 403
    assert "Contests" not in stranger.page.words

    for ending in ("", "/stream", "/check", "/events/1/payload"):
        assert operator.get(path("nothing", ending)).status_code == 404


@pytest.mark.slow
def test_the_page_shows_timeline_configuration_field_events_and_rewrites(
    any_site: Site, operator: Visitor
) -> None:
    contest = live_contest(any_site.store)
    contest.observe(b"<html>", 1)
    contest.observe(FIRST_ROUND, 2)
    operator.get(path(contest.contest_id))
    words = operator.page.words

    for code in ("CONTEST_PUBLISHED", "LOCK_TIME_REACHED", "TOURNAMENT_START_TIME_REACHED"):
        assert code in words
    assert "by system:contests" in words
    assert contest.contest.configuration_digest in words
    assert '"roster_size": 3' in words
    assert "12 players and 0 alternates, from event 1" in words
    assert "MALFORMED_JSON at" in words
    assert contest.log.event_hash in words
    assert "after the settlement" in words
    assert operator.page.active_markup() == []
    assert operator.page.unlabelled_fields() == []

    contest = live_contest(any_site.store)
    contest.observe(b"<script>alert(1)</script>", 1)
    number = contest.log.event_number
    operator.get(path(contest.contest_id))
    link = operator.page.link(f"/events/{number}/payload")
    answer = operator.get(link)

    assert answer.data == b"<script>alert(1)</script>"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_type == "application/octet-stream"

    contest = live_contest(any_site.store, name="</title><script>alert(1)</script>")
    contest.fail("complete", "<B>")
    answer = operator.get(path(contest.contest_id))

    assert "<script>alert" not in answer.text
    assert operator.page.active_markup() == []

    contest = live_contest(any_site.store)
    contest.observe(FIRST_ROUND, 1)
    contest.observe(REWRITTEN, 2)
    operator.get(path(contest.contest_id))
    assert "Score rewritten" in operator.page.words
    operator.send("/correct", reason="the committee has corrected the card")

    assert contest.events[-1].kind == "CORRECTION"
    assert contest.log.pending_rewrite_number is None


@pytest.mark.slow
def test_a_settled_contest_shows_its_result_and_what_came_later(
    any_site: Site, operator: Visitor, member: Visitor
) -> None:
    contest = complete_contest(any_site.store)
    (run,) = contest.runs
    operator.get(path(contest.contest_id))
    words = operator.page.words

    assert "Result" in words
    assert run.result_digest is not None
    assert run.eligibility_digest is not None
    assert run.pool_minor is not None
    for digest in (run.configuration_digest, run.events_digest):
        assert digest in words
    assert run.result_digest in words
    assert run.eligibility_digest in words
    assert f"{run.pool_minor / 100:.2f} USD: rake" in words

    member.get(path(contest.contest_id))

    assert "Settlement runs" not in member.page.words
    assert "Events" not in member.page.words
    assert "What you can do" not in member.page.words
    assert member.get(path(contest.contest_id, "/events/1/payload")).status_code == 403
    assert member.get(path(contest.contest_id, "/check")).status_code == 403

    answer = operator.get(path(contest.contest_id, "/check"))

    assert answer.status_code == 200
    assert "events are sound" in operator.page.words
    assert "It equals the stored result." in operator.page.words

    live = live_contest(any_site.store)
    operator.get(path(live.contest_id, "/check"))
    assert "ROUNDS_NOT_OFFICIAL" in operator.page.words

    cards = {**strokes_of(2), PLAYERS[0]: [90, 90], PLAYERS[1]: [90, 90]}
    contest.observe(Board(cards=cards, status=FINAL_BOARD.status), 9)
    operator.get(path(contest.contest_id))

    assert "A change after the settlement" in operator.page.words
    assert "After terminal lock" in operator.page.words
    assert "1 to 2" in operator.page.words
    assert contest.contest.status is ContestStatus.COMPLETE


@pytest.mark.slow
def test_an_operator_locks_pauses_resumes_and_cancels_once(
    any_site: Site, operator: Visitor
) -> None:
    contest = new_contest(any_site.store)
    any_site.clock.time = contest.contest.created_at
    operator.get(path(contest.contest_id))
    steps = (("/pause", "Ingestion paused"), ("/resume", "Ingestion resumed"), ("/lock", "Locked."))
    for ending, notice in (*steps, ("/cancel", "Canceled.")):
        assert operator.send(ending, reason="a test").status_code == 303
        operator.follow()
        assert notice in operator.page.words

    assert contest.contest.status is ContestStatus.CANCELLED
    assert "ADMIN_CANCEL" in operator.page.words
    assert not [form for form in operator.page.forms if form.action.endswith("/cancel")]

    contest = new_contest(any_site.store)
    operator.get(path(contest.contest_id))
    page = operator.page
    assert operator.send("/lock", reason="a test").status_code == 303
    operator.page = page
    assert operator.send("/lock", reason="a test").status_code == 303

    assert contest.contest.configuration_version == 2

    contest = new_contest(any_site.store)
    operator.get(path(contest.contest_id))
    contest.cancel()
    answer = operator.send("/lock", reason="the field is complete")

    assert answer.status_code in (409, 412)
    assert "Refused." in operator.page.words
    operator.get(CONTESTS)
    assert "Commands without an effect" in operator.page.words
    assert "the field is complete" in operator.page.words


@pytest.mark.slow
def test_an_error_is_resolved_by_a_form(any_site: Site, operator: Visitor) -> None:
    for action, status in [
        ("retry", ContestStatus.COMPLETE),
        ("resume", ContestStatus.LIVE),
        ("cancel", ContestStatus.CANCELLED),
    ]:
        contest = due_contest(any_site.store)
        contest.fail("complete")
        operator.get(path(contest.contest_id))
        operator.send("/resolve", action=action, reason="a test")
        operator.follow()

        assert contest.contest.status is status
        assert "Resolved." in operator.page.words


def no_stream(_: Streams) -> bool:
    """Let no stream stay open, so that its answer ends at once."""
    return False


def test_a_stream_shows_the_state_once_and_then_what_changes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Streams, "enter", no_stream)
    contest = live_contest(site.store)
    operator = site.member("console", "admin")
    answer = operator.get(path(contest.contest_id, "/stream"))
    assert "event: contest" in answer.text
    revision = answer.text.partition("id: ")[2].partition("\n")[0]

    again = operator.get(path(contest.contest_id, f"/stream?after={revision}"))
    assert "event: contest" not in again.text
    contest.observe(FIRST_ROUND, 1)
    changed = operator.get(path(contest.contest_id, f"/stream?after={revision}"))
    assert "event: contest" in changed.text
