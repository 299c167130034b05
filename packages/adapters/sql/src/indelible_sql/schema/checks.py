"""The checks and columns that the declarations of several tables have in common."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column
from sqlalchemy.schema import Computed

from indelible_sql.schema.columns import BIG_INTEGER


def quoted(values: Iterable[str]) -> str:
    """Return texts as a list of SQL literals, in alphabetical order."""
    return ", ".join(f"'{value}'" for value in sorted(values))


def all_of(columns: Iterable[str], test: str) -> str:
    """Return the condition that every column passes a test, such as IS NULL."""
    return " AND ".join(f"{name} {test}" for name in columns)


def all_or_none(columns: Iterable[str], condition: str) -> str:
    """Return the condition that all columns have values where `condition` holds, else none."""
    names = tuple(columns)
    return (
        f"CASE WHEN {condition} THEN {all_of(names, 'IS NOT NULL')}"
        f" ELSE {all_of(names, 'IS NULL')} END"
    )


def previous_number(column: str) -> Column[Any]:
    """Return the computed column `previous_<column>`: NULL for the first record."""
    expression = f"NULLIF({column} - 1, 0)"
    return Column(f"previous_{column}", BIG_INTEGER, Computed(expression, persisted=True))


def number_or_null(name: str, counter: str) -> Column[Any]:
    """Return a computed column with a counter's value, NULL before the first record."""
    return Column(name, BIG_INTEGER, Computed(f"NULLIF({counter}, 0)", persisted=True))
