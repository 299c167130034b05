"""Test that a query declared as a single statement is refused anything else."""

from collections.abc import Generator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.sql.statements import Trace, on_postgresql, on_sqlite

from indelible import concepts
from indelible.kernel import (
    UsageError,
)
from indelible.kernel.transaction import single_statement
from indelible.testing.stores import create, edit
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading


@pytest.fixture
def postgresql_trace(database: PostgresServer) -> Generator[Trace]:
    with on_postgresql(database, prepare=True) as trace:
        trace.store.feed()  # opens the connection and checks the database
        yield trace


@pytest.fixture
def sqlite_trace(sqlite_url: str) -> Generator[Trace]:
    with on_sqlite(sqlite_url) as trace:
        trace.store.feed()
        yield trace


@pytest.fixture(params=[pytest.param("postgresql_trace", marks=pytest.mark.slow), "sqlite_trace"])
def trace(request: pytest.FixtureRequest) -> Trace:
    trace: Trace = request.getfixturevalue(request.param)
    return trace


def test_a_second_statement_is_refused(trace: Trace) -> None:
    saved = create(trace.store)

    @single_statement
    def read_twice(tx: SqlReading) -> None:
        concepts.get_concept(tx, saved.concept.id)
        edit(trace.store, saved)
        concepts.get_concept(tx, saved.concept.id)

    with pytest.raises(UsageError, match="second statement"):
        trace.store.read(read_twice)


def test_the_connection_of_a_single_statement_is_refused(trace: Trace) -> None:
    @single_statement
    def read(tx: SqlReading) -> object:
        return tx.connection.scalar(text("SELECT 1"))

    with pytest.raises(UsageError, match="no connection"):
        trace.store.read(read)


def test_a_single_statement_that_writes_is_refused(trace: Trace) -> None:
    @single_statement
    def write(tx: SqlReading) -> object:
        return tx.session.run(text("DELETE FROM history"), {})

    with pytest.raises(UsageError, match="no SELECT"):
        trace.store.read(write)


def test_a_query_of_several_statements_cannot_write(trace: Trace) -> None:
    prefix = "" if trace.store.engines.reader.dialect.name == "sqlite" else "indelible."

    def write(tx: SqlReading) -> object:
        return tx.connection.execute(text(f"DELETE FROM {prefix}tasks"))

    with pytest.raises(DBAPIError, match=r"read-only|readonly"):
        trace.store.read(write)
