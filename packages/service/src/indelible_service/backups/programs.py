"""Programs and connections of PostgreSQL, with errors that have a code."""

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM
from subprocess import DEVNULL
from tempfile import TemporaryFile
from typing import Any, Final

import psycopg
from psycopg.conninfo import make_conninfo

from indelible_service.backups.errors import ProgramFailed
from indelible_service.embedded.children import StopSignals, running_child
from indelible_service.embedded.postgresql import NEWEST, programs_directory
from indelible_service.files.access import DiskFull, full_disk_text
from indelible_sql.engine.connections import POSTGRESQL, address

ERROR: Final = "error: "
BEFORE_TRANSACTION_TIMEOUT: Final = 16  # a version of PostgreSQL
CONNECTION: Final = "the connection to PostgreSQL"
UNKNOWN_PART: Final = "PostgreSQL does not know a parameter of the address"
STOP_SIGNALS: Final[StopSignals] = ((SIGTERM, 3), (SIGKILL, None))


def run_program(
    program: str, options: Sequence[str], url: str, folder: Path, version: int = NEWEST
) -> None:
    """Run a program of PostgreSQL to its end, connected to the database of the URL.

    It ends with this process, and its children end with it, even where one of them is killed.
    A command line is visible to all users, so that the password is passed as a variable. The
    program writes into `folder`, or reads from it. `version` is the program's.

    Raises: ProgramFailed, DiskFull.
    """
    conninfo, variables = connection_of(url)
    command = [str(find_program(program, version)), *options, f"--dbname={conninfo}"]
    # A file, not a pipe: a child that outlives a killed program would keep the pipe open for ever.
    with TemporaryFile() as errors:
        settings: dict[str, Any] = {"env": variables, "stdin": DEVNULL, "stdout": DEVNULL}
        try:
            with running_child(command, STOP_SIGNALS, stderr=errors, **settings) as child:
                exit_code = child.wait()
        except OSError as error:
            raise ProgramFailed(program, error.strerror or type(error).__name__) from error
        errors.seek(0)
        text = errors.read().decode(errors="replace")
    if not exit_code:
        return

    full = full_disk_text(text)
    if full:
        raise DiskFull(str(folder), full)
    raise ProgramFailed(program, _reason(text) or f"exit code {exit_code}")


def connection_of(url: str) -> tuple[str, dict[str, str]]:
    """Return how a program connects to a URL: a text without password, and its environment."""
    parts = _parts_for_libpq(url)
    variables = dict(os.environ)
    password = parts.pop("password", None)
    if password is not None:
        variables["PGPASSWORD"] = str(password)

    return _conninfo(parts), variables


@contextmanager
def connected(url: str) -> Generator[psycopg.Connection[Any]]:
    """Yield a connection to the database of the URL, which commits each statement.

    Raises: ProgramFailed.
    """
    conninfo = _conninfo(_parts_for_libpq(url))
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        raise ProgramFailed(CONNECTION, first_line(error)) from error


def _parts_for_libpq(url: str) -> dict[str, Any]:
    """Return the parts of a URL by libpq's names, as the engines of a store pass them."""
    target = address(url).set(drivername=POSTGRESQL)
    _, parts = target.get_dialect()().create_connect_args(target)
    return dict(parts)


def _conninfo(parts: Mapping[str, Any]) -> str:
    """Return the parts as one text; libpq's own errors about it would quote the password."""
    try:
        return make_conninfo("", **parts)
    except psycopg.Error:
        raise ProgramFailed(CONNECTION, UNKNOWN_PART) from None


def version_for_dumps(url: str) -> int:
    """Return the version of the programs that dump from the server, or restore into it.

    Newer ones send `SET transaction_timeout`, which servers before 17 refuse, and write dumps that
    older ones cannot read.
    """
    with connected(url) as connection:
        server = connection.info.server_version // 10_000
    return NEWEST if server > BEFORE_TRANSACTION_TIMEOUT else BEFORE_TRANSACTION_TIMEOUT


def find_program(program: str, version: int = NEWEST) -> Path:
    """Return the program of the embedded PostgreSQL, which understands older servers as well."""
    return programs_directory(None, version) / program


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text, which has no password."""
    return next(iter(str(error).splitlines()), type(error).__name__)


def _reason(text: str) -> str:
    """Return the first line that a program has marked as an error, or else its last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if ERROR in line]
    return next(iter([*errors, *lines[-1:]]), "")
