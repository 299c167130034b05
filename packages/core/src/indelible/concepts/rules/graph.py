"""The graph of prerequisites: what needs what, where it runs in a circle, and in which order to learn it."""

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
from indelible.concepts.rules.warnings import WarningCode, warning

PROGRESS: Final = tuple(ConceptStatus)
CLOSE: Final = 0.75  # difflib's ratio of two names, one of which may be the other misspelt
STEPS: Final = 300_000  # in search of a component's shortest cycle; past some 500 concepts it is not searched from all

_warning = partial(warning, field="prerequisites")


@frozen(kw_only=True)
class Unresolved:
    """A prerequisite that names no concept, or several."""

    concept_id: str
    text: str
    matches: tuple[str, ...]


@frozen(kw_only=True)
class LearningOrder:
    """What to learn, layer by layer: a layer needs earlier ones only, but for a cycle, which stays in one layer."""

    layers: tuple[tuple[str, ...], ...]
    unresolved: tuple[Unresolved, ...]
    cycles: tuple[tuple[str, ...], ...]


def _sorted(nodes: Iterable[ConceptNode]) -> tuple[ConceptNode, ...]:
    return tuple(sorted(nodes, key=lambda node: (name_key(node.name), node.id)))


@frozen(kw_only=True)
class ConceptGraph:
    """Concepts by their current versions, in order of name and id."""

    nodes: tuple[ConceptNode, ...] = field(converter=_sorted)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {node.id: place for place, node in enumerate(self.nodes)}

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        ids = defaultdict[str, list[str]](list)
        for node in self.nodes:
            ids[name_key(node.name)].append(node.id)
        return {key: found for key, found in ids.items() if key}

    @cached_property
    def needs(self) -> Mapping[str, tuple[str, ...]]:
        """For each concept the others that it names without doubt, each once."""
        found = {
            node.id: [self.matches(text) for text in node.prerequisites] for node in self.nodes
        }
        sure = {
            each: {ids[0] for ids in matches if len(ids) == 1} for each, matches in found.items()
        }
        return {each: self.in_order(needed - {each}) for each, needed in sure.items()}

    def matches(self, text: str) -> tuple[str, ...]:
        """The concepts that a prerequisite names: the one with this id, else all with this name."""
        return (text,) if text in self._places else tuple(self._by_name.get(name_key(text), ()))

    def node(self, concept_id: str) -> ConceptNode:
        """The concept, or ConceptNotFound."""
        if concept_id not in self._places:
            raise ConceptNotFound(concept_id)
        return self.nodes[self._places[concept_id]]

    def in_order(self, concept_ids: Iterable[str]) -> tuple[str, ...]:
        """The ids in the order of the graph's concepts."""
        return tuple(sorted(concept_ids, key=self._places.__getitem__))

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Each concept's id, with that of one it needs."""
        return tuple((node.id, needed) for node in self.nodes for needed in self.needs[node.id])

    @property
    def unresolved(self) -> tuple[Unresolved, ...]:
        """Every prerequisite that names no concept, or several, once for each concept that lists it."""
        pairs = (
            (node.id, text) for node in self.nodes for text in dict.fromkeys(node.prerequisites)
        )
        found = (
            Unresolved(concept_id=each, text=text, matches=self.matches(text))
            for each, text in pairs
        )
        return tuple(each for each in found if len(each.matches) != 1)


def graph_warnings(
    graph: ConceptGraph, concept_id: str, policy: ConceptPolicy, close_names: Iterable[str]
) -> Warnings:
    """What can be remarked on a concept's prerequisites as the graph stands now."""
    concept = graph.node(concept_id)
    return (*_on_texts(graph, concept, close_names), *_on_needs(graph, concept, policy))


def learning_order(graph: ConceptGraph, targets: tuple[str, ...]) -> LearningOrder:
    """The targets, or without any all concepts, with everything they need; or ConceptNotFound."""
    roots = graph.in_order({graph.node(target).id for target in targets} or graph.needs)
    components = _components(graph, roots)
    depths = _depths(graph, components)
    layers = defaultdict[int, list[str]](list)
    for concept_id in graph.in_order(depths):
        layers[depths[concept_id]].append(concept_id)
    return LearningOrder(
        layers=tuple(tuple(layers[depth]) for depth in sorted(layers)),
        unresolved=tuple(each for each in graph.unresolved if each.concept_id in depths),
        cycles=tuple(
            _shortest_cycle(graph, component) for component in components if len(component) > 1
        ),
    )


def _on_texts(
    graph: ConceptGraph, concept: ConceptNode, close_names: Iterable[str]
) -> Iterator[ConceptWarning]:
    meant = {text: graph.matches(text) for text in concept.prerequisites}
    if any(concept.id in matches for matches in meant.values()):
        yield _warning(WarningCode.PREREQ_SELF)
    for key, times in Counter(
        meant[text] or (name_key(text),) for text in concept.prerequisites
    ).items():
        if times > 1:
            yield _warning(
                WarningCode.PREREQ_DUPLICATE,
                graph.node(key[0]).name if key[0] in graph.needs else key[0],
            )
    close = {name_key(name): name for name in close_names}
    for text, matches in meant.items():
        if not matches:
            hints = get_close_matches(name_key(text), close, n=1, cutoff=CLOSE)
            yield _warning(WarningCode.PREREQ_DANGLING, text, *(close[hint] for hint in hints))
        elif len(matches) > 1:
            yield _warning(WarningCode.PREREQ_AMBIGUOUS, text, len(matches))


def _on_needs(
    graph: ConceptGraph, concept: ConceptNode, policy: ConceptPolicy
) -> Iterator[ConceptWarning]:
    components = _components(graph, (concept.id,))
    own = components[-1]  # for it needs all others
    if len(own) > 1:
        cycle = _cycle_through(graph, concept.id, frozenset(own))
        yield _warning(WarningCode.PREREQ_CYCLE, *(graph.node(each).name for each in cycle))
    for needed in map(graph.node, graph.needs[concept.id]):
        if PROGRESS.index(needed.status) < PROGRESS.index(concept.status):
            yield _warning(
                WarningCode.PREREQ_BELOW_STATUS, needed.name, needed.status, concept.status
            )
    depth = _depths(graph, components)[concept.id]
    if depth > policy.deepest_chain:
        yield _warning(WarningCode.PREREQ_DEPTH, depth, policy.deepest_chain)


def _components(graph: ConceptGraph, roots: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Concepts that need each other, together, after all that they need: Kosaraju's way."""
    finished = tuple(_finished(roots, graph.needs, set()))
    needed_by = {each: list[str]() for each in finished}
    for each in finished:
        for needed in graph.needs[each]:
            needed_by[needed].append(each)
    seen = set[str]()
    found = [graph.in_order(_finished((each,), needed_by, seen)) for each in reversed(finished)]
    return tuple(component for component in reversed(found) if component)


def _finished(
    roots: Iterable[str], ways: Mapping[str, Iterable[str]], seen: set[str]
) -> Iterator[str]:
    """All not yet seen that the ways lead to, each when all that lies behind it was seen; without recursion."""
    pending = [(root, False) for root in roots]
    while pending:
        each, is_finished = pending.pop()
        if is_finished:
            yield each
        elif each not in seen:
            seen.add(each)
            pending.append((each, True))
            pending += [(ahead, False) for ahead in ways[each]]


def _depths(graph: ConceptGraph, components: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """The steps of the longest chain below each concept; steps inside a component do not count."""
    depths: dict[str, int] = {}
    for component in components:
        below = [
            depths[needed] + 1
            for each in component
            for needed in graph.needs[each]
            if needed in depths
        ]
        depths |= dict.fromkeys(component, max(below, default=0))
    return depths


def _shortest_cycle(graph: ConceptGraph, component: tuple[str, ...]) -> tuple[str, ...]:
    members = frozenset(component)
    starts = max(1, STEPS // sum(len(graph.needs[each]) for each in component))
    return min((_cycle_through(graph, start, members) for start in component[:starts]), key=len)


def _cycle_through(graph: ConceptGraph, start: str, component: frozenset[str]) -> tuple[str, ...]:
    """A shortest way inside the start's component from the start back to it, both named."""
    came_from: dict[str, str] = {}
    reached = [start]
    for here in reached:  # which grows on the way
        for ahead in graph.needs[here]:
            if ahead in component and ahead not in came_from:
                came_from[ahead] = here
                reached.append(ahead)
    way = [start, came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))
