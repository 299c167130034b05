"""BEGIN goes to PostgreSQL with the first statement of a transaction."""

import asyncio
from collections.abc import Generator
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from tests.conftest import POLICY
from tests.sql.proxy import Fault, Proxy, proxy_to

from indelible import concepts
from indelible.kernel import IndelibleError, NotFound, StoreUnreachable
from indelible.testing.stores import MAYA, create
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlReading, SqlStore, open_async_store, open_store
from indelible_sql.engine.errors import ValueUnstorable
from indelible_sql.engine.pipelines import can_begin_later

pytestmark = pytest.mark.slow
BEGIN = b"BEGIN ISOLATION LEVEL READ COMMITTED"
SYNC = b"S\0\0\0\4"  # the end of a pipeline, after which the server answers
WHY = "a test"


@pytest.fixture
def proxy(database: PostgresServer) -> Generator[Proxy]:
    with proxy_to(database.host, database.port) as proxy:
        yield proxy


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    store = open_store(proxy.url(database.url), policy=POLICY, pool=Pool(prepare=False))
    store.feed()  # the database is checked once
    with store.engines.writer.connect():
        yield store
    store.dispose()


def get_two(tx: SqlReading, concept_id: str) -> list[str]:
    return [concepts.get_concept(tx, concept_id).concept.id for _ in range(2)]


def waits_of(proxy: Proxy, store: SqlStore, query: Any, *args: Any) -> int:  # noqa: ANN401 - any query
    before = proxy.round_trips
    store.read(query, *args)
    return proxy.round_trips - before


def test_a_read_begins_with_its_first_query(store: SqlStore, proxy: Proxy) -> None:
    concept_id = create(store).concept.id

    assert waits_of(proxy, store, get_two, concept_id) == 3  # two queries and COMMIT


def test_a_transaction_that_sends_nothing_does_not_begin(store: SqlStore, proxy: Proxy) -> None:
    before = len(proxy.messages)
    with store.transaction(actor=MAYA, reason=WHY):
        pass

    assert proxy.messages[before:] == []


def test_an_event_loop_waits_as_often(database: PostgresServer, proxy: Proxy) -> None:
    async def waits() -> int:
        store = open_async_store(proxy.url(database.url), policy=POLICY, pool=Pool(prepare=False))
        await store.feed()
        await store.read(get_two, concept_id)
        before = proxy.round_trips
        await store.read(get_two, concept_id)
        after = proxy.round_trips
        await store.dispose()
        return after - before

    opened = open_store(database.url, policy=POLICY)
    concept_id = create(opened).concept.id
    opened.dispose()

    assert asyncio.run(waits()) == 3


def test_sql_of_the_host_is_in_the_transaction(store: SqlStore) -> None:
    with store.transaction(actor=MAYA, reason=WHY) as tx:
        first = tx.connection.execute(text("SELECT pg_current_xact_id()")).scalar_one()
        second = tx.connection.execute(text("SELECT pg_current_xact_id()")).scalar_one()

    assert first == second


def test_after_a_refused_first_statement_the_connection_goes_on(store: SqlStore) -> None:
    with (
        pytest.raises(NotFound),
        store.transaction(actor=MAYA, reason=WHY) as tx,
    ):
        concepts.get_concept(tx, "unknown")
    with (
        pytest.raises(IndelibleError),
        store.transaction(actor=MAYA, reason=WHY) as tx,
    ):
        tx.session.rows(text("SELECT 1 / 0 AS impossible").columns(), {})

    assert create(store).seq == 1


def test_a_value_that_cannot_be_sent_leaves_no_pipeline_open(store: SqlStore) -> None:
    with (
        pytest.raises(ValueUnstorable),
        store.transaction(actor=MAYA, reason=WHY) as tx,
    ):
        concepts.get_concept(tx, "with a NUL: \0")

    assert create(store).seq == 1


@pytest.mark.parametrize(
    ("fault", "message"), [(Fault.CUT, BEGIN), (Fault.CUT, SYNC), (Fault.SWALLOW, SYNC)]
)
def test_a_connection_that_breaks_at_begin_changes_nothing(
    store: SqlStore, proxy: Proxy, fault: Fault, message: bytes
) -> None:
    concept_id = create(store).concept.id
    seq = store.read(lambda tx: concepts.get_concept(tx, concept_id)).seq
    proxy.plan(fault, message)

    with pytest.raises(StoreUnreachable):
        create(store)

    assert proxy.hits == 1
    assert store.read(lambda tx: concepts.get_concept(tx, concept_id)).seq == seq
    assert create(store).seq == 1


def test_psycopg_begins_by_itself_outside_of_autocommit(database: PostgresServer) -> None:
    store = open_store(database.url, policy=POLICY)
    with store.engines.writer.connect() as connection:
        assert can_begin_later(connection)
        driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]  # SQLAlchemy's type is of any driver
        driver.autocommit = False
        assert not can_begin_later(connection)
        driver.autocommit = True
    store.dispose()
