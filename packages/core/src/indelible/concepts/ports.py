"""The ports of concepts."""

from typing import Any, ClassVar, Final, Protocol

from attrs import field, frozen

from indelible.concepts.entities import (
    Concept,
    ConceptContent,
    ConceptNode,
    ConceptVersion,
    Warnings,
    name_key,
)
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.warnings.names import RelatedNames
from indelible.kernel import (
    Actor,
    Head,
    NamedListFilter,
    NamedListOrder,
)
from indelible.kernel.values import LINE, is_text

MAX_LISTED_NAME_KEY: Final = 200  # characters; names that begin the same are in order of id


class ConceptRepository(Protocol):
    """Seed 000's repository with its six methods; its errors are in `indelible.concepts.errors`.

    A concept saved with a new version waits for its `save_version`. A transaction that ends
    before that is refused.
    """

    def save_concept(self, concept: Concept) -> None: ...
    def save_version(self, version: ConceptVersion) -> None: ...
    def get_concept(self, concept_id: str) -> Concept | None: ...
    def get_latest_version(self, concept_id: str) -> ConceptVersion | None: ...
    def get_version(self, concept_id: str, version_number: int) -> ConceptVersion | None: ...
    def list_versions(self, concept_id: str) -> list[ConceptVersion]: ...


class ConceptReads(Protocol):
    """The four reading methods of `ConceptRepository`: None for a missing row, oldest first."""

    def get_concept(self, concept_id: str) -> Concept | None: ...
    def get_latest_version(self, concept_id: str) -> ConceptVersion | None: ...
    def get_version(self, concept_id: str, version_number: int) -> ConceptVersion | None: ...
    def list_versions(self, concept_id: str) -> list[ConceptVersion]: ...


@frozen(kw_only=True)
class ConceptSummary:
    """A concept in a list."""

    concept: Concept
    seq: int
    name: str
    definition: str


@frozen(kw_only=True)
class ConceptOverview:
    """A concept in a list for people: who changed it last, and its version's stored warnings."""

    summary: ConceptSummary
    actor: Actor
    warnings: Warnings


@frozen(kw_only=True)
class SearchedOverviews:
    """The concepts of a part of a list that has a text, and the end of that part.

    `end` is the position of the last concept that the text was looked for in; None if the list
    ends there, or if more concepts of the part may have the text.
    """

    overviews: tuple[ConceptOverview, ...]
    end: str | None


@frozen(kw_only=True, slots=False)
class ConceptFilter(NamedListFilter):
    """The concepts of a list, and their order: a literal text in name or definition, and a status.

    Names are compared by their keys, in which case and spaces make no difference.
    """

    name_field: ClassVar[str] = "name_key"

    text: str = field(default="", validator=is_text, metadata=LINE)
    status: ConceptStatus | None = None

    def conditions(self) -> dict[str, Any]:
        """Return the filters that are set, with the key of the prefix."""
        conditions = super().conditions()
        if self.name_prefix is not None:
            conditions["name_prefix"] = listed_name_key(self.name_prefix)
        if self.text:
            conditions["text"] = name_key(self.text)

        return conditions

    def position_of_summary(self, summary: ConceptSummary) -> str:
        """Return the position of a concept in the list."""
        if self.order is NamedListOrder.NAME:
            return self.position_at(listed_name_key(summary.name), summary.concept.id)
        return self.position_of(summary.concept)


def listed_name_key(name: str) -> str:
    """Return the part of a name's key that lists are ordered by."""
    return name_key(name)[:MAX_LISTED_NAME_KEY]


class ConceptSearch(Protocol):
    """Queries on concepts and their versions."""

    def get_current(self, concept_id: str) -> tuple[Head[Concept], ConceptVersion]:
        """Return the concept's head and its current version.

        Raises:
            ConceptNotFound: No concept has this id.
        """
        ...

    def get_view(self, concept_id: str) -> tuple[Head[Concept], ConceptVersion, Warnings]:
        """Return the concept's head, its current version and that version's warnings.

        Raises:
            ConceptNotFound: No concept has this id.
        """
        ...

    def page(self, wanted: ConceptFilter, *, after: str, limit: int) -> tuple[ConceptSummary, ...]:
        """Return the next `limit` matching concepts after a position, in the filter's order."""
        ...

    def overview(
        self, wanted: ConceptFilter, *, after: str, limit: int, max_searched: int | None = None
    ) -> tuple[ConceptOverview, ...]:
        """Return the concepts of `page` with their last actors and stored warnings.

        With `max_searched`, look for the filter's text in the first so many concepts only that
        match its other fields.
        """
        ...

    def position_after(self, wanted: ConceptFilter, *, after: str, number: int) -> str | None:
        """Return the position of the `number`-th concept after a position, whatever its text.

        Return None unless more concepts follow it.
        """
        ...

    def count(self, wanted: ConceptFilter, *, limit: int) -> int:
        """Return the number of matching concepts, at most `limit`."""
        ...

    def related_names(self, version: ConceptVersion) -> RelatedNames:
        """Return other concepts' names that equal the version's name or occur in its definition."""
        ...

    def names_with_prefix(self, prefix: str) -> tuple[str, ...]:
        """Return a bounded number of names whose key begins with the prefix."""
        ...

    def approved_version(self, concept_id: str) -> int | None:
        """Return the version that was approved last, None before any approval."""
        ...

    def nodes(self, *, limit: int) -> tuple[ConceptNode, ...]:
        """Return the first `limit` graph nodes in order of id."""
        ...

    def nodes_named(self, texts: tuple[str, ...]) -> tuple[ConceptNode, ...]:
        """Return the graph nodes that any of the texts names, by id or by name."""
        ...


class ConceptJoins(Protocol):
    """The loads that read the current version in the same statement."""

    def load_current(
        self, concept_id: str, *, expected_seq: int
    ) -> tuple[Head[Concept], ConceptVersion, Warnings]:
        """Return the locked head at the expected seq, its current version and its warnings.

        Raises:
            ConceptNotFound: No concept has this id.
            Stale: The concept is at another seq.
        """
        ...

    def load_to_edit(
        self, concept_id: str, content: ConceptContent, *, expected_seq: int
    ) -> tuple[Head[Concept], ConceptVersion, RelatedNames]:
        """Return the locked head, its current version, and the names related to the new content.

        Raises:
            ConceptNotFound: No concept has this id.
            Stale: The concept is at another seq.
        """
        ...
