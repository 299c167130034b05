"""Test the home page in a real browser: sizes, looks, modes, and the way to a failing stage."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Page, expect
from tests.doses.browser.conftest import VIEWPORTS, Instance, OpenPage, page_faults
from tests.web.minting import MAYA_S, buried, failed, minted

from indelible_sql import SqlStore, open_store

HOME = "/console/"
STAGE = "envelopes"
REASON = "the paper has run out"
LOOKS = [
    (scheme, size, scripts)
    for scheme in ("light", "dark")
    for size in VIEWPORTS
    for scripts in ("on", "blocked")
]
MAX_TAB_STOPS = 60


@pytest.fixture(scope="module")
def store(instance: Instance) -> Generator[SqlStore]:
    """Return the instance's database, with a dead task and a failed token."""
    store = open_store(instance.database_url)
    buried(store, STAGE, "letter-1", REASON)
    minted(store, MAYA_S, start=900, block=900)
    failed(store, 900)
    yield store
    store.dispose()


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
@pytest.mark.usefixtures("store")
def test_the_home_page_has_no_faults(
    open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    page = open_page(scheme, size, scripts=scripts, path=HOME)
    expect(page.locator("h1")).to_have_text("Home")
    assert page_faults(page) == []

    for summary in page.locator("summary").all():
        summary.click()
    expect(page.locator("details[open] tbody tr").first).to_be_visible()
    assert page_faults(page) == []


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.usefixtures("store")
def test_each_link_of_the_navigation_is_on_one_line(open_page: OpenPage, size: str) -> None:
    page = open_page(size=size)
    links = page.locator(".top nav a")

    assert links.count() >= 5
    for link in links.all():
        assert (
            link.evaluate("link => new Set([...link.getClientRects()].map(b => b.top)).size") == 1
        )
        box = link.bounding_box()
        assert box is not None
        assert 24 <= box["height"] < 48  # as high as a touch needs, and one line


@pytest.mark.usefixtures("store")
def test_the_chart_is_described_in_words_and_in_a_table(open_page: OpenPage) -> None:
    page = open_page(scripts="off")
    chart = page.get_by_role("img", name="Changes per minute, last hour")

    expect(chart).to_be_visible()
    expect(chart.locator("desc")).to_contain_text("changes in the last hour")
    summary = page.locator("summary", has_text="Numbers of changes per minute")
    summary.focus()
    page.keyboard.press("Enter")
    rows = page.locator("figure.hour", has=chart).locator("table tbody tr")
    expect(rows).to_have_count(chart.locator("rect:not(.uncounted)").count())


@pytest.mark.usefixtures("store")
def test_a_failing_stage_is_one_click_away(open_page: OpenPage) -> None:
    page = open_page(scripts="off")

    page.get_by_role("link", name=f"in the stage {STAGE}").click()

    expect(page.locator("main")).to_contain_text(REASON)


@pytest.mark.usefixtures("store")
def test_the_attention_list_is_reached_by_keyboard(open_page: OpenPage) -> None:
    page = open_page()

    assert f"in the stage {STAGE}" in focused_texts(page)


def focused_texts(page: Page) -> str:
    """Return the texts of the elements that Tab reaches, up to a number of them."""
    texts: list[str] = []
    for _ in range(MAX_TAB_STOPS):
        page.keyboard.press("Tab")
        texts.append(page.evaluate("document.activeElement.textContent"))

    return " | ".join(texts)
