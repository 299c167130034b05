"""What the databases say in different words: a list of texts as one parameter, and many values as one list."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import Boolean, ColumnElement, Dialect, Text, TypeDecorator, bindparam
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


class DialectExpression(FunctionElement[Any]):
    """What each database says in words of its own, around the same parts."""

    words: ClassVar[Mapping[str, str]]


@compiles(DialectExpression)
def _said(element: DialectExpression, compiler: SQLCompiler, **options: Any) -> str:
    parts = (compiler.process(each, **options) for each in element.clauses)
    return element.words[compiler.dialect.name].format(*parts)


class InJsonList(DialectExpression):
    """Whether a column's value is one of a parameter's texts."""

    type = Boolean()
    inherit_cache = True
    words: ClassVar = {
        "sqlite": "{} IN (SELECT value FROM json_each({}))",
        "postgresql": "{} = ANY(ARRAY(SELECT json_array_elements_text(CAST({} AS json))))",
    }

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - whatever it stands beside
        """As it is: SQLAlchemy would compare it with 1, and SQLite then read the whole table instead of an index."""
        return self


class JsonArrayAgg(DialectExpression):
    """A value in all rows."""

    type = TextList()
    inherit_cache = True
    words: ClassVar = {"sqlite": "json_group_array({})", "postgresql": "CAST(json_agg({}) AS text)"}


def in_json_list(column: ColumnElement[Any], parameter: str) -> InJsonList:
    """Whether the column's value is one of the parameter's texts."""
    return InJsonList(column, bindparam(parameter, type_=TextList()))


def json_array_agg(value: ColumnElement[Any]) -> JsonArrayAgg:
    """The values in all rows, in no order."""
    return JsonArrayAgg(value)
