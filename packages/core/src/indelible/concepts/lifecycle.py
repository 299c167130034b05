"""The lifecycle of a concept."""

from enum import StrEnum

from indelible.kernel import Edge, Lifecycle


class ConceptStatus(StrEnum):
    """The states of a concept."""

    DRAFT = "DRAFT"
    REVIEW = "REVIEW"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"


CONCEPT = Lifecycle(
    name="concept",
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
)
