"""New folders, which have their name only when they are whole."""

import fcntl
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from indelible.kernel import IndelibleError
from indelible_service.backups.errors import BackupExists, BackupRunning
from indelible_service.files.access import translate_os_errors

# A killed process leaves a folder of such a name. A program that it has started may still write
# there: so each folder has a name of its own, and no other process uses it again.
UNFINISHED: Final = ".indelible-unfinished-"


@contextmanager
def new_folder(
    path: Path, exists: Callable[[str], IndelibleError] = BackupExists
) -> Generator[Path]:
    """Yield a private folder, which gets the name `path` when the block has succeeded.

    What killed processes have left beside it is removed. Raises the error that `exists` returns if
    something has the name already, BackupRunning, DiskFull, FileUnusable.
    """
    path = path.absolute()
    with translate_os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path.parent):
            if os.path.lexists(path):
                raise exists(str(path))

            for left in path.parent.glob(f"{UNFINISHED}*"):
                shutil.rmtree(left)
            unfinished = Path(mkdtemp(prefix=UNFINISHED, dir=path.parent))
            try:
                yield unfinished
                _sync(unfinished)
                unfinished.rename(path)
                _sync_folder(path.parent)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    """Hold the lock of a folder, which ends with the process. Raises: BackupRunning."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRunning(str(folder)) from error
        yield
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    """Write a folder and everything in it to the disk."""
    for directory, _, names in os.walk(folder):
        for name in names:
            descriptor = os.open(Path(directory) / name, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        _sync_folder(Path(directory))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
