"""The console's pages of a consent with versions: what changed between two of them, by words."""

import re
from collections.abc import Generator
from itertools import count
from typing import Any

import pytest
from tests.conftest import POLICY
from tests.examples.consents import Consent, consents, grants
from tests.examples.tickets import Ticket, tickets
from tests.web.console.own_site import assert_sound, member_of, own_site, run, text_of
from tests.web.console.visitor import EVERY_MARKUP, Site, Visitor

from indelible.kernel import Head
from indelible_sql import open_store
from indelible_web.own_pages.versions import VERSIONS_PER_PAGE

OWN = (consents, grants, tickets)
NUMBERS = count(1)


@pytest.fixture
def site(sqlite_url: str) -> Generator[Site]:
    store: Any = open_store(sqlite_url, contexts=OWN, policy=POLICY)
    store.upgrade()
    yield own_site(*OWN, store=store)
    store.dispose()


@pytest.fixture
def member(site: Site) -> Visitor:
    return member_of(site, *OWN)


def revised(site: Site, *texts: str) -> Head[Any]:
    """Return a consent with a version for each text."""
    first, *others = texts
    head = run(
        site, consents, Consent.draft(number=f"C-{next(NUMBERS)}", scope="Blood", text=first)
    )
    for index, text in enumerate(others):
        head = run(site, consents, Consent.annotate(head, note=f"Note {index}"))
        head = run(site, consents, Consent.revise(head, text=text), reason=f"revision {index}")
    return head


def versions_on(member: Visitor) -> str:
    """Return the words of the section about versions."""
    return member.page.words.partition(" Versions ")[2].partition(" History ")[0]


def at(head: Head[Any], ending: str = "") -> str:
    return f"/console/consents/{head.id}{ending}"


def test_a_page_lists_versions_with_the_words_that_changed(site: Site, member: Visitor) -> None:
    head = revised(site, "We take some blood.", "We take much blood.")
    assert member.get(at(head)).status_code == 200
    words = versions_on(member)

    assert_sound(member)
    second, _, first = words.partition("Version 1")
    assert "Version 2" in second
    assert "We take [removed: some ] [added: much ] blood." in second
    assert "revision 0" in second
    assert "removed" not in first
    assert "Note 0" not in words
    assert member.page.link("/versions/2") == at(head, "/versions/2")


def test_a_version_has_a_page_with_what_changed(site: Site, member: Visitor) -> None:
    head = revised(site, "We take some blood.", "We take much blood.", "We take no blood.")
    assert member.get(at(head, "/versions/2")).status_code == 200
    words = member.page.words

    assert_sound(member)
    assert "Version 2, as change 3 has left it" in words
    assert "We take much blood." in words
    assert "We take [removed: some ] [added: much ] blood." in words
    assert "no blood" not in words
    assert member.get(member.page.link("/versions/1")).status_code == 200
    assert "We take some blood." in member.page.words
    assert "Changes since" not in member.page.words


def test_many_versions_have_several_pages(site: Site, member: Visitor) -> None:
    count = VERSIONS_PER_PAGE + 3
    head = revised(site, *(f"Text {number}" for number in range(1, count + 1)))
    assert member.get(at(head)).status_code == 200
    words = versions_on(member)
    assert numbers_in(words) == list(range(count, 3, -1))
    # The oldest on the page differs from the one before it.
    assert "[removed: 3] [added: 4]" in words

    assert member.get(member.page.link("versions_before=4")).status_code == 200
    words = versions_on(member)
    assert numbers_in(words) == [3, 2, 1]
    assert "Earlier versions" not in words
    assert member.get(at(head, "?versions_before=1")).status_code == 200
    assert versions_on(member) == ""


def numbers_in(words: str) -> list[int]:
    """Return the numbers of versions in their order."""
    return [int(number) for number in re.findall(r"Version (\d+)", words)]


def test_versions_have_pages_as_text_and_bad_input_is_refused(site: Site, member: Visitor) -> None:
    for ending, status in [
        ("/versions/2", 404),
        ("/versions/9223372036854775808", 422),
        ("/versions/0", 422),
        ("/versions/one", 422),
        ("?versions_before=0", 422),
    ]:
        head = revised(site, "Text")
        assert member.get(at(head, ending)).status_code == status
        assert_sound(member)

    head = run(site, tickets, Ticket.open(number="T-1", title="Fire"))
    assert member.get(f"/console/tickets/{head.id}").status_code == 200
    assert 'id="versions"' not in text_of(member)
    assert member.get(f"/console/tickets/{head.id}/versions/1").status_code == 404


def test_markup_in_a_version_is_text(site: Site, member: Visitor) -> None:
    head = revised(site, f"a {EVERY_MARKUP}", f"b {EVERY_MARKUP}")
    for ending in ("", "/versions/2"):
        assert member.get(at(head, ending)).status_code == 200
        assert_sound(member)
