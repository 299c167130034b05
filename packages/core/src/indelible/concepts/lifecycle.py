"""The lifecycle of a concept."""

from enum import StrEnum

from indelible.kernel import EVERYONE, Edge, Lifecycle


class ConceptStatus(StrEnum):
    """The states of a concept."""

    DRAFT = "DRAFT"
    REVIEW = "REVIEW"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"


CONCEPT = Lifecycle(
    name="concept",
    data_keys=frozenset({"ruleset", "corrects"}),
    readers=EVERYONE,
    edges=(
        Edge("", "create", ConceptStatus.DRAFT, 1),
        Edge(ConceptStatus.DRAFT, "edit", ConceptStatus.DRAFT, 1),
        Edge(ConceptStatus.DRAFT, "submit", ConceptStatus.REVIEW, 0),
        Edge(ConceptStatus.REVIEW, "edit", ConceptStatus.REVIEW, 1),
        Edge(ConceptStatus.REVIEW, "approve", ConceptStatus.APPROVED, 0),
        Edge(ConceptStatus.APPROVED, "edit", ConceptStatus.APPROVED, 1),
        Edge(ConceptStatus.APPROVED, "approve", ConceptStatus.APPROVED, 0),
        Edge(ConceptStatus.APPROVED, "publish", ConceptStatus.PUBLISHED, 0),
    ),
    # An edit changes the number of the version, which every lifecycle declares by its edges.
    changes={},
    initial={},
)
