"""For each warning code an input that causes it, and a similar input that does not."""

from collections.abc import Mapping
from typing import Final

from attrs import frozen
from tests.core.concepts.scenarios import (
    GOOD_CONTENT,
    ApprovalScenario,
    GraphScenario,
    Scenario,
    VersionScenario,
    edited_version,
    first_version,
    good_content,
)

from indelible.concepts.entities import ConceptPolicy
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.warnings.codes import WarningCode
from indelible.concepts.rules.warnings.names import RelatedNames


@frozen(kw_only=True)
class Case:
    """Two similar inputs, of which only one causes a warning."""

    warned: Scenario
    clean: Scenario


class BrokenVerbs(frozenset[str]):
    """A policy's verbs that fail when they are read."""

    def __contains__(self, verb: object) -> bool:
        raise LookupError(verb)


BROKEN_POLICY: Final = ConceptPolicy(observable_verbs=BrokenVerbs())

CASES: Final[Mapping[WarningCode, Case]] = {
    WarningCode.NAME_BLANK: Case(
        warned=first_version(name=" "),
        clean=first_version(name="\N{GREEK SMALL LETTER PI}"),
    ),
    WarningCode.NAME_LONG: Case(
        warned=first_version(name="a" * 121),
        clean=first_version(name="a" * 120),
    ),
    WarningCode.NAME_WHITESPACE: Case(
        warned=first_version(name=" Ratio"),
        clean=first_version(name="Unit ratio"),
    ),
    WarningCode.NAME_COLLISION: Case(
        warned=VersionScenario(names=RelatedNames(same=("ratio",))),
        clean=VersionScenario(names=RelatedNames()),
    ),
    WarningCode.DEF_EMPTY: Case(
        warned=first_version(definition="\n"),
        clean=first_version(definition="."),
    ),
    WarningCode.DEF_LONG: Case(
        warned=first_version(definition="a" * 301),
        clean=first_version(definition="a" * 300),
    ),
    WarningCode.DEF_SHORT: Case(
        warned=first_version(definition="A number"),
        clean=first_version(definition="A whole number"),
    ),
    WarningCode.DEF_CIRCULAR: Case(
        warned=first_version(
            definition="One \N{FULLWIDTH LATIN CAPITAL LETTER R}ATIO, or another."
        ),
        clean=first_version(definition="Every irrational number, by its ratios."),
    ),
    WarningCode.DEF_EQUALS_EXPLANATION: Case(
        warned=first_version(definition="Two parts.", explanation="two  PARTS."),
        clean=first_version(definition="", explanation=""),
    ),
    WarningCode.EXPL_EMPTY: Case(
        warned=first_version(explanation=" "),
        clean=first_version(explanation="It says so."),
    ),
    WarningCode.EXPL_SHORTER_THAN_DEF: Case(
        warned=first_version(definition="Two equal parts.", explanation="Equal, equally-sized."),
        clean=first_version(definition="Two equal parts.", explanation="Parts, two, equal."),
    ),
    WarningCode.OBJ_EMPTY: Case(
        warned=first_version(learning_objective=""),
        clean=first_version(learning_objective="Understand."),
    ),
    WarningCode.OBJ_VERB: Case(
        warned=first_version(learning_objective="Explainers of ratios"),
        clean=first_version(learning_objective="\N{LEFT DOUBLE QUOTATION MARK}EXPLAIN, if you can"),
    ),
    WarningCode.OBJ_MULTIPLE: Case(
        warned=first_version(
            learning_objective="Define a ratio; then and there apply and measure it"
        ),
        clean=first_version(learning_objective="Explain cause and effect; sandy measure"),
    ),
    WarningCode.EX_NONE: Case(
        warned=first_version(examples=()),
        clean=first_version(examples=("",)),
    ),
    WarningCode.EX_BLANK: Case(
        warned=first_version(examples=("A ratio.", " ")),
        clean=first_version(examples=()),
    ),
    WarningCode.EX_DUPLICATE: Case(
        warned=first_version(examples=("A ratio.", "a  RATIO.")),
        clean=first_version(examples=("A ratio.", "", " ", "A ratio")),
    ),
    WarningCode.EX_NO_TERM: Case(
        warned=first_version(examples=("6 and 3.",)),
        clean=first_version(examples=("6 and 3.", "Two ratios.")),
    ),
    WarningCode.MISC_NONE: Case(
        warned=first_version(misconceptions=()),
        clean=first_version(misconceptions=("It is a sum.",)),
    ),
    WarningCode.MISC_EQUALS_DEF: Case(
        warned=first_version(misconceptions=("It is a sum.", GOOD_CONTENT.definition.upper())),
        clean=first_version(definition="", misconceptions=("",)),
    ),
    WarningCode.SCOPE_EMPTY: Case(
        warned=first_version(scope_boundaries=None),
        clean=first_version(scope_boundaries="None."),
    ),
    WarningCode.PREREQ_NONE_BUT_REFERENCED: Case(
        warned=VersionScenario(
            content=good_content(
                prerequisites=(" ",), definition="A comparison by [dividing](#division) quantities."
            ),
            names=RelatedNames(mentioned=("Division",)),
        ),
        clean=VersionScenario(
            content=good_content(prerequisites=()),
            names=RelatedNames(mentioned=("RATIO", "Division")),
        ),
    ),
    WarningCode.PREREQ_SELF: Case(
        warned=GraphScenario(prerequisites=("Division", "ratio")),
        clean=GraphScenario(prerequisites=("Division",), division_prerequisites=("Ratio",)),
    ),
    WarningCode.PREREQ_DUPLICATE: Case(
        warned=GraphScenario(prerequisites=("division", "DIVISION")),
        clean=GraphScenario(prerequisites=("Division",), division_prerequisites=("other",)),
    ),
    WarningCode.PREREQ_DANGLING: Case(
        warned=GraphScenario(prerequisites=("Divison",)),
        clean=GraphScenario(prerequisites=("division",)),
    ),
    WarningCode.PREREQ_AMBIGUOUS: Case(
        warned=GraphScenario(prerequisites=("Division",), other_name="division"),
        clean=GraphScenario(prerequisites=("Division",)),
    ),
    WarningCode.PREREQ_CYCLE: Case(
        warned=GraphScenario(prerequisites=("Division",), division_prerequisites=("Ratio",)),
        clean=GraphScenario(prerequisites=("Ratio",)),
    ),
    WarningCode.PREREQ_BELOW_STATUS: Case(
        warned=GraphScenario(prerequisites=("Division",), division_status=ConceptStatus.DRAFT),
        clean=GraphScenario(prerequisites=("Division",), division_status=ConceptStatus.PUBLISHED),
    ),
    WarningCode.PREREQ_DEPTH: Case(
        warned=GraphScenario(prerequisites=("Division",), division_prerequisites=("other",)),
        clean=GraphScenario(prerequisites=("Division",)),
    ),
    WarningCode.TEXT_CONTROL_CHARS: Case(
        warned=first_version(misconceptions=("It is a sum.", "\u202e")),
        clean=first_version(
            explanation="One\r\n\ttwo, by \N{FAMILY}\u200d\N{FIRE} and the rest of it."
        ),
    ),
    WarningCode.TEXT_PLACEHOLDER: Case(
        warned=first_version(scope_boundaries="Lorem\nipsum dolor"),
        clean=first_version(scope_boundaries="Todo el mundo, a TBDX"),
    ),
    WarningCode.NOTE_UNINFORMATIVE: Case(
        warned=VersionScenario(previous=GOOD_CONTENT, note="fix it"),
        clean=VersionScenario(previous=GOOD_CONTENT, note="fix the name"),
    ),
    WarningCode.EDIT_NO_CHANGE: Case(
        warned=edited_version(),
        clean=edited_version(scope_boundaries="All numbers."),
    ),
    WarningCode.EDIT_LARGE: Case(
        warned=edited_version(definition="Something else."),
        clean=edited_version(definition=""),
    ),
    WarningCode.APPROVAL_STALE: Case(
        warned=ApprovalScenario(is_approved_again=False),
        clean=ApprovalScenario(is_approved_again=True),
    ),
    WarningCode.RULE_CRASHED: Case(
        warned=VersionScenario(policy=BROKEN_POLICY),
        clean=VersionScenario(),
    ),
}
