"""Test tasks and tokens in a real browser: accessibility, use without scripts, live updates."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Instance, Opened, overflows, violations
from tests.browser.test_console import LOOKS
from tests.web.minting import MAYA_S, NOOR_S, buried, claimed, dropped, failed, minted

from indelible_sql import SqlStore, open_store

SOON_MILLISECONDS = 10_000  # a look is asked for every two seconds


@pytest.fixture(scope="session")
def worked(instance: Instance) -> Generator[SqlStore]:
    """The instance's own database, with some work of every kind in it."""
    store = open_store(instance.url)
    minted(store, MAYA_S, NOOR_S, MAYA_S)
    failed(store, 2)
    minted(store, NOOR_S, start=4, block=101)
    dropped(store, 101)
    buried(
        store,
        "upload",
        "token-1",
        "no space is left on the device that everything is written to, and none will be",
    )
    claimed(store, "reveal", "batch-1")
    yield store
    store.dispose()


def row(page: Page, stage: str) -> list[str]:
    """What the table says of a stage."""
    return page.locator("[data-stages] tbody tr", has_text=stage).locator("td").all_inner_texts()


def dead_of(page: Page, stage: str) -> str:
    return row(page, stage)[2]


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_of_tasks_has_accessibility_faults_or_overflow(
    worked: SqlStore, opened: Opened, scheme: str, size: str, scripts: str
) -> None:
    page = opened(scheme, size, scripts=scripts)
    buried(worked, "polish", f"{scheme}-{size}-{scripts}")
    places = {
        "work": "/console/tasks",
        "stage": "/console/tasks/upload",
        "new stage": "/console/tasks/nothing-yet",
        "dead": "/console/tasks/upload/token-1",
        "in hand": "/console/tasks/reveal/batch-1",
        "tokens": "/console/tokens",
        "no tokens": "/console/tokens?status=ready",
        "token": "/console/tokens/2",
        "lost": "/console/tasks/upload/nothing",
    }
    found: dict[str, object] = {}
    for name, path in places.items():
        page.goto(path)
        found[name] = (violations(page), overflows(page))

    assert not {name: wrong for name, wrong in found.items() if wrong != ([], False)}


def test_the_table_refreshes_and_shows_the_rate_of_claims(worked: SqlStore, opened: Opened) -> None:
    page = opened()
    page.goto("/console/tasks")
    expect(page.locator("[data-mode]")).to_have_text("Live", timeout=SOON_MILLISECONDS)
    before = int(
        dead_of(page, "polish") if page.get_by_role("link", name="polish").count() else "0"
    )
    buried(worked, "polish", "keeps-up")

    stage = page.locator("[data-stages] tbody tr", has_text="polish")
    expect(stage.locator("td").nth(2)).to_have_text(str(before + 1), timeout=SOON_MILLISECONDS)
    expect(stage.locator("td").nth(4)).to_have_text(
        re.compile("^[0-9]+$"), timeout=SOON_MILLISECONDS
    )
    page.wait_for_load_state("networkidle", timeout=SOON_MILLISECONDS)
    assert (violations(page), overflows(page)) == ([], False)


def test_a_paused_table_stops_and_continues(worked: SqlStore, opened: Opened) -> None:
    page = opened()
    page.goto("/console/tasks")
    expect(page.locator("[data-mode]")).to_have_text("Live", timeout=SOON_MILLISECONDS)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-mode]")).to_have_text("Paused")
    buried(worked, "standing", "still")
    page.wait_for_timeout(3_000)
    assert page.get_by_role("link", name="standing").count() == 0
    page.get_by_role("button", name="Pause").click()

    expect(page.get_by_role("link", name="standing")).to_have_count(1, timeout=SOON_MILLISECONDS)


def test_a_refreshed_table_keeps_the_focus(worked: SqlStore, opened: Opened) -> None:
    page = opened()
    page.goto("/console/tasks")
    assert worked
    page.get_by_role("link", name="upload").focus()
    page.evaluate("document.querySelector('[data-stages]').dataset.old = 'yes'")
    expect(page.locator("[data-stages][data-old]")).to_have_count(0, timeout=SOON_MILLISECONDS)

    assert page.evaluate("document.activeElement.textContent") == "upload"


def test_a_table_without_a_session_shows_that_it_is_not_connected(
    worked: SqlStore, opened: Opened
) -> None:
    page = opened()
    page.goto("/console/tasks")
    expect(page.locator("[data-mode]")).to_have_text("Live", timeout=SOON_MILLISECONDS)
    page.context.clear_cookies()

    expect(page.locator("[data-mode]")).to_contain_text("Not connected", timeout=SOON_MILLISECONDS)
    assert worked
    assert row(page, "upload")


def test_a_task_is_requeued_and_a_stage_paused_without_scripts(
    worked: SqlStore, opened: Opened
) -> None:
    buried(worked, "sweep", "chimney-1", "the ladder is too short")
    page = opened(scripts="off")
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Tasks").click()
    page.get_by_role("link", name="sweep").click()
    expect(page.locator("blockquote")).to_have_text("the ladder is too short")
    page.get_by_label("Why").fill("to look at it")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status")).to_have_text("Paused.")
    page.get_by_role("link", name="chimney-1").click()
    page.get_by_label("Why").fill("there is a longer one")
    page.get_by_role("button", name="Requeue").click()

    expect(page.get_by_role("status")).to_contain_text("Requeued")
    expect(page.locator(".timeline > li").first).to_contain_text("there is a longer one")
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Tasks").click()
    assert row(page, "sweep")[-1] == "Paused"
    page.get_by_role("link", name="Refresh").click()
    expect(
        page.locator("[data-stages] tbody tr", has_text="sweep").locator("td").nth(4)
    ).to_have_text("0")
