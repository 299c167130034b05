"""Aggregates as their history says that they were."""

from typing import Any, TypeVar

from attrs import fields
from cattrs import BaseValidationError

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.errors import HashChainBroken
from indelible.kernel.history import Change, Head
from indelible.kernel.idempotency import structure_json
from indelible.kernel.json import instant_text

E = TypeVar("E", bound=Aggregate)


def entity_after(entity: type[E], first: Change, change: Change) -> Head[E]:
    """Return the head that a change has left; `first` is the first change of its aggregate.

    A field that was declared after the change has its default value.

    Raises:
        HashChainBroken: The data of the change are none of this aggregate.
    """
    values: dict[str, Any] = {
        "id": change.entity_id,
        "status": change.to_state,
        "created_at": instant_text(first.at),
        "updated_at": instant_text(change.at),
    }
    if entity.version_field:
        values[entity.version_field] = change.version
    for attribute in fields(entity):
        if attribute.name in change.data:
            values[attribute.name] = change.data[attribute.name]
    try:
        past = structure_json(values, entity)
    except BaseValidationError as error:
        raise HashChainBroken(change.entity_id, change.seq) from error
    return Head(entity=past, revision=change.revision)
