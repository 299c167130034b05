"""Test the search of all pages: by name, by id, and only what the caller may see."""

from urllib.parse import quote

import pytest
from attrs import evolve
from tests.web.console.visitor import LIST, Site, Visitor, at
from tests.web.minting import MAYA_S, minted

from indelible import captures
from indelible.kernel import Actor
from indelible.testing.stores import NOOR, RATIO
from indelible_web.console import search as console_search

SEARCH = "/console/search"
SPACE_SCOPES = ("console", "captures:read")


def search(member: Visitor, text: str) -> list[str]:
    """Search for a text and return the links of the page's own content."""
    answer = member.get(f"{SEARCH}?q={quote(text)}")
    assert answer.status_code == 200
    member.page.links = [link for link in member.page.links if f'"{link}"' in main_of(answer.text)]
    return member.page.links


def main_of(html: str) -> str:
    return html.partition("<main")[2].replace("&amp;", "&")


def space(site: Site, owner: Actor, name: str) -> str:
    command = captures.CreateSpace(user_id=owner.id, name=name, model="test", dimension=3)
    saved = site.store.run(captures.create_space, command, actor=owner, reason="a test")
    return saved.space.id


@pytest.mark.slow
def test_every_page_has_the_search_and_it_keeps_its_text(site: Site) -> None:
    member = site.member()
    for path in (LIST, "/console/new", "/console/history", SEARCH):
        text = member.get(path).text
        assert 'action="/console/search"' in text, path
        assert member.page.unlabelled_fields() == []

    text = member.get(f"{SEARCH}?q=Half+a").text
    assert 'name="q"' in text
    assert 'value="Half a"' in text


@pytest.mark.slow
def test_concepts_are_found_by_the_beginning_of_their_names_and_anything_by_its_id(
    any_site: Site,
) -> None:
    ratio = any_site.create(evolve(RATIO, name="Ratio"))
    other = any_site.create(evolve(RATIO, name="Rational number"))
    any_site.create(evolve(RATIO, name="A ratio"))
    member = any_site.member()

    links = search(member, "RATIO")
    assert [link for link in links if link in (at(ratio), at(other))] == [at(ratio), at(other)]
    assert f"{LIST}?text=RATIO" in links
    assert "A ratio" not in member.page.text

    links = search(member, ratio.concept.id)
    assert at(ratio) in links
    assert f"/console/history?entity_id={ratio.concept.id}" in links

    key = any_site.key(owner=NOOR).key
    member = any_site.member()
    links = search(member, key.id)

    assert "API key of user:noor" in member.page.words
    assert f"/console/history?entity_id={key.id}" in links


@pytest.mark.slow
def test_tokens_are_found_by_their_on_chain_id(any_site: Site) -> None:
    minted(any_site.store, MAYA_S, MAYA_S)
    member = any_site.member("console", "tokens:read")

    assert search(member, "2") == [f"{LIST}?text=2", "/console/tokens/2"]
    for text in ("3", "0", "9" * 90, "-1", "1.0", "²"):
        assert search(member, text) == [f"{LIST}?text={quote(text)}"], text
    assert "/console/tokens/2" not in search(any_site.member("console"), "2")


def test_own_spaces_alone_are_found(any_site: Site) -> None:
    own = space(any_site, Actor.user("maya"), "Notes on ratios")
    other = space(any_site, NOOR, "Notes of Noor")
    member = any_site.member(*SPACE_SCOPES)

    assert f"/console/spaces/{own}" in search(member, "Notes")
    assert "Notes of Noor" not in member.page.text
    assert f"/console/spaces/{own}" in search(member, own)
    assert f"/console/spaces/{other}" not in search(member, other)
    assert "Notes of Noor" not in member.page.text
    assert f"/console/spaces/{own}" not in search(any_site.member("console"), own)

    space(any_site, Actor.user("maya"), "Notes")
    member = any_site.member("console", "admin", owner=Actor.system("tests"))

    assert "Notes" not in "".join(search(member, "Note"))


def test_a_search_without_results_and_an_impossible_one_say_so(site: Site) -> None:
    member = site.member()

    search(member, "nothing of the kind")
    assert "Nothing found" in member.page.text
    search(member, "   ")
    assert "Nothing found" not in member.page.text

    for text in ["\x00", "x" * 1_001]:
        answer = site.member().get(f"{SEARCH}?q={quote(text)}")

        assert answer.status_code == 422
        assert answer.content_type.startswith("text/html")


def test_a_long_result_ends_at_a_limit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_search, "MAX_MATCHES", 3)
    for number in range(5):
        site.create(evolve(RATIO, name=f"Number {number}"))
    member = site.member()

    links = search(member, "number")
    assert len([link for link in links if link.startswith(f"{LIST}/")]) == 3
    assert "These are the first 3" in member.page.words
