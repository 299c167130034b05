"""Run Python as a reader does: a session of a page, and the command `indelible`.

Importing the packages takes more than a second, so both run in forks of a process that has
imported them (tests/forks.py). A fork has its own directory, environment and streams, and finds
neither this module nor any other of the tests.
"""

import io
import os
import sys
import traceback
from contextlib import redirect_stdout
from multiprocessing.connection import Connection
from multiprocessing.reduction import DupFd
from typing import Any, Final

from tests.architecture.sources import ROOT

import indelible_evm
import indelible_web
import indelible_workers
from indelible_service import composition, contexts
from indelible_service.cli import main
from indelible_service.processes import workers

PRELOADED: Final = (
    indelible_evm,
    indelible_web,
    indelible_workers,
    composition,
    contexts,
    workers,
)
STREAMS: Final = (0, 1, 2)
HIDDEN: Final = ("tests", "docs")


class Stream:
    """A file descriptor that is an argument of a child."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> tuple[Any, ...]:
        """Send a duplicate of the descriptor."""
        return receive, (DupFd(self.number),)


def receive(sent: Any) -> Stream:  # noqa: ANN401 - a class of multiprocessing without a name
    """Return a stream that was sent to this process."""
    return Stream(sent.detach())


def enter(directory: str, environment: dict[str, str]) -> None:
    """Enter a directory with an environment, and forget the tests."""
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    packages = str(ROOT / "packages")
    prefixes = (packages, sys.prefix, sys.base_prefix)
    sys.path[:] = [path for path in sys.path if path.startswith(prefixes)]
    for name in [name for name in sys.modules if name.partition(".")[0] in HIDDEN]:
        del sys.modules[name]


def run_command(
    arguments: list[str], directory: str, environment: dict[str, str], streams: list[Stream]
) -> None:
    """Run the command `indelible` and exit with its code."""
    for number, stream in zip(STREAMS, streams, strict=True):
        os.dup2(stream.number, number)
        os.close(stream.number)
    sys.stdin = os.fdopen(STREAMS[0], closefd=False)
    sys.stdout = os.fdopen(STREAMS[1], "w", closefd=False)  # the older one may have been a file
    enter(directory, environment)
    main(arguments, prog_name="indelible")


def run_session(connection: Connection, directory: str, environment: dict[str, str]) -> None:
    """Execute each program that arrives with the names of those before it.

    Answers with what it printed, and the traceback of its error or nothing.
    """
    enter(directory, environment)
    sys.path.insert(0, "")
    names: dict[str, Any] = {"__name__": "__main__"}
    while True:
        try:
            page, text = connection.recv()
        except EOFError:
            return

        failure = ""
        with redirect_stdout(io.StringIO()) as output:
            try:
                exec(compile(text, page, "exec"), names)  # noqa: S102 - a reader would run it
            except Exception:  # noqa: BLE001 - the test fails with it
                failure = traceback.format_exc()
        connection.send((output.getvalue(), failure))
