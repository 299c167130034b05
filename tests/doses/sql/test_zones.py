"""Test that the time zones of the program and the database change no stored or returned value."""

import time
from collections.abc import Generator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from tests.conftest import POLICY
from tests.stateful.play import read_everything

from indelible import concepts, tokens
from indelible.kernel.keys import CreateKey, create_key
from indelible.memory import MemoryStore
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    MAYA,
    AnyStore,
    CountedIds,
    TickingClock,
    claim,
    create,
    do,
    edit,
    published,
    within,
)
from indelible.testing.tokens.scenarios import make_batch, make_log, record, with_repositories
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store, verify

pytestmark = pytest.mark.slow

ZONES = (
    "Asia/Kathmandu",
    pytest.param("America/St_Johns", marks=pytest.mark.slow),
    pytest.param("Pacific/Apia", marks=pytest.mark.slow),
    pytest.param("Europe/Berlin", marks=pytest.mark.slow),
    pytest.param("UTC", marks=pytest.mark.slow),
)


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    """Set the time zone of this process."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def write_and_read_concepts(store: AnyStore) -> list[object]:
    """Save concepts and a key with every kind of instant, and return the results of queries."""
    saved = published(store)
    edit(store, create(store))
    expires_at = BEGINNING.replace(month=7)
    do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",), expires_at=expires_at))

    return [
        *store.read(read_everything),
        store.read(concepts.concept_as_of, saved.concept.id, at=saved.concept.created_at),
    ]


def write_and_read_tokens(store: AnyStore) -> list[object]:
    """Save tokens, mints and tasks with every kind of instant; return the results of queries."""
    record(store, make_batch(1, 10, make_log(1, block=3, quantity=2), make_log(3, block=8)))
    lease = claim(store, 2, stage="generate")[0]
    within(store, lambda tx: tx.tasks.retry_later(lease, due_at=FAR, reason="no answer"))
    with_repositories(store, lambda r: r.system_state.set_state("at", "2026-03-29T02:30:00+02:00"))

    return [
        store.read(tokens.list_tokens),
        store.read(tokens.token_stats),
        with_repositories(store, lambda r: r.tokens.get_pending_for_generation()),
        with_repositories(store, lambda r: r.mint_events.get_by_block_range(0, 99)),
        store.read(lambda tx: tx.tasks.backlogs(FAR)),
        store.read(lambda tx: tx.tasks.get("generate", lease.entity_id)),
        store.read(lambda tx: tx.tasks.attempts_of("generate", lease.entity_id, limit=9)),
    ]


def write_and_read(store: AnyStore) -> list[object]:
    return [*write_and_read_concepts(store), *write_and_read_tokens(store)]


def set_database_zone(database: PostgresServer, zone: str) -> None:
    """Set the time zone of new sessions of the database."""
    name = Identifier(database.url.rpartition("/")[2])
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(SQL("ALTER DATABASE {} SET timezone = {}").format(name, zone))
    with psycopg.connect(database.url) as connection:
        assert connection.info.parameter_status("TimeZone") == zone


def test_a_time_zone_changes_no_stored_or_returned_value(
    zone: str, database: PostgresServer, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGTZ", raising=False)  # a command of the service in this process sets it
    set_database_zone(database, zone)
    memory = MemoryStore(policy=POLICY, clock=TickingClock(), ids=CountedIds())
    expected = write_and_read(memory)

    for url in (sqlite_url, database.url):
        store = open_store(url, policy=POLICY, clock=TickingClock(), ids=CountedIds())
        results = write_and_read(store)
        findings = verify(store)
        store.dispose()

        assert results == expected
        assert findings == ()
