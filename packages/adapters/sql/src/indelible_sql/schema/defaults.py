"""Defaults of columns: the values that rows from before a field have, and histories lack.

A host's table may get a field with a default. Its older changes do not contain it, and the release
before goes on without it: wherever a change is compared with a row, what the change lacks is the
default.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import NOTHING, AttrsInstance, fields_dict
from sqlalchemy import Column, ColumnElement, DefaultClause
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType, TypeEngine

from indelible.kernel import to_json_value
from indelible.kernel.decimals import with_places
from indelible.kernel.declarations import is_optional
from indelible_sql.schema.checks import literal
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.inline_domains import DecimalDomain

DEFAULT: Final = "default"  # the JSON value of a column's default, in its `info`


class ValueOf(ColumnElement[Any]):
    """A value as a database stores it in a column: its literal depends on the dialect."""

    inherit_cache = False
    type = NullType()

    def __init__(self, column_type: Any, value: object) -> None:
        self.column_type = column_type
        self.value = value


@compiles(ValueOf)
def _compile_value(element: ValueOf, compiler: SQLCompiler, **_: object) -> str:
    return stored_literal(element.column_type, element.value, compiler.dialect.name)


def stored_literal(column_type: TypeEngine[Any], value: object, dialect: str) -> str:
    """Return a value as a literal of what a column of a type stores."""
    if isinstance(column_type, Domain):
        value = column_type.stored(value, dialect)
    return literal(value, dialect)


def add_defaults(entity: type[AttrsInstance], columns: Iterable[Column[Any]]) -> None:
    """Give columns the defaults of their fields.

    None is the only one of a field that may be None, and a list or an object is none.
    """
    attributes = fields_dict(entity)
    for column in columns:
        attribute = attributes[column.name]
        if attribute.default in (None, NOTHING) or is_optional(attribute):
            continue
        default = _json_value(column, attribute.default)
        if isinstance(default, bool | int | str):
            column.server_default = DefaultClause(ValueOf(column.type, attribute.default))
            column.info[DEFAULT] = default


def value_in(column: Column[Any], data: Mapping[str, Any]) -> Any:
    """Return the JSON value of a column in the data of a change, its default where they lack it."""
    if column.name in data:
        return data[column.name]
    return column.info.get(DEFAULT)


def or_default(column: Column[Any], text: str, dialect: str) -> str:
    """Return the SQL of a column's text in the data of a change, or of its default."""
    default = column.info.get(DEFAULT)
    if default is None:
        return text
    if isinstance(default, bool):
        default = _flag_text(is_set=default, dialect=dialect)
    return f"coalesce({text}, {literal(str(default), dialect)})"


def _json_value(column: Column[Any], value: object) -> Any:
    if not isinstance(column.type, Domain):
        return to_json_value(value)
    if isinstance(column.type, DecimalDomain):
        value = with_places(value, places=column.type.places)
    return to_json_value(column.type.to_json(value))


def _flag_text(*, is_set: bool, dialect: str) -> str:
    """Return a flag as the database writes that of a JSON document."""
    if dialect == "sqlite":
        return str(int(is_set))
    return str(is_set).lower()
