"""Test the page of the API in a real browser: a request is sent from its form."""

import json

from playwright.sync_api import ConsoleMessage, Page, expect
from tests.doses.browser.conftest import Instance, OpenPage

TIMEOUT_MILLISECONDS = 20_000


def open_docs(open_page: OpenPage, errors: list[str]) -> Page:
    """Return the page of the API; what the browser reports as an error goes to the list."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page = open_page()
    page.on("console", note)
    page.goto("/docs")
    expect(page.locator(".opblock").first).to_be_visible(timeout=TIMEOUT_MILLISECONDS)
    return page


def test_a_request_is_sent_from_the_page_of_the_api(
    instance: Instance, open_page: OpenPage
) -> None:
    errors: list[str] = []
    page = open_docs(open_page, errors)
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill(instance.key.strip())
    page.locator(".auth-btn-wrapper .authorize").click()
    page.locator(".btn-done").click()

    operation = page.locator("#operations-concepts-list_concepts")
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response")
    expect(answer.locator(".response-col_status")).to_contain_text(
        "200", timeout=TIMEOUT_MILLISECONDS
    )
    body = json.loads(answer.locator(".highlight-code code, .microlight").first.inner_text())

    assert body["items"]
    assert errors == []


def test_the_type_of_a_problem_leads_to_the_text_of_its_code(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/docs#STALE")

    expect(page.locator("#STALE")).to_contain_text("412", timeout=TIMEOUT_MILLISECONDS)
