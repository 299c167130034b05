"""Test the faults of a database under an open store: one error code, and nothing half-written."""

import sqlite3
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, create_engine, event, make_url, text
from tests.conftest import POLICY, copy_cluster, folder
from tests.feeds import changes
from tests.sql.conftest import code, opened
from tests.sql.faults import (
    CREATE,
    as_admin,
    codes_of_all_access,
    create_in_block,
    enable_foreign_keys,
    set_on_database,
)

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptSaved
from indelible.kernel import StoreBusy
from indelible.testing.stores import CLEARER, MAYA, create, edit, submit
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import SqlStore, SqlTransaction, open_store, verify

LONG_CONTENT = ConceptContent(name="Long", definition="long " * 2_000)
RETRIES = 7  # of a command on a locked SQLite file


def limited_engine(url: str) -> Engine:
    """Create a host's engine on a SQLite database that may not grow any more."""
    engine = create_engine(url)

    def limit_pages(connection: sqlite3.Connection, _: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", enable_foreign_keys)
    event.listen(engine, "connect", limit_pages)
    return engine


def test_a_full_database_refuses_writes_and_serves_reads_until_there_is_room(
    sqlite: SqlStore, sqlite_url: str
) -> None:
    saved = create(sqlite)
    engine = limited_engine(sqlite_url)
    full = open_store(engine=engine, policy=POLICY)

    assert code(lambda: [create(full, LONG_CONTENT) for _ in range(9)]) == "STORE_FULL"
    assert full.read(concepts.get_concept, saved.concept.id).seq == 1
    engine.dispose()

    committed = len(sqlite.feed().changes)
    create(sqlite, LONG_CONTENT)
    assert len(sqlite.feed().changes) == committed + 1
    assert verify(sqlite) == ()


# Write until no file of the process may grow, print the error's code and the number of changes,
# lift the limit, write again, and print the number of changes.
LIMITED_PROCESS = """
import resource, sys
from indelible.testing.stores import create
from indelible.concepts import ConceptContent
from indelible_sql import open_store

store = open_store(sys.argv[1])
create(store)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    while True:
        create(store, ConceptContent(name="Long", definition="long " * 2_000))
except Exception as error:
    print(getattr(error, "code", type(error).__name__))
print(len(store.feed().changes))

resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
create(store)
print(len(store.feed().changes))
"""


@pytest.mark.dose
def test_a_process_whose_files_may_not_grow_loses_nothing(sqlite_url: str) -> None:
    max_bytes = Path(make_url(sqlite_url).database or "").stat().st_size + 500_000
    process = subprocess.run(
        (sys.executable, "-c", LIMITED_PROCESS, sqlite_url, str(max_bytes)),
        capture_output=True,
        text=True,
        check=True,
    )
    error, changes_at_limit, changes_after = process.stdout.split()

    assert error == "DATABASE_FAULT"  # SQLite reports SQLITE_IOERR_WRITE, and not that it is full
    assert int(changes_after) == int(changes_at_limit) + 1
    with opened(sqlite_url) as store:
        assert verify(store) == ()


@contextmanager
def concept_locked(store: SqlStore, saved: ConceptSaved) -> Generator[None]:
    """Lock the concept's row in another transaction during the block."""
    is_locked = Event()
    may_end = Event()

    def lock_row(tx: SqlTransaction, _: object) -> None:
        tx.concepts.concepts.joins.load_current(saved.concept.id, expected_seq=saved.seq)
        is_locked.set()
        may_end.wait()

    with ThreadPoolExecutor(1) as threads:
        locking = threads.submit(store.run, lock_row, None, actor=MAYA, reason="locks the row")
        is_locked.wait()
        yield
        may_end.set()
        locking.result()


def test_a_lock_timeout_is_a_store_timeout(database: PostgresServer) -> None:
    set_on_database(database, "lock_timeout", "50ms")
    with opened(database.url) as store:
        saved = create(store)
        with concept_locked(store, saved):
            assert code(edit, store, saved) == "STORE_TIMEOUT"

        assert edit(store, saved).seq == saved.seq + 1


def signal_waiting_session(database: PostgresServer, function: str) -> None:
    """Cancel or terminate the session of this database that waits for a lock."""
    signal_waiting = f"""
        SELECT {function}(pid)
        FROM pg_stat_activity
        WHERE wait_event_type = 'Lock'
          AND datname = current_database()
    """
    with as_admin(database) as admin:
        while not admin.execute(signal_waiting.encode()).fetchall():
            pass


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "expected"),
    [("pg_cancel_backend", "STORE_TIMEOUT"), ("pg_terminate_backend", "STORE_UNREACHABLE")],
)
def test_a_statement_that_an_administrator_ends_leaves_nothing(
    database: PostgresServer, function: str, expected: str
) -> None:
    with opened(database.url) as store:
        saved = create(store)
        with concept_locked(store, saved), ThreadPoolExecutor(1) as threads:
            code_of_submit = threads.submit(code, submit, store, saved)
            signal_waiting_session(database, function)

            assert code_of_submit.result() == expected
        assert submit(store, saved).seq == saved.seq + 1
        assert verify(store) == ()


def test_a_session_that_is_terminated_after_its_write_leaves_nothing(
    database: PostgresServer,
) -> None:
    def create_and_terminate(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)
        pid = tx.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with as_admin(database) as admin:
            admin.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
        concepts.create_concept(tx, command)

    with opened(database.url) as store:
        error = code(store.run, create_and_terminate, CREATE, actor=MAYA, reason="is terminated")

        assert error == "STORE_UNREACHABLE"
        assert changes(store) == ()
        create(store)
        assert len(changes(store)) == 1


@pytest.mark.dose
def test_a_store_works_again_after_a_restart_of_its_server(cluster: Path) -> None:
    with folder() as directory:
        data = copy_cluster(cluster, directory)
        with postgres(data, durable=False) as server:
            store = open_store(server.url, policy=POLICY)
            store.upgrade(server.owner_url)
            saved = create(store)
            assert store.read(concepts.get_concept, saved.concept.id).seq == saved.seq

        with postgres(data, port=server.port):
            # The first call of each pool may find its connection broken.
            assert code(edit, store, saved) in ("", "STORE_UNREACHABLE")
            assert code(store.feed) in ("", "STORE_UNREACHABLE")

            assert edit(store, saved).seq == 2
            assert len(changes(store)) == 2
            assert verify(store) == ()
            store.dispose()


def test_a_pool_without_a_free_connection_is_an_error(database: PostgresServer) -> None:
    url = make_url(database.url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    store = open_store(engine=engine, policy=POLICY)

    with engine.connect():
        assert codes_of_all_access(store) == {"NO_CONNECTION_FREE"}
    create(store)
    engine.dispose()


def test_a_sqlite_file_that_another_process_locks_is_busy(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = create_engine(sqlite_url, connect_args={"timeout": 0.01})
    event.listen(engine, "connect", enable_foreign_keys)
    store = open_store(engine=engine, policy=POLICY)
    pauses: list[float] = []
    store.pause = pauses.append
    locking = sqlite3.connect(make_url(sqlite_url).database or "", isolation_level=None)
    locking.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StoreBusy, match="commit or roll back the transaction"):
        create(store)
    assert len(pauses) == RETRIES
    assert code(create_in_block, store) == "STORE_BUSY"
    assert store.lost_races.number == RETRIES + 2  # each attempt of both calls
    assert "ERROR" not in {record.levelname for record in caplog.records}

    locking.execute("ROLLBACK")
    locking.close()
    assert create(store).seq == 1
    engine.dispose()


def test_a_command_inside_a_command_is_a_usage_error(store: SqlStore) -> None:
    def create_within(_: SqlTransaction, inner_store: SqlStore) -> object:
        return create(inner_store)

    assert code(store.run, create_within, store, actor=MAYA, reason="nested") == "WRONG_USE"
    assert create(store).seq == 1


def test_a_disposed_store_opens_again_by_itself(store: SqlStore) -> None:
    saved = create(store)
    store.dispose()

    assert edit(store, saved, CLEARER).seq == saved.seq + 1
