"""Test that a host keeps its own connection, transaction, engine, settings and errors."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, event, select, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.feeds import changes
from tests.sql.conftest import code
from tests.sql.hosts import (
    INSERT_ORDER,
    ORDERS,
    Host,
    host_on_postgresql,
    host_on_sqlite,
    psycopg_url,
)

from indelible import concepts
from indelible.app import ReadTx, WriteTx
from indelible.concepts import ConceptSaved, ConceptStatus
from indelible.kernel import Idempotency
from indelible.testing.stores import MAYA, RATIO, create, do, edit, published
from indelible_service.embedded import APP, PostgresServer
from indelible_sql import (
    SqlReading,
    SqlStore,
    SqlTransaction,
    enable_foreign_keys,
    open_store,
    verify,
)
from indelible_sql.schema.admission import ForeignKeysOff

CREATE = concepts.CreateConcept(content=RATIO)
SETTINGS = ("search_path", "timezone", "transaction_isolation", "statement_timeout")


class HostError(Exception):
    """An error of the host's own code."""


@pytest.fixture
def sqlite_host(sqlite_url: str) -> Generator[Host]:
    with host_on_sqlite(sqlite_url) as host:
        yield host


@pytest.fixture
def postgresql_host(database: PostgresServer) -> Generator[Host]:
    with host_on_postgresql(database) as host:
        yield host


@pytest.fixture(params=["sqlite_host", pytest.param("postgresql_host", marks=pytest.mark.slow)])
def host(request: pytest.FixtureRequest) -> Host:
    host: Host = request.getfixturevalue(request.param)
    return host


def create_joined(store: SqlStore, connection: Connection) -> ConceptSaved:
    """Create a concept in the transaction of the host's connection."""
    with store.transaction(actor=MAYA, reason="joined", connection=connection) as tx:
        return concepts.create_concept(tx, CREATE)


def test_the_host_ends_a_joined_transaction_and_nobody_else(host: Host) -> None:
    transaction_events: list[object] = []

    def record(*args: object) -> None:
        transaction_events.append(args)

    for name in ("commit", "rollback", "savepoint"):
        event.listen(host.engine, name, record)
    with host.engine.connect() as connection:
        connection.execute(INSERT_ORDER)
        create_joined(host.store, connection)

        assert not connection.closed
        assert connection.in_transaction()
        assert transaction_events == []
        connection.rollback()
        assert (host.count_orders(), host.count_changes()) == (0, 0)

        connection.execute(INSERT_ORDER)
        create_joined(host.store, connection)
        connection.commit()

    assert (host.count_orders(), host.count_changes()) == (1, 1)


def test_an_error_in_a_joined_transaction_leaves_the_commit_to_the_host(host: Host) -> None:
    saved = create(host.store)
    stale_command = concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=7)

    def submit_joined(connection: Connection) -> None:
        with host.store.transaction(actor=MAYA, reason="joined", connection=connection) as tx:
            concepts.submit_concept(tx, stale_command)

    with host.engine.begin() as connection:
        connection.execute(INSERT_ORDER)
        assert code(submit_joined, connection) == "STALE"

    assert host.count_orders() == 1
    assert host.count_changes() == 1


def test_a_partial_write_in_a_joined_transaction_is_refused(host: Host) -> None:
    def save_without_version(connection: Connection) -> None:
        with host.store.transaction(actor=MAYA, reason="joined", connection=connection) as tx:
            concept = concepts.Concept.create("create", now=tx.clock.now(), id="c-1")
            tx.concepts.repository.save_concept(concept)

    with host.engine.begin() as connection:
        assert code(save_without_version, connection) == "PARTIAL_WRITE"
    assert host.count_changes() == 0


def raise_host_error(_: SqlTransaction | SqlReading, __: object = None) -> None:
    raise HostError


def select_from_unknown_table(tx: SqlTransaction | SqlReading, _: object = None) -> None:
    tx.connection.execute(text("SELECT * FROM nowhere"))


@pytest.mark.parametrize(
    ("error", "fail"),
    [(HostError, raise_host_error), (DBAPIError, select_from_unknown_table)],
)
def test_a_hosts_own_error_is_raised_unchanged(
    host: Host, error: type[Exception], fail: Callable[[SqlTransaction | SqlReading, object], None]
) -> None:
    def fail_in_block() -> None:
        with host.store.transaction(actor=MAYA, reason="fails") as tx:
            fail(tx, None)

    def fail_joined() -> None:
        with (
            host.engine.connect() as connection,
            host.store.transaction(actor=MAYA, reason="fails", connection=connection) as tx,
        ):
            fail(tx, None)

    def fail_in_command() -> None:
        host.store.run(fail, None, actor=MAYA, reason="fails")

    def fail_in_query() -> None:
        host.store.read(fail, None)

    for attempt in (fail_in_block, fail_joined, fail_in_command, fail_in_query):
        with pytest.raises(error):
            attempt()
    assert create(host.store).seq == 1


def show_settings(connection: Connection) -> list[str]:
    return [str(connection.execute(text(f"SHOW {name}")).scalar_one()) for name in SETTINGS]


def test_the_settings_of_a_hosts_connection_are_unchanged(postgresql_host: Host) -> None:
    host = postgresql_host
    tenant = host.engine.connect().execution_options(schema_translate_map={None: "tenant"})
    with tenant as connection:
        connection.execute(text("SET LOCAL search_path TO tenant"))
        connection.execute(text("SET LOCAL timezone TO 'Asia/Kathmandu'"))
        settings = show_settings(connection)
        options = dict(connection.get_execution_options())
        connection.execute(INSERT_ORDER)

        with host.store.transaction(actor=MAYA, reason="joined", connection=connection) as tx:
            saved = concepts.create_concept(tx, CREATE)
            view = concepts.get_concept(tx, saved.concept.id)

        assert view.concept == saved.concept
        assert show_settings(connection) == settings
        assert dict(connection.get_execution_options()) == options
        assert len(connection.execute(select(ORDERS)).all()) == 1
        connection.commit()

    assert host.count_orders() == 0  # the order is in the schema of the tenant
    assert host.count_changes() == 1


@pytest.mark.slow
def test_other_tables_on_the_search_path_are_ignored(
    postgresql_host: Host, database: PostgresServer
) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for table in ("history", "concepts", "concept_versions", "keys", "receipts"):
            admin.execute(f"CREATE TABLE tenant.{table} (decoy text)".encode())
        admin.execute(f"ALTER ROLE {APP} SET search_path TO tenant, public".encode())
    try:
        postgresql_host.engine.dispose()

        assert published(postgresql_host.store).concept.status is ConceptStatus.PUBLISHED
        assert verify(postgresql_host.store) == ()
    finally:
        with psycopg.connect(database.admin_url, autocommit=True) as admin:
            admin.execute(f"ALTER ROLE {APP} RESET search_path".encode())


@pytest.mark.slow
def test_a_store_on_a_hosts_engine_runs_commands_and_queries(host: Host) -> None:
    saved = published(host.store)
    view = host.store.read(concepts.get_concept, saved.concept.id)
    actions = [change.action for change in changes(host.store)]

    assert view.concept == saved.concept
    assert actions == ["create", "submit", "approve", "publish"]
    assert verify(host.store) == ()


def test_a_hosts_engine_can_write_after_the_store_has_read(postgresql_host: Host) -> None:
    create(postgresql_host.store)
    postgresql_host.store.feed()

    with postgresql_host.engine.begin() as connection:
        connection.execute(INSERT_ORDER)
        isolation = connection.execute(text("SHOW transaction_isolation")).scalar_one()

    assert postgresql_host.count_orders() == 1
    assert isolation == "read committed"


def test_disposing_a_store_leaves_the_hosts_engine_open(host: Host) -> None:
    with host.engine.connect() as connection:
        host.store.dispose()

        assert connection.execute(select(ORDERS)).all() == []


def test_a_store_on_a_hosts_engine_needs_the_owners_address_to_upgrade(
    database: PostgresServer,
) -> None:
    engine = create_engine(psycopg_url(database))
    store = open_store(engine=engine)

    assert code(store.upgrade) == "WRONG_USE"
    store.upgrade(database.owner_url)
    engine.dispose()


def test_a_hosts_sqlite_connection_without_foreign_keys_is_refused(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)

    with pytest.raises(ForeignKeysOff, match=r"indelible_sql\.enable_foreign_keys\(engine\)"):
        create(open_store(engine=engine))
    engine.dispose()


def test_enabled_foreign_keys_are_checked_in_each_connection_of_a_host(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    enable_foreign_keys(engine)
    store = open_store(engine=engine)
    created = create(store)

    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert [change.entity_id for change in changes(store)] == [created.concept.id]
    engine.dispose()


def test_a_stale_edit_is_refused_on_a_serializable_engine(database: PostgresServer) -> None:
    engine = create_engine(psycopg_url(database), isolation_level="SERIALIZABLE")
    store = open_store(engine=engine, policy=POLICY)
    created = create(store)
    has_read = Event()
    may_edit = Event()

    def read_and_edit(tx: WriteTx, command: concepts.EditConcept) -> ConceptSaved:
        concepts.get_concept(tx, created.concept.id)
        has_read.set()
        may_edit.wait()
        return concepts.edit_concept(tx, command)

    command = concepts.EditConcept(
        concept_id=created.concept.id, expected_seq=1, content=RATIO, change_note="too late"
    )
    with ThreadPoolExecutor(1) as threads:
        late = threads.submit(code, do, store, read_and_edit, command)
        has_read.wait()
        edit(store, created)
        may_edit.set()

        assert late.result() == "STALE"
    engine.dispose()


def test_a_query_on_a_hosts_engine_sees_one_snapshot(host: Host) -> None:
    created = create(host.store)
    has_read = Event()
    is_edited = Event()

    def read_twice(tx: ReadTx) -> tuple[int, int]:
        seq = concepts.get_concept(tx, created.concept.id).seq
        has_read.set()
        is_edited.wait()
        return seq, len(concepts.list_history(tx, created.concept.id))

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(host.store.read, read_twice)
        has_read.wait()
        edit(host.store, created)
        is_edited.set()

        assert reading.result() == (1, 1)


def test_two_concurrent_requests_with_one_idempotency_key_have_one_effect(host: Host) -> None:
    idempotency = Idempotency("key-1", ConceptSaved)
    has_started = Event()
    may_create = Event()

    def create_when_allowed(tx: WriteTx, command: concepts.CreateConcept) -> ConceptSaved:
        has_started.set()
        may_create.wait()
        return concepts.create_concept(tx, command)

    def create_again() -> ConceptSaved:
        return do(host.store, concepts.create_concept, CREATE, idempotency=idempotency)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(do, host.store, create_when_allowed, CREATE, idempotency=idempotency)
        has_started.wait()
        second = threads.submit(code, create_again)
        if host.engine.dialect.name == "postgresql":
            second.result()  # does not wait for the first request, unlike on SQLite
        may_create.set()
        saved = first.result()

    assert second.result() in ("", "REQUEST_IN_FLIGHT", "STORE_BUSY")
    assert create_again() == saved
    assert host.count_changes() == 1
