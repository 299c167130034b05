"""The guards of the fields that an action does not change, written from the lifecycles."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import chain

from sqlalchemy import Table

from indelible.kernel import Lifecycle
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.conditions import equal_or_null, equals_json, json_text, unchanged
from indelible_sql.schema.defaults import or_default, stored_literal
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.tables import HISTORY

Step = tuple[str, str]  # the state before an action and the state after it


def changed_fields_guards(
    head: Table, lifecycle: Lifecycle[StrEnum], dialect: str
) -> Iterator[Guard]:
    """Yield the guards that refuse another value of a field that the action does not change.

    An UPDATE of a head does not name its action. The head's guard refuses what no action of the
    step changes. Where actions with the same step change different fields, the guard of history
    compares the head with the change, and the change with its predecessor.
    """
    columns = _columns_by_steps(head, lifecycle)
    if columns:
        yield _head_guard(head, columns)
    fields = _fields_by_actions(head, lifecycle)
    if fields:
        yield _change_guard(head, lifecycle, fields, dialect)


def initial_fields_guard(
    head: Table, lifecycle: Lifecycle[StrEnum], dialect: str
) -> Iterator[Guard]:
    """Yield the guard that refuses a new aggregate with a value that only later actions set.

    An INSERT of a head does not name its action, but each action that creates an aggregate leads
    to a state: the guard refuses what no such action sets.
    """
    births = [edge for edge in lifecycle.known_edges if edge.from_state == ""]
    conditions: list[str] = []
    for name in sorted(lifecycle.changed_fields):
        setting: set[str] = set()
        for edge in births:
            if name not in lifecycle.initial_fields(edge.action):
                setting.add(edge.to_state)
        if setting == {edge.to_state for edge in births}:
            continue
        initial = (lifecycle.initial or {}).get(name)
        is_initial = f"NEW.{name} IS NULL"
        if initial is not None:
            is_initial = f"NEW.{name} = {stored_literal(head.c[name].type, initial, dialect)}"
        if setting:
            is_initial = f"(NEW.status IN ({quoted(setting)}) OR {is_initial})"
        conditions.append(is_initial)

    if lifecycle.initial is not None and conditions:
        yield Guard(
            table=head,
            rule="initial_fields",
            event="INSERT",
            condition=" AND ".join(conditions),
            is_long=True,
        )


def _actions_by_step(lifecycle: Lifecycle[StrEnum]) -> Mapping[Step, set[str]]:
    actions: dict[Step, set[str]] = {}
    for edge in lifecycle.known_edges:
        if edge.from_state:
            actions.setdefault((edge.from_state, edge.to_state), set()).add(edge.action)

    return actions


def _columns_by_steps(
    head: Table, lifecycle: Lifecycle[StrEnum]
) -> Mapping[tuple[Step, ...], list[str]]:
    """Map the steps in which an action changes columns to these columns."""
    columns: dict[tuple[Step, ...], list[str]] = {}
    actions_by_step = _actions_by_step(lifecycle)
    for column in head.columns:
        if column.name not in lifecycle.changed_fields:
            continue
        steps: list[Step] = []
        for step, actions in actions_by_step.items():
            if any(column.name not in lifecycle.kept_fields(action) for action in actions):
                steps.append(step)
        if len(steps) < len(actions_by_step):
            columns.setdefault(tuple(steps), []).append(column.name)

    return columns


def _fields_by_actions(
    head: Table, lifecycle: Lifecycle[StrEnum]
) -> Mapping[tuple[str, ...], list[str]]:
    """Map the actions that keep fields, while others with the same step change them, to these."""
    fields: dict[tuple[str, ...], list[str]] = {}
    for column in head.columns:
        keeping: set[str] = set()
        for actions in _actions_by_step(lifecycle).values():
            keeps = {action for action in actions if column.name in lifecycle.kept_fields(action)}
            if keeps != actions:
                keeping.update(keeps)
        if keeping:
            fields.setdefault(tuple(sorted(keeping)), []).append(column.name)

    return fields


def _head_guard(head: Table, columns: Mapping[tuple[Step, ...], list[str]]) -> Guard:
    conditions: list[str] = []
    for steps, names in columns.items():
        texts = quoted(f"{before} {after}" for before, after in steps)
        is_step = f"OLD.status || ' ' || NEW.status IN ({texts})"
        conditions.append(f"({is_step} OR {unchanged(head, names)})")

    return Guard(
        table=head,
        rule="keeps_fields",
        event="UPDATE",
        condition=" AND ".join(conditions),
        is_long=True,
    )


def _change_guard(
    head: Table,
    lifecycle: Lifecycle[StrEnum],
    fields: Mapping[tuple[str, ...], list[str]],
    dialect: str,
) -> Guard:
    """Return the guard of history that compares a change with its predecessor and with the head."""
    conditions: list[str] = []
    for actions, names in fields.items():
        same: list[str] = []
        for name in names:
            column = head.c[name]
            before = or_default(column, json_text("predecessor.data", (name,), dialect), dialect)
            after = or_default(column, json_text("NEW.data", (name,), dialect), dialect)
            same.append(equal_or_null(before, after, dialect))
            same.append(equals_json("head", head.c[name], "NEW.data", dialect))
        conditions.append(f"(NEW.action NOT IN ({quoted(actions)}) OR {' AND '.join(same)})")

    keeping = quoted(set(chain.from_iterable(fields)))
    is_checked = f"NEW.lifecycle = '{lifecycle.name}' AND NEW.seq > 1 AND NEW.action IN ({keeping})"
    return Guard(
        table=HISTORY,
        rule=f"keeps_fields_of_{head.name}",
        event="INSERT",
        condition=(
            f"NOT ({is_checked})"
            f" OR EXISTS (SELECT 1 FROM {qualified_name(HISTORY, dialect)} AS predecessor"
            f" JOIN {qualified_name(head, dialect)} AS head ON head.id = NEW.entity_id"
            " WHERE predecessor.lifecycle = NEW.lifecycle"
            " AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1"
            f" AND {' AND '.join(conditions)})"
        ),
        row_filter=is_checked,
    )
