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
from tests.databases import create_database, name_of
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

    def copy() -> None:
        program = PROGRAMS / "pg_dump"
        options = ("--format=custom", f"--file={dump}", database.admin_url)
        subprocess.run((program, *options), check=True)

    def restore() -> str:
        restored = create_database(database, _restored_name(database))
        program = PROGRAMS / "pg_restore"
        options = ("--exit-on-error", f"--dbname={restored.admin_url}", dump)
        subprocess.run((program, *options), check=True)
        return restored.url

    return Backup(copy=copy, restore=restore)


def drop_restored(database: PostgresServer) -> None:
    """Drop the database that was restored."""
    restored = _restored_name(database)
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        names = admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [restored]
        )
        for (name,) in names.fetchall():
            admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _restored_name(database: PostgresServer) -> str:
    """Return the name to which the number of a restored database is added."""
    return f"{name_of(database)}_restored"
