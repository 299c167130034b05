"""Arguments that refer to another aggregate: a number stands for the id that a store has given."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

from attrs import frozen

from indelible.kernel.references import references_of
from indelible.testing.own.values import Draw

NUMBERS: Final = 1_000
UNKNOWN_ID: Final = "no-such-id"

Targets = Mapping[type[Any], Sequence[str]]  # the ids of the aggregates that others refer to
IdsOf = Callable[[str], Sequence[str]]  # returns the ids that a field can have


@frozen
class NumberedTarget:
    """One of the aggregates that a field can refer to, which has another id in each store."""

    field: str
    number: int

    def id_in(self, ids: Sequence[str]) -> str:
        """Return the id in a store; an unknown one where the store has no target."""
        return ids[self.number % len(ids)] if ids else UNKNOWN_ID


def is_reference(entity: type[Any], name: str) -> bool:
    """Return whether a field of an aggregate, or of its rows, refers to an aggregate."""
    for reference in references_of(entity):
        if reference.field == name:
            return True
    return False


def reference_draw(name: str, draw: Draw) -> Draw:
    """Return the function that draws targets of a field; `draw` decides when there is none.

    What computes rows can have a parameter of the same name that is no id, such as several.
    """

    def draw_target(random: Random) -> object:
        value = draw(random)
        if not isinstance(value, str):
            return value
        return NumberedTarget(name, random.randrange(NUMBERS))

    return draw_target


def with_ids(arguments: Mapping[str, object], ids_of: IdsOf) -> dict[str, object]:
    """Return arguments with the ids of a store."""
    result = dict(arguments)
    for name, value in arguments.items():
        if isinstance(value, NumberedTarget):
            result[name] = value.id_in(ids_of(value.field))
    return result


def numbered(name: str, value: object, ids: Sequence[str]) -> object:
    """Return the target of an id, or another value as it is."""
    if isinstance(value, str) and value in ids:
        return NumberedTarget(name, ids.index(value))
    return value
