"""What an installation keeps in its data directory: a secret, and the keys that were made for use on this machine."""

import hmac
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext, suppress
from io import BufferedIOBase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, ClassVar, Final, cast

from attrs import frozen

from indelible.kernel import TimeOrderedIds, Unavailable
from indelible_service.settings import Settings

STANDARD: Final = Path("-")


@frozen
class FileUnusable(Unavailable):
    """A file or directory cannot be read or written."""

    code: ClassVar[str] = "FILE_UNUSABLE"
    path: str
    reason: str


def directory(settings: Settings) -> Path:
    """The data directory, made where it is missing."""
    with usable(settings.data_dir):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.data_dir


def secret_file(settings: Settings) -> Path:
    """Where the installation's secret is, unless the settings say it."""
    return settings.data_dir / "secret"


def derived(settings: Settings, use: str) -> bytes:
    """A secret for one use, from which neither the installation's secret nor that of another use can be told."""
    if not settings.secret:
        directory(settings)
    secret = settings.secret or _made_once(secret_file(settings), TimeOrderedIds().secret()).encode()
    return hmac.digest(secret, f"indelible {use}".encode(), "sha256")


def find_key(settings: Settings, name: str) -> str | None:
    """The text of a key that was made for use on this machine, None where there is none."""
    path = settings.data_dir / f"{name}.key"
    with usable(path), suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8")
    return None


def keep_key(settings: Settings, name: str, text: str) -> None:
    """Keep the text of a key for use on this machine, instead of an older one."""
    with completed(directory(settings) / f"{name}.key") as out:
        out.write(text.encode())


@contextmanager
def completed(path: Path, place: Callable[[Path, Path], object] = Path.replace) -> Generator[BinaryIO]:
    """A file for its owner only, which gets the path's name when the block ends well: nobody sees half of it."""
    with usable(path), TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder:
        new = Path(folder) / path.name
        new.touch(mode=0o600)
        with new.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        place(new, path)


@contextmanager
def readable(path: Path) -> Generator[BufferedIOBase]:
    """The file, open to be read; `-` is standard input."""
    standard = cast("BufferedIOBase", sys.stdin.buffer)
    with usable(path), nullcontext(standard) if path == STANDARD else path.open("rb") as stream:
        yield stream


@contextmanager
def usable(path: Path) -> Generator[None]:
    """FileUnusable instead of the system's own errors."""
    try:
        yield
    except OSError as error:
        raise FileUnusable(str(path), error.strerror or type(error).__name__) from error


def _made_once(path: Path, text: str) -> str:
    """What the file says; the text, where it says nothing yet."""
    with usable(path):
        if not path.exists():
            with completed(path, _unless_there) as out:
                out.write(text.encode())
        return path.read_text(encoding="utf-8")


def _unless_there(new: Path, path: Path) -> None:
    with suppress(FileExistsError):  # another process was first, and its secret holds
        os.link(new, path)
