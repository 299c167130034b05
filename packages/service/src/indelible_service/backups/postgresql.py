"""Backups of PostgreSQL: the files of a server with its log, or a dump for any server."""

import shlex
import tarfile
import zlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from psycopg import sql

from indelible_service.backups.errors import (
    BackupDamaged,
    BackupSourceWrong,
    ProgramFailed,
    RestoreTargetExists,
    RestoreTargetWrong,
)
from indelible_service.backups.programs import connected, run_program, version_for_dumps
from indelible_service.files.access import translate_os_errors
from indelible_sql.engine.connections import address

DUMP: Final = "database.dump"
FAST_GZIP: Final = "--compress=1"  # level 6, the default, takes 10 times as long for 15 % less
BASE_ARCHIVE: Final = "base.tar.gz"
LOG_ARCHIVE: Final = "pg_wal.tar.gz"
FILES_OF_BASE: Final = frozenset({BASE_ARCHIVE, LOG_ARCHIVE, "backup_manifest"})
RECOVERY_SIGNAL: Final = "recovery.signal"
AUTOMATIC_SETTINGS: Final = "postgresql.auto.conf"
EVERYONE: Final = ""  # among the roles that may connect to a database
IDENTITY: Final = """
    SELECT system_identifier, current_database(), pg_is_in_recovery() FROM pg_control_system()
"""
CONNECTING_ROLES: Final = f"""
    SELECT DISTINCT coalesce(rolname, '{EVERYONE}') AS role
    FROM pg_database
    CROSS JOIN aclexplode(coalesce(datacl, acldefault('d', datdba)))
    LEFT JOIN pg_roles ON pg_roles.oid = grantee
    WHERE datname = current_database() AND privilege_type = 'CONNECT'
    ORDER BY role
"""
MISSING_ROLES: Final = """
    SELECT role
    FROM unnest(%s::text[]) AS role
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
    ORDER BY role
"""
# Anything that somebody has made there, except what extensions have brought.
HAS_OBJECTS: Final = """
    WITH made AS (
      SELECT 'pg_class'::regclass AS catalog, oid, relnamespace AS schema FROM pg_class
      UNION ALL
      SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc
      UNION ALL
      SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type
    )
    SELECT EXISTS (
      SELECT FROM made
      JOIN pg_namespace n ON n.oid = made.schema
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND n.nspname NOT LIKE 'pg\\_%'
        AND NOT EXISTS (
          SELECT FROM pg_depend d
          WHERE d.classid = made.catalog AND d.objid = made.oid AND d.deptype IN ('e', 'i')
        )
    ) OR EXISTS (
      SELECT FROM pg_namespace
      WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'public')
        AND nspname NOT LIKE 'pg\\_%'
    )
"""


class Identity(NamedTuple):
    """The server and the database that a connection has reached."""

    server: int
    database: str
    is_standby: bool


def check_source(url: str, store_url: str, *, is_whole_server: bool) -> None:
    """Raise BackupSourceWrong if the address leads elsewhere than that of the store.

    Otherwise a backup would look whole, and contain another database.
    """
    source, own = identity_of(url), identity_of(store_url)
    problem = ""
    if source.server != own.server:
        problem = "it is another server"
    elif source.is_standby:
        problem = "it is a standby, which may lack the newest changes"
    elif not is_whole_server and source.database != own.database:
        problem = f"it is the database {source.database}, not {own.database}"
    if problem:
        raise BackupSourceWrong(without_password(url), problem)


def identity_of(url: str) -> Identity:
    """Return the server and the database of an address."""
    with connected(url) as connection:
        row = connection.execute(IDENTITY).fetchone()
    if row is None:
        raise ProgramFailed("pg_control_system", "no answer")

    return Identity(*row)


def dump_database(url: str, folder: Path) -> None:
    """Write a dump of one consistent state, as a role that may read everything."""
    options = ("--format=custom", FAST_GZIP, f"--file={folder / DUMP}")
    run_program("pg_dump", options, url, folder, version_for_dumps(url))


def base_backup(url: str, folder: Path) -> None:
    """Copy the files of the whole server with the log that is written meanwhile.

    The server checks each page that has a checksum. The role of the URL has REPLICATION, and may
    connect for it.

    Raises: ProgramFailed, DiskFull, BackupSourceWrong for a server with tablespaces, whose files
    are elsewhere.
    """
    options = (
        f"--pgdata={folder}",
        "--format=tar",
        FAST_GZIP,
        "--wal-method=stream",
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
    )
    run_program("pg_basebackup", options, url, folder)
    names = frozenset(path.name for path in folder.iterdir())
    if names != FILES_OF_BASE:
        raise BackupSourceWrong(without_password(url), "the server has tablespaces: make a dump")


def connecting_roles(url: str) -> tuple[str, ...]:
    """Return the roles that may connect to the database; EVERYONE stands for all."""
    with connected(url) as connection:
        return tuple(str(row[0]) for row in connection.execute(CONNECTING_ROLES))


def restore_dump(dump: Path, url: str, roles: Sequence[str]) -> None:
    """Load a dump into an empty database, to which only these roles may connect then.

    The data is loaded before the guards are created, so that nothing is refused. A dump does not
    contain the permissions of the database itself, so that they are set before anything is loaded.

    Raises: RestoreTargetExists, RestoreTargetWrong if a role is missing, ProgramFailed.
    """
    named = [role for role in roles if role != EVERYONE]
    database = sql.Identifier(str(address(url).database))
    with connected(url) as connection:
        row = connection.execute(HAS_OBJECTS).fetchone()
        if row is None or row[0]:
            raise RestoreTargetExists(without_password(url))
        missing = connection.execute(MISSING_ROLES, [named]).fetchall()
        if missing:
            names = ", ".join(str(row[0]) for row in missing)
            raise RestoreTargetWrong(f"a server with the roles {names}", without_password(url))

        if EVERYONE not in roles:
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        for role in named:
            grant = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
            connection.execute(grant.format(database, sql.Identifier(role)))

    options = ("--exit-on-error", "--single-transaction", str(dump))
    run_program("pg_restore", options, url, dump, version_for_dumps(url))


def unpack_base(folder: Path, data: Path, log_folder: Path | None, until: datetime | None) -> None:
    """Unpack a base backup into an empty data directory, from which a server starts.

    With `log_folder` the server first repeats the archived log, up to `until` if it is given.

    Raises: BackupDamaged, DiskFull, FileUnusable.
    """
    for name, target in ((BASE_ARCHIVE, data), (LOG_ARCHIVE, data / "pg_wal")):
        with _damage_of(folder / name), tarfile.open(folder / name) as archive:
            archive.extractall(target, filter="data")
    if log_folder is None:
        return

    with translate_os_errors(data):
        (data / RECOVERY_SIGNAL).touch(mode=0o600)
        with (data / AUTOMATIC_SETTINGS).open("a", encoding="utf-8") as settings:
            settings.write(recovery_settings(log_folder, until))


@contextmanager
def _damage_of(archive: Path) -> Generator[None]:
    """Raise BackupDamaged for an archive that cannot be unpacked into its folder."""
    try:
        with translate_os_errors(archive):
            yield
    except (tarfile.TarError, EOFError, zlib.error) as error:
        problem = f"{archive.name} cannot be unpacked: {error}"
        raise BackupDamaged(str(archive.parent), problem) from error


def recovery_settings(log_folder: Path, until: datetime | None) -> str:
    """Return the settings with which a server repeats an archived log, and then accepts writes.

    They replace those of an earlier recovery, which the server's own settings may still contain.
    """
    folder = shlex.quote(str(log_folder.absolute())).replace("%", "%%")
    # The segment that was being received when the server was lost has another name.
    copy = f"test -f {folder}/%f && cp {folder}/%f %p || cp {folder}/%f.partial %p"
    quoted = copy.replace("'", "''")
    target = until.isoformat() if until is not None else ""
    lines = [
        f"restore_command = '{quoted}'",
        "recovery_target_action = 'promote'",
        f"recovery_target_time = '{target}'",
    ]

    return "\n".join(lines) + "\n"


def without_password(url: str) -> str:
    """Return the address without its password."""
    return address(url).render_as_string(hide_password=True)
