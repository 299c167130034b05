"""Test a store behind PgBouncer in transaction mode, whose other settings are the defaults."""

import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from attrs import evolve
from tests.conftest import POLICY, folder
from tests.feeds import changes
from tests.pgbouncer import PgBouncer, pgbouncer

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.kernel import (
    Idempotency,
    IndelibleError,
    OutcomeUnknown,
    RequestInFlight,
    StoreUnreachable,
    Unavailable,
)
from indelible.testing.stores import MAYA, RATIO, create, edit
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlStore, open_async_store, open_store, verify
from indelible_sql.engine.connections import open_engines, open_standby_engine

CLIENTS = 6
REQUESTS = 40  # of each client
RESTARTS = 3


@pytest.fixture
def pooler(database: PostgresServer) -> Generator[PgBouncer]:
    with folder() as directory, pgbouncer(directory, database.port) as running:
        yield running


@pytest.fixture
def store(pooler: PgBouncer, database: PostgresServer) -> Generator[SqlStore]:
    opened = open_store(pooler.url(database.url), policy=POLICY)
    yield opened
    opened.dispose()


def create_once(store: SqlStore, name: str) -> str:
    """Create a concept by a request with a key, repeated until it is answered; return its id."""
    command = concepts.CreateConcept(content=evolve(RATIO, name=name))
    while True:
        try:
            saved: ConceptSaved = store.run(
                concepts.create_concept,
                command,
                actor=MAYA,
                reason="pooled",
                idempotency=Idempotency(name, ConceptSaved),
            )
        except (Unavailable, OutcomeUnknown, RequestInFlight):
            continue
        return saved.concept.id


def create_all(store: SqlStore, names: list[str]) -> list[str]:
    """Create a concept of each name once, and return the ids."""
    return [create_once(store, name) for name in names]


@pytest.mark.slow
def test_an_address_with_options_is_refused_with_its_cause(
    pooler: PgBouncer, database: PostgresServer
) -> None:
    url = f"{pooler.url(database.url)}?options=-c%20work_mem%3D8MB"
    store = open_store(url, policy=POLICY)

    with pytest.raises(StoreUnreachable, match="unsupported startup parameter"):
        store.feed()
    store.dispose()


@pytest.mark.slow
def test_many_clients_read_and_write_through_it(store: SqlStore) -> None:
    with ThreadPoolExecutor(CLIENTS) as threads:
        edits = [threads.submit(lambda: edit(store, create(store))) for _ in range(CLIENTS * 5)]
        seqs = [edited.result().seq for edited in edits]

    assert seqs == [2] * CLIENTS * 5
    assert len(changes(store)) == 2 * CLIENTS * 5
    assert verify(store) == ()


@pytest.mark.slow
def test_a_restart_fails_requests_with_a_code_and_loses_and_doubles_nothing(
    store: SqlStore, pooler: PgBouncer
) -> None:
    has_ended = Event()
    codes: set[str] = set()

    def read() -> None:
        while not has_ended.is_set():
            try:
                store.feed(limit=1)
            except IndelibleError as error:
                codes.add(error.code)

    names = [[f"{client}-{number}" for number in range(REQUESTS)] for client in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS + 1) as threads:
        reading = threads.submit(read)
        writing = [threads.submit(create_all, store, own) for own in names]
        try:
            for _ in range(RESTARTS):
                pooler.restart()
            ids = [created for client in writing for created in client.result()]
        finally:
            has_ended.set()
        reading.result()

    assert codes <= {"STORE_UNREACHABLE", "OUTCOME_UNKNOWN"}
    assert len(set(ids)) == CLIENTS * REQUESTS
    assert sorted(change.entity_id for change in changes(store)) == sorted(ids)
    assert verify(store) == ()


@pytest.mark.slow
async def test_an_event_loop_reads_and_writes_through_it(
    pooler: PgBouncer, database: PostgresServer
) -> None:
    store = open_async_store(pooler.url(database.url), policy=POLICY)
    command = concepts.CreateConcept(content=RATIO)

    async def create_some() -> None:
        for _ in range(REQUESTS):
            await store.run(concepts.create_concept, command, actor=MAYA, reason="pooled")

    await asyncio.gather(*[create_some() for _ in range(CLIENTS)])
    await store.dispose()

    direct = open_store(database.url, policy=POLICY)
    assert len(changes(direct)) == CLIENTS * REQUESTS
    assert verify(direct) == ()
    direct.dispose()


@pytest.mark.parametrize("is_pooled", [True, False])
def test_statements_are_prepared_unless_a_pooler_stands_between(
    pooler: PgBouncer, database: PostgresServer, *, is_pooled: bool
) -> None:
    url = pooler.url(database.url) if is_pooled else database.url
    pool = Pool()
    engines = open_engines(url, pool)
    opened = (engines.writer, engines.reader, open_standby_engine(url, pool))

    for engine in opened:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            assert driver.prepare_threshold == (None if is_pooled else 1)
        engine.dispose()
