"""The rule that at most one aggregate of a parent is in certain states at a time."""

import re
from collections.abc import Callable
from typing import Any, Final

from attrs import Attribute, field, frozen

from indelible.kernel.conditions import position_outside
from indelible.kernel.errors import Conflict, UsageError
from indelible.kernel.history import Entity

# The databases' statements contain these texts.
NAME: Final = re.compile("[a-z][a-z0-9_]{0,29}")
STATE: Final = re.compile("[A-Za-z][A-Za-z0-9_]{0,59}")


def _is_name(_: object, attribute: "Attribute[Any]", value: str) -> None:
    if not NAME.fullmatch(value):
        raise UsageError(
            f"{attribute.name} of a rule is {value!r}: expected up to 30 lower-case letters, digits"
            " and underscores"
        )


def _are_states(_: object, __: "Attribute[Any]", value: tuple[str, ...]) -> None:
    if not value:
        raise UsageError("a rule about one aggregate per parent names no state")
    for state in value:
        if not STATE.fullmatch(state):
            raise UsageError(f"the state {state!r} of a rule is not letters, digits and _")


@frozen(kw_only=True)
class OnePerParent:
    """At most one aggregate with the same value in `parent_field` is in one of the states.

    An aggregate declares its rules in `Aggregate.one_per_parent`. The memory store, an index of
    each database and a guard on SQLite hold them. `error` returns the Conflict for a parent's id.
    `name` ends the name of the index. An aggregate whose parent is None is never refused.
    `declared_at` is the file and the line; by default those of the caller.
    """

    parent_field: str = field(validator=_is_name)
    states: tuple[str, ...] = field(validator=_are_states)
    error: Callable[[str], Conflict]
    name: str = field(default="one_running", validator=_is_name)
    declared_at: str = field(factory=lambda: position_outside(__file__), eq=False, repr=False)

    def parent_of(self, entity: Entity) -> str | None:
        """Return the parent whose place the entity takes, None if it takes none."""
        if entity.status not in self.states:
            return None

        parent: str | None = getattr(entity, self.parent_field)
        return parent
