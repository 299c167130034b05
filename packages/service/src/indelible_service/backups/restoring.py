"""Restore a backup into a place where nothing is."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from indelible_service.backups import postgresql, sqlite
from indelible_service.backups.encryption import SUFFIX, decrypt_file
from indelible_service.backups.errors import (
    BackupKeyWrong,
    RestoreTargetExists,
    RestoreTargetWrong,
)
from indelible_service.backups.folders import new_folder
from indelible_service.backups.manifest import (
    POSTGRESQL_BASE,
    POSTGRESQL_DUMP,
    SQLITE_COPY,
    Manifest,
    read_manifest,
)
from indelible_service.files.access import new_file, translate_os_errors

SQLITE_SUFFIXES: Final = ("", "-journal", "-shm", "-wal")  # of a file that was in use
TARGETS: Final = {
    SQLITE_COPY: "a new file, such as sqlite:///restored.db",
    POSTGRESQL_DUMP: "an empty database, such as postgresql://postgres@localhost/restored",
    POSTGRESQL_BASE: "a new data directory",
}
METHODS_BY_BACKEND: Final = {"sqlite": SQLITE_COPY, "postgresql": POSTGRESQL_DUMP}


@frozen(kw_only=True)
class RestorePlan:
    """A place for a restored backup, and the secrets and times that it needs.

    `target` is an address of a database, or the path of a data directory for a base backup.
    `identity` is the file of the secret key. `log_folder` is that of an archived log, which a base
    backup repeats up to `until`, or to its end.
    """

    target: str
    identity: Path | None = None
    log_folder: Path | None = None
    until: datetime | None = None


def restore(folder: Path, plan: RestorePlan) -> Manifest:
    """Check every file of a backup, and restore it.

    Raises: BackupDamaged, BackupKeyWrong, BackupRunning, RestoreTargetExists, RestoreTargetWrong,
    ProgramFailed, DiskFull, FileUnusable.
    """
    manifest = read_manifest(folder)
    _check_target(manifest.method, plan)
    _check_key(manifest, plan.identity)
    if manifest.method == SQLITE_COPY:
        _restore_file(folder, manifest, plan)
    elif manifest.method == POSTGRESQL_DUMP:
        with _decrypted(folder, manifest, plan.identity) as files:
            dump = files / postgresql.DUMP
            postgresql.restore_dump(dump, plan.target, manifest.connecting_roles)
    else:
        _restore_base(folder, manifest, plan)

    return manifest


def _check_target(method: str, plan: RestorePlan) -> None:
    """Raise RestoreTargetWrong for a target of another kind, or a time without a log."""
    target, kind = plan.target, POSTGRESQL_BASE
    if "://" in plan.target:
        try:
            url = make_url(plan.target)
        except ArgumentError as error:
            raise RestoreTargetWrong(TARGETS[method], "this address") from error
        target = postgresql.without_password(plan.target)
        kind = METHODS_BY_BACKEND.get(url.get_backend_name(), "") if url.database else ""

    if kind != method:
        raise RestoreTargetWrong(TARGETS[method], target)
    if plan.log_folder is not None and method != POSTGRESQL_BASE:
        raise RestoreTargetWrong(TARGETS[method], f"{target} with a log")
    if plan.until is not None and plan.log_folder is None:
        raise RestoreTargetWrong("a data directory with --log", f"{target} with --until alone")


def _check_key(manifest: Manifest, identity: Path | None) -> None:
    """Raise BackupKeyWrong where a key is missing, or is not needed."""
    if manifest.recipient is not None and identity is None:
        raise BackupKeyWrong("the backup is encrypted, and needs the file of the secret key")
    if manifest.recipient is None and identity is not None:
        raise BackupKeyWrong("the backup is not encrypted, and needs no secret key")


@contextmanager
def _decrypted(
    folder: Path, manifest: Manifest, identity: Path | None, parent: Path | None = None
) -> Generator[Path]:
    """Yield the folder of a backup; of an encrypted one a temporary folder with its plain files.

    `parent` is the folder for that one, by default the system's for temporary files.
    """
    if identity is None:
        yield folder
        return

    with translate_os_errors(parent or folder), TemporaryDirectory(dir=parent) as temporary:
        files = Path(temporary)
        for file in manifest.files:
            target = files / file.name.removesuffix(SUFFIX)
            decrypt_file(folder / file.name, target, identity)
        yield files


def _restore_file(folder: Path, manifest: Manifest, plan: RestorePlan) -> None:
    """Copy a database to a new file, which has its name only when it is whole."""
    target = Path(str(make_url(plan.target).database)).absolute()
    for suffix in SQLITE_SUFFIXES:
        path = target.with_name(target.name + suffix)
        if os.path.lexists(path):
            raise RestoreTargetExists(str(path))

    with (
        _decrypted(folder, manifest, plan.identity, target.parent) as files,
        new_file(target, RestoreTargetExists) as out,
        (files / sqlite.COPY).open("rb") as copy,
    ):
        copyfileobj(copy, out)


def _restore_base(folder: Path, manifest: Manifest, plan: RestorePlan) -> None:
    """Unpack a base backup into a new directory, which has its name only when it is whole."""
    data = Path(plan.target).absolute()
    with (
        new_folder(data, RestoreTargetExists) as unfinished,
        _decrypted(folder, manifest, plan.identity, data.parent) as files,
    ):
        postgresql.unpack_base(files, unfinished, plan.log_folder, plan.until)
