"""Write and delete files below an open folder, without ever following a link."""

import errno
import os
import shutil
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from indelible.projects.errors import PlanPathForbidden

OPEN_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a FIFO would wait for a reader.
OPEN_FILE: Final = (
    os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
)
LINK_ERRORS: Final = {errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO, errno.EMLINK}
PRIVATE_FOLDER: Final = 0o700
FILE_MODE: Final = 0o644


@contextmanager
def open_folder(path: str | Path, parent: int | None = None) -> Generator[int]:
    """Open a folder that is no link, for use as a `dir_fd`."""
    descriptor = os.open(path, OPEN_FOLDER, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def write_file(root: int, path: str, content: bytes) -> None:
    """Write a file below an open folder, and create the folders of its path.

    Raises:
        PlanPathForbidden: The path leads through a link or a special file, or names one.
    """
    *folders, name = path.split("/")
    opened = os.dup(root)
    try:
        for folder in folders:
            below = _enter(opened, folder)
            os.close(opened)
            opened = below
        _write(opened, name, content)
    except OSError as error:
        if error.errno in LINK_ERRORS:
            reason = "it leads through a link or a special file"
            raise PlanPathForbidden(path, reason) from None
        raise
    except _SpecialFile:
        raise PlanPathForbidden(path, "a special file has this name") from None
    finally:
        os.close(opened)


class _SpecialFile(Exception):
    """A FIFO, a device, a socket, or a file that has a second name elsewhere."""


def _enter(parent: int, name: str) -> int:
    """Open a folder below an open one; create it if it does not exist."""
    with suppress(FileExistsError):
        os.mkdir(name, PRIVATE_FOLDER, dir_fd=parent)

    return os.open(name, OPEN_FOLDER, dir_fd=parent)


def _write(folder: int, name: str, content: bytes) -> None:
    """Write a file with all its bytes. Its old content stays unless it is a regular file."""
    with suppress(FileNotFoundError):
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            raise _SpecialFile

    descriptor = os.open(name, OPEN_FILE, FILE_MODE, dir_fd=folder)
    with os.fdopen(descriptor, "wb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _SpecialFile
        file.write(content)


def remove_below(folder: int, name: str) -> None:
    """Delete a file, a link or a whole folder below an open folder."""
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISDIR(status.st_mode):
        shutil.rmtree(name, dir_fd=folder)
    else:
        os.unlink(name, dir_fd=folder)


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder that may change meanwhile."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += Path(path, name).lstat().st_size

    return total
