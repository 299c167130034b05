"""The messages of warnings: numbers from 1, lists, hints, and shortened values."""

import pytest
from tests.core.concepts.scenarios import (
    ApprovalScenario,
    GraphScenario,
    VersionScenario,
    by_code,
    first_version,
    only_warning,
)

from indelible.concepts import ConceptPolicy, ConceptStatus
from indelible.concepts.entities import ConceptNode
from indelible.concepts.rules.graph import ConceptGraph, graph_warnings
from indelible.concepts.rules.warnings.codes import (
    MAX_PARAM_LENGTH,
    MAX_PARAMS,
    WarningCode,
    warning,
)
from indelible.concepts.rules.warnings.names import RelatedNames

ELLIPSIS = "\u2026"


def test_items_are_counted_from_one() -> None:
    scenario = first_version(examples=("one", " ", "one", ""))
    blank = by_code(scenario.warnings())["EX_BLANK"]

    assert blank.message == "Some examples are blank: number 2, 4."
    assert blank.params == ("2", "4")


@pytest.mark.parametrize(
    ("names", "quoted"),
    [
        (("Ratio",), '"Ratio"'),
        (("Ratio", "ratio"), '"Ratio" and "ratio"'),
        (("RATIO", "Ratio", "ratio"), '"RATIO", "Ratio" and "ratio"'),
    ],
)
def test_names_are_quoted(names: tuple[str, ...], quoted: str) -> None:
    scenario = VersionScenario(names=RelatedNames(same=names))
    collision = by_code(scenario.warnings())["NAME_COLLISION"]
    mentioned = warning(WarningCode.PREREQ_NONE_BUT_REFERENCED, *names, field="prerequisites")

    assert collision.message == f"Another concept has the same name, {quoted}."
    assert mentioned.message == (
        f"The definition mentions {quoted}, and no prerequisite is listed."
    )
    assert collision.params == mentioned.params == names


def test_a_name_with_a_comma_is_one_name_in_a_message() -> None:
    mentioned = warning(WarningCode.PREREQ_NONE_BUT_REFERENCED, "Rate, unit", "Part", field=None)

    assert '"Rate, unit" and "Part"' in mentioned.message


def test_left_out_names_are_an_ellipsis_without_quotation_marks() -> None:
    numbers = tuple(str(number) for number in range(MAX_PARAMS + 1))
    mentioned = warning(WarningCode.PREREQ_NONE_BUT_REFERENCED, *numbers, field=None)

    assert f'"{numbers[-2]}" and {ELLIPSIS}, and' in mentioned.message


@pytest.mark.parametrize(
    ("code", "field"),
    [
        (WarningCode.DEF_EMPTY, "definition is"),
        (WarningCode.EXPL_EMPTY, "explanation is"),
        (WarningCode.OBJ_EMPTY, "learning objective is"),
        (WarningCode.SCOPE_EMPTY, "scope boundaries are"),
    ],
)
def test_an_empty_text_is_called_by_the_name_of_its_field(code: WarningCode, field: str) -> None:
    assert warning(code, field=None).message == f"The {field} empty."


@pytest.mark.parametrize(
    ("hints", "message"),
    [
        ((), 'No concept is called "Fractons".'),
        (("Fraction",), 'No concept is called "Fractons" (perhaps Fraction).'),
        (("A", "B"), 'No concept is called "Fractons" (perhaps A) (perhaps B).'),
    ],
)
def test_hints_are_in_brackets(hints: tuple[str, ...], message: str) -> None:
    dangling = warning(WarningCode.PREREQ_DANGLING, "Fractons", *hints, field=None)

    assert dangling.message == message


def test_the_closest_of_two_similar_names_is_the_hint() -> None:
    node = ConceptNode(
        id="ratio", name="Ratio", status=ConceptStatus.DRAFT, prerequisites=("Fractons",)
    )
    warnings = graph_warnings(
        ConceptGraph(nodes=(node,)),
        "ratio",
        ConceptPolicy(),
        close_names=("Fraction", "Fractions"),
    )

    assert by_code(warnings)["PREREQ_DANGLING"].params == ("Fractons", "Fractions")


def test_values_within_the_limits_are_not_shortened() -> None:
    numbers = tuple(str(number) for number in range(MAX_PARAMS))
    longest = "x" * MAX_PARAM_LENGTH

    assert warning(WarningCode.EX_BLANK, *numbers, field=None).params == numbers
    assert warning(WarningCode.EX_BLANK, longest, field=None).params == (longest,)


def test_a_value_beyond_the_limit_is_shortened() -> None:
    longest = "x" * MAX_PARAM_LENGTH

    assert warning(WarningCode.EX_BLANK, f"{longest}x", field=None).params == (
        f"{longest}{ELLIPSIS}",
    )


def test_a_warning_about_many_long_names_stays_short() -> None:
    scenario = VersionScenario(names=RelatedNames(same=("R" * 1_000,) * 1_000))
    collision = only_warning(WarningCode.NAME_COLLISION, scenario.warnings())

    assert collision.params == (*("R" * 200 + ELLIPSIS,) * 20, ELLIPSIS)
    assert len(collision.message) < 5_000


def test_an_ambiguous_prerequisite_is_named_and_its_concepts_are_counted() -> None:
    scenario = GraphScenario(prerequisites=("Division",), other_name="Division")
    ambiguous = by_code(scenario.warnings())["PREREQ_AMBIGUOUS"]

    assert ambiguous.message == 'There are 2 concepts called "Division".'


def test_a_prerequisite_of_a_lower_status_is_named_with_both_states() -> None:
    scenario = GraphScenario(prerequisites=("Division",), division_status=ConceptStatus.DRAFT)
    below = by_code(scenario.warnings())["PREREQ_BELOW_STATUS"]

    assert below.message == (
        'The prerequisite "Division" is only in DRAFT, this concept in REVIEW.'
    )


def test_a_stale_approval_names_both_versions() -> None:
    warnings = ApprovalScenario(is_approved_again=False).warnings()
    stale = only_warning(WarningCode.APPROVAL_STALE, warnings)

    assert stale.message == "Version 1 was approved, and the concept is now at version 2."
