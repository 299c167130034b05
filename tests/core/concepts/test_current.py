"""Present warnings read only the needed concepts, one level at a time."""

from datetime import UTC, datetime

import pytest
from attrs import evolve
from tests.core.concepts.graphs import chain_links, make_graph, make_node
from tests.core.concepts.scenarios import by_code, codes, make_version

from indelible.concepts.entities import Concept, ConceptContent, ConceptNode, ConceptPolicy
from indelible.concepts.lifecycle import ConceptStatus
from indelible.concepts.rules.current import current_warnings, node_of, reachable_graph

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DRAFT = Concept(
    id="ratio", current_version=2, status=ConceptStatus.DRAFT, created_at=NOW, updated_at=NOW
)
WITHOUT_PREREQUISITES = make_version(ConceptContent(name="Ratio"), 2, None)
POLICY = ConceptPolicy()


class CountingLookup:
    """The concepts of a store; it records what was read."""

    def __init__(self, *nodes: ConceptNode, approved_version: int | None = None) -> None:
        self.nodes = nodes
        self.approved = approved_version
        self.levels: list[tuple[str, ...]] = []
        self.prefixes: list[str] = []
        self.approvals_read = 0

    def nodes_named(self, texts: tuple[str, ...]) -> tuple[ConceptNode, ...]:
        self.levels.append(texts)
        return tuple(node for node in self.nodes if node.id in texts or node.name in texts)

    def names_with_prefix(self, prefix: str) -> tuple[str, ...]:
        self.prefixes.append(prefix)
        names = [node.name for node in self.nodes]
        return tuple(name for name in names if name.casefold().startswith(prefix))

    def approved_version(self, concept_id: str) -> int | None:
        assert concept_id == DRAFT.id
        self.approvals_read += 1
        return self.approved


def test_a_node_is_the_concept_with_the_content_of_its_version() -> None:
    content = ConceptContent(name="Ratio", prerequisites=("Division",))
    node = node_of(DRAFT, make_version(content, 2, None))

    assert node == ConceptNode(
        id="ratio", name="Ratio", status=ConceptStatus.DRAFT, prerequisites=("Division",)
    )


@pytest.mark.parametrize("status", [ConceptStatus.DRAFT, ConceptStatus.REVIEW])
def test_a_concept_without_prerequisites_and_approval_causes_no_reads(
    status: ConceptStatus,
) -> None:
    lookup = CountingLookup(approved_version=1)
    concept = evolve(DRAFT, status=status)

    assert current_warnings(concept, WITHOUT_PREREQUISITES, lookup, POLICY) == ()
    assert lookup.levels == []
    assert lookup.approvals_read == 0


@pytest.mark.parametrize("status", [ConceptStatus.APPROVED, ConceptStatus.PUBLISHED])
@pytest.mark.parametrize(
    ("approved_version", "expected"), [(1, ["APPROVAL_STALE"]), (2, []), (None, [])]
)
def test_an_approval_of_another_version_is_stale(
    status: ConceptStatus, approved_version: int | None, expected: list[str]
) -> None:
    lookup = CountingLookup(approved_version=approved_version)
    concept = evolve(DRAFT, status=status)
    warnings = current_warnings(concept, WITHOUT_PREREQUISITES, lookup, POLICY)

    assert codes(warnings) == expected


def test_a_stale_approval_is_added_to_the_warnings_of_the_graph() -> None:
    content = ConceptContent(name="Ratio", prerequisites=("Division",))
    concept = evolve(DRAFT, status=ConceptStatus.APPROVED)
    lookup = CountingLookup(approved_version=1)
    warnings = current_warnings(concept, make_version(content, 2, None), lookup, POLICY)

    assert codes(warnings) == ["PREREQ_DANGLING", "APPROVAL_STALE"]


def test_each_level_of_prerequisites_is_one_read() -> None:
    others = (
        make_node("a", "c"),
        make_node("b", "c", "ratio"),
        make_node("c"),
        make_node("unrelated", "a"),
    )
    start = make_node("ratio", "b", "a")
    lookup = CountingLookup(start, *others)
    graph = reachable_graph(start, lookup, max_nodes=100)

    assert lookup.levels == [("a", "b"), ("c", "ratio")]
    assert {node.id for node in graph.nodes} == {"ratio", "a", "b", "c"}


def test_a_graph_stops_growing_at_the_limit_of_the_policy() -> None:
    nodes = make_graph(chain_links(20)).nodes
    graph = reachable_graph(nodes[0], CountingLookup(*nodes), max_nodes=5)

    assert [node.id for node in graph.nodes] == ["00000", "00001", "00002", "00003", "00004"]


def test_names_like_an_unknown_prerequisite_are_read_by_their_prefix() -> None:
    content = ConceptContent(name="Ratio", prerequisites=("Fractons", "Division"))
    lookup = CountingLookup(
        make_node("fraction", name="Fraction"), make_node("division", name="Division")
    )
    warnings = current_warnings(DRAFT, make_version(content, 2, None), lookup, POLICY)

    assert lookup.prefixes == ["fra"]
    assert by_code(warnings)["PREREQ_DANGLING"].params == ("Fractons", "Fraction")
