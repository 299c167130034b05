"""Lifecycles: the declarations of legal transitions."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from itertools import chain
from typing import Any, Final, Generic, NamedTuple, TypeVar

from attrs import Attribute, Factory, field, frozen

from indelible.kernel.errors import InvalidTransition
from indelible.kernel.readers import OWNER_AND_OPERATORS, Readers
from indelible.kernel.values import instance_of

# The most by which a time that has passed may be after the change that stores it: the clock that
# has told it may be ahead of ours.
MAX_CLOCK_LEAD: Final = timedelta(days=1)

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


def _is_other_step(
    lifecycle: "Lifecycle[Any]", _: object, retired: tuple[Edge[StrEnum], ...]
) -> None:
    steps = [(edge.from_state, edge.action) for edge in (*lifecycle.edges, *retired)]
    if len(set(steps)) < len(steps):
        message = f"a retired edge of {lifecycle.name} begins like another edge"
        raise ValueError(message)


def _names_actions(
    lifecycle: "Lifecycle[Any]", _: object, changes: Mapping[str, tuple[str, ...]] | None
) -> None:
    actions = {edge.action for edge in lifecycle.known_edges}
    unknown = sorted(set(changes or ()) - actions)
    if unknown:
        message = f"changes of {lifecycle.name} name unknown actions: {', '.join(unknown)}"
        raise ValueError(message)


def _names_changed_fields(
    lifecycle: "Lifecycle[Any]", attribute: "Attribute[Any]", fields: Mapping[str, object] | None
) -> None:
    unknown = sorted(set(fields or ()) - lifecycle.changed_fields)
    if unknown:
        message = f"{attribute.name} of {lifecycle.name} names fixed fields: {', '.join(unknown)}"
        raise ValueError(message)


def _by_step(lifecycle: "Lifecycle[Any]") -> Mapping[tuple[str, str], Edge[Any]]:
    return {(edge.from_state, edge.action): edge for edge in lifecycle.edges}


def _kept_fields(lifecycle: "Lifecycle[Any]") -> Mapping[str, tuple[str, ...]]:
    if lifecycle.changes is None:
        return {}

    fields: dict[str, tuple[str, ...]] = {}
    for edge in lifecycle.known_edges:
        changed = lifecycle.changes.get(edge.action, ())
        fields[edge.action] = tuple(sorted(lifecycle.changed_fields.difference(changed)))
    return fields


@frozen(kw_only=True)
class Lifecycle(Generic[S_co]):
    """All legal transitions of one type of aggregate.

    An aggregate whose methods are its actions declares none of `edges`, `changes` and `initial`:
    they follow from the methods (see `indelible.kernel.actions`).

    `retired` are edges that history may have taken, and that nothing takes any more.

    `changes` maps each action to the fields that it changes, beside those that every action
    changes. An action that is missing changes none of the listed fields. A field that no action
    lists is not checked here: it belongs to the aggregate's fixed fields. None checks no field.
    `data_keys` are the keys that the data of its changes may have beside the fields, the records
    and the bulk records of the aggregate. The databases refuse others, but for a host's lifecycle.
    `readers` may see the data of the changes in the history of the REST API.

    `initial` holds the values of changed fields in a new aggregate, where they are not None. The
    action that creates it sets only what `changes` lists for it. None checks no new aggregate.

    `latest` maps times to the most by which they may be after the change that stores them.
    """

    name: str
    edges: tuple[Edge[S_co], ...] = field(default=(), validator=_is_deterministic)
    retired: tuple[Edge[S_co], ...] = field(default=(), validator=_is_other_step)
    changes: Mapping[str, tuple[str, ...]] | None = field(
        default=None, eq=False, repr=False, validator=_names_actions
    )
    data_keys: frozenset[str] = field(default=frozenset(), eq=False, repr=False)
    readers: Readers = field(
        default=OWNER_AND_OPERATORS, eq=False, repr=False, validator=instance_of(Readers)
    )
    initial: Mapping[str, object] | None = field(
        default=None, eq=False, repr=False, validator=_names_changed_fields
    )
    latest: Mapping[str, timedelta] = field(factory=dict[str, timedelta], eq=False, repr=False)
    _by_step: Mapping[tuple[str, str], Edge[S_co]] = field(
        init=False, repr=False, eq=False, default=Factory(_by_step, takes_self=True)
    )
    _kept_fields: Mapping[str, tuple[str, ...]] = field(
        init=False, repr=False, eq=False, default=Factory(_kept_fields, takes_self=True)
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

    @property
    def known_edges(self) -> tuple[Edge[S_co], ...]:
        """Return the edges that history may have taken: those of today and the retired ones."""
        return (*self.edges, *self.retired)

    @property
    def changed_fields(self) -> frozenset[str]:
        """Return the fields that at least one action changes."""
        return frozenset(chain.from_iterable((self.changes or {}).values()))

    def kept_fields(self, action: str) -> tuple[str, ...]:
        """Return the listed fields that this action must not change; none for an unknown action.

        Fields that no action lists are not among them: they are the aggregate's fixed fields.
        """
        return self._kept_fields.get(action, ())

    def initial_fields(self, action: str) -> Mapping[str, object]:
        """Return the listed fields that a creating action does not set, with their values.

        Without `initial` there are none.
        """
        if self.initial is None:
            return {}

        fields: dict[str, object] = {}
        for name in sorted(self.changed_fields.difference((self.changes or {}).get(action, ()))):
            fields[name] = self.initial.get(name)
        return fields

    def to_mermaid(self) -> str:
        """Return the lifecycle as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        for edge in self.edges:
            from_state = edge.from_state or "[*]"
            lines.append(f"    {from_state} --> {edge.to_state}: {edge.action}")

        return "\n".join(lines)
