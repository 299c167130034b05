"""A host program with an engine and a table of its own."""

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from attrs import frozen
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    insert,
    select,
)
from tests.conftest import POLICY
from tests.feeds import changes

from indelible_service.embedded import APP, PostgresServer
from indelible_sql import SqlStore, enable_foreign_keys, open_store

ORDERS = Table("orders", MetaData(), Column("id", Integer, primary_key=True), Column("name", Text))
INSERT_ORDER = insert(ORDERS).values(id=1, name="first")


@frozen
class Host:
    """A host with an engine and a table of its own, and a store on the engine."""

    engine: Engine
    store: SqlStore

    def count_orders(self) -> int:
        """Return the number of committed orders."""
        with self.engine.connect() as connection:
            return len(connection.execute(select(ORDERS.c.id)).all())

    def count_changes(self) -> int:
        """Return the number of committed changes of the store."""
        return len(changes(self.store))


def psycopg_url(database: PostgresServer) -> str:
    """Return the address for an engine with the driver psycopg."""
    return database.url.replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def host_on_sqlite(url: str) -> Generator[Host]:
    """Create a host on a SQLite file, whose connections check foreign keys."""
    engine = create_engine(url)
    enable_foreign_keys(engine)
    ORDERS.metadata.create_all(engine)
    yield Host(engine, open_store(engine=engine, policy=POLICY))
    engine.dispose()


@contextmanager
def host_on_postgresql(database: PostgresServer) -> Generator[Host]:
    """Create a host on PostgreSQL, with a table of orders in each of two schemas."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for schema in ("public", "tenant"):
            table = f"{schema}.orders"
            admin.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}".encode())
            admin.execute(f"CREATE TABLE {table} (id integer PRIMARY KEY, name text)".encode())
            admin.execute(f"GRANT USAGE ON SCHEMA {schema} TO {APP}".encode())
            admin.execute(f"GRANT ALL ON {table} TO {APP}".encode())

    engine = create_engine(psycopg_url(database), pool_size=1, max_overflow=4)
    yield Host(engine, open_store(engine=engine, policy=POLICY))
    engine.dispose()
