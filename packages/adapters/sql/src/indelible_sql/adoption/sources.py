"""The older table of a host, from which rows are adopted: its name, its key and its pages."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeAlias

from attrs import frozen
from sqlalchemy import (
    Connection,
    Select,
    Table,
    column,
    inspect,
    select,
    table,
    tuple_,
)
from sqlalchemy.types import NullType

from indelible.kernel.values import value_text
from indelible_sql.adoption.errors import SourceKeyMissing, SourceMissing
from indelible_sql.schema.guard import HOST_SCHEMA

# A table of SQLAlchemy, its name, or a class of its ORM or of Django's.
Source: TypeAlias = Table | str | type[Any]
SourceRow: TypeAlias = Mapping[str, Any]  # the driver's values by the names of the columns
Key: TypeAlias = tuple[Any, ...]  # the driver's values of a row's primary key

ESCAPES: Final = {"%": "%25", "/": "%2F"}  # in the parts of a key of several columns


@frozen(slots=False)
class SourceTable:
    """A table as the database has it; `schema` is None on SQLite."""

    name: str
    schema: str | None
    column_names: tuple[str, ...]
    key_names: tuple[str, ...]

    @property
    def label(self) -> str:
        """Return the name as messages and statements have it."""
        return self.name if self.schema is None else f"{self.schema}.{self.name}"

    @cached_property
    def table(self) -> Any:
        """Return the table for statements; its values are those of the driver."""
        columns = [column(name, NullType()) for name in self.column_names]
        return table(self.name, *columns, schema=self.schema)

    def page(self, after: Key | None, limit: int) -> Select[Any]:
        """Return the query of the next rows after a key, in order of the key."""
        keys = [self.table.c[name] for name in self.key_names]
        statement = select(self.table).order_by(*keys).limit(limit)
        for key in keys:
            statement = statement.where(key.is_not(None))
        if after is not None:
            statement = statement.where(tuple_(*keys) > tuple_(*after))
        return statement

    def without_key(self) -> Select[Any]:
        """Return the query of the rows whose key has no value, which SQLite allows."""
        statement = select(self.table)
        is_missing = [self.table.c[name].is_(None) for name in self.key_names]
        condition = is_missing[0]
        for other in is_missing[1:]:
            condition = condition | other
        return statement.where(condition)

    def key_of(self, row: SourceRow) -> Key:
        """Return the key of a row."""
        return tuple(row[name] for name in self.key_names)


def key_text(key: Key) -> str:
    """Return a key as one text, different for different keys."""
    if len(key) == 1:
        return str(key[0])

    parts: list[str] = []
    for part in key:
        text = str(part)
        for character, escape in ESCAPES.items():
            text = text.replace(character, escape)
        parts.append(text)
    return "/".join(parts)


def find_source(connection: Connection, source: Source) -> SourceTable:
    """Return the table as the database has it.

    Raises:
        SourceMissing: There is none of the name.
        SourceKeyMissing: It has no primary key.
    """
    schema, name = _name_of(source)
    if connection.dialect.name != "sqlite":
        schema = schema or HOST_SCHEMA
    inspector = inspect(connection)
    label = name if schema is None else f"{schema}.{name}"
    if not inspector.has_table(name, schema=schema):
        raise SourceMissing(label)

    key_names: Sequence[str] = inspector.get_pk_constraint(name, schema=schema)[
        "constrained_columns"
    ]
    if not key_names:
        raise SourceKeyMissing(label)
    columns = inspector.get_columns(name, schema=schema)
    return SourceTable(name, schema, tuple(one["name"] for one in columns), tuple(key_names))


def _name_of(source: Source) -> tuple[str | None, str]:
    """Return the schema and the name of a table, whatever it is named by."""
    if isinstance(source, Table):
        return source.schema, source.name
    if isinstance(source, str):
        schema, _, name = source.rpartition(".")
        return schema or None, name
    mapped = getattr(source, "__table__", None)  # a class of SQLAlchemy's ORM
    if isinstance(mapped, Table):
        return mapped.schema, mapped.name
    options = getattr(source, "_meta", None)  # a model of Django
    db_table = getattr(options, "db_table", None)
    if not isinstance(db_table, str):
        raise SourceMissing(value_text(source))
    return None, db_table.strip('"')
