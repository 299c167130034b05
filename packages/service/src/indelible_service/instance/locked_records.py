"""A lock that one process at a time holds, with a record that others read while it does.

The system releases the lock when its process ends, however that happens: a record without a lock is
that of a process that was killed.
"""

import fcntl
import json
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, cast

from attrs import frozen

from indelible_service.files.access import atomic_file, translate_os_errors

LOCK_SECONDS: Final = 2  # longer than another process holds the lock to look at it
POLL_SECONDS: Final = 0.05


@frozen
class LockedRecord:
    """The lock `<name>.lock` and the record `<name>.json` of a directory."""

    directory: Path
    name: str

    @property
    def path(self) -> Path:
        """Return the path of the record."""
        return self.directory / f"{self.name}.json"

    @contextmanager
    def hold(self) -> Generator[bool]:
        """Hold the lock until the block ends; yield False where another process holds it.

        Raises: FileUnusable.
        """
        path = self._lock_path
        with translate_os_errors(path):
            lock = path.open("a")

        with lock:
            deadline = time.monotonic() + LOCK_SECONDS
            while not _try_lock(lock.fileno(), fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    yield False
                    return
                time.sleep(POLL_SECONDS)

            yield True

    def is_locked(self) -> bool:
        """Return True while a process holds the lock."""
        try:
            lock = self._lock_path.open()
        except OSError:
            return False

        with lock:
            return not _try_lock(lock.fileno(), fcntl.LOCK_SH)

    def read(self) -> dict[str, object]:
        """Return the record, which may be that of a killed process; empty where there is none."""
        return read_json_object(self.path)

    def write(self, document: dict[str, object]) -> None:
        """Save the record, of which a reader never sees a part."""
        write_json_object(self.path, document)

    def remove(self) -> None:
        """Delete the record."""
        self.path.unlink(missing_ok=True)

    @property
    def _lock_path(self) -> Path:
        return self.directory / f"{self.name}.lock"


def read_json_object(path: Path) -> dict[str, object]:
    """Return the JSON object in a file, empty where the file is missing or damaged."""
    with suppress(OSError, ValueError):
        document = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(document, dict):
            return cast("dict[str, object]", document)

    return {}


def write_json_object(path: Path, document: dict[str, object]) -> None:
    """Write a JSON object into a file, of which a reader never sees a part."""
    with atomic_file(path) as out:
        out.write(json.dumps(document).encode())


def _try_lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False

    return True
