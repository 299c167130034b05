"""Helpers of the tests of a failing database."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url
from tests.sql.conftest import code

from indelible import concepts
from indelible.testing.stores import MAYA, RATIO, create
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore

CREATE = concepts.CreateConcept(content=RATIO)


@contextmanager
def as_admin(database: PostgresServer) -> Generator[psycopg.Connection[Any]]:
    """Connect as the administrator of the server."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        yield connection


def wait_until_one_waits(database: PostgresServer) -> None:
    """Return once a statement waits for a lock."""
    wait_until_one_waits_or(database, lambda: False)


def wait_until_one_waits_or(database: PostgresServer, is_done: Callable[[], bool]) -> None:
    """Return once a statement waits for a lock, or something else is done."""
    with as_admin(database) as admin:
        waiting = None
        while waiting is None and not is_done():
            waiting = admin.execute(
                "SELECT 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).fetchone()


def execute_on_sqlite(url: str, statement: str) -> None:
    """Execute a statement in a file, without a store."""
    path = make_url(url).database or ""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def set_on_database(database: PostgresServer, name: str, value: str) -> None:
    """Set a setting for new sessions of the database."""
    database_name = Identifier(database.url.rpartition("/")[2])
    statement = SQL("ALTER DATABASE {} SET {} = {}").format(database_name, Identifier(name), value)
    with as_admin(database) as admin:
        admin.execute(statement)


def enable_foreign_keys(connection: sqlite3.Connection, _: object) -> None:
    """Check foreign keys in a connection of a host's engine."""
    connection.execute("PRAGMA foreign_keys = ON")


def create_in_block(store: SqlStore) -> None:
    """Create a concept in a transaction block."""
    with store.transaction(actor=MAYA, reason="a block") as tx:
        concepts.create_concept(tx, CREATE)


def codes_of_all_access(store: SqlStore) -> set[str]:
    """Return the error codes of a command, a block, a query and the feed; '' is a success."""
    attempts: tuple[Callable[[], object], ...] = (
        lambda: create(store),
        lambda: create_in_block(store),
        lambda: store.read(concepts.get_concept, "c-1"),
        store.feed,
    )
    return {code(attempt) for attempt in attempts}
