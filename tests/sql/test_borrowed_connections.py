"""A store joins a transaction that another library has opened on its driver's connection."""

import sqlite3
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from attrs import frozen
from psycopg.rows import dict_row
from psycopg.types.string import TextLoader
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from tests.databases import create_database
from tests.examples.tickets import Ticket, tickets

from indelible import concepts
from indelible.kernel import Head, IndelibleError, UsageError
from indelible.testing.stores import MAYA, RATIO
from indelible_service.embedded import APP, PostgresServer
from indelible_sql import (
    AsyncSqlStore,
    SqlStore,
    borrow_connection,
    enable_foreign_keys,
    open_async_store,
    open_store,
    verify,
)
from indelible_sql.engine.borrowed import DriverUnsupported, NoOpenTransaction
from indelible_sql.engine.identity import WrongDatabase
from indelible_sql.schema.migrate import SchemaOutOfDate

BEGIN = "BEGIN"


@frozen
class Host:
    """A database, and how another library connects to it."""

    store: SqlStore
    connect: Callable[[], Any]
    connect_owner: Callable[[], Any]


def on_sqlite(path: Path) -> sqlite3.Connection:
    """Connect as Django does, with the rows of a host."""
    types = sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES
    connection = sqlite3.connect(path, isolation_level=None, detect_types=types)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def on_postgresql(url: str) -> "psycopg.Connection[Any]":
    """Connect with the loaders and rows of a host; a session of Django reads `jsonb` as text."""
    connection: psycopg.Connection[Any] = psycopg.connect(url, autocommit=True)
    connection.row_factory = dict_row
    connection.adapters.register_loader("jsonb", TextLoader)
    connection.adapters.register_loader("timestamptz", TextLoader)
    connection.execute("SET TimeZone = 'Asia/Kolkata'")
    return connection


@pytest.fixture(params=["sqlite", "postgresql"])
def host(request: pytest.FixtureRequest) -> Generator[Host]:
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        path = Path(url.removeprefix("sqlite:///"))
        store = open_store(url, contexts=(tickets,))
        yield Host(store, lambda: on_sqlite(path), lambda: on_sqlite(path))
    else:
        server: PostgresServer = request.getfixturevalue("database")
        store = open_store(server.url, contexts=(tickets,))
        yield Host(
            store,
            lambda: on_postgresql(server.url),
            lambda: on_postgresql(server.owner_url),
        )
    store.dispose()


@pytest.fixture
def upgraded(host: Host) -> Host:
    with closing(host.connect_owner()) as owner:
        owner.execute(BEGIN)
        host.store.upgrade(connection=borrow_connection(owner))
        owner.execute("COMMIT")
    return host


def open_ticket(host: Host, connection: Any, number: str = "T-1") -> Head[Ticket]:  # noqa: ANN401 - of two drivers
    """Open a ticket in the transaction of a driver's connection."""
    borrowed = borrow_connection(connection)
    with host.store.transaction(actor=MAYA, reason="call", connection=borrowed) as tx:
        command = Ticket.open(number=number, title="Fire")
        return tickets.get(tx, tickets.execute(tx, command).id)


@pytest.mark.slow
def test_the_owner_of_the_transaction_commits_both(upgraded: Host) -> None:
    before = datetime.now(UTC)
    with closing(upgraded.connect()) as connection:
        connection.execute(BEGIN)
        opened = open_ticket(upgraded, connection)
        assert upgraded.store.read(tickets.list) == ()
        connection.execute("COMMIT")

    assert upgraded.store.read(tickets.list) == (opened,)
    assert before < opened.entity.created_at < datetime.now(UTC)
    assert [change.actor for change in upgraded.store.read(tickets.history, opened.id)] == [MAYA]
    assert verify(upgraded.store) == ()


@pytest.mark.slow
def test_the_owner_of_the_transaction_rolls_back_both(upgraded: Host) -> None:
    with closing(upgraded.connect()) as connection:
        connection.execute(BEGIN)
        open_ticket(upgraded, connection)
        connection.execute("ROLLBACK")

        connection.execute(BEGIN)
        connection.execute("SAVEPOINT inner_block")
        open_ticket(upgraded, connection)
        connection.execute("ROLLBACK TO inner_block")
        outer = open_ticket(upgraded, connection, "T-2")
        connection.execute("COMMIT")

    assert upgraded.store.read(tickets.list) == (outer,)
    assert len(upgraded.store.feed().changes) == 1
    assert verify(upgraded.store) == ()


@pytest.mark.slow
def test_a_connection_without_a_transaction_is_refused(upgraded: Host) -> None:
    with (
        closing(upgraded.connect()) as connection,
        pytest.raises(NoOpenTransaction, match="autocommit"),
    ):
        open_ticket(upgraded, connection)

    assert upgraded.store.feed().changes == ()


@pytest.mark.slow
def test_a_rolled_back_upgrade_leaves_nothing(host: Host) -> None:
    with closing(host.connect_owner()) as owner:
        owner.execute(BEGIN)
        host.store.upgrade(connection=borrow_connection(owner))
        owner.execute("ROLLBACK")

        owner.execute(BEGIN)
        with pytest.raises(IndelibleError) as refused:
            open_ticket(host, owner)
        owner.execute("ROLLBACK")

    assert refused.value.code == "LIFECYCLE_DIFFERS"


@pytest.mark.slow
def test_an_upgrade_gives_the_transaction_its_settings_back(database: PostgresServer) -> None:
    settings = "SELECT name, setting FROM pg_settings WHERE category <> 'Customized Options'"
    store = open_store(database.url, contexts=(tickets,))
    with closing(on_postgresql(database.owner_url)) as owner:
        owner.execute(BEGIN)
        before = owner.execute(settings).fetchall()
        store.upgrade(connection=borrow_connection(owner))
        after = owner.execute(settings).fetchall()
        owner.execute("ROLLBACK")
    store.dispose()

    assert after == before


@pytest.mark.slow
def test_a_borrowed_connection_ends_no_transaction(upgraded: Host) -> None:
    with closing(upgraded.connect()) as connection:
        connection.execute(BEGIN)
        with borrow_connection(connection) as borrowed:
            borrowed.execute(text("SELECT 1"))
            with pytest.raises(UsageError):
                borrowed.commit()
        opened = open_ticket(upgraded, connection)
        connection.execute("COMMIT")

    assert upgraded.store.read(tickets.get, opened.id) == opened


@pytest.mark.slow
def test_a_connection_to_another_database_is_refused(
    upgraded: Host, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    others = [on_sqlite(tmp_path / "other.db"), on_sqlite(Path(":memory:"))]
    connections: list[Any] = list(others)
    if upgraded.store.engines.writer.dialect.name == "postgresql":
        server: PostgresServer = request.getfixturevalue("server")
        connections.append(on_postgresql(create_database(server, "another_database").url))

    for connection in connections:
        connection.execute(BEGIN)
        with pytest.raises(WrongDatabase):
            open_ticket(upgraded, connection)
        with pytest.raises(WrongDatabase):
            upgraded.store.upgrade(connection=borrow_connection(connection))
        connection.close()


def test_a_schema_that_was_not_upgraded_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    with closing(on_sqlite(path)) as connection:
        host = Host(open_store(f"sqlite:///{path}"), lambda: connection, lambda: connection)
        connection.execute("BEGIN")
        with pytest.raises(SchemaOutOfDate):
            open_ticket(host, connection)
        host.store.dispose()


def test_what_is_no_connection_of_a_known_driver_is_refused(upgraded: Host) -> None:
    for connection in (None, object(), create_engine("sqlite://")):
        with pytest.raises(DriverUnsupported):
            borrow_connection(connection)
    with closing(upgraded.connect()) as connection:
        connection.execute(BEGIN)
    with pytest.raises(NoOpenTransaction, match="closed"):
        borrow_connection(connection)


def test_an_aborted_transaction_is_refused(database: PostgresServer) -> None:
    with closing(psycopg.connect(database.url)) as connection:
        with pytest.raises(psycopg.errors.DivisionByZero):
            connection.execute("SELECT 1 / 0")
        with pytest.raises(NoOpenTransaction, match="aborted"):
            borrow_connection(connection)


@pytest.fixture(params=["sqlite_url", "database"])
async def awaited(request: pytest.FixtureRequest) -> AsyncGenerator[tuple[AsyncSqlStore, str]]:
    fixture: str | PostgresServer = request.getfixturevalue(request.param)
    url = fixture if isinstance(fixture, str) else fixture.url
    store = open_async_store(url)
    yield store, url.replace("sqlite:", "sqlite+aiosqlite:").replace("ql:", "ql+psycopg:")
    await store.dispose()


async def test_an_awaited_transaction_is_joined(awaited: tuple[AsyncSqlStore, str]) -> None:
    store, url = awaited
    engine = create_async_engine(url)
    enable_foreign_keys(engine.sync_engine)
    async with engine.connect() as mine:
        for _ in range(2):
            async with store.transaction(actor=MAYA, reason="plan", connection=mine) as tx:
                await tx.run(concepts.create_concept, concepts.CreateConcept(content=RATIO))
            assert (await store.feed()).changes == ()
            await mine.rollback()

        async with store.transaction(actor=MAYA, reason="plan", connection=mine) as tx:
            await tx.run(concepts.create_concept, concepts.CreateConcept(content=RATIO))
        await mine.commit()
    await engine.dispose()

    assert len((await store.feed()).changes) == 1


async def test_an_awaited_connection_of_another_driver_is_refused(database: PostgresServer) -> None:
    store = open_async_store(database.url)
    engine = create_async_engine(database.url.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.connect() as mine:
        with pytest.raises(DriverUnsupported, match="asyncpg"):
            await store.transaction(actor=MAYA, reason="plan", connection=mine).__aenter__()
    await engine.dispose()
    await store.dispose()


def test_an_upgrade_takes_wider_privileges_from_the_application(database: PostgresServer) -> None:
    privileges = "SELECT has_table_privilege(current_user, 'tickets', 'DELETE, TRUNCATE, UPDATE')"
    wider = f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO {APP}"
    store = open_store(database.url, contexts=(tickets,))
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(wider)
        store.upgrade(connection=borrow_connection(owner))
    store.dispose()

    with psycopg.connect(database.url) as connection:
        assert connection.execute(privileges).fetchone() == (False,)
