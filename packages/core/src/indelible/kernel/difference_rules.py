"""The fields whose values must differ from those of other fields."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import NoneType
from typing import Final

from attrs import NOTHING, Attribute

from indelible.kernel.claims import Compared
from indelible.kernel.conditions import AnyCondition, Condition, claims_of
from indelible.kernel.declarations import value_types
from indelible.kernel.field_rule_values import FieldRules
from indelible.kernel.json_objects import JsonObject

UNCOMPARED_TYPES: Final = (tuple, dict, list, JsonObject)
Rules = Mapping[str, FieldRules]  # those of the fields that have some


def difference_problems(
    attribute: "Attribute[object]",
    rules: Rules,
    states: Iterable[StrEnum],
    fields: Mapping[str, "Attribute[object]"],
) -> Iterator[str]:
    """Yield why a field cannot differ from others."""
    name = attribute.name
    others = rules[name].differs_from
    if len(set(others)) < len(others):
        yield f"field {name} differs from a field twice"
    for other in others:
        if other == name:
            yield f"field {name} differs from itself"
        elif other not in fields:
            yield f"field {name} differs from {other}, which is no field"
        else:
            yield from _pair_problems(attribute, fields[other], rules, frozenset(states))


def _pair_problems(
    attribute: "Attribute[object]",
    other: "Attribute[object]",
    rules: Rules,
    states: frozenset[StrEnum],
) -> Iterator[str]:
    """Yield why two fields cannot differ, or differ by themselves."""
    both = f"field {attribute.name} and field {other.name}"
    types = _types(attribute)
    if types != _types(other):
        yield f"{both} cannot be compared: they have different types"
    elif any(_is_uncompared(one) for one in types):
        yield f"{both} cannot be compared: their values are lists or objects"
    own_rules, other_rules = rules[attribute.name], rules.get(other.name)
    if other_rules is None:
        return
    if not _states_of(own_rules, states) & _states_of(other_rules, states):
        yield f"{both} have values in no common state, so they differ by themselves"
    for action in own_rules.actor_of:
        if action in other_rules.actor_of:
            yield f"{both} both get the actor of {action}, so they never differ"
    for action in own_rules.reason_of:
        if action in other_rules.reason_of:
            yield f"{both} both get the reason of {action}, so they never differ"
    if attribute.default not in (NOTHING, None) and attribute.default == other.default:
        yield f"{both} have one default, so they do not differ at first"


def difference_conditions(name: str, rules: FieldRules) -> Iterator[Condition]:
    """Yield the conditions that a field differs from others, where both have values."""
    for other in rules.differs_from:
        claim = Compared(name, "!=", other, f"another than {other}, which is {{}},")
        yield Condition(f"{name}_is_not_{other}", claim, declared_at=rules.declared_at)


def different_fields(conditions: Iterable[AnyCondition]) -> Iterator[Compared]:
    """Yield the claims that a field differs from another one."""
    for claim in claims_of(conditions):
        if isinstance(claim, Compared) and claim.operator == "!=" and isinstance(claim.other, str):
            yield claim


def _types(attribute: "Attribute[object]") -> frozenset[object]:
    return frozenset(one for one in value_types(attribute) if one is not NoneType)


def _is_uncompared(value_type: object) -> bool:
    """Return whether values of a type are several values, such as a list."""
    origin = getattr(value_type, "__origin__", value_type)
    return not isinstance(origin, type) or issubclass(origin, UNCOMPARED_TYPES)


def _states_of(rules: FieldRules, states: frozenset[StrEnum]) -> frozenset[StrEnum]:
    """Return the states in which a field can have a value."""
    named = frozenset((*rules.required_in, *rules.allowed_in))
    return named or states
