"""Prerequisites become edges between concepts, and the edges an order to learn them in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis.strategies import (
    DrawFn,
    composite,
    fixed_dictionaries,
    lists,
    permutations,
    sampled_from,
)
from tests.core.concepts.graphs import (
    Links,
    all_needs,
    chain_links,
    component_of,
    cycle_length,
    first_possible_layer,
    make_graph,
    make_node,
)

from indelible.concepts.entities import ConceptNode
from indelible.concepts.errors import ConceptNotFound
from indelible.concepts.rules.graph import ConceptGraph, learning_order

MANY = 10_000
IDS = [f"id-{number}" for number in range(7)]

prerequisites = lists(sampled_from(IDS), max_size=3).map(tuple)
links_of_seven = fixed_dictionaries(dict.fromkeys(IDS, prerequisites))


@composite
def same_nodes_twice(draw: DrawFn) -> tuple[list[ConceptNode], list[ConceptNode]]:
    """Draw the nodes of a graph in two orders; the names are single digits."""
    nodes: list[ConceptNode] = []
    for concept_id, needed in draw(links_of_seven).items():
        nodes.append(make_node(concept_id, *needed, name=concept_id[-1]))

    return draw(permutations(nodes)), draw(permutations(nodes))


def test_a_prerequisite_is_an_id_before_it_is_a_name() -> None:
    graph = ConceptGraph(
        nodes=(
            make_node("ratio", name="Half"),
            make_node("other", name="Ratio"),
            make_node("c", "ratio"),
        )
    )

    assert graph.edges == (("c", "ratio"),)


def test_names_are_compared_without_case_spaces_and_compatibility_forms() -> None:
    graph = ConceptGraph(
        nodes=(
            make_node("a", name="Unit  Fraction"),
            make_node("b", " unit \N{LATIN SMALL LIGATURE FI}fraction"),
            make_node("c", "\N{FULLWIDTH LATIN CAPITAL LETTER U}nit fraction"),
        )
    )

    assert graph.edges == (("c", "a"),)


def test_a_prerequisite_that_names_none_or_several_is_unresolved_once() -> None:
    graph = ConceptGraph(
        nodes=(
            make_node("a", name="Mass"),
            make_node("b", name="mass"),
            make_node("c", "Mass", "Fractons", "", "Mass"),
        )
    )
    unresolved = [(item.concept_id, item.text, item.matches) for item in graph.unresolved]

    assert unresolved == [("c", "Mass", ("a", "b")), ("c", "Fractons", ()), ("c", "", ())]
    assert graph.edges == ()


def test_a_blank_prerequisite_matches_no_blank_name() -> None:
    graph = ConceptGraph(nodes=(make_node("a", name=" "), make_node("b", "")))

    assert graph.edges == ()


def test_edges_have_no_self_reference_and_no_repetition() -> None:
    graph = make_graph({"a": ("b", "Name b", "a", "Name A"), "b": ()})

    assert graph.edges == (("a", "b"),)


def test_layers_lead_from_the_first_prerequisites_to_the_target() -> None:
    graph = make_graph({"a": ("b", "c"), "b": ("d",), "c": (), "d": (), "e": ("a",)})
    order = learning_order(graph, ("a",))

    assert order.layers == (("c", "d"), ("b",), ("a",))
    assert order.unresolved == ()
    assert order.cycles == ()


def test_a_layer_is_in_the_order_of_names() -> None:
    graph = ConceptGraph(nodes=(make_node("a", name="Whole"), make_node("b", name="Half")))

    assert learning_order(graph, ()).layers == (("b", "a"),)


def test_the_members_of_a_cycle_share_a_layer() -> None:
    graph = make_graph({"a": ("b",), "b": ("c",), "c": ("b",)})
    order = learning_order(graph, ("a",))

    assert order.layers == (("b", "c"), ("a",))
    assert order.cycles == (("b", "c", "b"),)


def test_an_order_has_only_the_targets_and_their_needs() -> None:
    graph = make_graph({"a": ("b", "lost"), "b": (), "c": ("d", "gone"), "d": ("c",)})
    order = learning_order(graph, ("a",))

    assert order.layers == (("b",), ("a",))
    assert [item.text for item in order.unresolved] == ["lost"]
    assert order.cycles == ()


def test_the_order_of_an_empty_graph_is_empty() -> None:
    assert learning_order(ConceptGraph(nodes=()), ()).layers == ()


def test_an_unknown_target_is_not_found() -> None:
    with pytest.raises(ConceptNotFound) as refusal:
        learning_order(make_graph({"a": ()}), ("a", "z"))

    assert refusal.value.concept_id == "z"


@given(links_of_seven)
def test_a_concept_is_in_the_first_layer_after_its_needs(links: Links) -> None:
    order = learning_order(make_graph(links), ())

    layer_of: dict[str, int] = {}
    for number, layer in enumerate(order.layers):
        layer_of.update(dict.fromkeys(layer, number))

    assert sorted(layer_of) == IDS
    assert sum(len(layer) for layer in order.layers) == len(IDS)
    for concept_id in IDS:
        assert layer_of[concept_id] == first_possible_layer(links, layer_of, concept_id)


@given(links_of_seven, sampled_from(IDS))
def test_a_target_is_ordered_with_all_that_it_needs(links: Links, target: str) -> None:
    order = learning_order(make_graph(links), (target,))

    ordered: set[str] = set()
    for layer in order.layers:
        ordered.update(layer)

    assert ordered == {target} | all_needs(links, target)


@given(links_of_seven)
def test_each_component_has_one_shortest_cycle(links: Links) -> None:
    cycles = learning_order(make_graph(links), ()).cycles
    components = {component_of(links, concept_id) for concept_id in links}
    cyclic = {component for component in components if len(component) > 1}

    assert {component_of(links, cycle[0]) for cycle in cycles} == cyclic
    assert len(cycles) == len(cyclic)


@given(links_of_seven)
def test_a_cycle_follows_the_prerequisites_in_the_fewest_steps(links: Links) -> None:
    for cycle in learning_order(make_graph(links), ()).cycles:
        members = component_of(links, cycle[0])
        lengths = [cycle_length(links, member) for member in members]

        assert cycle[0] == cycle[-1]
        assert len(cycle) - 1 == min(lengths)
        for concept_id, needed in pairwise(cycle):
            assert needed in links[concept_id]


@given(same_nodes_twice())
def test_the_order_of_the_input_does_not_matter(
    nodes_twice: tuple[list[ConceptNode], list[ConceptNode]],
) -> None:
    first, second = nodes_twice
    graph = ConceptGraph(nodes=tuple(first))
    reordered = ConceptGraph(nodes=tuple(second))

    assert learning_order(graph, ()) == learning_order(reordered, ())
    assert graph.edges == reordered.edges


def test_a_chain_of_ten_thousand_concepts_has_ten_thousand_layers() -> None:
    order = learning_order(make_graph(chain_links(MANY)), ())

    assert len(order.layers) == MANY


@pytest.mark.slow
def test_a_cycle_of_ten_thousand_concepts_is_one_layer_and_one_cycle() -> None:
    links = chain_links(MANY)
    links[f"{MANY - 1:05}"] = ("00000",)
    order = learning_order(make_graph(links), ())

    assert [len(layer) for layer in order.layers] == [MANY]
    assert [len(cycle) for cycle in order.cycles] == [MANY + 1]


@pytest.mark.slow
def test_a_dense_component_of_ten_thousand_concepts_is_searched_in_bounded_steps() -> None:
    links: dict[str, tuple[str, ...]] = {}
    for number in range(MANY):
        links[str(number)] = (str((number + 1) % MANY), str((number + 2) % MANY))
    (cycle,) = learning_order(make_graph(links), ()).cycles

    assert len(cycle) == MANY // 2 + 1
