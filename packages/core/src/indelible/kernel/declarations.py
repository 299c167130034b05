"""Checks of what an aggregate declares about itself, when its class is made."""

import inspect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from types import NoneType
from typing import Any, TypeGuard, get_args

from attrs import Attribute

from indelible.kernel.actions import actions_of
from indelible.kernel.bulk import NO_BULK, bulk_type_faults
from indelible.kernel.claims import (
    OPERATORS,
    Claim,
    Compared,
    OneOf,
    all_claims,
)
from indelible.kernel.conditions import AnyCondition, Condition, FixedIf, TakenFromChange
from indelible.kernel.errors import UsageError
from indelible.kernel.lifecycle import Lifecycle
from indelible.kernel.one_per_parent import OnePerParent

Fields = Mapping[str, "Attribute[Any]"]


def refuse_faults(
    entity: type, attributes: Iterable["Attribute[Any]"], faults: Iterable[str] = ()
) -> None:
    """Raise one error for all faults of a class: those passed, and those of what it declares.

    Raises:
        UsageError: There is a fault. Each is named on a line of its own, with file and line.
    """
    fields = {attribute.name: attribute for attribute in attributes}
    every_fault = (
        *faults,
        *_condition_faults(entity, fields),
        *_rule_faults(entity, fields),
        *_bulk_faults(entity, fields),
    )
    if every_fault:
        lines = "\n".join(every_fault)
        raise UsageError(f"the declaration of {entity.__name__} has faults:\n{lines}")


def line_of(entity: type, name: str = "") -> str:
    """Return the file and the line of a class, or of one of its fields."""
    try:
        lines, first = inspect.getsourcelines(entity)
    except (OSError, TypeError):
        return entity.__module__

    number = first
    for offset, line in enumerate(lines):
        if name and line.strip().startswith(f"{name}:"):
            number = first + offset
            break
    return f"{inspect.getsourcefile(entity)}:{number}"


def value_types(attribute: "Attribute[Any]") -> tuple[object, ...]:
    """Return the types of a field's values, NoneType among them where it may be empty."""
    return get_args(attribute.type) or (attribute.type,)


def enumeration_of(attribute: "Attribute[Any]") -> type[StrEnum] | None:
    """Return the enumeration whose values a field has, None for any other field."""
    for value_type in value_types(attribute):
        if _is_enumeration(value_type):
            return value_type
    return None


def is_optional(attribute: "Attribute[Any]") -> bool:
    """Return whether a field may be empty."""
    return NoneType in value_types(attribute)


def _is_enumeration(value_type: object) -> TypeGuard[type[StrEnum]]:
    return isinstance(value_type, type) and issubclass(value_type, StrEnum)


def _condition_faults(entity: type, fields: Fields) -> Iterator[str]:
    conditions: tuple[AnyCondition, ...] = getattr(entity, "conditions", ())
    lifecycle: Lifecycle[StrEnum] | None = getattr(entity, "lifecycle", None)
    if lifecycle is not None and not lifecycle.known_edges:
        lifecycle = None  # the actions are not read yet; `action_faults` checks what names them
    names: Counter[str] = Counter()
    for condition in conditions:
        if not hasattr(entity, "lifecycle") and not isinstance(condition, Condition):
            yield f"{condition.declared_at}: a record never changes: declare a Condition"
        for problem in _problems(condition, fields, lifecycle):
            yield f"{condition.declared_at}: {problem}"
        if not isinstance(condition, TakenFromChange):
            names[condition.name] += 1
            if names[condition.name] > 1:
                yield f"{condition.declared_at}: condition {condition.name} is declared twice"

    has_claims = any(isinstance(condition, Condition) for condition in conditions)
    own_check = vars(entity).get("__attrs_post_init__")
    if has_claims and own_check is not None and "__class__" not in own_check.__code__.co_freevars:
        yield f"{line_of(entity)}: __attrs_post_init__ does not call super(), which checks claims"


def _problems(
    condition: AnyCondition, fields: Fields, lifecycle: Lifecycle[StrEnum] | None
) -> Iterator[str]:
    match condition:
        case Condition(claims=claims):
            for claim in claims:
                yield from _claim_problems(claim, fields, lifecycle)
        case FixedIf(where=where, fields=names):
            yield from _unknown_fields(names, fields)
            yield from _claim_problems(where, fields, lifecycle)
        case TakenFromChange(field=name, action=action):
            yield from _unknown_fields((name,), fields)
            if lifecycle and action not in {edge.action for edge in lifecycle.known_edges}:
                yield f"unknown action of lifecycle {lifecycle.name}: {action}"
        case _:
            yield from _unknown_fields((condition.field,), fields)


def _claim_problems(
    claim: Claim, fields: Fields, lifecycle: Lifecycle[StrEnum] | None
) -> Iterator[str]:
    for part in all_claims(claim):
        yield from _unknown_fields(part.reads, fields)
        if isinstance(part, Compared) and part.operator not in OPERATORS:
            yield f"unknown operator {part.operator}: expected one of {' '.join(OPERATORS)}"
        if isinstance(part, Compared):
            yield from _decimal_problems(part, fields)
        if isinstance(part, OneOf) and part.field in fields:
            yield from _unknown_values(part, fields[part.field], lifecycle)
            if is_optional(fields[part.field]):
                yield (
                    f"{part.field} may be empty, and SQL cannot tell whether an empty field is one"
                    " of some values: ask whether it is present"
                )


def _decimal_problems(claim: Compared, fields: Fields) -> Iterator[str]:
    """Yield that a decimal is compared with another kind: SQLite compares their smallest units."""
    compared = [fields[name] for name in claim.reads if name in fields]
    kinds = {(Decimal in value_types(one), one.metadata.get("places")) for one in compared}
    has_decimal = any(is_decimal for is_decimal, _ in kinds)
    is_number = isinstance(claim.other, int) and claim.other != 0
    if has_decimal and (len(kinds) > 1 or is_number):
        yield (
            f"{claim.field} is compared with {claim.other}: compare a decimal with 0, or with a"
            " decimal of as many places"
        )


def _unknown_fields(names: Iterable[str], fields: Fields) -> Iterator[str]:
    for name in names:
        if "." in name:
            yield f"{name} is in another table: a condition sees the fields of one row"
        elif name not in fields:
            yield f"unknown field: {name}"


def _unknown_values(
    where: OneOf, attribute: "Attribute[Any]", lifecycle: Lifecycle[StrEnum] | None
) -> Iterator[str]:
    """Yield the values that the field never has; a status has only those of its lifecycle."""
    enumeration = enumeration_of(attribute)
    known = set(map(str, enumeration or where.values))
    if where.field == "status" and lifecycle:
        known = {str(edge.to_state) for edge in lifecycle.known_edges}
    subject = "state" if where.field == "status" else f"value of {where.field}"
    if not where.values:
        yield f"no {subject} is named"
    for value in where.values:
        if value not in known:
            yield f"unknown {subject}: {value}"


def _rule_faults(entity: type, fields: Fields) -> Iterator[str]:
    """Yield the faults of the rules that at most one aggregate of a parent is in certain states."""
    rules: tuple[OnePerParent, ...] = getattr(entity, "one_per_parent", ())
    names: set[str] = set()
    for rule in rules:
        subject = f"{rule.declared_at}: rule {rule.name}"
        if rule.parent_field not in fields:
            yield f"{subject} names an unknown field: {rule.parent_field}"
        unknown_states = sorted(set(rule.states) - _known_states(entity, fields))
        if unknown_states:
            yield f"{subject} names unknown states: {', '.join(unknown_states)}"
        if rule.name in names:
            yield f"{subject} is declared twice"
        names.add(rule.name)


def _known_states(entity: type, fields: Fields) -> set[str]:
    """Return the states of an aggregate; those of its enumeration before its actions are read."""
    lifecycle: Lifecycle[StrEnum] | None = getattr(entity, "lifecycle", None)
    if lifecycle is not None and lifecycle.known_edges:
        return {str(edge.to_state) for edge in lifecycle.known_edges}
    return set(map(str, enumeration_of(fields["status"]) or ()))


def _bulk_faults(entity: type, fields: Fields) -> Iterator[str]:
    """Yield the faults of the bulk records that the actions of an aggregate add."""
    lifecycle: Lifecycle[StrEnum] | None = getattr(entity, "lifecycle", None)
    edges = () if lifecycle is None else lifecycle.edges
    actions = {*actions_of(entity), *(edge.action for edge in edges)}
    types = getattr(entity, "bulk_records", NO_BULK)
    for fault in bulk_type_faults(types, actions, fields):
        yield f"{line_of(entity, 'bulk_records')}: {fault}"
