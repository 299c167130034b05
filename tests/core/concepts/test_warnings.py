"""What each warning is for, what it is not for, and that none of them stops anyone."""

import logging
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis.strategies import lists, sampled_from

from indelible.concepts.entities import (
    ConceptContent,
    ConceptNode,
    ConceptPolicy,
    ConceptVersion,
    ConceptWarning,
    Severity,
    name_key,
)
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.graph import ConceptGraph, graph_warnings
from indelible.concepts.rules.warnings import (
    RelatedNames,
    WarningCode,
    candidate_names,
    content_warnings,
)
from indelible.kernel import Actor
from indelible.kernel.values import INVISIBLE
from indelible.memory import MemoryStore
from indelible.testing.stores import approve, create, edit, submit

GOOD = ConceptContent(
    name="Ratio",
    definition="A comparison of two quantities by division.",
    explanation="It says how many times one quantity contains the other, whatever their units are.",
    examples=("The ratio of 6 to 3 is 2.", "Ratios of parts are kept when a recipe is doubled."),
    prerequisites=("Division",),
    learning_objective="Explain how two quantities compare.",
    misconceptions=("A larger number always comes first.",),
    scope_boundaries="Whole numbers only.",
)
NOTE = "say it more plainly"
NO_NAMES = RelatedNames()
POLICY = ConceptPolicy()

but = partial(evolve, GOOD)

Warnings = tuple[ConceptWarning, ...]
Case = Callable[[], Warnings]


def a_version(content: ConceptContent, number: int, note: str | None) -> ConceptVersion:
    return ConceptVersion(
        id=f"version-{number}",
        concept_id="ratio",
        version_number=number,
        content=content,
        created_by=Actor.user("maya"),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        change_note=note,
    )


def of(
    content: ConceptContent = GOOD, names: RelatedNames = NO_NAMES, policy: ConceptPolicy = POLICY
) -> Warnings:
    """The warnings of a first version."""
    return content_warnings(a_version(content, 1, NOTE), None, names, policy)


def of_edit(
    content: ConceptContent = GOOD, *, before: ConceptContent = GOOD, note: str | None = NOTE
) -> Warnings:
    """The warnings of a second version."""
    return content_warnings(
        a_version(content, 2, note), a_version(before, 1, NOTE), NO_NAMES, POLICY
    )


def of_graph(
    *prerequisites: str,
    division: tuple[str, ...] = (),
    division_in: ConceptStatus = ConceptStatus.REVIEW,
    other: str = "Fraction",
) -> Warnings:
    """The warnings of a concept in REVIEW that needs these."""
    review = ConceptStatus.REVIEW
    nodes = (
        ConceptNode(id="ratio", name="Ratio", status=review, prerequisites=prerequisites),
        ConceptNode(id="division", name="Division", status=division_in, prerequisites=division),
        ConceptNode(id="other", name=other, status=review, prerequisites=()),
    )
    return graph_warnings(
        ConceptGraph(nodes=nodes), "ratio", ConceptPolicy(deepest_chain=1), close_names=()
    )


def of_approved(*, again: bool) -> Warnings:
    """The warnings of a concept that was edited in APPROVED, and perhaps approved again."""
    store = MemoryStore()
    edited = edit(store, approve(store, submit(store, create(store))))
    return (approve(store, edited) if again else edited).current_warnings


class NoVerbs(frozenset[str]):
    """A policy's verbs that cannot be asked."""

    def __contains__(self, verb: object) -> bool:
        raise LookupError(verb)


BROKEN = ConceptPolicy(observable_verbs=NoVerbs())

CASES: dict[WarningCode, tuple[Case, Case]] = {
    WarningCode.NAME_BLANK: (
        lambda: of(but(name=" ")),
        lambda: of(but(name="\N{GREEK SMALL LETTER PI}")),
    ),
    WarningCode.NAME_LONG: (lambda: of(but(name="a" * 121)), lambda: of(but(name="a" * 120))),
    WarningCode.NAME_WHITESPACE: (
        lambda: of(but(name=" Ratio")),
        lambda: of(but(name="Unit ratio")),
    ),
    WarningCode.NAME_COLLISION: (
        lambda: of(names=RelatedNames(same=("ratio",))),
        lambda: of(names=RelatedNames()),
    ),
    WarningCode.DEF_EMPTY: (lambda: of(but(definition="\n")), lambda: of(but(definition="."))),
    WarningCode.DEF_LONG: (
        lambda: of(but(definition="a" * 301)),
        lambda: of(but(definition="a" * 300)),
    ),
    WarningCode.DEF_SHORT: (
        lambda: of(but(definition="A number")),
        lambda: of(but(definition="A whole number")),
    ),
    WarningCode.DEF_CIRCULAR: (
        lambda: of(but(definition="One \N{FULLWIDTH LATIN CAPITAL LETTER R}ATIO, or another.")),
        lambda: of(but(definition="Every irrational number, by its ratios.")),
    ),
    WarningCode.DEF_EQUALS_EXPLANATION: (
        lambda: of(but(definition="Two parts.", explanation="two  PARTS.")),
        lambda: of(but(definition="", explanation="")),
    ),
    WarningCode.EXPL_EMPTY: (
        lambda: of(but(explanation=" ")),
        lambda: of(but(explanation="It says so.")),
    ),
    WarningCode.EXPL_SHORTER_THAN_DEF: (
        lambda: of(but(definition="Two equal parts.", explanation="Equal, equally-sized.")),
        lambda: of(but(definition="Two equal parts.", explanation="Parts, two, equal.")),
    ),
    WarningCode.OBJ_EMPTY: (
        lambda: of(but(learning_objective="")),
        lambda: of(but(learning_objective="Understand.")),
    ),
    WarningCode.OBJ_VERB: (
        lambda: of(but(learning_objective="Explainers of ratios")),
        lambda: of(but(learning_objective="\N{LEFT DOUBLE QUOTATION MARK}EXPLAIN, if you can")),
    ),
    WarningCode.OBJ_MULTIPLE: (
        lambda: of(but(learning_objective="Define a ratio; then and there apply and measure it")),
        lambda: of(but(learning_objective="Explain cause and effect; sandy measure")),
    ),
    WarningCode.EX_NONE: (lambda: of(but(examples=())), lambda: of(but(examples=("",)))),
    WarningCode.EX_BLANK: (
        lambda: of(but(examples=("A ratio.", " "))),
        lambda: of(but(examples=())),
    ),
    WarningCode.EX_DUPLICATE: (
        lambda: of(but(examples=("A ratio.", "a  RATIO."))),
        lambda: of(but(examples=("A ratio.", "", " ", "A ratio"))),
    ),
    WarningCode.EX_NO_TERM: (
        lambda: of(but(examples=("6 and 3.",))),
        lambda: of(but(examples=("6 and 3.", "Two ratios."))),
    ),
    WarningCode.MISC_NONE: (
        lambda: of(but(misconceptions=())),
        lambda: of(but(misconceptions=("It is a sum.",))),
    ),
    WarningCode.MISC_EQUALS_DEF: (
        lambda: of(but(misconceptions=("It is a sum.", GOOD.definition.upper()))),
        lambda: of(but(definition="", misconceptions=("",))),
    ),
    WarningCode.SCOPE_EMPTY: (
        lambda: of(but(scope_boundaries=None)),
        lambda: of(but(scope_boundaries="None.")),
    ),
    WarningCode.PREREQ_NONE_BUT_REFERENCED: (
        lambda: of(but(prerequisites=(" ",)), names=RelatedNames(mentioned=("Division",))),
        lambda: of(but(prerequisites=()), names=RelatedNames(mentioned=("RATIO",))),
    ),
    WarningCode.PREREQ_SELF: (
        lambda: of_graph("Division", "ratio"),
        lambda: of_graph("Division", division=("Ratio",)),
    ),
    WarningCode.PREREQ_DUPLICATE: (
        lambda: of_graph("division", "DIVISION"),
        lambda: of_graph("Division", division=("other",)),
    ),
    WarningCode.PREREQ_DANGLING: (lambda: of_graph("Divison"), lambda: of_graph("division")),
    WarningCode.PREREQ_AMBIGUOUS: (
        lambda: of_graph("Division", other="division"),
        lambda: of_graph("Division"),
    ),
    WarningCode.PREREQ_CYCLE: (
        lambda: of_graph("Division", division=("Ratio",)),
        lambda: of_graph("Ratio"),
    ),
    WarningCode.PREREQ_BELOW_STATUS: (
        lambda: of_graph("Division", division_in=ConceptStatus.DRAFT),
        lambda: of_graph("Division", division_in=ConceptStatus.PUBLISHED),
    ),
    WarningCode.PREREQ_DEPTH: (
        lambda: of_graph("Division", division=("other",)),
        lambda: of_graph("Division"),
    ),
    WarningCode.TEXT_CONTROL_CHARS: (
        lambda: of(but(misconceptions=("It is a sum.", "\u202e"))),
        lambda: of(
            but(explanation="One\r\n\ttwo, by \N{FAMILY}\u200d\N{FIRE} and the rest of it.")
        ),
    ),
    WarningCode.TEXT_PLACEHOLDER: (
        lambda: of(but(scope_boundaries="Lorem\nipsum dolor")),
        lambda: of(but(scope_boundaries="Todo el mundo, a TBDX")),
    ),
    WarningCode.NOTE_UNINFORMATIVE: (
        lambda: of_edit(note="fix it"),
        lambda: of_edit(note="fix the name"),
    ),
    WarningCode.EDIT_NO_CHANGE: (of_edit, lambda: of_edit(but(scope_boundaries="All numbers."))),
    WarningCode.EDIT_LARGE: (
        lambda: of_edit(but(definition="Something else.")),
        lambda: of_edit(but(definition="")),
    ),
    WarningCode.APPROVAL_STALE: (lambda: of_approved(again=False), lambda: of_approved(again=True)),
    WarningCode.RULE_CRASHED: (lambda: of(policy=BROKEN), of),
}
MAJOR = """DEF_EMPTY EXPL_EMPTY OBJ_EMPTY EX_NONE MISC_EQUALS_DEF NAME_BLANK
PREREQ_SELF PREREQ_CYCLE TEXT_CONTROL_CHARS APPROVAL_STALE"""
INFO = """EXPL_SHORTER_THAN_DEF OBJ_MULTIPLE EX_NO_TERM MISC_NONE
PREREQ_DEPTH NOTE_UNINFORMATIVE EDIT_NO_CHANGE EDIT_LARGE"""


def codes(warnings: Warnings) -> list[str]:
    return [each.code for each in warnings]


def only(code: WarningCode, warnings: Warnings) -> ConceptWarning:
    (found,) = (each for each in warnings if each.code == str(code))
    return found


def test_every_code_has_its_two_cases() -> None:
    assert set(CASES) == set(WarningCode)


@pytest.mark.parametrize("code", CASES)
def test_a_code_warns_of_what_it_is_for_once(code: WarningCode) -> None:
    fires, _ = CASES[code]

    assert codes(fires()).count(code) == 1


@pytest.mark.parametrize("code", CASES)
def test_a_code_is_silent_about_what_it_is_not_for(code: WarningCode) -> None:
    _, silent = CASES[code]

    assert code not in codes(silent())


@pytest.mark.parametrize("code", CASES)
def test_a_warning_is_one_plain_sentence_about_a_field(code: WarningCode) -> None:
    fires, _ = CASES[code]
    found = only(code, fires())

    assert found.field in {None, "change_note", *(each.name for each in fields(ConceptContent))}
    assert found.message.endswith(".")
    assert not set("{}") & set(found.message)
    assert all(value in found.message for value in found.params)


@pytest.mark.parametrize("code", WarningCode)
def test_severity_is_that_of_the_catalogue(code: WarningCode) -> None:
    severity = (
        Severity.MAJOR
        if code.value in MAJOR.split()
        else Severity.INFO
        if code.value in INFO.split()
        else Severity.MINOR
    )

    assert code.severity is severity


def test_a_good_version_earns_no_warning() -> None:
    assert of() == ()


def test_warnings_come_in_the_order_of_the_rules() -> None:
    empty = ConceptContent(name="")

    assert codes(
        content_warnings(a_version(empty, 1, None), None, RelatedNames(), ConceptPolicy())
    ) == [
        "NAME_BLANK",
        "DEF_EMPTY",
        "EXPL_EMPTY",
        "OBJ_EMPTY",
        "EX_NONE",
        "MISC_NONE",
        "SCOPE_EMPTY",
    ]


def test_an_empty_objective_is_one_warning() -> None:
    assert codes(of(but(learning_objective=" "))) == ["OBJ_EMPTY"]


def test_an_empty_explanation_is_one_warning() -> None:
    assert codes(of(but(explanation=" "))) == ["EXPL_EMPTY"]


def test_a_prerequisite_among_blanks_is_one() -> None:
    assert of(but(prerequisites=("", "Division")), RelatedNames(mentioned=("Division",))) == ()


@pytest.mark.parametrize(
    ("name", "example", "remarked"),
    [
        ("Pi", "PI is about 3.14.", []),
        ("Pi", "About 3.14.", ["EX_NO_TERM"]),
        ("Order of sums", "Of course.", ["EX_NO_TERM"]),
        ("Order of sums", "Two ordered numbers.", []),
        ("Fractions", "A fraction.", []),
        ("Fractions", "A fracture.", ["EX_NO_TERM"]),
    ],
)
def test_an_example_mentions_a_name_by_a_word_that_carries_it(
    name: str, example: str, remarked: list[str]
) -> None:
    assert codes(of(but(name=name, examples=(example,)))) == remarked


def test_a_name_without_text_is_in_no_definition() -> None:
    assert codes(of(but(name=""))) == ["NAME_BLANK"]


def test_limits_come_from_the_policy() -> None:
    policy = ConceptPolicy(
        longest_name=4,
        longest_definition=9,
        shortest_definition_words=8,
        observable_verbs=frozenset({"understand"}),
    )

    assert codes(of(policy=policy)) == ["NAME_LONG", "DEF_LONG", "DEF_SHORT", "OBJ_VERB"]


def test_an_edit_without_a_note_is_uninformative_and_a_first_version_needs_none() -> None:
    first = content_warnings(a_version(GOOD, 1, None), None, RelatedNames(), ConceptPolicy())

    assert codes(of_edit(but(scope_boundaries="All."), note=None)) == ["NOTE_UNINFORMATIVE"]
    assert first == ()


def test_a_first_definition_is_no_large_edit() -> None:
    assert codes(of_edit(before=evolve(GOOD, definition=""))) == []


def test_a_large_edit_says_how_much_is_left() -> None:
    found = only(WarningCode.EDIT_LARGE, of_edit(but(definition="By nothing else than division.")))

    assert found.message == "The definition keeps 17 % of the one before it, less than 30 %."


def test_a_hidden_character_is_named_with_its_field() -> None:
    found = of(
        but(examples=("A ratio.\u202e", "Ratios\x1b."), definition=GOOD.definition + "\ufeff")
    )

    assert [(each.field, each.params) for each in found] == [
        ("definition", ("U+FEFF",)),
        ("examples", ("U+001B", "U+202E")),
    ]


def test_hidden_characters_are_controls_direction_marks_and_replacements() -> None:
    marks = (
        "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffd"
    )
    controls = {each for each in map(chr, range(0x110000)) if unicodedata.category(each) == "Cc"}

    assert set(filter(INVISIBLE.match, map(chr, range(0x110000)))) == controls - set(
        "\t\n\r"
    ) | set(marks)


def test_a_rule_that_fails_is_a_warning_and_the_others_still_run() -> None:
    found = of(but(definition="", scope_boundaries=None), policy=BROKEN)

    assert codes(found) == ["DEF_EMPTY", "RULE_CRASHED", "SCOPE_EMPTY"]
    assert found[1].params == ("learning_objective",)


def test_the_log_of_a_rule_that_fails_quotes_no_content(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        of(policy=BROKEN)

    assert caplog.messages == ["warning rule on field learning_objective failed with LookupError"]
    assert "explain" not in caplog.text.lower()


def test_a_warning_names_no_more_than_a_reader_takes_in() -> None:
    found = only(WarningCode.NAME_COLLISION, of(names=RelatedNames(same=("R" * 1_000,) * 1_000)))

    assert len(found.params) == 21
    assert {len(value) for value in found.params} == {201, 1}
    assert len(found.message) < 5_000


def test_candidates_are_the_runs_of_a_definitions_words() -> None:
    assert candidate_names('An "Improper  fraction", say.', max_words=2) == (
        "an",
        "an improper",
        "improper",
        "improper fraction",
        "fraction",
        "fraction say",
        "say",
    )


@given(
    lists(
        sampled_from(["unit", "Fraction", "C++", "x-axis", "\N{LATIN SMALL LIGATURE FI}x"]),
        min_size=1,
        max_size=5,
    )
)
def test_a_name_of_up_to_five_words_is_found_wherever_it_stands(words: list[str]) -> None:
    name = " ".join(words)

    assert name_key(name) in candidate_names(f"It is, say (a {name}), or less.")


def test_candidates_are_bounded() -> None:
    found = candidate_names(" ".join(map(str, range(3_000))))

    assert len(found) == 400
    assert max(len(each.split()) for each in found) == 5
