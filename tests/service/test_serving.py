"""The API as a process: it starts with nothing, answers, shows itself, stops, and leaves nothing but its data."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from attrs import frozen
from click.testing import CliRunner, Result
from tests.service.conftest import foreign_variables

from indelible_service.cli import main
from indelible_service.demo import PEOPLE, Api, ApiCall, curriculum

pytestmark = [pytest.mark.slow, pytest.mark.runs_first]

DIRECT = build_opener(ProxyHandler({}))
MOST_SECONDS = 60
STEPS, CONCEPTS = 189, 51


def run(*words: str, **settings: str) -> Result:
    return CliRunner(env=settings).invoke(main, words, catch_exceptions=False)


def answered(*words: str, **settings: str) -> Any:  # noqa: ANN401 - whatever it is
    """What the command answers to a program."""
    result = run(*words, "--json", **settings)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def refused(*words: str, **settings: str) -> tuple[int, str]:
    """The command's exit code, and the code of its refusal."""
    result = run(*words, "--json", **settings)
    return result.exit_code, json.loads(result.stderr)["code"]


@contextmanager
def started(*words: str, cwd: Path, **settings: str) -> Generator[subprocess.Popen[str]]:
    """The command as a process in a session of its own, killed if a test failed to stop it."""
    with (
        (cwd / "log").open("a") as log,
        subprocess.Popen(
            (sys.executable, "-m", "indelible_service", *words),
            cwd=cwd,
            env=foreign_variables() | {"INDELIBLE_PORT": "0"} | settings,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def said(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next line, which is JSON."""
    assert process.stdout
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def get(address: str, path: str, key: str = "") -> tuple[int, bytes]:
    request = Request(address + path, headers={"Authorization": f"Bearer {key}"})  # noqa: S310 - it is our own
    try:
        with DIRECT.open(request) as response:
            return response.status, response.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        try:
            if get(address, "/health/ready")[0] == 200:
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    pytest.fail(f"{address} is not ready after {MOST_SECONDS} seconds")


def stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> int:
    """The exit code, once nothing of the session is left."""
    os.kill(process.pid, number)
    code = process.wait(MOST_SECONDS)
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return code
        time.sleep(0.01)
    pytest.fail("something of the session is left")


def changes(address: str, key: str) -> list[Any]:
    """Every change of the instance."""
    found: list[Any] = []
    cursor = ""
    while True:
        page = json.loads(
            get(address, f"/v1/history?limit=100{cursor and f'&cursor={cursor}'}", key)[1]
        )
        found, cursor = found + page["items"], page["next"]
        if not page["items"]:
            return found


@frozen
class Instance:
    """What a test needs of an instance: where it is, its first key, its directory, and what it held at its restart."""

    address: str
    docs: str
    key: str
    cwd: Path
    before: list[Any]
    second_key: str | None

    @property
    def port(self) -> str:
        return self.address.rpartition(":")[2]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """`up`, started, written to, stopped by SIGINT, started again for the tests, and stopped by SIGTERM."""
    cwd = tmp_path_factory.mktemp("instance")
    with started("up", cwd=cwd) as process:
        assert process.stdout
        told = dict(process.stdout.readline().strip().split(": ", 1) for _ in range(6))
        assert list(told) == ["Address", "Docs", "Console", "First key", "Workers", "Next"]
        address, key = told["Address"].strip(), told["First key"].split()[0]
        wait_until_ready(address)
        body = {"content": {"name": "Kept"}, "reason": "to be there after a restart"}
        call = ApiCall(by="maya", method="POST", path="/v1/concepts", body=body)
        Api(address, {"maya": key}).send(call)
        before = changes(address, key)
        assert stop(process, signal.SIGINT) == 0
    with started("up", "--json", cwd=cwd) as process:
        second = said(process)
        wait_until_ready(second["address"])
        yield Instance(second["address"], second["docs"], key, cwd, before, second["key"])
        assert stop(process) == 0


def test_a_second_start_keeps_the_data_and_makes_no_second_key(instance: Instance) -> None:
    assert instance.second_key is None
    assert len(instance.before) == 2  # of a key and of a concept
    assert changes(instance.address, instance.key)[:2] == instance.before


def test_up_says_where_its_documentation_is(instance: Instance) -> None:
    status, page = get(instance.docs, "")

    assert status == 200
    assert b"/v1/concepts" in page


def test_the_first_key_opens_everything_and_is_kept_for_its_owner(instance: Instance) -> None:
    file = instance.cwd / "indelible-data" / "first.key"

    assert get(instance.address, "/v1/history", instance.key)[0] == 200
    assert get(instance.address, "/v1/history", instance.key[:-1] + "x")[0] == 401
    assert file.read_text() == instance.key
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_demo_completes_and_a_second_run_finds_all_done(instance: Instance) -> None:
    settings = {
        "INDELIBLE_DATA_DIR": str(instance.cwd / "indelible-data"),
        "INDELIBLE_PORT": instance.port,
    }
    before = len(changes(instance.address, instance.key))

    first = answered("demo", "concepts", **settings)
    after_the_first = changes(instance.address, instance.key)
    second = answered("demo", **settings)

    assert first[0]["text"] == f"{STEPS} steps of {CONCEPTS} concepts."
    assert second == first
    assert changes(instance.address, instance.key) == after_the_first
    assert {
        change["actor"] for change in after_the_first[before:] if change["lifecycle"] == "concept"
    } == {f"user:{person}" for person in PEOPLE}
    assert answered("verify", **settings) == []


def test_the_demo_takes_a_key_where_the_database_is_elsewhere(instance: Instance) -> None:
    assert refused("demo", API_BASE_URL=instance.address) == (3, "NO_DATABASE")
    assert refused("demo", "--key", "ind_a_b", API_BASE_URL=instance.address) == (
        3,
        "UNEXPECTED_ANSWER",
    )

    told = answered("demo", API_BASE_URL=instance.address, INDELIBLE_KEY=instance.key)

    assert told[0]["text"] == f"{STEPS} steps of {CONCEPTS} concepts."
    assert list(Path().iterdir()) == []

    result = run("demo", API_BASE_URL=instance.address, INDELIBLE_KEY=instance.key)

    assert result.exit_code == 0, result.stderr
    for told in (
        "412 STALE",
        "409 INVALID_TRANSITION",
        "OBJ_MULTIPLE",
        "PREREQ_",  # of a cycle, or of names that are there twice, where the demo ran before under another key
        "What to learn before Reverse percentage",
        "The history of Fraction",
        "{+",
    ):
        assert told in result.stdout


def test_the_demo_needs_a_running_instance() -> None:
    assert refused("demo", INDELIBLE_PORT=str(free_port())) == (3, "NOT_RUNNING")
    assert list(Path().iterdir()) == []


def test_the_demo_has_a_key_for_everyone_in_the_curriculum() -> None:
    assert {step["by"] for concept in curriculum("concept") for step in concept["step"]} == set(
        PEOPLE
    )


def test_the_demo_does_not_take_another_program_for_ours() -> None:
    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        found = refused("demo", INDELIBLE_PORT=str(server.server_port))
        server.shutdown()
        thread.join()

    assert found == (3, "UNEXPECTED_ANSWER")


def test_up_stops_well_before_it_is_ready_too(tmp_path: Path) -> None:
    with started("up", cwd=tmp_path) as process:
        deadline = time.monotonic() + MOST_SECONDS
        while not (tmp_path / "indelible-data").exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        assert stop(process) == 0

    answered("db", "upgrade")
    assert answered("verify") == []


def test_serve_answers_from_several_workers_and_stops_with_them(tmp_path: Path) -> None:
    answered("db", "upgrade")
    key = answered("key", "create", "--owner", "user:maya", "--scope", "admin")["text"]
    address = f"http://127.0.0.1:{free_port()}"
    with started(
        "serve", "--workers", "2", cwd=tmp_path, INDELIBLE_PORT=address.rpartition(":")[2]
    ) as process:
        wait_until_ready(address)
        assert get(address, "/v1/concepts", key)[0] == 200
        assert len(children_of(process.pid)) >= 2
        assert stop(process) == 0


def children_of(pid: int) -> list[str]:
    return [
        pid
        for task in Path(f"/proc/{pid}/task").iterdir()
        for pid in (task / "children").read_text().split()
    ]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
