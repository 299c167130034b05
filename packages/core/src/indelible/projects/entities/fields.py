"""Checks of fields that a state requires or excludes."""

from collections.abc import Iterable

from indelible.kernel.aggregates import Aggregate
from indelible.projects.errors import FieldNotOfState


def check_presence(entity: Aggregate, names: Iterable[str], *, is_present: bool) -> None:
    """Check that fields have values, or that none of them has one.

    Raises:
        FieldNotOfState: A field has no value, or has one that the state excludes.
    """
    for name in names:
        has_value = getattr(entity, name) is not None
        if has_value != is_present:
            expected = "set" if is_present else "empty"
            raise FieldNotOfState(
                entity.lifecycle.name, entity.id, name, expected, str(entity.status)
            )
