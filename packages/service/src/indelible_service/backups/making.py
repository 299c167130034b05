"""Make a backup of the configured database."""

import logging
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

from attrs import frozen

from indelible.kernel import Actor, IndelibleError, SystemClock
from indelible.kernel.distributions import SERVICE
from indelible.kernel.silence import Subject
from indelible_service.backups import postgresql, sqlite
from indelible_service.backups.encryption import check_recipient, encrypt_folder
from indelible_service.backups.folders import new_folder
from indelible_service.backups.manifest import (
    POSTGRESQL_BASE,
    POSTGRESQL_DUMP,
    SQLITE_COPY,
    Manifest,
    files_of,
)
from indelible_sql import SqlStore
from indelible_sql.schema.migrate import current_revision

BACKUP_ACTOR: Final = Actor.system("backup")
logger = logging.getLogger("indelible.service")

COPY_ON_POSTGRESQL: Final[Mapping[str, Callable[[str, Path], None]]] = {
    POSTGRESQL_BASE: postgresql.base_backup,
    POSTGRESQL_DUMP: postgresql.dump_database,
}


@frozen(kw_only=True)
class BackupPlan:
    """A database to back up, and the way to do it.

    `url` is that of a role that may read the whole database; SQLite needs none. `method` is one of
    PostgreSQL's. All files are encrypted to `recipient`, a public key of age, unless it is None.
    """

    url: str
    method: str = POSTGRESQL_DUMP
    recipient: str | None = None


class Copied(NamedTuple):
    """The contents of a backup's files, as its manifest states them."""

    method: str
    cursor: str
    revision: str
    roles: tuple[str, ...]


def make_backup(store: SqlStore, plan: BackupPlan, path: Path) -> Manifest:
    """Write a backup into a new folder, which gets its name when it is whole.

    Raises: BackupExists, BackupRunning, BackupKeyWrong, BackupSourceWrong, DatabaseCorrupt,
    ProgramFailed, DiskFull, FileUnusable.
    """
    if plan.recipient is not None:
        check_recipient(plan.recipient)
    began_at = SystemClock().now()

    with new_folder(path) as folder:
        copied = _copy(store, plan, folder)
        if plan.recipient is not None:
            encrypt_folder(folder, plan.recipient)
        manifest = Manifest(
            method=copied.method,
            version=metadata.version(SERVICE),
            revision=copied.revision,
            cursor=copied.cursor,
            began_at=began_at,
            ended_at=SystemClock().now(),
            recipient=plan.recipient,
            connecting_roles=copied.roles,
            files=files_of(folder),
        )
        manifest.write(folder)

    _record_success(store)
    return manifest


def _record_success(store: SqlStore) -> None:
    """Store that a backup is whole; a standby and a full disk cannot, and the backup is good."""
    try:
        with store.transaction(actor=BACKUP_ACTOR, reason="finished backup") as tx:
            tx.subjects.record_success(Subject.of_backup())
    except IndelibleError as error:
        logger.warning("the success of the backup is not stored: %s", error.code)


def _copy(store: SqlStore, plan: BackupPlan, folder: Path) -> Copied:
    """Write the files, and return what they contain."""
    if store.engines.reader.dialect.name == "sqlite":
        state = sqlite.copy_database(Path(str(store.engines.reader.url.database)), folder)
        return Copied(SQLITE_COPY, state.cursor, state.revision, ())

    is_base = plan.method == POSTGRESQL_BASE
    store_url = store.engines.reader.url.render_as_string(hide_password=False)
    postgresql.check_source(plan.url, store_url, is_whole_server=is_base)
    roles = () if is_base else postgresql.connecting_roles(plan.url)
    # Read before the copy begins, so that the copy has every change up to there.
    cursor = store.read(lambda tx: tx.history.newest(limit=1)).cursor
    with store.engines.reader.connect() as connection:
        revision = current_revision(connection, store.schema)
    COPY_ON_POSTGRESQL[plan.method](plan.url, folder)

    return Copied(plan.method, cursor, revision, roles)
