"""The tables of aggregates and records: columns, CHECKs and indexes follow from the class."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, Table
from sqlalchemy.schema import SchemaItem

from indelible.kernel import UsageError
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.conditions import WithConditions
from indelible.kernel.history import Record
from indelible_sql.schema.bulk import bulk_table
from indelible_sql.schema.checks import previous_number
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.entity_columns import (
    NO_TYPES,
    Types,
    entity_column,
    entity_columns,
)
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.one_per_parent import one_per_parent_indexes
from indelible_sql.schema.tables import head, is_column, key, table

NO_COLUMNS: Final[Mapping[str, Column[Any]]] = {}


def entity_head(
    name: str,
    entity: type[Aggregate],
    *items: SchemaItem,
    types: Types = NO_TYPES,
    domains: Iterable[Domain] = (),
    computed_behind: Mapping[str, Column[Any]] = NO_COLUMNS,
) -> Table:
    """Return the head table of one of indelible's own aggregates.

    The aggregate's fields are its columns (`types` and `domains` as in `entity_columns`), its
    conditions its CHECKs, and its rules of one per parent its indexes. `items` are keys, other
    indexes, CHECKs by hand and computed columns, which come before the others; `computed_behind`
    holds computed columns that follow the one of a field, by its name. A CHECK of a condition that
    is among the items, because one by hand follows it, is not added again.

    Raises:
        UsageError: A field has no kind with a column, or a name is no field with a column.
    """
    others = [item for item in items if not is_column(item)]
    columns = [item for item in items if is_column(item)]
    columns.extend(_with_computed(entity, entity_columns(entity, types, domains), computed_behind))
    checks = _missing_checks(name, entity, items)
    indexes = one_per_parent_indexes(name, entity)
    version = None
    if entity.version_field:
        version = entity_column(entity, entity.version_field)

    return head(name, entity.lifecycle, *columns, *others, *checks, *indexes, version=version)


def entity_record(
    name: str,
    record: type[Record],
    entity: type[Aggregate],
    *items: SchemaItem,
    types: Types = NO_TYPES,
    has_previous: bool = True,
) -> Table:
    """Return the table of a record of one of indelible's own aggregates.

    The record's fields are its columns (`types` as in `entity_columns`), and its conditions its
    CHECKs. The aggregate's id and the version's number are the primary key; `previous_<number>` is
    computed behind the number, unless the aggregate has one record only. `items` are other keys,
    indexes and CHECKs.
    """
    owner, number = _key_fields(record, entity)
    columns: list[Column[Any]] = []
    for column in entity_columns(record, types):
        columns.append(column)
        if has_previous and column.name == number:
            columns.append(previous_number(number))

    primary_key = PrimaryKeyConstraint(owner, number, name=f"{name}_pkey")
    checks = _missing_checks(name, record, items)
    return table(name, *columns, primary_key, *items, *checks, has_rowid=False)


def previous_key(name: str, record: type[Record], entity: type[Aggregate]) -> SchemaItem:
    """Return the key of a record's table that leads to the record before."""
    owner, number = _key_fields(record, entity)
    return key(f"{name}_previous", [owner, f"previous_{number}"], name, [owner, number])


def entity_bulk(
    name: str,
    record: type[BulkRecord],
    head: Table,
    *items: SchemaItem,
    types: Types = NO_TYPES,
) -> Table:
    """Return the table of one of indelible's own bulk records; `items` are as in `entity_record`.

    `head` is the table of the aggregates whose changes add the rows.
    """
    checks = _missing_checks(name, record, items)
    return bulk_table(name, head, *entity_columns(record, types), *items, *checks)


def list_indexes(name: str, *orders: str) -> tuple[Index, ...]:
    """Return the index `<name>_<column>` for each column by which lists are ordered or filtered."""
    return tuple(Index(f"{name}_{order}", order, "id") for order in orders)


def _with_computed(
    entity: type[Aggregate],
    columns: Iterable[Column[Any]],
    computed_behind: Mapping[str, Column[Any]],
) -> Iterator[Column[Any]]:
    """Yield the columns, each with the computed one that follows it."""
    unknown = dict(computed_behind)
    for column in columns:
        yield column
        if column.name in unknown:
            yield unknown.pop(column.name)
    if unknown:
        names = ", ".join(sorted(unknown))
        raise UsageError(f"{entity.__name__} has no columns before computed ones: {names}")


def _key_fields(record: type[Record], entity: type[Aggregate]) -> tuple[str, str]:
    """Return the fields of a record that are the aggregate's id and the version's number."""
    fields = {head_field: field for field, head_field in record.head_fields.items()}
    return fields["id"], fields[entity.version_field]


def _missing_checks(
    name: str, entity: type[WithConditions], items: Iterable[SchemaItem]
) -> tuple[CheckConstraint, ...]:
    """Return the CHECKs of the conditions that are not among the items."""
    declared = {str(item.name) for item in items if isinstance(item, CheckConstraint)}
    missing: list[CheckConstraint] = []
    for check in entity_checks(name, entity):
        if str(check.name) not in declared:
            missing.append(check)
    return tuple(missing)
