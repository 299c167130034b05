"""Rules of an aggregate that concern one field, declared beside it.

    destination: Identifier | None = field(unique=DestinationTaken, required_in=(READY,))

is the whole field of a class that is made with `field_transformer=kinds`. What concerns several
fields stands in `Aggregate.conditions` and `Aggregate.one_per_parent`, to which these rules are
added when the class is made.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import attrs
from attrs import NOTHING, Attribute
from attrs.validators import optional

from indelible.kernel.appends import AppendedRecord
from indelible.kernel.claims import Claim, OneOf, Present, absent_in, present_in, required_in
from indelible.kernel.conditions import (
    AnyCondition,
    Condition,
    FixedIf,
    GivesReason,
    NamesActor,
    position_outside,
)
from indelible.kernel.declarations import enumeration_of, is_optional, value_types
from indelible.kernel.derived_errors import (
    ValueTaken,
    derived_taken_error,
)
from indelible.kernel.difference_rules import difference_conditions, difference_problems
from indelible.kernel.errors import UsageError
from indelible.kernel.field_rule_values import FieldRules, TakenError
from indelible.kernel.numbered_versions import FIRST
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.reference_rules import (
    record_problems,
    reference_problems,
    references_of_field,
)
from indelible.kernel.references import Reference
from indelible.kernel.values import is_one_line, non_blank_line
from indelible.kernel.version_rules import number_versions, version_problems

FIELD_RULES: Final = "field_rules"  # the key in a field's metadata until its class is made
# PostgreSQL refuses an index entry of more than 2,704 bytes; a character has up to 4.
MAX_UNIQUE_CHARACTERS: Final = 600


def field(
    *,
    default: object = NOTHING,
    unique: TakenError | bool = False,
    unique_name: str = "",
    required_in: Iterable[StrEnum] = (),
    allowed_in: Iterable[StrEnum] = (),
    condition_name: str = "",
    actor_of: str | tuple[str, ...] = (),
    reason_of: str | tuple[str, ...] = (),
    fixed_once_set: bool = False,
    fixed_in: Iterable[StrEnum] = (),
    references: type[Any] | str = "",
    version_of: str | tuple[str, ...] | None = None,
    differs_from: str | tuple[str, ...] = (),
) -> Any:  # noqa: ANN401 - a field of attrs
    """Return a field with a kind and rules of its own; one that may be None is None by default.

    `FieldRules` says what each rule means. `unique` returns the error for a taken value, and True
    derives it. The rule and its index are called `one_<field>`, or `unique_name`; the CHECK of
    `required_in` and `allowed_in` is `<field>_of_status`, or `condition_name`. `references` is a
    class or the name of the own one, `version_of` and `differs_from` are names of fields, and
    `actor_of` and `reason_of` of actions.
    """
    rules = FieldRules(
        unique=unique,
        unique_name=unique_name,
        required_in=tuple(required_in),
        allowed_in=tuple(allowed_in),
        condition_name=condition_name,
        actor_of=_names(actor_of),
        reason_of=_names(reason_of),
        fixed_once_set=fixed_once_set,
        fixed_in=tuple(fixed_in),
        references=references,
        version_of=None if version_of is None else _names(version_of),
        differs_from=_names(differs_from),
        declared_at=position_outside(__file__),
    )
    return attrs.field(default=default, metadata={FIELD_RULES: rules})


def add_field_rules(entity: type[Any], attributes: Iterable["Attribute[Any]"]) -> Iterator[str]:
    """Add the rules of the fields to the class, behind its own; yield the faults of the rules.

    A rule with a fault is not added.
    """
    fields = {attribute.name: attribute for attribute in attributes}
    states = _states_of(fields)
    unique: list[OnePerParent] = []
    conditions: list[AnyCondition] = []
    references: list[Reference] = []
    for attribute in fields.values():
        rules: FieldRules | None = attribute.metadata.get(FIELD_RULES)
        if rules is None:
            continue
        problems = tuple(_problems(entity, attribute, rules, states, fields))
        yield from (f"{rules.declared_at}: {problem}" for problem in problems)
        if problems:
            continue
        if states is None:
            references.extend(references_of_field(attribute.name, rules))
            continue
        if rules.unique:
            error = _taken_error(entity, attribute.name, rules)
            unique.append(_unique_rule(attribute.name, rules, states, error))
        conditions.extend(_conditions(attribute.name, rules, states))
        conditions.extend(_fixed(attribute.name, rules))
        references.extend(references_of_field(attribute.name, rules))
        if rules.version_of is not None:
            number_versions(entity, attribute.name, rules)

    if unique:
        entity.one_per_parent = (*entity.one_per_parent, *unique)
    if conditions:
        entity.conditions = (*entity.conditions, *conditions)
    if references:
        entity.references = (*entity.references, *references)


def _names(names: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return one name, or several, as several."""
    return (names,) if isinstance(names, str) else names


def without_rules(attribute: "Attribute[Any]") -> "Attribute[Any]":
    """Return the field as attrs makes it, once its rules are added to the class."""
    if FIELD_RULES not in attribute.metadata:
        return attribute

    metadata = {name: value for name, value in attribute.metadata.items() if name != FIELD_RULES}
    return attribute.evolve(metadata=metadata)


def with_default(attribute: "Attribute[Any]") -> "Attribute[Any]":
    """Return a field with rules and without a default with the one that follows from them.

    It is None where None is a value, and the first number of a field that numbers versions.
    """
    rules: FieldRules | None = attribute.metadata.get(FIELD_RULES)
    if rules is None or attribute.default is not NOTHING:
        return attribute
    if rules.version_of is not None:
        # Also of the rows and the changes from before the field.
        return attribute.evolve(default=FIRST)
    return attribute.evolve(default=None) if is_optional(attribute) else attribute


def unused_rules(attributes: Iterable["Attribute[Any]"]) -> Iterator[str]:
    """Yield the fields whose rules nothing has read: their class is made without kinds."""
    for attribute in attributes:
        rules: FieldRules | None = attribute.metadata.get(FIELD_RULES)
        if rules is not None:
            yield (
                f"{rules.declared_at}: field {attribute.name} has rules, and its class is made"
                " without field_transformer=kinds"
            )


def _states_of(fields: Mapping[str, "Attribute[Any]"]) -> type[StrEnum] | None:
    """Return the enumeration of an aggregate's states, None for any other class."""
    if "status" not in fields:
        return None
    states = enumeration_of(fields["status"])
    return None if states is StrEnum else states


def _problems(
    entity: type[Any],
    attribute: "Attribute[Any]",
    rules: FieldRules,
    states: type[StrEnum] | None,
    fields: Mapping[str, "Attribute[Any]"],
) -> Iterator[str]:
    """Yield what is wrong with the rules of a field."""
    name = attribute.name
    if states is None and issubclass(entity, AppendedRecord):
        yield from record_problems(entity, attribute, rules)
        return
    if states is None:
        yield f"field {name} has rules of an aggregate, and its class has no status with states"
        return
    if rules.unique:
        yield from _unique_problems(attribute, rules, states)
    yield from _state_problems(attribute, rules, states)
    yield from _fixed_problems(attribute, rules, states)
    if rules.references:
        yield from reference_problems(entity, attribute, rules.references)
    if rules.version_of is not None:
        yield from version_problems(entity, attribute, rules.version_of, fields)
    if rules.reason_of:
        yield from _reason_problems(attribute, rules)
    if rules.differs_from:
        yield from difference_problems(attribute, _rules_of(fields), states, fields)
    if rules.unique_name and not rules.unique:
        yield f"field {name} has a unique_name and is not unique"


def _reason_problems(attribute: "Attribute[Any]", rules: FieldRules) -> Iterator[str]:
    """Yield why a field cannot get the reason of actions."""
    name = attribute.name
    kinds = (is_one_line, non_blank_line)
    if attribute.validator not in (*kinds, *map(optional, kinds)):
        yield f"field {name} cannot have every reason: its kind is neither OneLine nor Label"
    if rules.actor_of:
        yield f"field {name} gets the actor and the reason of actions: declare two fields"


def _rules_of(fields: Mapping[str, "Attribute[Any]"]) -> dict[str, FieldRules]:
    """Return the rules of the fields that have some."""
    rules: dict[str, FieldRules] = {}
    for name, attribute in fields.items():
        if FIELD_RULES in attribute.metadata:
            rules[name] = attribute.metadata[FIELD_RULES]
    return rules


def _state_problems(
    attribute: "Attribute[Any]", rules: FieldRules, states: type[StrEnum]
) -> Iterator[str]:
    """Yield what is wrong with the states in which a field has a value."""
    name = attribute.name
    named = (*rules.required_in, *rules.allowed_in)
    for state in named:
        if not isinstance(state, states):
            yield f"field {name} names the state {state!r}, which is no {states.__name__}"
    for state in rules.allowed_in:
        if state in rules.required_in:
            yield f"field {name} is both required and allowed in {state}"
    if not rules.required_in and set(rules.allowed_in) >= set(states):
        yield f"field {name} is allowed in every state, which says nothing: leave allowed_in out"
    if named and not is_optional(attribute):
        yield f"field {name} is never empty: it has a value in every state"
    if rules.condition_name and not named:
        yield f"field {name} names a condition and no state"


def _fixed_problems(
    attribute: "Attribute[Any]", rules: FieldRules, states: type[StrEnum]
) -> Iterator[str]:
    """Yield what is wrong with when a field stays as it is."""
    name = attribute.name
    for state in rules.fixed_in:
        if not isinstance(state, states):
            yield f"field {name} is fixed in {state!r}, which is no {states.__name__}"
    if rules.fixed_once_set and not is_optional(attribute):
        yield (
            f"field {name} is never empty: a field that only the creating action sets is fixed by"
            " itself"
        )


def _unique_problems(
    attribute: "Attribute[Any]", rules: FieldRules, states: type[StrEnum]
) -> Iterator[str]:
    """Yield why a field cannot be unique."""
    name = attribute.name
    if not _is_indexed_text(attribute):
        yield (
            f"field {name} cannot be unique: its kind is no text of at most"
            f" {MAX_UNIQUE_CHARACTERS} characters"
        )
    try:
        _unique_rule(name, rules, states, ValueTaken)
    except UsageError as error:
        yield f"field {name} cannot be unique: {error.problem}"


def _is_indexed_text(attribute: "Attribute[Any]") -> bool:
    """Return whether the values of a field are texts that fit into an index."""
    if enumeration_of(attribute) is not None:
        return True
    is_text = str in value_types(attribute) and "max_items" not in attribute.metadata
    # A kind of texts without a maximum bounds them itself, such as a digest, or is a fault.
    return is_text and attribute.metadata.get("max_length", 0) <= MAX_UNIQUE_CHARACTERS


def _taken_error(entity: type, name: str, rules: FieldRules) -> TakenError:
    """Return the declared error of a unique field, or the one that follows from its name."""
    if callable(rules.unique):
        return rules.unique
    return derived_taken_error(entity.__name__, name, module=entity.__module__)


def _unique_rule(
    name: str, rules: FieldRules, states: type[StrEnum], error: TakenError
) -> OnePerParent:
    """Return the rule that no two aggregates have the same value."""
    return OnePerParent(
        name=rules.unique_name or f"one_{name}",
        parent_field=name,
        states=tuple(states),
        error=error,
        declared_at=rules.declared_at,
    )


def _fixed(name: str, rules: FieldRules) -> Iterator[FixedIf]:
    """Yield the conditions under which a field stays as it is."""
    at = rules.declared_at
    if rules.fixed_once_set:
        is_set = Present(name)
        yield FixedIf(f"keeps_{name}", is_set, (name,), are_set=True, declared_at=at)
    if rules.fixed_in:
        is_fixed = OneOf("status", rules.fixed_in)
        yield FixedIf(f"fixes_{name}", is_fixed, (name,), declared_at=at)


def _conditions(
    name: str, rules: FieldRules, states: type[StrEnum]
) -> Iterator[Condition | NamesActor | GivesReason]:
    """Yield the conditions of a field's states and stamps, and of what it differs from."""
    claims = tuple(_claims(name, rules, states))
    if claims:
        condition_name = rules.condition_name or f"{name}_of_status"
        yield Condition(condition_name, *claims, declared_at=rules.declared_at)
    for action in rules.actor_of:
        yield NamesActor(name, action, declared_at=rules.declared_at)
    for action in rules.reason_of:
        yield GivesReason(name, action, declared_at=rules.declared_at)
    yield from difference_conditions(name, rules)


def _claims(name: str, rules: FieldRules, states: type[StrEnum]) -> Iterator[Claim]:
    """Yield the claims about the states in which a field must, may and may not have a value."""
    if not rules.allowed_in:
        if rules.required_in:
            yield required_in(name, *rules.required_in)
        return

    named = {*rules.required_in, *rules.allowed_in}
    others = [state for state in states if state not in named]
    if rules.required_in:
        yield present_in(name, *rules.required_in)
    if others:
        yield absent_in(name, *others)
