"""Test lists of the console in a real browser: their density, the search, and suggestions."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.doses.browser.conftest import Instance, OpenPage, page_faults, rows_on_screen
from tests.doses.browser.test_console import create

MIN_ROWS = 14  # on a screen of 1280 to 900 pixels
SCRIPTS = ("on", "off")


@pytest.fixture(scope="module")
def many_concepts(instance: Instance) -> None:
    """Create more concepts than fit on a screen, with definitions of more than a line."""
    for number in range(MIN_ROWS + 6):
        create(instance, f"Dense {number:02}", "A definition that has no room in a line. " * 5)


def prerequisite(page: Page) -> Locator:
    return page.get_by_label("Prerequisites, number 1")


@pytest.mark.usefixtures("many_concepts")
@pytest.mark.parametrize("scripts", ["on", "blocked"])
@pytest.mark.parametrize(
    "path", ["/console/concepts", "/console/reviews?status=DRAFT", "/console/history"]
)
def test_a_screen_shows_fourteen_rows(open_page: OpenPage, path: str, scripts: str) -> None:
    page = open_page(scripts=scripts)
    page.goto(path)

    assert rows_on_screen(page) >= MIN_ROWS


@pytest.mark.usefixtures("many_concepts")
def test_a_column_is_sorted_by_its_heading(open_page: OpenPage) -> None:
    page = open_page(scripts="off")
    page.goto("/console/concepts?text=Dense")
    first = page.locator("tbody tr").first
    expect(first).to_contain_text(f"Dense {MIN_ROWS + 5:02}")

    page.locator("th a", has_text="Concept").first.click()
    expect(first).to_contain_text("Dense 00")
    page.locator("th a", has_text="Created").click()
    expect(first).to_contain_text(f"Dense {MIN_ROWS + 5:02}")
    page.locator("th a", has_text="Created").click()
    expect(first).to_contain_text("Dense 00")
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Created")


@pytest.mark.parametrize("scripts", SCRIPTS)
def test_a_concept_is_found_from_any_page(open_page: OpenPage, scripts: str) -> None:
    page = open_page(scripts=scripts)
    page.goto("/console/history")

    page.get_by_label("Search by name or id").fill("fract")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="Fraction", exact=True).click()

    expect(page.locator("h1")).to_have_text("Fraction")


def test_a_prerequisite_is_suggested_and_chosen_by_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/console/new")
    field = prerequisite(page)
    options = page.get_by_role("option")

    field.press_sequentially("Frac", delay=20)
    expect(options.first).to_contain_text("Fraction")
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert page_faults(page) == []

    page.keyboard.press("Enter")
    expect(field).to_have_value("Fraction")
    expect(options).to_have_count(0)
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile("/console/new$"))


def test_a_suggestion_is_chosen_by_pointer_and_escape_closes_the_list(open_page: OpenPage) -> None:
    page = open_page("dark", "phone")
    page.goto("/console/new")
    field = prerequisite(page)
    options = page.get_by_role("option")

    field.press_sequentially("Frac", delay=20)
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("Frac")

    field.press_sequentially("t", delay=20)
    assert page_faults(page) == []
    options.first.click()
    expect(field).to_have_value("Fraction")


def test_a_text_without_suggestions_stays(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/console/new")
    field = prerequisite(page)

    with page.expect_response(re.compile("concept-names")):
        field.press_sequentially("Nothing of the kind", delay=5)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(field).to_have_value("Nothing of the kind")
    expect(page).to_have_url(re.compile("/console/new$"))


@pytest.mark.parametrize("scripts", SCRIPTS)
def test_a_typed_prerequisite_is_saved_and_linked(
    instance: Instance, open_page: OpenPage, scripts: str
) -> None:
    page = open_page(scripts=scripts)
    page.goto("/console/new")
    page.get_by_label("Name", exact=True).fill(f"Needs a fraction, scripts {scripts}")
    prerequisite(page).fill("Fraction")
    note = page.get_by_label("Why you create it")
    note.fill("to link its prerequisite")
    note.press("Enter")

    page.locator("#content-prerequisites + ol").get_by_role("link", name="Fraction").click()
    expect(page.locator("h1")).to_have_text("Fraction")
    created = instance.request("GET", f"/concepts?text=scripts+{scripts}")["items"]
    assert len(created) == 1


@pytest.mark.parametrize("scripts", SCRIPTS)
def test_a_concept_without_a_name_is_asked_for(open_page: OpenPage, scripts: str) -> None:
    page = open_page(scripts=scripts)
    page.goto("/console/new")
    page.get_by_label("Definition", exact=True).fill("It has no name yet.")
    page.get_by_label("Why you create it").fill("to name it later")
    page.get_by_role("button", name="Create draft").click()
    expect(page.get_by_role("alert")).to_contain_text("has no name")
    page.get_by_role("button", name="Create without a name").click()

    expect(page.locator("h1")).to_have_text("Unnamed")


def test_versions_are_chosen_and_compared_without_scripts(
    instance: Instance, open_page: OpenPage
) -> None:
    saved = create(instance, "Chosen version")
    body = {"content": {"name": "Chosen version"}, "change_note": "says less"}
    instance.request("PUT", f"/concepts/{saved['concept']['id']}", body, saved["seq"])
    page = open_page(scripts="off")
    page.goto(f"/console/concepts/{saved['concept']['id']}")

    page.get_by_label("From", exact=True).select_option("1")
    page.get_by_role("button", name="Compare").click()

    expect(page.locator("h1")).to_have_text("Version 1 and version 2")
