"""Heads and history without constraints, and only with the guards of the fields of actions.

Each state of each head can be written at once there.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Table,
    create_engine,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import CreateSchema
from sqlalchemy.types import TypeEngine

from indelible.captures.entities.vectors import Vector
from indelible.testing.stores import BEGINNING, FAR
from indelible.testing.tokens.scenarios import chain_hash, wallet
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema import columns
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.guard import Guard, guard_statements
from indelible_sql.schema.tables import HISTORY
from indelible_sql.tokens import columns as token_columns

RULE: Final = "keeps_fields"
VALUES_BY_KIND: Final[Mapping[type[TypeEngine[Any]], Sequence[Any]]] = {
    BigInteger: (0, 1),
    DateTime: (BEGINNING, FAR),
    ARRAY: (Vector((1.0, 0.0)), Vector((0.0, 1.0))),
    JSONB: ({"is": "before"}, {"is": "after"}),
}
VALUES_BY_DOMAIN: Final[Mapping[TypeEngine[Any], Sequence[Any]]] = {
    columns.JSON_ARRAY: (["before"], ["after"]),
    token_columns.WALLET: (wallet(1), wallet(2)),
    token_columns.CHAIN_HASH: (chain_hash(1), chain_hash(2)),
}


def field_guards(dialect: str) -> list[Guard]:
    """Return the guards of the fields that actions keep."""
    return [guard for guard in CATALOG.guards(dialect) if guard.rule.startswith(RULE)]


def create_bare_tables(connection: Connection) -> None:
    """Create the heads and history without constraints, and the guards of fields."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(CreateSchema(SCHEMA))
    metadata = MetaData()
    for table in (*CATALOG.heads, HISTORY):
        bare = [Column(column.name, stored_type(column, connection)) for column in table.columns]
        Table(table.name, metadata, *bare, schema=table.schema)
    metadata.create_all(connection)
    for guard in field_guards(dialect):
        for statement in guard_statements(guard, dialect):
            connection.exec_driver_sql(statement)


def stored_type(column: Column[Any], connection: Connection) -> TypeEngine[Any]:
    """Return the type of a column in a database, without the rules of its domain."""
    if isinstance(column.type, Domain):
        return column.type.load_dialect_impl(connection.dialect)
    return column.type


def is_vector(column: Column[Any]) -> bool:
    """Return whether a column holds a vector, which has another form in history."""
    return isinstance(column.type, Domain) and isinstance(column.type.native, ARRAY)


def two_values(column: Column[Any]) -> Sequence[Any]:
    """Return two values of a column."""
    if column.type in VALUES_BY_DOMAIN:
        return VALUES_BY_DOMAIN[column.type]

    native = column.type.native if isinstance(column.type, Domain) else column.type
    for kind, values in VALUES_BY_KIND.items():
        if isinstance(native, kind):
            return values
    return "before", "after"


def engine_of(url: str) -> Engine:
    """Return an engine whose statements name the schema on PostgreSQL."""
    schema = None if url.startswith("sqlite") else SCHEMA
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    return engine.execution_options(schema_translate_map={SCHEMA: schema})
