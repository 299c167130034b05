"""Test the density of every list of the console in a real browser."""

import pytest
from tests.doses.browser.conftest import OpenPage, Serve, rows_on_screen
from tests.doses.browser.sites import OPERATOR_SCOPES, STATES, full_site

MIN_ROWS = 14  # on a screen of 1280 to 900 pixels
LISTS = (
    "/console/concepts",
    "/console/concepts?order=name&status=DRAFT",
    "/console/reviews?status=DRAFT",
    "/console/spaces",
    "/console/tokens",
    "/console/tasks",
    *(f"/console/tasks/{state}?state={state}" for state in STATES),
    "/console/tasks/dead?state=dead&error_class=PostOfficeClosed",
    "/console/history",
    "/console/history?single=1",
    "/console/history?lifecycle=concept",
    "/console/keys",
)


@pytest.fixture(scope="module")
def site(serve: Serve) -> tuple[str, str]:
    """Return the address of a site with full lists, and an operator's key."""
    site = full_site(MIN_ROWS + 6)
    return serve(site.app), site.key(*OPERATOR_SCOPES).text


@pytest.mark.parametrize("scripts", ["on", "blocked"])
def test_a_screen_shows_fourteen_rows_of_every_list(
    site: tuple[str, str], open_page: OpenPage, scripts: str
) -> None:
    address, key = site
    page = open_page(scripts=scripts, address=address, key=key)

    rows: dict[str, int] = {}
    for path in LISTS:
        page.goto(path)
        rows[path] = rows_on_screen(page)

    assert {path: number for path, number in rows.items() if number < MIN_ROWS} == {}
