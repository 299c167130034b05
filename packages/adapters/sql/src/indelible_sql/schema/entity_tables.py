"""The head tables of aggregates: columns, CHECKs and unique indexes follow from the class."""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, Index, Table
from sqlalchemy.schema import SchemaItem

from indelible.kernel.aggregates import Aggregate
from indelible_sql.schema.entity_columns import NO_TYPES, Types, entity_column, entity_columns
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.one_per_parent import one_per_parent_indexes
from indelible_sql.schema.tables import head, is_column


def entity_head(
    name: str, entity: type[Aggregate], *items: SchemaItem, types: Types = NO_TYPES
) -> Table:
    """Return the head table of one of indelible's own aggregates.

    The aggregate's fields are its columns (`types` as in `entity_columns`), its conditions its
    CHECKs, and its rules of one per parent its indexes. `items` are keys, other indexes, CHECKs by
    hand and computed columns, which come before the others. A CHECK of a condition that is among
    the items, because one by hand follows it, is not added again.
    """
    computed = [item for item in items if is_column(item)]
    others = [item for item in items if not is_column(item)]
    columns = (*computed, *entity_columns(entity, types))
    checks = _missing_checks(name, entity, items)
    indexes = one_per_parent_indexes(name, entity)
    version = None
    if entity.version_field:
        version = entity_column(entity, entity.version_field)

    return head(name, entity.lifecycle, *columns, *others, *checks, *indexes, version=version)


def list_indexes(name: str, *orders: str) -> tuple[Index, ...]:
    """Return the index `<name>_<column>` for each column by which lists are ordered or filtered."""
    return tuple(Index(f"{name}_{order}", order, "id") for order in orders)


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
