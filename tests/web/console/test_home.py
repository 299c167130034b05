"""Test the home page of the console: what needs attention, totals, and the last hour."""

from datetime import timedelta
from typing import cast

import pytest
from attrs import evolve
from tests.web.console.letters import report_hung
from tests.web.console.visitor import HISTORY, LIST, MARKUP, Site, Visitor, assert_text, move_to
from tests.web.harness import SETTINGS, RenewableStore, memory
from tests.web.minting import (
    EARLIER,
    MAYA_S,
    NOOR_S,
    Wallets,
    acted,
    buried,
    claimed,
    failed,
    minted,
)
from tests.web.test_rates import ManualClock

from indelible.app import AppContext, WriteTx
from indelible.kernel.hung_threads import HUNG_SECONDS
from indelible.kernel.silence import Subject, SubjectKind
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.subscribers import FOLLOW_FEED, lock_cursor
from indelible.kernel.tasks import Lease
from indelible.testing.stores import FAR, MAYA, AnyStore
from indelible.tokens import Repositories
from indelible_web import WebSettings, tokens
from indelible_web.concepts import home as concepts_home
from indelible_web.console import charts, home_sources
from indelible_web.console import home as home_page
from indelible_web.http import failed_logins, rates
from indelible_web.http.admin import LATE_AFTER
from indelible_web.http.failed_logins import open_failed_logins

pytestmark = pytest.mark.slow

HOME = "/console/"
TASKS = "/console/tasks"
TOKENS = "/console/tokens"
OPERATOR = ("console", "admin")
NOTHING = "Nothing needs attention."


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    """Let a test move the clock of the failed logins."""
    clock = ManualClock()
    monkeypatch.setattr(rates, "time", clock)
    return clock


@pytest.fixture
def any_site(any_store: RenewableStore) -> Site:
    """Return a site of its own over each store: the failed logins are those of an application."""
    return Site(cast("AnyStore", any_store))


@pytest.fixture
def site() -> Site:
    return Site(memory())


def home(site: Site, *scopes: str) -> Visitor:
    """Return a member who has opened the home page."""
    member = site.member(*(scopes or OPERATOR))
    assert member.get(HOME).status_code == 200
    return member


def words(site: Site, *scopes: str) -> str:
    """Return the text of the home page."""
    return home(site, *scopes).page.words


def settings_without_webhook() -> WebSettings:
    return evolve(SETTINGS, webhook_secret=b"")


def test_an_empty_database_needs_no_attention_where_a_sign_in_leads(any_site: Site) -> None:
    visitor = any_site.visitor()

    assert visitor.sign_in(any_site.key().text).location == HOME

    visitor.follow()
    assert visitor.page.links.count(HOME) >= 2  # the name and the navigation

    text = words(any_site)

    assert NOTHING in text
    assert "No changes in the last hour." in text
    assert "Tasks due" not in text


def test_dead_tasks_and_a_stopped_subscriber_are_urgent(any_site: Site) -> None:
    buried(any_site.store, "letters", "one")
    buried(any_site.store, "letters", "two")
    buried(any_site.store, "parcels", "one")

    member = home(any_site)

    text = member.page.words
    assert "Urgent 2 dead tasks in the stage letters." in text
    assert "Urgent 1 dead task in the stage parcels." in text
    assert f"{TASKS}/letters?state=dead" in member.page.links
    assert "Dead tasks 3" in text

    subject = Subject(kind=SubjectKind.SUBSCRIBER, stage=FOLLOW_FEED, entity_id="mail")
    acted(any_site.store, lambda tx: tx.subjects.declare((subject,)))
    lease = claimed(any_site.store, FOLLOW_FEED, "mail")
    acted(any_site.store, lambda tx: lock_cursor(tx, lease))
    acted(any_site.store, lambda tx: tx.tasks.reschedule(FOLLOW_FEED, "mail", due_at=FAR))

    text = words(any_site)

    assert "Urgent The subscriber mail is put off until" in text


def test_a_stage_lags_after_five_minutes(any_site: Site) -> None:
    acted(any_site.store, lambda tx: tx.tasks.enqueue("letters", {"one": EARLIER}))

    any_site.clock.time = EARLIER + LATE_AFTER
    assert NOTHING in words(any_site)

    any_site.clock.forward(minutes=1)
    text = words(any_site)
    assert "Check The stage letters lags: its oldest due task has waited for 6 min." in text
    assert "1 task due." in text
    assert "Tasks due 1" in text

    lease = claimed(any_site.store, "letters", "one")
    any_site.clock.time = lease.until - timedelta(minutes=5)

    assert "Tasks running 1" in words(any_site)


def test_a_paused_stage_is_shown_and_does_not_lag(any_site: Site) -> None:
    acted(any_site.store, lambda tx: tx.tasks.enqueue("letters", {"one": EARLIER}))
    command = PauseStage(stage="letters")
    any_site.store.run(pause_stage, command, actor=MAYA, reason="to look at it")
    command = PauseStage(stage="parcels")
    any_site.store.run(pause_stage, command, actor=MAYA, reason="to look at it")

    text = words(any_site)

    assert "Check The stage letters is paused. 1 task due." in text
    assert "Note The stage parcels is paused. 0 tasks due." in text
    assert "lags" not in text


def test_waiting_reviews_are_counted_and_lead_to_the_list(any_site: Site) -> None:
    move_to(any_site, "REVIEW")
    move_to(any_site, "REVIEW")
    move_to(any_site, "PUBLISHED")

    member = home(any_site, "console")

    text = member.page.words
    assert "Note 2 concepts wait for a review." in text
    assert "Concepts: review 2" in text
    assert "Concepts: published 1" in text
    assert "/console/reviews?status=REVIEW" in member.page.links
    assert f"{LIST}?status=REVIEW" in member.page.links
    assert "not changed" not in text


def test_concepts_that_wait_for_a_week_are_stale(any_site: Site) -> None:
    saved = move_to(any_site, "REVIEW")
    move_to(any_site, "APPROVED")
    move_to(any_site, "PUBLISHED")
    move_to(any_site, "DRAFT")

    any_site.clock.time = any_site.now(saved).concept.updated_at + concepts_home.STALE_AFTER
    assert "not changed" not in words(any_site, "console")

    any_site.clock.forward(minutes=1)
    member = home(any_site, "console")
    text = member.page.words
    assert "Check 1 concept has not changed for 7 days. Status: review." in text
    assert "Check 1 concept has not changed for 7 days. Status: approved." in text
    assert text.count("not changed") == 2
    listed = member.get(member.page.link("status=REVIEW&until="))
    assert listed.status_code == 200
    assert f"{LIST}/{saved.concept.id}" in member.page.links


def test_counts_and_items_end_at_their_limits(
    monkeypatch: pytest.MonkeyPatch, any_site: Site
) -> None:
    monkeypatch.setattr(home_page, "MAX_ITEMS", 2)
    move_to(any_site, "REVIEW")
    for stage in ("letters", "parcels"):
        buried(any_site.store, stage)
    assert "Note 1 concept waits for a review." in words(any_site, "console")

    text = words(any_site)

    assert "stage letters" in text
    assert "stage parcels" in text
    assert "waits for a review" not in text
    assert "1 more is not shown." in text

    monkeypatch.setattr(concepts_home, "MAX_COUNTED", 2)
    for _ in range(3):
        move_to(any_site, "REVIEW")

    any_site.clock.forward(days=30)
    text = words(any_site, "console")

    assert "Concepts: review 2 or more" in text
    assert "2 or more concepts wait for a review." in text
    assert "not changed" not in text


def test_failed_and_stuck_tokens_and_a_chain_that_stands_still_are_shown(any_site: Site) -> None:
    minted(any_site.store, MAYA_S, NOOR_S, MAYA_S)
    failed(any_site.store, 2)
    acted(any_site.store, start_generating)

    scopes = ("console", "tokens:read")
    text = words(any_site, *scopes)
    assert "Urgent 1 token has failed." in text
    assert "Tokens: failed 1" in text

    any_site.clock.forward(days=2)
    member = home(any_site, *scopes)
    text = member.page.words
    assert "Check 1 token has not changed for 1 h. Status: generating." in text
    assert "Check No new block of the chain has been read for 2 days." in text
    assert f"{TOKENS}?status=failed" in member.page.links


def start_generating(tx: WriteTx) -> None:
    """Start to generate the first token."""
    repository = Repositories.over(tx).tokens
    token = repository.get_by_token_id(1)
    assert token is not None
    repository.save(token.mark_generating())


def test_failed_logins_are_counted_for_an_hour_up_to_a_limit(
    site: Site, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(site.store)
    member = home(site)
    assert NOTHING in member.page.words

    site.visitor().sign_in("ind_wrong_key")
    site.app.test_client().get("/v1/concepts")
    member.get(HOME)
    text = member.page.words
    assert "Check 2 requests in the last hour had a missing or wrong credential." in text
    assert "Counted by this process since its start." in text

    clock.now += rates.HOUR_SECONDS - 1
    member.get(HOME)
    assert "2 requests in the last hour" in member.page.words
    clock.now += 1
    member.get(HOME)
    assert NOTHING in member.page.words

    site = Site(site.store, evolve(SETTINGS, wrong_keys_per_minute=1))
    client = site.app.test_client()
    statuses = [client.get("/v1/concepts").status_code for _ in range(3)]
    assert statuses == [401, 429, 429]

    assert "3 requests in the last hour" in words(site)

    monkeypatch.setattr(failed_logins, "MAX_FAILED_LOGINS", 3)
    monkeypatch.setattr(home_sources, "MAX_FAILED_LOGINS", 3)
    monkeypatch.setattr(home_sources, "URGENT_FAILED_LOGINS", 2)
    site = Site(site.store)
    for _ in range(5):
        site.app.test_client().get("/v1/concepts")

    assert "Urgent 3 or more requests in the last hour" in words(site)

    shared = evolve(SETTINGS, limiter_storage="redis://127.0.0.1:1/0")

    assert open_failed_logins(shared).is_shared
    assert not open_failed_logins(SETTINGS).is_shared


def test_changes_and_finished_tasks_of_the_last_hour_are_charts(any_site: Site) -> None:
    for stage in ("letters", "parcels"):
        complete(any_site, claimed(any_site.store, stage, "one"))
    finished_at = any_site.store.read(lambda tx: tx.tasks.get("parcels", "one")).finished_at
    assert finished_at is not None

    any_site.clock.time = finished_at + timedelta(seconds=1)

    assert "Finished tasks per minute 2 " in words(any_site)

    any_site.create()
    saved = any_site.create()
    member = any_site.member("console")
    minute = any_site.now(saved).concept.updated_at

    any_site.clock.time = minute + timedelta(minutes=59)
    member.get(HOME)
    text = member.page.words
    count = len(any_site.store.feed().changes)
    assert f"Changes per minute {count} " in text
    assert f"The most in one minute are {count}, at {minute:%H:%M} UTC." in text
    assert f"{minute:%H:%M} {count}" in text
    chart = next(attributes for tag, attributes in member.page.tags if tag == "svg")
    ids = {attributes.get("id") for tag, attributes in member.page.tags if tag in {"title", "desc"}}
    assert chart["role"] == "img"
    assert set(chart["aria-labelledby"].split()) <= ids

    any_site.clock.time = minute + timedelta(minutes=60)
    member.get(HOME)
    assert "No changes in the last hour." in member.page.words


def complete(site: Site, lease: Lease) -> None:
    """Complete a claimed task."""
    acted(site.store, lambda tx: tx.tasks.complete([lease]))


def test_a_chart_says_which_minutes_it_does_not_count(
    any_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_sources, "MAX_EVENTS", 2)
    any_site.create()
    any_site.create()
    saved = any_site.create()
    minute = any_site.now(saved).concept.updated_at
    member = any_site.member("console")
    any_site.clock.time = minute + timedelta(minutes=1)

    text = member.get(HOME).text

    assert "2 or more changes in the last hour." in member.page.words
    assert f"The minutes before {minute:%H:%M} UTC are not counted." in member.page.words
    uncounted = charts.MINUTES - 2
    assert text.count('class="uncounted"') == uncounted


def test_the_latest_changes_lead_to_history(any_site: Site) -> None:
    any_site.edit(any_site.create())

    member = home(any_site, "console")

    assert "says it more clearly" in member.page.words
    assert HISTORY in member.page.links
    changes = member.page.text.partition("Latest changes")[2]
    assert "by user:maya a day ago" in changes


def test_without_the_scopes_of_a_part_it_is_not_shown(any_site: Site) -> None:
    buried(any_site.store)
    minted(any_site.store, MAYA_S)
    failed(any_site.store)
    any_site.app.test_client().get("/v1/concepts")

    text = words(any_site, "console")

    parts = ("dead task", "Tasks due", "token has failed", "Tokens:", "wrong credential")
    assert [part for part in parts if part in text] == []
    assert "Concepts: draft 0" in text


def test_tokens_are_on_with_a_chain_or_a_webhook(site: Site) -> None:
    assert TOKENS in home(site).page.links

    with_chain = AppContext(store=site.store, chain=Wallets())
    without_chain = AppContext(store=site.store)
    assert tokens.CONTEXT.is_on(with_chain, settings_without_webhook())
    assert tokens.CONTEXT.is_on(without_chain, SETTINGS)
    assert not tokens.CONTEXT.is_on(without_chain, settings_without_webhook())


def test_the_home_page_has_one_heading_and_no_code_whatever_the_names_of_stages(
    site: Site,
) -> None:
    for number, markup in enumerate(MARKUP.values()):
        buried(site.store, f"letters-{number}-{markup.replace('/', '-').replace(' ', '-')}")

    member = home(site)
    assert_text(member)
    assert "1 dead task in the stage letters-0-" in member.page.words
    assert not [attributes for _, attributes in member.page.tags if "style" in attributes]


def test_hung_threads_need_attention_until_their_report_expires(any_site: Site) -> None:
    for threads, text in [
        (1, "Check 1 thread is occupied by hung tasks of the stage letters."),
        (2, "Check 2 threads are occupied by hung tasks of the stage letters."),
    ]:
        report_hung(any_site, threads)

        member = home(any_site)
        assert text in member.page.words
        assert f"{TASKS}/letters" in member.page.links

        any_site.clock.forward(seconds=HUNG_SECONDS)
        assert "occupied by hung tasks" not in words(any_site)
