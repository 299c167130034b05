"""Test forms of concepts in the console: no typed text is lost, and people merge edits."""

import re
from typing import Final, cast
from urllib.parse import quote

import pytest
from attrs import evolve
from tests.web.console.visitor import LIST, Form, Site, Visitor, as_typed, at, move_to
from tests.web.harness import Json, memory

from indelible import concepts
from indelible.concepts import ConceptContent
from indelible_web.console import history as console_history

WHOLE = ConceptContent(
    name="Ratio",
    definition="A comparison of two quantities.\nBy division.",
    explanation="\nIt begins with an empty line.",
    examples=("The ratio of 6 to 3 is 2.", "Three to\none."),
    prerequisites=("Division",),
    learning_objective="Compare two quantities.",
    misconceptions=("It is a difference.",),
    scope_boundaries="Whole numbers.",
)
ODD = evolve(WHOLE, definition="one\r\ntwo", examples=("a\r\nb", " "), scope_boundaries="")


def editor(member: Visitor) -> Form:
    """Return the form with the fields of a concept."""
    for form in member.page.forms:
        if "name" in form.fields:
            return form
    raise AssertionError("the page has no form of a concept")


@pytest.mark.slow
def test_a_concept_is_created_with_all_its_fields(any_site: Site) -> None:
    member = any_site.member()
    member.get("/console/new")

    answer = member.send("/new", **as_typed(WHOLE), change_note="written in the console")
    assert answer.status_code == 303
    member.follow()

    assert "Created" in member.page.text
    [listed] = any_site.store.read(concepts.list_concepts, concepts.ConceptFilter())
    view = any_site.store.read(concepts.get_concept, listed.concept.id)
    assert view.version.content == WHOLE
    assert view.version.change_note == "written in the console"


def test_a_form_sent_twice_creates_one_concept(any_site: Site) -> None:
    member = any_site.member()
    member.get("/console/new")
    page = member.page

    first = member.send("/new", name="Once", change_note="a first draft")
    member.page = page
    second = member.send("/new", name="Once", change_note="a first draft")

    assert first.location is not None
    assert second.location == first.location
    assert len(any_site.store.read(concepts.list_concepts, concepts.ConceptFilter())) == 1


def test_a_published_concept_is_corrected_by_a_new_one(any_site: Site) -> None:
    saved = move_to(any_site, "PUBLISHED", WHOLE)
    member = any_site.member()
    member.get(f"/console/new?corrects={saved.concept.id}")
    assert editor(member).fields["name"] == ["Ratio"]
    assert member.send("/new", change_note="a mistake in the definition").status_code == 303

    assert any_site.store.feed().changes[-1].data["corrects"] == saved.concept.id


@pytest.mark.slow
def test_an_edit_that_changes_nothing_changes_no_character_and_is_saved_once(
    any_site: Site,
) -> None:
    for content in [WHOLE, ODD, ConceptContent(name="")]:
        saved = any_site.create(content)
        member = any_site.member()
        member.get(at(saved, "/edit"))

        assert member.send("/edit", change_note="looked at it again").status_code == 303

        assert any_site.now(saved).version.content == content
        assert any_site.now(saved).version.version_number == 2

    saved = any_site.create(WHOLE)
    member = any_site.member()
    member.get(at(saved, "/edit"))
    page = member.page
    for _ in range(2):
        member.page = page
        assert member.send("/edit", definition="Once.", change_note="once only").status_code == 303

    assert any_site.now(saved).version.version_number == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"definition": "x" * 20_001}, "TEXT_TOO_LONG"),
        ({"definition": "a \x00 b"}, "TEXT_UNSTORABLE"),
        ({"examples": ["e"] * 201}, "LIST_TOO_LONG"),
        ({"change_note": " "}, "TEXT_BLANK"),
        ({"change_note": "turned \u202earound"}, "TEXT_HAS_CONTROLS"),
    ],
)
def test_an_error_is_shown_at_the_form_which_keeps_its_texts(
    any_site: Site, typed: Json, code: str
) -> None:
    saved = any_site.create(WHOLE)
    member = any_site.member()
    fields = as_typed(evolve(WHOLE, explanation="Typed\r\nat length."))
    fields["change_note"] = "note"
    fields.update(typed)

    for path, ending in (("/console/new", "/new"), (at(saved, "/edit"), "/edit")):
        member.get(path)
        answer = member.send(ending, None, **fields)

        assert answer.status_code == 422
        assert code in member.page.text
        for name, value in fields.items():
            assert field_texts(editor(member), name) == texts_of(value)
    assert any_site.now(saved).seq == 1


def field_texts(form: Form, name: str) -> list[str]:
    """Return the texts of a field's boxes that are not empty, with one kind of line break."""
    return [text.replace("\r\n", "\n") for text in form.fields[name] if text]


def texts_of(value: object) -> list[str]:
    """Return a text, or the texts of a list, in the form of `field_texts`."""
    texts = [value] if isinstance(value, str) else cast("list[str]", value)
    return [text.replace("\r\n", "\n") for text in texts if text]


def test_forms_without_script_or_scope_keep_their_texts(site: Site) -> None:
    saved = site.create(WHOLE)
    member = site.member()
    member.get(at(saved, "/edit"))
    boxes = editor(member).fields["examples"]
    assert boxes[2:] == ["", ""]

    examples = [*boxes[:2], "three", "four"]
    member.send("/edit", examples=examples, definition="half typed", more="examples")

    assert editor(member).fields["examples"] == [*examples, "", ""]
    assert editor(member).fields["definition"] == ["half typed"]
    assert site.now(saved).seq == 1

    saved = site.create()
    member = site.member("console")
    member.get(at(saved, "/edit"))

    answer = member.send("/edit", definition="Typed for nothing", change_note="x y z")

    assert answer.status_code == 403
    assert "SCOPE_MISSING" in member.page.text
    assert editor(member).fields["definition"] == ["Typed for nothing"]


@pytest.mark.slow
def test_an_edit_of_a_published_concept_is_refused_and_keeps_its_texts(site: Site) -> None:
    saved = site.create(WHOLE)
    member = site.member()
    member.get(at(saved, "/edit"))
    page_of_the_draft = member.page
    for status in ("REVIEW", "APPROVED", "PUBLISHED"):
        member.get(at(saved))
        member.show_only_step(status)
        assert member.send("/step", reason="on it goes").status_code == 303

    member.page = page_of_the_draft
    assert member.send("/edit", definition="Too late", change_note="a thought").status_code == 412
    assert "Published" in member.page.text
    member.send("/edit", choice__definition="yours")
    assert "INVALID_TRANSITION" in member.page.text
    assert editor(member).fields["definition"] == ["Too late"]


class TestMerge:
    """Two concurrent edits: Noor has saved another version since Maya opened her form."""

    THEIRS: Final = evolve(WHOLE, definition="Theirs.", examples=("Theirs alone.",), name="Ratios")
    MINE: Final[Json] = {
        "definition": "Mine.",
        "explanation": "Mine alone.",
        "name": "Ratios",
        "change_note": "my note",
    }

    def open_merge(self, site: Site) -> tuple[concepts.ConceptSaved, Visitor]:
        """Return the concept before both edits, and Maya at the page of the merge."""
        saved = site.create(WHOLE)
        member = site.member()
        member.get(at(saved, "/edit"))
        site.edit(saved, self.THEIRS)
        answer = member.send("/edit", **self.MINE)
        assert answer.status_code == 412
        return saved, member

    def test_both_edits_are_shown_with_their_base_and_without_a_choice(
        self, any_site: Site
    ) -> None:
        saved, member = self.open_merge(any_site)

        for text in (
            "STALE",
            "Definition Conflict: both changed this",
            "Explanation Only you changed this",
            "Examples Only they changed this",
            "Name: both edits changed it to the same text.",
            "Both of you changed 1 field.",
        ):
            assert text in member.page.words
        for _, attributes in member.page.tags:
            assert attributes.get("type") != "radio" or "checked" not in attributes
        assert any_site.now(saved).version.content == self.THEIRS

    @pytest.mark.slow
    def test_the_merge_is_saved_as_it_was_chosen(self, any_site: Site) -> None:
        saved, member = self.open_merge(any_site)
        member.send(
            "/edit",
            choice__definition="theirs",
            choice__explanation="yours",
            choice__examples="theirs",
        )
        member.follow()

        version = any_site.now(saved).version
        assert version.content == evolve(self.THEIRS, explanation="Mine alone.")
        assert version.change_note == "my note"
        assert version.version_number == 3

    @pytest.mark.slow
    def test_a_merge_can_have_a_new_text(self, any_site: Site) -> None:
        saved, member = self.open_merge(any_site)
        choices: Json = {
            "choice__definition": "yours",
            "choice__explanation": "theirs",
            "choice__examples": "yours",
        }
        member.send("/edit", **choices, definition="Both.", examples=["One.", "", "Another."])

        content = any_site.now(saved).version.content
        assert content.definition == "Both."
        assert content.examples == ("One.", "Another.")
        assert content.explanation == WHOLE.explanation

    @pytest.mark.slow
    def test_a_merge_without_a_choice_is_refused_and_keeps_the_others(self, any_site: Site) -> None:
        saved, member = self.open_merge(any_site)
        answer = member.send("/edit", choice__definition="theirs", definition="Half written.")

        assert answer.status_code == 422
        assert "MERGE_UNDECIDED" in member.page.text
        assert editor(member).fields["choice.definition"] == ["theirs"]
        assert editor(member).fields["definition"] == ["Half written."]
        assert any_site.now(saved).seq == 2

        member.send("/edit", choice__explanation="yours", choice__examples="yours")
        assert any_site.now(saved).version.content.definition == "Theirs."

    @pytest.mark.slow
    def test_a_third_edit_leads_to_another_merge(self, any_site: Site) -> None:
        saved, member = self.open_merge(any_site)
        any_site.edit(evolve(saved, seq=2), evolve(self.THEIRS, explanation="Theirs, later."))
        choices: Json = {
            "choice__definition": "yours",
            "choice__explanation": "yours",
            "choice__examples": "theirs",
        }
        answer = member.send("/edit", **choices)

        assert answer.status_code == 412
        assert "Explanation Conflict: both changed this" in member.page.words
        assert "Definition Only you changed this" in member.page.words
        assert any_site.now(saved).seq == 3

    def test_an_error_while_merging_leads_back_to_the_merge(self, site: Site) -> None:
        saved, member = self.open_merge(site)
        choices: Json = {
            "choice__definition": "yours",
            "choice__explanation": "yours",
            "choice__examples": "theirs",
        }
        assert member.send("/edit", **choices, definition="x" * 20_001).status_code == 422
        assert editor(member).fields["definition"] == ["x" * 20_001]

        assert member.send("/edit", definition="Short.").status_code == 412
        assert "Concurrent edits" in member.page.text
        assert site.now(saved).seq == 2


def test_a_form_sent_again_with_another_text_is_refused_and_then_merged(site: Site) -> None:
    saved = site.create(WHOLE)
    member = site.member()
    member.get(at(saved, "/edit"))
    page = member.page
    member.send("/edit", definition="First.", change_note="first thought")

    member.page = page
    answer = member.send("/edit", definition="Second.", change_note="second thought")

    assert answer.status_code == 409
    assert "IDEMPOTENCY_KEY_CONFLICT" in member.page.text

    assert member.send("/edit").status_code == 412
    assert site.now(saved).version.content.definition == "First."


@pytest.mark.slow
def test_errors_have_pages_that_reveal_nothing(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    site = Site(memory())
    member = site.member()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(console_history, "list_view", fail)
    answer = member.get("/console/history?beginning=")

    assert answer.status_code == 500
    assert "INTERNAL_ERROR" in answer.text
    assert "secret of the house" not in answer.text

    member = site.member()
    member.get("/console/new")

    answer = member.send("/new", name="x", definition="y" * 2**21, change_note="large")

    assert answer.status_code == 413
    assert "BODY_TOO_LARGE" in member.page.text
    assert LIST in member.page.links


def test_a_concept_without_a_name_is_created_after_a_question(any_site: Site) -> None:
    member = any_site.member()
    member.get("/console/new")
    answer = member.send("/new", name="  ", definition="Half a thought.", change_note="later")

    assert answer.status_code == 200
    assert "The concept has no name." in member.page.words
    assert "Create without a name" in member.page.words
    assert any_site.store.read(concepts.list_concepts, concepts.ConceptFilter()) == ()
    assert editor(member).fields["definition"] == ["Half a thought."]
    assert editor(member).fields["change_note"] == ["later"]

    assert member.send("/new", unnamed="yes").status_code == 303
    [listed] = any_site.store.read(concepts.list_concepts, concepts.ConceptFilter())
    assert (listed.name, listed.definition) == ("  ", "Half a thought.")


def test_a_name_given_after_the_question_creates_the_concept(site: Site) -> None:
    member = site.member()
    member.get("/console/new")
    member.send("/new", definition="Half a thought.", change_note="later")

    assert member.send("/new", name="Half").status_code == 303
    [listed] = site.store.read(concepts.list_concepts, concepts.ConceptFilter())
    assert listed.name == "Half"


def test_prerequisites_are_text_fields_with_suggestions(site: Site) -> None:
    several_lines = evolve(WHOLE, prerequisites=("Division", "Two\nlines"))
    saved = site.create(several_lines)
    member = site.member()
    member.get(at(saved, "/edit"))

    fields = [
        (tag, attributes)
        for tag, attributes in member.page.tags
        if attributes.get("name") == "prerequisites"
    ]
    assert [tag for tag, _ in fields] == ["input", "textarea", "input", "input"]
    assert fields[0][1]["data-suggestions"] == "/console/concept-names"
    assert member.page.unlabelled_fields() == []

    assert member.send("/edit", change_note="looked at it again").status_code == 303
    assert site.now(saved).version.content == several_lines


def test_suggestions_are_at_most_eight_names_that_begin_with_the_text(any_site: Site) -> None:
    for name in ("Division", "Divisor", "Sum of <b>", "  ", "Indivisible"):
        any_site.create(evolve(WHOLE, name=name))
    member = any_site.member()
    expected = {
        "divis": ["Division", "Divisor"],
        " DIVISI ": ["Division"],
        "sum": ["Sum of &lt;b&gt;"],
        "": [],
        "%": [],
    }

    for text, names in expected.items():
        answer = member.get(f"/console/concept-names?text={quote(text)}")
        assert re.findall('data-value="(.*?)"', answer.text) == names, text
    assert member.get("/console/concept-names?text=%00").status_code == 422

    for number in range(10):
        any_site.create(evolve(WHOLE, name=f"Number {number}"))

    answer = any_site.member().get("/console/concept-names?text=number")

    assert answer.text.count('role="option"') == 8
