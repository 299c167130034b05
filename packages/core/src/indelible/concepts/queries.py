"""Questions about concepts; none of them writes."""

from datetime import datetime

from attrs import frozen

from indelible.concepts.entities import Concept, ConceptVersion, Warnings
from indelible.concepts.errors import NotYetCreated, VersionNotFound
from indelible.concepts.lifecycle import CONCEPT
from indelible.concepts.ports import ConceptFilter, ConceptsRead, ConceptSummary
from indelible.concepts.rules.current import current_warnings, node_of, reachable_graph
from indelible.concepts.rules.diff import VersionDiff, diff_content
from indelible.concepts.rules.graph import ConceptGraph, LearningOrder, learning_order
from indelible.concepts.rules.records import fold
from indelible.kernel import Change
from indelible.kernel.values import InstantOutOfRange, WrongType

PAGE = 50


@frozen(kw_only=True)
class ConceptView:
    """A concept, a version of it with the warnings kept beside it, and the seq that was current then."""

    concept: Concept
    version: ConceptVersion
    warnings: Warnings
    seq: int


@frozen(kw_only=True)
class ConceptWarnings:
    """All warnings of a concept: those kept with its current version, and those that hold now."""

    warnings: Warnings
    current_warnings: Warnings


@frozen(kw_only=True)
class VersionView:
    """A version, with the warnings kept beside it."""

    version: ConceptVersion
    warnings: Warnings


def get_concept(tx: ConceptsRead, concept_id: str) -> ConceptView:
    """The concept as it stands, with the seq that the next command must expect."""
    head, version = tx.concepts.search.get_current(concept_id)
    warnings = tx.concepts.search.warnings(concept_id, version.version_number)
    return ConceptView(
        concept=head.entity, version=version, warnings=warnings, seq=head.revision.seq
    )


def get_version(tx: ConceptsRead, concept_id: str, version_number: int) -> VersionView:
    """One version of the concept; ConceptNotFound or VersionNotFound."""
    version = tx.concepts.repository.get_version(concept_id, version_number)
    if version is None:
        tx.concepts.search.get_current(concept_id)
        raise VersionNotFound(concept_id, version_number)
    return VersionView(
        version=version, warnings=tx.concepts.search.warnings(concept_id, version_number)
    )


def list_versions(
    tx: ConceptsRead, concept_id: str, *, after: int = 0, limit: int = PAGE
) -> tuple[ConceptVersion, ...]:
    """The next `limit` versions after a number, oldest first."""
    tx.concepts.search.get_current(concept_id)
    return tx.concepts.search.versions(concept_id, after=after, limit=limit)


def diff_versions(
    tx: ConceptsRead, concept_id: str, from_version: int, to_version: int
) -> VersionDiff:
    """What changed from one version to another, by field, list item and word."""
    old = get_version(tx, concept_id, from_version).version.content
    new = get_version(tx, concept_id, to_version).version.content
    return VersionDiff(
        concept_id=concept_id,
        from_version=from_version,
        to_version=to_version,
        diff=diff_content(old, new),
    )


def list_history(
    tx: ConceptsRead, concept_id: str, *, after: int = 0, limit: int | None = None
) -> tuple[Change, ...]:
    """What happened to the concept after a seq, oldest first."""
    changes = tx.history.of(CONCEPT.name, concept_id, after=after, limit=limit)
    if not changes:
        tx.concepts.search.get_current(concept_id)
    return changes


def concept_as_of(
    tx: ConceptsRead, concept_id: str, *, at: datetime | None = None, seq: int | None = None
) -> ConceptView:
    """The concept as it stood at an instant, at a seq, or at the earlier of both."""
    if at is not None and at.tzinfo is None:
        raise InstantOutOfRange("at")
    if seq is not None and type(seq) is not int:
        raise WrongType("seq", "int")
    changes = [
        change
        for change in list_history(tx, concept_id)
        if (at is None or change.at <= at) and (seq is None or change.seq <= seq)
    ]
    if not changes:
        raise NotYetCreated(concept_id)
    concept = fold(changes)
    shown = get_version(tx, concept_id, concept.current_version)
    return ConceptView(
        concept=concept, version=shown.version, warnings=shown.warnings, seq=changes[-1].seq
    )


def list_warnings(tx: ConceptsRead, concept_id: str) -> ConceptWarnings:
    """All warnings of the concept as it stands."""
    shown = get_concept(tx, concept_id)
    now = current_warnings(shown.concept, shown.version, tx.concepts.search, tx.policy.concepts)
    return ConceptWarnings(warnings=shown.warnings, current_warnings=now)


def prerequisite_graph(tx: ConceptsRead, concept_id: str) -> ConceptGraph:
    """The concept and all that it leads back to."""
    head, version = tx.concepts.search.get_current(concept_id)
    start = node_of(head.entity, version)
    return reachable_graph(start, tx.concepts.search, max_nodes=tx.policy.concepts.most_graph_nodes)


def whole_graph(tx: ConceptsRead) -> ConceptGraph:
    """Every concept and its prerequisites, up to the policy's number of concepts."""
    return ConceptGraph(nodes=tx.concepts.search.nodes(limit=tx.policy.concepts.most_graph_nodes))


def get_learning_order(tx: ConceptsRead, concept_id: str | None = None) -> LearningOrder:
    """In which order to learn the concept and what it needs, or everything there is."""
    if concept_id is None:
        return learning_order(whole_graph(tx), ())
    return learning_order(prerequisite_graph(tx, concept_id), (concept_id,))


def list_concepts(
    tx: ConceptsRead, wanted: ConceptFilter, *, after: str = "", limit: int = PAGE
) -> tuple[ConceptSummary, ...]:
    """The next `limit` concepts that match, in order of id."""
    return tx.concepts.search.page(wanted, after=after, limit=limit)
