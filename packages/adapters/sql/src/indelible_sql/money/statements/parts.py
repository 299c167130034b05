"""The parts that several statements of money have in common."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    func,
    literal_column,
    or_,
    type_coerce,
)


def number(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Return a column of whole numbers for arithmetic: SQLAlchemy takes a domain for a text."""
    return type_coerce(column, BigInteger())


def total(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Return the sum of a column over the rows of a query, 0 for none."""
    return func.coalesce(func.sum(number(column)), literal_column("0"))


def in_states(column: ColumnElement[Any], states: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a status is one of the states, in alphabetical order."""
    names = sorted(str(state) for state in states)
    return or_(*(column == name for name in names))
