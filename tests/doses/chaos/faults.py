"""The faults under an open store, for each database, with the error codes they may cause."""

import resource
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Final

from tests.doses.chaos.fault_runs import FaultCase
from tests.doses.chaos.open_stores import StoreUnderTest

BLOCK_BYTES: Final = 65_536
MAX_PAUSE_SECONDS: Final = 0.03  # from one termination to the next
STALE: Final = "STALE"  # two workers edited one concept
SELECT_BACKENDS: Final = """
    SELECT pid
    FROM pg_stat_activity
    WHERE usename = 'indelible_app' AND datname = current_database()
"""
REFUSE_CHANGES: Final = """
    CREATE SEQUENCE public.changes_tried;
    CREATE FUNCTION public.refuse_every_fourth_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF nextval('public.changes_tried') % 4 = 0 THEN
            RAISE SQLSTATE '40001' USING MESSAGE = 'could not serialize access';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER refuse_every_fourth_change BEFORE INSERT ON indelible.history
    FOR EACH ROW EXECUTE FUNCTION public.refuse_every_fourth_change();
"""
ALLOW_CHANGES: Final = """
    DROP FUNCTION public.refuse_every_fourth_change CASCADE;
    DROP SEQUENCE public.changes_tried;
"""
LOCK_ROWS: Final = "SELECT id FROM indelible.concepts ORDER BY id FOR UPDATE"


@contextmanager
def read_only(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Make the server read-only, like a standby."""
    with tested.setting(default_transaction_read_only="on"):
        yield


@contextmanager
def late_locks(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Lock every row in another session, with a short lock timeout."""
    with tested.setting(lock_timeout="20ms"), tested.admin() as admin, admin.transaction():
        admin.execute(LOCK_ROWS)
        yield


@contextmanager
def late_statements(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Lock every row in another session, with a short statement timeout."""
    with tested.setting(statement_timeout="60ms"), tested.admin() as admin, admin.transaction():
        admin.execute("SET LOCAL statement_timeout = 0")
        admin.execute(LOCK_ROWS)
        yield


@contextmanager
def unserializable(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Refuse every fourth change with the error of a transaction that cannot be serialized.

    Each transaction of a store is READ COMMITTED, whatever the server's default is, so PostgreSQL
    would not raise it by itself.
    """
    with tested.admin() as admin:
        admin.execute(REFUSE_CHANGES)
    try:
        yield
    finally:
        with tested.admin() as admin:
            admin.execute(ALLOW_CHANGES)


@contextmanager
def terminated(tested: StoreUnderTest, chance: Random) -> Generator[None]:
    """Terminate the store's sessions again and again, at random moments."""
    over = Event()

    def terminate() -> None:
        with tested.admin() as admin:
            while not over.wait(chance.uniform(0, MAX_PAUSE_SECONDS)):
                for (pid,) in admin.execute(SELECT_BACKENDS).fetchall():
                    admin.execute("SELECT pg_terminate_backend(%s)", (pid,))

    thread = Thread(target=terminate)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def few_pages(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Forbid that the SQLite file grows."""
    with sqlite3.connect(tested.file()) as other:
        (pages,) = other.execute("PRAGMA page_count").fetchone()
    other.close()

    with tested.pragma(f"max_page_count = {pages}", "max_page_count = 1073741823"):
        yield


@contextmanager
def short_files(_: StoreUnderTest, __: Random) -> Generator[None]:
    """Limit the size of every file that this process writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (BLOCK_BYTES // 8, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def only_queries(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Forbid writes on the writing connection."""
    with tested.pragma("query_only = ON", "query_only = OFF"):
        yield


@contextmanager
def locked_file(tested: StoreUnderTest, _: Random) -> Generator[None]:
    """Lock the file from another connection, with a short busy timeout."""
    other = sqlite3.connect(tested.file(), isolation_level=None)
    with tested.pragma("busy_timeout = 1", "busy_timeout = 5000"):
        other.execute("BEGIN IMMEDIATE")
        tested.is_impatient = True
        try:
            yield
        finally:
            tested.is_impatient = False
            other.execute("ROLLBACK")
            other.close()


@contextmanager
def filled(disk: Path) -> Generator[None]:
    """Fill the disk during the block."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (BLOCK_BYTES, 512):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue

    try:
        yield
    finally:
        filler.unlink()


ON_POSTGRESQL: Final = {
    "read-only": FaultCase(
        fault=read_only,
        allowed_codes=frozenset({"STORE_READ_ONLY"}),
        proof=frozenset({"STORE_READ_ONLY"}),
    ),
    "lock timeouts": FaultCase(
        fault=late_locks,
        allowed_codes=frozenset({"STORE_TIMEOUT", STALE}),
        proof=frozenset({"STORE_TIMEOUT"}),
    ),
    "statement timeouts": FaultCase(
        fault=late_statements,
        allowed_codes=frozenset({"STORE_TIMEOUT", STALE}),
        proof=frozenset({"STORE_TIMEOUT"}),
    ),
    "serialization failures": FaultCase(
        fault=unserializable, allowed_codes=frozenset({STALE, "STORE_BUSY"}), causes_retries=True
    ),
    "terminated backends": FaultCase(
        fault=terminated,
        allowed_codes=frozenset({STALE, "STORE_UNREACHABLE", "STORE_BUSY"}),
        proof=frozenset({"STORE_UNREACHABLE"}),
    ),
}
ON_SQLITE: Final = {
    "full by max_page_count": FaultCase(
        fault=few_pages,
        allowed_codes=frozenset({"STORE_FULL", STALE}),
        proof=frozenset({"STORE_FULL"}),
    ),
    "full by RLIMIT_FSIZE": FaultCase(
        fault=short_files,
        allowed_codes=frozenset({"DATABASE_FAULT", "STORE_FULL", STALE}),
        proof=frozenset({"DATABASE_FAULT"}),
    ),
    "read-only": FaultCase(
        fault=only_queries,
        allowed_codes=frozenset({"STORE_READ_ONLY"}),
        proof=frozenset({"STORE_READ_ONLY"}),
    ),
    "lock timeouts": FaultCase(
        fault=locked_file, allowed_codes=frozenset({"STORE_BUSY"}), proof=frozenset({"STORE_BUSY"})
    ),
}
