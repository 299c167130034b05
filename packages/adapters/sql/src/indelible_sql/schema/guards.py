"""The writes that the databases refuse: guards, written from the declarations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from attrs import frozen
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from indelible.kernel import Lifecycle
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema import sqlite_guards
from indelible_sql.schema.changed_fields import changed_fields_guards, initial_fields_guard
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.feed import STATEMENT_FLOOR_SETTING
from indelible_sql.schema.guard import NEVER, Guard, qualified_name
from indelible_sql.schema.latest_times import latest_times_guards
from indelible_sql.schema.tables import EDGES, HISTORY, HeadHistoryKey


@frozen(kw_only=True)
class RecordHeadRule:
    """A record table whose new row must be the one that its head shows.

    `columns` maps columns of the head to the record's columns that must be equal. A record may have
    two heads: `rule` tells their guards apart, and `unless` is true for a row that is not about
    this head.
    """

    record: Table
    head: Table
    columns: Mapping[str, str]
    rule: str = "needs_head"
    unless: str = NEVER


def record_guards(record: Table, dialect: str, *, is_prunable: bool = False) -> Iterator[Guard]:
    """Yield the guards of an insert-only table: no row is updated or deleted.

    A guard of its context limits which rows of a prunable table are deleted.
    """
    closed_events = ["UPDATE"]
    if not is_prunable:
        closed_events.append("DELETE")
    yield from _closed(record, dialect, *closed_events)
    if dialect == "sqlite":
        yield from sqlite_guards.insert_guards(record)
    elif "position" in record.columns:
        condition = f"NEW.position = currval('{SCHEMA}.{record.name}_position_seq')"
        if record is HISTORY:
            # A position that a session drew and gave up may be behind the end of the feed.
            floor = f"current_setting('{STATEMENT_FLOOR_SETTING}')::bigint"
            condition += f" AND NEW.position > {floor}"
        # Checked before the next row takes a number.
        yield Guard(
            table=record,
            rule="no_position",
            event="INSERT",
            condition=condition,
            fires_before=True,
        )


def record_head_guard(rule: RecordHeadRule, dialect: str) -> Guard:
    """Return the guard that refuses a record which its head does not show."""
    pairs: list[str] = []
    for name, column in rule.columns.items():
        is_same = f"head.{name} = NEW.{column}"
        if rule.record.c[column].nullable and rule.head.c[name].nullable:
            is_same = f"({is_same} OR head.{name} IS NULL AND NEW.{column} IS NULL)"
        pairs.append(is_same)
    head = qualified_name(rule.head, dialect)
    condition = f"EXISTS (SELECT 1 FROM {head} AS head WHERE {' AND '.join(pairs)})"
    if rule.unless != NEVER:
        condition = f"{rule.unless} OR {condition}"
    return Guard(table=rule.record, rule=rule.rule, event="INSERT", condition=condition)


def edge_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of the edges: only a migration adds or removes one."""
    yield from _closed(EDGES, dialect, "INSERT", "UPDATE", "DELETE")


def head_guards(
    head: Table,
    lifecycle: Lifecycle[StrEnum] | None,
    dialect: str,
    *,
    data_keys: Iterable[str] | None = None,
) -> Iterator[Guard]:
    """Yield the guards of a head.

    It moves by one step at a time, is never removed, and history agrees with it.

    A head without a lifecycle is moved by its own records. `data_keys` are all keys that the data
    of its changes may have; None allows any.
    """
    yield from undeletable_guards(head, dialect)
    yield Guard(
        table=head,
        rule="one_step",
        event="UPDATE",
        condition=(
            "NEW.id = OLD.id AND NEW.created_at = OLD.created_at"
            " AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at"
        ),
    )
    if lifecycle is None:  # the key into history shows that of the others
        yield Guard(table=head, rule="begins", event="INSERT", condition="NEW.seq = 1")
    else:
        yield _history_guard(head, lifecycle, dialect)
        if data_keys is not None:
            yield _data_keys_guard(head, lifecycle, data_keys, dialect)
        yield from changed_fields_guards(head, lifecycle, dialect)
        yield from initial_fields_guard(head, lifecycle, dialect)
        yield from latest_times_guards(head, lifecycle, dialect)


def undeletable_guards(table: Table, dialect: str) -> Iterator[Guard]:
    """Yield the guards of a table that loses no row."""
    yield from _closed(table, dialect, "DELETE")
    if dialect == "sqlite":
        yield from sqlite_guards.insert_guards(table)
        yield from sqlite_guards.update_guards(table)


def fixed_columns_guard(table: Table, names: Iterable[str]) -> Guard:
    """Return the guard that refuses an UPDATE of some columns."""
    conditions: list[str] = []
    for name in names:
        is_same = f"NEW.{name} = OLD.{name}"
        if table.c[name].nullable:
            is_same = f"({is_same} OR NEW.{name} IS NULL AND OLD.{name} IS NULL)"
        conditions.append(is_same)

    return Guard(table=table, rule="fixed", event="UPDATE", condition=" AND ".join(conditions))


def history_key(head: Table) -> HeadHistoryKey:
    """Return the key that ties a head to its change."""
    for constraint in head.constraints:
        if isinstance(constraint, HeadHistoryKey):
            return constraint
    raise LookupError(f"{head.name} has no key into history")


def own_column_names(head: Table) -> Iterator[str]:
    """Yield the columns of an aggregate's own values: neither its revision nor what is computed."""
    others = {"created_at", "updated_at", *history_key(head).revision_columns}
    for column in head.columns:
        if column.computed is None and column.name not in others:
            yield column.name


def duplicate_guards(table: Table, names: Sequence[str]) -> frozenset[str]:
    """Return the names by which the databases report a second row with the same key.

    SQLite has one guard for all keys of a table: use this where no other key can be taken.
    """
    columns = [f"{table.name}.{name}" for name in names]
    reports = {f"{table.name}_no_replace", f"UNIQUE constraint failed: {', '.join(columns)}"}
    for constraint in table.constraints:
        if not isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            continue
        if list(constraint.columns.keys()) == list(names):
            reports.add(str(constraint.name or f"{table.name}_pkey"))

    return frozenset(reports)


def _closed(table: Table, dialect: str, *events: str) -> Iterator[Guard]:
    for event in events:
        yield Guard(table=table, rule=f"no_{event.lower()}", event=event)
    if dialect != "sqlite":
        yield Guard(table=table, rule="no_truncate", event="TRUNCATE")


def _history_guard(head: Table, lifecycle: Lifecycle[StrEnum], dialect: str) -> Guard:
    """Return a guard on history for one head.

    There is one for each head, so that a host's guard touches only its own lifecycle.
    """
    own_txid = "" if dialect == "sqlite" else " AND NEW.txid = pg_current_xact_id()"
    condition = (
        f"NEW.lifecycle <> '{lifecycle.name}'"
        f" OR EXISTS (SELECT 1 FROM {qualified_name(head, dialect)} AS head"
        " WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state"
        f" AND head.{history_key(head).counter} = NEW.version AND head.hash = NEW.hash"
        f" AND head.updated_at = NEW.at){own_txid}"
    )
    return Guard(
        table=HISTORY,
        rule=f"needs_{head.name}",
        event="INSERT",
        condition=condition,
        row_filter=f"NEW.lifecycle = '{lifecycle.name}'",
    )


def _data_keys_guard(
    head: Table, lifecycle: Lifecycle[StrEnum], data_keys: Iterable[str], dialect: str
) -> Guard:
    """Return the guard of history that refuses a key which the changes of a head do not have."""
    if dialect == "sqlite":
        has_other = (
            "CASE WHEN json_valid(NEW.data) THEN EXISTS ("
            f"SELECT 1 FROM json_each(NEW.data) WHERE key NOT IN ({quoted(data_keys)})"
            ") ELSE FALSE END"
        )
    else:
        has_other = f"NEW.data - ARRAY[{quoted(data_keys)}]::text[] <> '{{}}'"

    is_own = f"NEW.lifecycle = '{lifecycle.name}'"
    return Guard(
        table=HISTORY,
        rule=f"declares_data_of_{head.name}",
        event="INSERT",
        condition=f"NOT ({is_own} AND {has_other})",
        row_filter=is_own,
        is_long=True,
    )
