"""Test that only writers of the same store delay PostgreSQL's feed, and that it skips nothing."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Event

import psycopg
import pytest
from sqlalchemy import text
from tests.conftest import copy_cluster, folder
from tests.databases import create_database
from tests.sql.conftest import opened

from indelible.app import ReadTx, WriteTx
from indelible.kernel.open_writers import OpenWriter
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.testing.stores import MAYA
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import SqlStore, SqlTransaction, seal, verify
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.feed import LAST_POSITION

NAMES = count(1)
DRAWERS = 3
LOOKS = 200_000  # a query of the sequence was ahead once in 3,000
BIG_POSITIONS = (2**31 - 2, 2**32 - 2, 2**40, 2**47)
FLOORS = """
    SELECT ((classid::bigint & 65535) << 32) | objid::bigint
    FROM pg_locks
    WHERE locktype = 'advisory' AND mode = 'ShareLock'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


# Counts how often the last position is not below the next one, which is drawn after it.
COUNT_AHEAD = f"""
    CREATE FUNCTION pg_temp.count_ahead() RETURNS integer LANGUAGE plpgsql AS $$
    DECLARE
      last bigint;
      ahead integer := 0;
    BEGIN
      FOR number IN 1..{LOOKS} LOOP
        last := {LAST_POSITION.format(schema=SCHEMA)};
        IF nextval('{SCHEMA}.history_position_seq') <= last THEN
          ahead := ahead + 1;
        END IF;
      END LOOP;
      RETURN ahead;
    END $$
"""
DRAW_MANY = f"SELECT count(nextval('{SCHEMA}.history_position_seq')) FROM generate_series(1, 2000)"


class RolledBack(Exception):
    """An error with which a test rolls back a transaction or a savepoint."""


@pytest.mark.slow
def test_the_last_position_is_never_ahead_of_those_that_are_drawn(
    database: PostgresServer,
) -> None:
    has_ended = Event()

    def draw() -> None:
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            while not has_ended.is_set():
                owner.execute(DRAW_MANY.encode())

    with ThreadPoolExecutor() as threads:
        drawing = [threads.submit(draw) for _ in range(DRAWERS)]
        try:
            with psycopg.connect(database.owner_url, autocommit=True) as owner:
                owner.execute(COUNT_AHEAD.encode())
                ahead = owner.execute("SELECT pg_temp.count_ahead()").fetchone()
        finally:
            has_ended.set()
        for drawer in drawing:
            drawer.result()

    assert ahead == (0,)


def pause(tx: WriteTx, name: str | None = None) -> str:
    """Pause a stage, which is one change, and return its name."""
    stage = name or f"stage-{next(NAMES)}"
    pause_stage(tx, PauseStage(stage=stage))
    return stage


def write(store: SqlStore) -> str:
    """Commit one change, and return the id of its aggregate."""
    return store.run(pause, None, actor=MAYA, reason="a test")


def transaction(store: SqlStore) -> AbstractContextManager[SqlTransaction]:
    return store.transaction(actor=MAYA, reason="a test")


def ids(store: SqlStore, after: str = "") -> list[str]:
    """Return the ids in the feed after a cursor."""
    return [change.entity_id for change in store.feed(after=after, limit=1_000).changes]


def open_writers(store: SqlStore) -> tuple[OpenWriter, ...]:
    """Return the writers that delay the store's feed."""
    return store.read(lambda tx: tx.subscribers.open_writers())


def floors(connection: psycopg.Connection[tuple[int]]) -> list[int]:
    """Return the floors that writers of the database hold."""
    return sorted(row[0] for row in connection.execute(FLOORS))


@pytest.fixture
def owner(database: PostgresServer) -> Generator[psycopg.Connection[tuple[int]]]:
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def other(database: PostgresServer) -> Generator[SqlStore]:
    """A second store on the same database, whose transactions are open meanwhile."""
    with opened(database.url) as store:
        yield store


@contextmanager
def foreign_transaction(server: PostgresServer, database: str) -> Generator[None]:
    """Keep a transaction open that has written to another database of the server."""
    url = f"{server.admin_url.rpartition('/')[0]}/{database}"
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TEMP TABLE foreign_rows (n integer)")
        connection.execute("SELECT pg_current_xact_id()")
        yield
        connection.rollback()


@pytest.mark.dose
def test_a_writer_of_another_database_does_not_delay_the_feed(
    postgresql: SqlStore, server: PostgresServer
) -> None:
    with foreign_transaction(server, "postgres"):
        written = [write(postgresql) for _ in range(3)]

        assert ids(postgresql) == written
        sealed = seal(postgresql, actor=MAYA, reason="a test")
        assert sealed is not None
        assert sealed.changes == len(written)


@pytest.mark.dose
def test_a_prepared_transaction_delays_the_feed_of_its_own_store_only(cluster: Path) -> None:
    settings = {"max_prepared_transactions": "5"}
    with (
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False, settings=settings) as server,
    ):
        ours, theirs = (create_database(server, name) for name in ("ours", "theirs"))
        for database in (ours, theirs):
            with opened(database.url) as store:
                store.upgrade(database.owner_url)
                if database is theirs:
                    prepare(store)
        with opened(ours.url) as store, opened(theirs.url) as delayed:
            written = [write(store), write(delayed)]
            assert (ids(store), ids(delayed)) == ([written[0]], [])
            assert open_writers(store) == ()
            (orphan,) = open_writers(delayed)
            assert (orphan.database, orphan.process) == ("theirs", None)
            assert orphan.name == "prepared transaction orphan"
            assert orphan.role == "indelible_app"

            with psycopg.connect(theirs.url, autocommit=True) as connection:
                connection.execute("COMMIT PREPARED 'orphan'")
            assert ids(delayed) == ["orphan", written[1]]


def prepare(store: SqlStore) -> None:
    """Prepare a transaction with a change, which nobody ends."""
    with suppress(RolledBack), transaction(store) as tx:
        pause(tx, "orphan")
        tx.connection.execute(text("PREPARE TRANSACTION 'orphan'"))
        raise RolledBack


def test_a_slow_writer_hides_what_follows_it_until_it_ends(
    postgresql: SqlStore, other: SqlStore
) -> None:
    first = write(postgresql)
    with transaction(other) as tx:
        slow = pause(tx)
        later = write(postgresql)
        assert ids(postgresql) == [first]

    assert ids(postgresql) == [first, slow, later]


@pytest.mark.slow
def test_a_transaction_that_only_reads_or_writes_a_hosts_table_delays_nothing(
    postgresql: SqlStore, other: SqlStore, owner: psycopg.Connection[tuple[int]]
) -> None:
    owner.execute("CREATE TABLE public.host_rows (n integer)")
    owner.execute("GRANT INSERT ON public.host_rows TO PUBLIC")
    with transaction(other) as tx:
        tx.connection.execute(text("INSERT INTO public.host_rows VALUES (1)"))
        others = [write(postgresql), write(postgresql)]
        assert ids(postgresql) == others
        cursor = postgresql.feed(limit=1_000).cursor
        late = pause(tx)  # its transaction number is lower than those of the others

    assert ids(postgresql, after=cursor) == [late]
    assert verify(postgresql) == ()


def test_a_lock_of_another_role_is_named_with_the_time_of_what_it_holds_back(
    postgresql: SqlStore, owner: psycopg.Connection[tuple[int]]
) -> None:
    """The server hides from the store's role when another role's transaction began."""
    (table_number,) = owner.execute(
        "SELECT ('indelible.history'::regclass::bigint & 32767) << 48"
    ).fetchone() or (0,)
    owner.execute("SELECT pg_advisory_lock_shared(%s)", (table_number,))
    assert open_writers(postgresql) == ()  # nothing is held back yet

    write(postgresql)
    assert ids(postgresql) == []
    (holder,) = open_writers(postgresql)
    assert holder.process == owner.info.backend_pid
    assert holder.role == owner.info.user
    with postgresql.engines.reader.connect() as connection:
        first = connection.execute(text("SELECT min(at) FROM indelible.history")).scalar()
    assert holder.since == first


@pytest.mark.slow
def test_a_transaction_of_many_statements_holds_one_lock(
    postgresql: SqlStore, other: SqlStore, owner: psycopg.Connection[tuple[int]]
) -> None:
    write(postgresql)
    with transaction(other) as tx:
        for _ in range(20):
            pause(tx)
            write(postgresql)
        assert len(floors(owner)) == 1

    assert floors(owner) == []


def test_a_savepoint_that_is_rolled_back_leaves_the_floor_of_what_stays(
    postgresql: SqlStore, other: SqlStore, owner: psycopg.Connection[tuple[int]]
) -> None:
    with transaction(other) as tx:
        with suppress(RolledBack), tx.connection.begin_nested():
            pause(tx, "lost")
            assert floors(owner) == [0]
            raise RolledBack
        assert floors(owner) == []
        first = write(postgresql)
        kept = pause(tx)
        with suppress(RolledBack), tx.connection.begin_nested():
            pause(tx, "lost-again")
            raise RolledBack
        last = write(postgresql)
        assert len(floors(owner)) == 1
        assert ids(postgresql) == [first]

    assert ids(postgresql) == [first, kept, last]


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["999999999999", "5", "0", "-7"])
def test_a_setting_of_the_session_cannot_raise_the_floor(
    postgresql: SqlStore, other: SqlStore, owner: psycopg.Connection[tuple[int]], setting: str
) -> None:
    for _ in range(3):
        write(postgresql)
    with transaction(other) as tx:
        tx.connection.execute(text(f"SELECT set_config('indelible.feed_floor', '{setting}', true)"))
        slow = pause(tx)
        later = write(postgresql)
        (floor,) = floors(owner)
        assert floor <= 3
        assert {slow, later}.isdisjoint(ids(postgresql))

    assert ids(postgresql)[-2:] == [slow, later]


@pytest.mark.slow
@pytest.mark.parametrize("position", BIG_POSITIONS)
def test_positions_of_any_size_have_floors(
    postgresql: SqlStore, other: SqlStore, owner: psycopg.Connection[tuple[int]], position: int
) -> None:
    write(postgresql)
    owner.execute("SELECT setval('indelible.history_position_seq', %s)", (position,))
    first = [write(postgresql) for _ in range(4)]
    cursor = postgresql.feed(limit=1_000).cursor
    assert ids(postgresql)[1:] == first
    with transaction(other) as tx:
        slow = pause(tx)
        later = write(postgresql)
        assert floors(owner) == [position + 4]
        assert ids(postgresql, after=cursor) == []

    assert ids(postgresql, after=cursor) == [slow, later]


@pytest.mark.slow
def test_an_old_snapshot_skips_nothing(postgresql: SqlStore, other: SqlStore) -> None:
    """A query that has its view before a change is committed must not end behind that change."""
    seen = [write(postgresql)]
    reads = 0

    def read(tx: ReadTx) -> tuple[list[str], str]:
        nonlocal reads
        reads += 1
        tx.subscribers.all()  # its view begins
        seen.append(write(other))
        feed = tx.history.feed(after="", limit=1_000)
        return [change.entity_id for change in feed.changes], feed.cursor

    first, cursor = postgresql.read(read)
    assert first + ids(postgresql, after=cursor) == seen
    assert reads == 2  # the first found that the end of the feed was not known

    again, cursor = postgresql.read(read)
    assert again + ids(postgresql, after=cursor) == seen
    assert reads == 3


def test_a_transaction_with_one_snapshot_reads_up_to_the_last_seal(
    postgresql: SqlStore,
) -> None:
    """A host's own REPEATABLE READ transaction does not see what locks promise."""
    sealed = [write(postgresql), write(postgresql)]
    seal(postgresql, actor=MAYA, reason="a test")
    write(postgresql)
    with postgresql.engines.writer.connect() as connection:
        connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ")
        assert connection.exec_driver_sql("SELECT indelible.feed_end()").scalar() == len(sealed)
        connection.exec_driver_sql("ROLLBACK")
