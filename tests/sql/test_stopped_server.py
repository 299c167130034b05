"""Test that a server that hangs costs each caller its limit, and that the store recovers."""

import asyncio
import socket
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Final

import pytest
from tests.conftest import POLICY, copy_cluster, folder
from tests.sql.conftest import code
from tests.sql.faults import CREATE, create_in_block
from tests.stopped import stopped

from indelible import concepts
from indelible.testing.stores import MAYA, create, edit
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import Pool, SqlStore, open_async_store, open_store, verify
from indelible_sql.engine.limited_connections import LimitedAsyncConnection, LimitedConnection

LIMITS = Pool(size=2, overflow=1, connect_seconds=2, statement_seconds=1)
# A connection from the pool, a statement, a new connection, and the look-up of a lost COMMIT.
MAX_SECONDS = 40
CALLERS = 6


@pytest.fixture(scope="module")
def own_server(cluster: Path) -> Generator[PostgresServer]:
    with (
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False) as server,
    ):
        store = open_store(server.url, policy=POLICY)
        store.upgrade(server.owner_url)
        store.dispose()
        yield server


@pytest.fixture
def limited(own_server: PostgresServer) -> Generator[SqlStore]:
    store = open_store(own_server.url, policy=POLICY, pool=LIMITS)
    yield store
    store.dispose()


@contextmanager
def silent_server() -> Generator[str]:
    """Accept connections and never answer; yield the address of a database there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"postgresql://indelible_app@127.0.0.1:{listener.getsockname()[1]}/indelible"


@pytest.mark.slow
def test_every_call_on_a_stopped_server_ends_and_the_store_recovers(
    own_server: PostgresServer, limited: SqlStore
) -> None:
    saved = create(limited)
    entity_id = saved.concept.id
    calls: tuple[Callable[[], object], ...] = (
        lambda: limited.read(concepts.get_concept, entity_id),
        lambda: limited.read(concepts.list_history, entity_id),
        lambda: create(limited),
        lambda: create_in_block(limited),
        limited.feed,
        lambda: edit(limited, saved),
    )
    assert len(calls) == CALLERS

    with ThreadPoolExecutor(CALLERS) as threads:
        list(threads.map(SqlStore.feed, [limited] * CALLERS))  # fills the pool
        with stopped(own_server.child):
            start = monotonic()
            codes = set(threads.map(code, calls))
            seconds = monotonic() - start

    assert codes <= {"STORE_UNREACHABLE", "NO_CONNECTION_FREE"}
    assert seconds < MAX_SECONDS
    assert limited.read(concepts.get_concept, entity_id).seq == 1
    assert edit(limited, saved).seq == 2
    assert verify(limited) == ()


def test_a_transaction_that_is_open_when_the_server_stops_ends(
    own_server: PostgresServer, limited: SqlStore
) -> None:
    def create_while_stopped() -> None:
        with limited.transaction(actor=MAYA, reason="is stopped") as tx:
            concepts.create_concept(tx, CREATE)
            with stopped(own_server.child):
                tx.history.feed(after="", limit=1)

    before = len(limited.feed().changes)
    start = monotonic()
    assert code(create_while_stopped) == "STORE_UNREACHABLE"

    assert monotonic() - start < MAX_SECONDS
    assert len(limited.feed().changes) == before


def test_a_server_that_accepts_and_never_answers_is_unreachable() -> None:
    with silent_server() as url:
        store = open_store(url, policy=POLICY, pool=LIMITS)
        start = monotonic()
        assert code(store.feed) == "STORE_UNREACHABLE"
        assert code(create, store) == "STORE_UNREACHABLE"
        assert code(store.upgrade, url) == "STORE_UNREACHABLE"
        assert monotonic() - start < MAX_SECONDS


async def test_an_asyncio_store_has_the_same_limits(own_server: PostgresServer) -> None:
    store = open_async_store(own_server.url, policy=POLICY, pool=LIMITS)
    await store.feed()
    start = monotonic()
    with stopped(own_server.child):
        results = await asyncio.gather(
            *(store.feed() for _ in range(CALLERS)), return_exceptions=True
        )

    codes = {getattr(result, "code", "") for result in results}
    assert codes <= {"STORE_UNREACHABLE", "NO_CONNECTION_FREE"}
    assert monotonic() - start < MAX_SECONDS
    await store.feed()
    await store.dispose()


def recorded_limits(
    monkeypatch: pytest.MonkeyPatch, kind: type[LimitedConnection | LimitedAsyncConnection]
) -> list[float | None]:
    """Return a list that receives the limit of each reply that a connection waits for."""
    limits: list[float | None] = []
    wait = kind.wait

    def recording(connection: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - of psycopg
        limits.append(connection.limit_seconds)
        return wait(connection, *arguments, **options)

    monkeypatch.setattr(kind, "wait", recording)
    return limits


# A page of the feed is two queries in one reply.
OF_A_PAGE: Final = {LIMITS.statement_seconds, 2 * LIMITS.statement_seconds}


def test_the_first_statements_of_an_engine_are_limited(
    own_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = recorded_limits(monkeypatch, LimitedConnection)
    store = open_store(own_server.url, policy=POLICY, pool=LIMITS)
    store.feed()
    store.dispose()

    assert limits
    assert set(limits) == OF_A_PAGE


def test_the_first_statements_in_an_event_loop_are_limited(
    own_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = recorded_limits(monkeypatch, LimitedAsyncConnection)

    async def read_feed() -> None:
        store = open_async_store(own_server.url, policy=POLICY, pool=LIMITS)
        await store.feed()
        await store.dispose()

    asyncio.run(read_feed())

    assert limits
    assert set(limits) == OF_A_PAGE
