"""Test tasks and tokens in a real browser: accessibility, use without scripts, live updates."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.doses.browser.conftest import Instance, OpenPage, page_faults, rows_on_screen
from tests.doses.browser.test_console import LOOKS
from tests.web.minting import (
    EARLIER,
    MAYA_S,
    NOOR_S,
    acted,
    buried,
    claimed,
    dropped,
    failed,
    minted,
)

from indelible_sql import SqlStore, open_store

TIMEOUT_MILLISECONDS = 10_000  # The page refreshes every two seconds.
DEAD_COLUMN = 2
FINISHED_COLUMN = 4
MIN_ROWS = 14  # Of a dense table in a window of 900 px.
LONG_REASON = "no space is left on the device that everything is written to, and none will be"
PAGES = {
    "tasks": "/console/tasks",
    "stage": "/console/tasks/greetings",
    "class of errors": "/console/tasks/greetings?state=dead&error_class=PostOfficeClosed",
    "waiting": "/console/tasks/greetings?state=waiting",
    "running": "/console/tasks/parcels?state=running",
    "of tokens": "/console/tasks/generate?state=waiting",
    "completed": "/console/tasks/greetings?state=completed",
    "canceled": "/console/tasks/greetings?state=canceled",
    "new stage": "/console/tasks/nothing-yet",
    "dead task": "/console/tasks/greetings/token-1",
    "completed task": "/console/tasks/greetings/token-2",
    "canceled task": "/console/tasks/greetings/token-3",
    "running task": "/console/tasks/parcels/batch-1",
    "tokens": "/console/tokens",
    "no tokens": "/console/tokens?status=ready",
    "token": "/console/tokens/2",
    "unknown task": "/console/tasks/greetings/nothing",
}


@pytest.fixture(scope="session")
def store(instance: Instance) -> Generator[SqlStore]:
    """Return the instance's database, with tokens and tasks in every state."""
    store = open_store(instance.database_url)
    minted(store, MAYA_S, NOOR_S, MAYA_S)
    failed(store, 2)
    minted(store, NOOR_S, start=4, block=101)
    dropped(store, 101)
    buried(store, "greetings", "token-1", LONG_REASON)
    died(store, "greetings", "token-0", "PostOfficeClosed", "it is closed until Monday")
    lease = claimed(store, "greetings", "token-2")
    acted(store, lambda tx: tx.tasks.complete((lease,), results={"token-2": {"stamp": "blue"}}))
    acted(store, lambda tx: tx.tasks.enqueue("greetings", {"token-3": EARLIER, "token-4": EARLIER}))
    acted(store, lambda tx: tx.tasks.cancel("greetings", "token-3"))
    running = claimed(store, "parcels", "batch-1")
    acted(store, lambda tx: tx.tasks.report_progress(running, 40))
    yield store
    store.dispose()


def stage_row(page: Page, stage: str) -> Locator:
    """Return the cells of a stage in the table."""
    return page.locator("[data-stages] tbody tr", has_text=stage).locator("td")


def open_live_tasks(open_page: OpenPage) -> Page:
    """Return the page of tasks after its first refresh."""
    page = open_page()
    page.goto("/console/tasks")
    expect(page.locator("[data-mode]")).to_have_text("Live", timeout=TIMEOUT_MILLISECONDS)
    return page


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_of_tasks_has_accessibility_faults_or_overflow(
    store: SqlStore, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    page = open_page(scheme, size, scripts=scripts)
    buried(store, "polish", f"{scheme}-{size}-{scripts}")

    faults: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        page.goto(path)
        faults_of_page = page_faults(page)
        if faults_of_page:
            faults[name] = faults_of_page

    assert faults == {}


def test_the_table_refreshes(store: SqlStore, open_page: OpenPage) -> None:
    page = open_live_tasks(open_page)
    cells = stage_row(page, "polish")
    dead_before = int(cells.nth(DEAD_COLUMN).inner_text()) if cells.count() else 0

    buried(store, "polish", "keeps-up")

    dead = cells.nth(DEAD_COLUMN)
    expect(dead).to_have_text(str(dead_before + 1), timeout=TIMEOUT_MILLISECONDS)
    page.wait_for_load_state("networkidle", timeout=TIMEOUT_MILLISECONDS)
    assert page_faults(page) == []


def test_a_paused_table_stops_and_continues(store: SqlStore, open_page: OpenPage) -> None:
    page = open_live_tasks(open_page)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-mode]")).to_have_text("Paused")

    buried(store, "standing", "still")
    page.wait_for_timeout(3_000)
    stage = page.get_by_role("link", name="standing")
    assert stage.count() == 0

    page.get_by_role("button", name="Pause").click()
    expect(stage).to_have_count(1, timeout=TIMEOUT_MILLISECONDS)


@pytest.mark.usefixtures("store")
def test_a_refreshed_table_keeps_the_focus(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/console/tasks")
    page.get_by_role("link", name="greetings").focus()

    page.evaluate("document.querySelector('[data-stages]').dataset.old = 'yes'")
    old_table = page.locator("[data-stages][data-old]")
    expect(old_table).to_have_count(0, timeout=TIMEOUT_MILLISECONDS)

    assert page.evaluate("document.activeElement.textContent") == "greetings"


@pytest.mark.usefixtures("store")
def test_a_table_without_a_session_shows_that_it_is_not_connected(open_page: OpenPage) -> None:
    page = open_live_tasks(open_page)

    page.context.clear_cookies()

    mode = page.locator("[data-mode]")
    expect(mode).to_contain_text("Not connected", timeout=TIMEOUT_MILLISECONDS)
    assert stage_row(page, "greetings").count() > 0


def test_a_task_is_requeued_and_a_stage_paused_without_scripts(
    store: SqlStore, open_page: OpenPage
) -> None:
    buried(store, "sweep", "chimney-1", "the ladder is too short")
    page = open_page(scripts="off")
    tasks_link = page.get_by_role("navigation", name="Console").get_by_role("link", name="Tasks")

    tasks_link.click()
    page.get_by_role("link", name="sweep").click()
    expect(page.locator("td .error")).to_have_text("the ladder is too short")

    page.get_by_label("Why").fill("to look at it")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status")).to_contain_text("Paused.")

    page.get_by_role("link", name="chimney-1").click()
    page.get_by_label("Why").fill("there is a longer one")
    page.get_by_role("button", name="Requeue").click()
    expect(page.get_by_role("status")).to_contain_text("Requeued")
    expect(page.locator(".timeline > li").first).to_contain_text("there is a longer one")

    tasks_link.click()
    expect(stage_row(page, "sweep").last).to_have_text("Paused")
    page.get_by_role("link", name="Refresh").click()
    expect(stage_row(page, "sweep").nth(FINISHED_COLUMN)).to_have_text("0")


def test_a_failing_stage_is_repaired_with_three_clicks(
    store: SqlStore, open_page: OpenPage
) -> None:
    for number in range(3):
        died(store, "postcards", f"card-{number}", "PostOfficeClosed", "it is closed until Monday")
    page = open_page(path="/console/tasks")

    stage_row(page, "postcards").nth(DEAD_COLUMN).get_by_role("link").click()
    expect(page.locator("td .error").first).to_have_text("it is closed until Monday")
    page.get_by_label("Reason to requeue all dead tasks").fill("it is Monday")
    page.get_by_role("button", name="Requeue all").click()

    expect(page.get_by_role("status")).to_contain_text("3 tasks are due now.")
    expect(page.get_by_role("heading", name="No dead tasks")).to_be_visible()


def test_fourteen_rows_of_tasks_are_visible(store: SqlStore, open_page: OpenPage) -> None:
    for number in range(20):
        died(store, "leaflets", f"leaflet-{number:02}", "PostOfficeClosed", f"{LONG_REASON} " * 3)
    page = open_page(path="/console/tasks/leaflets?state=dead")

    assert rows_on_screen(page) >= MIN_ROWS


def died(store: SqlStore, stage: str, entity_id: str, error_class: str, reason: str) -> None:
    """Let a task die of an error of this class."""
    lease = claimed(store, stage, entity_id)
    acted(store, lambda tx: tx.tasks.mark_dead(lease, reason=reason, error_class=error_class))
