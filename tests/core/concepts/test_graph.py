"""What needs what, and in which order to learn it."""

from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis.strategies import SearchStrategy, lists, permutations, sampled_from, tuples

from indelible.concepts.entities import ConceptNode, ConceptPolicy, ConceptWarning
from indelible.concepts.errors import ConceptNotFound
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.graph import ConceptGraph, graph_warnings, learning_order

MANY = 10_000
IDS = [f"id-{number}" for number in range(7)]

Links = dict[str, tuple[str, ...]]


def a_node(concept_id: str, *prerequisites: str, name: str | None = None) -> ConceptNode:
    status = ConceptStatus.DRAFT
    return ConceptNode(
        id=concept_id, name=name or f"Name {concept_id}", status=status, prerequisites=prerequisites
    )


def a_graph(links: Links) -> ConceptGraph:
    return ConceptGraph(
        nodes=tuple(a_node(concept_id, *needed) for concept_id, needed in links.items())
    )


def a_chain(length: int) -> ConceptGraph:
    return a_graph(
        {
            f"{place:05}": (f"{place + 1:05}",) if place + 1 < length else ()
            for place in range(length)
        }
    )


def warnings_of(
    graph: ConceptGraph, concept_id: str, *close_names: str
) -> dict[str, ConceptWarning]:
    return {
        each.code: each for each in graph_warnings(graph, concept_id, ConceptPolicy(), close_names)
    }


def reachable(links: Links, start: str) -> set[str]:
    found: set[str] = set()
    ahead = {needed for needed in links[start] if needed != start}
    while ahead:
        found |= ahead
        ahead = {needed for here in ahead for needed in links[here] if needed != here} - found
    return found


def together(links: Links, concept_id: str) -> frozenset[str]:
    """The concept, and those on a cycle with it."""
    others = (
        other for other in reachable(links, concept_id) if concept_id in reachable(links, other)
    )
    return frozenset({concept_id, *others})


def steps_back(links: Links, start: str) -> int:
    """How many steps the shortest cycle through the concept has; 0 where there is none."""
    ahead, steps = {start}, 0
    while ahead and steps <= len(links):
        ahead, steps = (
            {needed for here in ahead for needed in links[here] if needed != here},
            steps + 1,
        )
        if start in ahead:
            return steps
    return 0


def nodes_of(links: Links) -> SearchStrategy[tuple[ConceptNode, ...]]:
    return permutations(
        [a_node(each, *needed, name=each[-1:]) for each, needed in links.items()]
    ).map(tuple)


def linked(needed: list[tuple[str, ...]]) -> Links:
    return dict(zip(IDS, needed, strict=True))


one_needs = lists(sampled_from(IDS), max_size=3).map(tuple)
many_links = lists(one_needs, min_size=len(IDS), max_size=len(IDS)).map(linked)


def test_a_prerequisite_is_an_id_before_it_is_a_name() -> None:
    graph = ConceptGraph(
        nodes=(a_node("ratio", name="Half"), a_node("other", name="Ratio"), a_node("c", "ratio"))
    )

    assert graph.edges == (("c", "ratio"),)


def test_a_name_counts_without_its_case_spaces_and_forms() -> None:
    graph = ConceptGraph(
        nodes=(
            a_node("a", name="Unit  Fraction"),
            a_node("b", " unit \N{LATIN SMALL LIGATURE FI}fraction"),
            a_node("c", "\N{FULLWIDTH LATIN CAPITAL LETTER U}nit fraction"),
        )
    )

    assert graph.edges == (("c", "a"),)


def test_a_prerequisite_that_names_none_or_several_is_unresolved() -> None:
    graph = ConceptGraph(
        nodes=(
            a_node("a", name="Mass"),
            a_node("b", name="mass"),
            a_node("c", "Mass", "Fractons", "", "Mass"),
        )
    )

    assert [(each.concept_id, each.text, each.matches) for each in graph.unresolved] == [
        ("c", "Mass", ("a", "b")),
        ("c", "Fractons", ()),
        ("c", "", ()),
    ]
    assert graph.edges == ()


def test_a_blank_name_is_nobodys_prerequisite() -> None:
    graph = ConceptGraph(nodes=(a_node("a", name=" "), a_node("b", "")))

    assert graph.edges == ()


def test_edges_leave_out_oneself_and_say_nothing_twice() -> None:
    graph = a_graph({"a": ("b", "Name b", "a", "Name A"), "b": ()})

    assert graph.edges == (("a", "b"),)


def test_layers_go_from_what_needs_nothing_to_the_target() -> None:
    order = learning_order(
        a_graph({"a": ("b", "c"), "b": ("d",), "c": (), "d": (), "e": ("a",)}), ("a",)
    )

    assert order.layers == (("c", "d"), ("b",), ("a",))
    assert (order.unresolved, order.cycles) == ((), ())


def test_a_layer_is_in_the_order_of_names() -> None:
    graph = ConceptGraph(nodes=(a_node("a", name="Whole"), a_node("b", name="Half")))

    assert learning_order(graph, ()).layers == (("b", "a"),)


def test_only_what_a_target_needs_is_told_of() -> None:
    graph = a_graph({"a": ("b", "lost"), "b": (), "c": ("d", "gone"), "d": ("c",)})
    order = learning_order(graph, ("a",))

    assert order.layers == (("b",), ("a",))
    assert [each.text for each in order.unresolved] == ["lost"]
    assert order.cycles == ()


def test_the_order_of_nothing_is_empty() -> None:
    assert learning_order(ConceptGraph(nodes=()), ()).layers == ()


def test_an_unknown_target_is_not_found() -> None:
    with pytest.raises(ConceptNotFound) as refused:
        learning_order(a_graph({"a": ()}), ("a", "z"))

    assert refused.value.concept_id == "z"


@given(many_links)
def test_everything_stands_in_the_first_layer_after_what_it_needs(links: Links) -> None:
    order = learning_order(a_graph(links), ())
    layer_of = {each: place for place, layer in enumerate(order.layers) for each in layer}
    cycles = {each: together(links, each) for each in links}
    first = {
        each: max(
            (
                layer_of[needed] + 1
                for member in cycles[each]
                for needed in links[member]
                if needed not in cycles[each]
            ),
            default=0,
        )
        for each in links
    }

    assert layer_of == first
    assert sum(map(len, order.layers)) == len(links)


@given(many_links, sampled_from(IDS))
def test_a_target_brings_all_that_it_needs_and_nothing_else(links: Links, target: str) -> None:
    order = learning_order(a_graph(links), (target,))

    assert {each for layer in order.layers for each in layer} == {target, *reachable(links, target)}


@given(many_links)
def test_each_component_shows_one_shortest_cycle(links: Links) -> None:
    cycles = learning_order(a_graph(links), ()).cycles
    components = {together(links, each) for each in links if len(together(links, each)) > 1}

    assert {together(links, cycle[0]) for cycle in cycles} == components
    assert len(cycles) == len(components)
    for cycle in cycles:
        assert all(needed in links[here] for here, needed in pairwise(cycle))
        assert len(cycle) - 1 == min(steps_back(links, each) for each in together(links, cycle[0]))
        assert cycle[0] == cycle[-1]


@given(many_links.flatmap(lambda links: tuples(nodes_of(links), nodes_of(links))))
def test_the_order_of_the_input_does_not_matter(
    both: tuple[tuple[ConceptNode, ...], tuple[ConceptNode, ...]],
) -> None:
    one, other = (ConceptGraph(nodes=nodes) for nodes in both)

    assert learning_order(one, ()) == learning_order(other, ())
    assert one.edges == other.edges


@given(many_links, sampled_from(IDS))
def test_a_concept_on_a_cycle_is_shown_a_shortest_one_through_itself(
    links: Links, concept_id: str
) -> None:
    warning = warnings_of(a_graph(links), concept_id).get("PREREQ_CYCLE")
    steps = len(warning.params) - 1 if warning else 0

    assert steps == steps_back(links, concept_id)
    assert warning is None or warning.params[0] == warning.params[-1] == f"Name {concept_id}"


def test_ten_thousand_concepts_in_a_row_are_ten_thousand_layers() -> None:
    order = learning_order(a_chain(MANY), ())

    assert len(order.layers) == MANY


def test_a_chain_of_ten_thousand_is_measured() -> None:
    warning = warnings_of(a_chain(MANY), "00000")["PREREQ_DEPTH"]

    assert warning.params == (str(MANY - 1), "12")


def test_a_cycle_of_ten_thousand_is_one_layer_and_one_cycle() -> None:
    chain = a_chain(MANY)
    last = chain.nodes[-1]
    order = learning_order(
        ConceptGraph(nodes=(*chain.nodes[:-1], evolve(last, prerequisites=("00000",)))), ()
    )

    assert [len(layer) for layer in order.layers] == [MANY]
    assert [len(cycle) for cycle in order.cycles] == [MANY + 1]


def test_ten_thousand_concepts_that_need_their_next_two_are_searched_in_bounded_steps() -> None:
    links: Links = {
        f"{place}": (f"{(place + 1) % MANY}", f"{(place + 2) % MANY}") for place in range(MANY)
    }
    (cycle,) = learning_order(a_graph(links), ()).cycles

    assert len(cycle) == MANY // 2 + 1


def test_a_cycle_is_told_by_names_and_both_its_ends() -> None:
    graph = a_graph({"a": ("b",), "b": ("c",), "c": ("a", "b")})
    warning = warnings_of(graph, "a")["PREREQ_CYCLE"]

    assert warning.params == ("Name a", "Name b", "Name c", "Name a")
    assert (
        warning.message
        == "The concept is needed before itself: Name a \u2192 Name b \u2192 Name c \u2192 Name a."
    )


def test_a_misspelt_prerequisite_is_shown_the_name_that_comes_close() -> None:
    graph = ConceptGraph(nodes=(a_node("a", "Fractons"),))

    assert warnings_of(graph, "a", "Ratio", "Fraction")["PREREQ_DANGLING"].params == (
        "Fractons",
        "Fraction",
    )
    assert warnings_of(graph, "a", "Ratio")["PREREQ_DANGLING"].params == ("Fractons",)


def test_a_concept_and_its_namesake_are_ambiguous_and_perhaps_itself() -> None:
    graph = ConceptGraph(nodes=(a_node("a", "Mass", name="Mass"), a_node("b", name="Mass")))

    assert set(warnings_of(graph, "a")) == {"PREREQ_SELF", "PREREQ_AMBIGUOUS"}


def test_one_concept_by_its_id_and_by_its_name_is_listed_twice() -> None:
    graph = a_graph({"a": ("b", "name B", "lost", "Lost"), "b": ()})
    found = graph_warnings(graph, "a", ConceptPolicy(), close_names=())

    assert [each.params for each in found if each.code == "PREREQ_DUPLICATE"] == [
        ("Name b",),
        ("lost",),
    ]


def test_warnings_of_an_unknown_concept_are_not_found() -> None:
    with pytest.raises(ConceptNotFound):
        warnings_of(a_graph({"a": ()}), "z")
