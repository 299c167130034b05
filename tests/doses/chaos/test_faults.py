"""A fault under an open store has an error code, leaves no partial write, and passes by itself."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any, Final

import psycopg
import pytest
from attrs import define
from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import Connection, text
from tests.conftest import folder
from tests.databases import give_to_server
from tests.doses.chaos.faults import (
    ON_POSTGRESQL,
    ON_SQLITE,
    FaultCase,
    FaultReport,
    only_queries,
    run_under_fault,
)
from tests.doses.chaos.open_stores import StoreUnderTest, changes_after, open_for_test
from tests.doses.chaos.servers import Server, disk, filled
from tests.service.full_disks import SCENARIOS, run_scenario
from tests.sql.lost_commits import proxied_store
from tests.sql.proxy import SYNC, Fault

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.kernel import Change, IndelibleError, Stale
from indelible.testing.stores import BEGINNING, MAYA, RATIO, create, edit, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading, SqlStore, SqlTransaction, open_store, verify
from indelible_sql.engine.connections import BEGIN_ON_POSTGRESQL
from indelible_sql.schema import findings

ROUNDS: Final = 3
EDITS: Final = 50
CONCEPTS: Final = 3
LOST_BEGINS: Final = 3
# BEGIN and the first statement are answered together, at the end of their pipeline.
LOST: Final = {Fault.CUT: BEGIN_ON_POSTGRESQL.encode(), Fault.SWALLOW: SYNC}
MAX_PAUSE_SECONDS: Final = 0.15  # from one start of a server to its next end
MAX_JUMP_SECONDS: Final = 400 * 24 * 3_600
MAX_DISTANCE: Final = timedelta(days=9_000)  # of a jumping clock
SQLITE_DISK_SIZE: Final = "8m"
POSTGRESQL_DISK_SIZE: Final = "96m"
LOG_DISK_SIZE: Final = "72m"
LOG_SETTINGS: Final = {"min_wal_size": "32MB", "max_wal_size": "32MB"}
MAX_SEGMENTS: Final = 10  # more than the disk has room for
END_SEGMENT: Final = "SELECT pg_logical_emit_message(true, 'full log', 'x'), pg_switch_wal()"
LOST_SERVER: Final = frozenset({"STORE_UNREACHABLE", "STORE_BUSY", "STALE", "OUTCOME_UNKNOWN"})
UNREACHABLE: Final = frozenset({"STORE_UNREACHABLE"})
TERMINATE_ALL_SESSIONS: Final = """
    SELECT pg_terminate_backend(pid, 10000)
    FROM pg_stat_activity
    WHERE usename = 'indelible_app' AND datname = current_database()
"""
Show = Callable[[str], None]


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Generator[StoreUnderTest]:
    with open_for_test(sqlite_url) as tested:
        yield tested


@pytest.fixture
def on_postgresql(database: PostgresServer) -> Generator[StoreUnderTest]:
    with open_for_test(database) as tested:
        yield tested


def require(report: FaultReport, name: str, show: Show) -> None:
    """Show the outcome, and require that nothing is wrong."""
    show(f"{name}: {report}")
    assert report.problems == []


@pytest.mark.parametrize("name", ON_SQLITE)
def test_a_store_survives_a_fault_of_sqlite(
    on_sqlite: StoreUnderTest, name: str, chance: Random, add_summary_line: Show
) -> None:
    report = run_under_fault(on_sqlite, ON_SQLITE[name], chance, ROUNDS)

    require(report, f"SQLite, {name}", add_summary_line)
    assert report.failures_afterwards == 0


@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_a_store_survives_a_fault_of_postgresql(
    on_postgresql: StoreUnderTest, name: str, chance: Random, add_summary_line: Show
) -> None:
    report = run_under_fault(on_postgresql, ON_POSTGRESQL[name], chance, ROUNDS)

    require(report, f"PostgreSQL, {name}", add_summary_line)


# Servers that end


@contextmanager
def own_server(**settings: str) -> Generator[tuple[Server, PostgresServer]]:
    """Run a migrated server that may be restarted."""
    with folder() as directory:
        server = Server(directory, settings=settings)
        running = server.start()
        try:
            store = open_store(running.url)
            store.upgrade(running.owner_url)
            store.dispose()
            yield server, running
        finally:
            server.stop(is_killed=False)


def test_a_store_survives_restarts_of_its_server(chance: Random, add_summary_line: Show) -> None:
    restarts: list[bool] = []

    @contextmanager
    def restarted(_: StoreUnderTest, random: Random) -> Generator[None]:
        over = Event()

        def restart_repeatedly() -> None:
            while not over.wait(random.uniform(0, MAX_PAUSE_SECONDS)):
                restarts.append(random.random() < 0.5)
                server.stop(is_killed=restarts[-1])
                server.start()

        thread = Thread(target=restart_repeatedly)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    case = FaultCase(fault=restarted, allowed_codes=LOST_SERVER, proof=UNREACHABLE)
    with own_server() as (server, running), open_for_test(running) as tested:
        report = run_under_fault(tested, case, chance, ROUNDS)

    require(report, f"{len(restarts)} restarts", add_summary_line)
    assert restarts


# Full disks, in a file system in memory; the process must be allowed to mount one.


def full(small: Path) -> FaultCase:
    """Return the case of a disk that is full."""

    @contextmanager
    def fault(_: StoreUnderTest, __: Random) -> Generator[None]:
        with filled(small):
            yield

    codes = frozenset({"STORE_FULL"})
    return FaultCase(fault=fault, allowed_codes=codes | {"STALE"}, proof=codes)


def test_a_store_survives_a_full_disk_of_sqlite(
    template_file: Path, chance: Random, add_summary_line: Show
) -> None:
    with disk(SQLITE_DISK_SIZE) as small:
        path = shutil.copy(template_file, small / "concepts.db")
        with open_for_test(f"sqlite:///{path}") as tested:
            report = run_under_fault(tested, full(small), chance, ROUNDS)

    require(report, "full disk, SQLite", add_summary_line)


def test_a_store_survives_a_full_tablespace(chance: Random, add_summary_line: Show) -> None:
    with disk(POSTGRESQL_DISK_SIZE) as small, own_server() as (_, running):
        give_to_server(small)
        admin_url, _, name = running.admin_url.rpartition("/")
        with psycopg.connect(f"{admin_url}/postgres", autocommit=True) as admin:
            admin.execute(SQL("CREATE TABLESPACE small LOCATION {}").format(Literal(str(small))))
            admin.execute(SQL("ALTER DATABASE {} SET TABLESPACE small").format(Identifier(name)))
        with open_for_test(running) as tested:
            report = run_under_fault(tested, full(small), chance, ROUNDS)

    require(report, "full disk, PostgreSQL", add_summary_line)


def test_a_store_survives_a_full_log(chance: Random, add_summary_line: Show) -> None:
    """PostgreSQL panics, and cannot recover as long as the disk of its log is full."""

    @contextmanager
    def full_log(tested: StoreUnderTest, random: Random) -> Generator[None]:
        thread = Thread(target=end_segments, args=(tested, random.uniform(0, 0.1)))
        with filled(small):
            thread.start()
            try:
                yield
            finally:
                thread.join()
        assert "PANIC" in (server.directory / "server.log").read_text(), "the log was not full"
        server.stop(is_killed=False)
        server.start()

    codes = LOST_SERVER | {"STORE_FULL"}
    case = FaultCase(fault=full_log, allowed_codes=codes, proof=UNREACHABLE)
    with disk(LOG_DISK_SIZE) as small, own_server(**LOG_SETTINGS) as (server, running):
        server.stop(is_killed=False)
        log = server.directory / "data" / "pg_wal"
        shutil.copytree(log, small / "pg_wal")
        shutil.rmtree(log)
        log.symlink_to(small / "pg_wal")
        give_to_server(small)
        server.start()
        with open_for_test(running) as tested:
            report = run_under_fault(tested, case, chance, ROUNDS)

    require(report, "full disk of the log", add_summary_line)


def end_segments(tested: StoreUnderTest, pause: float) -> None:
    """After a pause end one segment of the log after the other, until the server has ended."""
    time.sleep(pause)  # a random moment among the commands; nothing is waited for
    with suppress(psycopg.OperationalError), tested.admin() as admin:
        for _ in range(MAX_SEGMENTS):
            admin.execute(END_SEGMENT)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_start_on_a_full_disk_is_an_error_and_the_next_start_continues(name: str) -> None:
    assert not run_scenario(name)


# Clocks


@define(eq=False)
class JumpingClock:
    """A clock that jumps by up to 400 days, forward or back, or stands still."""

    chance: Random
    instant: datetime = BEGINNING
    latest: datetime = BEGINNING
    is_stopped: bool = False

    def now(self) -> datetime:
        """Jump, and return the instant."""
        if not self.is_stopped:
            direction = self.chance.choice((0, 1, 1, -1))
            jump = timedelta(seconds=direction * self.chance.uniform(0, MAX_JUMP_SECONDS))
            earliest, latest = BEGINNING - MAX_DISTANCE, BEGINNING + MAX_DISTANCE
            self.instant = min(max(earliest, self.instant + jump), latest)
            self.latest = max(self.latest, self.instant)

        return self.instant

    def stop(self, instant: datetime) -> None:
        """Stop at an instant."""
        self.instant = instant
        self.is_stopped = True


@pytest.mark.parametrize("fixture", ["sqlite_url", "database"])
def test_history_moves_forward_under_a_jumping_clock(
    fixture: str, request: pytest.FixtureRequest, chance: Random
) -> None:
    clock = JumpingClock(chance)
    with open_for_test(request.getfixturevalue(fixture), clock) as tested:
        store = tested.store
        saved, behind = edit_under_jumps(store, clock)
        assert behind > 0
        assert list(steps_back(store)) == []

        clock.stop(clock.latest)
        assert verify(store) == ()
        clock.stop(min(one.concept.created_at for one in saved) - timedelta(days=9))
        assert {finding.fault for finding in verify(store)} == {findings.Fault.FUTURE}
        for year in (1969, 3000):
            clock.stop(BEGINNING.replace(year=year))
            error = refusal(lambda: create(store))
            assert error is not None
            assert error.code == "INSTANT_OUT_OF_RANGE"


def edit_under_jumps(store: SqlStore, clock: JumpingClock) -> tuple[list[ConceptSaved], int]:
    """Edit concepts; return them, and how often the clock was not after the last change."""
    saved = [create(store) for _ in range(CONCEPTS)]
    behind = 0
    for _ in range(EDITS):
        index = clock.chance.randrange(CONCEPTS)
        updated_at = saved[index].concept.updated_at
        saved[index] = edit(store, saved[index])
        behind += clock.instant <= updated_at

    return saved, behind


def steps_back(store: SqlStore) -> Iterator[Change]:
    """Yield each change that is not after the one before it, or has a wrong seq."""
    latest: dict[str, Change] = {}
    for change in changes_after(store):
        previous = latest.get(change.entity_id)
        latest[change.entity_id] = change
        if previous and (change.at <= previous.at or change.seq != previous.seq + 1):
            yield change


# Lost statements and connections


def test_a_lost_begin_leaves_no_change(database: PostgresServer) -> None:
    codes = Counter[str]()
    with proxied_store(database, None) as proxied:
        for fault, statement in LOST.items():
            for _ in range(LOST_BEGINS):
                create(proxied.store)  # opens a connection
                changes, hits = len(changes_after(proxied.direct)), proxied.proxy.hits
                proxied.proxy.plan(fault, statement)
                try:
                    create(proxied.store)
                except IndelibleError as error:
                    codes[error.code] += 1

                assert proxied.proxy.hits == hits + 1
                assert len(changes_after(proxied.direct)) == changes
        assert verify(proxied.direct) == ()

    assert codes == {"STORE_UNREACHABLE": len(LOST) * LOST_BEGINS}


def test_a_refused_begin_has_its_error_code_in_a_block_too(
    on_sqlite: StoreUnderTest, chance: Random
) -> None:
    store = on_sqlite.store
    create(store)

    def create_in_a_block() -> None:
        with store.transaction(actor=MAYA, reason="a block") as tx:
            concepts.create_concept(tx, concepts.CreateConcept(content=RATIO))

    with only_queries(on_sqlite, chance):
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
