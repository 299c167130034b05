"""Errors of backups and restores."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid, Unavailable


@frozen
class BackupExists(Conflict):
    """The name of a new backup or of a new export is taken; an older one is never replaced."""

    message: ClassVar[str] = "{path} exists: a backup or an export replaces nothing."
    path: str


@frozen
class BackupRunning(Conflict):
    """Another process writes a backup or a restore into a folder beside this one."""

    message: ClassVar[str] = "Another process writes a backup or a restore below {path}."
    path: str


@frozen
class BackupDamaged(Conflict):
    """A folder is no whole backup: a file is missing, differs, or does not belong to it."""

    message: ClassVar[str] = "{path} is no whole backup: {problem}."
    path: str
    problem: str


@frozen
class BackupKeyWrong(Invalid):
    """A text is not a key of age, or a secret key does not open the backup."""

    message: ClassVar[str] = "The key of the backup is wrong: {problem}."
    problem: str


@frozen
class BackupSourceWrong(Conflict):
    """The address of the backup does not lead to the configured database."""

    message: ClassVar[str] = "{url} cannot be backed up as the configured database: {problem}."
    url: str
    problem: str


@frozen
class DatabaseCorrupt(Conflict):
    """The pages of a SQLite file contradict each other, so that no backup can be made of it."""

    message: ClassVar[str] = "The database {path} is corrupt: {problem}."
    path: str
    problem: str


@frozen
class RestoreTargetExists(Conflict):
    """The place for the restored data is not empty; live data is never replaced."""

    message: ClassVar[str] = "{target} is not empty: a restore replaces nothing."
    target: str


@frozen
class RestoreTargetWrong(Invalid):
    """The backup cannot be restored into this place."""

    message: ClassVar[str] = "This backup is restored into {expected}, not into {target}."
    expected: str
    target: str


@frozen
class ProgramFailed(Unavailable):
    """A program or a connection of PostgreSQL has failed."""

    message: ClassVar[str] = "{program} failed: {reason}."
    program: str
    reason: str
