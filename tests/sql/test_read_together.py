"""Reads of a handler or a query that go to PostgreSQL together."""

from collections.abc import Callable, Generator
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, Text, column, text
from tests.conftest import POLICY
from tests.sql.conftest import code, opened_through
from tests.sql.faults import as_admin, wait_until_one_waits
from tests.sql.proxy import SYNC, Fault, Proxy

from indelible import captures
from indelible.kernel import IndelibleError, UsageError
from indelible.kernel.keys import CreateKey, create_key
from indelible.kernel.stages import PauseStage, ResumeStage, pause_stage, resume_stage
from indelible.testing.captures.scenarios import X1, place_in
from indelible.testing.stores import MAYA, create, do
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlStore, SqlTransaction, open_store
from indelible_sql.engine.errors import ValueUnstorable

WHY = "a test"
ECHO = text("SELECT CAST(:value AS text) AS value").columns(column("value", Text()))
ADD_NOTE = text("INSERT INTO public.notes VALUES ('one')")
HOST_LOCK = text("SELECT pg_advisory_xact_lock(1)")
IMPOSSIBLE = text("SELECT 1 / 0 AS impossible").columns()
SLEEPING = text("SELECT CAST(pg_sleep(0.4) AS text) AS slept").columns(column("slept", Text()))
Work = Callable[[SqlTransaction], Any]


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    """Yield a store with one connection that writes, so that a command meets what one has left."""
    with opened_through(proxy, database.url, size=1, overflow=0) as store:
        yield store


@pytest.fixture
def other(database: PostgresServer) -> Generator[SqlStore]:
    """Yield a second store on the database."""
    store = open_store(database.url, policy=POLICY)
    yield store
    store.dispose()


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


def test_a_read_that_the_database_refuses_keeps_its_code(store: SqlStore) -> None:
    def divide(tx: SqlTransaction) -> None:
        tx.read_together(
            lambda: tx.keys.page(after="", limit=9),
            lambda: tx.session.rows(IMPOSSIBLE, {}),
            lambda: tx.settings.page(after="", limit=9),
        )

    with pytest.raises(ValueUnstorable):  # the class of 22012
        run(store, divide)
    assert create(store).seq == 1


def test_a_value_that_cannot_be_sent_keeps_its_code(store: SqlStore) -> None:
    def get(tx: SqlTransaction) -> None:
        tx.read_together(
            lambda: tx.keys.page(after="", limit=9), lambda: tx.keys.get("with a NUL: \0")
        )

    with pytest.raises(ValueUnstorable):
        run(store, get)
    assert create(store).seq == 1


def test_a_caught_error_of_the_database_is_not_committed(store: SqlStore) -> None:
    def catch(tx: SqlTransaction) -> None:
        pause_stage(tx, PauseStage(stage="work"))
        with pytest.raises(IndelibleError):
            tx.read_together(
                lambda: tx.keys.page(after="", limit=9), lambda: tx.session.rows(IMPOSSIBLE, {})
            )

    with pytest.raises(UsageError):
        run(store, catch)
    assert store.feed().changes == ()


@pytest.mark.parametrize("is_block", [True, False])
def test_no_read_is_older_than_a_write_of_the_read_before(
    store: SqlStore, *, is_block: bool
) -> None:
    def read_and_write(tx: SqlTransaction) -> int:
        def write() -> None:
            assert tx.keys.page(after="", limit=9) == ()
            pause_stage(tx, PauseStage(stage="work"))

        _, stages = tx.read_together(write, lambda: tx.stages.page(after="", limit=9))
        return len(stages)

    if is_block:
        with store.transaction(actor=MAYA, reason=WHY) as tx:
            number = read_and_write(tx)
    else:
        number = run(store, read_and_write)

    assert number == 1
    assert len(store.feed().changes) == 1


def test_sql_of_the_host_is_executed_once(store: SqlStore, notes: Callable[[], int]) -> None:
    def note(tx: SqlTransaction) -> tuple[int, int]:
        def add() -> int:
            return tx.connection.execute(ADD_NOTE).rowcount

        keys, added = tx.read_together(lambda: len(tx.keys.page(after="", limit=9)), add)
        return keys, added

    assert run(store, note) == (0, 1)
    assert notes() == 1


def test_reads_inside_of_a_read_return_the_same(store: SqlStore) -> None:
    def read(tx: SqlTransaction) -> tuple[int, int]:
        return tx.read_together(
            lambda: len(tx.keys.page(after="", limit=9)),
            lambda: len(tx.stages.page(after="", limit=9)),
        )

    def read_twice(tx: SqlTransaction) -> tuple[object, object]:
        return tx.read_together(lambda: read(tx), lambda: read(tx))

    do(store, pause_stage, PauseStage(stage="work"))

    assert run(store, read_twice) == ((0, 1), (0, 1))


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SWALLOW])
def test_a_connection_that_breaks_has_changed_nothing(
    store: SqlStore, proxy: Proxy, fault: Fault
) -> None:
    def pause_and_read(tx: SqlTransaction) -> None:
        pause_stage(tx, PauseStage(stage="work"))
        proxy.plan(fault, SYNC)
        tx.read_together(
            lambda: tx.keys.page(after="", limit=9), lambda: tx.stages.page(after="", limit=9)
        )

    assert code(run, store, pause_and_read) == "STORE_UNREACHABLE"
    assert proxy.hits == 1
    assert store.feed().changes == ()


@pytest.mark.slow
def test_a_read_behind_a_lock_sees_what_its_holder_has_committed(
    store: SqlStore, other: SqlStore, database: PostgresServer
) -> None:
    """The lock waits in the middle of the pipeline; the read behind it is executed afterwards."""
    do(store, pause_stage, PauseStage(stage="work"))
    seen: list[int] = []

    def lock_and_list(tx: SqlTransaction) -> None:
        stage, keys = tx.read_together(
            lambda: tx.stages.lock("work"), lambda: tx.keys.page(after="", limit=9)
        )
        seen.extend((stage.revision.seq, len(keys)))

    with other.transaction(actor=MAYA, reason=WHY) as holder:
        resume_stage(holder, ResumeStage(stage="work"))
        create_key(holder, CreateKey(owner=MAYA, scopes=("admin",)))
        waiter = Thread(target=run, args=(store, lock_and_list))
        waiter.start()
        wait_until_one_waits(database)
    waiter.join()

    assert seen == [2, 1]


def test_a_client_waits_for_many_reads_as_long_as_for_each(
    database: PostgresServer,
) -> None:
    """Each takes 0.4 seconds: together they take longer than a limit of one second for each."""
    store = open_store(database.url, policy=POLICY, pool=Pool(statement_seconds=1))
    store.feed()  # the database is checked once

    def sleep(tx: SqlTransaction) -> tuple[object, ...]:
        def one() -> int:
            return len(tx.session.rows(SLEEPING, {}))

        return tx.read_together(one, one, one, one, one)

    assert run(store, sleep) == (1, 1, 1, 1, 1)
    store.dispose()


# A read is called twice: what differs, writes or locks in between.


def count_keys(tx: SqlTransaction) -> int:
    return len(tx.keys.page(after="", limit=9))


def test_no_statement_is_sent_once_the_host_has_ended_the_transaction(
    other: SqlStore,
) -> None:
    def end_and_read(tx: SqlTransaction) -> None:
        tx.connection.exec_driver_sql("ROLLBACK")
        with pytest.raises(UsageError, match="the transaction has ended"):
            tx.session.rows_of_queries((ECHO, {"value": "1"}), (ECHO, {"value": "2"}))
        with pytest.raises(UsageError, match="the transaction has ended"):
            pause_stage(tx, PauseStage(stage="work"))

    with pytest.raises(UsageError):
        run(other, end_and_read)
    assert other.feed().changes == ()


def test_a_capture_in_a_read_is_saved_once(other: SqlStore) -> None:
    scenario = place_in(other)
    command = scenario.command(X1)

    def capture(tx: SqlTransaction) -> tuple[object, int]:
        return tx.read_together(
            lambda: tx.captures.artifacts.ingest_with_signal(command), lambda: count_keys(tx)
        )

    result, _ = run(other, capture)
    assert not result.replayed
    assert len(scenario.read(captures.recent_captures, scenario.space_id)) == 1


def test_a_statement_that_writes_rows_is_sent_once(
    other: SqlStore, notes: Callable[[], int]
) -> None:
    def add(tx: SqlTransaction) -> tuple[int, int]:
        return tx.read_together(lambda: tx.session.run(ADD_NOTE, {}), lambda: count_keys(tx))

    assert run(other, add) == (1, 0)
    assert notes() == 1


@pytest.mark.parametrize("is_last", [True, False])
def test_a_read_that_asks_something_else_when_called_again_is_refused(
    other: SqlStore, *, is_last: bool
) -> None:
    def read(tx: SqlTransaction) -> None:
        ids = iter(("one", "two"))
        reads = [lambda: tx.session.rows(ECHO, {"value": next(ids)}), lambda: count_keys(tx)]
        tx.read_together(*(reads[::-1] if is_last else reads))

    with pytest.raises(UsageError, match="a read asked another first query"):
        run(other, read)


def test_a_read_that_asks_nothing_when_called_again_is_refused(other: SqlStore) -> None:
    def read(tx: SqlTransaction) -> None:
        values = iter(("one",))
        tx.read_together(
            lambda: [tx.session.rows(ECHO, {"value": value}) for value in values],
            lambda: count_keys(tx),
        )

    with pytest.raises(UsageError, match="a read asked another first query"):
        run(other, read)


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
    store: SqlStore, other: SqlStore, database: PostgresServer
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

    with other.transaction(actor=MAYA, reason=WHY) as holder:
        holder.connection.execute(HOST_LOCK)
        waiter = Thread(target=run, args=(store, lock_both))
        waiter.start()
        wait_until_one_waits(database)
        assert holder.stages.lock("work").revision.seq == 1  # the waiter has not locked it
    waiter.join()

    assert seqs == [1]
    assert len(starts) == 1  # a deadlock would have started it again


def test_a_connection_of_before_is_used_once(other: SqlStore, notes: Callable[[], int]) -> None:
    def add(tx: SqlTransaction) -> tuple[int, int]:
        held: Connection = tx.connection
        return tx.read_together(lambda: count_keys(tx), lambda: held.execute(ADD_NOTE).rowcount)

    assert run(other, add) == (0, 1)
    assert notes() == 1


def test_an_interrupt_in_the_second_call_ends_the_transaction(other: SqlStore) -> None:
    def interrupt(tx: SqlTransaction) -> None:
        count_keys(tx)
        raise KeyboardInterrupt

    def pause_and_read(tx: SqlTransaction) -> None:
        pause_stage(tx, PauseStage(stage="work"))
        tx.read_together(lambda: interrupt(tx), lambda: count_keys(tx))

    with pytest.raises(KeyboardInterrupt):
        run(other, pause_and_read)
    assert other.feed().changes == ()
    assert create(other).seq == 1
