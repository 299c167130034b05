"""Illegal writes to every registered head, generated from its lifecycle, fields and constraints.

Each is the next step of the head's sample, or the birth of another entity, with one thing changed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve
from sqlalchemy import ForeignKeyConstraint, Index, Insert, Table, UniqueConstraint, update
from tests.guards.attack_parts import Kind, Write
from tests.guards.column_values import unused_value
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import by_rowid, replacing
from tests.guards.samples import sample_of
from tests.guards.situation import Situation
from tests.guards.writes import (
    Step,
    following_change,
    head_write,
    insert_change,
    step_writes,
    update_head,
    with_digest,
)

from indelible_sql.contexts import CATALOG
from indelible_sql.money.tables.ledger import MOVEMENTS
from indelible_sql.schema.one_per_parent import declared_rules

HEADS = tuple(CATALOG.heads)
NO_ID = "nothing"


def changed_step(head: Table, **columns: object) -> Write:
    """Return the next step of the head's sample, with some columns of the head changed."""
    return lambda s: step_writes(s.steps[head.name], **columns)


def changed_birth(head: Table, **columns: object) -> Write:
    """Return the birth of an entity, with some columns of its head changed."""
    return lambda s: step_writes(s.births[head.name], **columns)


def _for_each_head(name: str, attack: Callable[[Table], Write]) -> Kind:
    """Return the attack on each head; `{}` in its name stands for the name of the table."""
    return {name.format(head.name): attack(head) for head in HEADS}


def _step_without_change(head: Table) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        step = s.steps[head.name]
        return *step.before, head_write(step)

    return write


def _birth_without_change(head: Table) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        birth = s.births[head.name]
        return head_write(birth), *birth.records

    return write


def _two_steps_without_changes(head: Table) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        change = s.steps[head.name].change
        following = following_change(change, to_state=change.to_state)
        return update_head(change), update_head(following)

    return write


def _change_without_step(head: Table) -> Write:
    return lambda s: (insert_change(s.steps[head.name].change),)


def _first_change_without_head(head: Table) -> Write:
    return lambda s: (insert_change(s.births[head.name].change),)


def _two_births(head: Table) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        birth = s.births[head.name]
        return *step_writes(birth), head_write(birth)

    return write


def _birth_under_stored_id(head: Table) -> Write:
    return lambda s: step_writes(s.births[head.name], id=s.stored_id(head.name))


def _undeclared_state(head: Table) -> Write:
    return lambda s: _step_with_edge(s.steps[head.name], to_state="BURNT")


def _step_with_edge(step: Step, *, to_state: str, **edge: object) -> Sequence[Statement]:
    """Return a step whose change takes another edge, and whose head follows it."""
    return (
        *step.before,
        head_write(step, status=to_state),
        insert_change(step.change, to_state=to_state, **edge),
    )


def _state_updates() -> Iterator[tuple[str, Write]]:
    """Yield an update of each head to each state of its lifecycle, without a change."""
    for head, lifecycle in CATALOG.heads.items():
        for state in sorted({str(edge.to_state) for edge in lifecycle.edges}):
            yield f"{head.name} is {state} by itself", _update_status(head, state)


def _update_status(head: Table, state: str) -> Write:
    return lambda _: (update(head).values(status=state),)


def _fixed_fields() -> Iterator[tuple[str, Write]]:
    """Yield a step of each head for each fixed field, with another value of the field."""
    for head in HEADS:
        sample = sample_of(head)
        for name in sample.fixed:
            value = sample.alternatives.get(name) or unused_value(head.c[name])
            yield f"{head.name}: another {name}", changed_step(head, **{name: value})


def _stored_unique_values() -> Iterator[tuple[str, Write]]:
    """Yield a birth for each unique key of each head, with the values of the stored entity."""
    for head in HEADS:
        for name, columns in _unique_keys(head):
            yield f"{head.name}: {name} twice", _birth_with_stored(head, columns)


def _unique_keys(head: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name and columns of each unique key.

    Keys with the id or the status are left out: those are attacked otherwise. So are the indexes of
    rules of one per parent whose states no birth reaches.
    """
    own = {column.name for column in head.columns} - {"id", "status"}
    keys: list[UniqueConstraint | Index] = []
    keys += [key for key in head.constraints if isinstance(key, UniqueConstraint)]
    keys += [index for index in head.indexes if index.unique and _holds_births(head, index)]
    for key in sorted(keys, key=lambda key: str(key.name)):
        columns = tuple(column.name for column in key.columns)
        if own.issuperset(columns):
            yield str(key.name), columns


def _holds_births(head: Table, index: Index) -> bool:
    """Return whether a new entity can be in the index of a rule; other indexes hold all of them."""
    rule = declared_rules(head).get(str(index.name))
    if rule is None:
        return True

    edges = CATALOG.heads[head].edges
    return any(edge.from_state == "" and edge.to_state in rule.states for edge in edges)


def _birth_with_stored(head: Table, columns: Sequence[str]) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        stored = s.steps[head.name].row
        return step_writes(s.births[head.name], **{name: stored[name] for name in columns})

    return write


def _references_to_nothing() -> Iterator[tuple[str, Write]]:
    """Yield a birth for each foreign key of each head into an id that no row has."""
    for head in HEADS:
        for key in sorted(head.foreign_key_constraints, key=lambda key: str(key.name)):
            if _refers_to_id(key):
                (column,) = key.columns
                name = f"{head.name}: {column.name} of nothing"
                yield name, changed_birth(head, **{column.name: NO_ID})


def _refers_to_id(key: ForeignKeyConstraint) -> bool:
    return [element.column.name for element in key.elements] == ["id"]


def replacing_birth(head: Table, **columns: object) -> Write:
    """Return the birth of an entity whose head is written by INSERT OR REPLACE."""

    def write(s: Situation) -> Sequence[Statement]:
        first, *others = step_writes(s.births[head.name], **columns)
        assert isinstance(first, Insert)
        return replacing(first), *others

    return write


def _replacing_stored(head: Table) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        insert = head_write(s.births[head.name], id=s.stored_id(head.name))
        assert isinstance(insert, Insert)
        return (replacing(insert),)

    return write


def _by_rowid(head: Table) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        row: dict[str, Any] = {"id": "new", "status": "ACTIVE", "seq": 1, "hash": "b" * 64}
        row.update(s.births[head.name].row)
        return (by_rowid(head, row, 1),)

    return write


def undeclared_steps(s: Situation) -> Kind:
    """Return a step of each head for each action and state that no edge from its state declares.

    All are refused by the one foreign key into the edges, whose mutation is tried with the other
    attacks.
    """
    attacks: dict[str, Write] = {}
    for head, lifecycle in CATALOG.heads.items():
        from_state = s.steps[head.name].change.from_state
        actions = sorted({edge.action for edge in lifecycle.edges})
        states = sorted({str(edge.to_state) for edge in lifecycle.edges})
        for action in actions:
            for state in states:
                if not _is_declared(head, from_state, action, state):
                    name = f"{head.name}: {action} to {state}"
                    attacks[name] = _undeclared_step(head, action, state)
    return attacks


def _is_declared(head: Table, from_state: str, action: str, to_state: str) -> bool:
    for edge in CATALOG.heads[head].edges:
        if (edge.from_state, edge.action, edge.to_state) == (from_state, action, to_state):
            return True

    return False


def _birth_with_other_key(head: Table) -> Write:
    """Return a birth whose change has a key that is no field, in data with their true digest."""

    def write(s: Situation) -> Sequence[Statement]:
        birth = s.births[head.name]
        change = with_digest(birth.change, data={**birth.change.data, "zzz": 1})
        return step_writes(evolve(birth, change=change))

    return write


def _undeclared_step(head: Table, action: str, state: str) -> Write:
    return lambda s: _step_with_edge(s.steps[head.name], to_state=state, action=action)


LEGAL_ON_HEADS: Kind = {
    **_for_each_head("a birth in {}", changed_birth),
    # No edge leads out of the state of a movement.
    **{f"a step in {head.name}": changed_step(head) for head in HEADS if head is not MOVEMENTS},
}

# What SQLite accepts with foreign keys off.
WITHOUT_CHANGE: Kind = {
    **_for_each_head("a step in {} without its change", _step_without_change),
    **_for_each_head("a birth in {} without its change", _birth_without_change),
}
TWO_STEPS: Kind = _for_each_head(
    "two steps in {} without their changes", _two_steps_without_changes
)
UNDECLARED_STATES: Kind = _for_each_head("{} in an undeclared state", _undeclared_state)
REFERENCES_TO_NOTHING: Kind = dict(_references_to_nothing())
ON_HEADS: Mapping[str, Kind] = {
    "a state that no edge declares": UNDECLARED_STATES,
    "a state without a change": {**dict(_state_updates()), **TWO_STEPS},
    "a change without its head": {
        **_for_each_head("a change of {} alone", _change_without_step),
        **_for_each_head("a first change of {} alone", _first_change_without_head),
    },
    "a key that the data of no change have": _for_each_head(
        "{}: a birth with an undeclared key", _birth_with_other_key
    ),
    "a head created twice": {
        **_for_each_head("{}, the same birth twice", _two_births),
        **_for_each_head("{}, a birth under a stored id", _birth_under_stored_id),
    },
    "a fixed field changed": dict(_fixed_fields()),
    "a unique value twice": dict(_stored_unique_values()),
    "a reference to nothing": REFERENCES_TO_NOTHING,
}

# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_HEADS: Kind = {
    **_for_each_head("{}, replaced by a birth", _replacing_stored),
    **_for_each_head("{}, replaced by rowid", _by_rowid),
}
