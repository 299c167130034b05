"""Checks of fields that the state of an aggregate requires or excludes."""

from collections.abc import Iterable

from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate


def check_presence(entity: Aggregate, names: Iterable[str], *, is_present: bool) -> None:
    """Check that fields have values, or that none of them has one.

    Raises:
        FieldNotOfState: A field has no value, or has one that the state excludes.
    """
    for name in names:
        has_value = getattr(entity, name) is not None
        expected = "set" if is_present else "empty"
        check_field(entity, name, expected=expected, is_met=has_value == is_present)


def check_unchanged(entity: Aggregate, previous: Aggregate, names: Iterable[str]) -> None:
    """Check that fields are the same as before a change.

    Raises:
        FieldNotOfState: A field has another value.
    """
    for name in names:
        is_same = getattr(entity, name) == getattr(previous, name)
        check_field(entity, name, expected="the same as before", is_met=is_same)


def check_field(entity: Aggregate, name: str, *, expected: str, is_met: bool) -> None:
    """Check what the other fields require of one; `expected` says it, such as `at most 5`.

    Raises:
        FieldNotOfState: It is not met.
    """
    if not is_met:
        raise FieldNotOfState(entity.lifecycle.name, entity.id, name, expected, str(entity.status))
