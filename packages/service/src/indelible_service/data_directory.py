"""What an installation keeps in its data directory: a secret, and files that are whole or not there."""

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

SECRET: Final = "secret"  # noqa: S105 - the name of its file, which is made where the settings say no secret


@frozen
class FileUnusable(Unavailable):
    """A file or directory cannot be read or written."""

    code: ClassVar[str] = "FILE_UNUSABLE"
    message: ClassVar[str] = "File {path} cannot be read or written: {reason}."
    path: str
    reason: str


def directory(settings: Settings) -> Path:
    """The data directory, made where it is missing."""
    with translate_os_errors(settings.data_dir):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.data_dir


def derived(settings: Settings, use: str) -> bytes:
    """A secret for one use, from which neither the installation's secret nor that of another use can be told."""
    secret = settings.secret or _made_once(directory(settings) / SECRET)
    return hmac.digest(secret, f"indelible {use}".encode(), "sha256")


@contextmanager
def atomic_file(
    path: Path, place: Callable[[Path, Path], object] = Path.replace
) -> Generator[BinaryIO]:
    """A file for its owner only, which gets the path's name when the block ends well: nobody sees half of it."""
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
        place(new, path)


@contextmanager
def translate_os_errors(path: Path) -> Generator[None]:
    """FileUnusable instead of the system's own errors."""
    try:
        yield
    except OSError as error:
        raise FileUnusable(str(path), error.strerror or type(error).__name__) from error


def _made_once(path: Path) -> bytes:
    """The secret in the file; a new one, where there is none yet."""
    with translate_os_errors(path):
        if not path.exists():
            with atomic_file(path, _unless_there) as out:
                out.write(TimeOrderedIds().secret().encode())
        return path.read_bytes()


def _unless_there(new: Path, path: Path) -> None:
    with suppress(FileExistsError):  # another process was first, and its secret holds
        os.link(new, path)
