"""Test the lists of the console: their filters as people type them, their orders, and reviews."""

import re

import pytest
from attrs import evolve
from tests.web.console.visitor import LIST, Site, Visitor, move_to

from indelible.concepts import ConceptContent
from indelible.testing.stores import CLEARER, MAYA, NOOR, RATIO
from indelible_web.concepts import lists as concept_lists

REVIEWS = "/console/reviews"


def names_on(member: Visitor) -> list[str]:
    """Return the names of the concepts in the table, in order."""
    assert member.answer is not None
    return re.findall(r"<bdi>(.*?)</bdi></a>", member.answer.text.partition("<tbody")[2])


def named(site: Site, *names: str) -> None:
    for name in names:
        site.create(evolve(RATIO, name=name))


def test_the_newest_concept_comes_first_and_columns_sort(any_site: Site) -> None:
    beta = any_site.create(evolve(RATIO, name="Beta"))
    named(any_site, "Alpha", "Gamma")
    any_site.edit(beta, evolve(CLEARER, name="Beta"))
    member = any_site.member()

    member.get(LIST)
    assert names_on(member) == ["Gamma", "Alpha", "Beta"]
    expected = {
        "order=name": (["Alpha", "Beta", "Gamma"], "ascending"),
        "order=changed": (["Beta", "Gamma", "Alpha"], "descending"),
        "order=oldest": (["Beta", "Alpha", "Gamma"], "ascending"),
    }
    for order, (names, direction) in expected.items():
        member.get(LIST)
        text = member.get(member.page.link(order)).text
        assert names_on(member) == names, order
        assert text.count(f'aria-sort="{direction}"') == 1
        assert text.count('aria-sort="none"') == 2


def test_concepts_are_filtered_by_their_last_change(any_site: Site) -> None:
    named(any_site, "Of Maya")
    any_site.create(evolve(RATIO, name="Of Noor"), by=NOOR)
    member = any_site.member(owner=NOOR)
    both = ["Of Noor", "Of Maya"]
    expected = {
        "actor=me": ["Of Noor"],
        "actor=maya": ["Of Maya"],
        "actor=user:maya": ["Of Maya"],
        "actor=system:maya": [],
        "actor=&status=&since=&until=": both,
        "since=2026-01-01&until=2026-01-01": both,
        "since=2026-01-01T00:00:00Z": both,
        "since=2026-01-02": [],
        "until=2025-12-31": [],
        "actor=me&status=DRAFT&text=noor&since=2026-01-01": ["Of Noor"],
        "actor=me&text=maya": [],
    }

    for query, names in expected.items():
        assert member.get(f"{LIST}?{query}").status_code == 200
        assert names_on(member) == names, query

    member = any_site.member()
    member.get(f"{LIST}?actor=me&since=2026-01-01&until=2026-01-01T10:00:00Z&text=x&order=name")

    fields = member.page.form("/concepts").fields
    assert fields["actor"] == ["me"]
    assert fields["since"] == ["2026-01-01"]
    assert fields["until"] == ["2026-01-01T10:00:00Z"]
    assert fields["order"] == ["name"]
    assert LIST in member.page.links
    assert member.page.unlabelled_fields() == []

    for query in [
        "actor=someone:x",
        "actor=a+b",
        "since=yesterday",
        "until=2026-02-30",
        "order=size",
    ]:
        answer = any_site.member().get(f"{LIST}?{query}")

        assert answer.status_code == 422
        assert answer.content_type.startswith("text/html")


def test_an_unknown_parameter_changes_nothing_and_times_are_relative(any_site: Site) -> None:
    named(any_site, "One")
    member = any_site.member()
    for query in ["_external=1", "endpoint=x", "_anchor=x", "values=1", "self=1"]:
        assert member.get(f"{LIST}?{query}").status_code == 200
        assert names_on(member) == ["One"]
        assert not [link for link in member.page.links if query in link]

    named(any_site, "Ratio")
    text = any_site.member().get(LIST).text

    assert re.search(r'title="1 Jan 2026, 00:00:\d\d UTC">.*? ago</time>', text)

    saved = any_site.create(ConceptContent(name=" "))
    member = any_site.member()
    member.get(LIST)

    assert "Unnamed" in member.page.text
    assert f"{LIST}/{saved.concept.id}" in member.page.links


@pytest.mark.slow
def test_pages_keep_filters_and_order(any_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concept_lists, "CONCEPTS_PER_PAGE", 2)
    named(any_site, *(f"Number {number}" for number in range(5)))
    any_site.create(evolve(RATIO, name="Number of Noor"), by=NOOR)
    member = any_site.member()
    member.get(f"{LIST}?actor=me&order=name&text=number")
    names = names_on(member)
    while any("cursor=" in link for link in member.page.links):
        member.get(member.page.link("cursor="))
        names += names_on(member)

    assert names == [f"Number {number}" for number in range(5)]


def test_words_are_looked_for_in_parts_of_a_long_list(
    any_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concept_lists, "MAX_SEARCHED", 3)
    named(any_site, "Proportion", *(f"Number {number}" for number in range(6)))
    member = any_site.member()
    member.get(f"{LIST}?order=newest&text=proportion")
    assert names_on(member) == []
    assert "Nothing found yet" in member.page.words
    assert "Search the next 3" in member.page.words

    member.get(member.page.link("cursor="))
    assert names_on(member) == []
    member.get(member.page.link("cursor="))
    assert names_on(member) == ["Proportion"]
    assert "Search the next" not in member.page.words

    member.get(f"{LIST}?order=oldest&text=proportion")
    assert names_on(member) == ["Proportion"]
    assert "Search the next 3" in member.page.words
    member.get(f"{REVIEWS}?status=DRAFT&text=proportion")
    assert "Nothing found yet" in member.page.words


def test_reviews_are_counted_by_queue_and_by_person_up_to_a_limit(
    any_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        move_to(any_site, "REVIEW", evolve(RATIO, name=f"Waits {number}"))
    move_to(any_site, "APPROVED", evolve(RATIO, name="Approved by Noor"))
    move_to(any_site, "PUBLISHED", evolve(RATIO, name="Published"))
    saved = move_to(any_site, "REVIEW", evolve(RATIO, name="Edited by Maya"))
    any_site.edit(saved, evolve(CLEARER, name="Edited by Maya"))
    named(any_site, "A draft")
    member = any_site.member(owner=MAYA)
    member.get(REVIEWS)

    counts = "To approve 4 To approve, mine 1 To publish 1 To publish, mine 0"
    assert counts in member.page.words
    assert names_on(member) == ["Edited by Maya", "Waits 2", "Waits 1", "Waits 0"]

    member.get(member.page.link("status=REVIEW&actor=me"))
    assert names_on(member) == ["Edited by Maya"]
    member.get(member.page.link("status=APPROVED"))
    assert names_on(member) == ["Approved by Noor"]
    member.get(member.page.link("status=APPROVED&actor=me"))
    assert "Nothing waits here" in member.page.text

    member = any_site.member()
    for query, label in (("", "To approve"), ("?status=APPROVED&actor=me", "To publish, mine")):
        text = member.get(REVIEWS + query).text
        tabs = text.partition('aria-label="Queues"')[2].partition("</nav>")[0]
        assert re.findall(r'aria-current="page">(.*?) <span', tabs) == [label]

    monkeypatch.setattr(concept_lists, "MAX_COUNTED", 2)
    for _ in range(3):
        move_to(any_site, "REVIEW")
    member = any_site.member()
    member.get(REVIEWS)

    assert "To approve 2+" in member.page.words
