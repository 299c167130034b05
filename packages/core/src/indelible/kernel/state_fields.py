"""Checks of fields that the state of an aggregate requires or excludes."""

from collections.abc import Iterable
from typing import ClassVar

from attrs import frozen

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.errors import Invalid


@frozen
class FieldNotOfState(Invalid):
    """A field of an aggregate that its state requires or excludes."""

    message: ClassVar[str] = (
        "Field {field} of {lifecycle} {entity_id} must be {expected} in state {status}."
    )
    lifecycle: str
    entity_id: str
    field: str
    expected: str
    status: str


def check_presence(entity: Aggregate, names: Iterable[str], *, is_present: bool) -> None:
    """Check that fields have values, or that none of them has one.

    Raises:
        FieldNotOfState: A field has no value, or has one that the state excludes.
    """
    for name in names:
        has_value = getattr(entity, name) is not None
        expected = "set" if is_present else "empty"
        check_field(entity, name, expected=expected, is_met=has_value == is_present)


def check_field(entity: Aggregate, name: str, *, expected: str, is_met: bool) -> None:
    """Check what the other fields require of one; `expected` says it, such as `at most 5`.

    Raises:
        FieldNotOfState: It is not met.
    """
    if not is_met:
        raise FieldNotOfState(entity.lifecycle.name, entity.id, name, expected, str(entity.status))
