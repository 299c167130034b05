"""Expressions that the databases write differently: texts as one parameter, values as one list."""

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

    def process_bind_param(
        self,
        value: Any,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> str:
        """Return the list as the database takes it."""
        return json.dumps(list(value), ensure_ascii=False)

    def process_result_value(
        self,
        value: Any,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> list[str]:
        """Return the list, empty for NULL."""
        if value is None:
            return []
        texts: list[str] = json.loads(value)
        return texts


class TextLines(TextList):
    """A list of texts without line breaks; PostgreSQL splits lines faster than it reads JSON."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Return the list as the database takes it."""
        texts = list(value)
        if dialect.name == "sqlite":
            return super().process_bind_param(texts, dialect)
        if texts == [""]:
            return "\n"  # PostgreSQL would split an empty text into no line at all
        return "\n".join(texts)


class DialectExpression(FunctionElement[Any]):
    """An expression with a template for each database; `{}` stands for an operand."""

    templates: ClassVar[Mapping[str, str]]


@compiles(DialectExpression)
def _compiled(element: DialectExpression, compiler: SQLCompiler, **options: Any) -> str:
    operands = [compiler.process(operand, **options) for operand in element.clauses]
    return element.templates[compiler.dialect.name].format(*operands)


class InJsonList(DialectExpression):
    """A column's value is one of a parameter's texts."""

    type = Boolean()
    inherit_cache = True
    templates: ClassVar = {
        "sqlite": "{} IN (SELECT value FROM json_each({}))",
        "postgresql": "{} = ANY(ARRAY(SELECT json_array_elements_text(CAST({} AS json))))",
    }

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the expression without a comparison.

        SQLAlchemy would compare it with 1, and SQLite then read the whole table instead of an
        index.
        """
        return self


class Contains(DialectExpression):
    """A text contains another, taken literally."""

    type = Boolean()
    inherit_cache = True
    templates: ClassVar = {
        "sqlite": "instr({}, {}) > 0",
        "postgresql": "strpos({}, {}) > 0",
    }

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the expression without a comparison."""
        return self


class AsciiLower(DialectExpression):
    """A text with its ASCII letters in lower case, and every other character as it is."""

    type = Text()
    inherit_cache = True
    templates: ClassVar = {
        "sqlite": "lower({})",
        "postgresql": 'lower({} COLLATE "C")',
    }


class InLines(InJsonList):
    """A column's value is one of a parameter's texts, none of which has a line break."""

    inherit_cache = True
    templates: ClassVar = {
        **InJsonList.templates,
        "postgresql": "{} = ANY(string_to_array({}, E'\\n'))",
    }


class JsonArrayAgg(DialectExpression):
    """The values of all rows as one JSON list."""

    type = TextList()
    inherit_cache = True
    templates: ClassVar = {
        "sqlite": "json_group_array({})",
        "postgresql": "CAST(json_agg({}) AS text)",
    }


def in_json_list(column: ColumnElement[Any], parameter: str) -> InJsonList:
    """Return the condition that the column's value is one of the parameter's texts."""
    return InJsonList(column, bindparam(parameter, type_=TextList()))


def in_lines(column: ColumnElement[Any], parameter: str) -> InLines:
    """Return the condition that the column's value is one of the parameter's texts.

    No text may have a line break.
    """
    return InLines(column, bindparam(parameter, type_=TextLines()))


def json_array_agg(value: ColumnElement[Any]) -> JsonArrayAgg:
    """Return the values of all rows as one list, in no order."""
    return JsonArrayAgg(value)
