"""Concepts in memory."""

from attrs import field, frozen

from indelible.concepts import (
    CONCEPT,
    Concept,
    ConceptContent,
    ConceptFilter,
    ConceptSummary,
    ConceptVersion,
)
from indelible.concepts.entities import ConceptNode, Warnings, name_key
from indelible.concepts.errors import ConceptNotFound
from indelible.concepts.rules.current import node_of
from indelible.concepts.rules.warnings import RelatedNames
from indelible.kernel import Change, Head
from indelible.memory.history import MemoryHistory

ConceptRows = dict[str, Head[Concept]]
VersionRows = dict[str, tuple[ConceptVersion, ...]]
WarningRows = dict[tuple[str, int], Warnings]
NAMES_NEAR = 50


@frozen
class MemoryConcepts:
    """Concepts, to be looked at and to be changed."""

    _history: MemoryHistory
    _heads: ConceptRows = field(factory=ConceptRows)
    _versions: VersionRows = field(factory=VersionRows)
    _warnings: WarningRows = field(factory=WarningRows)

    def copy(self, history: MemoryHistory) -> "MemoryConcepts":
        """A draft over a draft of history; the rows are frozen, so they are shared."""
        return MemoryConcepts(
            history, self._heads.copy(), self._versions.copy(), self._warnings.copy()
        )

    def get_concept(self, concept_id: str) -> Concept | None:
        """The concept as it stands, or None."""
        return self._heads[concept_id].entity if concept_id in self._heads else None

    def get_latest_version(self, concept_id: str) -> ConceptVersion | None:
        """The version that the concept points at, or None."""
        return self._versions[concept_id][-1] if concept_id in self._versions else None

    def get_version(self, concept_id: str, version_number: int) -> ConceptVersion | None:
        """One version, or None."""
        found = [
            each for each in self.list_versions(concept_id) if each.version_number == version_number
        ]
        return found[0] if found else None

    def list_versions(self, concept_id: str) -> list[ConceptVersion]:
        """Every version, oldest first; none for an unknown concept."""
        return list(self._versions.get(concept_id, ()))

    def versions(self, concept_id: str, *, after: int, limit: int) -> tuple[ConceptVersion, ...]:
        """The next `limit` versions after a number."""
        return tuple(self.list_versions(concept_id)[after : after + limit])

    def find(self, concept_id: str) -> tuple[Head[Concept], ConceptVersion]:
        """The concept as it stands and the version it points at, or ConceptNotFound."""
        if concept_id not in self._heads:
            raise ConceptNotFound(concept_id)
        return self._heads[concept_id], self._versions[concept_id][-1]

    def load(self, concept_id: str, *, expected_seq: int) -> tuple[Head[Concept], ConceptVersion]:
        """The concept, locked by its transaction, and its version; ConceptNotFound or Stale."""
        head, version = self.find(concept_id)
        return head.expected(expected_seq), version

    def load_to_edit(
        self, concept_id: str, content: ConceptContent, *, expected_seq: int
    ) -> tuple[Head[Concept], ConceptVersion, RelatedNames]:
        """As `load`, and in the same look the other concepts' names that the new content is like."""
        head, version = self.load(concept_id, expected_seq=expected_seq)
        return head, version, self._names_like(concept_id, content)

    def record(
        self,
        change: Change,
        concept: Concept,
        version: ConceptVersion | None = None,
        warnings: Warnings = (),
    ) -> None:
        """Move the head and add the records that say so; Stale when another was first."""
        self._history.append(CONCEPT, change)
        self._heads[concept.id] = Head(entity=concept, revision=change.revision)
        if version:
            self._versions[concept.id] = (*self.list_versions(concept.id), version)
            self._warnings[concept.id, version.version_number] = warnings

    def warnings(self, concept_id: str, version_number: int) -> Warnings:
        """The warnings that were kept with a version."""
        return self._warnings[concept_id, version_number]

    def approved_version(self, concept_id: str) -> int | None:
        """The version that the newest approval saw, None before any."""
        approved = [
            each.version
            for each in self._history.of(CONCEPT.name, concept_id)
            if each.action == "approve"
        ]
        return approved[-1] if approved else None

    def page(self, wanted: ConceptFilter, *, after: str, limit: int) -> tuple[ConceptSummary, ...]:
        """The next `limit` concepts after an id, in order of id."""
        found = (
            self._listed(concept_id) for concept_id in sorted(self._heads) if concept_id > after
        )
        return tuple(each for each in found if _matches(each, wanted))[:limit]

    def related_names(self, version: ConceptVersion) -> RelatedNames:
        """Other concepts' names that equal the version's name, or occur in its definition."""
        return self._names_like(version.concept_id, version.content)

    def names_with_prefix(self, prefix: str) -> tuple[str, ...]:
        """A bounded number of names whose key begins with the prefix."""
        names = {node.name for node in self._nodes() if name_key(node.name).startswith(prefix)}
        return tuple(sorted(names, key=lambda name: (name_key(name), name)))[:NAMES_NEAR]

    def nodes(self, *, limit: int) -> tuple[ConceptNode, ...]:
        """The first `limit` concepts in order of id, as the graph sees them."""
        return self._nodes()[:limit]

    def nodes_named(self, texts: tuple[str, ...]) -> tuple[ConceptNode, ...]:
        """The concepts that any of the texts names, by id or by name."""
        keys = set(map(name_key, texts))
        return tuple(
            node for node in self._nodes() if node.id in texts or name_key(node.name) in keys
        )

    def _names_like(self, concept_id: str, content: ConceptContent) -> RelatedNames:
        return RelatedNames.among(
            content, (node.name for node in self._nodes() if node.id != concept_id)
        )

    def _nodes(self) -> tuple[ConceptNode, ...]:
        return tuple(
            node_of(self._heads[each].entity, self._versions[each][-1])
            for each in sorted(self._heads)
        )

    def _listed(self, concept_id: str) -> ConceptSummary:
        head, version = self.find(concept_id)
        content = version.content
        return ConceptSummary(
            concept=head.entity,
            seq=head.revision.seq,
            name=content.name,
            definition=content.definition,
        )


def _matches(listed: ConceptSummary, wanted: ConceptFilter) -> bool:
    texts = name_key(listed.name), name_key(listed.definition)
    has_text = any(name_key(wanted.text) in text for text in texts)
    return has_text and wanted.status in (None, listed.concept.status)
