"""A backup of PostgreSQL that ends in the middle leaves nothing that looks like a backup."""

import multiprocessing
import os
import shlex
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil
import pytest
from tests.service.test_backups import admin_url, code, opened, plan

from indelible.testing.stores import create, edit
from indelible_service.backups import programs
from indelible_service.backups.folders import UNFINISHED
from indelible_service.backups.making import make_backup
from indelible_service.backups.manifest import POSTGRESQL_BASE, POSTGRESQL_DUMP, read_manifest
from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow

# Scripts in place of a program of PostgreSQL, which run the real one with its options.
REAL: Final = "REAL"
ON_A_FULL_DISK: Final = f'exec {REAL} "$@" --file=/dev/full'
WITH_SMALL_FILES: Final = f'ulimit -f 8; exec {REAL} "$@"'
KILLED_AT_ITS_END: Final = f'{REAL} "$@"; kill -9 $$'
SLOW_AT_ITS_END: Final = f'{REAL} "$@"; exec sleep 300'


def script_for(folder: Path, program: str, text: str) -> Path:
    """Return a new program that runs a script around the real one."""
    path = folder / "program"
    real = shlex.quote(str(programs.find_program(program)))
    path.write_text(f"#!/bin/sh\n{text.replace(REAL, real)}\n")
    path.chmod(0o755)
    return path


def always(program: Path) -> Callable[..., Path]:
    """Return what finds this program, whatever is looked for."""

    def find(*_: object) -> Path:
        return program

    return find


def assert_whole_next_night(database: PostgresServer, folder: Path) -> None:
    """Check that nothing is left, and that the next backup is whole."""
    assert not (folder / "backup").exists()
    with opened(database.url) as store:
        make_backup(store, plan(admin_url(database)), folder / "of-the-next-night")
    assert read_manifest(folder / "of-the-next-night").files
    assert not list(folder.glob(f"{UNFINISHED}*"))


@pytest.mark.parametrize(
    ("method", "program", "script", "expected"),
    [
        (POSTGRESQL_DUMP, "pg_dump", ON_A_FULL_DISK, "DISK_FULL"),
        (POSTGRESQL_DUMP, "pg_dump", WITH_SMALL_FILES, "PROGRAM_FAILED"),
        (POSTGRESQL_DUMP, "pg_dump", KILLED_AT_ITS_END, "PROGRAM_FAILED"),
        (POSTGRESQL_BASE, "pg_basebackup", WITH_SMALL_FILES, "PROGRAM_FAILED"),
        (POSTGRESQL_BASE, "pg_basebackup", KILLED_AT_ITS_END, "PROGRAM_FAILED"),
    ],
)
def test_a_program_that_ends_in_the_middle_leaves_no_backup(
    database: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    program: str,
    script: str,
    expected: str,
) -> None:
    path = script_for(tmp_path, program, script)
    with opened(database.url) as store, monkeypatch.context() as patch:
        edit(store, create(store))
        patch.setattr(programs, "find_program", always(path))
        attempt = plan(admin_url(database), method=method)
        assert code(lambda: make_backup(store, attempt, tmp_path / "backup")) == expected
        assert not list(tmp_path.glob(f"{UNFINISHED}*"))

    assert_whole_next_night(database, tmp_path)


def _back_up(url: str, admin: str, program: Path, backup: Path) -> None:
    setattr(programs, programs.find_program.__name__, always(program))
    with opened(url) as store:
        make_backup(store, plan(admin), backup)


def test_a_killed_backup_of_a_server_is_no_backup_and_the_next_one_is_whole(
    database: PostgresServer, tmp_path: Path
) -> None:
    program = script_for(tmp_path, "pg_dump", SLOW_AT_ITS_END)
    arguments = (database.url, admin_url(database), program, tmp_path / "backup")
    process = multiprocessing.get_context("spawn").Process(target=_back_up, args=arguments)
    process.start()
    while not any(file.stat().st_size for file in tmp_path.glob(f"{UNFINISHED}*/*")):
        assert process.is_alive()
        time.sleep(0.01)

    assert process.pid is not None
    orphans = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    psutil.wait_procs(orphans, timeout=60)

    assert not any(orphan.is_running() for orphan in orphans)
    assert_whole_next_night(database, tmp_path)
