"""Concepts in memory."""

from typing import Any, Self

from attrs import evolve, frozen

from indelible.concepts import (
    CONCEPT,
    Concept,
    ConceptContent,
    ConceptFilter,
    ConceptOverview,
    ConceptSummary,
    ConceptVersion,
)
from indelible.concepts.entities import ConceptNode, VersionWarnings, Warnings, name_key
from indelible.concepts.ports import listed_name_key
from indelible.concepts.repositories import ConceptReadsFacade, Concepts
from indelible.concepts.rules.current import node_of
from indelible.concepts.rules.warnings.names import RelatedNames
from indelible.kernel import Head
from indelible.kernel.values import field_values
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible.memory.lists import list_page

MAX_NAMES = 50


class MemoryConceptAggregates(MemoryAggregateRepository[Concept]):
    """The repository of concepts."""

    def load_current(
        self, concept_id: str, *, expected_seq: int
    ) -> tuple[Head[Concept], ConceptVersion, Warnings]:
        """Return the head at the expected seq, its current version and its warnings."""
        head = self.load(concept_id, expected_seq=expected_seq)
        version = self.current_version(concept_id)
        return head, version, self.warnings_of(concept_id, version.version_number)

    def load_to_edit(
        self, concept_id: str, content: ConceptContent, *, expected_seq: int
    ) -> tuple[Head[Concept], ConceptVersion, RelatedNames]:
        """Return the head, its current version, and the names related to the new content."""
        head, version, _ = self.load_current(concept_id, expected_seq=expected_seq)
        return head, version, self.names_related_to(concept_id, content)

    def current_version(self, concept_id: str) -> ConceptVersion:
        """Return the newest version of a stored concept."""
        return self.records(ConceptVersion, concept_id)[-1]

    def warnings_of(self, concept_id: str, version_number: int) -> Warnings:
        """Return the warnings stored with a version."""
        for row in self.records(VersionWarnings, concept_id):
            if row.version_number == version_number:
                return row.warnings

        return ()

    def names_related_to(self, concept_id: str, content: ConceptContent) -> RelatedNames:
        """Return the names of other concepts that the content mentions or equals."""
        names: list[str] = []
        for node in self.nodes():
            if node.id != concept_id:
                names.append(node.name)

        return RelatedNames.among(content, names)

    def nodes(self) -> tuple[ConceptNode, ...]:
        """Return every concept as a graph node, in order of id."""
        nodes: list[ConceptNode] = []
        for head in self.where(lambda _: True):
            version = self.current_version(head.entity.id)
            nodes.append(node_of(head.entity, version))

        return tuple(nodes)


@frozen
class MemoryConceptSearch:
    """Queries on concepts and their versions."""

    _concepts: MemoryConceptAggregates
    _history: MemoryHistory

    def get_current(self, concept_id: str) -> tuple[Head[Concept], ConceptVersion]:
        """Return the concept's head and its current version, or raise ConceptNotFound."""
        return self._concepts.get(concept_id), self._concepts.current_version(concept_id)

    def get_view(self, concept_id: str) -> tuple[Head[Concept], ConceptVersion, Warnings]:
        """Return the head, its current version and that version's warnings."""
        head, version = self.get_current(concept_id)
        return head, version, self._concepts.warnings_of(concept_id, version.version_number)

    def page(self, wanted: ConceptFilter, *, after: str, limit: int) -> tuple[ConceptSummary, ...]:
        """Return the next `limit` matching concepts after a position, in the filter's order."""
        overviews = self.overview(wanted, after=after, limit=limit)
        return tuple(overview.summary for overview in overviews)

    def overview(
        self, wanted: ConceptFilter, *, after: str, limit: int, max_searched: int | None = None
    ) -> tuple[ConceptOverview, ...]:
        """Return the concepts of `page` with their last actors and stored warnings."""
        listed = self._overviews(wanted, after=after)
        if wanted.text:
            listed = listed[:max_searched]
        matching: list[ConceptOverview] = []
        for overview in listed:
            if _has_text(overview.summary, wanted):
                matching.append(overview)

        return tuple(matching[:limit])

    def position_after(self, wanted: ConceptFilter, *, after: str, number: int) -> str | None:
        """Return the position of the `number`-th concept after a position, whatever its text."""
        listed = self._overviews(wanted, after=after)
        if len(listed) <= number:
            return None

        return wanted.position_of_summary(listed[number - 1].summary)

    def _overviews(self, wanted: ConceptFilter, *, after: str) -> tuple[ConceptOverview, ...]:
        """Return all concepts after a position that match the filter but for its text."""
        entries: list[tuple[ConceptOverview, dict[str, Any]]] = []
        for head in self._concepts.where(lambda _: True):
            summary = self._summary(head)
            actor = self._concepts.last_actor(head)
            values = field_values(head.entity)
            values["name_key"] = listed_name_key(summary.name)
            values["actor"] = actor
            warnings = self._concepts.warnings_of(head.entity.id, head.entity.current_version)
            overview = ConceptOverview(summary=summary, actor=actor, warnings=warnings)
            entries.append((overview, values))

        return list_page(entries, wanted, after=after, limit=len(entries))

    def count(self, wanted: ConceptFilter, *, limit: int) -> int:
        """Return the number of matching concepts, at most `limit`."""
        return len(self.page(evolve(wanted, order=None), after="", limit=limit))

    def related_names(self, version: ConceptVersion) -> RelatedNames:
        """Return other concepts' names that equal the version's name or occur in its definition."""
        return self._concepts.names_related_to(version.concept_id, version.content)

    def names_with_prefix(self, prefix: str) -> tuple[str, ...]:
        """Return a bounded number of names whose key begins with the prefix."""
        names = set[str]()
        for node in self._concepts.nodes():
            if name_key(node.name).startswith(prefix):
                names.add(node.name)

        in_order = sorted(names, key=lambda name: (name_key(name), name))
        return tuple(in_order[:MAX_NAMES])

    def approved_version(self, concept_id: str) -> int | None:
        """Return the version that was approved last, None before any approval."""
        changes = self._history.of(CONCEPT.name, concept_id)
        for change in reversed(changes):
            if change.action == "approve":
                return change.version

        return None

    def nodes(self, *, limit: int) -> tuple[ConceptNode, ...]:
        """Return the first `limit` graph nodes in order of id."""
        return self._concepts.nodes()[:limit]

    def nodes_named(self, texts: tuple[str, ...]) -> tuple[ConceptNode, ...]:
        """Return the graph nodes that any of the texts names, by id or by name."""
        keys = {name_key(text) for text in texts}
        nodes: list[ConceptNode] = []
        for node in self._concepts.nodes():
            if node.id in texts or name_key(node.name) in keys:
                nodes.append(node)

        return tuple(nodes)

    def _summary(self, head: Head[Concept]) -> ConceptSummary:
        content = self._concepts.current_version(head.entity.id).content
        return ConceptSummary(
            concept=head.entity,
            seq=head.revision.seq,
            name=content.name,
            definition=content.definition,
        )


def _has_text(summary: ConceptSummary, wanted: ConceptFilter) -> bool:
    text = name_key(wanted.text)
    return text in name_key(summary.name) or text in name_key(summary.definition)


@frozen
class MemoryConceptsReader:
    """The concepts' part of a read transaction."""

    concepts: Concepts
    search: MemoryConceptSearch
    repository: ConceptReadsFacade

    @classmethod
    def over(cls, rows: MemoryConceptAggregates, history: MemoryHistory) -> Self:
        """Return the reader of the concepts in these tables."""
        concepts = Concepts(rows, rows)
        return cls(concepts, MemoryConceptSearch(rows, history), ConceptReadsFacade(concepts))
