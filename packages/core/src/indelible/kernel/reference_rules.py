"""The references that fields of aggregates and of appended records declare."""

from collections.abc import Iterator
from typing import Any

from attrs import Attribute, evolve
from attrs.validators import optional

from indelible.kernel.field_rule_values import NO_RULES, FieldRules
from indelible.kernel.references import Reference
from indelible.kernel.values import is_identifier


def reference_problems(
    entity: type[Any], attribute: "Attribute[Any]", target: type[Any] | str
) -> Iterator[str]:
    """Yield why a field cannot refer to an aggregate."""
    name = attribute.name
    if attribute.validator not in (is_identifier, optional(is_identifier)):
        yield f"field {name} cannot have an id: its kind is no Identifier"
    if isinstance(target, str):
        if target != entity.__name__:
            yield f"field {name} refers to {target!r}: expected a class, or {entity.__name__!r}"
    elif not hasattr(target, "missing_error"):
        yield f"field {name} refers to {target.__name__}, which is no aggregate"


def record_problems(
    record: type[Any], attribute: "Attribute[Any]", rules: FieldRules
) -> Iterator[str]:
    """Yield what is wrong with the rules of a field of an appended record."""
    expected = evolve(NO_RULES, references=rules.references, declared_at=rules.declared_at)
    if rules != expected:
        yield (
            f"field {attribute.name} is of a record, which has no state and never changes: it can"
            " have references and a default"
        )
    elif isinstance(rules.references, str) and rules.references:
        yield f"field {attribute.name} refers to {rules.references!r}: expected a class"
    elif rules.references:
        yield from reference_problems(record, attribute, rules.references)


def references_of_field(name: str, rules: FieldRules) -> Iterator[Reference]:
    """Yield the reference of a field that has one."""
    if rules.references:
        target = None if isinstance(rules.references, str) else rules.references
        yield Reference(field=name, target=target, declared_at=rules.declared_at)
