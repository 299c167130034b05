"""The fields that get a part of their change: its actor, or its reason."""

from collections.abc import Iterable
from typing import Any

from indelible.kernel.aggregate_errors import FieldNotActor, FieldNotReason
from indelible.kernel.audit import HasActorAndReason
from indelible.kernel.conditions import AnyCondition, NamesActor, TakenFromChange


def taken_fields(
    conditions: Iterable[AnyCondition], part: type[TakenFromChange], action: str
) -> tuple[str, ...]:
    """Return the fields that get a part of the changes of an action."""
    names: list[str] = []
    for condition in conditions:
        if isinstance(condition, part) and condition.action == action:
            names.append(condition.field)
    return tuple(names)


def check_taken(
    entity: Any,  # noqa: ANN401 - an aggregate of any class
    action: str,
    audit: HasActorAndReason,
) -> None:
    """Check that the fields of an aggregate that get a part of its change have that part.

    Raises:
        FieldNotActor: A field names somebody else than the actor.
        FieldNotReason: A field has another text than the reason.
    """
    for condition in entity.conditions:
        if not isinstance(condition, TakenFromChange) or condition.action != action:
            continue
        expected = str(getattr(audit, condition.part))
        actual = getattr(entity, condition.field)
        if actual != expected:
            error = FieldNotActor if isinstance(condition, NamesActor) else FieldNotReason
            raise error(
                entity.lifecycle.name, entity.id, action, condition.field, expected, str(actual)
            )
