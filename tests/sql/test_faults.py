"""Test the errors of a failing database: one code for each fault, and nothing half-written."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, create_engine, event, make_url, text
from tests.conftest import POLICY, Awaited, Loop, copied, folder
from tests.databases import create_database
from tests.feeds import changes
from tests.sql.conftest import code, opened

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.testing.stores import CLEARER, MAYA, RATIO, create, edit, submit
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import SqlStore, SqlTransaction, open_async_store, open_store, verify

pytestmark = pytest.mark.slow

CREATE = concepts.CreateConcept(content=RATIO)
NOBODY = 65534


@contextmanager
def as_admin(database: PostgresServer) -> Generator[psycopg.Connection[Any]]:
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        yield connection


def set_on_database(database: PostgresServer, name: str, value: str) -> None:
    with as_admin(database) as admin:
        place = Identifier(database.url.rpartition("/")[2])
        admin.execute(SQL("ALTER DATABASE {} SET {} = {}").format(place, Identifier(name), value))


def in_a_block(store: SqlStore) -> None:
    with store.transaction(actor=MAYA, reason="a block") as tx:
        concepts.create_concept(tx, CREATE)


def every_way(store: SqlStore) -> set[str]:
    """How each way into a store refuses."""
    ways: tuple[Callable[[], object], ...] = (
        lambda: create(store),
        lambda: in_a_block(store),
        lambda: store.read(concepts.get_concept, "c-1"),
        store.feed,
    )
    return set(map(code, ways))


def test_a_server_that_does_not_listen_is_unreachable(unused_tcp_port: int, loop: Loop) -> None:
    url = f"postgresql://indelible_app@127.0.0.1:{unused_tcp_port}/indelible"
    with opened(url) as store:
        assert every_way(store) == {"STORE_UNREACHABLE"}
        assert code(store.upgrade) == "STORE_UNREACHABLE"
    awaited = Awaited(open_async_store(url, policy=POLICY), loop)
    assert code(awaited.feed) == "STORE_UNREACHABLE"
    loop.wait(awaited.store.dispose())


def test_an_empty_database_is_out_of_date_and_says_so_before_anything_else(
    server: PostgresServer, tmp_path: Path
) -> None:
    empty = create_database(server, "an_empty_one")
    for url in (empty.url, f"sqlite:///{tmp_path / 'empty.db'}"):
        with opened(url) as store:
            assert every_way(store) == {"SCHEMA_OUT_OF_DATE"}


def test_a_database_of_a_newer_version_is_out_of_date_and_is_left_alone(
    database: PostgresServer, sqlite_url: str
) -> None:
    newer = "UPDATE {}indelible_version SET version_num = '9999'"
    with as_admin(database) as admin:
        admin.execute(newer.format("indelible."))
    with sqlite3.connect(make_url(sqlite_url).database or "") as connection:
        connection.execute(newer.format(""))
    connection.close()
    for url, owner_url in ((database.url, database.owner_url), (sqlite_url, None)):
        with opened(url) as store:
            assert every_way(store) == {"SCHEMA_OUT_OF_DATE"}
            assert code(store.upgrade, owner_url) == "SCHEMA_OUT_OF_DATE"


def test_a_lost_guard_is_damage_and_nothing_is_written_past_it(
    database: PostgresServer, sqlite_url: str
) -> None:
    with as_admin(database) as admin:
        admin.execute("ALTER TABLE indelible.concepts DISABLE TRIGGER concepts_one_step")
    with sqlite3.connect(make_url(sqlite_url).database or "") as connection:
        connection.execute("DROP TRIGGER concepts_one_step")
    connection.close()
    for url in (database.url, sqlite_url):
        with opened(url) as store:
            assert every_way(store) == {"SCHEMA_DAMAGED"}


def test_a_file_that_may_only_be_read_is_read(sqlite: SqlStore, sqlite_url: str) -> None:
    saved = create(sqlite)
    path = make_url(sqlite_url).database
    with opened(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert store.read(concepts.get_concept, saved.concept.id).seq == 1
        assert code(create, store) == "STORE_READ_ONLY"
        assert code(in_a_block, store) == "STORE_READ_ONLY"


def test_a_file_in_no_directory_is_unreachable(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'nowhere' / 'concepts.db'}") as store:
        assert every_way(store) == {"STORE_UNREACHABLE"}
        assert code(store.upgrade) == "STORE_UNREACHABLE"
    assert not (tmp_path / "nowhere").exists()


@contextmanager
def as_somebody_else() -> Generator[None]:
    """Without the power of root, for which no file is read-only."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(mine)


def test_a_directory_that_may_only_be_read_takes_no_write(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url) as store:
        create(store)
    for path, mode in (*((each, 0o444) for each in tmp_path.iterdir()), (tmp_path, 0o555)):
        path.chmod(mode)
    with as_somebody_else(), opened(sqlite_url) as store:
        refused = code(create, store)
    tmp_path.chmod(0o755)

    assert refused == "STORE_READ_ONLY"


def test_a_server_that_may_only_be_read_is_read(database: PostgresServer) -> None:
    with opened(database.url) as store:
        saved = create(store)
    set_on_database(database, "default_transaction_read_only", "on")
    with opened(database.url) as store:
        assert store.read(concepts.get_concept, saved.concept.id).seq == 1
        assert code(create, store) == "STORE_READ_ONLY"
        assert code(in_a_block, store) == "STORE_READ_ONLY"


def check_keys(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


def with_few_pages(url: str) -> Engine:
    """A host's engine whose database may not grow any more."""
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def few(connection: sqlite3.Connection, _: object) -> None:
        check_keys(connection, _)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    return engine


def test_a_full_database_refuses_writes_serves_reads_and_takes_writes_again_once_there_is_room(
    sqlite: SqlStore, sqlite_url: str
) -> None:
    saved = create(sqlite)
    engine = with_few_pages(sqlite_url)
    full = open_store(engine=engine, policy=POLICY)
    long = concepts.ConceptContent(name="Long", definition="long " * 2_000)

    assert code(lambda: [create(full, long) for _ in range(9)]) == "STORE_FULL"
    assert full.read(concepts.get_concept, saved.concept.id).seq == 1
    engine.dispose()
    kept = len(sqlite.feed().changes)
    create(sqlite, long)
    assert len(sqlite.feed().changes) == kept + 1
    assert verify(sqlite) == ()


FILL = """
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


def test_a_process_whose_files_may_not_grow_loses_nothing_and_goes_on_later(
    sqlite_url: str,
) -> None:
    room = Path(make_url(sqlite_url).database or "").stat().st_size + 500_000
    done = subprocess.run(
        (sys.executable, "-c", FILL, sqlite_url, str(room)),
        capture_output=True,
        text=True,
        check=True,
    )
    said, before, after = done.stdout.split()

    assert said == "DATABASE_FAULT"  # SQLite says SQLITE_IOERR_WRITE, and not that it is full
    assert int(after) == int(before) + 1
    with opened(sqlite_url) as store:
        assert verify(store) == ()


@contextmanager
def held(store: SqlStore, saved: ConceptSaved) -> Generator[None]:
    """The concept's row, locked by another transaction."""
    entered, leave = Event(), Event()

    def hold(tx: SqlTransaction, _: object) -> None:
        tx.concepts.concepts.load_current(saved.concept.id, expected_seq=saved.seq)
        entered.set()
        leave.wait()

    with ThreadPoolExecutor(1) as threads:
        holding = threads.submit(store.run, hold, None, actor=MAYA, reason="holds the row")
        entered.wait()
        yield
        leave.set()
        holding.result()


def test_a_lock_that_is_not_had_in_time_is_a_timeout(database: PostgresServer) -> None:
    set_on_database(database, "lock_timeout", "50ms")
    with opened(database.url) as store:
        saved = create(store)
        with held(store, saved):
            assert code(edit, store, saved) == "STORE_TIMEOUT"
        assert edit(store, saved).seq == saved.seq + 1


def signalled(database: PostgresServer, function: str) -> None:
    """Cancel or terminate whichever session of this database waits for a lock."""
    waiting = (
        f"SELECT {function}(pid)"
        " FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with as_admin(database) as admin:
        while not admin.execute(waiting.encode()).fetchall():
            pass


@pytest.mark.parametrize(
    ("function", "expected"),
    [("pg_cancel_backend", "STORE_TIMEOUT"), ("pg_terminate_backend", "STORE_UNREACHABLE")],
)
def test_a_statement_that_is_ended_from_outside_leaves_nothing(
    database: PostgresServer, function: str, expected: str
) -> None:
    with opened(database.url) as store:
        saved = create(store)
        with held(store, saved), ThreadPoolExecutor(1) as threads:
            refused = threads.submit(code, submit, store, saved)
            signalled(database, function)

            assert refused.result() == expected
        assert submit(store, saved).seq == saved.seq + 1
        assert verify(store) == ()


def test_a_session_that_is_terminated_after_its_write_leaves_nothing(
    database: PostgresServer,
) -> None:
    def die_after(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)
        pid = tx.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with as_admin(database) as admin:
            admin.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
        concepts.create_concept(tx, command)

    with opened(database.url) as store:
        assert code(store.run, die_after, CREATE, actor=MAYA, reason="dies") == "STORE_UNREACHABLE"
        assert changes(store) == ()
        create(store)
        assert len(changes(store)) == 1


@pytest.fixture
def directory(cluster: Path) -> Generator[Path]:
    """A place for a server of the test's own."""
    with folder() as made:
        yield copied(cluster, made)


def test_a_wrong_password_is_denied(directory: Path) -> None:
    with postgres(directory, durable=False, passwords=True) as server:
        wrong = make_url(server.url).set(password="wrong").render_as_string(hide_password=False)  # noqa: S106
        with opened(wrong) as store:
            assert every_way(store) == {"ACCESS_DENIED"}
            assert code(store.upgrade, wrong) == "ACCESS_DENIED"
        with opened(server.url) as store:
            store.upgrade(server.owner_url)
            assert create(store).seq == 1


def test_a_server_that_was_restarted_serves_again(directory: Path) -> None:
    with postgres(directory, durable=False) as first:
        store = open_store(first.url, policy=POLICY)
        store.upgrade(first.owner_url)
        saved = create(store)
        assert store.read(concepts.get_concept, saved.concept.id).seq == saved.seq
    with postgres(directory, port=first.port):
        told = {code(edit, store, saved), code(store.feed)}  # each pool learns it by one call

        assert told <= {"", "STORE_UNREACHABLE"}
        assert edit(store, saved).seq == len(changes(store)) == 2
        assert verify(store) == ()
        store.dispose()


def test_a_pool_that_stays_empty_says_so(database: PostgresServer) -> None:
    target = make_url(database.url).set(drivername="postgresql+psycopg")
    engine = create_engine(target, pool_size=1, max_overflow=0, pool_timeout=0.05)
    store = open_store(engine=engine, policy=POLICY)
    with engine.connect():
        assert every_way(store) == {"NO_CONNECTION_FREE"}
    create(store)
    engine.dispose()


def test_a_file_that_another_process_keeps_locked_is_busy(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, connect_args={"timeout": 0.01})
    event.listen(engine, "connect", check_keys)
    store = open_store(engine=engine, policy=POLICY)
    pauses: list[float] = []
    store.pause = pauses.append
    locked = sqlite3.connect(make_url(sqlite_url).database or "", isolation_level=None)
    locked.execute("BEGIN EXCLUSIVE")

    assert code(create, store) == "STORE_BUSY"
    assert len(pauses) == 7
    assert code(in_a_block, store) == "STORE_BUSY"
    locked.execute("ROLLBACK")
    locked.close()
    assert create(store).seq == 1
    engine.dispose()


def test_a_transaction_inside_a_transaction_is_a_mistake(
    sqlite: SqlStore, postgresql: SqlStore
) -> None:
    def nested(_: SqlTransaction, store: SqlStore) -> object:
        return create(store)

    for store in (sqlite, postgresql):
        assert code(store.run, nested, store, actor=MAYA, reason="nested") == "WRONG_USE"
        assert create(store).seq == 1


def test_a_transaction_that_has_ended_does_nothing_more(
    sqlite: SqlStore, postgresql: SqlStore
) -> None:
    for store in (sqlite, postgresql):
        with store.transaction(actor=MAYA, reason="kept too long") as tx:
            concepts.create_concept(tx, CREATE)

        assert code(concepts.create_concept, tx, CREATE) == "WRONG_USE"
        assert code(tx.concepts.repository.get_concept, "c-1") == "WRONG_USE"
        assert code(tx.history.of, "concept", "c-1") == "WRONG_USE"
        assert len(changes(store)) == 1


def test_a_wrong_address_is_a_mistake(tmp_path: Path) -> None:
    for url in (
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://root@localhost/x",
        f"duckdb:///{tmp_path}",
    ):
        assert code(open_store, url) == "WRONG_USE"


@pytest.mark.parametrize("url", ["no address at all", "postgresql://maya@localhost:port/indelible"])
def test_what_is_no_address_is_a_mistake(url: str) -> None:
    assert code(open_store, url) == "WRONG_USE"


def test_a_store_that_was_disposed_opens_again_by_itself(
    sqlite: SqlStore, postgresql: SqlStore
) -> None:
    for store in (sqlite, postgresql):
        saved = create(store)
        store.dispose()

        assert edit(store, saved, CLEARER).seq == saved.seq + 1
