"""The graph of prerequisites: dependencies, cycles, and an order to learn concepts in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property, partial
from typing import Final

from attrs import field, frozen

from indelible.concepts.entities import (
    ConceptNode,
    ConceptPolicy,
    ConceptWarning,
    Warnings,
    name_key,
)
from indelible.concepts.errors import ConceptNotFound
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.warnings.codes import WarningCode, warning

STATUS_ORDER: Final = tuple(ConceptStatus)
MIN_NAME_SIMILARITY: Final = 0.75  # difflib's ratio, from which a name may be a misspelling
# The shortest cycle of a component is searched from every member only while the component is
# small: past some 500 concepts not all starts are tried.
MAX_CYCLE_STEPS: Final = 300_000

_warning = partial(warning, field="prerequisites")


@frozen(kw_only=True)
class Unresolved:
    """A prerequisite that names no concept, or several."""

    concept_id: str
    text: str
    matches: tuple[str, ...]


@frozen(kw_only=True)
class LearningOrder:
    """Concepts in layers, each of which needs only earlier layers.

    The members of a cycle stay together in one layer.
    """

    layers: tuple[tuple[str, ...], ...]
    unresolved: tuple[Unresolved, ...]
    cycles: tuple[tuple[str, ...], ...]


def _sorted_nodes(nodes: Iterable[ConceptNode]) -> tuple[ConceptNode, ...]:
    return tuple(sorted(nodes, key=lambda node: (name_key(node.name), node.id)))


@frozen(kw_only=True)
class ConceptGraph:
    """Concepts by their current versions, in order of name and id."""

    nodes: tuple[ConceptNode, ...] = field(converter=_sorted_nodes)

    @cached_property
    def _indexes(self) -> Mapping[str, int]:
        return {node.id: index for index, node in enumerate(self.nodes)}

    @cached_property
    def _ids_by_name(self) -> Mapping[str, list[str]]:
        ids = defaultdict[str, list[str]](list)
        for node in self.nodes:
            key = name_key(node.name)
            if key:
                ids[key].append(node.id)

        return dict(ids)

    @cached_property
    def needs(self) -> Mapping[str, tuple[str, ...]]:
        """Map each concept id to the ids of its unambiguous prerequisites, in order."""
        needs: dict[str, tuple[str, ...]] = {}
        for node in self.nodes:
            needed: set[str] = set()
            for text in node.prerequisites:
                ids = self.matches(text)
                if len(ids) == 1:
                    needed.update(ids)
            needs[node.id] = self.in_order(needed - {node.id})

        return needs

    def matches(self, text: str) -> tuple[str, ...]:
        """Return the ids of the concepts that a prerequisite names: by id, else by name."""
        if text in self._indexes:
            return (text,)

        return tuple(self._ids_by_name.get(name_key(text), ()))

    def node(self, concept_id: str) -> ConceptNode:
        """Return the concept.

        Raises:
            ConceptNotFound: the graph has no such concept.
        """
        if concept_id not in self._indexes:
            raise ConceptNotFound(concept_id)

        return self.nodes[self._indexes[concept_id]]

    def in_order(self, concept_ids: Iterable[str]) -> tuple[str, ...]:
        """Sort the ids in the order of the graph's concepts."""
        return tuple(sorted(concept_ids, key=self._indexes.__getitem__))

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Return pairs of a concept's id and the id of one that it needs."""
        edges: list[tuple[str, str]] = []
        for node in self.nodes:
            for needed in self.needs[node.id]:
                edges.append((node.id, needed))

        return tuple(edges)

    @property
    def unresolved(self) -> tuple[Unresolved, ...]:
        """Return each prerequisite that names no concept, or several, once per concept."""
        unresolved: list[Unresolved] = []
        for node in self.nodes:
            for text in dict.fromkeys(node.prerequisites):
                matches = self.matches(text)
                if len(matches) != 1:
                    unresolved.append(Unresolved(concept_id=node.id, text=text, matches=matches))

        return tuple(unresolved)


def graph_warnings(
    graph: ConceptGraph, concept_id: str, policy: ConceptPolicy, close_names: Iterable[str]
) -> Warnings:
    """Return the warnings on a concept's prerequisites in the present graph.

    Args:
        close_names: Names of existing concepts, of which one may be a misspelt prerequisite.
    """
    concept = graph.node(concept_id)
    return (
        *_text_warnings(graph, concept, close_names),
        *_dependency_warnings(graph, concept, policy),
    )


def learning_order(graph: ConceptGraph, targets: tuple[str, ...]) -> LearningOrder:
    """Order the targets, or without any all concepts, with everything that they need.

    Raises:
        ConceptNotFound: a target is not in the graph.
    """
    target_ids = {graph.node(target).id for target in targets}
    roots = graph.in_order(target_ids or graph.needs)
    components = _components(graph, roots)
    depths = _depths(graph, components)

    layers = defaultdict[int, list[str]](list)
    for concept_id in graph.in_order(depths):
        layers[depths[concept_id]].append(concept_id)

    cycles: list[tuple[str, ...]] = []
    for component in components:
        if len(component) > 1:
            cycles.append(_shortest_cycle(graph, component))

    unresolved = [item for item in graph.unresolved if item.concept_id in depths]
    return LearningOrder(
        layers=tuple(tuple(layers[depth]) for depth in sorted(layers)),
        unresolved=tuple(unresolved),
        cycles=tuple(cycles),
    )


def _text_warnings(
    graph: ConceptGraph, concept: ConceptNode, close_names: Iterable[str]
) -> Iterator[ConceptWarning]:
    """Yield warnings on the texts: self-references, duplicates, unknown and ambiguous names."""
    matches_by_text = {text: graph.matches(text) for text in concept.prerequisites}

    if any(concept.id in matches for matches in matches_by_text.values()):
        yield _warning(WarningCode.PREREQ_SELF)

    yield from _duplicate_warnings(graph, concept, matches_by_text)

    names_by_key = {name_key(name): name for name in close_names}
    for text, matches in matches_by_text.items():
        if not matches:
            close_keys = get_close_matches(
                name_key(text), names_by_key, n=1, cutoff=MIN_NAME_SIMILARITY
            )
            hints = [names_by_key[key] for key in close_keys]
            yield _warning(WarningCode.PREREQ_DANGLING, text, *hints)
        elif len(matches) > 1:
            yield _warning(WarningCode.PREREQ_AMBIGUOUS, text, len(matches))


def _duplicate_warnings(
    graph: ConceptGraph, concept: ConceptNode, matches_by_text: Mapping[str, tuple[str, ...]]
) -> Iterator[ConceptWarning]:
    """Yield a warning for each concept that is listed twice, under any of its names."""
    # A prerequisite is counted under the ids of the concepts that it matches. A text that matches
    # none is counted under its own key.
    counts = Counter[tuple[str, ...]]()
    for text in concept.prerequisites:
        counts[matches_by_text[text] or (name_key(text),)] += 1

    for (first, *_), count in counts.items():
        if count > 1:
            name = graph.node(first).name if first in graph.needs else first
            yield _warning(WarningCode.PREREQ_DUPLICATE, name)


def _dependency_warnings(
    graph: ConceptGraph, concept: ConceptNode, policy: ConceptPolicy
) -> Iterator[ConceptWarning]:
    """Yield warnings on the needed concepts: cycles, lower statuses and long chains."""
    components = _components(graph, (concept.id,))
    own_component = components[-1]  # the last one, because the concept needs all others

    if len(own_component) > 1:
        cycle = _cycle_through(graph, concept.id, frozenset(own_component))
        names = [graph.node(concept_id).name for concept_id in cycle]
        yield _warning(WarningCode.PREREQ_CYCLE, *names)

    own_progress = STATUS_ORDER.index(concept.status)
    for needed_id in graph.needs[concept.id]:
        needed = graph.node(needed_id)
        if STATUS_ORDER.index(needed.status) < own_progress:
            yield _warning(
                WarningCode.PREREQ_BELOW_STATUS, needed.name, needed.status, concept.status
            )

    depth = _depths(graph, components)[concept.id]
    if depth > policy.max_prerequisite_depth:
        yield _warning(WarningCode.PREREQ_DEPTH, depth, policy.max_prerequisite_depth)


def _components(graph: ConceptGraph, roots: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return the strongly connected components below the roots, dependencies first.

    Kosaraju's algorithm: a depth-first search along the edges, then one against them.
    """
    finished = tuple(_post_order(roots, graph.needs, set()))

    needed_by: dict[str, list[str]] = {concept_id: [] for concept_id in finished}
    for concept_id in finished:
        for needed in graph.needs[concept_id]:
            needed_by[needed].append(concept_id)

    visited: set[str] = set()
    components: list[tuple[str, ...]] = []
    for concept_id in reversed(finished):
        component = graph.in_order(_post_order((concept_id,), needed_by, visited))
        if component:
            components.append(component)

    components.reverse()
    return tuple(components)


def _post_order(
    roots: Iterable[str], edges: Mapping[str, Iterable[str]], visited: set[str]
) -> Iterator[str]:
    """Visit depth first and yield each unvisited id after all that it leads to.

    The stack is explicit, because a chain may be longer than Python's recursion limit. `visited`
    is extended.
    """
    stack = [(root, False) for root in roots]
    while stack:
        concept_id, is_finished = stack.pop()
        if is_finished:
            yield concept_id
        elif concept_id not in visited:
            visited.add(concept_id)
            stack.append((concept_id, True))
            stack.extend((successor, False) for successor in edges[concept_id])


def _depths(graph: ConceptGraph, components: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """Map each id to the length of the longest chain below it.

    Steps inside a component do not count.
    """
    depths: dict[str, int] = {}
    for component in components:
        depth = 0
        for concept_id in component:
            for needed in graph.needs[concept_id]:
                if needed in depths:
                    depth = max(depth, depths[needed] + 1)
        depths.update(dict.fromkeys(component, depth))

    return depths


def _shortest_cycle(graph: ConceptGraph, component: tuple[str, ...]) -> tuple[str, ...]:
    """Return the shortest cycle found from as many starts as the step limit allows."""
    members = frozenset(component)
    steps_per_start = sum(len(graph.needs[concept_id]) for concept_id in component)
    start_count = max(1, MAX_CYCLE_STEPS // steps_per_start)

    cycles = [_cycle_through(graph, start, members) for start in component[:start_count]]
    return min(cycles, key=len)


def _cycle_through(graph: ConceptGraph, start: str, component: frozenset[str]) -> tuple[str, ...]:
    """Return a shortest cycle inside the component that begins and ends with `start`.

    Search breadth first from `start` until it is reached again.
    """
    predecessors: dict[str, str] = {}
    queue = [start]
    for concept_id in queue:  # the loop appends to the queue
        for needed in graph.needs[concept_id]:
            if needed in component and needed not in predecessors:
                predecessors[needed] = concept_id
                queue.append(needed)

    path = [start, predecessors[start]]
    while path[-1] != start:
        path.append(predecessors[path[-1]])

    path.reverse()
    return tuple(path)
