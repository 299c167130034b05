"""Append lines of the log to files of limited size, which the processes of one name share."""

import fcntl
import logging
import os
import sys
from contextlib import suppress
from errno import ENOSPC
from pathlib import Path
from typing import Final

from indelible_service.files.access import translate_os_errors

MAX_FILE_BYTES: Final = 10 * 2**20
MAX_OLD_FILES: Final = 4  # of each process, beside the file that grows
FOLDER: Final = "logs"  # in the data directory


def log_path(data_dir: Path, process: str) -> Path:
    """Return the path of the file to which a process writes its log."""
    return data_dir / FOLDER / f"{process.replace(' ', '-')}.log"


def create_log_file(path: Path) -> None:
    """Create the file and its folder where they are missing.

    Raises: FileUnusable, DiskFull.
    """
    with translate_os_errors(path):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(_open(path))


class LogFile(logging.Handler):
    """A handler that appends each record to a file, and begins the next file when it is full.

    `web.log` becomes `web.log.1`, which becomes `web.log.2`; the oldest one is deleted. A record
    that cannot be written is lost, and the process goes on: the first one of a row is reported on
    standard error.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._descriptor = -1
        self._ends_within_line = False
        self._is_failing = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record as one line."""
        try:
            self._append(f"{self.format(record)}\n".encode())
        except OSError as error:
            if not self._is_failing:
                self._report(error)
            self._is_failing = True
        else:
            self._is_failing = False

    def close(self) -> None:
        """Close the file."""
        self._close_file()
        super().close()

    def _append(self, line: bytes) -> None:
        if not self._has_current_file():
            self._close_file()
            self._descriptor = _open(self.path)
        if self._ends_within_line:
            line = b"\n" + line

        written = os.write(self._descriptor, line)
        self._ends_within_line = written < len(line)
        if self._ends_within_line:
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        if os.fstat(self._descriptor).st_size >= MAX_FILE_BYTES:
            self._begin_next_file()

    def _has_current_file(self) -> bool:
        """Return whether the open file has the name still: another process may have renamed it."""
        if self._descriptor < 0:
            return False
        try:
            named = self.path.stat()
        except FileNotFoundError:
            return False

        return os.path.samestat(named, os.fstat(self._descriptor))

    def _begin_next_file(self) -> None:
        # Another process may find the same file full; the first one that locks it renames it.
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        if self._has_current_file():
            for number in range(MAX_OLD_FILES, 1, -1):
                with suppress(FileNotFoundError):
                    self._old_file(number - 1).replace(self._old_file(number))
            self.path.replace(self._old_file(1))
        self._close_file()

    def _old_file(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")

    def _close_file(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def _report(self, error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        with suppress(OSError):
            print(  # noqa: T201 - a log of this failure would fail, too
                f"Log file {self.path} cannot be written: {reason}. Lines of the log are lost.",
                file=sys.stderr,
                flush=True,
            )


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
