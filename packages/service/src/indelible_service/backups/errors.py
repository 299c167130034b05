"""Errors of backups and restores."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid, Unavailable


@frozen
class BackupExists(Conflict):
    """The folder of a new backup exists already; nothing in it is ever replaced."""

    code: ClassVar[str] = "BACKUP_EXISTS"
    message: ClassVar[str] = "{path} exists: a backup needs a folder of its own."
    path: str


@frozen
class BackupRunning(Conflict):
    """Another process writes a backup or a restore into a folder beside this one."""

    code: ClassVar[str] = "BACKUP_RUNNING"
    message: ClassVar[str] = "Another process writes a backup or a restore below {path}."
    path: str


@frozen
class BackupDamaged(Conflict):
    """A folder is no whole backup: a file is missing, differs, or does not belong to it."""

    code: ClassVar[str] = "BACKUP_DAMAGED"
    message: ClassVar[str] = "{path} is no whole backup: {problem}."
    path: str
    problem: str


@frozen
class BackupKeyWrong(Invalid):
    """A text is not a key of age, or a secret key does not open the backup."""

    code: ClassVar[str] = "BACKUP_KEY_WRONG"
    message: ClassVar[str] = "The key of the backup is wrong: {problem}."
    problem: str


@frozen
class BackupSourceWrong(Conflict):
    """The address of the backup does not lead to the configured database."""

    code: ClassVar[str] = "BACKUP_SOURCE_WRONG"
    message: ClassVar[str] = "{url} cannot be backed up as the configured database: {problem}."
    url: str
    problem: str


@frozen
class DatabaseCorrupt(Conflict):
    """The pages of a SQLite file contradict each other, so that no backup can be made of it."""

    code: ClassVar[str] = "DATABASE_CORRUPT"
    message: ClassVar[str] = "The database {path} is corrupt: {problem}."
    path: str
    problem: str


@frozen
class RestoreTargetExists(Conflict):
    """The place for the restored data is not empty; live data is never replaced."""

    code: ClassVar[str] = "RESTORE_TARGET_EXISTS"
    message: ClassVar[str] = "{target} is not empty: a restore replaces nothing."
    target: str


@frozen
class RestoreTargetWrong(Invalid):
    """The backup cannot be restored into this place."""

    code: ClassVar[str] = "RESTORE_TARGET_WRONG"
    message: ClassVar[str] = "This backup is restored into {expected}, not into {target}."
    expected: str
    target: str


@frozen
class ProgramFailed(Unavailable):
    """A program or a connection of PostgreSQL has failed."""

    code: ClassVar[str] = "PROGRAM_FAILED"
    message: ClassVar[str] = "{program} failed: {reason}."
    program: str
    reason: str
