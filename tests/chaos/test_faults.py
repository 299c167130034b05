"""A fault under an open store has an error code, leaves no partial write, and passes by itself."""

from collections.abc import Generator
from random import Random

import pytest
from sqlalchemy import Connection, text
from tests.chaos.begins import cut_begins
from tests.chaos.clocks import jump
from tests.chaos.deadlocks import deadlock
from tests.chaos.fault_runs import run_under_fault
from tests.chaos.faults import ON_POSTGRESQL, ON_SQLITE, only_queries
from tests.chaos.open_stores import StoreUnderTest, open_for_test
from tests.chaos.restarts import restart

from indelible import concepts
from indelible.kernel import Stale
from indelible.testing.stores import MAYA, RATIO, create, edit, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading, SqlStore, SqlTransaction

pytestmark = pytest.mark.slow

ROUNDS = 1


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

    assert (report.problems, report.failures_afterwards) == ([], 0)


@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_a_store_survives_a_fault_of_postgresql(on_postgresql: StoreUnderTest, name: str) -> None:
    assert run_under_fault(on_postgresql, ON_POSTGRESQL[name], chance(), ROUNDS).problems == []


def test_a_handler_is_run_again_after_a_deadlock(on_postgresql: StoreUnderTest) -> None:
    assert deadlock(on_postgresql, 2).problems == []


def test_a_store_survives_restarts_of_its_server() -> None:
    report, restarts = restart(chance(), ROUNDS)

    assert report.problems == []
    assert restarts >= 1


def test_history_moves_forward_under_a_jumping_clock(
    sqlite_url: str, database: PostgresServer
) -> None:
    for found in (sqlite_url, database):
        jumped = jump(found, chance(), 20)

        assert jumped.problems == []
        assert jumped.back > 0


def test_a_lost_begin_leaves_no_change(database: PostgresServer) -> None:
    assert cut_begins(database, 2).problems == []


def test_a_refused_begin_has_its_error_code_in_a_block_too(on_sqlite: StoreUnderTest) -> None:
    store = on_sqlite.store
    create(store)

    def in_a_block() -> None:
        with store.transaction(actor=MAYA, reason="a block") as tx:
            concepts.create_concept(tx, concepts.CreateConcept(content=RATIO))

    with only_queries(on_sqlite, chance()):
        refused = [refusal(lambda: create(store)), refusal(in_a_block)]

    assert [each and each.code for each in refused] == ["STORE_READ_ONLY", "STORE_READ_ONLY"]


def test_a_connection_that_breaks_after_a_result_keeps_the_result(
    on_postgresql: StoreUnderTest,
) -> None:
    store = on_postgresql.store
    saved = create(store)
    gone: list[int] = []

    def look(tx: SqlReading) -> int:
        seq = concepts.get_concept(tx, saved.concept.id).seq
        end(on_postgresql, tx.connection, gone)
        return seq

    def refuse(tx: SqlTransaction, _: None) -> None:
        end(on_postgresql, tx.connection, gone)
        raise Stale(saved.concept.id, 7)

    assert store.read(look) == saved.seq
    refused = refusal(lambda: store.run(refuse, None, actor=MAYA, reason="is refused"))
    assert isinstance(refused, Stale)
    assert len(gone) == 2
    assert edit(store, saved).seq == saved.seq + 1
    assert store.engines.writer.pool.checkedout() == store.engines.reader.pool.checkedout() == 0  # type: ignore[attr-defined]


def end(tested: StoreUnderTest, connection: Connection, gone: list[int]) -> None:
    """Terminate the connection's session."""
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with tested.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
    gone.append(pid)


def open_many(store: SqlStore, number: int) -> None:
    """Open so many connections of the pool."""
    held = [store.engines.writer.connect() for _ in range(number)]
    for each in held:
        each.close()


def test_one_error_removes_all_broken_connections_of_a_pool(on_postgresql: StoreUnderTest) -> None:
    store = on_postgresql.store
    create(store)
    open_many(store, 3)
    terminate_sessions = (
        "SELECT pg_terminate_backend(pid, 10000)"
        " FROM pg_stat_activity"
        " WHERE usename = 'indelible_app'"
        " AND datname = current_database()"
    )
    with on_postgresql.admin() as admin:
        admin.execute(terminate_sessions)

    first = refusal(lambda: create(store))
    assert first is not None
    assert first.code == "STORE_UNREACHABLE"
    assert [refusal(lambda: create(store)) for _ in range(3)] == [None] * 3
