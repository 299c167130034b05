"""The conditions that several guards have in common."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, Column, Table, Text, make_url
from sqlalchemy.dialects.postgresql import JSONB

from indelible_sql.schema.columns import Domain
from indelible_sql.schema.defaults import or_default
from indelible_sql.schema.inline_domains import DecimalDomain
from indelible_sql.schema.value_columns import FLAG

POSTGRESQL = make_url("postgresql://").get_dialect()()


def unchanged(table: Table, names: Iterable[str]) -> str:
    """Return the condition that an UPDATE leaves columns as they are."""
    conditions: list[str] = []
    for name in names:
        is_same = f"NEW.{name} = OLD.{name}"
        if table.c[name].nullable:
            is_same = f"({is_same} OR NEW.{name} IS NULL AND OLD.{name} IS NULL)"
        conditions.append(is_same)

    return " AND ".join(conditions)


def json_text(column: str, keys: tuple[str, ...], dialect: str) -> str:
    """Return a value in a column of JSON as text, NULL for null and for a text that is no JSON."""
    if dialect == "postgresql":
        return f"{column} #>> '{{{','.join(keys)}}}'"

    path = ".".join(("$", *keys))
    return f"CASE WHEN json_valid({column}) THEN CAST(json_extract({column}, '{path}') AS text) END"


def equals_json(alias: str, column: Column[Any], document: str, dialect: str) -> str:
    """Return the condition that a column has the value of the document's key of its name.

    A vector is passed: it has another form in documents.
    """
    stored = f"{alias}.{column.name}"
    value = or_default(column, json_text(document, (column.name,), dialect), dialect)
    native = column.type.native if isinstance(column.type, Domain) else column.type
    if isinstance(native, ARRAY):
        return "TRUE"
    if isinstance(column.type, DecimalDomain):
        stored = column.type.text_sql(stored, dialect)
    elif dialect == "sqlite":
        stored = f"CAST({stored} AS text)"
    elif _is_flag(column):
        value = f"CAST(CAST({value} AS boolean) AS integer)"  # a flag is stored as 0 or 1
    elif isinstance(native, JSONB):
        value = f"NULLIF({document} -> '{column.name}', 'null')"
    elif not isinstance(native, Text):
        value = f"CAST({value} AS {native.compile(dialect=POSTGRESQL)})"

    return equal_or_null(stored, value, dialect)


def _is_flag(column: Column[Any]) -> bool:
    return isinstance(column.type, Domain) and column.type.name == FLAG.name


def equal_or_null(left: str, right: str, dialect: str) -> str:
    """Return the condition that two expressions are equal or both NULL."""
    if dialect == "postgresql":
        return f"({left}) IS NOT DISTINCT FROM ({right})"
    return f"({left}) IS ({right})"
