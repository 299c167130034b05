"""Queries on concepts; none of them writes."""

from datetime import datetime

from attrs import evolve, frozen

from indelible.concepts.entities import Concept, ConceptVersion, WarningLevels, Warnings
from indelible.concepts.errors import NotYetCreated, VersionNotFound
from indelible.concepts.lifecycle import CONCEPT
from indelible.concepts.ports import (
    ConceptFilter,
    ConceptOverview,
    ConceptSummary,
    SearchedOverviews,
)
from indelible.concepts.repositories import ConceptsRead
from indelible.concepts.rules.current import current_warnings, node_of, reachable_graph
from indelible.concepts.rules.diff.content import VersionDiff, diff_content
from indelible.concepts.rules.graph import ConceptGraph, LearningOrder, learning_order
from indelible.concepts.rules.records import fold
from indelible.concepts.rules.warnings.levels import parse_levels, shown_warnings
from indelible.kernel import Change
from indelible.kernel.transaction import single_statement
from indelible.kernel.values import instant_out_of_range, wrong_type

PAGE_SIZE = 50
MAX_COUNTED = 1_000
MAX_SEARCHED = 5_000  # concepts that a page looks for a text in


@frozen(kw_only=True)
class ConceptView:
    """A concept with one of its versions, that version's warnings, and the seq at that point.

    The warnings have the levels of the store's policy; the most important come first.
    """

    concept: Concept
    version: ConceptVersion
    warnings: Warnings
    seq: int


@frozen(kw_only=True)
class ConceptWarnings:
    """All warnings of a concept: those stored with its current version, and the current ones."""

    warnings: Warnings
    current_warnings: Warnings


@frozen(kw_only=True)
class VersionView:
    """A version with its stored warnings."""

    version: ConceptVersion
    warnings: Warnings


@single_statement
def get_concept(tx: ConceptsRead, concept_id: str) -> ConceptView:
    """Return the concept with its current version.

    Raises:
        ConceptNotFound: No concept has this id.
    """
    head, version, stored = tx.concepts.search.get_view(concept_id)
    warnings = shown_warnings(stored, tx.policy.concepts.warning_levels)
    return ConceptView(
        concept=head.entity, version=version, warnings=warnings, seq=head.revision.seq
    )


def get_version(tx: ConceptsRead, concept_id: str, version_number: int) -> VersionView:
    """Return one version of the concept.

    Raises:
        ConceptNotFound, VersionNotFound: There is no such concept or version.
    """
    version, stored = tx.read_together(
        lambda: _version(tx, concept_id, version_number),
        lambda: tx.concepts.concepts.warnings(concept_id, version_number),
    )
    warnings = shown_warnings(stored, tx.policy.concepts.warning_levels)
    return VersionView(version=version, warnings=warnings)


def _version(tx: ConceptsRead, concept_id: str, version_number: int) -> ConceptVersion:
    """Return one version; ConceptNotFound, VersionNotFound."""
    version = tx.concepts.concepts.version(concept_id, version_number)
    if version is None:
        tx.concepts.search.get_current(concept_id)
        raise VersionNotFound(concept_id, version_number)
    return version


def list_versions(
    tx: ConceptsRead, concept_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[ConceptVersion, ...]:
    """Return the next `limit` versions after a number, oldest first."""
    _, versions = tx.read_together(
        lambda: tx.concepts.search.get_current(concept_id),
        lambda: tx.concepts.concepts.versions(concept_id, after=after, limit=limit),
    )
    return versions


def diff_versions(
    tx: ConceptsRead, concept_id: str, from_version: int, to_version: int
) -> VersionDiff:
    """Return the differences between two versions by field, list item and word."""
    old, new = tx.read_together(
        lambda: _version(tx, concept_id, from_version),
        lambda: _version(tx, concept_id, to_version),
    )
    return VersionDiff(
        concept_id=concept_id,
        from_version=from_version,
        to_version=to_version,
        diff=diff_content(old.content, new.content),
    )


def list_history(
    tx: ConceptsRead, concept_id: str, *, after: int = 0, limit: int | None = None
) -> tuple[Change, ...]:
    """Return the concept's changes after a seq, oldest first."""
    changes = tx.history.of(CONCEPT.name, concept_id, after=after, limit=limit)
    if not changes:
        tx.concepts.search.get_current(concept_id)
    return changes


def concept_as_of(
    tx: ConceptsRead, concept_id: str, *, at: datetime | None = None, seq: int | None = None
) -> ConceptView:
    """Return the concept as it was at a time, at a seq, or at the earlier of both.

    Raises:
        NotYetCreated: The concept did not exist then.
    """
    if at is not None and at.tzinfo is None:
        raise instant_out_of_range("at", at)
    if seq is not None and type(seq) is not int:
        raise wrong_type("seq", "int", seq)
    changes: list[Change] = []
    for change in list_history(tx, concept_id):
        is_in_time = at is None or change.at <= at
        is_in_seq = seq is None or change.seq <= seq
        if is_in_time and is_in_seq:
            changes.append(change)
    if not changes:
        raise NotYetCreated(concept_id)

    concept = fold(changes)
    view = get_version(tx, concept_id, concept.current_version)
    return ConceptView(
        concept=concept, version=view.version, warnings=view.warnings, seq=changes[-1].seq
    )


def list_warnings(tx: ConceptsRead, concept_id: str, *, levels: str = "") -> ConceptWarnings:
    """Return all warnings of the concept, the most important first.

    `levels`, such as "EX_NONE:off,DEF_LONG:major", go before those of the store's policy.

    Raises:
        ConceptNotFound: No concept has this id.
        WarningLevelsInvalid: The text of the levels cannot be read.
    """
    policy = tx.policy.concepts
    shown_levels = dict(policy.warning_levels)
    shown_levels.update(parse_levels(levels))

    head, version = tx.concepts.search.get_current(concept_id)
    stored, current = tx.read_together(
        lambda: tx.concepts.concepts.warnings(concept_id, version.version_number),
        lambda: current_warnings(head.entity, version, tx.concepts.search, policy),
    )
    return ConceptWarnings(
        warnings=shown_warnings(stored, shown_levels),
        current_warnings=shown_warnings(current, shown_levels),
    )


def prerequisite_graph(tx: ConceptsRead, concept_id: str) -> ConceptGraph:
    """Return the graph of the concept and its direct and indirect prerequisites."""
    head, version = tx.concepts.search.get_current(concept_id)
    start = node_of(head.entity, version)
    return reachable_graph(start, tx.concepts.search, max_nodes=tx.policy.concepts.max_graph_nodes)


@single_statement
def whole_graph(tx: ConceptsRead) -> ConceptGraph:
    """Return the graph of all concepts, up to the policy's maximum."""
    return ConceptGraph(nodes=tx.concepts.search.nodes(limit=tx.policy.concepts.max_graph_nodes))


def get_learning_order(tx: ConceptsRead, concept_id: str | None = None) -> LearningOrder:
    """Return the order in which to learn a concept and its prerequisites, or all concepts."""
    if concept_id is None:
        return learning_order(whole_graph(tx), ())
    return learning_order(prerequisite_graph(tx, concept_id), (concept_id,))


@single_statement
def list_concepts(
    tx: ConceptsRead, wanted: ConceptFilter, *, after: str = "", limit: int = PAGE_SIZE
) -> tuple[ConceptSummary, ...]:
    """Return the next `limit` matching concepts after a position, in the filter's order.

    `ConceptFilter.position_of_summary` is the position; without an order, it is the concept's id.
    """
    return tx.concepts.search.page(wanted, after=after, limit=limit)


def search_overviews(
    tx: ConceptsRead,
    wanted: ConceptFilter,
    *,
    after: str = "",
    limit: int = PAGE_SIZE,
    max_searched: int = MAX_SEARCHED,
) -> SearchedOverviews:
    """Return the concepts of `list_concepts` with their last actors and warnings.

    With a text, only the next `max_searched` concepts are searched. The warnings are those stored
    with the current version, at the levels of the store's policy.
    A text that no concept has would be looked for in every concept otherwise.
    """
    levels = tx.policy.concepts.warning_levels
    search = tx.concepts.search
    matching = search.overview(wanted, after=after, limit=limit, max_searched=max_searched)
    end = None
    if wanted.text and len(matching) < limit:
        end = search.position_after(wanted, after=after, number=max_searched)

    return SearchedOverviews(overviews=_at_levels(matching, levels), end=end)


def count_concepts(tx: ConceptsRead, wanted: ConceptFilter, *, limit: int = MAX_COUNTED) -> int:
    """Return the number of matching concepts, at most `limit`, so that counting stays fast."""
    return tx.concepts.search.count(wanted, limit=limit)


def _at_levels(
    overviews: tuple[ConceptOverview, ...], levels: WarningLevels
) -> tuple[ConceptOverview, ...]:
    """Return the overviews with their warnings at the levels of a policy."""
    levelled: list[ConceptOverview] = []
    for overview in overviews:
        warnings = shown_warnings(overview.warnings, levels)
        levelled.append(evolve(overview, warnings=warnings))

    return tuple(levelled)
