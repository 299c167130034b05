"""The data directory of an installation: its secret, and files that are written completely."""

import errno
import hmac
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, ClassVar, Final

from attrs import frozen

from indelible.kernel import TimeOrderedIds, Unavailable
from indelible_service.settings import Settings

SECRET_FILE: Final = "secret"  # noqa: S105 - a file name; created where no setting has the secret
# A full disk, in the words of the system, which PostgreSQL and Redis repeat, and of PostgreSQL.
FULL_DISK_TEXTS: Final = (
    os.strerror(errno.ENOSPC),
    os.strerror(errno.EDQUOT),
    "Check free disk space",
)


@frozen
class FileUnusable(Unavailable):
    """A file or directory cannot be read or written."""

    code: ClassVar[str] = "FILE_UNUSABLE"
    message: ClassVar[str] = "File {path} cannot be read or written: {reason}."
    path: str
    reason: str


@frozen
class DiskFull(Unavailable):
    """A file cannot be written, because its disk is full."""

    code: ClassVar[str] = "DISK_FULL"
    message: ClassVar[str] = "The disk of {path} is full: {reason}."
    path: str
    reason: str


def data_directory(settings: Settings) -> Path:
    """Return the data directory, created where it is missing."""
    with translate_os_errors(settings.data_dir):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)

    return settings.data_dir


def derive_secret(settings: Settings, purpose: str) -> bytes:
    """Return a secret for one purpose; it reveals neither the installation's nor another one."""
    secret = settings.secret or _read_or_create_secret(data_directory(settings) / SECRET_FILE)
    return hmac.digest(secret, f"indelible {purpose}".encode(), "sha256")


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


def _read_or_create_secret(path: Path) -> bytes:
    with translate_os_errors(path):
        if not path.exists():
            with atomic_file(path, _link_if_missing) as out:
                out.write(TimeOrderedIds().secret().encode())

        return path.read_bytes()


def _link_if_missing(new: Path, path: Path) -> None:
    with suppress(FileExistsError):  # another process was first: its secret is used
        os.link(new, path)
