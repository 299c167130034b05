"""The head tables of aggregates: columns, CHECKs and unique indexes follow from the class."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, Index, Table
from sqlalchemy.schema import SchemaItem

from indelible.kernel import UsageError
from indelible.kernel.aggregates import Aggregate
from indelible_sql.schema.entity_columns import NO_TYPES, Types, entity_column, entity_columns
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.one_per_parent import one_per_parent_indexes
from indelible_sql.schema.tables import head, is_column

NO_COLUMNS: Final[Mapping[str, Column[Any]]] = {}


def entity_head(
    name: str,
    entity: type[Aggregate],
    *items: SchemaItem,
    types: Types = NO_TYPES,
    computed_behind: Mapping[str, Column[Any]] = NO_COLUMNS,
) -> Table:
    """Return the head table of one of indelible's own aggregates.

    The aggregate's fields are its columns (`types` as in `entity_columns`), its conditions its
    CHECKs, and its rules of one per parent its indexes. `items` are keys, other indexes, CHECKs by
    hand and computed columns, which come before the others; `computed_behind` holds computed
    columns that follow the one of a field, by its name. A CHECK of a condition that is among the
    items, because one by hand follows it, is not added again.

    Raises:
        UsageError: A field has no kind with a column, or a name is no field with a column.
    """
    others = [item for item in items if not is_column(item)]
    columns = [item for item in items if is_column(item)]
    columns.extend(_with_computed(entity, entity_columns(entity, types), computed_behind))
    checks = _missing_checks(name, entity, items)
    indexes = one_per_parent_indexes(name, entity)
    version = None
    if entity.version_field:
        version = entity_column(entity, entity.version_field)

    return head(name, entity.lifecycle, *columns, *others, *checks, *indexes, version=version)


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


def _missing_checks(
    name: str, entity: type[Aggregate], items: Iterable[SchemaItem]
) -> tuple[CheckConstraint, ...]:
    """Return the CHECKs of the aggregate's conditions that are not among the items."""
    declared = {str(item.name) for item in items if isinstance(item, CheckConstraint)}
    missing: list[CheckConstraint] = []
    for check in entity_checks(name, entity):
        if str(check.name) not in declared:
            missing.append(check)
    return tuple(missing)
