"""Arguments that refer to another aggregate: a number stands for the id that a store has given."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

from attrs import frozen

from indelible.kernel.references import Reference, references_of_record
from indelible.testing.own.values import Draw

NUMBERS: Final = 1_000
UNKNOWN_ID: Final = "no-such-id"

Targets = Mapping[type[Any], Sequence[str]]  # the ids of the aggregates that others refer to
IdsOf = Callable[[Reference], Sequence[str]]  # returns the ids that a reference can have


@frozen
class NumberedTarget:
    """One of the aggregates that a reference can name, which has another id in each store."""

    reference: Reference
    number: int

    def id_in(self, ids: Sequence[str]) -> str:
        """Return the id in a store; an unknown one where the store has no target."""
        return ids[self.number % len(ids)] if ids else UNKNOWN_ID


def reference_of(entity: type[Any], action: str, name: str) -> Reference | None:
    """Return the reference of a parameter, None without one.

    It is that of the rows that the action appends, whose fields can have the names of other rows'
    fields, or of the aggregate's field.
    """
    references: list[Reference] = []
    for record in entity.bulk_records.get(action, ()):
        references += references_of_record(record)
    references += entity.references
    for reference in references:
        if reference.field == name:
            return reference
    return None


def reference_draw(reference: Reference, draw: Draw) -> Draw:
    """Return the function that draws targets; `draw` decides when there is none.

    What computes rows can have a parameter of the same name that is no id, such as several.
    """

    def draw_target(random: Random) -> object:
        value = draw(random)
        if not isinstance(value, str):
            return value
        return NumberedTarget(reference, random.randrange(NUMBERS))

    return draw_target


def with_ids(arguments: Mapping[str, object], ids_of: IdsOf) -> dict[str, object]:
    """Return arguments with the ids of a store."""
    result = dict(arguments)
    for name, value in arguments.items():
        if isinstance(value, NumberedTarget):
            result[name] = value.id_in(ids_of(value.reference))
    return result


def numbered(reference: Reference, value: object, ids: Sequence[str]) -> object:
    """Return the target of an id, or another value as it is."""
    if isinstance(value, str) and value in ids:
        return NumberedTarget(reference, ids.index(value))
    return value
