"""The documented backups of a database, as steps of a dose."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
from attrs import frozen
from psycopg.sql import SQL, Identifier
from tests.databases import create_database
from tests.docs.outside import PROGRAMS

from indelible_service.embedded import PostgresServer


@frozen(kw_only=True)
class Backup:
    """Copies a database, and makes another one of the copy."""

    copy: Callable[[], None]
    restore: Callable[[], str]


def sqlite_backup(url: str) -> Backup:
    """Return the documented backup of a SQLite file."""
    file = Path(url.removeprefix("sqlite:///"))
    saved = file.with_suffix(".backup")

    def copy() -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("VACUUM INTO ?", (str(saved),))

    def restore() -> str:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{file}{suffix}").unlink(missing_ok=True)
        shutil.copy(saved, file)
        return url

    return Backup(copy=copy, restore=restore)


def postgresql_backup(database: PostgresServer, folder: Path) -> Backup:
    """Return the documented backup of a PostgreSQL database; it is restored into an empty one."""
    dump = folder / "money.dump"
    name = f"{database.url.rpartition('/')[2]}_restored"

    def copy() -> None:
        program = PROGRAMS / "pg_dump"
        options = ("--format=custom", f"--file={dump}", database.admin_url)
        subprocess.run((program, *options), check=True)

    def restore() -> str:
        restored = create_database(database, name)
        program = PROGRAMS / "pg_restore"
        options = ("--exit-on-error", f"--dbname={restored.admin_url}", dump)
        subprocess.run((program, *options), check=True)
        return restored.url

    return Backup(copy=copy, restore=restore)


def drop_restored(database: PostgresServer) -> None:
    """Drop the database that was restored."""
    name = f"{database.url.rpartition('/')[2]}_restored"
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
