"""Test PostgreSQL behind a pooler in transaction mode: nothing stays in a session."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from tests.conftest import POLICY
from tests.feeds import changes
from tests.sql.pooler import Pooler, pooler_to

from indelible import concepts
from indelible.concepts import ConceptSaved, ConceptStatus
from indelible.kernel import Idempotency
from indelible.kernel.keys import CreateKey, create_key, list_keys
from indelible.testing.stores import MAYA, RATIO, create, do, edit, published, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlStore, open_async_store, open_store, verify

SESSIONS = 3
KEPT = {
    "settings": "SELECT count(*) FROM pg_settings WHERE source = 'session'",
    "prepared statements": "SELECT count(*) FROM pg_prepared_statements",
    "advisory locks": (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
    ),
    "temporary tables": "SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()",
    "cursors": "SELECT count(*) FROM pg_cursors WHERE is_holdable",
    "channels": "SELECT count(*) FROM pg_listening_channels()",
}


@pytest.fixture
def pooler(database: PostgresServer) -> Generator[Pooler]:
    url = make_url(database.url)
    user, name = str(url.username), str(url.database)
    with pooler_to(
        (database.host, database.port), user=user, database=name, sessions=SESSIONS
    ) as found:
        yield found


@pytest.fixture
def url(pooler: Pooler, database: PostgresServer) -> str:
    plain = {"sslmode": "disable", "gssencmode": "disable"}
    through = make_url(database.url).set(port=pooler.port).update_query_dict(plain)
    return through.render_as_string(hide_password=False)


@pytest.fixture
def store(url: str) -> Generator[SqlStore]:
    opened = open_store(url, policy=POLICY, pool=Pool(prepare=False))
    yield opened
    opened.dispose()


def kept(url: str) -> dict[int, dict[str, int]]:
    """What each of the server's sessions keeps between transactions."""
    found: dict[int, dict[str, int]] = {}
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        for name, question in KEPT.items():
            for _ in range(SESSIONS):
                pid, number = one(
                    connection, question.replace("SELECT", "SELECT pg_backend_pid(),", 1)
                )
                found.setdefault(pid, {})[name] = number
    return found


def one(connection: psycopg.Connection[Any], question: str) -> tuple[int, int]:
    ((pid, number),) = connection.execute(question.encode()).fetchall()
    return pid, number


def test_a_store_needs_nothing_of_a_session_but_a_transaction(
    store: SqlStore, pooler: Pooler, url: str
) -> None:
    saved = published(store)
    edit(store, create(store))
    do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
    idempotency = Idempotency("key-1", ConceptSaved)
    first = do(
        store,
        concepts.create_concept,
        concepts.CreateConcept(content=RATIO),
        idempotency=idempotency,
    )

    assert saved.concept.status is ConceptStatus.PUBLISHED
    assert (
        do(
            store,
            concepts.create_concept,
            concepts.CreateConcept(content=RATIO),
            idempotency=idempotency,
        )
        == first
    )
    assert len(changes(store)) == 8
    assert len(store.read(list_keys)) == 1
    assert verify(store) == ()
    assert pooler.served > SESSIONS
    assert kept(url) == dict.fromkeys(kept(url), dict.fromkeys(KEPT, 0))
    assert len(kept(url)) == SESSIONS


def test_many_clients_share_few_sessions(store: SqlStore) -> None:
    with ThreadPoolExecutor(6) as threads:
        made = [threads.submit(lambda: edit(store, create(store))) for _ in range(24)]
        saved = [each.result() for each in made]

    assert {each.seq for each in saved} == {2}
    assert verify(store) == ()


async def test_an_awaited_store_needs_nothing_of_a_session_either(url: str) -> None:
    store = open_async_store(url, policy=POLICY, pool=Pool(prepare=False))
    command = concepts.CreateConcept(content=RATIO)
    for _ in range(SESSIONS + 1):
        saved = await store.run(concepts.create_concept, command, actor=MAYA, reason="pooled")

        assert (await store.read(concepts.get_concept, saved.concept.id)).concept == saved.concept
    await store.dispose()
    assert kept(url) == dict.fromkeys(kept(url), dict.fromkeys(KEPT, 0))


def test_this_pooler_would_show_it_if_statements_were_kept(url: str) -> None:
    store = open_store(url, policy=POLICY, pool=Pool(prepare=True))
    refused = refusal(lambda: [create(store) for _ in range(9)])
    store.dispose()

    assert refused is not None
    assert refused.code == "DATABASE_FAULT"
