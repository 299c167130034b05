"""Complete a class by its actions: its lifecycle's edges, and what each change adds."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, cast

from attrs import NOTHING, Attribute, evolve

from indelible.kernel.actions import Action, actions_of
from indelible.kernel.adoption import adopting_action, adopting_edges
from indelible.kernel.history import NOT_IN_CHANGE_DATA
from indelible.kernel.lifecycle import Edge
from indelible.kernel.numbered_versions import NumberedVersions


def complete_by_actions(entity: type[Any], fields: Iterable["Attribute[Any]"]) -> None:
    """Give a class what follows from its actions: edges, fixed fields and appended records."""
    actions = actions_of(entity)
    if not actions:
        return

    attributes = tuple(fields)
    changed = changed_fields(actions, attributes)
    excluded = {*changed, *NOT_IN_CHANGE_DATA, entity.version_field}
    entity.fixed = tuple(one.name for one in attributes if one.name not in excluded)
    _add_appended_records(entity, actions)

    initial: dict[str, object] = {}
    for attribute in attributes:
        if attribute.name in changed and attribute.default not in (None, NOTHING):
            initial[attribute.name] = _converted_default(attribute)

    versions: NumberedVersions | None = entity.numbered_versions
    number_fields = {versions.field} if versions else set[str]()
    edges: list[Edge[StrEnum]] = []
    retired: list[Edge[StrEnum]] = []
    changes: dict[str, tuple[str, ...]] = {}
    for name, declared in actions.items():
        edges.extend(declared.edges)
        retired.extend(declared.retired)
        names = changed & declared.affected_names
        if names:
            changes[name] = tuple(sorted(names))
    edges.extend(adopting_edges(entity.adopting_states))
    retired.extend(adopting_edges(entity.adopted_states))
    for state in (*entity.adopting_states, *entity.adopted_states):
        if changed:
            changes[adopting_action(state)] = tuple(sorted(changed - number_fields))
    entity.lifecycle = evolve(
        entity.lifecycle,
        edges=tuple(edges),
        retired=tuple(retired),
        changes=changes,
        initial=initial,
    )


def changed_fields(
    actions: Mapping[str, Action[Any, ...]], fields: Iterable["Attribute[Any]"]
) -> frozenset[str]:
    """Return the fields that an action changes after the one that creates."""
    names: set[str] = set()
    for declared in actions.values():
        if not declared.is_creating:
            names |= declared.affected_names
    return frozenset(names.intersection(attribute.name for attribute in fields))


def _add_appended_records(entity: type[Any], actions: Mapping[str, Action[Any, ...]]) -> None:
    """Add the records that the actions append to the bulk records of the class."""
    types = dict(entity.bulk_records)
    for name, declared in actions.items():
        if declared.appending is not None:
            record = declared.appending.record
            record.is_appended = True
            types[name] = (*types.get(name, ()), record)
    if types:
        entity.bulk_records = types


def _converted_default(attribute: "Attribute[Any]") -> object:
    """Return the default of a field as its values are stored."""
    converter: Any = cast("Any", attribute).converter  # attrs' stubs do not know it
    return attribute.default if converter is None else converter(attribute.default)
