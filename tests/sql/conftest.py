"""Fixtures of stores with the real clock and real ids, because stores share a database."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, ParamSpec

import pytest
from tests.conftest import POLICY
from tests.sql.proxy import Proxy, proxy_to
from tests.sql.set_time import SetTime, postgresql_in_set_time, replace_on_sqlite

from indelible.kernel import IndelibleError
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlStore, open_store

P = ParamSpec("P")


def code(attempt: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> str:
    """Return the code of the error that the attempt raises, or '' if it raises none."""
    try:
        attempt(*args, **kwargs)
    except IndelibleError as error:
        return error.code

    return ""


def codes_of(*attempts: Callable[[], Any]) -> list[str]:
    """Start the attempts at once; return the code of each one's error, or '' for success."""
    start = Barrier(len(attempts))

    def wait_and_attempt(attempt: Callable[[], Any]) -> str:
        start.wait()
        return code(attempt)

    with ThreadPoolExecutor(len(attempts)) as threads:
        return list(threads.map(wait_and_attempt, attempts))


@contextmanager
def opened(url: str) -> Generator[SqlStore]:
    """Open a store during the block."""
    store = open_store(url, policy=POLICY)
    try:
        yield store
    finally:
        store.dispose()


@pytest.fixture
def postgresql(database: PostgresServer) -> Generator[SqlStore]:
    """Open a store on PostgreSQL."""
    with opened(database.url) as store:
        yield store


@pytest.fixture
def proxy(database: PostgresServer) -> Generator[Proxy]:
    """Run a proxy before a migrated database, which counts and breaks what is sent."""
    with proxy_to(database.host, database.port) as proxy:
        yield proxy


@contextmanager
def opened_through(proxy: Proxy, url: str, **pool: int) -> Generator[SqlStore]:
    """Open a store whose connections go through a proxy, and have sent their first statements.

    Statements are not prepared, since the first use of a prepared statement waits once more. `pool`
    are settings of the pool.
    """
    settings = Pool(prepare=False, **pool)
    store = open_store(proxy.url(url), policy=POLICY, pool=settings)
    store.feed()  # the database is checked once
    with store.engines.writer.connect():
        pass
    yield store
    store.dispose()


@pytest.fixture
def sqlite(sqlite_url: str) -> Generator[SqlStore]:
    """Open a store on SQLite."""
    with opened(sqlite_url) as store:
        yield store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest) -> SqlStore:
    """Open a store on each database."""
    store: SqlStore = request.getfixturevalue(request.param)
    return store


@pytest.fixture(params=["sqlite", "postgresql"])
def simulated(request: pytest.FixtureRequest) -> Generator[tuple[SqlStore, SetTime]]:
    """Return a store in the year 2031, and its clock."""
    clock = SetTime()
    if request.param == "sqlite":
        store: SqlStore = request.getfixturevalue("sqlite")
        replace_on_sqlite(store, clock)
        store.clock = clock
        yield store, clock
        return

    server: PostgresServer = request.getfixturevalue("server")
    with postgresql_in_set_time(server, clock) as store:
        yield store, clock
