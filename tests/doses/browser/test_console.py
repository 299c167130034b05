"""Test the console in a real browser: accessibility, use without scripts, delay of the feed."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.doses.browser.conftest import Instance, OpenPage, page_faults

# The folder for the screenshots of the documentation; none are saved without it.
IMAGES = os.environ.get("INDELIBLE_IMAGES")
PICTURES = {"home", "list", "concept", "diff", "space", "history"}
LOOKS = [
    (scheme, size, scripts)
    for scheme in ("light", "dark")
    for size in ("desktop", "phone", "small-phone")
    for scripts in ("on", "blocked")
]
SIGN_IN = "/console/sign-in"
PAGES = {
    "home": "/console/",
    "list": "/console/concepts",
    "empty list": "/console/concepts?text=nothing+of+the+kind",
    "concept": "/console/concepts/{mixed_number}",
    "published": "/console/concepts/{fraction}",
    "version": "/console/concepts/{fraction}/versions/1",
    "diff": "/console/concepts/{fraction}/diff?from=1&to=2",
    "new": "/console/new",
    "edit": "/console/concepts/{mixed_number}/edit",
    "spaces": "/console/spaces",
    "space": "/console/spaces/{space}",
    "sorted list": "/console/concepts?order=name&status=DRAFT&actor=me",
    "reviews": "/console/reviews",
    "own approvals": "/console/reviews?status=APPROVED&actor=me",
    "search": "/console/search?q=Fra",
    "search by id": "/console/search?q={fraction}",
    "empty search": "/console/search?q=nothing+of+the+kind",
    "history": "/console/history",
    "oldest changes": "/console/history?beginning=",
    "filtered changes": "/console/history?lifecycle=concept&action=create&since=2020-01-01",
    "changes one by one": "/console/history?single=1",
    "unknown": "/console/nowhere",
}
MERGE_CHOICES = {"definition": "yours", "explanation": "yours", "examples": "theirs"}


def concept_id(instance: Instance, name: str) -> str:
    """Return the id of the first concept with this name."""
    for concept in instance.request("GET", f"/concepts?text={name}")["items"]:
        if concept["name"] == name:
            return str(concept["concept"]["id"])

    pytest.fail(f"the demonstration has no concept with the name {name}")


def space_path(page: Page) -> str:
    """Return the path of the space that the demonstration has created."""
    page.goto("/console/spaces")
    return page.locator("tbody th a").first.get_attribute("href") or ""


def create(
    instance: Instance, name: str, definition: str = "A concept of the browser tests."
) -> dict[str, Any]:
    content = {"name": name, "definition": definition, "examples": ["First example."]}
    body = {"content": content, "reason": f"first version of {name}"}
    return instance.request("POST", "/concepts", body)


def edit_concurrently(instance: Instance, saved: dict[str, Any]) -> None:
    content = dict(saved["version"]["content"])
    content["definition"] = "One of the numbers that are added."
    content["examples"] = ["First example.", "Second example."]
    body = {"content": content, "change_note": "names the operation"}
    instance.request("PUT", f"/concepts/{saved['concept']['id']}", body, saved["seq"])


def open_conflict(instance: Instance, page: Page) -> dict[str, Any]:
    """Show the page of two concurrent edits, and return the concept before them."""
    saved = create(instance, "Term", "A part of a sum.")
    page.goto(f"/console/concepts/{saved['concept']['id']}/edit")
    edit_concurrently(instance, saved)

    page.fill("#definition", "A part of a sum or of a difference.")
    page.fill("#explanation", "Terms are added; factors are multiplied.")
    page.fill("#change_note", "includes differences")
    page.get_by_role("button", name="Save version 2").click()
    expect(page.locator("h1")).to_have_text("Concurrent edits")

    return saved


def is_pictured(size: str, scripts: str) -> bool:
    """Return True if the documentation gets screenshots of pages that look like this."""
    return IMAGES is not None and size == "desktop" and scripts == "on"


def save_picture(page: Page, name: str, scheme: str) -> None:
    """Save a screenshot for the documentation."""
    assert IMAGES is not None
    page.wait_for_timeout(400)
    page.screenshot(path=str(Path(IMAGES) / f"console-{name}-{scheme}.png"))


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_has_accessibility_faults_or_overflow(
    instance: Instance, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    page = open_page(scheme, size, scripts=scripts)
    ids = {
        "fraction": concept_id(instance, "Fraction"),
        "mixed_number": concept_id(instance, "Mixed number"),
        "space": space_path(page).rpartition("/")[2],
    }

    faults: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        page.goto(path.format(**ids))
        faults_of_page = page_faults(page)
        if faults_of_page:
            faults[name] = faults_of_page
        if is_pictured(size, scripts) and name in PICTURES:
            save_picture(page, name, scheme)

    assert faults == {}


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_the_merge_page_has_no_accessibility_faults_or_overflow(
    instance: Instance, open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    page = open_page(scheme, size, scripts=scripts)

    open_conflict(instance, page)

    assert page_faults(page) == []
    if is_pictured(size, scripts):
        save_picture(page, "merge", scheme)


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_the_sign_in_page_has_no_accessibility_faults_or_overflow(
    open_page: OpenPage, scheme: str, size: str, scripts: str
) -> None:
    page = open_page(scheme, size, scripts=scripts)

    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(f"{SIGN_IN}$"))
    faults = page_faults(page)
    page.fill("#key", "ind_wrong_key")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("UNAUTHENTICATED")
    faults += page_faults(page)

    assert faults == []


def test_a_concept_is_published_without_scripts(open_page: OpenPage) -> None:
    page = open_page(scripts="off")
    page.goto("/console/new")
    page.get_by_label("Name", exact=True).fill("Without a script")
    page.get_by_label("Definition", exact=True).fill("A concept written without scripts.")
    page.get_by_label("Why you create it").fill("to show that it works")
    page.get_by_role("button", name="Create draft").click()

    steps = {"Submit for review": "submit", "Approve": "approve", "Publish": "publish"}
    for label, action in steps.items():
        button = page.get_by_role("button", name=label, exact=True)
        form = page.locator("form.step").filter(has=button)
        form.get_by_label(f"Reason to {action} it").fill(f"ready to {action}")
        button.click()

    expect(page.locator("[aria-current=step]")).to_have_text("Published")
    expect(page.locator(".timeline > li")).to_have_count(4)
    page.get_by_role("link", name="History").click()
    expect(page.locator("tbody tr").first).to_contain_text("ready to publish")
    page.get_by_role("link", name="Show later changes").click()
    expect(page.locator("h2")).to_have_text("No later changes")


def test_the_plot_of_a_space_is_described_in_words_and_works_by_keyboard(
    open_page: OpenPage,
) -> None:
    page = open_page("dark", "phone", scripts="blocked")
    page.goto(space_path(page))
    marks = page.locator(".plot .dot").count()
    centroids = page.locator(".plot .hub").count()

    for summary in page.locator("summary").all():
        summary.focus()
        page.keyboard.press("Enter")

    expect(page.locator(".plot desc")).to_contain_text(f"{marks} pages and {centroids} centroids")
    expect(page.locator("details[open] tbody tr")).to_have_count(marks)
    expect(page.locator("details[open] dt")).to_have_count(centroids)
    assert page_faults(page) == []


def test_the_search_updates_while_typing_and_has_an_address(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/console/concepts")

    page.locator("#text").press_sequentially("Common denom", delay=20)

    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("text=Common"))
    assert page.locator("#text").input_value() == "Common denom"


def test_a_new_change_appears_in_the_open_page(
    instance: Instance, open_page: OpenPage, add_summary_line: Callable[[str], None]
) -> None:
    page = open_page()
    page.goto("/console/history")
    expect(page.locator("[data-mode]")).to_have_text("Live")

    delays: list[float] = []
    for _ in range(5):
        name = f"Live {uuid4()}"
        started_at = time.monotonic()
        create(instance, name)
        page.locator("tbody tr", has_text=name).first.wait_for()
        delays.append(time.monotonic() - started_at)

    add_summary_line(f"the console's feed shows a change after {max(delays):.2f} s at most")
    expect(page.locator("[data-announcement]")).to_contain_text("new change")


def test_a_paused_history_stops_and_continues(instance: Instance, open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/console/history")
    expect(page.locator("[data-mode]")).to_have_text("Live")
    page.get_by_role("button", name="Pause").click()

    name = f"Paused {uuid4()}"
    create(instance, name)
    page.wait_for_timeout(1_500)
    change = page.locator("tbody tr", has_text=name)
    assert change.count() == 0

    page.get_by_role("button", name="Pause").click()
    expect(change).to_have_count(1)


def test_concurrent_edits_are_merged_by_keyboard(instance: Instance, open_page: OpenPage) -> None:
    page = open_page()
    saved = open_conflict(instance, page)

    for name, choice in MERGE_CHOICES.items():
        page.locator(f"input[name='choice.{name}'][value={choice}]").focus()
        page.keyboard.press("Space")
    page.locator("#change_note").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".notice")).to_contain_text("This is version 3 now")
    concept = instance.request("GET", f"/concepts/{saved['concept']['id']}")
    content = concept["version"]["content"]
    assert content["definition"] == "A part of a sum or of a difference."
    assert content["explanation"] == "Terms are added; factors are multiplied."
    assert content["examples"] == ["First example.", "Second example."]


def test_the_first_tab_is_the_skip_link_and_focus_is_visible(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/console/concepts")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_going_back_after_a_step_shows_the_current_state(
    instance: Instance, open_page: OpenPage
) -> None:
    page = open_page()
    saved = create(instance, "Going back")
    page.goto(f"/console/concepts/{saved['concept']['id']}")
    page.get_by_label("Reason to submit it").fill("ready")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.locator(".notice")).to_contain_text("Submitted for review")

    page.go_back()

    expect(page.locator("[aria-current=step]")).to_have_text("Review")


def test_another_site_can_neither_sign_out_nor_frame_the_console(
    instance: Instance, open_page: OpenPage
) -> None:
    page = open_page()
    other_origin = instance.address.replace("127.0.0.1", "localhost")
    evil_page = EVIL_PAGE.format(other_origin=other_origin, origin=instance.address)
    page.route(
        "http://evil.test/**",
        lambda route: route.fulfill(content_type="text/html", body=evil_page),
    )

    page.goto("http://evil.test/")
    page.wait_for_timeout(500)
    assert page.frame_locator("iframe").get_by_text("Sign in").count() == 0

    page.locator("#forged button").click()
    page.wait_for_load_state()
    page.goto("/console/concepts")
    expect(page.locator("h1")).to_have_text("Concepts")


EVIL_PAGE = """
<iframe src="{other_origin}/console/sign-in"></iframe>
<form id="forged" method="post" action="{origin}/console/sign-out">
<input name="csrf" value="x"><button>Win</button></form>
<form method="post" action="{origin}/console/new"><input name="name" value="planted"></form>
"""
