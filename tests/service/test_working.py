"""`indelible work` and `schedule`: processes that come back when they are killed, and end when they are told."""

import json
import os
import signal
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.error import URLError
from urllib.parse import urlsplit

import psutil
import pytest
from tests.conftest import copied, folder
from tests.service.test_serving import get, refused, run, said, started, stop

from indelible_service.database import (
    TooFewConnections,
    check_connections,
    open_configured_store,
    upgrade,
)
from indelible_service.embedded import PostgresServer, postgres
from indelible_service.settings import Settings

pytestmark = pytest.mark.slow

CHAIN = {"INDELIBLE_RPC_URL": "http://127.0.0.1:1/", "INDELIBLE_CONTRACT_ADDRESS": f"0x{'ab' * 20}"}


def free_ports(number: int) -> int:
    """The first of so many ports that follow one another, and are free; those of tests beside this one are others."""
    beside = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for first in range(20_000 + 1_000 * beside, 21_000 + 1_000 * beside, 10):
        try:
            for port in range(first, first + number):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    pytest.fail("there is no room")


def wait_until_measured(port: int, line: str) -> None:
    """Wait until the metrics at the port have the line: they are told before all that they measure has begun."""
    deadline, told = time.monotonic() + 60, "nobody answers"
    while f"{line}\n" not in told:
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
        with suppress(URLError, ConnectionError):
            told = get(f"http://127.0.0.1:{port}", "/metrics")[1].decode()


def wait_until_logged(place: Path, text: str) -> None:
    deadline = time.monotonic() + 60
    while text not in (said := (place / "log").read_text()):
        assert time.monotonic() < deadline, said
        time.sleep(0.1)


def wait_until_deaf(address: str) -> None:
    """Wait until nobody listens there: the process has begun to end."""
    where, deadline = urlsplit(address), time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection((where.hostname, where.port or 80)).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.05)
    pytest.fail("it listens still")


@contextmanager
def slow_node() -> Generator[tuple[str, Event, Event]]:
    """A chain's node that refuses when it is let: its address, whether it was asked, and what lets it."""
    asked, may_answer = Event(), Event()

    class Node(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.set()
            may_answer.wait(60)
            self.send_error(500)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Node) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", asked, may_answer
        server.shutdown()
        thread.join()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    run("db", "upgrade")
    return tmp_path


def test_each_process_tells_its_metrics_comes_back_when_it_is_killed_and_ends_when_it_is_told(
    place: Path,
) -> None:
    first = free_ports(2)
    settings = CHAIN | {"INDELIBLE_METRICS_PORT": str(first), "INDELIBLE_WORKER_THREADS": "3"}
    with started("work", "--processes", "2", cwd=place, **settings) as process:
        for port in (first, first + 1):
            wait_until_measured(port, "indelible_worker_threads 3.0")
        killed = next(
            each for each in psutil.Process(process.pid).children() if "work" in each.cmdline()
        )
        killed.kill()
        killed.wait()
        for port in (first, first + 1):
            wait_until_measured(port, "indelible_worker_threads 3.0")
        left = psutil.Process(process.pid).children(recursive=True)
        assert stop(process) == 0
    assert not [each for each in left if each.is_running()]


def test_a_process_whose_metrics_port_is_taken_says_so_and_works_without(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(
            "work", "--alone", cwd=place, **CHAIN, INDELIBLE_METRICS_PORT=str(port)
        ) as process:
            wait_until_logged(place, f"metrics are not served at port {port}")
            wait_until_logged(place, "stage detect: task chain will be retried")
            assert stop(process) == 0


def test_up_tells_the_metrics_of_its_workers_too(tmp_path: Path) -> None:
    settings = CHAIN | {
        "INDELIBLE_METRICS_PORT": str(free_ports(1)),
        "ALCHEMY_WEBHOOK_SECRET": "not-very-secret",
    }
    with started("up", "--json", cwd=tmp_path, **settings) as process:
        assert said(process)["address"]
        wait_until_measured(int(settings["INDELIBLE_METRICS_PORT"]), "indelible_worker_threads 4.0")
        assert stop(process) == 0


def test_up_finishes_what_it_has_in_hand_however_often_it_is_told_to_end(tmp_path: Path) -> None:
    with slow_node() as (url, asked, may_answer):
        settings = CHAIN | {"INDELIBLE_RPC_URL": url, "ALCHEMY_WEBHOOK_SECRET": "not-very-secret"}
        with started("up", "--json", cwd=tmp_path, **settings) as process:
            told = said(process)
            assert told["workers"] == "in this process: detect"
            assert asked.wait(60)
            process.send_signal(signal.SIGTERM)
            wait_until_deaf(told["address"])
            process.send_signal(signal.SIGTERM)
            assert process.poll() is None
            may_answer.set()
            assert stop(process) == 0
            wait_until_logged(tmp_path, "stage detect: task chain will be retried")


def test_a_stage_that_is_not_set_up_is_named_with_those_that_are(place: Path) -> None:
    assert place
    assert refused("work", "--stage", "sleep") == (1, "STAGE_UNKNOWN")
    result = run("work", "--stage", "sleep", "--json", **CHAIN)
    assert json.loads(result.stderr)["detail"] == {"stage": "sleep", "known": ["detect"]}


def test_a_chain_without_its_contract_is_refused_by_name(place: Path) -> None:
    assert place
    result = run("work", "--json", INDELIBLE_RPC_URL="http://127.0.0.1:1/")

    assert (result.exit_code, json.loads(result.stderr)["code"]) == (2, "SETTINGS_WRONG")
    assert "INDELIBLE_CONTRACT_ADDRESS" in result.stderr


def test_work_and_schedule_want_a_database_that_is_there(tmp_path: Path) -> None:
    assert tmp_path
    for command in ("work", "schedule"):
        assert refused(command) == (3, "NO_DATABASE")


def test_a_scheduler_says_what_it_makes_due_and_ends_when_it_is_told(place: Path) -> None:
    with started("schedule", cwd=place) as process:
        wait_until_logged(place, "scheduler: recurring tasks: none")
        assert stop(process) == 0


@pytest.mark.parametrize("command", ["up", "serve", "work", "schedule"])
def test_every_process_that_may_want_too_many_is_refused(
    command: str, database: PostgresServer, tmp_path: Path
) -> None:
    settings = {
        "DATABASE_URL": database.url,
        "INDELIBLE_OWNER_URL": database.owner_url,
        "DB_POOL_SIZE": "200",
    }
    with started(command, "--json", cwd=tmp_path, **settings) as process:
        assert process.wait(60) == 3
    error = json.loads((tmp_path / "log").read_text().splitlines()[-1])

    assert (error["code"], error["detail"]["needed"]) == ("TOO_FEW_CONNECTIONS", 420)


def test_connections_that_are_kept_for_others_are_not_given(cluster: Path) -> None:
    limits = {"max_connections": "100", "reserved_connections": "60"}
    with (
        folder() as directory,
        postgres(copied(cluster, directory), durable=False, settings=limits) as server,
    ):
        settings = Settings.read(
            {"DATABASE_URL": server.url, "INDELIBLE_OWNER_URL": server.owner_url}
        )
        upgrade(settings)
        with open_configured_store(settings) as store:
            check_connections(settings, store, 1)
            with pytest.raises(TooFewConnections) as refused:
                check_connections(settings, store, 2)

    assert (refused.value.needed, refused.value.available) == (60, 37)
