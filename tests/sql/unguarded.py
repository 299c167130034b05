"""Statements of the owner of a database past every guard, which is there again afterwards."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager

from sqlalchemy import Connection, NullPool, create_engine

from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.guard import guards_disabled


@contextmanager
def as_owner(url: str) -> Generator[tuple[Connection, str]]:
    """Open a transaction of the owner, and yield it with the prefix of each table."""
    address = url.replace("postgresql://", "postgresql+psycopg://")
    with create_engine(address, poolclass=NullPool).begin() as connection:
        yield connection, "" if connection.dialect.name == "sqlite" else f"{SCHEMA}."


def execute_unguarded(url: str, statements: Iterable[str], catalog: Catalog = CATALOG) -> None:
    """Execute statements as the owner, with `{prefix}` before each table."""
    with as_owner(url) as (connection, prefix):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        guards = list(catalog.guards(connection.dialect.name))
        with guards_disabled(connection, SCHEMA, guards):
            for statement in statements:
                connection.exec_driver_sql(statement.format(prefix=prefix))
