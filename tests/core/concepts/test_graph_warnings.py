"""Prerequisites that form a cycle, are repeated, unknown, ambiguous or too deep cause warnings."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis.strategies import fixed_dictionaries, lists, sampled_from
from tests.core.concepts.graphs import Links, chain_links, cycle_length, make_graph, make_node
from tests.core.concepts.scenarios import by_code

from indelible.concepts.entities import ConceptPolicy, ConceptWarning
from indelible.concepts.errors import ConceptNotFound
from indelible.concepts.rules.graph import ConceptGraph, graph_warnings

ARROW = " \u2192 "
MANY = 10_000
IDS = [f"id-{number}" for number in range(7)]

prerequisites = lists(sampled_from(IDS), max_size=3).map(tuple)
links_of_seven = fixed_dictionaries(dict.fromkeys(IDS, prerequisites))


def warnings_on(
    graph: ConceptGraph, concept_id: str, *close_names: str
) -> Mapping[str, ConceptWarning]:
    """Map the codes to the warnings on a concept's prerequisites."""
    return by_code(graph_warnings(graph, concept_id, ConceptPolicy(), close_names))


def test_a_cycle_is_described_by_names_from_the_concept_back_to_it() -> None:
    graph = make_graph({"a": ("b",), "b": ("c",), "c": ("a", "b")})
    warning = warnings_on(graph, "a")["PREREQ_CYCLE"]

    path = ("Name a", "Name b", "Name c", "Name a")
    assert warning.params == path
    assert warning.message == f"The concept is needed before itself: {ARROW.join(path)}."


@given(links_of_seven, sampled_from(IDS))
def test_the_cycle_in_a_warning_is_a_shortest_one_through_the_concept(
    links: Links, concept_id: str
) -> None:
    warning = warnings_on(make_graph(links), concept_id).get("PREREQ_CYCLE")
    length = cycle_length(links, concept_id)

    if warning is None:
        assert length == 0
    else:
        assert len(warning.params) - 1 == length
        assert warning.params[0] == warning.params[-1] == f"Name {concept_id}"


def test_the_depth_of_a_chain_of_ten_thousand_concepts_is_reported() -> None:
    warning = warnings_on(make_graph(chain_links(MANY)), "00000")["PREREQ_DEPTH"]

    assert warning.params == (str(MANY - 1), "12")


def test_a_misspelt_prerequisite_gets_a_close_name_as_a_hint() -> None:
    graph = ConceptGraph(nodes=(make_node("a", "Fractons"),))
    with_hint = warnings_on(graph, "a", "Ratio", "Fraction")["PREREQ_DANGLING"]
    without_hint = warnings_on(graph, "a", "Ratio")["PREREQ_DANGLING"]

    assert with_hint.params == ("Fractons", "Fraction")
    assert without_hint.params == ("Fractons",)


def test_a_name_shared_with_the_concept_is_ambiguous_and_may_be_itself() -> None:
    graph = ConceptGraph(nodes=(make_node("a", "Mass", name="Mass"), make_node("b", name="Mass")))

    assert set(warnings_on(graph, "a")) == {"PREREQ_SELF", "PREREQ_AMBIGUOUS"}


def test_a_concept_listed_by_id_and_by_name_is_a_duplicate() -> None:
    graph = make_graph({"a": ("b", "name B", "lost", "Lost"), "b": ()})
    warnings = graph_warnings(graph, "a", ConceptPolicy(), close_names=())
    duplicates = [warning for warning in warnings if warning.code == "PREREQ_DUPLICATE"]

    assert [warning.params for warning in duplicates] == [("Name b",), ("lost",)]


def test_the_warnings_on_an_unknown_concept_are_not_found() -> None:
    with pytest.raises(ConceptNotFound):
        warnings_on(make_graph({"a": ()}), "z")
