"""The checks and columns that the declarations of several tables have in common."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast

from sqlalchemy import Column, Table
from sqlalchemy.schema import Computed

from indelible.kernel import UsageError, canonical_json, instant_text
from indelible.kernel.decimals import FixedDecimal
from indelible_sql.schema.columns import BIG_INTEGER

COUNTER_INFO: Final = "counter"  # the column that a previous number precedes, in its `info`


def quoted(values: Iterable[str]) -> str:
    """Return texts as a list of SQL literals, in alphabetical order."""
    return ", ".join(f"'{value}'" for value in sorted(values))


ESCAPES: Final = str.maketrans({"\\": "\\\\", "$": "\\x24", "%": "\\x25", ".": "\\x2e"})


def literal(value: object, dialect: str) -> str:
    """Return a value as a literal of SQL, which may stand in the text of a function.

    A text, a number, a date, an instant, or what JSON writes as an array or an object.

    Raises:
        UsageError: The value has no literal: it is of another type, or contains NUL.
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float | FixedDecimal):
        return _number_literal(value, dialect)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        return _text_literal(value, dialect)
    if isinstance(value, date):
        return _text_literal(_date_text(value), dialect)
    if isinstance(value, tuple | dict):
        return _text_literal(canonical_json(cast("object", value)), dialect)

    raise UsageError(f"a value of {type(value).__name__} has no literal of SQL: {value!r}")


def _date_text(value: date) -> str:
    """Return the canonical text of a date or an instant."""
    return instant_text(value) if isinstance(value, datetime) else value.isoformat()


def _number_literal(number: float | FixedDecimal, dialect: str) -> str:
    """Return a number as a literal; SQLite stores a decimal in its smallest unit."""
    if isinstance(number, FixedDecimal) and dialect == "sqlite":
        return str(number.units())
    return str(number)


def _text_literal(text: str, dialect: str) -> str:
    """Return a text as a literal.

    On PostgreSQL an escape stands for each character that the guard's text could mean otherwise: a
    backslash, which a session may read in two ways, a dollar sign, which could end the function's
    own quotes, a percent sign, which the driver reads as a parameter, and a dot, because
    `in_schema` must not take a part of the text for the schema's name.
    """
    if "\0" in text:
        raise UsageError(f"a text with NUL has no literal of SQL: {text!r}")

    doubled = text.replace("'", "''")
    if dialect == "sqlite":
        return f"'{doubled}'"

    escaped = doubled.translate(ESCAPES)
    if escaped == doubled:
        return f"'{doubled}'"
    return f"E'{escaped}'"


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


def previous_number(counter: str, name: str = "") -> Column[Any]:
    """Return the computed column `previous_<counter>`: NULL for the first record."""
    return Column(
        name or f"previous_{counter}",
        BIG_INTEGER,
        Computed(f"NULLIF({counter} - 1, 0)", persisted=True),
        info={COUNTER_INFO: counter},
    )


def previous_numbers(table: Table, row: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the previous numbers that the database computes for a row."""
    numbers: dict[str, int | None] = {}
    for column in table.columns:
        if COUNTER_INFO in column.info:
            numbers[column.name] = row[column.info[COUNTER_INFO]] - 1 or None

    return numbers


def number_or_null(name: str, counter: str) -> Column[Any]:
    """Return a computed column with a counter's value, NULL before the first record."""
    return Column(name, BIG_INTEGER, Computed(f"NULLIF({counter}, 0)", persisted=True))
