"""A lifecycle: the one declaration of what may follow what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import Attribute, Factory, field, frozen

from indelible.kernel.errors import InvalidTransition

S_co = TypeVar("S_co", bound=StrEnum, covariant=True)


class Edge(NamedTuple, Generic[S_co]):
    """A legal (state, action, state); an entity that is not yet born has the state ''."""

    from_state: str
    action: str
    to_state: S_co
    adds_version: int


def _is_a_function(_: object, __: "Attribute[Any]", edges: tuple[Edge[StrEnum], ...]) -> None:
    if len({(edge.from_state, edge.action) for edge in edges}) < len(edges):
        message = "an action leads from a state to one state only"
        raise ValueError(message)


def _by_step(lifecycle: "Lifecycle[Any]") -> Mapping[tuple[str, str], Edge[Any]]:
    return {(edge.from_state, edge.action): edge for edge in lifecycle.edges}


@frozen(kw_only=True)
class Lifecycle(Generic[S_co]):
    """Every legal step of one kind of entity."""

    name: str
    edges: tuple[Edge[S_co], ...] = field(validator=_is_a_function)
    _by_step: Mapping[tuple[str, str], Edge[S_co]] = field(
        init=False, repr=False, eq=False, default=Factory(_by_step, takes_self=True)
    )

    def edge(self, state: str, action: str) -> Edge[S_co]:
        """The edge that the action takes from the state, or InvalidTransition."""
        edge = self._by_step.get((state, action))
        if edge is None:
            raise InvalidTransition(self.name, state, action, self.allowed(state))
        return edge

    def next(self, state: str, action: str) -> S_co:
        """The state that the action leads to, or InvalidTransition."""
        return self.edge(state, action).to_state

    def allowed(self, state: str) -> tuple[str, ...]:
        """The actions that lead out of the state, in the order of their declaration."""
        return tuple(edge.action for edge in self.edges if edge.from_state == state)

    def to_mermaid(self) -> str:
        """The lifecycle as a Mermaid state diagram."""
        arrows = (
            f"    {edge.from_state or '[*]'} --> {edge.to_state}: {edge.action}"
            for edge in self.edges
        )
        return "\n".join(("stateDiagram-v2", *arrows))
