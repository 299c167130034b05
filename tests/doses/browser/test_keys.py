"""Test API keys in a real browser: accessibility, and the whole life of a key without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.doses.browser.conftest import Instance, OpenPage, page_faults, rows_on_screen
from tests.doses.browser.test_console import LOOKS

MIN_ROWS = 14  # on a screen of 1280 to 900 pixels
MANY_SCOPES = ("concepts:read", "concepts:write", "concepts:review", "captures:read")
PAGES = {
    "keys": "/console/keys",
    "revoked keys": "/console/keys?status=REVOKED",
    "new key": "/console/keys/new",
    "one key": "/console/keys/{key}",
}
KEY = re.compile(r"^ind_\S+_\S+$")


def fill_form(page: Page, purpose: str, *scopes: str) -> None:
    page.goto("/console/keys/new")
    page.get_by_label("Purpose").fill(purpose)
    for scope in scopes:
        page.get_by_label(scope, exact=True).check()


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_of_keys_has_accessibility_faults_or_overflow(
    instance: Instance, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    page = open_page(scheme, size, scripts=scripts)
    key_id = instance.key.split("_")[1]
    faults: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        page.goto(path.format(key=key_id))
        faults[name] = page_faults(page)

    fill_form(page, "to look at the pages", "concepts:read")
    page.get_by_role("button", name="Create the key").click()
    faults["created"] = page_faults(page)
    page.locator("dl a").click()
    page.get_by_label("Reason").fill("turned \u202earound")
    page.get_by_role("button", name="Revoke").click()
    faults["refused"] = page_faults(page)

    assert {name: found for name, found in faults.items() if found} == {}


def test_a_key_is_created_used_and_revoked_without_scripts(open_page: OpenPage) -> None:
    page = open_page(scripts="off")
    page.get_by_role("link", name="API keys").click()
    page.get_by_role("link", name="Create a key").click()
    fill_form(page, "a colleague reads along", "console")
    page.get_by_role("button", name="Create the key").click()
    secret = page.get_by_label("The key").input_value()
    assert KEY.fullmatch(secret)

    reader = open_page(scripts="off", key=secret, path="/console/keys")
    expect(reader.get_by_role("heading", name="API keys")).to_be_visible()
    expect(reader.get_by_role("link", name="Create a key")).to_have_count(0)

    page.locator("dl a").click()
    page.get_by_label("Reason").fill("the colleague has left")
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_contain_text("is revoked")

    reader.goto("/console/keys")
    expect(reader.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_screen_shows_fourteen_keys(open_page: OpenPage) -> None:
    page = open_page(scripts="off")
    for number in range(MIN_ROWS):
        fill_form(page, f"a program of several words, number {number}", *MANY_SCOPES)
        page.get_by_role("button", name="Create the key").click()
    page.goto("/console/keys")

    assert rows_on_screen(page) >= MIN_ROWS
