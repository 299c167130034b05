"""Test the console by keyboard in a real browser: the order of Tab, and the repair of a stage."""

from collections.abc import Generator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.doses.browser.conftest import VIEWPORTS, Instance, OpenPage
from tests.doses.browser.test_tasks import died

from indelible_sql import SqlStore, open_store

STAGE = "telegrams"
REASON = "the line is down"
MAX_TAB_STOPS = 80
# Without a focus the body is the active element; its text is no name, it is the whole page.
FOCUSED = """
() => {
  const element = document.activeElement, box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const name = element.getAttribute("aria-label") || element.labels?.[0]?.textContent
    || element.textContent.trim();
  return {
    name: element === document.body ? "" : name,
    isInHeader: element.closest("header.top") !== null,
    isOutlined: style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2,
    isOnScreen: box.bottom > 0 && box.top < window.innerHeight && box.width > 0,
    top: box.top, bottom: box.bottom, left: box.left, right: box.right,
  };
}
"""
PAGES = {
    "home": "/console/",
    "concepts": "/console/concepts",
    "new concept": "/console/new",
    "reviews": "/console/reviews",
    "history": "/console/history",
    "tasks": "/console/tasks",
    "stage": f"/console/tasks/{STAGE}?state=dead",
    "keys": "/console/keys",
    "new key": "/console/keys/new",
}
SORTED_LISTS = ("/console/concepts", "/console/reviews")


@pytest.fixture(scope="module")
def store(instance: Instance) -> Generator[SqlStore]:
    """Return the instance's database, with a stage that fails."""
    store = open_store(instance.database_url)
    for number in range(3):
        died(store, STAGE, f"telegram-{number}", "LineDown", REASON)
    yield store
    store.dispose()


def focused(page: Page) -> dict[str, Any]:
    """Return the element that has the focus."""
    element: dict[str, Any] = page.evaluate(FOCUSED)
    return element


def press_tab_until(page: Page, name: str) -> None:
    """Press Tab until an element whose name contains this text has the focus."""
    for _ in range(MAX_TAB_STOPS):
        page.keyboard.press("Tab")
        if name in focused(page)["name"]:
            return

    pytest.fail(f"Tab does not reach {name!r} within {MAX_TAB_STOPS} steps")


def is_after(element: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return True if a reader of lines from left to right comes to the element after the other."""
    middle = (other["top"] + other["bottom"]) / 2
    if element["top"] > middle:
        return True
    return bool(element["bottom"] > other["top"] and element["left"] >= other["right"])


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.usefixtures("store")
def test_tab_follows_the_frame_as_it_is_seen(open_page: OpenPage, size: str) -> None:
    page = open_page(size=size)
    page.keyboard.press("Tab")  # the link that skips the frame
    page.keyboard.press("Tab")

    stops: list[dict[str, Any]] = []
    while (stop := focused(page))["isInHeader"]:
        stops.append(stop)
        page.keyboard.press("Tab")

    names = [stop["name"] for stop in stops]
    assert names[0] == "indelible"
    assert names[-2:] == ["Search by name or id", "Sign out"]
    backwards: list[tuple[str, str]] = []
    for earlier, later in pairwise(stops):
        if not is_after(later, earlier):
            backwards.append((earlier["name"], later["name"]))
    assert backwards == []


@pytest.mark.parametrize("size", ["desktop", "small-phone"])
@pytest.mark.parametrize("path", PAGES.values(), ids=list(PAGES))
@pytest.mark.usefixtures("store")
def test_the_focus_is_always_visible(open_page: OpenPage, path: str, size: str) -> None:
    page = open_page(size=size)
    page.emulate_media(reduced_motion="reduce")  # The page scrolls at once.
    page.goto(path)

    unseen: list[str] = []
    for _ in range(MAX_TAB_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break  # The focus has left the page.
        stop = focused(page)
        if not (stop["isOutlined"] and stop["isOnScreen"]):
            unseen.append(stop["name"])

    assert unseen == []


@pytest.mark.parametrize("path", SORTED_LISTS)
def test_the_arrow_of_a_sorted_column_is_no_part_of_its_name(
    open_page: OpenPage, path: str
) -> None:
    page = open_page()
    page.goto(path)
    heading = page.locator("th[aria-sort=descending] a")
    text = heading.inner_text()

    session: Any = page.context.new_cdp_session(page)  # its answers are untyped
    tree: dict[str, Any] = session.send("Accessibility.getFullAXTree")
    names: list[str] = [
        node["name"]["value"] for node in tree["nodes"] if node["role"]["value"] == "link"
    ]

    arrow = heading.evaluate("link => getComputedStyle(link, '::after').content")
    assert "\u2193" in arrow
    assert text in names
    assert not [name for name in names if "\u2193" in name or "\u2191" in name]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("size", ["desktop", "small-phone"])
def test_a_failing_stage_is_repaired_from_the_home_page_by_keyboard(
    store: SqlStore, open_page: OpenPage, size: str
) -> None:
    died(store, STAGE, f"telegram-{size}", "LineDown", REASON)
    page = open_page(size=size)

    press_tab_until(page, f"in the stage {STAGE}")
    page.keyboard.press("Enter")
    expect(page.locator("td .error").first).to_have_text(REASON)
    press_tab_until(page, "Reason to requeue all dead tasks")
    page.keyboard.type("the line is up again")
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "Requeue all"
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("due now.")
    expect(page.get_by_role("heading", name="No dead tasks")).to_be_visible()
