"""The fields that number the versions of other fields."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import Attribute

from indelible.kernel.derived_errors import derived_version_error
from indelible.kernel.field_rule_values import FieldRules
from indelible.kernel.numbered_versions import FIRST, NumberedVersions, rule_faults
from indelible.kernel.values import bounded_int


def version_problems(
    entity: type[Any],
    attribute: "Attribute[Any]",
    counted: tuple[str, ...],
    fields: Mapping[str, "Attribute[Any]"],
) -> Iterator[str]:
    """Yield why a field cannot number the versions of other fields."""
    name = attribute.name
    is_number = attribute.validator is bounded_int and attribute.metadata.get("minimum") == FIRST
    if not is_number:
        yield f"field {name} cannot number versions: its kind is no Version"
    elif attribute.default != FIRST:
        yield f"field {name} begins with {FIRST}: leave out its default"
    other: NumberedVersions | None = getattr(entity, "numbered_versions", None)
    if other is not None:
        yield f"field {name} numbers versions, and field {other.field} does already"
    yield from rule_faults(name, counted, fields)


def number_versions(entity: type[Any], name: str, rules: FieldRules) -> None:
    """Let a field number the versions of other fields."""
    counted = rules.version_of or ()
    entity.numbered_versions = NumberedVersions(
        field=name, counted_fields=counted, declared_at=rules.declared_at
    )
    module = entity.__module__
    entity.missing_version_error = derived_version_error(entity.__name__, module=module)
