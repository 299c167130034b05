"""The guards against what SQLite's own keys let through."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import (
    Date,
    DateTime,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from indelible.kernel import UsageError
from indelible_sql.engine.errors import JSON_LIMITS
from indelible_sql.schema import one_per_parent
from indelible_sql.schema.columns import Domain, JsonDomain
from indelible_sql.schema.guard import NEVER, Guard
from indelible_sql.schema.json_rules import sqlite_condition
from indelible_sql.schema.tables import NOT_REPEATED, REVISION_COLUMNS, HeadHistoryKey

SECOND_FORMAT = "%Y-%m-%dT%H:%M:%S"
SECOND_CHARACTERS = len("2026-01-01T00:00:00")


def insert_guards(table: Table) -> Iterator[Guard]:
    """Yield the guards against what SQLite's keys and checks let through.

    INSERT OR REPLACE, foreign keys that are off, and JSON values that exceed their limits.
    """
    if "position" in table.columns:
        condition = "coalesce(NEW.position, 0) < 1"
        yield Guard(table=table, rule="no_position", event="INSERT", condition=condition)
    elif table.dialect_options["sqlite"]["with_rowid"]:
        condition = "coalesce(NEW.rowid, 0) < 1"
        yield Guard(table=table, rule="no_rowid", event="INSERT", condition=condition)

    yield from _json_guards(table, "INSERT", JSON_LIMITS)
    condition = " AND ".join(sorted(_new_key_conditions(table)))
    yield Guard(table=table, rule="no_replace", event="INSERT", condition=condition)
    yield from one_per_parent.sqlite_guards(table, "INSERT")
    for key in sorted(table.foreign_key_constraints, key=_constraint_name):
        if NOT_REPEATED not in key.info:
            yield _foreign_key_guard(table, key)

    for constraint in table.constraints:
        if isinstance(constraint, HeadHistoryKey):
            yield _left_revision_guard(table, constraint)


def update_guards(table: Table) -> Iterator[Guard]:
    """Yield the guards against what a statement can do to a row besides its own UPDATE.

    `UPDATE OR REPLACE` deletes the row whose unique key the changed row takes. A TEMP trigger can
    change the row after the guards' OLD was read; TEMP triggers run before those of the table.
    """
    yield from _json_guards(table, "UPDATE", f"{JSON_LIMITS}_on_update")
    conditions = sorted(_free_key_conditions(table))
    if conditions:
        yield Guard(
            table=table,
            rule="no_replace_on_update",
            event="UPDATE",
            condition=" AND ".join(conditions),
        )

    yield from one_per_parent.sqlite_guards(table, "UPDATE")
    pairs = [f"stored.{column.name} IS OLD.{column.name}" for column in table.columns]
    is_unchanged = " AND ".join(pairs)
    yield Guard(
        table=table,
        rule="no_nested_update",
        event="UPDATE",
        condition=f"EXISTS (SELECT 1 FROM main.{table.name} AS stored WHERE {is_unchanged})",
    )


def value_guards(table: Table, *events: str) -> Iterator[Guard]:
    """Yield the guards against values that PostgreSQL's types refuse and SQLite's checks accept.

    These are texts with NUL, at which `length` stops, and instants on a day that does not exist.
    """
    condition = " AND ".join(_value_conditions(table).values())
    for event in events:
        rule = f"values_on_{event.lower()}"
        yield Guard(table=table, rule=rule, event=event, condition=condition)


def value_guards_by_column(table: Table, groups: Mapping[str, Collection[str]]) -> Iterator[Guard]:
    """Yield a guard of an update's values for each group of columns, by the names of the rules.

    A statement fires the guards of the columns that it sets, and does not check the others again.

    Raises:
        UsageError: A column that needs a guard is in no group.
    """
    conditions = _value_conditions(table)
    for rule, names in groups.items():
        own = [conditions.pop(name) for name in names]
        event = f"UPDATE OF {', '.join(names)}"
        yield Guard(table=table, rule=rule, event=event, condition=" AND ".join(own))

    if conditions:
        raise UsageError(f"no guard of {table.name} has {', '.join(conditions)}")


def _value_conditions(table: Table) -> dict[str, str]:
    """Return the conditions that PostgreSQL could store the new values, by their columns."""
    conditions: dict[str, str] = {}
    for column in table.columns:
        if not isinstance(column.type, Domain):
            continue
        is_stored = _storable_condition(f"NEW.{column.name}", column.type)
        if is_stored:
            conditions[column.name] = f"(NEW.{column.name} IS NULL OR {is_stored})"

    return conditions


def _storable_condition(value: str, domain: Domain) -> str:
    """Return the condition that PostgreSQL could store the value, or '' where checks say so."""
    if isinstance(domain.native, DateTime):
        # With a modifier, SQLite computes the day again: February 31 becomes March 3.
        second = f"substr({value}, 1, {SECOND_CHARACTERS})"
        return f"strftime('{SECOND_FORMAT}', {second}, '+0 seconds') = {second}"
    if isinstance(domain.native, Date):
        return f"strftime('%Y-%m-%d', {value}, '+0 days') = {value}"
    if isinstance(domain.native, Text):
        return f"instr({value}, char(0)) = 0"
    return ""


def _json_guards(table: Table, event: str, rule: str) -> Iterator[Guard]:
    """Yield the guard of the table's JSON columns, if it has any."""
    conditions: list[str] = []
    for column in table.columns:
        if isinstance(column.type, JsonDomain):
            conditions.append(sqlite_condition(column.name, column.type.limits))
    if conditions:
        yield Guard(table=table, rule=rule, event=event, condition=" AND ".join(conditions))


def _left_revision_guard(head: Table, key: HeadHistoryKey) -> Guard:
    """Return the guard that a head may only leave a revision that is in history."""
    pairs = zip(key.revision_columns, REVISION_COLUMNS, strict=True)
    is_same = " AND ".join(f"{recorded} = OLD.{name}" for name, recorded in pairs)
    condition = f"EXISTS (SELECT 1 FROM main.history WHERE {is_same})"
    rule = _target_exists_rule(head, str(key.name))
    return Guard(table=head, rule=rule, event="UPDATE", condition=condition)


def _new_key_conditions(table: Table) -> Iterator[str]:
    """Yield a condition for each unique key: no row has the new row's values."""
    for columns, predicate in _unique_keys(table):
        is_same = _equals_new(columns)
        yield _unless_outside(
            table, predicate, f"NOT EXISTS (SELECT 1 FROM main.{table.name} WHERE {is_same}"
        )


def _free_key_conditions(table: Table) -> Iterator[str]:
    """Yield a condition for each unique key that a row may change: no other row has it."""
    identity = [column.name for column in table.primary_key.columns]
    is_other = " OR ".join(f"{name} <> OLD.{name}" for name in identity)
    for columns, predicate in _unique_keys(table):
        if predicate or not set(columns) <= set(identity):
            is_same = f"{_equals_new(columns)} AND ({is_other})"
            yield _unless_outside(
                table, predicate, f"NOT EXISTS (SELECT 1 FROM main.{table.name} WHERE {is_same}"
            )


def _unique_keys(table: Table) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the columns of each unique key, and the predicate of a partial index or ''."""
    for unique in table.constraints:
        if isinstance(unique, PrimaryKeyConstraint | UniqueConstraint):
            yield tuple(column.name for column in unique.columns), ""
    for index in table.indexes:
        if index.unique and not one_per_parent.is_of_rule(index):
            where = index.dialect_options["sqlite"]["where"]
            yield (
                tuple(column.name for column in index.columns),
                "" if where is None else str(where),
            )


def _equals_new(columns: Iterable[str]) -> str:
    return " AND ".join(f"{name} = NEW.{name}" for name in columns)


def _unless_outside(table: Table, predicate: str, search: str) -> str:
    """Close a search for a row; a new row outside of a partial index conflicts with none."""
    if not predicate:
        return f"{search})"

    names = "|".join(re.escape(column.name) for column in table.columns)
    of_new_row = re.sub(rf"\b({names})\b", r"NEW.\1", predicate)
    return f"(({of_new_row}) IS NOT TRUE OR {search} AND {predicate}))"


def _foreign_key_guard(table: Table, key: ForeignKeyConstraint) -> Guard:
    """Return the guard of a key.

    An immediate key holds for the new row, a deferred one for the row that is left.
    """
    row = "OLD" if key.deferrable else "NEW"
    is_unset = [f"{row}.{column.name} IS NULL" for column in key.columns if column.nullable]
    is_same: list[str] = []
    for element in key.elements:
        is_same.append(f"{element.column.name} = {row}.{element.parent.name}")
    condition = (
        f"{' OR '.join(is_unset) or NEVER}"
        f" OR EXISTS (SELECT 1 FROM main.{key.referred_table.name} WHERE {' AND '.join(is_same)})"
    )
    event = "UPDATE" if key.deferrable else "INSERT"
    rule = _target_exists_rule(table, str(key.name))
    return Guard(table=table, rule=rule, event=event, condition=condition)


def _target_exists_rule(table: Table, key_name: str) -> str:
    """Return the rule's name of the guard that repeats a foreign key of the table."""
    return f"{key_name.removeprefix(f'{table.name}_')}_exists"


def _constraint_name(key: ForeignKeyConstraint) -> str:
    return str(key.name)
