"""A lifecycle is a function from a state and an action, and says nothing but its table."""

from enum import StrEnum

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis.strategies import dictionaries, sampled_from, tuples

from indelible.concepts import CONCEPT
from indelible.kernel import Edge, InvalidTransition, Lifecycle
from indelible.kernel.keys import KEY


class Door(StrEnum):
    OPEN = "OPEN"
    SHUT = "SHUT"
    LOCKED = "LOCKED"


EDGES = (
    Edge("", "hang", Door.OPEN, 1),
    Edge(Door.OPEN, "paint", Door.OPEN, 1),
    Edge(Door.OPEN, "shut", Door.SHUT, 0),
    Edge(Door.SHUT, "open", Door.OPEN, 0),
    Edge(Door.SHUT, "lock", Door.LOCKED, 0),
)
DOOR = Lifecycle(name="door", edges=EDGES)
STATES = ("", *Door)
ACTIONS = ("hang", "open", "shut", "lock", "paint", "burn")

tables = dictionaries(
    tuples(sampled_from(STATES), sampled_from(ACTIONS)),
    tuples(sampled_from(Door), sampled_from((0, 1))),
)


@given(tables)
def test_it_answers_from_its_table_for_every_state_and_action(
    table: dict[tuple[str, str], tuple[Door, int]],
) -> None:
    lifecycle = Lifecycle(
        name="any", edges=tuple(Edge(*step, *target) for step, target in table.items())
    )
    for state in STATES:
        assert lifecycle.allowed(state) == tuple(
            action for from_state, action in table if from_state == state
        )
        for action in ACTIONS:
            if (state, action) in table:
                assert lifecycle.edge(state, action) == (state, action, *table[state, action])
                assert lifecycle.next(state, action) is table[state, action][0]
            else:
                with pytest.raises(InvalidTransition):
                    lifecycle.next(state, action)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(
    ("to_state", "adds_version"), [(Door.LOCKED, 0), (Door.OPEN, 1), (Door.SHUT, 0)]
)
def test_an_action_leads_from_a_state_to_one_state_only(
    edge: Edge[Door], to_state: Door, adds_version: int
) -> None:
    second = Edge(edge.from_state, edge.action, to_state, adds_version)

    with pytest.raises(
        ValueError, match=r"^an action leads from one state to more than one state$"
    ):
        Lifecycle(name="door", edges=(*EDGES, second))


def test_a_refusal_says_what_would_have_been_allowed() -> None:
    with pytest.raises(InvalidTransition) as refused:
        DOOR.edge(Door.SHUT, "paint")

    assert refused.value.detail == {
        "lifecycle": "door",
        "from_state": "SHUT",
        "action": "paint",
        "allowed": ("open", "lock"),
    }


def test_a_state_that_nobody_declared_allows_nothing() -> None:
    assert DOOR.allowed("AJAR") == ()
    with pytest.raises(InvalidTransition):
        DOOR.next("AJAR", "open")


def test_a_birth_is_an_edge_from_the_empty_state() -> None:
    assert DOOR.allowed("") == ("hang",)
    assert DOOR.next("", "hang") is Door.OPEN


def test_it_draws_every_edge_once() -> None:
    assert DOOR.to_mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> OPEN: hang",
        "    OPEN --> OPEN: paint",
        "    OPEN --> SHUT: shut",
        "    SHUT --> OPEN: open",
        "    SHUT --> LOCKED: lock",
    ]


def test_it_is_fixed_and_equal_to_what_says_the_same() -> None:
    with pytest.raises(FrozenInstanceError):
        DOOR.edges = ()  # type: ignore[misc]
    assert Lifecycle(name="door", edges=EDGES) == DOOR
    assert Lifecycle(name="gate", edges=EDGES) != DOOR
    assert Lifecycle(name="door", edges=EDGES[:-1]) != DOOR


@pytest.mark.parametrize("lifecycle", [CONCEPT, KEY], ids=lambda each: each.name)
def test_of_ours_each_state_is_reached_from_birth(lifecycle: Lifecycle[StrEnum]) -> None:
    reached, states = {""}, type(lifecycle.edges[0].to_state)
    for _ in states:
        reached |= {edge.to_state for edge in lifecycle.edges if edge.from_state in reached}

    assert reached == {"", *states}
