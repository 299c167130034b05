"""The tables of bulk records, and their guards.

The rows of a change are added after the head has moved and before the change is in history, or in
the same statement as both. The guards count them when the change arrives, and refuse rows after it.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from attrs import fields_dict, frozen
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, Table
from sqlalchemy.schema import SchemaItem

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.appends import AppendedRecord
from indelible.kernel.bulk import BulkRecord
from indelible_sql.schema.columns import IDENTIFIER, ORDINAL, required
from indelible_sql.schema.declaration_tables import DECLARATIONS
from indelible_sql.schema.entity_conditions import check_faults
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.tables import HISTORY, table

KEY_COLUMNS: Final = ("entity_id", "seq", "number")
OWNER_COLUMNS: Final = ("entity_id", "seq")  # of the change; the record type has no such fields
INSERTED: Final = "inserted"  # the rows that a statement has added, in PostgreSQL's guard


def bulk_columns(name: str, head: Table) -> tuple[SchemaItem, ...]:
    """Return the columns and constraints that the table of a bulk record has beside its own.

    `name` is the table's name, and `head` the table of the aggregates whose changes add the rows.
    """
    return (
        required("entity_id", IDENTIFIER),
        required("seq", ORDINAL),
        required("number", ORDINAL),
        PrimaryKeyConstraint(*KEY_COLUMNS, name=f"{name}_pkey"),
        ForeignKeyConstraint(["entity_id"], [head.c.id], name=f"{name}_head"),
    )


def bulk_table(name: str, head: Table, *items: SchemaItem) -> Table:
    """Return the table of one of indelible's own bulk records; `items` are its own columns."""
    return table(name, *bulk_columns(name, head), *items, has_rowid=False)


@frozen(kw_only=True, eq=False)
class BulkTable:
    """The table of a bulk record type, and the aggregate whose changes add the rows.

    The table's columns are the record's fields and those of `bulk_columns`.
    """

    table: Table
    record: type[BulkRecord]
    head: Table
    entity: type[Aggregate]

    def faults(self) -> Iterator[str]:
        """Yield what differs between the table, the record and the aggregate's declaration."""
        yield from check_faults(self.table, self.record)
        columns = {column.name for column in self.table.columns}
        expected = {*OWNER_COLUMNS, *fields_dict(self.record)}
        if columns != expected:
            wrong = ", ".join(sorted(columns ^ expected))
            yield f"table {self.table.name} and its bulk record differ in: {wrong}"

    @property
    def actions(self) -> tuple[str, ...]:
        """Return the actions whose changes add the rows."""
        declared = self.entity.bulk_records.items()
        return tuple(action for action, records in declared if self.record in records)

    @property
    def lifecycle(self) -> str:
        """Return the name of the aggregate's lifecycle."""
        return self.entity.lifecycle.name

    @property
    def may_lack_rows(self) -> bool:
        """Return whether a change of the actions may be from before they appended rows."""
        return issubclass(self.record, AppendedRecord) and self.record.begins_later

    @cached_property
    def own_columns(self) -> tuple[Column[Any], ...]:
        """Return the columns that are fields of the record."""
        return tuple(column for column in self.table.columns if column.name not in OWNER_COLUMNS)

    @cached_property
    def own_names(self) -> tuple[str, ...]:
        """Return the names of the record's fields."""
        return tuple(column.name for column in self.own_columns)


def bulk_guards(bulk: BulkTable, dialect: str) -> Iterator[Guard]:
    """Yield the guards of a bulk table, beside those that every record has."""
    if dialect == "sqlite":
        yield _row_guard(bulk)
    else:
        yield _statement_guard(bulk)
    yield _change_guard(bulk, dialect)


def _row_guard(bulk: BulkTable) -> Guard:
    """Refuse a row whose head is not at its seq, or whose change is in history already."""
    condition = (
        f"EXISTS (SELECT 1 FROM main.{bulk.head.name} AS head"
        " WHERE head.id = NEW.entity_id AND head.seq = NEW.seq)"
        " AND NOT EXISTS (SELECT 1 FROM main.history AS change"
        f" WHERE change.lifecycle = '{bulk.lifecycle}'"
        " AND change.entity_id = NEW.entity_id AND change.seq = NEW.seq)"
    )
    return Guard(table=bulk.table, rule="in_change", event="INSERT", condition=condition)


def _statement_guard(bulk: BulkTable) -> Guard:
    """Refuse a statement with rows whose head is not at their seq, or that their change lacks.

    The change arrives with the rows in one statement, or after them; it is checked either way.
    """
    name = bulk.record.record_name
    rows = rows_of(bulk, "postgresql", "added")
    condition = (
        f"NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT entity_id, seq FROM {INSERTED}) AS added"
        f" WHERE NOT EXISTS (SELECT 1 FROM {qualified_name(bulk.head, 'postgresql')} AS head"
        " WHERE head.id = added.entity_id AND head.seq = added.seq)"
        f" OR EXISTS (SELECT 1 FROM {qualified_name(HISTORY, 'postgresql')} AS change"
        f" WHERE change.lifecycle = '{bulk.lifecycle}'"
        " AND change.entity_id = added.entity_id AND change.seq = added.seq"
        f" AND change.data #>> '{{{name},count}}'"
        f" IS DISTINCT FROM (SELECT CAST(count(*) AS text) FROM {rows})))"
    )
    return Guard(
        table=bulk.table,
        rule="in_change",
        event="INSERT",
        condition=condition,
        inserted_rows=INSERTED,
    )


def _change_guard(bulk: BulkTable, dialect: str) -> Guard:
    """Refuse a change without exactly the rows 1 to n that its data count.

    A change of another action has no rows.
    """
    rows = rows_of(bulk, dialect, "NEW")
    actions = ", ".join(f"'{action}'" for action in bulk.actions)
    is_counted = f"NEW.action IN ({actions})"
    if bulk.may_lack_rows:
        is_counted = f"{is_counted} AND NOT {lacks_count(bulk, dialect)}"
    counted = f"CASE WHEN {is_counted} THEN {_count(bulk, dialect)} ELSE '0' END"
    condition = (
        f"NEW.lifecycle <> '{bulk.lifecycle}'"
        f" OR ({counted} = (SELECT CAST(count(*) AS text) FROM {rows})"
        f" AND {counted} = (SELECT CAST(coalesce(max(line.number), 0) AS text) FROM {rows}))"
    )
    return Guard(
        table=HISTORY,
        rule=f"needs_{bulk.table.name}",
        event="INSERT",
        condition=condition,
        row_filter=f"NEW.lifecycle = '{bulk.lifecycle}'",
    )


def _count(bulk: BulkTable, dialect: str) -> str:
    """Return the count in the data of a new change as text."""
    name = bulk.record.record_name
    if dialect != "sqlite":
        return f"NEW.data #>> '{{{name},count}}'"

    path = f"'$.{name}.count'"
    is_count = f"json_valid(NEW.data) AND json_type(NEW.data, {path}) = 'integer'"
    return f"CASE WHEN {is_count} THEN CAST(json_extract(NEW.data, {path}) AS text) END"


def lacks_count(bulk: BulkTable, dialect: str) -> str:
    """Return the condition that a new change is from before its action appended the record.

    An import writes it: its data have no count, and the stored declaration of its time names the
    action no more than they do. An import into a new database stores the declarations last, so
    that a change from before the first one has none of its time.
    """
    name = bulk.record.record_name
    if dialect == "sqlite":
        has_no_count = (
            f"CASE WHEN json_valid(NEW.data) THEN json_type(NEW.data, '$.{name}') IS NULL END"
        )
        appended = (
            "EXISTS (SELECT 1 FROM"
            f" json_each(declared.document, '$.records.{name}.actions') AS appending"
            " WHERE appending.value = NEW.action)"
        )
    else:
        has_no_count = f"NEW.data -> '{name}' IS NULL"
        actions = f"declared.document #> '{{records,{name},actions}}'"
        appended = f"coalesce({actions} @> to_jsonb(NEW.action), FALSE)"
    declared = (
        f"SELECT {appended} FROM {qualified_name(DECLARATIONS, dialect)} AS declared"
        " WHERE declared.lifecycle = NEW.lifecycle AND declared.declared_at <= NEW.at"
        " ORDER BY declared.declared_at DESC LIMIT 1"
    )
    return f"coalesce({has_no_count} AND NOT coalesce(({declared}), FALSE), FALSE)"


def rows_of(bulk: BulkTable, dialect: str, change: str) -> str:
    """Return the FROM clause of all rows that a change has."""
    rows = qualified_name(bulk.table, dialect)
    return f"{rows} AS line WHERE line.entity_id = {change}.entity_id AND line.seq = {change}.seq"
