"""What concepts need of a store."""

from typing import Protocol

from attrs import field, frozen

from indelible.concepts.entities import (
    Concept,
    ConceptContent,
    ConceptNode,
    ConceptPolicy,
    ConceptVersion,
    Warnings,
)
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.warnings import RelatedNames
from indelible.kernel import Change, Head, ReadTransaction, Transaction
from indelible.kernel.values import LINE, is_text


class ConceptRepository(Protocol):
    """The six methods of the hand-off, as they were asked for; its refusals are in `indelible.concepts.errors`.

    A concept that was saved with a new version waits for its `save_version`: a transaction that ends before is refused.
    """

    def save_concept(self, concept: Concept) -> None: ...
    def save_version(self, version: ConceptVersion) -> None: ...
    def get_concept(self, concept_id: str) -> Concept | None: ...
    def get_latest_version(self, concept_id: str) -> ConceptVersion | None: ...
    def get_version(self, concept_id: str, version_number: int) -> ConceptVersion | None: ...
    def list_versions(self, concept_id: str) -> list[ConceptVersion]: ...


class ConceptReads(Protocol):
    """The four of them that write nothing: what is absent is None, and versions are listed oldest first."""

    def get_concept(self, concept_id: str) -> Concept | None: ...
    def get_latest_version(self, concept_id: str) -> ConceptVersion | None: ...
    def get_version(self, concept_id: str, version_number: int) -> ConceptVersion | None: ...
    def list_versions(self, concept_id: str) -> list[ConceptVersion]: ...


@frozen(kw_only=True)
class ConceptFilter:
    """Which concepts to list: by words of the name or definition, taken literally, and by status."""

    text: str = field(default="", validator=is_text, metadata=LINE)
    status: ConceptStatus | None = None


@frozen(kw_only=True)
class ConceptSummary:
    """A concept in a list: its head, and what it is called and says in short."""

    concept: Concept
    seq: int
    name: str
    definition: str


class ConceptSearch(Protocol):
    """Concepts, to be found."""

    def find(self, concept_id: str) -> tuple[Head[Concept], ConceptVersion]:
        """The concept as it stands and the version it points at, or ConceptNotFound."""
        ...

    def warnings(self, concept_id: str, version_number: int) -> Warnings: ...
    def versions(
        self, concept_id: str, *, after: int, limit: int
    ) -> tuple[ConceptVersion, ...]: ...

    def page(self, wanted: ConceptFilter, *, after: str, limit: int) -> tuple[ConceptSummary, ...]:
        """The next `limit` concepts after an id, in order of id."""
        ...

    def related_names(self, version: ConceptVersion) -> RelatedNames:
        """Other concepts' names that equal the version's name, or occur in its definition."""
        ...

    def names_with_prefix(self, prefix: str) -> tuple[str, ...]:
        """A bounded number of names whose key begins with the prefix."""
        ...

    def approved_version(self, concept_id: str) -> int | None:
        """The version that the newest approval saw, None before any."""
        ...

    def nodes(self, *, limit: int) -> tuple[ConceptNode, ...]:
        """The first `limit` concepts in order of id, as the graph sees them."""
        ...

    def nodes_named(self, texts: tuple[str, ...]) -> tuple[ConceptNode, ...]:
        """The concepts that any of the texts names, by id or by name."""
        ...


class ConceptHeads(Protocol):
    """Concepts, to be changed."""

    def load(self, concept_id: str, *, expected_seq: int) -> tuple[Head[Concept], ConceptVersion]:
        """The concept, locked until the transaction ends, and its version; ConceptNotFound or Stale."""
        ...

    def load_to_edit(
        self, concept_id: str, content: ConceptContent, *, expected_seq: int
    ) -> tuple[Head[Concept], ConceptVersion, RelatedNames]:
        """As `load`, and in the same look the other concepts' names that the new content is like."""
        ...

    def record(
        self,
        change: Change,
        concept: Concept,
        version: ConceptVersion | None = None,
        warnings: Warnings = (),
    ) -> None:
        """Move the head and add the records that say so, a new version among them; Stale when another was first."""
        ...


class HasConceptPolicy(Protocol):
    """The part of a store's policy that concepts need."""

    @property
    def concepts(self) -> ConceptPolicy: ...


class ConceptsRead(ReadTransaction, Protocol):
    """What queries on concepts need."""

    @property
    def concepts(self) -> ConceptReads: ...
    @property
    def concept_search(self) -> ConceptSearch: ...
    @property
    def policy(self) -> HasConceptPolicy: ...


class ConceptsWrite(ConceptsRead, Transaction, Protocol):
    """What handlers of concepts need."""

    @property
    def concepts(self) -> ConceptRepository: ...
    @property
    def concept_heads(self) -> ConceptHeads: ...
