"""Test that every statement that finds many rows has a total order."""

import importlib
import pkgutil
from collections.abc import Iterator

from sqlalchemy import (
    Column,
    Index,
    PrimaryKeyConstraint,
    ScalarSelect,
    Select,
    Subquery,
    Table,
    UniqueConstraint,
)
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    ClauseElement,
    ColumnClause,
    ColumnElement,
)
from sqlalchemy.sql.visitors import Visitable, iterate

import indelible_sql
from indelible_sql.schema.expressions import JsonArrayAgg

AnySelect = Select[*tuple[object, ...]]

# Parts of larger statements, which need no order of their own.
PARTS = ("CHANGES", "NODE", "OWED")
# One row.
WITHOUT_TABLE = (
    "DATABASE_NOW",
    "READ_FEED_END",
    "STORE_FEED_END",
    "READ_TIME",
    "IDENTITY",
    "LAST_ON_POSTGRESQL",
    "LAST_ON_SQLITE",
    "NOW_ON_SQLITE",
)
OF_PARAMETER = ("DEMAND_ON_POSTGRESQL", "DEMAND_ON_SQLITE")  # one row for each of its values
QUESTIONS = ("HAS_ENTRY",)  # any row is the same answer
AGGREGATES = ("count", "max", "min", "sum")

MIN_SELECTS = 15
SQLITE_ROW_NUMBER = "rowid"  # unique in every table that has one


def selects() -> dict[str, AnySelect]:
    """Return the SELECTs of all modules of the SQL adapter, by their names."""
    result: dict[str, AnySelect] = {}
    for module_info in pkgutil.walk_packages(indelible_sql.__path__, "indelible_sql."):
        if "migrations" in module_info.name:
            continue
        module = importlib.import_module(module_info.name)
        for name, value in vars(module).items():
            is_exempt = name in (*PARTS, *WITHOUT_TABLE, *OF_PARAMETER, *QUESTIONS)
            is_part = is_exempt or name.startswith("_")
            if isinstance(value, Select) and not is_part:
                result[f"{module.__name__}.{name}"] = value
    return result


def unique_keys(table: Table) -> Iterator[set[str]]:
    """Yield the column names of each unique key of a table."""
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            yield {column.name for column in constraint.columns}
    for index in table.indexes:
        if index.unique and has_every_value(index):
            yield {column.name for column in index.columns}


def has_every_value(index: Index) -> bool:
    """Return whether every row that has values in the index's columns is in the index."""
    predicate = index.dialect_options["sqlite"]["where"]
    names = [column.name for column in index.columns]
    return predicate is None or str(predicate) in [f"{name} IS NOT NULL" for name in names]


def columns_equal_to_values(statement: AnySelect) -> set[str]:
    """Return the names of the columns that the condition compares with one value for equality.

    The value is a parameter, a literal or the result of a subquery.
    """
    if statement.whereclause is None:
        return set()

    names: set[str] = set()
    for clause in iterate(statement.whereclause):
        if (
            isinstance(clause, BinaryExpression)
            and clause.operator.__name__ == "eq"
            and isinstance(clause.left, Column)
            and is_one_value(clause.right)
        ):
            names.add(clause.left.name)
    return names


def is_one_value(part: object) -> bool:
    """Return whether a part of a condition is the same value for all rows of a table."""
    if isinstance(part, ColumnClause):
        return part.is_literal
    return isinstance(part, BindParameter | ScalarSelect)


def order_clauses(statement: AnySelect) -> tuple[ClauseElement, ...]:
    """Return the clauses of ORDER BY; SQLAlchemy has no public name for them."""
    clauses: tuple[ClauseElement, ...] = vars(statement).get("_order_by_clauses", ())
    return clauses


def ordered_columns(statement: AnySelect) -> set[str]:
    """Return the names of the columns in ORDER BY."""
    names: set[str] = set()
    for clause in order_clauses(statement):
        for part in iterate(clause):
            if isinstance(part, ColumnClause):
                names.add(part.name)
    return names


def group_columns(statement: object) -> set[str]:
    """Return the names of the columns in GROUP BY; SQLAlchemy has no public name for them."""
    columns: tuple[Column[object], ...] = vars(statement).get("_group_by_clauses", ())
    return {column.name for column in columns}


def is_aggregate_function(part: Visitable) -> bool:
    return part.__visit_name__ == "function" and getattr(part, "name", "") in AGGREGATES


def is_aggregate_column(column: ColumnElement[object]) -> bool:
    """Return whether a column is the result of an aggregate function or of a subquery."""
    return any(
        isinstance(part, ScalarSelect) or is_aggregate_function(part) for part in iterate(column)
    )


def is_json_list(statement: AnySelect) -> bool:
    """Return whether the statement collects all rows in one JSON list."""
    columns = list(statement.selected_columns)
    if len(columns) != 1:
        return False

    return any(isinstance(part, JsonArrayAgg) for part in iterate(columns[0]))


def is_ordered_by_groups_of_subquery(statement: AnySelect) -> bool:
    """Return whether the rows of a grouped subquery are in the order of their groups."""
    ordered = ordered_columns(statement)
    for part in iterate(statement):
        if isinstance(part, Subquery):
            groups = group_columns(part.element)
            if groups and groups <= ordered:
                return True
    return False


def is_ordered_by_unique_key(statement: AnySelect) -> bool:
    """Return whether the order, with the columns that are given, has a unique key."""
    determined = columns_equal_to_values(statement) | ordered_columns(statement)
    if SQLITE_ROW_NUMBER in determined:
        return True
    tables: list[Table] = [part for part in iterate(statement) if isinstance(part, Table)]
    for table in tables:
        if any(key <= determined for key in unique_keys(table)):
            return True
    return False


def is_totally_ordered(statement: AnySelect) -> bool:
    """Return whether the statement finds at most one row, or no two rows have the same rank."""
    if is_json_list(statement):
        return True

    groups = group_columns(statement)
    if groups or all(is_aggregate_column(column) for column in statement.selected_columns):
        return groups <= ordered_columns(statement)

    names = {getattr(column, "name", "") for column in statement.selected_columns}
    if names <= ordered_columns(statement):
        return True  # two rows of the same rank are equal
    if getattr(statement, "_distinct", False):
        return False

    return is_ordered_by_groups_of_subquery(statement) or is_ordered_by_unique_key(statement)


def test_every_select_that_finds_many_rows_has_a_total_order() -> None:
    all_selects = selects()
    unordered = [name for name, select in all_selects.items() if not is_totally_ordered(select)]

    assert len(all_selects) >= MIN_SELECTS
    assert unordered == []
