"""Each warning code has a case that causes it, and no warning stops a command."""

import logging
import unicodedata

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st
from tests.core.concepts.scenarios import (
    GOOD_CONTENT,
    VersionScenario,
    codes,
    edited_version,
    first_version,
    good_content,
    only_warning,
)
from tests.core.concepts.warning_cases import BROKEN_POLICY, CASES

from indelible.concepts.entities import ConceptContent, ConceptPolicy, Severity
from indelible.concepts.rules.warnings.codes import WarningCode
from indelible.concepts.rules.warnings.content import apply_rule
from indelible.concepts.rules.warnings.names import RelatedNames
from indelible.concepts.rules.warnings.rules import RULES, RuleInput, applicable_rules
from indelible.kernel.values import INVISIBLE

FIELDS = {None, "change_note", *(field.name for field in fields(ConceptContent))}
MAJOR_CODES = {
    WarningCode.NAME_BLANK,
    WarningCode.DEF_EMPTY,
    WarningCode.EXPL_EMPTY,
    WarningCode.OBJ_EMPTY,
    WarningCode.EX_NONE,
    WarningCode.MISC_EQUALS_DEF,
    WarningCode.PREREQ_SELF,
    WarningCode.PREREQ_CYCLE,
    WarningCode.TEXT_CONTROL_CHARS,
    WarningCode.APPROVAL_STALE,
}
INFO_CODES = {
    WarningCode.EXPL_SHORTER_THAN_DEF,
    WarningCode.OBJ_MULTIPLE,
    WarningCode.EX_NO_TERM,
    WarningCode.MISC_NONE,
    WarningCode.PREREQ_DEPTH,
    WarningCode.NOTE_UNINFORMATIVE,
    WarningCode.EDIT_NO_CHANGE,
    WarningCode.EDIT_LARGE,
}
DIRECTION_MARKS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
OTHER_INVISIBLE = "\u200b\ufeff\ufffd"


def test_every_code_has_a_case() -> None:
    assert set(CASES) == set(WarningCode)


@pytest.mark.parametrize("code", CASES)
def test_a_code_warns_once(code: WarningCode) -> None:
    assert codes(CASES[code].warned.warnings()).count(code) == 1


@pytest.mark.parametrize("code", CASES)
def test_a_code_does_not_warn_about_a_similar_input(code: WarningCode) -> None:
    assert code not in codes(CASES[code].clean.warnings())


@pytest.mark.parametrize("code", CASES)
def test_a_warning_is_a_sentence_with_its_values_about_a_field(code: WarningCode) -> None:
    warning = only_warning(code, CASES[code].warned.warnings())

    assert warning.field in FIELDS
    assert warning.message.endswith(".")
    assert not set("{}") & set(warning.message)
    for value in warning.params:
        assert value in warning.message


@pytest.mark.parametrize("code", WarningCode)
def test_the_severity_is_that_of_the_catalogue(code: WarningCode) -> None:
    expected = Severity.MINOR
    if code in MAJOR_CODES:
        expected = Severity.MAJOR
    elif code in INFO_CODES:
        expected = Severity.INFO

    assert code.severity is expected


def test_a_good_version_has_no_warning() -> None:
    assert VersionScenario().warnings() == ()


def test_warnings_come_in_the_order_of_the_rules() -> None:
    empty = VersionScenario(content=ConceptContent(name=""), note=None)

    assert codes(empty.warnings()) == [
        "NAME_BLANK",
        "DEF_EMPTY",
        "EXPL_EMPTY",
        "OBJ_EMPTY",
        "EX_NONE",
        "MISC_NONE",
        "SCOPE_EMPTY",
    ]


@pytest.mark.parametrize(
    ("field", "code"), [("learning_objective", "OBJ_EMPTY"), ("explanation", "EXPL_EMPTY")]
)
def test_an_empty_text_has_one_warning(field: str, code: str) -> None:
    assert codes(first_version(**{field: " "}).warnings()) == [code]


def test_a_blank_prerequisite_does_not_hide_a_real_one() -> None:
    scenario = VersionScenario(
        content=good_content(prerequisites=("", "Division")),
        names=RelatedNames(mentioned=("Division",)),
    )

    assert scenario.warnings() == ()


@pytest.mark.parametrize(
    ("name", "example", "expected"),
    [
        ("Pi", "PI is about 3.14.", []),
        ("Pi", "About 3.14.", ["EX_NO_TERM"]),
        ("Order of sums", "Of course.", ["EX_NO_TERM"]),
        ("Order of sums", "Two ordered numbers.", []),
        ("Fractions", "A fraction.", []),
        ("Fractions", "A fracture.", ["EX_NO_TERM"]),
    ],
)
def test_an_example_mentions_a_name_by_the_stem_of_a_long_word(
    name: str, example: str, expected: list[str]
) -> None:
    assert codes(first_version(name=name, examples=(example,)).warnings()) == expected


def test_a_blank_name_makes_no_definition_circular() -> None:
    assert codes(first_version(name="").warnings()) == ["NAME_BLANK"]


def test_an_objective_must_begin_with_its_verb() -> None:
    polite = first_version(learning_objective="Please explain it.")
    direct = first_version(learning_objective="Explain it.")

    assert codes(polite.warnings()) == ["OBJ_VERB"]
    assert codes(direct.warnings()) == []


def test_limits_come_from_the_policy() -> None:
    policy = ConceptPolicy(
        max_name_characters=4,
        max_definition_characters=9,
        min_definition_words=8,
        observable_verbs=frozenset({"understand"}),
    )

    assert codes(VersionScenario(policy=policy).warnings()) == [
        "NAME_LONG",
        "DEF_LONG",
        "DEF_SHORT",
        "OBJ_VERB",
    ]


def test_an_edit_needs_a_note_and_a_first_version_does_not() -> None:
    edited = edited_version(scope_boundaries="All.")

    assert codes(evolve(edited, note=None).warnings()) == ["NOTE_UNINFORMATIVE"]
    assert codes(VersionScenario(note=None).warnings()) == []


def test_a_first_definition_is_not_a_large_edit() -> None:
    scenario = VersionScenario(previous=evolve(GOOD_CONTENT, definition=""))

    assert scenario.warnings() == ()


@pytest.mark.parametrize("placeholder", ["FIXME\n", " TODO", "TBD.", "Lorem ipsum"])
def test_a_definition_in_place_of_a_placeholder_is_not_a_large_edit(placeholder: str) -> None:
    scenario = VersionScenario(previous=evolve(GOOD_CONTENT, definition=placeholder))

    assert scenario.warnings() == ()


@pytest.mark.parametrize("placeholder", ["FIXME", "TODO", "TBD", "lorem ipsum"])
def test_a_placeholder_is_named(placeholder: str) -> None:
    scenario = first_version(scope_boundaries=f"All, {placeholder}: or none.")
    warning = only_warning(WarningCode.TEXT_PLACEHOLDER, scenario.warnings())

    assert warning.params == (placeholder,)


def test_the_target_of_a_link_has_no_length() -> None:
    text = "a" * 290 + " [ten](#ten_characters_and_more)"

    assert codes(first_version(definition=f"{text}\n").warnings()) == []
    long = only_warning(
        WarningCode.DEF_LONG, first_version(definition=f"{text} or more").warnings()
    )
    assert long.params == ("302", "300")


@pytest.mark.parametrize(
    "explanation", ["See also: [mean](#mean), [mode](#mode).", "[mean](#mean)", "Compare [it](#a)!"]
)
def test_a_list_of_links_is_not_compared_with_the_definition(explanation: str) -> None:
    definition = "One quantity against another one, by a division of both."

    assert codes(first_version(definition=definition, explanation=explanation).warnings()) == []


def test_the_warning_on_a_large_edit_names_the_part_that_was_kept() -> None:
    edited = edited_version(definition="By nothing else than division.")
    warning = only_warning(WarningCode.EDIT_LARGE, edited.warnings())

    assert warning.message == "The definition keeps 17 % of the one before it, less than 30 %."


def test_a_hidden_character_is_named_with_its_field() -> None:
    scenario = first_version(
        examples=("A ratio.\u202e", "Ratios\x1b."),
        definition=GOOD_CONTENT.definition + "\ufeff",
    )
    warnings = scenario.warnings()

    assert [(warning.field, warning.params) for warning in warnings] == [
        ("definition", ("U+FEFF",)),
        ("examples", ("U+001B", "U+202E")),
    ]


@pytest.mark.slow
def test_hidden_characters_are_controls_direction_marks_and_replacements() -> None:
    expected = set(DIRECTION_MARKS + OTHER_INVISIBLE)
    actual: set[str] = set()
    for code_point in range(0x110000):
        character = chr(code_point)
        if unicodedata.category(character) == "Cc" and character not in "\t\n\r":
            expected.add(character)
        if INVISIBLE.match(character):
            actual.add(character)

    assert actual == expected


@given(text=st.text(st.sampled_from("aTODBLloremips \n\u017f\u200b\ufffd")), is_list=st.booleans())
def test_a_rule_that_is_not_applied_finds_nothing(text: str, *, is_list: bool) -> None:
    content = good_content(explanation=text)
    if is_list:
        content = good_content(examples=(text,))
    rule_input = RuleInput(
        content=content,
        note=None,
        previous=None,
        names=RelatedNames(),
        policy=ConceptPolicy(),
    )

    for rule in set(RULES) - set(applicable_rules(rule_input)):
        assert apply_rule(rule, rule_input) == []


def test_a_rule_that_fails_is_a_warning_and_the_others_still_run() -> None:
    scenario = VersionScenario(
        content=good_content(definition="", scope_boundaries=None), policy=BROKEN_POLICY
    )
    warnings = scenario.warnings()

    assert codes(warnings) == ["DEF_EMPTY", "RULE_CRASHED", "SCOPE_EMPTY"]
    assert warnings[1].params == ("learning_objective",)


def test_the_log_of_a_rule_that_fails_quotes_no_content(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        VersionScenario(policy=BROKEN_POLICY).warnings()

    assert caplog.messages == ["warning rule on field learning_objective failed with LookupError"]
    assert "explain" not in caplog.text.lower()
