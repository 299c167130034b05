"""Test that a host keeps its own connection, transaction, engine, settings and errors."""

import sqlite3
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import psycopg
import pytest
from attrs import frozen
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.feeds import changes

from indelible import concepts
from indelible.app import ReadTx, WriteTx
from indelible.concepts import ConceptSaved, ConceptStatus
from indelible.concepts.errors import PartialWrite
from indelible.kernel import Idempotency, Stale
from indelible.testing.stores import MAYA, RATIO, create, do, edit, published, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading, SqlStore, SqlTransaction, open_store, verify

ORDERS = Table("orders", MetaData(), Column("id", Integer, primary_key=True), Column("name", Text))
CREATE = concepts.CreateConcept(content=RATIO)
ORDER = insert(ORDERS).values(id=1, name="first")


class OwnError(Exception):
    """An error of the host's."""


@frozen
class Host:
    """A host with an engine and a table of its own, and a store on the engine."""

    engine: Engine
    store: SqlStore

    def orders(self) -> int:
        """How many orders everybody sees."""
        with self.engine.connect() as connection:
            return len(connection.execute(select(ORDERS.c.id)).all())

    def changes(self) -> int:
        """How many changes everybody sees."""
        return len(changes(self.store))


@pytest.fixture
def host_on_sqlite(sqlite_url: str) -> Generator[Host]:
    engine = create_engine(sqlite_url)

    @event.listens_for(engine, "connect")
    def checked(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA foreign_keys = ON")

    ORDERS.metadata.create_all(engine)
    yield Host(engine, open_store(engine=engine, policy=POLICY))
    engine.dispose()


@pytest.fixture
def host_on_postgresql(database: PostgresServer) -> Generator[Host]:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for schema in ("public", "tenant"):
            admin.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            admin.execute(f"CREATE TABLE {schema}.orders (id integer PRIMARY KEY, name text)")
            admin.execute(f"GRANT USAGE ON SCHEMA {schema} TO indelible_app")
            admin.execute(f"GRANT ALL ON {schema}.orders TO indelible_app")
    engine = create_engine(
        database.url.replace("postgresql://", "postgresql+psycopg://"), pool_size=1, max_overflow=4
    )
    yield Host(engine, open_store(engine=engine, policy=POLICY))
    engine.dispose()


@pytest.fixture(params=["host_on_sqlite", "host_on_postgresql"])
def host(request: pytest.FixtureRequest) -> Host:
    found: Host = request.getfixturevalue(request.param)
    return found


def test_a_joined_transaction_is_committed_with_the_hosts(host: Host) -> None:
    with host.engine.begin() as connection:
        connection.execute(ORDER)
        with host.store.transaction(actor=MAYA, reason="joined", connection=connection) as tx:
            concepts.create_concept(tx, CREATE)

    assert (host.orders(), host.changes()) == (1, 1)


def test_a_joined_transaction_is_rolled_back_with_the_hosts(host: Host) -> None:
    with host.engine.connect() as connection:
        connection.execute(ORDER)
        with host.store.transaction(actor=MAYA, reason="joined", connection=connection) as tx:
            concepts.create_concept(tx, CREATE)
        connection.rollback()

    assert (host.orders(), host.changes()) == (0, 0)


def test_a_joined_connection_is_neither_committed_nor_closed_by_us(host: Host) -> None:
    ended = list[object]()

    def end(*given: object) -> None:
        ended.append(given)

    for name in ("commit", "rollback", "savepoint"):
        event.listen(host.engine, name, end)
    with host.engine.connect() as connection:
        connection.execute(ORDER)
        with host.store.transaction(actor=MAYA, reason="joined", connection=connection) as tx:
            concepts.create_concept(tx, CREATE)

        assert (connection.closed, connection.in_transaction(), ended) == (False, True, [])
        connection.commit()


def test_a_refusal_inside_a_joined_transaction_leaves_its_end_to_the_host(host: Host) -> None:
    def submit_with(connection: Connection) -> None:
        with host.store.transaction(actor=MAYA, reason="joined", connection=connection) as tx:
            concepts.submit_concept(
                tx, concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=7)
            )

    saved = create(host.store)
    with host.engine.begin() as connection:
        connection.execute(ORDER)

        assert isinstance(refusal(lambda: submit_with(connection)), Stale)
    assert (host.orders(), host.changes()) == (1, 1)


def test_a_partial_write_in_a_joined_transaction_is_refused(host: Host) -> None:
    def half(connection: Connection) -> None:
        with host.store.transaction(actor=MAYA, reason="joined", connection=connection) as tx:
            concept = concepts.Concept.create("create", now=tx.clock.now(), id="c-1")
            tx.concepts.repository.save_concept(concept)

    with host.engine.begin() as connection:
        assert isinstance(refusal(lambda: half(connection)), PartialWrite)
    assert host.changes() == 0


def own_exception(_: SqlTransaction | SqlReading, __: object = None) -> None:
    raise OwnError


def own_statement(tx: SqlTransaction | SqlReading, _: object = None) -> None:
    tx.connection.execute(text("SELECT * FROM nowhere"))


@pytest.mark.parametrize(("kind", "fail"), [(OwnError, own_exception), (DBAPIError, own_statement)])
def test_a_hosts_own_error_passes_through_as_it_is(
    host: Host, kind: type[Exception], fail: Callable[[SqlTransaction | SqlReading, object], None]
) -> None:
    def in_a_block() -> None:
        with host.store.transaction(actor=MAYA, reason="fails") as tx:
            fail(tx, None)

    def joined() -> None:
        with (
            host.engine.connect() as mine,
            host.store.transaction(actor=MAYA, reason="fails", connection=mine) as tx,
        ):
            fail(tx, None)

    ways = (
        in_a_block,
        joined,
        lambda: host.store.read(fail, None),
        partial(run_own, host.store, fail),
    )
    for way in ways:
        with pytest.raises(kind):
            way()
    assert create(host.store).seq == 1


def run_own(store: SqlStore, fail: Callable[[SqlTransaction, object], None]) -> None:
    store.run(fail, None, actor=MAYA, reason="fails")


def test_a_hosts_settings_of_a_connection_stay_as_they_were(host_on_postgresql: Host) -> None:
    host, names = (
        host_on_postgresql,
        ("search_path", "timezone", "transaction_isolation", "statement_timeout"),
    )
    settings = [text(f"SHOW {name}") for name in names]
    with host.engine.connect().execution_options(
        schema_translate_map={None: "tenant"}
    ) as connection:
        connection.execute(text("SET LOCAL search_path TO tenant"))
        connection.execute(text("SET LOCAL timezone TO 'Asia/Kathmandu'"))
        before = [connection.execute(each).scalar_one() for each in settings]
        options = dict(connection.get_execution_options())
        connection.execute(ORDER)
        with host.store.transaction(actor=MAYA, reason="joined", connection=connection) as tx:
            saved = concepts.create_concept(tx, CREATE)
            found = concepts.get_concept(tx, saved.concept.id)
        after = [connection.execute(each).scalar_one() for each in settings]

        assert found.concept == saved.concept
        assert (after, dict(connection.get_execution_options())) == (before, options)
        assert len(connection.execute(select(ORDERS)).all()) == 1
        connection.commit()
    assert (host.orders(), host.changes()) == (0, 1)  # the tenant's order is in the tenant's schema


def test_our_tables_are_found_whatever_else_is_on_the_search_path(
    host_on_postgresql: Host, database: PostgresServer
) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for table in ("history", "concepts", "concept_versions", "keys", "receipts"):
            admin.execute(f"CREATE TABLE tenant.{table} (decoy text)")
        admin.execute("ALTER ROLE indelible_app SET search_path TO tenant, public")
    try:
        host_on_postgresql.engine.dispose()

        assert published(host_on_postgresql.store).concept.status is ConceptStatus.PUBLISHED
        assert verify(host_on_postgresql.store) == ()
    finally:
        with psycopg.connect(database.admin_url, autocommit=True) as admin:
            admin.execute("ALTER ROLE indelible_app RESET search_path")


def test_a_store_on_a_hosts_engine_does_what_any_store_does(host: Host) -> None:
    saved = published(host.store)

    assert host.store.read(concepts.get_concept, saved.concept.id).concept == saved.concept
    assert [each.action for each in changes(host.store)] == [
        "create",
        "submit",
        "approve",
        "publish",
    ]
    assert verify(host.store) == ()


def test_a_hosts_engine_writes_after_we_have_read_with_it(host_on_postgresql: Host) -> None:
    create(host_on_postgresql.store)
    host_on_postgresql.store.feed()
    with host_on_postgresql.engine.begin() as connection:
        connection.execute(ORDER)
        isolation = connection.execute(text("SHOW transaction_isolation")).scalar_one()

    assert (host_on_postgresql.orders(), isolation) == (1, "read committed")


def test_a_store_on_a_hosts_engine_is_disposed_without_it(host: Host) -> None:
    with host.engine.connect() as connection:
        host.store.dispose()

        assert connection.execute(select(ORDERS)).all() == []


def test_a_store_on_a_hosts_engine_is_migrated_with_the_owners_address(
    database: PostgresServer,
) -> None:
    engine = create_engine(database.url.replace("postgresql://", "postgresql+psycopg://"))
    store = open_store(engine=engine)
    refused = refusal(store.upgrade)
    store.upgrade(database.owner_url)
    engine.dispose()

    assert refused is not None
    assert refused.code == "WRONG_USE"


def test_a_hosts_sqlite_connection_that_checks_no_keys_is_refused(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    refused = refusal(lambda: create(open_store(engine=engine)))
    engine.dispose()

    assert refused is not None
    assert refused.code == "FOREIGN_KEYS_OFF"


def test_a_host_may_be_stricter_about_isolation(database: PostgresServer) -> None:
    target = database.url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(target, isolation_level="SERIALIZABLE")
    store = open_store(engine=engine, policy=POLICY)
    created = create(store)
    entered, leave = Event(), Event()

    def slow(tx: WriteTx, command: concepts.EditConcept) -> ConceptSaved:
        concepts.get_concept(tx, created.concept.id)
        entered.set()
        leave.wait()
        return concepts.edit_concept(tx, command)

    command = concepts.EditConcept(
        concept_id=created.concept.id, expected_seq=1, content=RATIO, change_note="too late"
    )
    with ThreadPoolExecutor(1) as threads:
        late = threads.submit(refusal, lambda: do(store, slow, command))
        entered.wait()
        edit(store, created)
        leave.set()

        assert isinstance(late.result(), Stale)
    engine.dispose()


def test_a_query_on_a_hosts_engine_sees_one_moment(host: Host) -> None:
    created = create(host.store)
    looked, edited = Event(), Event()

    def twice(tx: ReadTx) -> tuple[int, int]:
        first = concepts.get_concept(tx, created.concept.id).seq
        looked.set()
        edited.wait()
        return first, len(concepts.list_history(tx, created.concept.id))

    with ThreadPoolExecutor(1) as threads:
        found = threads.submit(host.store.read, twice)
        looked.wait()
        edit(host.store, created)
        edited.set()

        assert found.result() == (1, 1)


def test_two_requests_under_one_key_on_a_hosts_engine_are_one(host: Host) -> None:
    idempotency = Idempotency("key-1", ConceptSaved)
    entered, leave = Event(), Event()

    def create_slowly(tx: WriteTx, command: concepts.CreateConcept) -> ConceptSaved:
        entered.set()
        leave.wait()
        return concepts.create_concept(tx, command)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(do, host.store, create_slowly, CREATE, idempotency=idempotency)
        entered.wait()
        second = threads.submit(
            refusal,
            lambda: do(host.store, concepts.create_concept, CREATE, idempotency=idempotency),
        )
        if host.engine.dialect.name == "postgresql":
            second.result()  # told at once; on SQLite it may have to wait
        leave.set()
        answers, refused = first.result(), second.result()

        assert refused is None or refused.code in ("REQUEST_IN_FLIGHT", "STORE_BUSY")
        assert do(host.store, concepts.create_concept, CREATE, idempotency=idempotency) == answers
    assert host.changes() == 1
