"""`indelible work` and `schedule`: processes are restarted when killed, and end on a signal."""

import json
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
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import copy_cluster, folder
from tests.service.processes import (
    TIMEOUT_SECONDS,
    free_ports,
    get,
    read_json_line,
    refusal,
    run,
    start_command,
    stop_command,
)

from indelible_service.database import (
    TooFewConnections,
    check_connections,
    needed_connections,
    open_configured_store,
    upgrade,
)
from indelible_service.embedded import postgres
from indelible_service.settings.service import Settings

pytestmark = pytest.mark.slow

SMALL = {"max_connections": "6"}  # of which three are reserved
CHAIN = {"INDELIBLE_RPC_URL": "http://127.0.0.1:1/", "INDELIBLE_CONTRACT_ADDRESS": f"0x{'ab' * 20}"}

STAGES = (
    "seal",
    "follow_feed",
    "fetch_tournament",
    "ingest_contest",
    "lock_contest",
    "start_contest",
    "settle_contest",
    "reconcile_contests",
    "update_charges",
    "post_settlement",
    "plan_transfers",
    "process_job",
    "clean_workspaces",
    "detect",
)


def wait_until_measured(port: int, line: str) -> None:
    """Wait until the metrics at the port contain the line."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    output = "no answer"
    while f"{line}\n" not in output:
        assert time.monotonic() < deadline, output
        time.sleep(0.1)
        with suppress(URLError, ConnectionError):
            output = get(f"http://127.0.0.1:{port}", "/metrics")[1].decode()


def wait_until_logged(folder_path: Path, text: str) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    log = ""
    while text not in log:
        assert time.monotonic() < deadline, log
        time.sleep(0.1)
        log = (folder_path / "log").read_text()


def wait_until_refused(address: str) -> None:
    """Wait until connections are refused: the process is stopping."""
    where, deadline = urlsplit(address), time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection((where.hostname, where.port or 80)).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.05)
    pytest.fail("connections are still accepted")


@contextmanager
def slow_node() -> Generator[tuple[str, Event, Event]]:
    """Run a node that fails a request once the second event is set; the first shows a request."""
    requested, may_answer = Event(), Event()

    class Node(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            requested.set()
            may_answer.wait(TIMEOUT_SECONDS)
            self.send_error(500)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Node) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", requested, may_answer
        server.shutdown()
        thread.join()


@pytest.fixture
def folder_path(tmp_path: Path) -> Path:
    run("db", "upgrade")
    return tmp_path


def test_each_process_serves_metrics_and_is_restarted_when_killed(
    folder_path: Path,
) -> None:
    first = free_ports(2)
    settings = CHAIN | {"INDELIBLE_METRICS_PORT": str(first), "INDELIBLE_WORKER_THREADS": "3"}
    with start_command("work", "--processes", "2", cwd=folder_path, **settings) as process:
        for port in (first, first + 1):
            wait_until_measured(port, "indelible_worker_threads 3.0")
        killed = next(
            child for child in psutil.Process(process.pid).children() if "work" in child.cmdline()
        )
        killed.kill()
        killed.wait()
        for port in (first, first + 1):
            wait_until_measured(port, "indelible_worker_threads 3.0")
        left = psutil.Process(process.pid).children(recursive=True)
        assert stop_command(process) == 0
    assert not [child for child in left if child.is_running()]


def test_a_process_whose_metrics_port_is_in_use_works_without_metrics(folder_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start_command(
            "work", "--alone", cwd=folder_path, **CHAIN, INDELIBLE_METRICS_PORT=str(port)
        ) as process:
            wait_until_logged(folder_path, f"metrics are not served at port {port}")
            wait_until_logged(folder_path, "stage detect: task chain will be retried")
            assert stop_command(process) == 0


def test_up_serves_the_metrics_of_its_workers(tmp_path: Path) -> None:
    settings = CHAIN | {
        "INDELIBLE_METRICS_PORT": str(free_ports(1)),
        "ALCHEMY_WEBHOOK_SECRET": "not-very-secret",
    }
    with start_command("up", "--json", cwd=tmp_path, **settings) as process:
        assert read_json_line(process)["address"]
        wait_until_measured(int(settings["INDELIBLE_METRICS_PORT"]), "indelible_worker_threads 4.0")
        assert stop_command(process) == 0


def test_up_completes_its_task_after_several_signals(tmp_path: Path) -> None:
    with slow_node() as (url, requested, may_answer):
        settings = CHAIN | {"INDELIBLE_RPC_URL": url, "ALCHEMY_WEBHOOK_SECRET": "not-very-secret"}
        with start_command("up", "--json", cwd=tmp_path, **settings) as process:
            output = read_json_line(process)
            assert output["workers"] == f"in this process: {', '.join(STAGES)}"
            assert requested.wait(TIMEOUT_SECONDS)
            process.send_signal(signal.SIGTERM)
            wait_until_refused(output["address"])
            process.send_signal(signal.SIGTERM)
            assert process.poll() is None
            may_answer.set()
            assert stop_command(process) == 0
            wait_until_logged(tmp_path, "stage detect: task chain will be retried")


def test_an_unknown_stage_is_refused_with_the_configured_ones(folder_path: Path) -> None:
    assert folder_path
    assert refusal("work", "--stage", "sleep") == (1, "STAGE_UNKNOWN")
    result = run("work", "--stage", "sleep", "--json", **CHAIN)
    assert json.loads(result.stderr)["detail"] == {"stage": "sleep", "known": sorted(STAGES)}


def test_a_chain_without_a_contract_is_refused(folder_path: Path) -> None:
    assert folder_path
    result = run("work", "--json", INDELIBLE_RPC_URL="http://127.0.0.1:1/")

    assert (result.exit_code, json.loads(result.stderr)["code"]) == (2, "SETTINGS_WRONG")
    assert "INDELIBLE_CONTRACT_ADDRESS" in result.stderr


def test_work_and_schedule_need_an_existing_database(tmp_path: Path) -> None:
    assert tmp_path
    for command in ("work", "schedule"):
        assert refusal(command) == (3, "NO_DATABASE")


def test_a_scheduler_logs_its_recurring_tasks_and_ends_on_a_signal(folder_path: Path) -> None:
    with start_command("schedule", cwd=folder_path) as process:
        wait_until_logged(folder_path, "scheduler: recurring tasks: seal")
        assert stop_command(process) == 0


@pytest.fixture(scope="module")
def small_server(cluster: Path) -> Generator[dict[str, str]]:
    """Run a migrated server with three connections for all commands; return their settings."""
    with (
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False, settings=SMALL) as server,
    ):
        settings = {
            "DATABASE_URL": server.url,
            "INDELIBLE_OWNER_URL": server.owner_url,
            "DB_POOL_SIZE": "200",
        }
        upgrade(Settings.read(settings))
        yield settings


@pytest.mark.parametrize(
    ("command", "needed"), [("up", 110), ("serve", 84), ("work", 22), ("schedule", 4)]
)
def test_every_command_needs_two_connections_for_each_of_its_threads(
    command: str, needed: int, small_server: dict[str, str], tmp_path: Path
) -> None:
    """A server with three connections left is too small for any of them."""
    with start_command(command, "--json", cwd=tmp_path, **small_server) as process:
        assert process.wait(TIMEOUT_SECONDS) == 3
    error = json.loads((tmp_path / "log").read_text().splitlines()[-1])

    assert (error["code"], error["detail"]["needed"]) == ("TOO_FEW_CONNECTIONS", needed)
    assert "DB_POOL_SIZE" in error["hint"]


@given(
    st.integers(1, 200),
    st.integers(0, 200),
    st.lists(st.integers(1, 300), min_size=1, max_size=8),
)
def test_processes_need_at_most_their_pools_and_two_connections_a_thread(
    size: int, overflow: int, threads: list[int]
) -> None:
    settings = Settings(pool_size=size, max_overflow=overflow)

    needed = needed_connections(settings, threads)
    assert needed <= 2 * sum(threads)
    assert needed <= 2 * (size + overflow) * len(threads)


def test_reserved_connections_are_not_available(cluster: Path) -> None:
    limits = {"max_connections": "100", "reserved_connections": "60"}
    with (
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False, settings=limits) as server,
    ):
        settings = Settings.read(
            {"DATABASE_URL": server.url, "INDELIBLE_OWNER_URL": server.owner_url}
        )
        upgrade(settings)
        with open_configured_store(settings) as store:
            check_connections(settings, store, [15])
            with pytest.raises(TooFewConnections) as error_info:
                check_connections(settings, store, [15, 20])

    assert (error_info.value.needed, error_info.value.available) == (60, 37)
