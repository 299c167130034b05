"""Files that are written completely, and the errors of files that cannot be used."""

import errno
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, ClassVar, Final

from attrs import frozen

from indelible.kernel import IndelibleError, Unavailable

# A full disk, in the words of the system, which PostgreSQL and Redis repeat, and of PostgreSQL.
FULL_DISK_TEXTS: Final = (
    os.strerror(errno.ENOSPC),
    os.strerror(errno.EDQUOT),
    "Check free disk space",
)


@frozen
class FileUnusable(Unavailable):
    """A file or directory cannot be read or written."""

    message: ClassVar[str] = "File {path} cannot be read or written: {reason}."
    path: str
    reason: str


@frozen
class DiskFull(Unavailable):
    """A file cannot be written, because its disk is full."""

    message: ClassVar[str] = "The disk of {path} is full: {reason}."
    path: str
    reason: str


@contextmanager
def atomic_file(
    path: Path, install: Callable[[Path, Path], object] = Path.replace
) -> Generator[BinaryIO]:
    """Open a new file for its owner only, and install it under its name when the block succeeds.

    A reader never sees a part of it.
    """
    with (
        translate_os_errors(path),
        TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder,
    ):
        new = Path(folder) / path.name
        new.touch(mode=0o600)
        with new.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        install(new, path)


@contextmanager
def new_file(path: Path, exists: Callable[[str], IndelibleError]) -> Generator[BinaryIO]:
    """Open a file as `atomic_file` does; raise the error that `exists` returns for a taken name."""
    if os.path.lexists(path):  # before the work of the block
        raise exists(str(path))
    try:
        with atomic_file(path, os.link) as out:
            yield out
    except FileUnusable as error:
        if isinstance(error.__cause__, FileExistsError):
            raise exists(str(path)) from error
        raise


@contextmanager
def translate_os_errors(path: Path) -> Generator[None]:
    """Raise DiskFull or FileUnusable in place of the system's errors."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        if full_disk_text(str(error)):
            raise DiskFull(str(path), reason) from error
        raise FileUnusable(str(path), reason) from error


def full_disk_text(text: str) -> str:
    """Return the first line that reports a full disk, '' where no line does."""
    for line in text.splitlines():
        if any(part in line for part in FULL_DISK_TEXTS):
            return line.strip()

    return ""
