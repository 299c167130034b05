"""The findings of a critique: their severities and categories, and the rules that lead to them."""

from collections.abc import Callable
from enum import StrEnum

from attrs import frozen

from indelible.projects.entities.values import ArchitectureSpec
from indelible.projects.rules.graph import Graph, Node


class Severity(StrEnum):
    """The severity of a finding."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Category(StrEnum):
    """The subject of a finding."""

    SECURITY = "security"
    SCALABILITY = "scalability"
    DATA_INTEGRITY = "data_integrity"
    MISSING_COMPONENT = "missing_component"
    ANTI_PATTERN = "anti_pattern"
    COUPLING = "coupling"
    SINGLE_POINT_OF_FAILURE = "single_point_of_failure"
    OPERATIONAL = "operational"


@frozen(kw_only=True)
class Finding:
    """A finding of the critique, with the ids of the nodes that it is about."""

    code: str
    severity: Severity
    category: Category
    node_ids: tuple[str, ...]
    problem: str
    recommendation: str

    @property
    def warning(self) -> str:
        """Return the text that a job stores as a warning."""
        return f"{self.problem} {self.recommendation}"


@frozen
class Rule:
    """A rule: the code and the kind of its finding, when it is found, and what to do about it.

    `problem_of` returns the nodes and the problem, None if the specification follows the rule.
    """

    code: str
    severity: Severity
    category: Category
    condition: str
    recommendation: str
    problem_of: Callable[[ArchitectureSpec, Graph], "Problem | None"]


@frozen
class Problem:
    """A broken rule: a sentence, and the nodes that break it."""

    text: str
    nodes: tuple[Node, ...] = ()
