"""Ask two other doubles of Stripe: `python -m tests.doses.real stripe-opinions FOLDER`.

FOLDER is one in which `npm install --ignore-scripts stripe-stateful-mock@0.0.16` was run, and which
has a virtual environment `localstripe` with `localstripe==1.15.10`. Others have written both. The
program prints a line for each check, and each gap: what a double answers otherwise than Stripe.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from typing import Any, Final

import httpx
from tests.doses.real.localstripe_checks import checks_of_localstripe, gaps_of_localstripe
from tests.doses.real.stateful_mock_checks import checks_of_stateful_mock, gaps_of_stateful_mock

from indelible.kernel import IndelibleError

START_SECONDS: Final = 60
# localstripe itself binds every interface of the machine.
LOCALSTRIPE: Final = """
import sys
from aiohttp import web
from localstripe.server import app
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
"""
STATEFUL_MOCK: Final = """
const mock = require("stripe-stateful-mock");
require("http").createServer(mock.createExpressApp()).listen(process.argv[1], "127.0.0.1");
"""
Checks = Callable[[str], Mapping[str, bool]]
Gaps = Callable[[str], Mapping[str, Callable[[], object]]]


def ask_other_doubles(folder: Path) -> list[str]:
    """Run the checks on both doubles, and return those that failed."""
    python = str(folder / "localstripe" / "bin" / "python")
    problems = _ask(
        "localstripe",
        (python, "-c", LOCALSTRIPE),
        folder,
        checks_of_localstripe,
        gaps_of_localstripe,
    )
    problems += _ask(
        "stripe-stateful-mock",
        ("node", "-e", STATEFUL_MOCK),
        folder,
        checks_of_stateful_mock,
        gaps_of_stateful_mock,
    )
    return problems


def _ask(name: str, command: Sequence[str], folder: Path, checks: Checks, gaps: Gaps) -> list[str]:
    problems: list[str] = []
    with running_double(command, folder) as url:
        for sentence, is_true in checks(url).items():
            sys.stdout.write(f"{name}: {sentence}: {_answer(is_true=is_true)}\n")
            if not is_true:
                problems.append(f"{name}: not true: {sentence}")
        for sentence, request in gaps(url).items():
            sys.stdout.write(f"{name}: gap: {sentence}: {outcome_of(request)}\n")
    return problems


def _answer(*, is_true: bool) -> str:
    return "yes" if is_true else "NO"


def outcome_of(request: Callable[[], object]) -> str:
    """Return the error of a request, or its result."""
    try:
        return str(request())
    except IndelibleError as error:
        return str(error)


@contextmanager
def running_double(
    command: Sequence[str], folder: Path, *, port: int | None = None
) -> Generator[str]:
    """Run a server whose last argument is its port until the block ends, and yield its address."""
    if port is None:
        port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        process: subprocess.Popen[Any] = subprocess.Popen(
            (*command, str(port)), cwd=folder, stdout=log, stderr=log
        )
        try:
            wait_for(url)
            yield url
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    """Return a port at which no program listens now."""
    with create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def wait_for(url: str) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(url)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
