"""Test the console in a real browser: accessibility, use without scripts, delay of the feed."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Instance, Opened, overflows, violations

IMAGES = os.environ.get(
    "INDELIBLE_IMAGES"
)  # where to keep the pictures for the documentation, if anywhere
KEPT = {"list", "concept", "diff", "merge", "history"}
LOOKS = [
    (scheme, size, scripts)
    for scheme in ("light", "dark")
    for size in ("desktop", "phone")
    for scripts in ("on", "blocked")
]
FEWEST_VERSIONS = 4


def concept_id(instance: Instance, name: str) -> str:
    found = cast("list[dict[str, Any]]", instance.api("GET", f"/concepts?text={name}")["items"])
    return str(next(each["concept"]["id"] for each in found if each["name"] == name))


def space(page: Page) -> str:
    """Where the space is that the demonstration has read."""
    page.goto("/console/spaces")
    return page.locator("tbody th a").first.get_attribute("href") or ""


def create(
    instance: Instance, name: str, definition: str = "A thing that a test has made."
) -> dict[str, Any]:
    content = {"name": name, "definition": definition, "examples": ["One of it."]}
    return instance.api("POST", "/concepts", {"content": content, "reason": f"made as {name}"})


def edit_meanwhile(instance: Instance, saved: dict[str, Any]) -> None:
    content = saved["version"]["content"] | {
        "definition": "What they wrote.",
        "examples": ["One of it.", "Another."],
    }
    body = {"content": content, "change_note": "somebody else was first"}
    instance.api("PUT", f"/concepts/{saved['concept']['id']}", body, saved["seq"])


def meet(instance: Instance, page: Page) -> dict[str, Any]:
    """Bring the page to two edits that met."""
    saved = create(instance, "Term", "A part of a sum.")
    page.goto(f"/console/concepts/{saved['concept']['id']}/edit")
    edit_meanwhile(instance, saved)
    page.fill("#definition", "A part of a sum or of a difference.")
    page.fill("#explanation", "Terms are added; factors are multiplied.")
    page.fill("#change_note", "says what it is not")
    page.get_by_role("button", name="Save version 2").click()
    expect(page.locator("h1")).to_have_text("Concurrent edits")
    return saved


@pytest.mark.parametrize(("scheme", "size", "scripts"), LOOKS)
def test_no_page_has_accessibility_faults_or_overflow(
    instance: Instance, opened: Opened, scheme: str, size: str, scripts: str
) -> None:
    page = opened(scheme, size, scripts=scripts)
    fraction, mixed = (
        f"/console/concepts/{concept_id(instance, name)}" for name in ("Fraction", "Mixed number")
    )
    places = {
        "list": "/console/concepts",
        "nothing": "/console/concepts?text=nothing+of+the+kind",
        "concept": mixed,
        "published": fraction,
        "version": f"{fraction}/versions/1",
        "diff": f"{fraction}/diff?from=1&to=2",
        "new": "/console/new",
        "edit": f"{mixed}/edit",
        "spaces": "/console/spaces",
        "space": space(page),
        "history": "/console/history",
        "since": "/console/history?beginning=",
        "lost": "/console/nowhere",
    }
    found: dict[str, object] = {}
    for name, path in places.items():
        page.goto(path)
        found[name] = (violations(page), overflows(page))
        keep(page, name, scheme, size, scripts)
    meet(instance, page)
    found["merge"] = (violations(page), overflows(page))
    keep(page, "merge", scheme, size, scripts)
    page.get_by_role("button", name="Sign out").click()
    found["door"] = (violations(page), overflows(page))
    page.fill("#key", "ind_wrong_key")
    page.get_by_role("button", name="Sign in").click()
    found["refused"] = (violations(page), overflows(page))

    assert not {name: wrong for name, wrong in found.items() if wrong != ([], False)}


def keep(page: Page, name: str, scheme: str, size: str, scripts: str) -> None:
    """Keep a picture of the page for the documentation, where one is wanted."""
    if IMAGES and name in KEPT and (size, scripts) == ("desktop", "on"):
        page.wait_for_timeout(400)
        page.screenshot(path=str(Path(IMAGES) / f"console-{name}-{scheme}.png"))


def test_a_concept_is_published_without_scripts(opened: Opened) -> None:
    page = opened(scripts="off")
    page.goto("/console/new")
    page.get_by_label("Name", exact=True).fill("Without a script")
    page.get_by_label("Definition", exact=True).fill("What works when nothing runs in the page.")
    page.get_by_label("Why you create it").fill("to show that it works")
    page.get_by_role("button", name="Create draft").click()
    for button, label in (
        ("Submit for review", "submit"),
        ("Approve", "approve"),
        ("Publish", "publish"),
    ):
        form = page.locator("form.step").filter(
            has=page.get_by_role("button", name=button, exact=True)
        )
        form.get_by_label(f"Reason to {label} it").fill(f"ready to {label}")
        form.get_by_role("button", name=button, exact=True).click()

    expect(page.locator("[aria-current=step]")).to_have_text("Published")
    expect(page.locator(".timeline > li")).to_have_count(4)
    page.get_by_role("link", name="History").click()
    expect(page.locator(".timeline > li").first).to_contain_text("ready to publish")
    page.get_by_role("link", name="Show later changes").click()
    expect(page.locator("h2")).to_have_text("No later changes")


def test_a_space_s_plot_is_described_in_words_and_works_by_keyboard(opened: Opened) -> None:
    page = opened("dark", "phone", scripts="blocked")
    page.goto(space(page))
    marks, centroids = page.locator(".plot .dot").count(), page.locator(".plot .hub").count()
    for summary in page.locator("summary").all():
        summary.focus()
        page.keyboard.press("Enter")

    expect(page.locator(".plot desc")).to_contain_text(f"{marks} pages and {centroids} centroids")
    expect(page.locator("details[open] tbody tr")).to_have_count(marks)
    expect(page.locator("details[open] dt")).to_have_count(centroids)
    assert (violations(page), overflows(page)) == ([], False)


def test_the_search_updates_while_typing_and_has_an_address(opened: Opened) -> None:
    page = opened()
    page.goto("/console/concepts")
    page.get_by_role("searchbox").press_sequentially("Common denom", delay=20)

    expect(page.locator("#found tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("text=Common"))
    assert page.locator("#text").input_value() == "Common denom"


def test_a_new_change_appears_in_the_open_page(
    instance: Instance, opened: Opened, tell: Callable[[str], None]
) -> None:
    page = opened()
    page.goto("/console/history")
    expect(page.locator("[data-mode]")).to_have_text("Live")
    took: list[float] = []
    for _ in range(5):
        name = f"Live {uuid4()}"
        began = time.monotonic()
        create(instance, name)
        page.locator(".timeline > li", has_text=name).first.wait_for()
        took.append(time.monotonic() - began)

    tell(f"the console's feed shows a change after {max(took):.2f} s at most")
    expect(page.locator("[data-announcement]")).to_contain_text("new change")


def test_a_paused_history_stops_and_continues(instance: Instance, opened: Opened) -> None:
    page = opened()
    page.goto("/console/history")
    expect(page.locator("[data-mode]")).to_have_text("Live")
    page.get_by_role("button", name="Pause").click()
    name = f"Paused {uuid4()}"
    create(instance, name)
    page.wait_for_timeout(1_500)
    assert page.locator(".timeline > li", has_text=name).count() == 0
    page.get_by_role("button", name="Pause").click()

    expect(page.locator(".timeline > li", has_text=name)).to_have_count(1)


def test_concurrent_edits_are_merged_by_keyboard(instance: Instance, opened: Opened) -> None:
    page = opened()
    saved = meet(instance, page)
    for name, value in (("definition", "yours"), ("explanation", "yours"), ("examples", "theirs")):
        radio = page.locator(f"input[name='choice.{name}'][value={value}]")
        radio.focus()
        page.keyboard.press("Space")
    page.locator("#change_note").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("This is version 3 now")
    content = cast("Any", instance.api("GET", f"/concepts/{saved['concept']['id']}"))["version"][
        "content"
    ]

    assert content["definition"] == "A part of a sum or of a difference."
    assert content["examples"] == ["One of it.", "Another."]


def test_the_first_tab_is_the_skip_link_and_focus_is_visible(opened: Opened) -> None:
    page = opened()
    page.goto("/console/concepts")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_going_back_after_a_step_shows_the_current_state(
    instance: Instance, opened: Opened
) -> None:
    page = opened()
    saved = create(instance, "Going back")
    page.goto(f"/console/concepts/{saved['concept']['id']}")
    page.get_by_label("Reason to submit it").fill("ready")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("status")).to_contain_text("Submitted for review")
    page.go_back()

    expect(page.locator("[aria-current=step]")).to_have_text("Review")


def test_another_site_can_neither_sign_out_nor_frame_the_console(
    instance: Instance, opened: Opened
) -> None:
    page = opened()
    elsewhere = instance.address.replace("127.0.0.1", "localhost")
    page.route(
        "http://evil.test/**",
        lambda route: route.fulfill(
            content_type="text/html", body=EVIL % (elsewhere, instance.address, instance.address)
        ),
    )
    page.goto("http://evil.test/")
    page.wait_for_timeout(500)
    assert page.frame_locator("iframe").get_by_text("Sign in").count() == 0
    page.locator("#forged button").click()
    page.wait_for_load_state()
    page.goto("/console/concepts")

    expect(page.locator("h1")).to_have_text("Concepts")


EVIL = """<iframe src="%s/console/sign-in"></iframe>
<form id="forged" method="post" action="%s/console/sign-out">
<input name="csrf" value="x"><button>Win</button></form>
<form method="post" action="%s/console/new"><input name="name" value="planted"></form>"""
