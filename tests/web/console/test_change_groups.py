"""Test the groups of the page of history: bulk changes are one row, across pages too."""

import pytest
from attrs import evolve
from tests.web.console.visitor import HISTORY, Site, at, rows_on

from indelible.testing.stores import NOOR, RATIO
from indelible_web.console import changes as console_changes
from indelible_web.console import history as console_history

pytestmark = pytest.mark.slow


def create_many(site: Site, count: int, name: str = "Imported") -> None:
    for number in range(count):
        site.create(evolve(RATIO, name=f"{name} {number}"))


def test_changes_of_one_kind_and_reason_are_one_row(any_site: Site) -> None:
    names = [f"Imported {number}" for number in range(5)]
    for name in names:
        any_site.create(evolve(RATIO, name=name))
    single = any_site.create(evolve(RATIO, name="Single"), by=NOOR)
    member = any_site.member(owner=NOOR)
    member.get(f"{HISTORY}?lifecycle=concept")

    assert [tag for tag, _ in member.page.tags].count("details") == 1
    assert "5 concepts" in member.page.words
    assert all(name in member.page.text for name in names)
    assert at(single) in member.page.links
    member.get(member.page.link("since="))
    assert rows_on(member) == [1] * 5

    saved = any_site.create()
    for number in range(4):
        saved = any_site.edit(saved, evolve(RATIO, definition=f"Number {number}."))
    member = any_site.member()
    member.get(f"{HISTORY}?action=edit")

    assert "Ratio Edited 4 times" in member.page.words


@pytest.mark.parametrize("start", ["", "&beginning=1"])
def test_a_bulk_change_that_is_longer_than_a_page_is_one_row(
    any_site: Site, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    monkeypatch.setattr(console_history, "PAGE_SIZE", 4)
    any_site.create(by=NOOR)
    create_many(any_site, 11)
    any_site.create(by=NOOR)
    member = any_site.member(owner=NOOR)

    member.get(f"{HISTORY}?lifecycle=concept{start}")
    assert rows_on(member) == [1, 11]
    assert "11 concepts" in member.page.words

    member.get(member.page.link("cursor=" if start else "before="))
    assert rows_on(member) == [1]
    assert not [link for link in member.page.links if "before=" in link]


def test_a_group_ends_at_a_limit_and_goes_on_on_the_next_page(
    any_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_history, "PAGE_SIZE", 4)
    monkeypatch.setattr(console_changes, "MAX_CHANGES", 7)
    monkeypatch.setattr(console_changes, "MAX_NAMES", 2)
    create_many(any_site, 10)
    member = any_site.member()

    member.get(f"{HISTORY}?lifecycle=concept")
    assert rows_on(member) == [7]
    for text in ("7 concepts", "Imported 9", "Imported 8", "and 5 more"):
        assert text in member.page.words
    assert "Imported 7" not in member.page.text

    member.get(member.page.link("before="))
    assert rows_on(member) == [3]
    assert not [link for link in member.page.links if "before=" in link]


def test_the_changes_of_a_group_are_listed_one_by_one_page_by_page(
    any_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_history, "PAGE_SIZE", 4)
    create_many(any_site, 6)
    member = any_site.member()
    member.get(f"{HISTORY}?lifecycle=concept")
    assert rows_on(member) == [6]

    member.get(member.page.link("since="))
    assert rows_on(member) == [1] * 4
    member.get(member.page.link("before="))
    assert rows_on(member) == [1] * 2
