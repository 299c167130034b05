"""Run the `indelible` command in this process or as a child, and call the API it serves."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from click.testing import CliRunner, Result
from tests.service.conftest import foreign_variables

from indelible_service.cli import main

DIRECT = build_opener(ProxyHandler({}))
TIMEOUT_SECONDS = 300  # of a busy machine
CHOICE_OF_PORTS = Path(gettempdir(), "indelible-tests-choose-ports")


def run(*words: str, **settings: str) -> Result:
    """Run a command in this process."""
    return CliRunner(env=settings).invoke(main, words, catch_exceptions=False)


def json_result(*words: str, **settings: str) -> Any:  # noqa: ANN401 - each command's own
    """Run a command and return its JSON."""
    result = run(*words, "--json", **settings)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def refusal(*words: str, **settings: str) -> tuple[int, str]:
    """Run a command that is refused, and return its exit code and the code of its error."""
    result = run(*words, "--json", **settings)
    return result.exit_code, json.loads(result.stderr)["code"]


@contextmanager
def only_choice_of_ports() -> Generator[None]:
    """Wait until no other process of the tests has instances that choose their ports.

    All begin at the same port, so that one could get another's port between two of its starts.
    """
    with CHOICE_OF_PORTS.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed
        yield


@contextmanager
def start_command(*words: str, cwd: Path, **settings: str) -> Generator[subprocess.Popen[str]]:
    """Start a command as a child in a session of its own; its log goes to `log`."""
    with start_program((sys.executable,), *words, cwd=cwd, settings=settings) as process:
        yield process


@contextmanager
def start_program(
    python: Sequence[str],
    *words: str,
    cwd: Path,
    settings: Mapping[str, str],
    options: Mapping[str, Any] | None = None,
) -> Generator[subprocess.Popen[str]]:
    """Start a command with a Python and further options of `Popen`, such as the user."""
    with (
        (cwd / "log").open("a") as log,
        subprocess.Popen(
            (*python, "-m", "indelible_service", *words),
            cwd=cwd,
            env={
                **foreign_variables(),
                "INDELIBLE_PORT": "0",
                "INDELIBLE_WORKSPACE_ROOT": str(cwd / "workspaces"),
                **settings,
            },
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
            **(options or {}),
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:  # a test that failed did not stop it
                os.killpg(process.pid, signal.SIGKILL)


def read_json_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the next line of the output, which is JSON."""
    assert process.stdout
    document: dict[str, Any] = json.loads(process.stdout.readline())
    return document


def read_screen(process: subprocess.Popen[str]) -> dict[str, str]:
    """Return the first screen of `up` for a person, by its labels."""
    screen: dict[str, str] = {}
    label = ""
    assert process.stdout
    while "Stop" not in screen:
        line = process.stdout.readline()
        assert line, f"the screen ends after {screen}"
        if line.startswith(" "):
            screen[label] += f"\n{line.strip()}"
        else:
            label, _, text = line.partition(":")
            screen[label] = text.strip()
    return screen


def stop_command(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> int:
    """Send a signal, wait until no process of the session is left, and return the exit code."""
    os.kill(process.pid, number)
    code = process.wait(TIMEOUT_SECONDS)
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return code
        time.sleep(0.01)
    pytest.fail("a process of the session is left")


def get(address: str, path: str, key: str = "") -> tuple[int, bytes]:
    """Send a GET request and return the status and the body."""
    request = Request(address + path, headers={"Authorization": f"Bearer {key}"})  # noqa: S310 - our own address
    try:
        with DIRECT.open(request, timeout=TIMEOUT_SECONDS) as response:
            return response.status, response.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            if get(address, "/health/ready")[0] == 200:
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    pytest.fail(f"{address} is not ready after {TIMEOUT_SECONDS} seconds")


def wait_until_listening(address: str) -> None:
    """Wait until a program listens at the address."""
    where, deadline = urlsplit(address), time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        with suppress(ConnectionRefusedError):
            socket.create_connection((where.hostname, where.port or 80)).close()
            return
        time.sleep(0.05)
    pytest.fail(f"nothing listens at {address} after {TIMEOUT_SECONDS} seconds")


def list_changes(address: str, key: str) -> list[Any]:
    """Return every change in the history of the instance."""
    items: list[Any] = []
    path = "/v1/history?limit=100"
    cursor = ""
    while True:
        body = get(address, f"{path}&cursor={cursor}" if cursor else path, key)[1]
        page = json.loads(body)
        if not page["items"]:
            return items

        items.extend(page["items"])
        cursor = page["next"]


def free_port() -> int:
    """Return a port at which no program listens now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def free_ports(number: int) -> int:
    """Return the first of several consecutive free ports, from a range of this test process."""
    process_number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for first in range(20_000 + 1_000 * process_number, 21_000 + 1_000 * process_number, 10):
        try:
            for port in range(first, first + number):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    pytest.fail("no free ports")
