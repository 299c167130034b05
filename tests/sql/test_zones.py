"""Where a program or a database thinks it is makes no difference to what is kept and answered."""

import time
from collections.abc import Generator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from tests.conftest import POLICY
from tests.stateful.play import everything

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

ZONES = ("Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Europe/Berlin", "UTC")


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def told(store: AnyStore) -> tuple[object, ...]:
    """A story with every kind of instant, and all that is known afterwards."""
    saved = published(store)
    edit(store, create(store))
    do(
        store,
        create_key,
        CreateKey(owner=MAYA, scopes=("admin",), expires_at=BEGINNING.replace(month=7)),
    )
    as_of = store.read(concepts.concept_as_of, saved.concept.id, at=saved.concept.created_at)
    return *store.read(everything), as_of, *minted(store)


def minted(store: AnyStore) -> tuple[object, ...]:
    """Tokens, their mints and work on them, and what is asked about them."""
    record(store, make_batch(1, 10, make_log(1, block=3, quantity=2), make_log(3, block=8)))
    (lease, *_) = claim(store, 2, stage="generate")
    within(store, lambda tx: tx.tasks.retry_later(lease, due_at=FAR, reason="no answer"))
    with_repositories(store, lambda r: r.system_state.set_state("at", "2026-03-29T02:30:00+02:00"))
    pending = with_repositories(store, lambda r: r.tokens.get_pending_for_generation())
    work = store.read(
        lambda tx: (tx.tasks.backlogs(FAR), tx.tasks.get("generate", lease.entity_id))
    )
    attempts = store.read(lambda tx: tx.tasks.attempts_of("generate", lease.entity_id, limit=9))
    mints = with_repositories(store, lambda r: r.mint_events.get_by_block_range(0, 99))
    return (
        store.read(tokens.list_tokens),
        store.read(tokens.token_stats),
        pending,
        mints,
        work,
        attempts,
    )


def test_a_zone_makes_no_difference(zone: str, database: PostgresServer, sqlite_url: str) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        name = Identifier(database.url.rpartition("/")[2])
        admin.execute(SQL("ALTER DATABASE {} SET timezone = {}").format(name, zone))
    memory = told(MemoryStore(policy=POLICY, clock=TickingClock(), ids=CountedIds()))
    for url in (sqlite_url, database.url):
        store = open_store(url, policy=POLICY, clock=TickingClock(), ids=CountedIds())
        found, findings = told(store), verify(store)
        store.dispose()

        assert (found, findings) == (memory, ())
    with psycopg.connect(database.url) as connection:
        assert connection.info.parameter_status("TimeZone") == zone
