"""A lifecycle allows exactly its declared edges."""

from enum import StrEnum
from itertools import product

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis.strategies import dictionaries, sampled_from, tuples

from indelible.kernel import Edge, InvalidTransition, Lifecycle
from indelible_sql.contexts import CATALOG


class DoorStatus(StrEnum):
    """The states of a door."""

    OPEN = "OPEN"
    SHUT = "SHUT"
    LOCKED = "LOCKED"


EDGES = (
    Edge("", "hang", DoorStatus.OPEN, 1),
    Edge(DoorStatus.OPEN, "paint", DoorStatus.OPEN, 1),
    Edge(DoorStatus.OPEN, "shut", DoorStatus.SHUT, 0),
    Edge(DoorStatus.SHUT, "open", DoorStatus.OPEN, 0),
    Edge(DoorStatus.SHUT, "lock", DoorStatus.LOCKED, 0),
)
DOOR = Lifecycle(name="door", edges=EDGES)
STATES = ("", *DoorStatus)
SHIPPED = [each.entity.lifecycle for context in CATALOG.contexts for each in context.mappings]
ACTIONS = ("hang", "open", "shut", "lock", "paint", "burn")

Step = tuple[str, str]  # a state and an action
Target = tuple[DoorStatus, int]  # the next state and the number of added versions

edge_tables = dictionaries(
    tuples(sampled_from(STATES), sampled_from(ACTIONS)),
    tuples(sampled_from(DoorStatus), sampled_from((0, 1))),
)


def lifecycle_of(table: dict[Step, Target]) -> Lifecycle[DoorStatus]:
    """Return the lifecycle with one edge for each entry of the table."""
    edges: list[Edge[DoorStatus]] = []
    for (from_state, action), (to_state, adds_version) in table.items():
        edges.append(Edge(from_state, action, to_state, adds_version))

    return Lifecycle(name="any", edges=tuple(edges))


def edge_or_none(
    lifecycle: Lifecycle[DoorStatus], state: str, action: str
) -> Edge[DoorStatus] | None:
    """Return the edge that the action takes, None where it is refused."""
    try:
        return lifecycle.edge(state, action)
    except InvalidTransition:
        return None


@given(edge_tables)
def test_every_action_in_every_state_takes_its_declared_edge_or_is_refused(
    table: dict[Step, Target],
) -> None:
    lifecycle = lifecycle_of(table)
    declared = {(edge.from_state, edge.action): edge for edge in lifecycle.edges}

    for state, action in product(STATES, ACTIONS):
        assert edge_or_none(lifecycle, state, action) == declared.get((state, action))


@given(edge_tables)
def test_the_allowed_actions_are_those_with_an_edge_in_their_order(
    table: dict[Step, Target],
) -> None:
    lifecycle = lifecycle_of(table)

    for state in STATES:
        expected = [action for from_state, action in table if from_state == state]
        assert lifecycle.allowed(state) == tuple(expected)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(
    ("to_state", "adds_version"),
    [(DoorStatus.LOCKED, 0), (DoorStatus.OPEN, 1), (DoorStatus.SHUT, 0)],
)
def test_two_edges_of_one_action_in_one_state_are_refused(
    edge: Edge[DoorStatus], to_state: DoorStatus, adds_version: int
) -> None:
    second = Edge(edge.from_state, edge.action, to_state, adds_version)

    with pytest.raises(
        ValueError, match=r"^an action leads from one state to more than one state$"
    ):
        Lifecycle(name="door", edges=(*EDGES, second))


def test_a_refusal_names_the_allowed_actions() -> None:
    with pytest.raises(InvalidTransition) as refused:
        DOOR.edge(DoorStatus.SHUT, "paint")

    assert refused.value.detail == {
        "lifecycle": "door",
        "from_state": "SHUT",
        "action": "paint",
        "allowed": ("open", "lock"),
    }


def test_an_undeclared_state_allows_nothing() -> None:
    assert DOOR.allowed("AJAR") == ()
    with pytest.raises(InvalidTransition):
        DOOR.next("AJAR", "open")


def test_the_diagram_has_one_line_for_each_edge() -> None:
    assert DOOR.to_mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> OPEN: hang",
        "    OPEN --> OPEN: paint",
        "    OPEN --> SHUT: shut",
        "    SHUT --> OPEN: open",
        "    SHUT --> LOCKED: lock",
    ]


def test_the_edges_of_a_lifecycle_cannot_be_assigned() -> None:
    with pytest.raises(FrozenInstanceError):
        DOOR.edges = ()  # type: ignore[misc]  # refused at run time too


def test_lifecycles_with_the_same_name_and_edges_are_equal() -> None:
    assert Lifecycle(name="door", edges=EDGES) == DOOR
    assert Lifecycle(name="gate", edges=EDGES) != DOOR
    assert Lifecycle(name="door", edges=EDGES[:-1]) != DOOR


@pytest.mark.parametrize("lifecycle", SHIPPED, ids=lambda lifecycle: lifecycle.name)
def test_every_state_of_a_shipped_lifecycle_can_be_reached(lifecycle: Lifecycle[StrEnum]) -> None:
    states = type(lifecycle.edges[0].to_state)
    reached = {""}
    for _ in states:
        for edge in lifecycle.edges:
            if edge.from_state in reached:
                reached.add(edge.to_state)

    assert reached == {"", *states}
