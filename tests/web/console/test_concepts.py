"""Test the pages of concepts in the console: the list, a concept, its versions, its graph."""

import re
from urllib.parse import quote

import pytest
from attrs import evolve
from tests.web.console.visitor import (
    EVERY_MARKUP,
    HISTORY,
    LIST,
    MARKUP,
    Site,
    assert_text_on,
    at,
    move_to,
)

from indelible.concepts import ConceptContent
from indelible.testing.stores import CLEARER, RATIO
from indelible_web.concepts import versions

pytestmark = pytest.mark.slow

BIDI = "safe\u202etxt.exe\u2066"


def test_the_list_shows_concepts_and_what_an_empty_one_offers(any_site: Site) -> None:
    member = any_site.member()
    answer = member.get(LIST)

    assert answer.status_code == 200
    assert "No concepts yet" in member.page.text
    assert "/console/new" in member.page.links

    any_site.edit(any_site.create())
    member = any_site.member()
    member.get(LIST)

    assert "Ratio" in member.page.text
    assert "Draft" in member.page.text
    assert re.search(" (major|minor|info)", member.page.text)


def test_warnings_of_empty_fields_come_last_and_in_one_line(any_site: Site) -> None:
    content = ConceptContent(name="Ratio", definition="A number")
    concept_id = any_site.create(content).concept.id
    member = any_site.member()

    for path in (f"{LIST}/{concept_id}", f"{LIST}/{concept_id}/versions/1"):
        text = member.get(path).text
        assert 0 < text.index("DEF_SHORT") < text.index("EXPL_EMPTY"), path
        summary = (
            "Empty fields: explanation, learning objective, examples, scope boundaries, "
            "misconceptions"
        )
        assert summary in member.page.words, path

    member.get(LIST)
    assert "1 minor 5 empty fields" in member.page.words


def test_the_list_is_filtered_by_literal_words_and_by_status(any_site: Site) -> None:
    any_site.create(evolve(RATIO, name="100 % sure"))
    any_site.create(evolve(RATIO, name="1000 sure"))
    move_to(any_site, "REVIEW", evolve(RATIO, name="Under review"))
    member = any_site.member()
    names = ("100 % sure", "1000 sure", "Under review")
    expected = {
        "text=100+%25": ["100 % sure"],
        "status=REVIEW": ["Under review"],
        "text=sure&status=REVIEW": [],
        "text=&status=": list(names),
    }

    for query, expected_names in expected.items():
        text = member.get(f"{LIST}?{query}").text
        assert [name for name in names if name in text] == expected_names, query

    member = any_site.member()
    member.get(f"{LIST}?text=%3Cb%3E&status=REVIEW")

    assert "No concept matches “<b>” in Review" in member.page.words

    for query in ["cursor=x", "status=NOWHERE", "limit=0", "text=%00"]:
        answer = any_site.member().get(f"{LIST}?{query}")

        assert answer.status_code in {400, 422}
        assert answer.content_type.startswith("text/html")


def test_unknown_addresses_and_versions_are_refused(any_site: Site) -> None:
    member = any_site.member()
    for path in ["/console/concepts/none", "/console/concepts/none/edit", "/console/else/where"]:
        assert member.get(path).status_code == 404
        assert "NOT_FOUND" in member.page.text
        assert LIST in member.page.links

    saved = any_site.create()
    for ending, status in [
        ("/versions/2", 404),
        ("/versions/x", 422),
        ("/diff?from=1&to=9", 404),
        ("/diff", 422),
    ]:
        assert any_site.member().get(at(saved, ending)).status_code == status


def test_the_page_of_a_concept_shows_history_warnings_and_prerequisites(any_site: Site) -> None:
    prerequisites = ("Division", "Nobody")
    any_site.create(evolve(RATIO, name="Division", prerequisites=()))
    saved = any_site.create(evolve(RATIO, prerequisites=prerequisites))
    any_site.edit(saved, evolve(CLEARER, prerequisites=prerequisites))
    member = any_site.member()

    html = member.get(at(saved)).text

    for text in ("a first draft", "says it more clearly", "user:maya", "PREREQ_DANGLING"):
        assert text in member.page.text
    assert '<svg class="graph" role="img"' in html
    assert "Prerequisites of" in html
    assert "desc" in {tag for tag, _ in member.page.tags}
    assert at(saved, "/diff?from=1&to=2") in member.page.links

    saved = any_site.create(ConceptContent(name=""))

    html = any_site.member().get(at(saved)).text

    assert "<svg" not in html
    assert "None of its prerequisites is a concept in this store" in html
    assert "Unnamed" in html

    saved = any_site.create(evolve(RATIO, name="One", prerequisites=("Two",)))
    any_site.create(evolve(RATIO, name="Two", prerequisites=("One",)))
    member = any_site.member()

    html = member.get(at(saved)).text

    assert html.count('class="curve"') == 2
    assert "Cycle: " in member.page.words


def test_too_many_concepts_for_a_drawing_are_a_list(site: Site) -> None:
    names = tuple(f"Part {number}" for number in range(45))
    for name in names:
        site.create(evolve(RATIO, name=name, prerequisites=()))
    saved = site.create(evolve(RATIO, prerequisites=names))

    html = site.member().get(at(saved)).text

    assert "<svg" not in html
    assert "<details open" in html


def test_a_long_history_has_pages(site: Site) -> None:
    saved = site.create()
    for _ in range(60):
        saved = site.edit(saved, evolve(CLEARER, definition=f"Clearer by {saved.seq}."))
    member = site.member()

    member.get(at(saved))
    earlier = member.page.link("before=")
    member.get(earlier.partition("#")[0])

    assert "Created" in member.page.text
    assert not [link for link in member.page.links if "before=" in link]


def test_pages_of_concepts_have_labels_and_show_content_as_text(any_site: Site) -> None:
    texts = tuple(MARKUP.values())
    content = ConceptContent(
        name=EVERY_MARKUP,
        definition=EVERY_MARKUP,
        explanation=EVERY_MARKUP,
        examples=texts,
        prerequisites=texts,
        learning_objective=EVERY_MARKUP,
        misconceptions=texts,
        scope_boundaries=EVERY_MARKUP,
    )
    saved = any_site.create(content)
    longer = [f"{text} more" for text in texts]
    any_site.edit(saved, evolve(content, definition=f"{EVERY_MARKUP} more", examples=tuple(longer)))
    member = any_site.member()
    endings = ("", "/edit", "/versions/1", "/diff?from=1&to=2")
    search = f"/console/search?q={quote(texts[0])}"
    pages = [at(saved, ending) for ending in endings]
    assert_text_on(member, LIST, "/console/new", HISTORY, search, *pages)
    assert "#main" in member.page.links


def test_characters_that_reorder_text_are_marked_except_in_the_form(site: Site) -> None:
    saved = site.create(evolve(RATIO, name=BIDI, definition=BIDI))
    saved = site.edit(saved, evolve(RATIO, name=BIDI, definition="x"))
    member = site.member()

    for path in (
        LIST,
        at(saved),
        at(saved, "/versions/1"),
        at(saved, "/diff?from=1&to=2"),
        HISTORY,
    ):
        body = member.get(path).text.partition("<main")[2]
        assert "U+202E" in body
        assert "\u202e" not in body

    saved = site.create(evolve(RATIO, name=BIDI))

    assert BIDI in site.member().get(at(saved, "/edit")).text


def test_two_versions_are_shown_side_by_side_with_their_changes_marked(any_site: Site) -> None:
    before = evolve(
        RATIO,
        definition="A part of a whole.",
        examples=("one half", "two thirds"),
        scope_boundaries=None,
    )
    after = evolve(
        before,
        definition="A part of a unit.",
        examples=("two thirds", "one half!"),
        scope_boundaries="Here.",
    )
    saved = any_site.create(before)
    any_site.edit(saved, after)
    member = any_site.member()

    html = member.get(at(saved, "/diff?from=1&to=2")).text

    assert '<del><span class="sr"> [removed: </span>whole<span class="sr">] </span></del>' in html
    assert '<ins><span class="sr"> [added: </span>unit<span class="sr">] </span></ins>' in html
    assert "Missing." in member.page.text
    assert "Unchanged: Name" in member.page.text

    saved = any_site.create()
    member = any_site.member()
    member.get(at(saved, "/diff?from=1&to=1"))

    assert "Both versions have the same content" in member.page.text


def test_prerequisites_that_name_one_concept_are_links(any_site: Site) -> None:
    division = any_site.create(evolve(RATIO, name="Division", prerequisites=()))
    twins = [any_site.create(evolve(RATIO, name="Twin", prerequisites=())) for _ in range(2)]
    by_id = any_site.create(evolve(RATIO, name="By id", prerequisites=()))
    prerequisites = ("division", "Twin", "Nobody", by_id.concept.id)
    saved = any_site.create(evolve(RATIO, prerequisites=prerequisites))
    member = any_site.member()

    for path in (at(saved), at(saved, "/versions/1")):
        html = member.get(path).text
        assert f'<a href="{at(division)}">division</a>' in html, path
        assert f'<a href="{at(by_id)}">{by_id.concept.id}</a>' in html, path
        for twin in twins:
            assert at(twin) not in member.page.links, path


def test_versions_are_chosen_from_a_list(any_site: Site) -> None:
    saved = any_site.edit(any_site.create())
    any_site.edit(saved, evolve(CLEARER, name="Third"))
    member = any_site.member()

    for path in (at(saved), at(saved, "/versions/2"), at(saved, "/diff?from=1&to=2")):
        text = member.get(path).text
        assert "Version 1, user:maya, 1 Jan 2026, 00:00:" in text, path
        assert ": says it more clearly</option>" in text, path
        assert 'type="number"' not in text, path

    member.get(at(saved))
    form = member.page.form("/diff")
    assert form.fields == {"from": ["2"], "to": ["3"]}
    answer = member.get(f"{form.action}?from=1&to=3")
    assert answer.status_code == 200
    assert member.page.form("/diff").fields == {"from": ["1"], "to": ["3"]}


def test_old_versions_are_listed_by_number_and_chosen_ones_always(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "MAX_DESCRIBED_CHANGES", 2)
    monkeypatch.setattr(versions, "MAX_OPTIONS", 3)
    saved = site.create()
    for number in range(5):
        saved = site.edit(saved, evolve(CLEARER, definition=f"Number {number}."))
    member = site.member()

    text = member.get(at(saved, "/diff?from=1&to=6")).text
    options = re.findall(r'<option value="(\d+)"', text.partition("compare-from")[2])

    assert options[:4] == ["6", "5", "4", "1"]
    assert ">Version 1</option>" in text
    assert ">Version 4</option>" in text
    assert "Version 5, user:maya" in text
