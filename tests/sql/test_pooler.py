"""Test PostgreSQL behind a pooler in transaction mode: no state remains in a session."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from sqlalchemy.event import listen
from tests.conftest import POLICY
from tests.feeds import changes
from tests.sql.pooler import Pooler, pooler_to

from indelible import concepts
from indelible.concepts import ConceptSaved, ConceptStatus
from indelible.kernel import Idempotency
from indelible.kernel.keys import CreateKey, create_key, list_keys
from indelible.testing.stores import MAYA, RATIO, create, do, edit, published, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_async_store, open_store, verify

SESSIONS = 3
CREATE = concepts.CreateConcept(content=RATIO)

# How many things of each kind the session of the server holds, and the session's id. A setting of
# our own that a transaction has had stays known, with no value, and PostgreSQL sets
# `transaction_isolation` anew for each transaction.
SESSION_STATE = {
    "settings": """
        SELECT pg_backend_pid(), count(*)
        FROM pg_settings
        WHERE source = 'session' AND setting <> '' AND name <> 'transaction_isolation'
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
def pooler(database: PostgresServer) -> Generator[Pooler]:
    with pooler_to(database, sessions=SESSIONS) as running:
        yield running


@pytest.fixture
def url(pooler: Pooler, database: PostgresServer) -> str:
    return pooler.url(database.url)


@pytest.fixture
def store(url: str) -> Generator[SqlStore]:
    opened = open_store(url, policy=POLICY)
    yield opened
    opened.dispose()


def session_state(url: str) -> dict[int, dict[str, int]]:
    """Map the id of each session of the server to its state: the number of things by kind."""
    states: dict[int, dict[str, int]] = {}
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        for kind, query in SESSION_STATE.items():
            for _ in range(SESSIONS):
                pid, count = fetch_one(connection, query)
                states.setdefault(pid, {})[kind] = count
    return states


def fetch_one(connection: psycopg.Connection[Any], query: str) -> tuple[int, int]:
    ((pid, count),) = connection.execute(query.encode()).fetchall()
    return pid, count


def check_sessions_are_clean(url: str) -> None:
    states = session_state(url)
    nothing = dict.fromkeys(SESSION_STATE, 0)

    assert list(states.values()) == [nothing] * SESSIONS


@pytest.mark.slow
def test_a_store_needs_only_the_state_of_a_transaction(
    store: SqlStore, pooler: Pooler, url: str
) -> None:
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
    assert pooler.transactions > SESSIONS
    check_sessions_are_clean(url)


@pytest.mark.slow
def test_many_clients_share_few_sessions(store: SqlStore) -> None:
    with ThreadPoolExecutor(6) as threads:
        edits = [threads.submit(lambda: edit(store, create(store))) for _ in range(24)]
        seqs = [edited.result().seq for edited in edits]

    assert seqs == [2] * 24
    assert verify(store) == ()


@pytest.mark.slow
async def test_an_async_store_needs_only_the_state_of_a_transaction(url: str) -> None:
    store = open_async_store(url, policy=POLICY)

    for _ in range(SESSIONS + 1):
        saved = await store.run(concepts.create_concept, CREATE, actor=MAYA, reason="pooled")
        view = await store.read(concepts.get_concept, saved.concept.id)
        assert view.concept == saved.concept
    await store.dispose()

    check_sessions_are_clean(url)


def test_a_store_prepares_no_statement_behind_a_pooler(url: str) -> None:
    store = open_store(url, policy=POLICY)
    for _ in range(3 * SESSIONS):
        create(store)
    store.dispose()

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
