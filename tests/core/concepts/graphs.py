"""Graphs of concepts, and slow searches in them that the rules are compared with."""

from collections.abc import Mapping

from indelible.concepts.entities import ConceptNode
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.graph import ConceptGraph

Links = Mapping[str, tuple[str, ...]]  # from the id of a concept to its prerequisites


def make_node(concept_id: str, *prerequisites: str, name: str | None = None) -> ConceptNode:
    """Return a draft."""
    return ConceptNode(
        id=concept_id,
        name=name or f"Name {concept_id}",
        status=ConceptStatus.DRAFT,
        prerequisites=prerequisites,
    )


def make_graph(links: Links) -> ConceptGraph:
    """Return a graph of drafts with these prerequisites."""
    nodes = [make_node(concept_id, *prerequisites) for concept_id, prerequisites in links.items()]
    return ConceptGraph(nodes=tuple(nodes))


def chain_links(length: int) -> dict[str, tuple[str, ...]]:
    """Return links from each of `length` concepts to the next one."""
    links: dict[str, tuple[str, ...]] = {}
    for number in range(length - 1):
        links[f"{number:05}"] = (f"{number + 1:05}",)
    links[f"{length - 1:05}"] = ()

    return links


def direct_needs(links: Links, concept_id: str) -> set[str]:
    """Return the prerequisites of the concept without itself."""
    return set(links[concept_id]) - {concept_id}


def all_needs(links: Links, concept_id: str) -> set[str]:
    """Return the direct and indirect prerequisites; the concept is one if it is on a cycle."""
    reached: set[str] = set()
    queue = [concept_id]
    while queue:
        for needed in direct_needs(links, queue.pop()):
            if needed not in reached:
                reached.add(needed)
                queue.append(needed)

    return reached


def component_of(links: Links, concept_id: str) -> frozenset[str]:
    """Return the concept and the concepts that are on a cycle with it."""
    members = {concept_id}
    for other in all_needs(links, concept_id):
        if concept_id in all_needs(links, other):
            members.add(other)

    return frozenset(members)


def cycle_length(links: Links, concept_id: str) -> int:
    """Return the number of steps of the shortest cycle through the concept, 0 for none."""
    level = {concept_id}
    for steps in range(1, len(links) + 1):
        next_level: set[str] = set()
        for member in level:
            next_level |= direct_needs(links, member)
        if concept_id in next_level:
            return steps
        level = next_level

    return 0


def first_possible_layer(links: Links, layer_of: Mapping[str, int], concept_id: str) -> int:
    """Return the layer after all layers that the concept's component needs."""
    component = component_of(links, concept_id)
    layer = 0
    for member in component:
        for needed in direct_needs(links, member) - component:
            layer = max(layer, layer_of[needed] + 1)

    return layer
