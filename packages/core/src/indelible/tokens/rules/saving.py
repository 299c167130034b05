"""Derive the action of a saved entity."""

from enum import StrEnum

from indelible.kernel import InvalidTransition, Lifecycle


def action_between(lifecycle: Lifecycle[StrEnum], old: str, new: StrEnum) -> str:
    """Return the action that leads from one state to another.

    Raises: InvalidTransition when no action does.
    """
    for edge in lifecycle.edges:
        if (edge.from_state, edge.to_state) == (old, new):
            return edge.action

    raise InvalidTransition(lifecycle.name, old, f"become {new}", lifecycle.allowed(old))
