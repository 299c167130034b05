"""Warnings that depend on the present state: on other concepts and on approvals."""

from typing import Final, Protocol

from indelible.concepts.entities import (
    Concept,
    ConceptNode,
    ConceptPolicy,
    ConceptVersion,
    ConceptWarning,
    Warnings,
    name_key,
)
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.graph import ConceptGraph, graph_warnings
from indelible.concepts.rules.warnings.codes import WarningCode, warning

HINT_PREFIX_LETTERS: Final = 3  # that a misspelt name is assumed to have right


class Lookup(Protocol):
    """Reads of the present state."""

    def nodes_named(self, texts: tuple[str, ...]) -> tuple[ConceptNode, ...]: ...
    def names_with_prefix(self, prefix: str) -> tuple[str, ...]: ...
    def approved_version(self, concept_id: str) -> int | None: ...


def current_warnings(
    concept: Concept,
    version: ConceptVersion,
    lookup: Lookup,
    policy: ConceptPolicy,
    *,
    approved: int | None = None,
) -> Warnings:
    """Return the warnings on the concept as of now.

    A draft without prerequisites causes no reads. `approved` is the version that was approved last,
    where the caller knows it.
    """
    was_approved = concept.status in (ConceptStatus.APPROVED, ConceptStatus.PUBLISHED)
    if not version.content.prerequisites and not was_approved:
        return ()

    start = node_of(concept, version)
    graph = reachable_graph(start, lookup, max_nodes=policy.max_graph_nodes)
    close_names = _close_names(graph, lookup)
    warnings = graph_warnings(graph, concept.id, policy, close_names)

    if was_approved:
        if approved is None:
            approved = lookup.approved_version(concept.id)
        warnings += _stale_approval_warnings(version, approved)

    return warnings


def node_of(concept: Concept, version: ConceptVersion) -> ConceptNode:
    """Return the concept as a node of the graph."""
    content = version.content
    return ConceptNode(
        id=concept.id, name=content.name, status=concept.status, prerequisites=content.prerequisites
    )


def reachable_graph(start: ConceptNode, lookup: Lookup, *, max_nodes: int) -> ConceptGraph:
    """Return the graph of the start and its direct and indirect prerequisites.

    One read per level; stop when the graph has `max_nodes` concepts.
    """
    nodes = {start.id: start}
    resolved: set[str] = set()
    unresolved: set[str] = set(start.prerequisites)

    while unresolved and len(nodes) < max_nodes:
        level = lookup.nodes_named(tuple(sorted(unresolved)))
        resolved |= unresolved

        unresolved = set()
        for node in level:
            nodes.setdefault(node.id, node)
            unresolved.update(node.prerequisites)
        unresolved -= resolved

    return ConceptGraph(nodes=tuple(nodes.values()))


def _stale_approval_warnings(
    version: ConceptVersion, approved: int | None
) -> tuple[ConceptWarning, ...]:
    """Warn where the approved version is not the current one."""
    if approved is None or approved == version.version_number:
        return ()

    stale = warning(WarningCode.APPROVAL_STALE, approved, version.version_number, field=None)
    return (stale,)


def _close_names(graph: ConceptGraph, lookup: Lookup) -> tuple[str, ...]:
    """Return existing names that begin like an unknown prerequisite."""
    prefixes: set[str] = set()
    for unresolved in graph.unresolved:
        if not unresolved.matches:
            prefixes.add(name_key(unresolved.text)[:HINT_PREFIX_LETTERS])

    names: list[str] = []
    for prefix in sorted(prefixes):
        names.extend(lookup.names_with_prefix(prefix))

    return tuple(names)
