"""Looking at concepts, and taking them a step on."""

import re
from collections.abc import Mapping

import pytest
from attrs import evolve
from tests.web.console.visitor import LIST, Site, at
from tests.web.harness import SCOPES, memory
from tests.web.hostile.rows import MARKUP

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptPolicy, ConceptStatus
from indelible.kernel import Actor
from indelible.testing.stores import CLEARER, RATIO

pytestmark = pytest.mark.slow

NOOR = Actor.user("noor")
BIDI = "safe\u202etxt.exe\u2066"
STEPS = (
    ("DRAFT", "REVIEW", "submit"),
    ("REVIEW", "APPROVED", "approve"),
    ("APPROVED", "PUBLISHED", "publish"),
)


def brought_to(site: Site, status: str, content: ConceptContent = RATIO) -> concepts.ConceptSaved:
    saved = site.create(content)
    commands = (
        (concepts.submit_concept, concepts.SubmitConcept),
        (concepts.approve_concept, concepts.ApproveConcept),
        (concepts.publish_concept, concepts.PublishConcept),
    )
    for handler, command in commands[: list(ConceptStatus).index(ConceptStatus(status))]:
        asked = command(concept_id=saved.concept.id, expected_seq=saved.seq)
        saved = site.store.run(handler, asked, actor=NOOR, reason="a test")  # type: ignore[arg-type] # each with its own
    return saved


def test_an_empty_list_offers_to_create_a_concept(any_site: Site) -> None:
    member = any_site.member()
    answer = member.get(LIST)

    assert answer.status_code == 200
    assert "No concepts yet" in member.page.text
    assert "/console/new" in member.page.links


def test_the_list_shows_the_status_version_and_warnings_of_a_concept(any_site: Site) -> None:
    any_site.edit(any_site.create())
    member = any_site.member()
    member.get(LIST)

    assert "Ratio" in member.page.text
    assert "Draft" in member.page.text
    assert any(severity in member.page.text for severity in (" major", " minor", " info"))


def test_the_list_is_filtered_by_literal_words_and_by_status(any_site: Site) -> None:
    any_site.create(evolve(RATIO, name="100 % sure"))
    any_site.create(evolve(RATIO, name="1000 sure"))
    brought_to(any_site, "REVIEW", evolve(RATIO, name="Under review"))
    member = any_site.member()
    found = {
        query: [
            name
            for name in ("100 % sure", "1000 sure", "Under review")
            if name in member.get(f"{LIST}?{query}").text
        ]
        for query in ("text=100+%25", "status=REVIEW", "text=sure&status=REVIEW", "text=&status=")
    }

    assert found == {
        "text=100+%25": ["100 % sure"],
        "status=REVIEW": ["Under review"],
        "text=sure&status=REVIEW": [],
        "text=&status=": ["100 % sure", "1000 sure", "Under review"],
    }


def test_a_search_without_results_repeats_its_words(site: Site) -> None:
    member = site.member()
    member.get(f"{LIST}?text=%3Cb%3E&status=REVIEW")

    assert "No concept matches “<b>” in Review" in " ".join(member.page.text.split())


def test_a_long_list_has_pages(any_site: Site) -> None:
    for number in range(26):
        any_site.create(evolve(RATIO, name=f"Concept {number:02}"))
    member = any_site.member()
    member.get(LIST)
    first = member.page.text
    member.get(next(link for link in member.page.links if "cursor=" in link))

    shown, rest = (set(re.findall(r"Concept \d\d", text)) for text in (first, member.page.text))

    assert (len(shown), len(rest), len(shown | rest)) == (25, 1, 26)
    assert LIST in member.page.links


@pytest.mark.parametrize("query", ["cursor=x", "status=NOWHERE", "limit=0", "text=%00"])
def test_an_invalid_query_is_refused_with_its_code(site: Site, query: str) -> None:
    answer = site.member().get(f"{LIST}?{query}")

    assert answer.status_code in (400, 422)
    assert answer.content_type.startswith("text/html")


@pytest.mark.parametrize(
    "path", ["/console/concepts/none", "/console/concepts/none/edit", "/console/else/where"]
)
def test_an_unknown_address_has_a_page_with_a_way_back(any_site: Site, path: str) -> None:
    member = any_site.member()

    assert member.get(path).status_code == 404
    assert "NOT_FOUND" in member.page.text
    assert LIST in member.page.links


def test_an_unknown_version_and_an_incomplete_diff_are_refused(site: Site) -> None:
    saved, member = site.create(), site.member()
    found = [
        member.get(at(saved, end)).status_code
        for end in ("/versions/2", "/versions/x", "/diff?from=1&to=9", "/diff")
    ]

    assert found == [404, 422, 404, 422]


def test_a_concept_s_page_shows_its_history_warnings_and_prerequisites(any_site: Site) -> None:
    any_site.create(evolve(RATIO, name="Division", prerequisites=()))
    saved = any_site.create(evolve(RATIO, prerequisites=("Division", "Nobody")))
    any_site.edit(saved, evolve(CLEARER, prerequisites=("Division", "Nobody")))
    member = any_site.member()
    text = member.get(at(saved)).text

    assert "a first draft" in member.page.text
    assert "says it more clearly" in member.page.text
    assert "user:maya" in member.page.text
    assert "PREREQ_DANGLING" in member.page.text
    assert '<svg class="graph" role="img"' in text
    assert "Prerequisites of" in text
    assert any(tag == "desc" for tag, _ in member.page.tags)
    assert at(saved, "/diff?from=1&to=2") in member.page.links


def test_a_concept_without_prerequisites_has_no_drawing(site: Site) -> None:
    member = site.member()
    text = member.get(at(site.create(ConceptContent(name="")))).text

    assert "<svg" not in text
    assert "None of its prerequisites is a concept in this store" in text
    assert "Unnamed" in text


def test_a_cycle_is_drawn_and_named(site: Site) -> None:
    one = site.create(evolve(RATIO, name="One", prerequisites=("Two",)))
    site.create(evolve(RATIO, name="Two", prerequisites=("One",)))
    member = site.member()
    text = member.get(at(one)).text

    assert text.count('class="curve"') == 2
    assert "A cycle" in text


def test_too_many_concepts_for_a_drawing_are_a_list(site: Site) -> None:
    names = [f"Part {number}" for number in range(45)]
    for name in names:
        site.create(evolve(RATIO, name=name, prerequisites=()))
    member = site.member()
    text = member.get(at(site.create(evolve(RATIO, prerequisites=tuple(names))))).text

    assert "<svg" not in text
    assert "<details open" in text


def test_a_long_history_has_pages(site: Site) -> None:
    saved = site.create()
    for _ in range(60):
        saved = site.edit(saved, evolve(CLEARER, definition=f"Clearer by {saved.seq}."))
    member = site.member()
    member.get(at(saved))
    earlier = next(link for link in member.page.links if "before=" in link)
    member.get(earlier.partition("#")[0])

    assert "Created" in member.page.text
    assert not [link for link in member.page.links if "before=" in link]


@pytest.mark.parametrize(("before", "after", "action"), STEPS)
def test_a_step_is_taken_with_its_reason(
    any_site: Site, before: str, after: str, action: str
) -> None:
    saved, member = brought_to(any_site, before), any_site.member()
    member.get(at(saved))
    member.page.forms = [form for form in member.page.forms if form.fields.get("status") == [after]]
    assert member.send("/step", reason=f"because of {action}").status_code == 303
    member.follow()

    assert any_site.now(saved).concept.status == after
    assert f"because of {action}" in member.page.text
    change = any_site.store.feed().changes[-1]
    assert (str(change.actor), change.reason) == ("user:maya", f"because of {action}")
    assert change.request_id


def test_a_published_concept_offers_only_a_correction(site: Site) -> None:
    saved, member = brought_to(site, "PUBLISHED"), site.member()
    member.get(at(saved))

    assert "read-only" in member.page.text
    assert not [form for form in member.page.forms if "/step" in form.action]
    assert f"/console/new?corrects={saved.concept.id}" in member.page.links


@pytest.mark.parametrize(
    ("reason", "status", "code"),
    [
        ("", 422, "TEXT_BLANK"),
        ("x" * 1_001, 422, "TEXT_TOO_LONG"),
        ("turned \u202earound", 422, "TEXT_HAS_CONTROLS"),
    ],
)
def test_a_refused_step_shows_the_error_and_keeps_the_reason(
    any_site: Site, reason: str, status: int, code: str
) -> None:
    saved, member = brought_to(any_site, "REVIEW"), any_site.member()
    member.get(at(saved))
    answer = member.send("/step", reason=reason)

    assert (answer.status_code, code in member.page.text) == (status, True)
    assert [
        form.fields["reason"] for form in member.page.forms if form.action.endswith("/step")
    ] == [[reason]]
    assert any_site.now(saved).concept.status == "REVIEW"


def test_a_stale_step_shows_the_current_state(any_site: Site) -> None:
    saved, member = brought_to(any_site, "REVIEW"), any_site.member()
    member.get(at(saved))
    any_site.edit(saved)
    assert member.send("/step", reason="read it twice").status_code == 412
    assert "STALE" in member.page.text
    assert "Version 2" in member.page.text

    assert member.send("/step").status_code == 303
    assert any_site.now(saved).concept.status == "APPROVED"


def test_the_second_of_two_windows_sees_the_error_and_its_reason(site: Site) -> None:
    saved, one, other = brought_to(site, "APPROVED"), site.member(), site.member()
    one.get(at(saved))
    other.get(at(saved))
    publishing = [each for each in other.page.forms if each.fields.get("status") == ["PUBLISHED"]]
    other.page.forms = publishing
    one.page.forms = [each for each in one.page.forms if each.fields.get("status") == ["PUBLISHED"]]
    assert one.send("/step", reason="first").status_code == 303

    assert other.send("/step", reason="my long reason").status_code == 412
    assert "my long reason" in other.page.text


def test_a_form_sent_twice_has_one_effect(any_site: Site) -> None:
    saved, member = brought_to(any_site, "DRAFT"), any_site.member()
    member.get(at(saved))
    page = member.page
    found: list[object] = []
    for _ in range(2):
        member.page = page
        found.append(member.send("/step", reason="ready").location)

    assert found[0] == found[1] is not None
    assert len(any_site.store.read(concepts.list_history, saved.concept.id)) == 2


def test_an_outdated_page_cannot_publish_twice(site: Site) -> None:
    saved, member = brought_to(site, "APPROVED"), site.member()
    member.get(at(saved))
    member.page.forms = [
        each for each in member.page.forms if each.fields.get("status") == ["PUBLISHED"]
    ]
    before = member.page
    member.send("/step", reason="done")
    member.page = before

    assert member.send("/step", reason="done, again, with another reason").status_code == 422
    assert "IDEMPOTENCY_KEY_REUSED" in member.page.text
    assert site.now(saved).seq == 4


def test_an_invalid_status_is_refused_as_over_the_api(site: Site) -> None:
    saved, member = brought_to(site, "DRAFT"), site.member()
    member.get(at(saved))

    assert member.send("/step", reason="a leap", status="PUBLISHED").status_code == 409
    assert "INVALID_TRANSITION" in member.page.text
    assert "Possible now: edit, submit" in member.page.text
    assert "a leap" in member.page.text


def test_with_four_eyes_the_author_cannot_approve() -> None:
    site = Site(memory(concepts=ConceptPolicy(four_eyes=True)))
    saved, member = brought_to(site, "REVIEW"), site.member()
    member.get(at(saved))

    assert member.send("/step", reason="looks fine").status_code == 403
    assert "OWN_WORK" in member.page.text


@pytest.mark.parametrize(("before", "_after", "action"), STEPS)
def test_a_key_is_offered_only_its_commands_and_others_are_refused(
    site: Site, before: str, _after: str, action: str
) -> None:
    saved, reader = brought_to(site, before), site.member("console")
    token = {"csrf": reader.get(at(saved)).text.split('name="csrf" value="')[1].split('"')[0]}
    steps = [form for form in reader.page.forms if form.action.endswith("/step")]
    sent: Mapping[str, object] = token | {
        "status": _after,
        "expected_seq": saved.seq,
        "reason": action,
    }

    assert not steps
    assert "needs the scope" in reader.page.text
    assert reader.post(at(saved, "/step"), sent).status_code == 403
    assert "SCOPE_MISSING" in reader.page.text
    scope = {"submit": "review", "approve": "approve", "publish": "publish"}[action]
    other = site.member("console", f"concepts:{scope}")
    other.get(at(saved))
    assert other.send("/step", reason="allowed").status_code == 303
    assert site.member("console", "admin").get(at(saved, "/edit")).status_code == 200
    assert set(SCOPES) >= {f"concepts:{scope}"}


@pytest.mark.parametrize("name", MARKUP)
def test_content_is_escaped(any_site: Site, name: str) -> None:
    text = MARKUP[name]
    content = ConceptContent(
        name=text,
        definition=text,
        explanation=text,
        examples=(text,),
        prerequisites=(text,),
        learning_objective=text,
        misconceptions=(text,),
        scope_boundaries=text,
    )
    saved = any_site.create(content)
    any_site.edit(
        saved, evolve(content, definition=f"{text} more", examples=(f"{text} more", text))
    )
    member = any_site.member()
    for path in (
        LIST,
        at(saved),
        at(saved, "/edit"),
        at(saved, "/versions/1"),
        at(saved, "/diff?from=1&to=2"),
        "/console/history",
    ):
        answer = member.get(path)
        assert answer.status_code == 200
        assert text not in answer.text or "<" not in text + '"'
        assert not [
            tag
            for tag, given in member.page.tags
            if tag == "img" or any(n.startswith("on") for n in given)
        ]
        assert not [
            given for tag, given in member.page.tags if tag == "script" and "src" not in given
        ]
        assert "INDELIBLE" not in answer.text


def test_characters_that_reorder_text_are_marked(site: Site) -> None:
    saved = site.edit(
        site.create(evolve(RATIO, name=BIDI, definition=BIDI)),
        evolve(RATIO, name=BIDI, definition="x"),
    )
    member = site.member()
    for path in (
        LIST,
        at(saved),
        at(saved, "/versions/1"),
        at(saved, "/diff?from=1&to=2"),
        "/console/history",
    ):
        body = member.get(path).text.partition("<main")[2]
        assert "U+202E" in body
        assert "\u202e" not in body
    assert BIDI in member.get(at(saved, "/edit")).text  # whoever edits it must have it as it is


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
    text = member.get(at(saved, "/diff?from=1&to=2")).text

    assert '<del><span class="sr"> [removed: </span>whole<span class="sr">] </span></del>' in text
    assert '<ins><span class="sr"> [added: </span>unit<span class="sr">] </span></ins>' in text
    assert "Missing." in member.page.text
    assert "Unchanged: Name" in member.page.text
    member.get(at(saved, "/diff?from=2&to=2"))
    assert "Both versions have the same content" in member.page.text


def test_every_page_has_one_heading_a_skip_link_and_labels(
    site: Site,
) -> None:
    saved, member = site.edit(site.create()), site.member()
    for path in (
        LIST,
        "/console/new",
        "/console/history",
        at(saved),
        at(saved, "/edit"),
        at(saved, "/diff?from=1&to=2"),
    ):
        member.get(path)
        tags = member.page.tags
        labelled = {given.get("for") for tag, given in tags if tag == "label"}
        boxes = [
            given
            for tag, given in tags
            if tag in {"textarea", "select"}
            or (tag == "input" and given.get("type") not in {"hidden", "number"})
        ]

        assert [tag for tag, _ in tags].count("h1") == 1
        assert "#main" in member.page.links
        assert not [
            given
            for given in boxes
            if "aria-label" not in given and given.get("id") not in labelled
        ]
