"""The folders of running jobs below one root: `<root>/<job_id>/`."""

import json
import os
import re
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from attrs import field, frozen

from indelible.projects.errors import (
    WorkspaceForeign,
    WorkspaceLimitReached,
    WorkspaceNotCreated,
    WorkspaceNotRemoved,
    WorkspaceRootRefused,
    WorkspaceSpaceLow,
)
from indelible.projects.ports import Workspace
from indelible_git.files import OPEN_FOLDER, PRIVATE_FOLDER, open_folder, remove_below

DEFAULT_ROOT: Final = Path("/tmp/architex")  # noqa: S108 - seed 003; it is checked at each use
MARKER_FILE: Final = ".indelible-workspace"
MAX_MARKER_BYTES: Final = 4_096
JOB_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
READ_MARKER: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
WRITE_MARKER: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
PERMISSIONS: Final = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO


@frozen
class FolderWorkspaces:
    """Folders of this database's jobs below a root that belongs to this user alone.

    Several databases may share a root: each folder has a marker with the database's id.
    """

    root: Path = field(converter=Path)
    database_id: str
    min_free_bytes: int = field(default=256 << 20, kw_only=True)
    max_workspaces: int = field(default=100, kw_only=True)

    def create(self, job_id: str) -> Workspace:
        """Create the job's folder with its marker; delete a stale one of this database first.

        Raises:
            WorkspaceRootRefused: The root is a link, or belongs to another user, or is open to it.
            WorkspaceForeign: The folder carries no marker of this database and job.
            WorkspaceSpaceLow: Less space is free than the minimum.
            WorkspaceLimitReached: The root has too many folders.
            WorkspaceNotRemoved: The stale folder could not be deleted.
            WorkspaceNotCreated: The folder could not be created.
        """
        with open_root(self.root) as root:
            was_stale = self._remove(root, job_id)
            self._check_space(root)
            self._check_count(root)
            try:
                self._write(root, job_id)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise WorkspaceNotCreated(str(self._path(job_id)), reason) from None

        return Workspace(job_id=job_id, path=self._path(job_id), was_stale=was_stale)

    def remove(self, job_id: str) -> None:
        """Delete the job's folder; do nothing if it does not exist.

        Raises:
            WorkspaceRootRefused, WorkspaceForeign, WorkspaceNotRemoved.
        """
        if not os.path.lexists(self.root):
            return
        with open_root(self.root) as root:
            self._remove(root, job_id)

    def job_ids(self) -> tuple[str, ...]:
        """Return the jobs of this database that have a folder, in order of id."""
        if not os.path.lexists(self.root):
            return ()

        own: list[str] = []
        with open_root(self.root) as root:
            names = os.listdir(root)  # noqa: PTH208 - a descriptor, not a path
            for name in sorted(names):
                with suppress(OSError), open_folder(name, root) as folder:
                    if _read_marker(folder) == self._marker(name):
                        own.append(name)

        return tuple(own)

    def unmarked_job_ids(self) -> tuple[str, ...]:
        """Return the names of empty folders that could be workspaces, in order."""
        if not os.path.lexists(self.root):
            return ()

        unmarked: list[str] = []
        with open_root(self.root) as root:
            names = os.listdir(root)  # noqa: PTH208 - a descriptor, not a path
            for name in sorted(filter(JOB_ID.fullmatch, names)):
                with suppress(OSError), open_folder(name, root) as folder:
                    if _is_unmarked(folder):
                        unmarked.append(name)

        return tuple(unmarked)

    def _marker(self, job_id: str) -> dict[str, str]:
        return {"database_id": self.database_id, "job_id": job_id}

    def _path(self, job_id: str) -> Path:
        return self.root / job_id

    def _write(self, root: int, job_id: str) -> None:
        """Create a folder and its marker."""
        os.mkdir(job_id, PRIVATE_FOLDER, dir_fd=root)
        with open_folder(job_id, root) as folder:
            descriptor = os.open(MARKER_FILE, WRITE_MARKER, 0o600, dir_fd=folder)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(self._marker(job_id), file)

    def _remove(self, root: int, job_id: str) -> bool:
        """Delete a job's folder after its marker was verified; return False if there is none."""
        path = str(self._path(job_id))
        if not JOB_ID.fullmatch(job_id):
            raise WorkspaceForeign(path, "its name is no id of a job")
        try:
            with open_folder(job_id, root) as folder:
                self._verify(folder, job_id)
                _empty(folder)
                os.rmdir(job_id, dir_fd=root)
        except FileNotFoundError:
            return _is_absent(root, job_id, path)
        except (NotADirectoryError, _ForeignFolderError) as error:
            raise WorkspaceForeign(path, str(error)) from None
        except (OSError, RecursionError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise WorkspaceNotRemoved(path, reason) from None

        return True

    def _verify(self, folder: int, job_id: str) -> None:
        """Raise _ForeignFolderError unless the folder is this database's, or was never used."""
        if not _is_unmarked(folder) and _read_marker(folder) != self._marker(job_id):
            raise _ForeignFolderError("its marker is missing or names another database or job")

    def _check_space(self, root: int) -> None:
        status = os.fstatvfs(root)
        free_bytes = status.f_bavail * status.f_frsize
        if free_bytes < self.min_free_bytes:
            raise WorkspaceSpaceLow(str(self.root), free_bytes, self.min_free_bytes)

    def _check_count(self, root: int) -> None:
        count = len(os.listdir(root))
        if count >= self.max_workspaces:
            raise WorkspaceLimitReached(str(self.root), count, self.max_workspaces)


def check_root(root: Path) -> None:
    """Create the root if it does not exist. Raises WorkspaceRootRefused if no job can use it."""
    with open_root(root):
        pass


@contextmanager
def open_root(root: Path) -> Generator[int]:
    """Open the root; create it for this user alone if it does not exist.

    Raises:
        WorkspaceRootRefused: Another user could write to it, or it cannot be opened.
    """
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            root.mkdir(mode=PRIVATE_FOLDER)
        descriptor = os.open(root, OPEN_FOLDER)
    except OSError as error:
        reason = "it is a symbolic link or no folder"
        if not root.is_symlink() and not root.is_file():
            reason = error.strerror or type(error).__name__
        raise WorkspaceRootRefused(str(root), reason) from None

    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid():
            reason = f"it belongs to user {status.st_uid}, expected {os.geteuid()}"
            raise WorkspaceRootRefused(str(root), reason)
        mode = stat.S_IMODE(status.st_mode)
        if mode & PERMISSIONS != PRIVATE_FOLDER:
            raise WorkspaceRootRefused(str(root), f"its mode is {mode:o}, expected 700")
        yield descriptor
    finally:
        os.close(descriptor)


class _ForeignFolderError(Exception):
    """A folder without the marker of this database and job."""


def _is_unmarked(folder: int) -> bool:
    """Return True if a process ended before it wrote the marker, or after it deleted it."""
    names = os.listdir(folder)
    return not names or (names == [MARKER_FILE] and _read_marker(folder) == "")


def _read_marker(folder: int) -> object:
    """Return the document in a folder's marker, '' for an empty one, None without any."""
    try:
        descriptor = os.open(MARKER_FILE, READ_MARKER, dir_fd=folder)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        text = file.read(MAX_MARKER_BYTES)
    if not text:
        return ""

    document: object = None
    with suppress(ValueError, RecursionError):
        document = json.loads(text)

    return document


def _empty(folder: int) -> None:
    """Delete everything in a folder, its marker last: until then it can be verified again."""
    for name in os.listdir(folder):
        if name != MARKER_FILE:
            remove_below(folder, name)
    with suppress(FileNotFoundError):
        os.unlink(MARKER_FILE, dir_fd=folder)


def _is_absent(root: int, job_id: str, path: str) -> bool:
    """Return False: there was no folder, or another process deleted it meanwhile."""
    try:
        os.stat(job_id, dir_fd=root, follow_symlinks=False)
    except FileNotFoundError:
        return False

    raise WorkspaceNotRemoved(path, "another process changed it meanwhile")
