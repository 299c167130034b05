"""Lifecycles: the declarations of legal transitions."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import Attribute, Factory, field, frozen

from indelible.kernel.errors import InvalidTransition

S_co = TypeVar("S_co", bound=StrEnum, covariant=True)


class Edge(NamedTuple, Generic[S_co]):
    """A legal transition; the state before creation is ''."""

    from_state: str
    action: str
    to_state: S_co
    adds_version: int


def _is_deterministic(_: object, __: "Attribute[Any]", edges: tuple[Edge[StrEnum], ...]) -> None:
    steps = {(edge.from_state, edge.action) for edge in edges}
    if len(steps) < len(edges):
        message = "an action leads from one state to more than one state"
        raise ValueError(message)


def _by_step(lifecycle: "Lifecycle[Any]") -> Mapping[tuple[str, str], Edge[Any]]:
    return {(edge.from_state, edge.action): edge for edge in lifecycle.edges}


@frozen(kw_only=True)
class Lifecycle(Generic[S_co]):
    """All legal transitions of one type of aggregate."""

    name: str
    edges: tuple[Edge[S_co], ...] = field(validator=_is_deterministic)
    _by_step: Mapping[tuple[str, str], Edge[S_co]] = field(
        init=False, repr=False, eq=False, default=Factory(_by_step, takes_self=True)
    )

    def edge(self, state: str, action: str) -> Edge[S_co]:
        """Return the edge that the action takes from the state.

        Raises:
            InvalidTransition: The state has no such edge.
        """
        edge = self._by_step.get((state, action))
        if edge is None:
            raise InvalidTransition(self.name, state, action, self.allowed(state))

        return edge

    def next(self, state: str, action: str) -> S_co:
        """Return the state that the action leads to, or raise InvalidTransition."""
        return self.edge(state, action).to_state

    def allowed(self, state: str) -> tuple[str, ...]:
        """Return the actions that lead out of the state, in the order of their declaration."""
        return tuple(edge.action for edge in self.edges if edge.from_state == state)

    def to_mermaid(self) -> str:
        """Return the lifecycle as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        for edge in self.edges:
            from_state = edge.from_state or "[*]"
            lines.append(f"    {from_state} --> {edge.to_state}: {edge.action}")

        return "\n".join(lines)
