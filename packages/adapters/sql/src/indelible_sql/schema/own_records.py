"""The tables of the records that the actions of a host's aggregate append, and their guards."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import MetaData, Table
from sqlalchemy.schema import SchemaItem

from indelible.kernel.actions import actions_of
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.appends import AppendedRecord, appended_types
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.references import Reference
from indelible_sql.schema.bulk import BulkTable, bulk_columns, lacks_count, rows_of
from indelible_sql.schema.defaults import add_defaults
from indelible_sql.schema.entity_columns import entity_columns
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.own_tables import checks_on_postgresql, guards_of_checks
from indelible_sql.schema.references import TargetTables, key_of, reference_key, target_table
from indelible_sql.schema.tables import HISTORY, domain_checks, inline_checks

INSERT: Final = "INSERT"


def own_record_tables(
    head: Table, entity: type[Aggregate], targets: TargetTables
) -> dict[type[BulkRecord], Table]:
    """Return the table of each record that the actions of an aggregate append.

    `head` is the table of the aggregates, and `targets` are those that the records refer to.
    """
    known = {**targets, entity: head}
    records = appended_types(entity.bulk_records)
    return {record: _record_table(record, entity, head, known) for record in records}


def table_name(record: type[AppendedRecord], entity: type[Aggregate]) -> str:
    """Return the name of a record's table, such as `shipment_scans`."""
    return f"{entity.lifecycle.name}_{record.record_name}s"


def _record_table(
    record: type[AppendedRecord], entity: type[Aggregate], head: Table, targets: TargetTables
) -> Table:
    name = table_name(record, entity)
    own_columns = entity_columns(record)
    add_defaults(record, own_columns)
    items: tuple[SchemaItem, ...] = (*bulk_columns(name, head), *own_columns)
    keys = [reference_key(name, one, targets[_target(one)].c.id) for one in record.references]
    return Table(
        name,
        MetaData(),
        *items,
        *domain_checks(name, items),
        *inline_checks(name, items),
        *checks_on_postgresql(name, record),
        *keys,
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def own_record_guards(bulk: BulkTable, dialect: str) -> Iterator[Guard]:
    """Yield the guards of an appended record, beside those that every bulk record has."""
    record = bulk.record
    if not issubclass(record, AppendedRecord):
        return
    yield _count_guard(bulk, dialect)
    for name, column in ((record.time_field, "at"), (record.actor_field, "actor")):
        if name:
            yield _stamp_guard(bulk, name, column, dialect)
    if dialect == "sqlite":
        yield from guards_of_checks(bulk.table, record, events=(INSERT,))
        for reference in record.references:
            yield _reference_guard(bulk.table, reference)


def record_reports(table: Table, record: type[AppendedRecord]) -> frozenset[str]:
    """Return the names under which the databases report an unknown id in a row of a record."""
    names: set[str] = set()
    for reference in record.references:
        names.update((key_of(table.name, reference), _reference_guard(table, reference).name))
    return frozenset(names)


def most_rows(bulk: BulkTable) -> dict[str, int]:
    """Return the number of rows that each action may append; those of parameters append one."""
    most: dict[str, int] = {}
    for name, action in actions_of(bulk.entity).items():
        appending = action.appending
        if appending is not None and appending.record is bulk.record:
            most[name] = appending.max_rows
    return most


def _count_guard(bulk: BulkTable, dialect: str) -> Guard:
    """Refuse a change with more rows than its action may append, or not the one of its action."""
    rows = f"SELECT count(*) FROM {rows_of(bulk, dialect, 'NEW')}"
    conditions: list[str] = []
    for action, most in sorted(most_rows(bulk).items()):
        is_met = f"({rows}) <= {most}" if most else f"({rows}) = 1"
        conditions.append(f"(NEW.action <> '{action}' OR {is_met})")
    is_met = " AND ".join(conditions)
    if bulk.may_lack_rows:
        is_met = f"{lacks_count(bulk, dialect)} OR {is_met}"
    return _guard_of_changes(bulk, f"needs_count_of_{bulk.table.name}", is_met)


def _stamp_guard(bulk: BulkTable, name: str, column: str, dialect: str) -> Guard:
    """Refuse a change whose rows have another time or actor than the change itself."""
    others = f"{rows_of(bulk, dialect, 'NEW')} AND line.{name} <> NEW.{column}"
    is_met = f"NOT EXISTS (SELECT 1 FROM {others})"
    return _guard_of_changes(bulk, f"needs_{name}_of_{bulk.table.name}", is_met)


def _guard_of_changes(bulk: BulkTable, rule: str, is_met: str) -> Guard:
    """Return a guard of history that a change of the aggregate must meet."""
    is_own = f"NEW.lifecycle = '{bulk.lifecycle}'"
    return Guard(
        table=HISTORY,
        rule=rule,
        event=INSERT,
        condition=f"NOT ({is_own}) OR {is_met}",
        row_filter=is_own,
    )


def _reference_guard(table: Table, reference: Reference) -> Guard:
    """Return SQLite's guard of a reference."""
    name = reference.field
    target = target_table(table, reference)
    return Guard(
        table=table,
        rule=f"{name}_exists",
        event=INSERT,
        condition=(
            f"NEW.{name} IS NULL OR EXISTS (SELECT 1 FROM main.{target.name} AS target"
            f" WHERE target.id = NEW.{name})"
        ),
    )


def _target(reference: Reference) -> type[Any]:
    """Return the class that a field of a record refers to."""
    if reference.target is None:
        raise LookupError(f"field {reference.field} of a record refers to no class")
    return reference.target
