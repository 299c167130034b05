"""Inputs of the warning rules: a version, a graph of prerequisites, and an approval."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from attrs import evolve, frozen

from indelible.concepts.entities import (
    ConceptContent,
    ConceptNode,
    ConceptPolicy,
    ConceptVersion,
    ConceptWarning,
    Warnings,
)
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.graph import ConceptGraph, graph_warnings
from indelible.concepts.rules.warnings.content import content_warnings
from indelible.concepts.rules.warnings.names import RelatedNames
from indelible.kernel import Actor
from indelible.memory import MemoryStore
from indelible.testing.stores import approve, create, edit, submit

Value = Any  # of any field of a content

GOOD_CONTENT: Final = ConceptContent(
    name="Ratio",
    definition="A comparison of two quantities by division.",
    explanation="It says how many times one quantity contains the other, whatever their units are.",
    examples=("The ratio of 6 to 3 is 2.", "Ratios of parts are kept when a recipe is doubled."),
    prerequisites=("Division",),
    learning_objective="Explain how two quantities compare.",
    misconceptions=("A larger number always comes first.",),
    scope_boundaries="Whole numbers only.",
)
GOOD_NOTE: Final = "clarify the definition"
NO_NAMES: Final = RelatedNames()
DEFAULT_POLICY: Final = ConceptPolicy()


class Scenario(Protocol):
    """An input of the warning rules."""

    def warnings(self) -> Warnings:
        """Return the warnings on the concept."""
        ...


@frozen(kw_only=True)
class VersionScenario:
    """A version: the first one, or an edit of the content `previous`."""

    content: ConceptContent = GOOD_CONTENT
    previous: ConceptContent | None = None
    note: str | None = GOOD_NOTE
    names: RelatedNames = NO_NAMES
    policy: ConceptPolicy = DEFAULT_POLICY

    def warnings(self) -> Warnings:
        """Return the warnings on the version."""
        if self.previous is None:
            version = make_version(self.content, 1, self.note)
            return content_warnings(version, None, self.names, self.policy)

        previous_version = make_version(self.previous, 1, GOOD_NOTE)
        version = make_version(self.content, 2, self.note)
        return content_warnings(version, previous_version, self.names, self.policy)


@frozen(kw_only=True)
class GraphScenario:
    """Ratio in REVIEW, with its prerequisites, in a graph with Division and one other concept.

    The policy allows chains of one step.
    """

    prerequisites: tuple[str, ...]
    division_prerequisites: tuple[str, ...] = ()
    division_status: ConceptStatus = ConceptStatus.REVIEW
    other_name: str = "Fraction"

    def warnings(self) -> Warnings:
        """Return the warnings on the prerequisites of Ratio."""
        ratio = ConceptNode(
            id="ratio",
            name="Ratio",
            status=ConceptStatus.REVIEW,
            prerequisites=self.prerequisites,
        )
        division = ConceptNode(
            id="division",
            name="Division",
            status=self.division_status,
            prerequisites=self.division_prerequisites,
        )
        other = ConceptNode(
            id="other", name=self.other_name, status=ConceptStatus.REVIEW, prerequisites=()
        )
        graph = ConceptGraph(nodes=(ratio, division, other))

        return graph_warnings(
            graph, "ratio", ConceptPolicy(max_prerequisite_depth=1), close_names=()
        )


@frozen(kw_only=True)
class ApprovalScenario:
    """A concept that was approved at version 1, edited, and perhaps approved again."""

    is_approved_again: bool

    def warnings(self) -> Warnings:
        """Return the present warnings on the concept."""
        store = MemoryStore()
        approved = approve(store, submit(store, create(store)))
        saved = edit(store, approved)
        if self.is_approved_again:
            saved = approve(store, saved)

        return saved.current_warnings


def make_version(content: ConceptContent, number: int, note: str | None) -> ConceptVersion:
    """Return a version of the concept `ratio`."""
    return ConceptVersion(
        id=f"version-{number}",
        concept_id="ratio",
        version_number=number,
        content=content,
        created_by=Actor.user("maya"),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        change_note=note,
    )


def good_content(**fields: Value) -> ConceptContent:
    """Return content without warnings, except for what these fields cause."""
    return evolve(GOOD_CONTENT, **fields)


def first_version(**fields: Value) -> VersionScenario:
    """Return a first version whose content has these fields."""
    return VersionScenario(content=good_content(**fields))


def edited_version(**fields: Value) -> VersionScenario:
    """Return an edit that changes these fields of the good content."""
    return VersionScenario(content=good_content(**fields), previous=GOOD_CONTENT)


def codes(warnings: Warnings) -> list[str]:
    """Return the codes of the warnings, in order."""
    return [warning.code for warning in warnings]


def by_code(warnings: Warnings) -> Mapping[str, ConceptWarning]:
    """Map each code to its warning."""
    return {warning.code: warning for warning in warnings}


def only_warning(code: str, warnings: Warnings) -> ConceptWarning:
    """Return the one warning with this code."""
    (warning,) = [warning for warning in warnings if warning.code == code]
    return warning
