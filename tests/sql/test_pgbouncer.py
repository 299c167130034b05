"""Test a store behind PgBouncer in transaction mode: no state remains in a session.

Its other settings are the defaults, or each transaction runs in another session.
"""

import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import psycopg
import pytest
from attrs import evolve
from sqlalchemy.event import listen
from tests.conftest import POLICY, folder
from tests.feeds import changes
from tests.pgbouncer import ROTATION, PgBouncer, pgbouncer

from indelible import concepts
from indelible.concepts import ConceptSaved, ConceptStatus
from indelible.kernel import (
    Idempotency,
    IndelibleError,
    OutcomeUnknown,
    RequestInFlight,
    StoreUnreachable,
    Unavailable,
)
from indelible.kernel.keys import CreateKey, create_key, list_keys
from indelible.testing.stores import MAYA, RATIO, create, do, edit, published, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlStore, open_async_store, open_store, verify
from indelible_sql.engine.connections import open_engines, open_standby_engine

CLIENTS = 6
REQUESTS = 40  # of each client
RESTARTS = 3
SESSIONS = 3  # of the pooler that rotates them
CREATE = concepts.CreateConcept(content=RATIO)

# How many things of each kind the session of the server holds, and the session's id. A setting of
# our own that a transaction has had stays known, with no value, and PostgreSQL sets
# `transaction_isolation` anew for each transaction. PgBouncer itself sets what is of each client.
OF_CLIENTS = "'application_name', 'client_encoding', 'DateStyle', 'TimeZone'"
SESSION_STATE = {
    "settings": f"""
        SELECT pg_backend_pid(), count(*)
        FROM pg_settings
        WHERE source = 'session' AND setting <> ''
          AND name NOT IN ('transaction_isolation', {OF_CLIENTS})
    """,
    "prepared statements": """
        SELECT pg_backend_pid(), count(*)
        FROM pg_prepared_statements
    """,
    "advisory locks": """
        SELECT pg_backend_pid(), count(*)
        FROM pg_locks
        WHERE locktype = 'advisory' AND pid = pg_backend_pid()
    """,
    "temporary tables": """
        SELECT pg_backend_pid(), count(*)
        FROM pg_class
        WHERE relnamespace = pg_my_temp_schema()
    """,
    "cursors": """
        SELECT pg_backend_pid(), count(*)
        FROM pg_cursors
        WHERE is_holdable
    """,
    "channels": """
        SELECT pg_backend_pid(), count(*)
        FROM pg_listening_channels()
    """,
}


@pytest.fixture
def pooler(database: PostgresServer) -> Generator[PgBouncer]:
    with folder() as directory, pgbouncer(directory, database.port) as running:
        yield running


@pytest.fixture
def store(pooler: PgBouncer, database: PostgresServer) -> Generator[SqlStore]:
    opened = open_store(pooler.url(database.url), policy=POLICY)
    yield opened
    opened.dispose()


@pytest.fixture
def url(database: PostgresServer) -> Generator[str]:
    """Yield the address of a pooler that runs each transaction in another session."""
    with folder() as directory, pgbouncer(directory, database.port, ROTATION) as running:
        yield running.url(database.url)


def check_sessions_are_clean(url: str) -> None:
    """Check that no session of the server holds anything; each query may go to another session."""
    sessions: set[int] = set()
    left: list[tuple[str, int]] = []
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        for kind, query in SESSION_STATE.items():
            for _ in range(3 * SESSIONS):
                ((pid, count),) = connection.execute(query.encode()).fetchall()
                sessions.add(pid)
                if count:
                    left.append((kind, count))

    assert left == []
    assert len(sessions) > 1


@pytest.mark.slow
def test_a_store_needs_only_the_state_of_a_transaction(url: str) -> None:
    store = open_store(url, policy=POLICY)
    saved = published(store)
    edit(store, create(store))
    do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
    idempotency = Idempotency("key-1", ConceptSaved)
    first = do(store, concepts.create_concept, CREATE, idempotency=idempotency)
    repeated = do(store, concepts.create_concept, CREATE, idempotency=idempotency)

    assert saved.concept.status is ConceptStatus.PUBLISHED
    assert repeated == first
    assert len(changes(store)) == 8
    assert len(store.read(list_keys)) == 1
    assert verify(store) == ()
    store.dispose()
    check_sessions_are_clean(url)


@pytest.mark.slow
async def test_an_async_store_needs_only_the_state_of_a_transaction(url: str) -> None:
    store = open_async_store(url, policy=POLICY)
    for _ in range(SESSIONS + 1):
        saved = await store.run(concepts.create_concept, CREATE, actor=MAYA, reason="pooled")
        view = await store.read(concepts.get_concept, saved.concept.id)
        assert view.concept == saved.concept
    await store.dispose()

    check_sessions_are_clean(url)


@pytest.mark.slow
def test_a_pooler_that_is_not_noticed_is_refused_with_the_name_of_the_setting(
    url: str, database: PostgresServer
) -> None:
    store = open_store(url, policy=POLICY)
    listen(store.engines.writer, "checkout", prepare_all_the_same)
    created: list[ConceptSaved] = []
    error = refusal(lambda: created.extend(create(store) for _ in range(9)))
    store.dispose()

    direct = open_store(database.url, policy=POLICY)
    assert len(changes(direct)) == len(created)
    direct.dispose()
    assert error is not None
    assert error.code == "PREPARED_STATEMENT_LOST"
    assert "Pool(prepare=False)" in str(error)


def prepare_all_the_same(_: object, record: Any, __: object) -> None:  # noqa: ANN401 - of the pool
    """Let a connection prepare statements as if its pooler were a server."""
    record.driver_connection.prepare_threshold = 1


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

    async def create_some() -> None:
        for _ in range(REQUESTS):
            await store.run(concepts.create_concept, CREATE, actor=MAYA, reason="pooled")

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
