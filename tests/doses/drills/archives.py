"""The archived log of a server, and a server that is restored from a base backup."""

import shutil
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from tests.conftest import folder
from tests.databases import give_to_server
from tests.doses.drills.bed import Bed, command, execute, running

from indelible_service.backups.programs import connection_of, find_program
from indelible_service.embedded import PostgresServer

CREATE_SLOT: Final = "SELECT pg_create_physical_replication_slot('archive')"
IS_ARCHIVED: Final = """
    SELECT coalesce(bool_and(flush_lsn >= pg_current_wal_flush_lsn()), false)
    FROM pg_stat_replication
"""
WAIT_SECONDS: Final = 60
PAUSE_SECONDS: Final = 0.02


@contextmanager
def archived_log(server: PostgresServer, log: Path) -> Generator[None]:
    """Archive the server's log as it is written, as docs/how-to/backup.md says."""
    execute(server, CREATE_SLOT)
    address, variables = connection_of(server.admin_url)
    options = (f"--directory={log}", "--slot=archive", "--synchronous", f"--dbname={address}")
    receiver = subprocess.Popen((find_program("pg_receivewal"), *options), env=variables)
    try:
        yield
    finally:
        receiver.terminate()
        receiver.wait()


def wait_for_archive(server: PostgresServer) -> None:
    """Wait until the archive has the whole log."""
    wait_until(lambda: execute(server, IS_ARCHIVED) == [(True,)])


def time_of(server: PostgresServer) -> datetime:
    """Return the server's time, which is after each COMMIT before it."""
    return cast("datetime", execute(server, "SELECT clock_timestamp()")[0][0])


@contextmanager
def restored_server(
    lost: Path, backup: Path, *options: str, log: Path | None = None
) -> Generator[PostgresServer]:
    """Restore a base backup by `indelible restore`, and run its server when it accepts writes."""
    with folder() as directory:
        data = directory / "data"
        if log is not None:
            log.chmod(0o755)
            options = ("--log", str(log), *options)
        command("restore", str(backup), str(data), *options, settings={})
        shutil.copy(lost / "passwords", directory)
        give_to_server(data, *([log] if log else []))
        with running(directory) as server:
            wait_until(lambda: execute(server, "SELECT pg_is_in_recovery()") == [(False,)])
            yield server


def wait_until(is_true: Callable[[], bool]) -> None:
    """Wait for a condition. Raises: TimeoutError."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not true after {WAIT_SECONDS} s")
        time.sleep(PAUSE_SECONDS)


@contextmanager
def archived_server(bed: Bed) -> Generator[tuple[PostgresServer, Path, Path]]:
    """Run a server with an archive; yield it, its folder, and that of the archived log."""
    with (
        bed.data() as directory,
        folder() as log,
        running(directory) as server,
        archived_log(server, log),
    ):
        yield server, directory, log
