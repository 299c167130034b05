"""A fault under an open store has an error code, leaves no partial write, and passes by itself."""

from collections.abc import Generator
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, text
from tests.doses.chaos.begins import cut_begins
from tests.doses.chaos.clocks import jump
from tests.doses.chaos.deadlocks import deadlock
from tests.doses.chaos.fault_runs import run_under_fault
from tests.doses.chaos.faults import ON_POSTGRESQL, ON_SQLITE, only_queries
from tests.doses.chaos.open_stores import StoreUnderTest, open_for_test
from tests.doses.chaos.restarts import restart

from indelible import concepts
from indelible.kernel import Stale
from indelible.testing.stores import MAYA, RATIO, create, edit, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading, SqlStore, SqlTransaction

pytestmark = pytest.mark.slow

ROUNDS = 1
EDITS = 20
TERMINATE_ALL_SESSIONS = """
    SELECT pg_terminate_backend(pid, 10000)
    FROM pg_stat_activity
    WHERE usename = 'indelible_app' AND datname = current_database()
"""


def chance() -> Random:
    return Random(1)  # noqa: S311 - no secret


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Generator[StoreUnderTest]:
    with open_for_test(sqlite_url) as tested:
        yield tested


@pytest.fixture
def on_postgresql(database: PostgresServer) -> Generator[StoreUnderTest]:
    with open_for_test(database) as tested:
        yield tested


@pytest.mark.parametrize("name", ON_SQLITE)
def test_a_store_survives_a_fault_of_sqlite(on_sqlite: StoreUnderTest, name: str) -> None:
    report = run_under_fault(on_sqlite, ON_SQLITE[name], chance(), ROUNDS)

    assert report.problems == []
    assert report.failures_afterwards == 0


@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_a_store_survives_a_fault_of_postgresql(on_postgresql: StoreUnderTest, name: str) -> None:
    report = run_under_fault(on_postgresql, ON_POSTGRESQL[name], chance(), ROUNDS)

    assert report.problems == []


def test_a_handler_is_run_again_after_a_deadlock(on_postgresql: StoreUnderTest) -> None:
    report = deadlock(on_postgresql, 2)

    assert report.problems == []


def test_a_store_survives_restarts_of_its_server() -> None:
    report, restarts = restart(chance(), ROUNDS)

    assert report.problems == []
    assert restarts >= 1


def test_history_moves_forward_under_a_jumping_clock_on_sqlite(sqlite_url: str) -> None:
    report = jump(sqlite_url, chance(), EDITS)

    assert report.problems == []
    assert report.back > 0


def test_history_moves_forward_under_a_jumping_clock_on_postgresql(
    database: PostgresServer,
) -> None:
    report = jump(database, chance(), EDITS)

    assert report.problems == []
    assert report.back > 0


def test_a_lost_begin_leaves_no_change(database: PostgresServer) -> None:
    report = cut_begins(database, 2)

    assert report.problems == []


def test_a_refused_begin_has_its_error_code_in_a_block_too(on_sqlite: StoreUnderTest) -> None:
    store = on_sqlite.store
    create(store)

    def create_in_a_block() -> None:
        with store.transaction(actor=MAYA, reason="a block") as tx:
            concepts.create_concept(tx, concepts.CreateConcept(content=RATIO))

    with only_queries(on_sqlite, chance()):
        error_of_command = refusal(lambda: create(store))
        error_in_block = refusal(create_in_a_block)

    assert error_of_command is not None
    assert error_of_command.code == "STORE_READ_ONLY"
    assert error_in_block is not None
    assert error_in_block.code == "STORE_READ_ONLY"


def test_a_connection_that_breaks_after_a_result_keeps_the_result(
    on_postgresql: StoreUnderTest,
) -> None:
    store = on_postgresql.store
    saved = create(store)

    def read_and_break(tx: SqlReading) -> int:
        seq = concepts.get_concept(tx, saved.concept.id).seq
        terminate_session(on_postgresql, tx.connection)
        return seq

    seq = store.read(read_and_break)

    assert seq == saved.seq
    assert edit(store, saved).seq == saved.seq + 1
    assert leased_connections(store) == 0


def test_a_connection_that_breaks_after_a_refusal_keeps_the_refusal(
    on_postgresql: StoreUnderTest,
) -> None:
    store = on_postgresql.store
    saved = create(store)

    def break_and_refuse(tx: SqlTransaction, _: None) -> None:
        terminate_session(on_postgresql, tx.connection)
        raise Stale(saved.concept.id, 7)

    error = refusal(lambda: store.run(break_and_refuse, None, actor=MAYA, reason="is refused"))

    assert isinstance(error, Stale)
    assert edit(store, saved).seq == saved.seq + 1
    assert leased_connections(store) == 0


def test_one_error_removes_all_broken_connections_of_a_pool(on_postgresql: StoreUnderTest) -> None:
    store = on_postgresql.store
    create(store)
    open_connections(store, 3)
    with on_postgresql.admin() as admin:
        admin.execute(TERMINATE_ALL_SESSIONS)

    first_error = refusal(lambda: create(store))
    later_errors = [refusal(lambda: create(store)) for _ in range(3)]

    assert first_error is not None
    assert first_error.code == "STORE_UNREACHABLE"
    assert later_errors == [None, None, None]


def terminate_session(tested: StoreUnderTest, connection: Connection) -> None:
    """Terminate the session of the connection, which must be a session of the server."""
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with tested.admin() as admin:
        row = admin.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,)).fetchone()

    assert row == (True,)


def open_connections(store: SqlStore, count: int) -> None:
    """Open so many connections of the writer's pool at once, and return them to it."""
    connections = [store.engines.writer.connect() for _ in range(count)]
    for connection in connections:
        connection.close()


def leased_connections(store: SqlStore) -> int:
    """Return the number of connections that were not returned to their pool."""
    writer_pool: Any = store.engines.writer.pool
    reader_pool: Any = store.engines.reader.pool
    count: int = writer_pool.checkedout() + reader_pool.checkedout()
    return count
