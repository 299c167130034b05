"""What the databases say in different words: a list of texts as one parameter, and many values as one list."""

import json
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class TextList(TypeDecorator[list[str]]):
    """A list of texts as one JSON text: one parameter whatever its length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002 - the same for both
        """The list as the database takes it."""
        return json.dumps(list(value), ensure_ascii=False)

    def process_result_value(self, value: Any, dialect: Dialect) -> list[str]:  # noqa: ARG002 - the same for both
        """The list, or an empty one for nothing."""
        return [] if value is None else json.loads(value)


class Among(FunctionElement[bool]):
    """Whether a column's value is one of a parameter's texts."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - whatever it stands beside
        """As it is: SQLAlchemy would compare it with 1, and SQLite then read the whole table instead of an index."""
        return self


class Gathered(FunctionElement[list[str]]):
    """A value in all rows."""

    type = TextList()
    inherit_cache = True


@compiles(Among, "sqlite")
def _among_on_sqlite(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"


@compiles(Among, "postgresql")
def _among_on_postgresql(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY(ARRAY(SELECT json_array_elements_text(CAST({texts} AS json))))"


@compiles(Gathered, "sqlite")
def _gathered_on_sqlite(element: Gathered, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


@compiles(Gathered, "postgresql")
def _gathered_on_postgresql(element: Gathered, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(json_agg({compiler.process(element.clauses, **options)}) AS text)"


def among(column: Column[Any], parameter: str) -> Among:
    """Whether the column's value is one of the parameter's texts."""
    return Among(column, bindparam(parameter, type_=TextList()))


def gathered(value: ColumnElement[Any]) -> Gathered:
    """The values in all rows, in no order."""
    return Gathered(value)
