"""One condition for both databases: a column is among a list of texts that comes as one parameter."""

import json
from typing import Any

from sqlalchemy import ARRAY, Boolean, Column, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class TextList(TypeDecorator[Any]):
    """An array on PostgreSQL, a JSON array on SQLite: one parameter whatever its length."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that the driver sees."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(Text()))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The list as the database takes it."""
        return json.dumps(list(value)) if dialect.name == "sqlite" else list(value)


class Among(FunctionElement[bool]):
    """Whether a column's value is one of a parameter's texts."""

    type = Boolean()
    inherit_cache = True


@compiles(Among, "sqlite")
def _on_sqlite(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"


@compiles(Among, "postgresql")
def _on_postgresql(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY({texts})"


def among(column: Column[Any], parameter: str) -> Among:
    """Whether the column's value is one of the parameter's texts."""
    return Among(column, bindparam(parameter, type_=TextList()))
