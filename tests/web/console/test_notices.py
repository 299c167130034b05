"""Test the notices of the console: shown once, after the action that they are about."""

from datetime import timedelta

import pytest
from flask import redirect, request
from tests.web.console.visitor import EVERY_MARKUP, HISTORY, LIST, Site, Visitor, assert_text_on
from tests.web.harness import memory
from werkzeug.wrappers import Response

from indelible.testing.stores import BEGINNING
from indelible_web.console.context import ConsoleContext
from indelible_web.console.notices import COOKIE, MAX_AGE_SECONDS, MAX_NOTICE_LENGTH
from indelible_web.console.page import ConsolePage
from indelible_web.console.times import duration, relative
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS

TEXT = "The letter is sent."


def act(console: ConsoleContext) -> Response:
    """Leave a notice, and redirect to the list."""
    console.notices.leave(request.args["text"])
    return redirect(LIST, 303)


ACTING = WebContext(name="acting", pages=(ConsolePage(rule="/act", view=act),))


@pytest.fixture(scope="module")
def acting_site() -> Site:
    return Site(memory(), contexts=(*CONTEXTS, ACTING))


@pytest.fixture
def member(acting_site: Site) -> Visitor:
    """Return a member of a site with a page whose view leaves a notice."""
    return acting_site.member()


def leave(member: Visitor, text: str = TEXT) -> None:
    member.client.get("/console/act", query_string={"text": text})


def statuses(member: Visitor) -> list[str]:
    return [tag for tag, attributes in member.page.tags if attributes.get("role") == "status"]


@pytest.mark.slow
def test_a_notice_is_shown_once_and_never_with_an_error(member: Visitor) -> None:
    leave(member)
    member.get(HISTORY)
    assert TEXT in member.page.text
    assert "div" in statuses(member)

    member.get(HISTORY)
    assert TEXT not in member.page.text
    assert member.client.get_cookie(COOKIE) is None

    leave(member, "First.")
    leave(member, "Second.")
    member.get(LIST)

    assert "Second." in member.page.text
    assert "First." not in member.page.text

    leave(member)
    assert member.get(f"{LIST}/unknown").status_code == 404
    assert TEXT not in member.page.text

    member.get(LIST)
    assert TEXT not in member.page.text

    leave(member, "x" * MAX_NOTICE_LENGTH)
    member.get(LIST)
    assert "x" * MAX_NOTICE_LENGTH in member.page.text

    leave(member, "y" * (MAX_NOTICE_LENGTH + 1))
    member.get(LIST)
    assert "y" * (MAX_NOTICE_LENGTH - 1) + "…" in member.page.text
    assert "y" * MAX_NOTICE_LENGTH not in member.page.text


def test_a_forged_or_foreign_notice_is_not_shown(acting_site: Site, member: Visitor) -> None:
    leave(member)
    cookie = member.client.get_cookie(COOKIE)
    assert cookie is not None
    other = acting_site.member()
    other.client.set_cookie(COOKIE, cookie.value)

    other.get(LIST)

    assert TEXT not in other.page.text

    for forged in ["", "x", "IlBsYW50ZWQi", "IlBsYW50ZWQi.e30", "\u00ff", "a" * 3_000]:
        member.client.set_cookie(COOKIE, forged)

        assert member.get(LIST).status_code == 200

        assert "Planted" not in member.page.text
        assert not [tag for tag in statuses(member) if tag == "div"]
        assert member.client.get_cookie(COOKIE) is None

    answer = member.client.get("/console/act", query_string={"text": TEXT})

    header = answer.headers["Set-Cookie"]
    assert header.startswith(f"{COOKIE}=")
    attributes = {f"Max-Age={MAX_AGE_SECONDS}", "HttpOnly", "SameSite=Lax", "Path=/"}
    assert attributes <= set(header.split("; "))
    assert "Secure" not in header


def test_notices_are_text(member: Visitor) -> None:
    leave(member, EVERY_MARKUP[:MAX_NOTICE_LENGTH])
    assert_text_on(member, LIST)


def test_times_and_durations_are_relative_with_the_exact_time_as_title() -> None:
    for seconds, expected in [
        (0, "now"),
        (5, "5 seconds ago"),
        (90, "2 minutes ago"),
        (3_600, "an hour ago"),
        (7_200, "2 hours ago"),
        (86_400, "a day ago"),
        (-120, "2 minutes from now"),
    ]:
        text = relative(BEGINNING, BEGINNING + timedelta(seconds=seconds))

        assert text == (
            '<time datetime="2026-01-01T00:00:00.000000+00:00" title="1 Jan 2026, 00:00:00 UTC">'
            f"{expected}</time>"
        )

    for seconds, expected in [
        (-5, "0 s"),
        (0, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7_199, "119 min"),
        (7_200, "2 h"),
    ]:
        assert duration(timedelta(seconds=seconds)) == expected
