"""The statements of questions: built once for each table and shape of a question."""

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from attrs import frozen
from sqlalchemy import ColumnElement, Table, bindparam, false, func, or_, select

from indelible.kernel.questions import DESCENDING, Comparator, Comparison, Question
from indelible_sql.engine.session import Query
from indelible_sql.schema.expressions import in_json_list

COMPARE: Final[Mapping[Comparator, Callable[[Any, Any], Any]]] = {
    Comparator.EQUAL: operator.eq,
    Comparator.ONE_OF: operator.eq,
    Comparator.DIFFERENT: operator.ne,
    Comparator.BELOW: operator.lt,
    Comparator.AT_MOST: operator.le,
    Comparator.ABOVE: operator.gt,
    Comparator.AT_LEAST: operator.ge,
}


@frozen
class Term:
    """A comparison without its value: its field, its comparator and the names of its parameters."""

    field: str
    comparator: Comparator
    parameters: tuple[str, ...]


@frozen
class Shape:
    """The parts of a question that change its statement."""

    terms: tuple[Term, ...]
    order: tuple[str, ...]
    is_limited: bool
    is_locked: bool


def statement_of(
    table: Table, question: Question, *, lock: bool = False
) -> tuple[Query, dict[str, Any]]:
    """Return the statement of a question about a table, and its values."""
    terms, values = _terms_of(question.where)
    is_limited = question.limit is not None
    if is_limited:
        values["limit"] = question.limit

    return _select(table, Shape(terms, question.order, is_limited, lock)), values


def count_statement_of(table: Table, question: Question) -> tuple[Query, dict[str, Any]]:
    """Return the statement that counts the rows of a question in each state, and its values."""
    terms, values = _terms_of(question.where)
    return _count_by_status(table, terms), values


def _terms_of(where: Sequence[Comparison]) -> tuple[tuple[Term, ...], dict[str, Any]]:
    """Return the terms of comparisons, and the values of their parameters."""
    terms: list[Term] = []
    values: dict[str, Any] = {}
    for number, comparison in enumerate(where):
        named = _values_of(comparison, f"{comparison.field}_{number}")
        values.update(named)
        terms.append(Term(comparison.field, comparison.comparator, tuple(named)))
    return tuple(terms), values


def _values_of(comparison: Comparison, name: str) -> dict[str, Any]:
    """Return the parameters of a comparison with their values."""
    if comparison.comparator in (Comparator.PRESENT, Comparator.ABSENT):
        return {}
    if comparison.comparator is Comparator.ONE_OF:
        return {f"{name}_{value}": value for value in comparison.value}
    return {name: comparison.value}


@cache
def _select(table: Table, shape: Shape) -> Query:
    conditions = [_condition(table, term) for term in shape.terms]
    statement = select(table).where(*conditions)
    for name in shape.order:
        column = table.c[name.removeprefix(DESCENDING)]
        statement = statement.order_by(column.desc() if name.startswith(DESCENDING) else column)
    if shape.is_limited:
        statement = statement.limit(bindparam("limit"))
    if shape.is_locked:
        statement = statement.with_for_update()

    return statement


@cache
def _count_by_status(table: Table, terms: tuple[Term, ...]) -> Query:
    conditions = [_condition(table, term) for term in terms]
    return (
        select(table.c.status, func.count().label("total"))
        .where(*conditions)
        .group_by(table.c.status)
        .order_by(table.c.status)
    )


def _condition(table: Table, term: Term) -> ColumnElement[bool]:
    """Return a term as a condition of a statement."""
    column = table.c[term.field]
    if term.comparator is Comparator.PRESENT:
        return column.is_not(None)
    if term.comparator is Comparator.ABSENT:
        return column.is_(None)
    if term.comparator is Comparator.LISTED:
        return in_json_list(column, term.parameters[0])

    compare = COMPARE[term.comparator]
    alternatives: list[ColumnElement[bool]] = []
    for name in term.parameters:
        alternatives.append(compare(column, bindparam(name, type_=column.type)))
    return or_(false(), *alternatives)  # no value of an empty `one_of` is met
