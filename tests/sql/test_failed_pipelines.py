"""A pipeline that fails leaves a connection that can be used, in a transaction or in none.

psycopg takes a statement for prepared once it has sent it, also where the server has not read it.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
import pytest
from tests.conftest import POLICY
from tests.sql.test_checked_reads import accept, count_keys, divide, get_number

from indelible.kernel.checked_queries import CheckedQuery
from indelible.testing.stores import create, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, open_async_store, open_store
from indelible_sql.engine.errors import ValueUnstorable

ONE_CONNECTION = Pool(size=1, overflow=0)
IMPATIENT = "?options=-c%20lock_timeout%3D100ms"


@contextmanager
def locked(database: PostgresServer, table: str) -> Generator[None]:
    """Lock a table during the block."""
    with psycopg.connect(database.admin_url) as admin:
        admin.execute(f"LOCK TABLE indelible.{table}".encode())
        yield


def test_a_keyed_read(database: PostgresServer) -> None:
    store = open_store(database.url, policy=POLICY, pool=ONE_CONNECTION)
    store.read(get_number)  # it is prepared from the next time on
    with pytest.raises(ValueUnstorable):
        store.read(CheckedQuery(divide, accept, get_number))

    for _ in range(3):
        together = store.read(CheckedQuery(count_keys, accept, get_number))
        assert together == store.read(get_number) == [{"number": 1}]
    store.dispose()


def test_a_keyed_read_of_an_event_loop(database: PostgresServer) -> None:
    async def read() -> None:
        store = open_async_store(database.url, policy=POLICY, pool=ONE_CONNECTION)
        await store.read(get_number)
        with pytest.raises(ValueUnstorable):
            await store.read(CheckedQuery(divide, accept, get_number))

        for _ in range(3):
            together = await store.read(CheckedQuery(count_keys, accept, get_number))
            assert together == await store.read(get_number) == [{"number": 1}]
        await store.dispose()

    asyncio.run(read())


def test_a_page_of_the_feed(database: PostgresServer) -> None:
    store = open_store(database.url + IMPATIENT, policy=POLICY, pool=ONE_CONNECTION)
    create(store)
    store.feed()
    with locked(database, "history"):
        error = refusal(store.feed)
    assert error is not None
    assert error.code == "STORE_TIMEOUT"

    for _ in range(3):
        assert len(store.feed().changes) == 1
    store.dispose()
