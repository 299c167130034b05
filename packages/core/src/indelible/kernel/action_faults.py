"""The faults of the actions of an aggregate, each with its file and line."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from attrs import NOTHING, Attribute, frozen

from indelible.kernel.actions import Action, actions_of
from indelible.kernel.adoption import adopting_action
from indelible.kernel.append_faults import append_faults
from indelible.kernel.choices import choice_faults
from indelible.kernel.claims import OneOf
from indelible.kernel.completion import changed_fields
from indelible.kernel.conditions import AnyCondition, FixedIf, TakenFromChange, presence_in
from indelible.kernel.declarations import enumeration_of, line_of
from indelible.kernel.declared_finders import declared_finders, finder_faults
from indelible.kernel.history import NOT_IN_CHANGE_DATA
from indelible.kernel.kept_values import KEEP
from indelible.kernel.numbered_versions import NumberedVersions
from indelible.kernel.reserved_names import name_problem
from indelible.kernel.version_faults import version_faults

NAMED_PARAMETERS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@frozen
class Declaration:
    """The actions, fields, conditions and states that a class declares."""

    entity: type[Any]
    actions: Mapping[str, Action[Any, ...]]
    fields: Mapping[str, "Attribute[Any]"]
    conditions: tuple[AnyCondition, ...]
    states: type[StrEnum]

    @property
    def own_fields(self) -> tuple[str, ...]:
        """Return the fields that only the actions set."""
        excluded = {*NOT_IN_CHANGE_DATA, self.entity.version_field}
        return tuple(name for name in self.fields if name not in excluded)


def action_faults(entity: type[Any], attributes: Iterable["Attribute[Any]"]) -> Iterator[str]:
    """Yield the faults of a class whose lifecycle is declared by actions; others have none."""
    lifecycle = getattr(entity, "lifecycle", None)
    if lifecycle is None:
        return
    actions = actions_of(entity)
    if not actions:
        if not lifecycle.edges:
            yield f"{line_of(entity)}: lifecycle {lifecycle.name} has neither edges nor actions"
        return
    if lifecycle.edges:
        yield f"{line_of(entity)}: lifecycle {lifecycle.name} has edges beside those of the actions"
        return

    fields = {attribute.name: attribute for attribute in attributes}
    states = enumeration_of(fields["status"])
    if states is None or states is StrEnum:
        yield f"{line_of(entity)}: the status of {entity.__name__} has no states of its own"
        return

    declaration = Declaration(entity, actions, fields, entity.conditions, states)
    yield from _name_faults(declaration)
    yield from _signature_faults(declaration)
    yield from _state_faults(declaration)
    yield from _adoption_faults(declaration)
    if entity.final_states is not None:
        yield from _final_faults(declaration, entity.final_states)
    yield from _field_faults(declaration)
    yield from _presence_faults(declaration)
    yield from _emptying_faults(declaration)
    yield from _fixed_faults(declaration)
    yield from _finder_type_faults(declaration)
    yield from finder_faults(entity, fields)
    if entity.numbered_versions is not None:
        yield from version_faults(entity.numbered_versions, actions)
    yield from choice_faults(entity, fields.values())


def _name_faults(declaration: Declaration) -> Iterator[str]:
    """Yield actions whose names mean something else, and conditions that name no action."""
    inherited = declaration.entity.__mro__[1]
    for name, action in declaration.actions.items():
        if name in declaration.fields:
            yield f"{action.declared_at}: action {name} has the name of a field"
        elif hasattr(inherited, name):
            yield f"{action.declared_at}: action {name} has the name of a method of aggregates"

    for condition in declaration.conditions:
        if isinstance(condition, TakenFromChange) and condition.action not in declaration.actions:
            yield f"{condition.declared_at}: unknown action: {condition.action}"


def _signature_faults(declaration: Declaration) -> Iterator[str]:
    """Yield parameters that are no fields of the action, or have another type."""
    entity_types = get_type_hints(declaration.entity, include_extras=True)
    for action in declaration.actions.values():
        subject = f"{action.declared_at}: action {action.name}"
        if not action.has_self:
            yield f"{subject} lacks self"
            continue
        for name in action.derived_fields:
            if name not in declaration.own_fields:
                yield f"{subject} sets {name}, which is no field that an action can set"

        for problem in append_faults(action, declaration.fields):
            yield f"{subject} {problem}"

        types = get_type_hints(action.method, include_extras=True)
        field_types = {**_row_types(action), **entity_types}
        for parameter in action.parameters.values():
            problem = _parameter_problem(declaration, action, parameter)
            is_field = parameter.name in field_types
            if not problem and is_field:
                problem = _type_problem(types.get(parameter.name), field_types[parameter.name])
            if problem:
                yield f"{subject}: parameter {parameter.name} {problem}"


def _finder_type_faults(declaration: Declaration) -> Iterator[str]:
    """Yield parameters of finders that have another type than their field."""
    field_types = get_type_hints(declaration.entity, include_extras=True)
    for finder in declared_finders(declaration.entity).values():
        types = get_type_hints(finder.method, include_extras=True)
        for name in finder.parameters:
            if name in field_types:
                problem = _type_problem(types.get(name), field_types[name])
                if problem:
                    yield f"{finder.declared_at}: finder {finder.name}: parameter {name} {problem}"


def _parameter_problem(
    declaration: Declaration, action: Action[Any, ...], parameter: inspect.Parameter
) -> str:
    """Return what is wrong with a parameter, '' if nothing is."""
    name = parameter.name
    if parameter.kind not in NAMED_PARAMETERS:
        return "has no name for the caller"
    if parameter.default not in (inspect.Parameter.empty, None, KEEP):
        return "has a default that is neither None nor KEEP"
    if name == "id":
        return "" if action.is_creating else "cannot change: only `creates` sets it"
    if name in action.derived_fields:
        return "gets its value by itself: nobody passes it"
    is_settable = name in declaration.own_fields
    if parameter.default is KEEP and (action.is_creating or not is_settable):
        return "has nothing that KEEP could keep"
    is_input = action.has_inputs and name not in declaration.fields
    is_input = is_input or name in action.row_parameters
    return "" if is_settable or is_input else "is no field that an action can set"


def _row_types(action: Action[Any, ...]) -> dict[str, Any]:
    """Return the types of the parameters that are fields of an appended row."""
    if not action.row_parameters or action.appending is None:
        return {}
    return get_type_hints(action.appending.record, include_extras=True)


def _type_problem(actual: object, expected: object) -> str:
    """Return that a parameter has another type than its field; '' if its values fit the field."""
    accepted = (expected,)
    if get_origin(expected) in (Union, UnionType):
        accepted = (expected, *get_args(expected))
    # A field with a validator of its own, such as the id, has a type without a kind.
    value_type = get_args(actual)[0] if get_origin(actual) is Annotated else actual
    fits = actual in accepted or value_type in accepted
    return "" if fits else "has another type than the field"


def _state_faults(declaration: Declaration) -> Iterator[str]:
    """Yield states of another lifecycle, and states that no action leads to."""
    for action in declaration.actions.values():
        subject = f"{action.declared_at}: action {action.name}"
        states = (*action.from_states, *action.retired_from)
        if not action.is_creating and not states:
            yield f"{subject} is allowed in no state"
        if len(set(states)) < len(states):
            yield f"{subject} names a state twice"
        for state in (*states, action.to_state):
            if state is not None and not isinstance(state, declaration.states):
                yield f"{subject}: {state!r} is no {declaration.states.__name__}"

    reached = _reached_states(declaration)
    for state in declaration.states:
        if state not in reached:
            yield f"{line_of(declaration.entity)}: no action leads to state {state}"


def _adoption_faults(declaration: Declaration) -> Iterator[str]:
    """Yield adopted states of another lifecycle, and names of their edges that something has."""
    subject = line_of(declaration.entity)
    entity = declaration.entity
    names: set[str] = set()
    for state in (*entity.adopting_states, *entity.adopted_states):
        if not isinstance(state, declaration.states):
            yield f"{subject}: adopted state {state!r} is no {declaration.states.__name__}"
            continue
        name = adopting_action(state)
        if name in names:
            yield f"{subject}: two of the adopted states are called {name}"
        if name in declaration.actions:
            action = declaration.actions[name]
            yield f"{action.declared_at}: action {name} has the name of an adoption"
        names.add(name)


def _final_faults(declaration: Declaration, final_states: tuple[StrEnum, ...]) -> Iterator[str]:
    """Yield dead ends, final states that an action leaves, and names that no column can have."""
    subject = line_of(declaration.entity)
    left = {
        str(edge.from_state)
        for action in declaration.actions.values()
        for edge in action.edges
        if edge.from_state != edge.to_state
    }
    for state in declaration.states:
        is_final = state in final_states
        if is_final and state in left:
            yield f"{subject}: an action leaves state {state}, which is final"
        if not is_final and state not in left:
            yield f"{subject}: no action leaves state {state}, and `final` does not name it"
    for state in final_states:
        if not isinstance(state, declaration.states):
            yield f"{subject}: final state {state!r} is no {declaration.states.__name__}"

    for name in declaration.own_fields:
        problem = name_problem(name)
        if problem:
            yield f"{line_of(declaration.entity, name)}: field {name} {problem}"


def _reached_states(declaration: Declaration) -> set[str]:
    """Return the states that the actions lead to, beginning with those that create."""
    edges = [edge for action in declaration.actions.values() for edge in action.known_edges]
    entity = declaration.entity
    reached = {"", *map(str, (*entity.adopting_states, *entity.adopted_states))}
    count = 0
    while len(reached) > count:
        count = len(reached)
        reached |= {str(edge.to_state) for edge in edges if edge.from_state in reached}
    return reached


def _field_faults(declaration: Declaration) -> Iterator[str]:
    """Yield fields that no action sets, and those that an action must set when it creates."""
    changed = changed_fields(declaration.actions, declaration.fields.values())
    creating = [action for action in declaration.actions.values() if action.is_creating]
    versions: NumberedVersions | None = declaration.entity.numbered_versions
    for name in declaration.own_fields:
        if versions is not None and name == versions.field:
            continue  # no action sets it: it counts
        is_set = name in changed or any(name in action.affected_names for action in creating)
        if not is_set:
            yield f"{line_of(declaration.entity, name)}: no action sets field {name}"
        if declaration.fields[name].default is not NOTHING:
            continue
        for action in creating:
            if is_set and name not in action.affected_names:
                yield f"{action.declared_at}: action {action.name} does not set field {name}"


def _presence_faults(declaration: Declaration) -> Iterator[str]:
    """Yield edges into a state that lack a field it requires, or set one that it excludes."""
    for action in declaration.actions.values():
        required = {
            name
            for name, parameter in action.parameters.items()
            if parameter.default is inspect.Parameter.empty
        }
        always_set = {*required, *action.derived_fields}
        assigned = {*action.parameters, *action.derived_fields}
        for edge in action.edges:
            before = presence_in(declaration.conditions, edge.from_state)
            after = presence_in(declaration.conditions, edge.to_state)
            subject = f"{action.declared_at}: action {action.name}"
            for name, is_present in after.items():
                if is_present and name not in always_set and before.get(name) is not True:
                    yield f"{subject} leads to {edge.to_state}, which requires field {name}"
                if not is_present and name in assigned:
                    yield f"{subject} sets field {name}, which {edge.to_state} excludes"


def _emptying_faults(declaration: Declaration) -> Iterator[str]:
    """Yield actions whose `empties` differs from the fields that lose their value."""
    for action in declaration.actions.values():
        subject = f"{action.declared_at}: action {action.name}"
        unsaid = [name for name in action.emptied_fields if name not in action.empties]
        if unsaid:
            way_out = f"allow it there, or say empties={action.emptied_fields!r}"
            yield f"{subject} leads to a state that excludes {', '.join(unsaid)}: {way_out}"
        for name in action.empties:
            if name not in action.emptied_fields:
                yield f"{subject} empties field {name}, which keeps its value"


def _fixed_faults(declaration: Declaration) -> Iterator[str]:
    """Yield actions that set a field in a state in which it is fixed: none could succeed."""
    for condition in declaration.conditions:
        if not isinstance(condition, FixedIf) or not isinstance(condition.where, OneOf):
            continue
        if condition.where.field != "status" or condition.where.is_negated:
            continue
        fixed = set(condition.where.values)
        for action in declaration.actions.values():
            for name in sorted(action.affected_names.intersection(condition.fields)):
                for state in sorted(fixed.intersection(action.from_states)):
                    subject = f"{action.declared_at}: action {action.name}"
                    yield f"{subject} sets field {name}, which is fixed in {state}"
