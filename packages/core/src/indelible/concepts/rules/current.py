"""Warnings that depend on the present: on other concepts, and on what was approved."""

from typing import Protocol

from indelible.concepts.entities import (
    Concept,
    ConceptNode,
    ConceptPolicy,
    ConceptVersion,
    Warnings,
    name_key,
)
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.graph import ConceptGraph, graph_warnings
from indelible.concepts.rules.warnings import WarningCode, warning

HINT_PREFIX = 3  # letters that a misspelt name is taken to have right


class Lookup(Protocol):
    """What these warnings ask of the present state."""

    def nodes_named(self, texts: tuple[str, ...]) -> tuple[ConceptNode, ...]: ...
    def names_with_prefix(self, prefix: str) -> tuple[str, ...]: ...
    def approved_version(self, concept_id: str) -> int | None: ...


def current_warnings(
    concept: Concept, version: ConceptVersion, lookup: Lookup, policy: ConceptPolicy
) -> Warnings:
    """What holds of the concept now; an unlinked draft costs nothing."""
    was_approved = concept.status in (ConceptStatus.APPROVED, ConceptStatus.PUBLISHED)
    if not (version.content.prerequisites or was_approved):
        return ()
    graph = reachable_graph(node_of(concept, version), lookup, most=policy.most_graph_nodes)
    remarks = graph_warnings(graph, concept.id, policy, _close_names(graph, lookup))
    approved = lookup.approved_version(concept.id) if was_approved else None
    if approved in (None, version.version_number):
        return remarks
    return (
        *remarks,
        warning(WarningCode.APPROVAL_STALE, approved, version.version_number, field=None),
    )


def node_of(concept: Concept, version: ConceptVersion) -> ConceptNode:
    """The concept as the graph sees it."""
    content = version.content
    return ConceptNode(
        id=concept.id, name=content.name, status=concept.status, prerequisites=content.prerequisites
    )


def reachable_graph(start: ConceptNode, lookup: Lookup, *, most: int) -> ConceptGraph:
    """The start and all that it leads back to, up to `most` concepts."""
    nodes, asked = {start.id: start}, set[str]()
    wanted = set(start.prerequisites)
    while wanted and len(nodes) < most:
        found = {node.id: node for node in lookup.nodes_named(tuple(sorted(wanted)))}
        asked |= wanted
        nodes = found | nodes
        wanted = {text for node in found.values() for text in node.prerequisites} - asked
    return ConceptGraph(nodes=tuple(nodes.values()))


def _close_names(graph: ConceptGraph, lookup: Lookup) -> tuple[str, ...]:
    prefixes = {name_key(each.text)[:HINT_PREFIX] for each in graph.unresolved if not each.matches}
    return tuple(name for prefix in sorted(prefixes) for name in lookup.names_with_prefix(prefix))
