"""Copies of a SQLite file, made while others read and write."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from indelible.kernel.feed_cursors import FIRST_CURSOR, feed_cursor
from indelible_service.backups.errors import DatabaseCorrupt
from indelible_service.files.access import DiskFull, FileUnusable, translate_os_errors

COPY: Final = "database.sqlite"
INTACT: Final = [("ok",)]
NEWEST: Final = "SELECT position, hash FROM history ORDER BY position DESC LIMIT 1"
REVISION: Final = "SELECT version_num FROM indelible_version"


class CopiedState(NamedTuple):
    """The state that a copy has: the end of its feed, and the revision of its schema."""

    cursor: str
    revision: str


def copy_database(source: Path, folder: Path) -> CopiedState:
    """Copy one consistent state of a database into the folder, and check every page of the copy.

    Raises: DatabaseCorrupt, DiskFull, FileUnusable.
    """
    copy = folder / COPY
    with translate_os_errors(copy):
        copy.touch(mode=0o600)
    with (
        _translated(source, copy),
        closing(_opened(source)) as old,
        closing(_opened(copy)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")  # The copy is one file.
        report = new.execute("PRAGMA integrity_check").fetchall()
        if report != INTACT:
            raise DatabaseCorrupt(str(source), str(report[0][0]))
        newest = new.execute(NEWEST).fetchone()
        (revision,) = new.execute(REVISION).fetchone()

    return CopiedState(feed_cursor(*newest) if newest else FIRST_CURSOR, revision)


def _opened(path: Path) -> sqlite3.Connection:
    """Open a file that exists: SQLite would create a missing one, as an empty database."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)


@contextmanager
def _translated(source: Path, copy: Path) -> Generator[None]:
    """Raise coded errors in place of SQLite's."""
    try:
        yield
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise DiskFull(str(copy), str(error)) from error
        if isinstance(error, sqlite3.OperationalError):
            raise FileUnusable(str(source), str(error)) from error
        raise DatabaseCorrupt(str(source), str(error)) from error
