"""Test that the browser opens every page of the console, and that no script writes a number."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect
from tests.doses.browser import (
    test_console,
    test_contests,
    test_keys,
    test_money,
    test_projects,
    test_tasks,
)
from tests.doses.browser.conftest import Instance, OpenPage
from tests.doses.browser.sites import empty_site
from tests.doses.browser.test_console import create

from indelible_web.console import OWN_PAGES
from indelible_web.contexts import CONTEXTS

OPENED = (
    *test_console.PAGES.values(),
    *test_tasks.PAGES.values(),
    *test_keys.PAGES.values(),
    *test_projects.PAGES.values(),
    *test_contests.PAGES.values(),
    *test_contests.DOWNLOADS.values(),
    *test_money.PAGES.values(),
    *test_money.DOWNLOADS.values(),
    test_console.SIGN_IN,
)
TIMEOUT_MILLISECONDS = 10_000  # The page of tasks refreshes every two seconds.
HAS_DIGIT = re.compile(r"\d")
TEXTS = """
() => {
  const texts = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode.data);
  return texts;
}
"""
PLANTED = "document.querySelector('main').append(`${40 + 2} tasks by a script`)"


class Texts(HTMLParser):
    """The texts with a digit between the tags of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.texts.add(squeezed(data))


class Served:
    """The texts that a server has sent to a page: documents, fragments and events."""

    def __init__(self, page: Page) -> None:
        self._responses: list[Response] = []
        self._events: list[str] = []
        page.on("response", self._keep)
        session: Any = page.context.new_cdp_session(page)  # its events are untyped
        session.send("Network.enable")
        session.on("Network.eventSourceMessageReceived", self._keep_event)

    def _keep_event(self, event: Mapping[str, Any]) -> None:
        self._events.append(event["data"])

    def _keep(self, response: Response) -> None:
        self._responses.append(response)

    def texts(self) -> set[str]:
        """Return the texts between the tags of everything that the page received."""
        parser = Texts()
        for event in self._events:
            parser.feed(event)
        for response in self._responses:
            if "text/html" in response.headers.get("content-type", "") and response.status == 200:
                parser.feed(response.text())
        parser.close()
        return parser.texts


def squeezed(text: str) -> str:
    """Return the text with single spaces."""
    return " ".join(text.split())


def own_numbers(page: Page, served: Served) -> set[str]:
    """Return the texts with a digit that the page shows, and that no server has sent."""
    shown: set[str] = set()
    for text in page.evaluate(TEXTS):
        if HAS_DIGIT.search(text):
            shown.add(squeezed(text))
    return shown - served.texts()


def test_the_browser_opens_every_page_of_the_application() -> None:
    pages = list(OWN_PAGES)
    for context in CONTEXTS:
        pages += context.pages
    gets = {f"console.{page.name}" for page in pages if page.method == "GET"}
    live = {f"console.{page.name}" for page in pages if page.is_live}
    rules = empty_site().app.url_map
    routed: set[str] = set()
    for rule in rules.iter_rules():
        if rule.endpoint.startswith("console.") and "GET" in (rule.methods or ()):
            routed.add(rule.endpoint)

    adapter = rules.bind("localhost")
    opened: set[str] = set()
    for path in OPENED:
        endpoint, _ = adapter.match(path.partition("?")[0])
        opened.add(str(endpoint))

    assert routed == gets | {"console.static"}
    assert opened == gets - live


@pytest.mark.parametrize("path", ["/console/", "/console/tasks", "/console/keys"])
def test_every_number_of_a_page_comes_from_the_server(open_page: OpenPage, path: str) -> None:
    page = open_page()
    served = Served(page)
    page.goto(path)
    if path.endswith("tasks"):
        expect(page.locator("[data-mode]")).to_have_text("Live", timeout=TIMEOUT_MILLISECONDS)
    assert own_numbers(page, served) == set()

    page.evaluate(PLANTED)
    assert own_numbers(page, served) == {"42 tasks by a script"}


def test_the_numbers_of_new_changes_come_from_the_server(
    instance: Instance, open_page: OpenPage
) -> None:
    page = open_page()
    served = Served(page)
    page.goto("/console/history")
    expect(page.locator("[data-mode]")).to_have_text("Live")
    create(instance, "Counted by the server")

    expect(page.locator("[data-announcement]")).to_have_text("1 new change.")
    assert own_numbers(page, served) == set()


def test_the_number_of_suggestions_comes_from_the_server(open_page: OpenPage) -> None:
    page = open_page()
    served = Served(page)
    page.goto("/console/new")
    page.get_by_label("Prerequisites, number 1").press_sequentially("Frac", delay=20)

    expect(page.locator("main > p[role=status]")).to_have_text(re.compile(r"^\d+ suggestions?\.$"))
    assert own_numbers(page, served) == set()
