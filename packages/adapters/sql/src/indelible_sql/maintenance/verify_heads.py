"""Check that heads and records agree with their changes."""

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Table,
    and_,
    literal_column,
    or_,
    select,
)

from indelible.kernel import Lifecycle, to_json_value
from indelible.kernel.one_per_parent import OnePerParent
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.key_ranges import KeyRange
from indelible_sql.kernel.row_checks import (
    MAX_STATEMENTS,
    PAGE,
    check_rows,
    decode_row,
    describe,
    load,
    select_rows,
    undecoded,
)
from indelible_sql.maintenance.head_rows import columns_in_change
from indelible_sql.schema.columns import INSTANT, JSON_OBJECT
from indelible_sql.schema.defaults import value_in
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.guards import history_key
from indelible_sql.schema.one_per_parent import declared_rules
from indelible_sql.schema.tables import HISTORY, RecordDigest


def head_findings(
    session: Session, key_range: KeyRange, head: Table, lifecycle: Lifecycle[StrEnum]
) -> Iterator[Finding]:
    """Compare every head with its last change."""
    walk = session.stream(_heads_with_changes(head, lifecycle.name, key_range), PAGE)
    check = partial(_head_fault, session, head, lifecycle)
    yield from check_rows(Fault.HEAD, head, walk, check, ("id", "seq"))


def all_heads_findings(
    session: Session, head: Table, lifecycle: Lifecycle[StrEnum]
) -> Iterator[Finding]:
    """Compare the keys of every head with other tables, and every change with its head.

    Check also that no parent has more aggregates in a state than its rules allow.
    """
    for key in sorted(head.foreign_key_constraints, key=_constraint_name):
        detail = f"{', '.join(key.column_keys)}: no such row in {key.referred_table.name}"
        yield from describe(session, Fault.HEAD, head, _dangling_heads(head, key), detail)

    for column in _own_computed_columns(head):
        detail = f"{column.name}: a generated column has a wrong value"
        yield from describe(session, Fault.HEAD, head, _wrongly_computed(head, column), detail)

    changes = _changes_without_head(head, lifecycle.name)
    detail = "the head does not refer to this change"
    yield from describe(session, Fault.HEAD, head, changes, detail)

    for rule in declared_rules(head).values():
        detail = f"another one of the same {rule.parent_field} is {' or '.join(rule.states)}"
        yield from describe(session, Fault.HEAD, head, _surplus_heads(head, rule), detail)


def record_findings(
    session: Session, key_range: KeyRange, lifecycle: Lifecycle[StrEnum], record: RecordDigest
) -> Iterator[Finding]:
    """Compare every record with the digest in its change; the range is one of owners."""
    table = record.table
    owner, number = table.primary_key.columns
    walk = session.stream(_records_with_changes(record, lifecycle.name, key_range), PAGE)
    check = partial(_record_fault, session, record)
    yield from check_rows(Fault.RECORD, table, walk, check, (owner.name, number.name))


def all_records_findings(
    session: Session, lifecycle: Lifecycle[StrEnum], record: RecordDigest
) -> Iterator[Finding]:
    """Compare every change that adds a record with the record."""
    missing = _changes_without_record(record, lifecycle.name)
    yield from describe(session, Fault.RECORD, record.table, missing, "missing")


@lru_cache(maxsize=MAX_STATEMENTS)
def _heads_with_changes(head: Table, lifecycle: str, key_range: KeyRange) -> Query:
    """Select every head with its first and its last change.

    The database derives no range of the changes from that of the heads, and would read all changes
    for each range.
    """
    last, first = HISTORY.alias("last_change"), HISTORY.alias("first_change")
    in_range = key_range.conditions
    is_last = and_(_is_change(last, head, lifecycle, head.c.seq), *in_range(last.c.entity_id))
    is_first = and_(_is_change(first, head, lifecycle, 1), *in_range(first.c.entity_id))
    source = head.join(last, is_last, isouter=True).join(first, is_first, isouter=True)

    compared = (last.c.to_state, last.c.version, last.c.hash, last.c.at, last.c.data)
    joined = [undecoded(column, f"change_{column.name}") for column in compared]
    joined.append(undecoded(first.c.at, "first_at"))
    return select_rows(head, ("id",), source, joined).where(*in_range(head.c.id))


@lru_cache(maxsize=MAX_STATEMENTS)
def _records_with_changes(record: RecordDigest, lifecycle: str, key_range: KeyRange) -> Query:
    """Select every record with the data of the change that added it.

    MATERIALIZED, so that SQLite indexes the changes by their versions: no index of history has
    them, and by the aggregate all of its changes would be read for each of its records.
    """
    table = record.table
    owner, number = table.primary_key.columns
    changes = (
        select(HISTORY.c.entity_id, HISTORY.c.version, HISTORY.c.data, HISTORY.c.digest_scheme)
        .where(record.is_adding_change(lifecycle), *key_range.conditions(HISTORY.c.entity_id))
        .cte("changes")
        .prefix_with("MATERIALIZED")
    )
    source = table.join(changes, record.is_of_change(changes), isouter=True)
    joined = [
        undecoded(changes.c.data, "change_data"),
        undecoded(changes.c.digest_scheme, "change_digest_scheme"),
    ]
    records = select_rows(table, (owner.name, number.name), source, joined)
    return records.where(*key_range.conditions(owner))


@lru_cache(maxsize=MAX_STATEMENTS)
def _changes_without_record(record: RecordDigest, lifecycle: str) -> Query:
    """Select the changes whose record is missing."""
    owner, _ = record.table.primary_key.columns
    return (
        select(HISTORY.c.entity_id, HISTORY.c.version)
        .join(record.table, record.is_of_change(), isouter=True)
        .where(record.is_adding_change(lifecycle), owner.is_(None))
        .order_by(HISTORY.c.entity_id, HISTORY.c.version)
    )


def _is_change(change: Any, head: Table, lifecycle: str, seq: Any) -> ColumnElement[bool]:
    return and_(
        change.c.lifecycle == lifecycle,
        change.c.entity_id == head.c.id,
        change.c.seq == seq,
    )


@lru_cache(maxsize=MAX_STATEMENTS)
def _dangling_heads(head: Table, key: ForeignKeyConstraint) -> Query:
    """Select the heads whose key refers to no row, which a write without guards can cause."""
    target = key.referred_table.alias("target")  # a head may refer to its own table
    pairs = [(element.parent, target.c[element.column.name]) for element in key.elements]
    is_same = and_(*(column == target_column for column, target_column in pairs))
    is_set = and_(*(column.is_not(None) for column, _ in pairs))
    _, first_target = pairs[0]
    return (
        select(head.c.id, head.c.seq)
        .join(target, is_same, isouter=True)
        .where(is_set, first_target.is_(None))
        .order_by(head.c.id)
    )


def _own_computed_columns(head: Table) -> list[Column[Any]]:
    """Return the generated columns of a head that are not part of its revision."""
    columns: list[Column[Any]] = []
    for column in head.columns:
        if column.computed is not None and column.name not in history_key(head).revision_columns:
            columns.append(column)

    return columns


@lru_cache(maxsize=MAX_STATEMENTS)
def _wrongly_computed(head: Table, column: Column[Any]) -> Query:
    """Select the heads with another value in a generated column than its expression has."""
    expression = "NULL" if column.computed is None else str(column.computed.sqltext)
    return (
        select(head.c.id, head.c.seq)
        .where(column.is_distinct_from(literal_column(expression)))
        .order_by(head.c.id)
    )


@lru_cache(maxsize=MAX_STATEMENTS)
def _surplus_heads(head: Table, rule: OnePerParent) -> Query:
    """Select the heads in a place that a head with a lower id has already."""
    first = head.alias("first_of_parent")
    is_same_parent = head.c[rule.parent_field] == first.c[rule.parent_field]
    return (
        select(head.c.id, head.c.seq)
        .distinct()
        .join(first, is_same_parent)
        .where(
            or_(*(head.c.status == state for state in rule.states)),
            or_(*(first.c.status == state for state in rule.states)),
            first.c.id < head.c.id,
        )
        .order_by(head.c.id)
    )


@lru_cache(maxsize=MAX_STATEMENTS)
def _changes_without_head(head: Table, lifecycle: str) -> Query:
    """Select the changes without a head, and those after the seq of their head."""
    return (
        select(HISTORY.c.entity_id, HISTORY.c.seq)
        .join(head, head.c.id == HISTORY.c.entity_id, isouter=True)
        .where(
            HISTORY.c.lifecycle == lifecycle,
            head.c.id.is_(None) | (HISTORY.c.seq > head.c.seq),
        )
        .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    )


def _head_fault(session: Session, head: Table, lifecycle: Lifecycle[StrEnum], row: Row) -> str:
    """Return the difference between a head and its last change, or ''."""
    if row["change_hash"] is None:
        return "its last change is not in history"

    values = decode_row(session, head, row)
    version = values[history_key(head).counter]
    revision = (values["lifecycle"], values["status"], version, values["hash"])
    recorded = (lifecycle.name, row["change_to_state"], row["change_version"], row["change_hash"])
    if revision != recorded:
        return "its revision differs from its last change"

    created_at = load(session, INSTANT, row["first_at"])
    updated_at = load(session, INSTANT, row["change_at"])
    if (values["created_at"], values["updated_at"]) != (created_at, updated_at):
        return "its times differ from its changes"

    # The form of the change's data is checked with the change.
    data = load(session, JSON_OBJECT, row["change_data"], is_checked=True)
    wrong: list[str] = []
    for column in columns_in_change(head, data):
        if to_json_value(values[column.name]) != value_in(column, data):
            wrong.append(column.name)
    if not wrong:
        return ""
    return f"{', '.join(wrong)}: differs from its last change"


def _record_fault(session: Session, record: RecordDigest, row: Row) -> str:
    """Return the difference between a record and its change, or ''."""
    if row["change_data"] is None:
        return "no change added it"

    values = decode_row(session, record.table, row)
    # The form of the change's data is checked with the change.
    data = load(session, JSON_OBJECT, row["change_data"], is_checked=True)
    if record.digest(values, row["change_digest_scheme"]) != data.get(record.change_field):
        return "its digest differs from the one in its change"

    derived = record.derived(values)
    wrong = [name for name, value in derived.items() if row[name] != value]
    if not wrong:
        return ""
    return f"{', '.join(wrong)}: differs from the record's content"


def _constraint_name(key: ForeignKeyConstraint) -> str:
    return str(key.name)
