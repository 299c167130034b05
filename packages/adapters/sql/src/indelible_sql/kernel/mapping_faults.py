"""Checks that a head table, and the tables of its records, are those of an aggregate."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import fields_dict
from sqlalchemy import Table

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.history import Record
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.entity_conditions import check_faults
from indelible_sql.schema.one_per_parent import index_faults
from indelible_sql.schema.tables import HeadHistoryKey

# Columns of a head that are neither computed nor fields of its aggregate.
REVISION_COLUMNS: Final = ("seq", "hash")


def head_faults(
    table: Table, entity: type[Aggregate], copied_columns: Iterable[str]
) -> Iterator[str]:
    """Yield what is wrong with a head table; it copies some columns from its records."""
    yield from index_faults(table, entity)
    yield from check_faults(table, entity)
    if not hasattr(entity, "missing_error"):
        yield f"{entity.__name__} declares no missing_error"

    history_keys = [key for key in table.constraints if isinstance(key, HeadHistoryKey)]
    if not history_keys:
        yield f"table {table.name} has no head_columns()"
        return

    expression = table.c["lifecycle"].computed
    lifecycle = "" if expression is None else str(expression.sqltext).strip("'")
    if lifecycle != entity.lifecycle.name:
        yield f"table {table.name} is the head of {lifecycle}, not of {entity.lifecycle.name}"

    counter = history_keys[0].counter
    version_column = entity.version_field or "version"
    if counter != version_column:
        yield f"table {table.name} counts versions in {counter}, not in {version_column}"

    stored = {column.name for column in table.columns if column.computed is None}
    expected = {*fields_dict(entity), *copied_columns, *REVISION_COLUMNS}
    if stored != expected:
        names = ", ".join(sorted(stored ^ expected))
        yield f"table {table.name} and {entity.__name__} differ in: {names}"


def record_faults(
    entity: type[Aggregate], tables: Iterable[tuple[type[Record], Table]]
) -> Iterator[str]:
    """Yield what is wrong with the tables of an aggregate's records."""
    mapped: list[type[Record]] = []
    for record, table in tables:
        mapped.append(record)
        yield from check_faults(table, record)
        names = {head_field: name for name, head_field in record.head_fields.items()}
        expected = [names.get("id"), names.get(entity.version_field)]
        if table.primary_key.columns.keys() != expected:
            yield f"the key of table {table.name} is not the aggregate's id and its version"

    declared = (*entity.version_records, *entity.first_records)
    yield from _differences(entity, declared, mapped)


def bulk_faults(entity: type[Aggregate], tables: Iterable[BulkTable]) -> Iterator[str]:
    """Yield what is wrong with the tables of an aggregate's bulk records."""
    mapped: list[type[BulkRecord]] = []
    for table in tables:
        mapped.append(table.record)
        yield from table.faults()

    declared = [record for records in entity.bulk_records.values() for record in records]
    yield from _differences(entity, declared, mapped)


def _differences(
    entity: type[Aggregate], declared: Iterable[type[Any]], mapped: Iterable[type[Any]]
) -> Iterator[str]:
    """Yield the declared types that have no table, and the types with one that are undeclared."""
    tables = list(mapped)
    for record in dict.fromkeys(declared):
        if record not in tables:
            yield f"{record.__name__} of {entity.__name__} has no table"
    for record in dict.fromkeys(tables):
        if record not in declared:
            yield f"{entity.__name__} declares no {record.__name__}"
        if tables.count(record) > 1:
            yield f"{record.__name__} of {entity.__name__} has two tables"
