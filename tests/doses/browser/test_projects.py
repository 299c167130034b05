"""Test projects and jobs in a real browser: accessibility, use without scripts, live jobs."""

import sys
import time
from collections.abc import Mapping
from typing import Final

import pytest
from attrs import frozen
from playwright.sync_api import Page, expect
from tests.doses.browser.conftest import OpenPage, Serve, page_faults, rows_on_screen
from tests.doses.browser.sites import LONG_TEXT
from tests.doses.browser.test_console import LOOKS
from tests.web.building import (
    bind,
    created_job,
    created_project,
    fail,
    finish,
    progress,
    start,
)
from tests.web.console.visitor import Site
from tests.web.harness import memory

from indelible.projects import Phase

SCOPES: Final = ("console", "projects:read", "projects:write")
TIMEOUT_MILLISECONDS: Final = 10_000
MIN_ROWS: Final = 14  # Of a dense table in a window of 900 px.
MEASURED_LINES: Final = 10
PAGES: Final = {
    "projects": "/console/projects",
    "no projects": "/console/projects?name_prefix=nothing",
    "project": "/console/projects/{project}",
    "empty project": "/console/projects/{empty}",
    "pending job": "/console/jobs/{pending}",
    "running job": "/console/jobs/{running}",
    "completed job": "/console/jobs/{completed}",
    "failed job": "/console/jobs/{failed}",
    "unknown job": "/console/jobs/nothing",
    "home": "/console/",
}


@frozen
class ProjectSite:
    """A served site with projects and with a job in every state, and the key of their owner."""

    site: Site
    address: str
    key: str
    ids: Mapping[str, str]

    def open(self, open_page: OpenPage, name: str = "", **options: str) -> Page:
        """Return the page of a name, opened by the owner."""
        page = open_page(address=self.address, key=self.key, **options)
        if name:
            page.goto(self.path(name))
        return page

    def path(self, name: str) -> str:
        return PAGES[name].format_map(self.ids)


@pytest.fixture(scope="module")
def projects(serve: Serve) -> ProjectSite:
    site = Site(memory())
    store = site.store
    ids = {"project": created_project(store), "empty": created_project(store, "Empty")}
    bind(store, ids["project"])
    for name in ("completed", "failed", "pending", "running"):
        owner = ids["project"] if name != "failed" else created_project(store, "Alone")
        ids[name] = created_job(store, owner)
        if name != "pending":
            start(store, ids[name])
            progress(store, ids[name], "Cloned.", LONG_TEXT, phase=Phase.COMMIT)
        if name == "completed":
            progress(store, ids[name], warnings=["The repository has no tests.", LONG_TEXT])
            finish(store, ids[name])
        elif name == "failed":
            fail(store, ids[name], LONG_TEXT)
    for number in range(MIN_ROWS + 4):
        created_project(store, f"Dense {number:02}")

    return ProjectSite(site, serve(site.app), site.key(*SCOPES).text, ids)


@pytest.fixture
def running_job(projects: ProjectSite) -> str:
    """Return a new running job."""
    job_id = created_job(projects.site.store, created_project(projects.site.store, "Live"))
    start(projects.site.store, job_id)
    return job_id


def open_live_job(projects: ProjectSite, open_page: OpenPage, job_id: str) -> Page:
    """Return the page of a job that follows it."""
    page = projects.open(open_page)
    page.goto(f"/console/jobs/{job_id}")
    expect(page.locator("[data-mode]")).to_have_text("Live", timeout=TIMEOUT_MILLISECONDS)
    return page


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_of_projects_has_accessibility_faults_or_overflow(
    projects: ProjectSite, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    page = projects.open(open_page, scheme=scheme, size=size, scripts=scripts)

    faults: dict[str, list[str]] = {}
    for name in PAGES:
        page.goto(projects.path(name))
        if scripts == "on" and name in ("pending job", "running job"):
            # The stream stays open, so that the network is never idle.
            page.get_by_role("button", name="Pause").click()
        faults_of_page = page_faults(page)
        if faults_of_page:
            faults[name] = faults_of_page

    assert faults == {}


def test_a_screen_shows_fourteen_projects(projects: ProjectSite, open_page: OpenPage) -> None:
    page = projects.open(open_page, "projects")
    assert rows_on_screen(page) >= MIN_ROWS


def test_a_job_is_readable_and_canceled_without_scripts(
    projects: ProjectSite, open_page: OpenPage, running_job: str
) -> None:
    progress(projects.site.store, running_job, "Cloned.", phase=Phase.PUSH, warnings=["Slow."])
    page = projects.open(open_page, scripts="off")
    page.goto(f"/console/jobs/{running_job}")

    expect(page.locator("[data-lines] li")).to_have_count(1)
    expect(page.locator("[data-warnings] li")).to_have_count(1)
    expect(page.locator("[aria-current=step]")).to_contain_text("Push")
    expect(page.locator("[data-live]")).to_be_hidden()
    expect(page.get_by_text("This page shows the job at the time it was loaded.")).to_be_visible()

    page.get_by_label("Why").fill("wrong prompt")
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.get_by_text("CANCELED: wrong prompt")).to_be_visible()


def test_lines_arrive_while_the_page_is_open(
    projects: ProjectSite, open_page: OpenPage, running_job: str
) -> None:
    page = open_live_job(projects, open_page, running_job)
    delays: list[float] = []
    for number in range(MEASURED_LINES):
        began_at = time.monotonic()
        progress(projects.site.store, running_job, f"line {number}")
        expect(page.locator("[data-lines] li")).to_have_count(
            number + 1, timeout=TIMEOUT_MILLISECONDS
        )
        delays.append(time.monotonic() - began_at)

    delays.sort()
    sys.stdout.write(f"\na log line is visible after {delays[0]:.2f} to {delays[-1]:.2f} s\n")
    expect(page.locator("[data-lines] li").last).to_contain_text("line 9")


def test_phases_and_warnings_follow_the_job(
    projects: ProjectSite, open_page: OpenPage, running_job: str
) -> None:
    page = open_live_job(projects, open_page, running_job)
    current = page.locator("[aria-current=step]")
    store = projects.site.store
    for phase in (Phase.GENERATE, Phase.PUSH):
        progress(store, running_job, phase=phase, warnings=[f"a warning of {phase}"])
        expect(current).to_contain_text(phase.capitalize(), timeout=TIMEOUT_MILLISECONDS)

    expect(page.locator("[data-warnings] li")).to_have_count(2)
    expect(page.locator("[data-no-warnings]")).to_have_count(0)
    expect(page.locator("[data-lines] li")).to_have_count(0)


def test_a_job_that_ends_shows_its_commit_and_takes_the_form_away(
    projects: ProjectSite, open_page: OpenPage, running_job: str
) -> None:
    page = open_live_job(projects, open_page, running_job)
    finish(projects.site.store, running_job)

    expect(page.locator("[data-mode]")).to_have_text("Ended", timeout=TIMEOUT_MILLISECONDS)
    expect(page.get_by_text(f"Job-Id: {running_job}")).to_be_visible()
    expect(page.locator("[data-cancel]")).to_have_count(0)
    assert page_faults(page) == []


def test_a_paused_page_shows_later_what_it_has_missed(
    projects: ProjectSite, open_page: OpenPage, running_job: str
) -> None:
    page = open_live_job(projects, open_page, running_job)
    pause = page.get_by_role("button", name="Pause")
    pause.click()
    expect(page.locator("[data-mode]")).to_have_text("Paused")
    progress(projects.site.store, running_job, "missed")
    expect(page.locator("[data-lines] li")).to_have_count(0)

    pause.click()
    expect(page.locator("[data-lines] li")).to_have_count(1, timeout=TIMEOUT_MILLISECONDS)


def test_a_typed_reason_stays_while_lines_arrive(
    projects: ProjectSite, open_page: OpenPage, running_job: str
) -> None:
    page = open_live_job(projects, open_page, running_job)
    reason = page.get_by_label("Why")
    reason.fill("wrong prompt")
    progress(projects.site.store, running_job, "one line", phase=Phase.PUSH)

    expect(page.locator("[data-lines] li")).to_have_count(1, timeout=TIMEOUT_MILLISECONDS)
    expect(reason).to_have_value("wrong prompt")
    expect(reason).to_be_focused()
