"""Take the tour of the console that the documentation describes, and its pictures."""

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.doses.browser.conftest import Instance, OpenPage
from tests.doses.browser.test_console import save_picture
from tests.doses.browser.test_tasks import died
from tests.web.minting import acted, claimed

from indelible.app import WriteTx
from indelible.kernel.tasks import Lease
from indelible_sql import SqlStore, open_store

TOUR = Path(__file__).parents[3] / "docs" / "tutorials" / "tour-of-the-console.md"
CLOSED, SILENT = 12, 5
TakePicture = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def store(instance: Instance) -> Generator[SqlStore]:
    """Return the instance's database, with a stage that works."""
    store = open_store(instance.database_url)
    for number in range(40):
        lease = claimed(store, "postcards", f"card-{number:02}")
        acted(store, complete(lease))
    yield store
    store.dispose()


def let_fail(store: SqlStore, stage: str) -> None:
    """Let the tasks of a stage die of errors of two classes."""
    for number in range(CLOSED):
        died(store, stage, f"letter-{number:02}", "PostOfficeClosed", "it is closed until Monday")
    for number in range(SILENT):
        died(store, stage, f"parcel-{number:02}", "TimeoutError", "no answer after 30 seconds")


def complete(lease: Lease) -> Callable[[WriteTx], None]:
    """Return the function that completes a task."""

    def complete_task(tx: WriteTx) -> None:
        tx.tasks.complete((lease,))

    return complete_task


@pytest.fixture
def take_picture() -> TakePicture:
    """Return a function that takes a picture for the documentation, if there is a folder."""

    def take(page: Page, name: str) -> None:
        assert f"(../images/console-{name}-light.png)" in TOUR.read_text(encoding="utf-8")
        if os.environ.get("INDELIBLE_IMAGES"):
            save_picture(page, name, "light")

    return take


def open_item(page: Page, name: str) -> None:
    """Follow a link of the navigation."""
    page.get_by_role("navigation", name="Console").get_by_role("link", name=name).click()


# The pictures show the first stage only.
@pytest.mark.parametrize(("stage", "scripts"), [("letters", "on"), ("parcels", "off")])
def test_a_failing_stage_is_repaired_with_three_clicks_from_the_home_page(
    store: SqlStore, open_page: OpenPage, take_picture: TakePicture, stage: str, scripts: str
) -> None:
    let_fail(store, stage)
    page = open_page(scripts=scripts)
    has_pictures = scripts == "on"
    if has_pictures:
        take_picture(page, "home")

    page.get_by_role("link", name=f"{CLOSED + SILENT} dead tasks in the stage {stage}.").click()
    expect(page.locator("td .error").first).to_be_visible()
    if has_pictures:
        take_picture(page, "stage")
    page.get_by_role("link", name="PostOfficeClosed").click()
    page.get_by_label("Reason to requeue the dead tasks with PostOfficeClosed").fill("it is open")
    page.get_by_role("button", name="Requeue these tasks").click()

    expect(page.get_by_role("status")).to_contain_text(f"{CLOSED} tasks are due now.")
    expect(page.locator("tbody tr")).to_have_count(SILENT)
    page.get_by_role("link", name="parcel-00").click()
    expect(page.get_by_role("status")).to_have_count(0)
    if has_pictures:
        take_picture(page, "task")

    open_item(page, "Tasks")
    expect(page.get_by_role("img", name="postcards, last hour")).to_be_visible()
    if has_pictures:
        take_picture(page, "tasks")


@pytest.mark.usefixtures("store")
def test_a_concept_is_approved_and_found_in_history(
    open_page: OpenPage, take_picture: TakePicture
) -> None:
    page = open_page()
    open_item(page, "Reviews")
    take_picture(page, "reviews")
    page.get_by_role("link", name="Proportion", exact=True).click()
    take_picture(page, "concept")
    page.get_by_label("Reason to approve it").fill("both ratios are defined")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_role("status")).to_be_visible()

    open_item(page, "Reviews")
    page.get_by_role("link", name="To publish").first.click()
    expect(page.get_by_role("link", name="Proportion", exact=True)).to_be_visible()

    open_item(page, "History")
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("both ratios are defined")
    page.get_by_label("Changed by").fill("me")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr", has_text="both ratios are defined")).to_have_count(1)
    expect(page.locator("tbody tr", has_text="user:maya")).to_have_count(0)
    take_picture(page, "history")


@pytest.mark.usefixtures("store")
def test_a_key_is_created_for_a_colleague(open_page: OpenPage, take_picture: TakePicture) -> None:
    page = open_page()
    open_item(page, "API keys")
    take_picture(page, "keys")
    page.get_by_role("link", name="Create a key").click()
    page.get_by_label("Purpose").fill("a colleague reads along")
    page.get_by_label("console", exact=True).check()
    page.get_by_role("button", name="Create the key").click()

    expect(page.get_by_label("The key")).to_be_visible()


def test_every_picture_of_the_tour_exists() -> None:
    text = TOUR.read_text(encoding="utf-8")
    assert f"{CLOSED + SILENT} dead tasks in the stage letters." in text
    names = [part.partition(")")[0] for part in text.split("](../images/")[1:]]

    assert len(names) >= 7
    for name in names:
        assert (TOUR.parents[1] / "images" / name).is_file(), name
