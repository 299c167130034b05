"""Test contests in a real browser: accessibility, use without scripts, live contests."""

import sys
import time
from collections.abc import Mapping
from typing import Final

import pytest
from attrs import frozen
from playwright.sync_api import Page, expect
from tests.doses.browser.conftest import OpenPage, Serve, page_faults, rows_on_screen
from tests.doses.browser.sites import LONG_TEXT
from tests.doses.browser.test_console import LOOKS
from tests.web.console.visitor import Site
from tests.web.harness import memory

from indelible.contests import ContestStatus
from indelible.testing.contests.payloads import (
    FINAL_BOARD,
    FIRST_ROUND,
    PLAYERS,
    SCHEDULED,
    Board,
    strokes_of,
)
from indelible.testing.contests.scenarios import (
    ContestScenario,
    complete_contest,
    contest_in,
    due_contest,
    live_contest,
    new_contest,
)
from indelible_web.contests.admin_reads import event_payload

TIMEOUT_MILLISECONDS: Final = 10_000
MIN_ROWS: Final = 12  # Of a dense table in a window of 900 px.
MEASURED_EVENTS: Final = 10
PAGES: Final = {
    "contests": "/console/contests",
    "no contests": "/console/contests?organizer_id=nobody",
    "scheduled": "/console/contests/{SCHEDULED}",
    "locked": "/console/contests/{LOCKED}",
    "live": "/console/contests/{LIVE}",
    "complete": "/console/contests/{COMPLETE}",
    "cancelled": "/console/contests/{CANCELLED}",
    "error": "/console/contests/{ERROR}",
    "check": "/console/contests/{COMPLETE}/check",
    "unknown contest": "/console/contests/nothing",
    "home": "/console/",
}
DOWNLOADS: Final = {"event": "/console/contests/{LIVE}/events/1/payload"}
LIVE_PAGES: Final = ("scheduled", "locked", "live", "complete", "cancelled", "error")


@frozen
class ContestSite:
    """A served site with a contest in every state, and the key of an operator."""

    site: Site
    address: str
    key: str
    ids: Mapping[str, str]

    def open(self, open_page: OpenPage, name: str = "", **options: str) -> Page:
        """Return the page of a name, opened by an operator."""
        page = open_page(address=self.address, key=self.key, **options)
        if name:
            page.goto(self.path(name))
        return page

    def path(self, name: str) -> str:
        return PAGES[name].format_map(self.ids)


@pytest.fixture(scope="module")
def contests(serve: Serve) -> ContestSite:
    site = Site(memory())
    ids: dict[str, str] = {}
    for status in ContestStatus:
        contest = contest_in(site.store, status)
        ids[status.value] = contest.contest_id
        if status is ContestStatus.LIVE:
            contest.observe(LONG_TEXT.encode(), 1)
            contest.observe(FIRST_ROUND, 2)
            contest.observe(Board(cards={**strokes_of(1), PLAYERS[0]: [80]}), 3)
        if status is ContestStatus.COMPLETE:
            cards = {**strokes_of(2), PLAYERS[0]: [90, 90], PLAYERS[1]: [90, 90]}
            contest.observe(Board(cards=cards, status=FINAL_BOARD.status), 9)
    for _ in range(MIN_ROWS + 4):
        new_contest(site.store, name=LONG_TEXT[:200].strip())

    return ContestSite(site, serve(site.app), site.key("console", "admin").text, ids)


@pytest.fixture
def live(contests: ContestSite) -> ContestScenario:
    """Return a new live contest."""
    return live_contest(contests.site.store)


def open_live(contests: ContestSite, open_page: OpenPage, contest: ContestScenario) -> Page:
    """Return the page of a contest that follows it."""
    page = contests.open(open_page)
    page.goto(f"/console/contests/{contest.contest_id}")
    expect(page.locator("[data-mode]")).to_have_text("Live", timeout=TIMEOUT_MILLISECONDS)
    return page


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_of_contests_has_accessibility_faults_or_overflow(
    contests: ContestSite, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    page = contests.open(open_page, scheme=scheme, size=size, scripts=scripts)

    faults: dict[str, list[str]] = {}
    for name in PAGES:
        page.goto(contests.path(name))
        if scripts == "on" and name in LIVE_PAGES:
            # The stream stays open, so that the network is never idle.
            page.get_by_role("button", name="Pause", exact=True).click()
        for summary in page.locator("summary").all():
            summary.click()
        faults_of_page = page_faults(page)
        if faults_of_page:
            faults[name] = faults_of_page

    assert faults == {}


def test_the_bytes_of_an_event_are_saved_and_not_shown(
    contests: ContestSite, open_page: OpenPage
) -> None:
    page = contests.open(open_page, "live", scripts="off")
    payload = contests.site.store.read(event_payload, contests.ids["LIVE"], 1)
    link = page.get_by_role("link", name="Download the bytes of event 1", exact=True)
    path = DOWNLOADS["event"].format_map(contests.ids)
    assert link.get_attribute("href") == path

    with page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes() == payload.content
    assert page.url.endswith(contests.path("live"))


def test_a_screen_shows_twelve_contests(contests: ContestSite, open_page: OpenPage) -> None:
    page = contests.open(open_page, "contests")
    assert rows_on_screen(page) >= MIN_ROWS


def test_an_error_is_resolved_without_scripts(contests: ContestSite, open_page: OpenPage) -> None:
    contest = due_contest(contests.site.store)
    contest.fail("complete")
    page = contests.open(open_page, scripts="off")
    page.goto(f"/console/contests/{contest.contest_id}")

    expect(page.locator("[data-live]")).to_be_hidden()
    expect(page.get_by_text("Complete failed in Live.")).to_be_visible()
    page.get_by_label("Retry: settle the contest now").check()
    page.get_by_role("textbox", name="Why").first.fill("the feed is repaired")
    page.get_by_role("button", name="Resolve", exact=True).click()

    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    expect(page.get_by_text("the feed is repaired")).to_be_visible()
    assert contest.contest.status is ContestStatus.COMPLETE


def test_events_arrive_while_the_page_is_open(
    contests: ContestSite, open_page: OpenPage, live: ContestScenario
) -> None:
    page = open_live(contests, open_page, live)
    delays: list[float] = []
    for number in range(1, MEASURED_EVENTS + 1):
        cards = {PLAYERS[0]: [60 + number]}
        began_at = time.monotonic()
        live.observe(Board(cards=cards, left={PLAYERS[number]: "WD"}), number)
        event_number = live.log.event_number
        row = page.get_by_role("rowheader", name=f"{event_number} ", exact=False).first
        expect(row).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
        delays.append(time.monotonic() - began_at)

    delays.sort()
    sys.stdout.write(f"\nan event is visible after {delays[0]:.2f} to {delays[-1]:.2f} s\n")


def test_a_transition_is_shown_and_changes_the_actions(
    contests: ContestSite, open_page: OpenPage
) -> None:
    contest = new_contest(contests.site.store)
    page = open_live(contests, open_page, contest)
    expect(page.get_by_role("button", name="Lock the contest now")).to_have_count(1)
    contest.force_lock()

    badge = page.locator("[data-state] .badge").first
    expect(badge).to_have_text("Locked", timeout=TIMEOUT_MILLISECONDS)
    expect(page.get_by_role("button", name="Lock the contest now")).to_have_count(0)
    expect(page.get_by_text("ADMIN_FORCE_LOCK")).to_be_visible()


def test_each_transition_up_to_the_settlement_is_shown(
    contests: ContestSite, open_page: OpenPage
) -> None:
    contest = new_contest(contests.site.store)
    contest.paid_entry()
    contest.paid_entry("ben")
    page = open_live(contests, open_page, contest)
    badge = page.locator("[data-state] .badge").first
    delays: dict[str, float] = {}

    def measure(shown: str, began_at: float) -> None:
        expect(badge).to_have_text(shown, timeout=TIMEOUT_MILLISECONDS)
        delays[shown] = time.monotonic() - began_at

    contest.advance(contest.contest.lock_time)
    began_at = time.monotonic()
    contest.lock()
    measure("Locked", began_at)

    contest.advance(contest.contest.start_time)
    contest.observe(SCHEDULED, 0)
    began_at = time.monotonic()
    contest.start()
    measure("Live", began_at)

    contest.finish_tournament()
    command = contest.start_run()
    began_at = time.monotonic()
    contest.finish(command)
    measure("Complete", began_at)

    lines = [f"{shown} after {delay:.2f} s" for shown, delay in delays.items()]
    sys.stdout.write(f"\ntransitions are visible: {', '.join(lines)}\n")


def test_a_typed_reason_stays_while_events_arrive(
    contests: ContestSite, open_page: OpenPage, live: ContestScenario
) -> None:
    page = open_live(contests, open_page, live)
    reason = page.locator("#reason-cancel")
    reason.fill("the field is wrong")
    live.observe(FIRST_ROUND, 1)

    expect(page.get_by_text("snapshot").first).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
    expect(reason).to_have_value("the field is wrong")
    expect(reason).to_be_focused()


def test_a_paused_page_shows_later_what_it_has_missed(
    contests: ContestSite, open_page: OpenPage, live: ContestScenario
) -> None:
    page = open_live(contests, open_page, live)
    pause = page.get_by_role("button", name="Pause", exact=True)
    pause.click()
    expect(page.locator("[data-mode]")).to_have_text("Paused")
    live.fail("complete")
    expect(page.locator("[data-state] .badge").first).to_have_text("Live")

    pause.click()
    badge = page.locator("[data-state] .badge").first
    expect(badge).to_have_text("Error", timeout=TIMEOUT_MILLISECONDS)


def test_a_settlement_is_shown_with_its_payouts(contests: ContestSite, open_page: OpenPage) -> None:
    contest = complete_contest(contests.site.store)
    page = contests.open(open_page)
    page.goto(f"/console/contests/{contest.contest_id}")

    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    expect(page.get_by_role("heading", name="Settlement runs")).to_be_visible()
