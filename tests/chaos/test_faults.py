"""An open store whose database fails is refused with a code, leaves nothing half-written, and works again by itself."""

from collections.abc import Generator
from random import Random

import pytest
from sqlalchemy import Connection, text
from tests.chaos.begins import cut_begins
from tests.chaos.clocks import jump
from tests.chaos.deadlocks import deadlock
from tests.chaos.faults import ON_POSTGRESQL, ON_SQLITE, only_queries
from tests.chaos.places import Place, place_on
from tests.chaos.restarts import restart
from tests.chaos.suffering import suffer

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
def on_sqlite(sqlite_url: str) -> Generator[Place]:
    with place_on(sqlite_url) as place:
        yield place


@pytest.fixture
def on_postgresql(database: PostgresServer) -> Generator[Place]:
    with place_on(database) as place:
        yield place


@pytest.mark.parametrize("name", ON_SQLITE)
def test_a_fault_under_sqlite_is_told_and_survived(on_sqlite: Place, name: str) -> None:
    suffered = suffer(on_sqlite, ON_SQLITE[name], chance(), ROUNDS)

    assert (suffered.wrong, suffered.refused_afterwards) == ([], 0)


@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_a_fault_under_postgresql_is_told_and_survived(on_postgresql: Place, name: str) -> None:
    assert suffer(on_postgresql, ON_POSTGRESQL[name], chance(), ROUNDS).wrong == []


def test_a_deadlock_is_run_again(on_postgresql: Place) -> None:
    assert deadlock(on_postgresql, 2).wrong == []


def test_a_server_that_ends_in_the_middle_is_told_and_survived() -> None:
    suffered, restarts = restart(chance(), ROUNDS)

    assert suffered.wrong == []
    assert restarts >= 1


def test_history_goes_forward_whatever_the_clock_shows(
    sqlite_url: str, database: PostgresServer
) -> None:
    for found in (sqlite_url, database):
        jumped = jump(found, chance(), 20)

        assert jumped.wrong == []
        assert jumped.back > 0


def test_a_begin_that_is_lost_leaves_nothing(database: PostgresServer) -> None:
    assert cut_begins(database, 2).wrong == []


def test_a_begin_that_is_refused_has_its_code_in_a_block_too(on_sqlite: Place) -> None:
    store = on_sqlite.store
    create(store)

    def in_a_block() -> None:
        with store.transaction(actor=MAYA, reason="a block") as tx:
            concepts.create_concept(tx, concepts.CreateConcept(content=RATIO))

    with only_queries(on_sqlite, chance()):
        refused = [refusal(lambda: create(store)), refusal(in_a_block)]

    assert [each and each.code for each in refused] == ["STORE_READ_ONLY", "STORE_READ_ONLY"]


def test_a_connection_that_breaks_after_the_answer_takes_nothing_back(on_postgresql: Place) -> None:
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


def end(place: Place, connection: Connection, gone: list[int]) -> None:
    """End the connection's session."""
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with place.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
    gone.append(pid)


def open_many(store: SqlStore, number: int) -> None:
    """Let the pool hold so many connections."""
    held = [store.engines.writer.connect() for _ in range(number)]
    for each in held:
        each.close()


def test_one_call_learns_that_all_connections_of_a_pool_are_broken(on_postgresql: Place) -> None:
    store = on_postgresql.store
    create(store)
    open_many(store, 3)
    ended = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'indelible_app'"
    with on_postgresql.admin() as admin:
        admin.execute(ended + " AND datname = current_database()")

    first = refusal(lambda: create(store))
    assert first is not None
    assert first.code == "STORE_UNREACHABLE"
    assert [refusal(lambda: create(store)) for _ in range(3)] == [None] * 3
