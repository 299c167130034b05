"""Reads that are sent together are called twice: what differs, writes or locks in between."""

from collections.abc import Callable, Generator
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, Text, column, text
from tests.sql.conftest import opened_through
from tests.sql.faults import as_admin, wait_until_one_waits
from tests.sql.proxy import Proxy

from indelible import captures
from indelible.kernel import UsageError
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.testing.captures.scenarios import X1, place_in
from indelible.testing.stores import MAYA, create, do
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, SqlTransaction

WHY = "a test"
ECHO = text("SELECT CAST(:value AS text) AS value").columns(column("value", Text()))
ADD_NOTE = text("INSERT INTO public.notes VALUES ('one')")
HOST_LOCK = text("SELECT pg_advisory_xact_lock(1)")
Work = Callable[[SqlTransaction], Any]


@pytest.fixture
def notes(database: PostgresServer) -> Callable[[], int]:
    """Create a table of the host; return what counts its rows."""

    def count() -> int:
        with as_admin(database) as admin:
            (number,) = admin.execute("SELECT count(*) FROM public.notes").fetchall()[0]
        return int(number)

    with as_admin(database) as admin:
        admin.execute("CREATE TABLE public.notes (note text)")
        admin.execute("GRANT ALL ON public.notes TO PUBLIC")
    return count


def run(store: SqlStore, work: Work) -> Any:  # noqa: ANN401 - of any work
    def handler(tx: SqlTransaction, _: None) -> Any:  # noqa: ANN401 - of any work
        return work(tx)

    return store.run(handler, None, actor=MAYA, reason=WHY)


def count_keys(tx: SqlTransaction) -> int:
    return len(tx.keys.page(after="", limit=9))


def test_no_statement_is_sent_once_the_host_has_ended_the_transaction(
    postgresql: SqlStore,
) -> None:
    def end_and_read(tx: SqlTransaction) -> None:
        tx.connection.exec_driver_sql("ROLLBACK")
        with pytest.raises(UsageError, match="the transaction has ended"):
            tx.session.rows_of_queries((ECHO, {"value": "1"}), (ECHO, {"value": "2"}))
        with pytest.raises(UsageError, match="the transaction has ended"):
            pause_stage(tx, PauseStage(stage="work"))

    with pytest.raises(UsageError):
        run(postgresql, end_and_read)
    assert postgresql.feed().changes == ()


def test_a_capture_in_a_read_is_saved_once(postgresql: SqlStore) -> None:
    scenario = place_in(postgresql)
    command = scenario.command(X1)

    def capture(tx: SqlTransaction) -> tuple[object, int]:
        return tx.read_together(
            lambda: tx.captures.artifacts.ingest_with_signal(command), lambda: count_keys(tx)
        )

    result, _ = run(postgresql, capture)
    assert not result.replayed
    assert len(scenario.read(captures.recent_captures, scenario.space_id)) == 1


def test_a_statement_that_writes_rows_is_sent_once(
    postgresql: SqlStore, notes: Callable[[], int]
) -> None:
    insert = text("INSERT INTO public.notes VALUES ('one')")

    def add(tx: SqlTransaction) -> tuple[int, int]:
        return tx.read_together(lambda: tx.session.run(insert, {}), lambda: count_keys(tx))

    assert run(postgresql, add) == (1, 0)
    assert notes() == 1


@pytest.mark.parametrize("is_last", [True, False])
def test_a_read_that_asks_something_else_when_called_again_is_refused(
    postgresql: SqlStore, *, is_last: bool
) -> None:
    def read(tx: SqlTransaction) -> None:
        ids = iter(("one", "two"))
        reads = [lambda: tx.session.rows(ECHO, {"value": next(ids)}), lambda: count_keys(tx)]
        tx.read_together(*(reads[::-1] if is_last else reads))

    with pytest.raises(UsageError, match="a read asked another first query"):
        run(postgresql, read)


def test_a_read_that_asks_nothing_when_called_again_is_refused(postgresql: SqlStore) -> None:
    def read(tx: SqlTransaction) -> None:
        values = iter(("one",))
        tx.read_together(
            lambda: [tx.session.rows(ECHO, {"value": value}) for value in values],
            lambda: count_keys(tx),
        )

    with pytest.raises(UsageError, match="a read asked another first query"):
        run(postgresql, read)


@pytest.mark.slow
def test_a_statement_that_each_call_builds_is_the_same(store: SqlStore) -> None:
    def build_and_read(tx: SqlTransaction) -> Any:  # noqa: ANN401 - of any work
        def read() -> list[dict[str, Any]]:
            built = text("SELECT CAST(:value AS text) AS value").columns(column("value", Text()))
            return tx.session.rows(built, {"value": "one"})

        rows, _ = tx.read_together(read, lambda: count_keys(tx))
        return rows

    assert run(store, build_and_read) == [{"value": "one"}]


@pytest.mark.slow
def test_a_lock_is_not_taken_before_the_host_s_statement_ahead_of_it(
    store: SqlStore, postgresql: SqlStore, database: PostgresServer
) -> None:
    do(store, pause_stage, PauseStage(stage="work"))
    starts: list[str] = []
    seqs: list[int] = []

    def lock_both(tx: SqlTransaction) -> None:
        starts.append("started")
        _, head = tx.read_together(
            lambda: tx.connection.execute(HOST_LOCK).all(), lambda: tx.stages.lock("work")
        )
        seqs.append(head.revision.seq)

    with postgresql.transaction(actor=MAYA, reason=WHY) as holder:
        holder.connection.execute(HOST_LOCK)
        waiter = Thread(target=run, args=(store, lock_both))
        waiter.start()
        wait_until_one_waits(database)
        assert holder.stages.lock("work").revision.seq == 1  # the waiter has not locked it
    waiter.join()

    assert seqs == [1]
    assert len(starts) == 1  # a deadlock would have started it again


def test_a_connection_of_before_is_used_once(
    postgresql: SqlStore, notes: Callable[[], int]
) -> None:
    def add(tx: SqlTransaction) -> tuple[int, int]:
        held: Connection = tx.connection
        return tx.read_together(lambda: count_keys(tx), lambda: held.execute(ADD_NOTE).rowcount)

    assert run(postgresql, add) == (0, 1)
    assert notes() == 1


def test_an_interrupt_in_the_second_call_ends_the_transaction(postgresql: SqlStore) -> None:
    def interrupt(tx: SqlTransaction) -> None:
        count_keys(tx)
        raise KeyboardInterrupt

    def pause_and_read(tx: SqlTransaction) -> None:
        pause_stage(tx, PauseStage(stage="work"))
        tx.read_together(lambda: interrupt(tx), lambda: count_keys(tx))

    with pytest.raises(KeyboardInterrupt):
        run(postgresql, pause_and_read)
    assert postgresql.feed().changes == ()
    assert create(postgresql).seq == 1


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    """Yield a second store on the database."""
    with opened_through(proxy, database.url) as store:
        yield store
