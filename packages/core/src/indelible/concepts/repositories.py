"""The finders of concepts, and the transactions that hold them."""

from typing import Protocol

from attrs import frozen

from indelible.concepts.entities import (
    Concept,
    ConceptPolicy,
    ConceptVersion,
    VersionWarnings,
    Warnings,
)
from indelible.concepts.errors import ConceptNotFound
from indelible.concepts.ports import ConceptJoins, ConceptReads, ConceptRepository, ConceptSearch
from indelible.kernel import ReadTransaction, Transaction
from indelible.kernel.questions import above
from indelible.kernel.repository import Repository


@frozen
class Concepts(Repository[Concept]):
    """The concepts, their versions and the warnings of these."""

    joins: ConceptJoins

    def version(self, concept_id: str, version_number: int) -> ConceptVersion | None:
        """Return one version of a concept."""
        versions = self.records(
            ConceptVersion,
            concept_id=concept_id,
            version_number=version_number,
            order=("version_number",),
        )
        return versions[0] if versions else None

    def newest_version(self, concept_id: str) -> ConceptVersion | None:
        """Return the newest version of a concept."""
        versions = self.records(
            ConceptVersion, concept_id=concept_id, order=("-version_number",), limit=1
        )
        return versions[0] if versions else None

    def all_versions(self, concept_id: str) -> tuple[ConceptVersion, ...]:
        """Return every version of a concept, oldest first."""
        return self.records(ConceptVersion, concept_id=concept_id, order=("version_number",))

    def versions(self, concept_id: str, *, after: int, limit: int) -> tuple[ConceptVersion, ...]:
        """Return the next `limit` versions after a number, oldest first."""
        return self.records(
            ConceptVersion,
            above("version_number", after),
            concept_id=concept_id,
            order=("version_number",),
            limit=limit,
        )

    def warnings(self, concept_id: str, version_number: int) -> Warnings:
        """Return the warnings stored with a version."""
        records = self.records(
            VersionWarnings,
            concept_id=concept_id,
            version_number=version_number,
            order=("version_number",),
        )
        return records[0].warnings if records else ()


class ConceptReadsFacade:
    """The four reading methods of seed 000's `ConceptRepository`."""

    def __init__(self, concepts: Concepts) -> None:
        self._concepts = concepts

    def get_concept(self, concept_id: str) -> Concept | None:
        """Return the concept, or None."""
        try:
            return self._concepts.get(concept_id).entity
        except ConceptNotFound:
            return None

    def get_latest_version(self, concept_id: str) -> ConceptVersion | None:
        """Return the version that the concept points to, or None."""
        return self._concepts.newest_version(concept_id)

    def get_version(self, concept_id: str, version_number: int) -> ConceptVersion | None:
        """Return one version, or None."""
        return self._concepts.version(concept_id, version_number)

    def list_versions(self, concept_id: str) -> list[ConceptVersion]:
        """Return every version, oldest first; an empty list for an unknown concept."""
        return list(self._concepts.all_versions(concept_id))


class ConceptsReader(Protocol):
    """The concepts' part of a read transaction."""

    @property
    def concepts(self) -> Concepts: ...
    @property
    def search(self) -> ConceptSearch: ...
    @property
    def repository(self) -> ConceptReads: ...


class ConceptsWriter(ConceptsReader, Protocol):
    """The concepts' part of a write transaction."""

    @property
    def repository(self) -> ConceptRepository: ...


class HasConceptPolicy(Protocol):
    """The concepts' part of a store's policy."""

    @property
    def concepts(self) -> ConceptPolicy: ...


class ConceptsRead(ReadTransaction, Protocol):
    """The transaction that queries on concepts need."""

    @property
    def concepts(self) -> ConceptsReader: ...
    @property
    def policy(self) -> HasConceptPolicy: ...


class ConceptsWrite(ConceptsRead, Transaction, Protocol):
    """The transaction that handlers of concepts need."""

    @property
    def concepts(self) -> ConceptsWriter: ...
