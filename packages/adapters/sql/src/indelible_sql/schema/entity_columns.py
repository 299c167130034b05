"""The columns of aggregates and of their rows, derived from the kinds of their fields."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import AttrsInstance, fields, fields_dict
from sqlalchemy import Column
from sqlalchemy.types import TypeEngine

from indelible.kernel import UsageError
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.declarations import is_optional
from indelible.kernel.kinds import FIXED_DECIMAL, Kind, column_kind
from indelible_sql.schema.columns import (
    BIG_INTEGER,
    C_COLLATED_TEXT,
    CONTENT,
    KERNEL_DOMAINS,
    Domain,
)
from indelible_sql.schema.inline_domains import CALENDAR_DATE, decimal_type
from indelible_sql.schema.value_columns import (
    AMOUNT_MINOR,
    CURRENCY,
    FLAG,
    RAW_BYTES,
    SUM_MINOR,
)

Types = Mapping[str, TypeEngine[Any]]

DOMAINS: Final = (*KERNEL_DOMAINS, AMOUNT_MINOR, SUM_MINOR, CURRENCY, FLAG, RAW_BYTES)
# The types of columns by the names that kinds give.
COLUMN_TYPES: Final[Types] = {
    "content": CONTENT,
    "collated_text": C_COLLATED_TEXT,
    "big_integer": BIG_INTEGER,
    CALENDAR_DATE.name: CALENDAR_DATE,
    **{domain.name: domain for domain in DOMAINS},
}
NO_TYPES: Final[Types] = {}
# The classes whose fields are columns that `head_columns` and `bulk_columns` declare.
COMMON_CLASSES: Final = (Aggregate, BulkRecord)


def entity_columns(
    entity: type[AttrsInstance], types: Types = NO_TYPES, domains: Iterable[Domain] = ()
) -> tuple[Column[Any], ...]:
    """Return the columns of a class's own fields, in their order.

    A field that may be None may be NULL. Its kind gives the type of its column; `types` gives it
    where the table has another one. `domains` are types that only its context has. The columns that
    every head and every bulk row has, and that of an aggregate's version, are left out: those
    tables declare them.

    Raises:
        UsageError: A field has no kind with a column, or `types` names an unknown field.
    """
    known = fields_dict(entity)
    unknown = sorted(set(types) - set(known))
    if unknown:
        raise UsageError(f"{entity.__name__} has no fields for these columns: {', '.join(unknown)}")

    excluded = {getattr(entity, "version_field", "")}
    for common in COMMON_CLASSES:
        if issubclass(entity, common):
            excluded |= fields_dict(common).keys()
    return tuple(
        entity_column(entity, attribute.name, types, domains)
        for attribute in fields(entity)
        if attribute.name not in excluded
    )


def named_columns(
    entity: type[AttrsInstance],
    *names: str,
    types: Types = NO_TYPES,
    domains: Iterable[Domain] = (),
) -> tuple[Column[Any], ...]:
    """Return the columns of these fields, for a table that has them in another order.

    Raises:
        UsageError: A field has no kind with a column.
    """
    return tuple(entity_column(entity, name, types, domains) for name in names)


def entity_column(
    entity: type[AttrsInstance],
    name: str,
    types: Types = NO_TYPES,
    domains: Iterable[Domain] = (),
) -> Column[Any]:
    """Return the column of one field; `types` and `domains` are as in `entity_columns`.

    Raises:
        UsageError: The field has no kind with a column.
    """
    column_type = types.get(name)
    if column_type is None:
        column_types = {**COLUMN_TYPES, **{domain.name: domain for domain in domains}}
        column_type = _type_of(column_kind(entity, name), column_types)
        if column_type is None:
            raise UsageError(
                f"field {name} of {entity.__name__} has no kind with a column: give its type"
            )

    return Column(name, column_type, nullable=is_optional(fields_dict(entity)[name]))


def _type_of(kind: Kind | None, types: Types) -> TypeEngine[Any] | None:
    """Return the type of the column of a kind, None for one without a column."""
    if kind is None:
        return None
    if kind.column == FIXED_DECIMAL:
        return decimal_type(kind.limits["digits"], kind.limits["places"])
    return types.get(kind.column)
