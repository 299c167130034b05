"""Reads of a handler or a query that go to PostgreSQL together."""

from collections.abc import Callable, Generator
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Text, column, text
from tests.conftest import POLICY
from tests.sql.conftest import code, opened_through
from tests.sql.faults import as_admin, wait_until_one_waits
from tests.sql.proxy import SYNC, Fault, Proxy

from indelible.kernel import IndelibleError, UsageError
from indelible.kernel.keys import CreateKey, create_key
from indelible.kernel.stages import PauseStage, ResumeStage, pause_stage, resume_stage
from indelible.testing.stores import MAYA, create, do
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlReading, SqlStore, SqlTransaction, open_store
from indelible_sql.engine.errors import ValueUnstorable

WHY = "a test"
UNKNOWN = "unknown"
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


def run(store: SqlStore, work: Work) -> Any:  # noqa: ANN401 - of any work
    def handler(tx: SqlTransaction, _: None) -> Any:  # noqa: ANN401 - of any work
        return work(tx)

    return store.run(handler, None, actor=MAYA, reason=WHY)


def lock_and_get(tx: SqlTransaction, concept_id: str) -> tuple[int, str, int]:
    """Read from three repositories; the last read has a second query."""

    def count_both() -> int:
        keys = tx.keys.page(after="", limit=9)
        return len(keys) + len(tx.keys.page(after="", limit=9))

    head, setting, keys = tx.read_together(
        lambda: tx.concepts.concepts.lock(concept_id),
        lambda: code(tx.settings.get, UNKNOWN),
        count_both,
    )
    return head.revision.seq, setting, keys


@pytest.mark.slow
def test_reads_that_go_together_return_what_each_returns_alone(store: SqlStore) -> None:
    concept_id = create(store).concept.id
    do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))

    read = run(store, lambda tx: lock_and_get(tx, concept_id))

    assert read == (1, "SETTING_NOT_FOUND", 2)


def test_a_query_reads_together(store: SqlStore) -> None:
    concept_id = create(store).concept.id

    def get_both(tx: SqlReading) -> tuple[int, int]:
        first, second = tx.read_together(
            lambda: tx.concepts.concepts.get(concept_id), lambda: tx.keys.page(after="", limit=9)
        )
        return first.revision.seq, len(second)

    assert store.read(get_both) == (1, 0)


def test_the_error_of_the_first_read_that_fails_is_raised(store: SqlStore) -> None:
    def lock_unknown(tx: SqlTransaction) -> None:
        tx.read_together(
            lambda: tx.keys.page(after="", limit=9),
            lambda: tx.concepts.concepts.lock(UNKNOWN),
            lambda: tx.settings.get(UNKNOWN),
        )

    assert code(run, store, lock_unknown) == "CONCEPT_NOT_FOUND"
    # The connection is in no failed transaction.
    assert create(store).seq == 1


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


def test_a_read_sees_what_the_handler_has_written_before(store: SqlStore) -> None:
    seen: list[object] = []

    def pause_and_read(tx: SqlTransaction) -> None:
        pause_stage(tx, PauseStage(stage="work"))
        (stages, keys) = tx.read_together(
            lambda: tx.stages.page(after="", limit=9), lambda: tx.keys.page(after="", limit=9)
        )
        seen.extend((len(stages), len(keys)))

    run(store, pause_and_read)
    assert seen == [1, 0]


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


def test_sql_of_the_host_is_executed_once(store: SqlStore, database: PostgresServer) -> None:
    with as_admin(database) as admin:
        admin.execute("CREATE TABLE public.notes (note text)")
        admin.execute("GRANT ALL ON public.notes TO PUBLIC")

    def note(tx: SqlTransaction) -> tuple[int, int]:
        def add() -> int:
            added = tx.connection.execute(text("INSERT INTO public.notes VALUES ('one')"))
            return added.rowcount

        keys, added = tx.read_together(lambda: len(tx.keys.page(after="", limit=9)), add)
        return keys, added

    assert run(store, note) == (0, 1)
    with as_admin(database) as admin:
        assert admin.execute("SELECT count(*) FROM public.notes").fetchone() == (1,)


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


def test_the_same_query_twice_is_answered_twice(store: SqlStore) -> None:
    def read(tx: SqlTransaction) -> tuple[object, object]:
        return tx.read_together(
            lambda: tx.keys.page(after="", limit=9), lambda: tx.keys.page(after="", limit=9)
        )

    assert run(store, read) == ((), ())


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


def test_an_interrupt_in_a_read_ends_the_transaction(store: SqlStore) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    def read(tx: SqlTransaction) -> None:
        tx.read_together(lambda: tx.keys.page(after="", limit=9), interrupt)

    with pytest.raises(KeyboardInterrupt):
        run(store, read)
    assert create(store).seq == 1


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
