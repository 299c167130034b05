"""The console's pages of a shipment show the rows that its actions have appended."""

import re
from collections.abc import Generator
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
from tests.conftest import POLICY
from tests.examples.shipments import Condition, Shipment, shipments
from tests.web.console.own_site import assert_sound, member_of, own_site, run
from tests.web.console.visitor import Site, Visitor

from indelible.kernel import Head, instant_text
from indelible_sql import open_store
from indelible_web.own_pages.rows import ROWS_PER_PAGE

NUMBERS = count(1)


@pytest.fixture
def site(sqlite_url: str) -> Generator[Site]:
    store: Any = open_store(sqlite_url, contexts=(shipments,), policy=POLICY)
    store.upgrade()
    yield own_site(shipments, store=store)
    store.dispose()


@pytest.fixture
def member(site: Site) -> Visitor:
    return member_of(site, shipments)


def scanned(site: Site, *places: str) -> Head[Any]:
    """Return a shipment of two parcels that was scanned at places."""
    head = run(site, shipments, Shipment.send(number=f"S-{next(NUMBERS)}", labels=("a", "b")))
    for place in places:
        head = run(site, shipments, Shipment.scan(head, place=place, condition=Condition.GOOD))
    return head


def at(head: Head[Any], ending: str = "") -> str:
    return f"/console/shipments/{head.id}{ending}"


def section(member: Visitor, title: str, following: str) -> str:
    """Return the words of the section of a record."""
    return member.page.words.partition(f" {title} Change")[2].partition(f" {following} ")[0]


def test_a_page_shows_the_rows_of_each_record(site: Site, member: Visitor) -> None:
    head = scanned(site, "Hamburg", "<script>alert(1)</script>")
    assert member.get(at(head)).status_code == 200
    scans = section(member, "Scans", "History")

    assert_sound(member)
    assert "Hamburg" in scans
    assert "Good" in scans
    assert "user:maya" in scans
    assert section(member, "Parcels", "Scans") == "Label 1 a 1 b"
    assert "Next scans" not in scans
    assert "digest" not in member.page.words


def test_many_rows_have_several_pages(site: Site, member: Visitor) -> None:
    head = scanned(site, *(f"Place {number}." for number in range(ROWS_PER_PAGE + 2)))
    assert member.get(at(head)).status_code == 200
    assert places(member) == list(range(ROWS_PER_PAGE))

    assert member.get(member.page.link("rows_after=")).status_code == 200
    assert places(member) == [ROWS_PER_PAGE, ROWS_PER_PAGE + 1]
    assert section(member, "Parcels", "Scans") == "Label 1 a 1 b"
    assert "First scans" in member.page.words
    assert_sound(member)


def places(member: Visitor) -> list[int]:
    """Return the numbers of the places in the section of scans."""
    return [int(one) for one in re.findall(r"Place (\d+)\.", section(member, "Scans", "History"))]


def test_a_page_shows_the_rows_of_each_record_and_of_an_earlier_time(
    site: Site, member: Visitor
) -> None:
    first = scanned(site, "Hamburg")
    at_first = instant_text(first.entity.updated_at)
    run(site, shipments, Shipment.scan(first, place="Bremen", condition=Condition.DAMAGED))
    assert member.get(at(first, f"/as-of?at={quote(at_first)}")).status_code == 200

    assert "Hamburg" in member.page.words
    assert "Bremen" not in member.page.words
    assert_sound(member)

    for ending, status in [
        ("?record=scan&rows_after=1", 400),
        ("?record=scan&rows_after=-1.0", 400),
        ("?record=scan&rows_after=%C2%B2.1", 400),  # a digit that is no number
        ("?record=scan&rows_after=99999999999999999999.1", 422),
        ("?record=nothing&rows_after=1.1", 200),
    ]:
        head = scanned(site, "Hamburg")

        assert member.get(at(head, ending)).status_code == status
