"""Test pages in rare states in a real browser: refusals, faults, alarms, nothing to show."""

from typing import cast

import pytest
from attrs import evolve
from playwright.sync_api import Page, expect
from tests.doses.browser.conftest import OpenPage, Serve, page_faults
from tests.doses.browser.sites import OPERATOR_SCOPES, STAGES, alarmed_site, empty_site
from tests.doses.browser.test_console import LOOKS
from tests.web.console.visitor import Site
from tests.web.failing import Failing
from tests.web.harness import SETTINGS, RenewableStore

from indelible.kernel.errors import StoreUnreachable
from indelible.testing.stores import AnyStore

RunningSite = tuple[str, Site]
EMPTY_PAGES = (
    "/console/",
    "/console/concepts",
    "/console/reviews",
    "/console/spaces",
    "/console/tokens",
    "/console/tasks",
    "/console/history",
    "/console/keys",
    "/console/search",
)
REFUSED = {
    "/console/concepts/no-concept": 404,
    "/console/spaces/no-space": 404,
    "/console/tokens/99": 404,
    "/console/tasks/letters/no-task": 404,
    "/console/keys/no-key": 404,
    "/console/nowhere": 404,
    "/console/concepts?cursor=no-cursor": 400,
    "/console/history?since=yesterday": 422,
}
FORBIDDEN = ("/console/tasks", "/console/tasks/letters", "/console/keys/new")
FAULTS = {500: RuntimeError("the disk is on fire"), 503: StoreUnreachable(reason="no answer")}
REQUESTS_PER_MINUTE = 3


@pytest.fixture(scope="module")
def empty(serve: Serve) -> RunningSite:
    site = empty_site()
    return serve(site.app), site


@pytest.fixture(scope="module")
def alarmed(serve: Serve) -> RunningSite:
    site = alarmed_site()
    return serve(site.app), site


@pytest.fixture(scope="module")
def failing(serve: Serve) -> tuple[str, Site, RenewableStore]:
    """Return the address of a site, the site, and the store, which a test replaces."""
    store = RenewableStore()
    site = Site(cast("AnyStore", store))
    return serve(site.app), site, store


def faults_at(page: Page, path: str, status: int) -> list[str]:
    """Return the faults of the page at a path, which has to have this status."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status, path
    return [f"{path}: {fault}" for fault in page_faults(page)]


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_empty_page_has_faults(
    empty: RunningSite, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    address, site = empty
    key = site.key(*OPERATOR_SCOPES).text
    page = open_page(scheme, size, scripts=scripts, address=address, key=key)
    expect(page.get_by_text("Nothing needs attention.")).to_be_visible()

    faults: list[str] = []
    for path in EMPTY_PAGES:
        faults += faults_at(page, path, 200)

    assert faults == []


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_about_a_refusal_has_faults(
    empty: RunningSite, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    address, site = empty
    key = site.key(*OPERATOR_SCOPES).text
    page = open_page(scheme, size, scripts=scripts, address=address, key=key)
    reader_key = site.key("console").text
    reader = open_page(scheme, size, scripts=scripts, address=address, key=reader_key)

    faults: list[str] = []
    for path, status in REFUSED.items():
        faults += faults_at(page, path, status)
    for path in FORBIDDEN:
        faults += faults_at(reader, path, 403)

    assert faults == []


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_about_a_fault_of_the_server_has_faults(
    failing: tuple[str, Site, RenewableStore],
    open_page: OpenPage,
    scheme: str,
    size: str,
    scripts: str,
) -> None:
    address, site, store = failing
    store.renew()
    key = site.key(*OPERATOR_SCOPES).text
    page = open_page(scheme, size, scripts=scripts, address=address, key=key)

    faults: list[str] = []
    for status, error in FAULTS.items():
        store.put(cast("AnyStore", Failing(error)))
        faults += faults_at(page, "/console/history", status)

    assert faults == []


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_with_alarms_has_faults(
    alarmed: RunningSite, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    address, site = alarmed
    key = site.key(*OPERATOR_SCOPES).text
    page = open_page(scheme, size, scripts=scripts, address=address, key=key)
    attention = page.locator(".attention")
    expect(attention).to_contain_text("The detection of mints is paused.")
    expect(attention).to_contain_text("had a missing or wrong credential.")
    faults = page_faults(page)

    page.goto("/console/tasks")
    expect(page.locator("#notices ~ .notice")).to_have_count(3)
    expect(page.get_by_role("heading", name="Quarantined logs")).to_be_visible()
    expect(page.locator("[data-stages] tbody tr", has_text="stage-")).to_have_count(STAGES)
    faults += page_faults(page)

    assert faults == []


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_a_form_outlives_its_session_on_pages_without_faults(
    empty: RunningSite, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    address, site = empty
    key = site.key().text
    page = open_page(scheme, size, scripts=scripts, address=address, key=key)
    page.goto("/console/new")
    page.get_by_label("Why you create it").fill("to see the question about the name")
    page.get_by_role("button", name="Create draft").click()
    expect(page.get_by_role("alert")).to_contain_text("has no name")
    faults = page_faults(page)

    page.context.clear_cookies()
    page.get_by_label("Name", exact=True).fill("Outliving")
    page.get_by_role("button", name="Create draft").click()
    expect(page.get_by_text("Your form is not lost")).to_be_visible()
    faults += page_faults(page)
    page.fill("#key", key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Send the form again?")).to_be_visible()
    faults += page_faults(page)

    assert faults == []


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_the_page_about_too_many_requests_has_no_faults(
    serve: Serve, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    settings = evolve(SETTINGS, requests_per_minute=REQUESTS_PER_MINUTE)
    site = Site(cast("AnyStore", RenewableStore()), settings)
    key = site.key(*OPERATOR_SCOPES).text
    page = open_page(scheme, size, scripts=scripts, address=serve(site.app), key=key)

    status = 200
    for _ in range(2 * REQUESTS_PER_MINUTE + 1):  # A minute may end between two requests.
        answer = page.goto("/console/keys")
        assert answer is not None
        status = answer.status
        if status != 200:
            break

    assert status == 429
    assert page_faults(page) == []
