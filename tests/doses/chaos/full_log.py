"""Fill the disk of PostgreSQL's write-ahead log in the middle of commands: the server ends."""

import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from threading import Thread
from typing import Final

import psycopg
from tests.conftest import folder
from tests.databases import give_to_server
from tests.doses.chaos.disks import disk
from tests.doses.chaos.fault_runs import FaultCase, FaultReport, run_under_fault
from tests.doses.chaos.faults import filled
from tests.doses.chaos.open_stores import StoreUnderTest, open_for_test
from tests.doses.chaos.restarts import Server

from indelible_sql import open_store

LOG_DISK_SIZE: Final = "72m"
SETTINGS: Final = {"min_wal_size": "32MB", "max_wal_size": "32MB"}
MAX_SEGMENTS: Final = 10  # more than the disk has room for
END_SEGMENT: Final = "SELECT pg_logical_emit_message(true, 'full log', 'x'), pg_switch_wal()"
MAX_PAUSE_SECONDS: Final = 0.1
ALLOWED_CODES: Final = frozenset(
    {"STORE_UNREACHABLE", "STORE_BUSY", "STORE_FULL", "STALE", "OUTCOME_UNKNOWN"}
)


def full_log_under_postgresql(chance: Random, rounds: int) -> FaultReport | None:
    """Run commands until the log has no room; return None where no disk can be mounted.

    PostgreSQL panics, and cannot recover as long as the disk is full. Then there is room again, and
    somebody starts the server, as `indelible up --full` does.
    """
    with folder() as directory, disk(LOG_DISK_SIZE) as small:
        if small is None:
            return None

        server = Server(directory, settings=SETTINGS)
        running = server.start()
        try:
            store = open_store(running.url)
            store.upgrade(running.owner_url)
            store.dispose()
            server.stop(is_killed=False)
            _move_log(directory / "data", small)
            with open_for_test(server.start()) as tested:
                return run_under_fault(tested, _full_log_case(server, small), chance, rounds)
        finally:
            server.stop(is_killed=False)


def _move_log(data: Path, small: Path) -> None:
    """Let the log of a stopped server be on the small disk."""
    shutil.copytree(data / "pg_wal", small / "pg_wal")
    shutil.rmtree(data / "pg_wal")
    (data / "pg_wal").symlink_to(small / "pg_wal")
    give_to_server(small)


def _full_log_case(server: Server, small: Path) -> FaultCase:
    @contextmanager
    def fault(tested: StoreUnderTest, chance: Random) -> Generator[None]:
        pause = chance.uniform(0, MAX_PAUSE_SECONDS)
        thread = Thread(target=_end_segments, args=(tested, pause))
        with filled(small):
            thread.start()
            try:
                yield
            finally:
                thread.join()
        assert "PANIC" in (server.directory / "server.log").read_text(), "the log was not full"
        server.stop(is_killed=False)
        server.start()

    return FaultCase(
        fault=fault, allowed_codes=ALLOWED_CODES, proof=frozenset({"STORE_UNREACHABLE"})
    )


def _end_segments(tested: StoreUnderTest, pause: float) -> None:
    """After a pause end one segment of the log after the other, until the server has ended."""
    time.sleep(pause)  # a random moment among the commands; nothing is waited for
    with suppress(psycopg.OperationalError), tested.admin() as admin:
        for _ in range(MAX_SEGMENTS):
            admin.execute(END_SEGMENT)
