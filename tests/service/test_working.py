"""`indelible work` and `schedule`: processes that come back when they are killed, and end when they are told."""

import json
import socket
import time
from pathlib import Path
from urllib.error import URLError

import psutil
import pytest
from tests.service.test_serving import get, refused, run, started, stop

CHAIN = {"INDELIBLE_RPC_URL": "http://127.0.0.1:1/", "INDELIBLE_CONTRACT_ADDRESS": f"0x{'ab' * 20}"}


def free_ports(number: int) -> int:
    """The first of so many ports that follow one another, and are free."""
    for first in range(20_000, 60_000, 100):
        try:
            for port in range(first, first + number):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    pytest.fail("there is no room")


def metrics(port: int) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return get(f"http://127.0.0.1:{port}", "/metrics")[1].decode()
        except (URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"nobody answers at {port}")


def wait_until_logged(place: Path, text: str) -> None:
    deadline = time.monotonic() + 60
    while text not in (said := (place / "log").read_text()):
        assert time.monotonic() < deadline, said
        time.sleep(0.1)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    run("db", "upgrade")
    return tmp_path


def test_each_process_tells_its_metrics_comes_back_when_it_is_killed_and_ends_when_it_is_told(place: Path) -> None:
    first = free_ports(2)
    settings = CHAIN | {"INDELIBLE_METRICS_PORT": str(first), "INDELIBLE_WORKER_THREADS": "3"}
    with started("work", "--processes", "2", cwd=place, **settings) as process:
        for port in (first, first + 1):
            assert "indelible_worker_threads 3.0" in metrics(port)
        killed = next(each for each in psutil.Process(process.pid).children() if "work" in each.cmdline())
        killed.kill()
        killed.wait()
        for port in (first, first + 1):
            assert "indelible_worker_threads 3.0" in metrics(port)
        left = psutil.Process(process.pid).children(recursive=True)
        assert stop(process) == 0
    assert not [each for each in left if each.is_running()]


def test_a_process_whose_metrics_port_is_taken_says_so_and_works_without(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started("work", "--alone", cwd=place, **CHAIN, INDELIBLE_METRICS_PORT=str(port)) as process:
            wait_until_logged(place, f"no metrics are told at port {port}")
            time.sleep(1)
            assert process.poll() is None
            assert stop(process) == 0


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


def test_a_scheduler_ends_when_it_is_told(place: Path) -> None:
    with started("schedule", cwd=place) as process:
        time.sleep(3)
        assert process.poll() is None
        assert stop(process) == 0
