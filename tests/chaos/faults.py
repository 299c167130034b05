"""What can be broken under an open store, on each database, and with which codes callers are told."""

import resource
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Final

from tests.chaos.places import Place
from tests.chaos.suffering import Kind

BLOCK_BYTES: Final = 65_536
LONGEST_PAUSE_SECONDS: Final = 0.03  # from one termination to the next
STALE: Final = "STALE"  # of two workers who edit one concept
BACKENDS: Final = "SELECT pid FROM pg_stat_activity WHERE usename = 'indelible_app' AND datname = current_database()"
ROWS: Final = "SELECT id FROM indelible.concepts ORDER BY id FOR UPDATE"


@contextmanager
def read_only(place: Place, _: Random) -> Generator[None]:
    """The server becomes read-only, as when a standby takes its place."""
    with place.setting(default_transaction_read_only="on"):
        yield


@contextmanager
def late_locks(place: Place, _: Random) -> Generator[None]:
    """Another session keeps every row locked, and the server lets nobody wait."""
    with place.setting(lock_timeout="20ms"), place.admin() as admin, admin.transaction():
        admin.execute(ROWS)
        yield


@contextmanager
def late_statements(place: Place, _: Random) -> Generator[None]:
    """Another session keeps every row locked, and the server ends what takes long."""
    with place.setting(statement_timeout="60ms"), place.admin() as admin, admin.transaction():
        admin.execute("SET LOCAL statement_timeout = 0")
        admin.execute(ROWS)
        yield


@contextmanager
def serializable(place: Place, _: Random) -> Generator[None]:
    """The server demands that transactions be as if they came one after another."""
    with place.setting(default_transaction_isolation="serializable"):
        yield


@contextmanager
def terminated(place: Place, chance: Random) -> Generator[None]:
    """An administrator ends the store's sessions, again and again, in the middle of whatever they do."""
    over = Event()

    def terminate() -> None:
        with place.admin() as admin:
            while not over.wait(chance.uniform(0, LONGEST_PAUSE_SECONDS)):
                for (pid,) in admin.execute(BACKENDS).fetchall():
                    admin.execute("SELECT pg_terminate_backend(%s)", (pid,))

    thread = Thread(target=terminate)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def few_pages(place: Place, _: Random) -> Generator[None]:
    """The SQLite file may not grow."""
    with sqlite3.connect(place.file()) as other:
        (pages,) = other.execute("PRAGMA page_count").fetchone()
    other.close()
    with place.pragma(f"max_page_count = {pages}", "max_page_count = 1073741823"):
        yield


@contextmanager
def short_files(_: Place, __: Random) -> Generator[None]:
    """This process may write no file beyond its first bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (BLOCK_BYTES // 8, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def only_queries(place: Place, _: Random) -> Generator[None]:
    """The connection that writes may only read."""
    with place.pragma("query_only = ON", "query_only = OFF"):
        yield


@contextmanager
def locked_file(place: Place, _: Random) -> Generator[None]:
    """Another connection keeps the file locked for writing, and the store's hardly waits."""
    other = sqlite3.connect(place.file(), isolation_level=None)
    with place.pragma("busy_timeout = 1", "busy_timeout = 5000"):
        other.execute("BEGIN IMMEDIATE")
        place.is_hasty = True
        try:
            yield
        finally:
            place.is_hasty = False
            other.execute("ROLLBACK")
            other.close()


@contextmanager
def filled(disk: Path) -> Generator[None]:
    """The disk is full until the end of the block."""
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
    "read-only": Kind(
        fault=read_only, told=frozenset({"STORE_READ_ONLY"}), proof=frozenset({"STORE_READ_ONLY"})
    ),
    "lock timeouts": Kind(
        fault=late_locks,
        told=frozenset({"STORE_TIMEOUT", STALE}),
        proof=frozenset({"STORE_TIMEOUT"}),
    ),
    "statement timeouts": Kind(
        fault=late_statements,
        told=frozenset({"STORE_TIMEOUT", STALE}),
        proof=frozenset({"STORE_TIMEOUT"}),
    ),
    "serialization failures": Kind(
        fault=serializable, told=frozenset({STALE, "STORE_BUSY"}), is_raced=True
    ),
    "terminated backends": Kind(
        fault=terminated,
        told=frozenset({STALE, "STORE_UNREACHABLE", "STORE_BUSY"}),
        proof=frozenset({"STORE_UNREACHABLE"}),
    ),
}
ON_SQLITE: Final = {
    "full by max_page_count": Kind(
        fault=few_pages, told=frozenset({"STORE_FULL", STALE}), proof=frozenset({"STORE_FULL"})
    ),
    "full by RLIMIT_FSIZE": Kind(
        fault=short_files,
        told=frozenset({"DATABASE_FAULT", "STORE_FULL", STALE}),
        proof=frozenset({"DATABASE_FAULT"}),
    ),
    "read-only": Kind(
        fault=only_queries,
        told=frozenset({"STORE_READ_ONLY"}),
        proof=frozenset({"STORE_READ_ONLY"}),
    ),
    "lock timeouts": Kind(
        fault=locked_file, told=frozenset({"STORE_BUSY"}), proof=frozenset({"STORE_BUSY"})
    ),
}
