"""Test that a stopped PostgreSQL costs requests of a running API, and never the API."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest
from tests.conftest import copy_cluster, folder
from tests.service.processes import (
    TIMEOUT_SECONDS,
    get,
    json_result,
    start_command,
    stop_command,
    wait_until_ready,
)
from tests.stopped import stopped

from indelible_service.embedded import PostgresServer, postgres
from indelible_service.embedded.children import free_port

pytestmark = pytest.mark.slow

CLIENTS = 40
HEALTH_SECONDS = 1
REQUEST_SECONDS = 2 + 2 + 2  # a free connection, a new one, and a statement
MARGIN_SECONDS = 40
LIMITS = {
    "INDELIBLE_HEALTH_SECONDS": str(HEALTH_SECONDS),
    "INDELIBLE_CONNECT_SECONDS": "2",
    "INDELIBLE_STATEMENT_SECONDS": "2",
    "INDELIBLE_REQUESTS_PER_MINUTE": "1000000",
}


def request_until(
    is_over: Event, all_answered: Barrier, address: str, key: str
) -> tuple[set[int], float]:
    """Send requests until the event; return the statuses and the seconds of the slowest."""
    statuses = {get(address, "/v1/concepts", key)[0]}
    all_answered.wait(TIMEOUT_SECONDS)
    slowest = 0.0
    while not is_over.is_set():
        start = time.monotonic()
        statuses.add(get(address, "/v1/concepts", key)[0])
        slowest = max(slowest, time.monotonic() - start)

    return statuses, slowest


def test_a_stopped_database_costs_requests_and_health_says_so(
    cluster: Path, tmp_path: Path
) -> None:
    with folder() as directory, postgres(copy_cluster(cluster, directory)) as server:
        address = f"http://127.0.0.1:{free_port()}"
        settings = {
            **LIMITS,
            "DATABASE_URL": server.url,
            "INDELIBLE_OWNER_URL": server.owner_url,
            "INDELIBLE_PORT": address.rpartition(":")[2],
            "INDELIBLE_DATA_DIR": str(tmp_path / "data"),
        }
        json_result("db", "upgrade", **settings)
        words = ("key", "create", "--owner", "user:maya", "--scope", "admin")
        key = json_result(*words, **settings)["text"]
        with start_command("serve", cwd=tmp_path, **settings) as process:
            wait_until_ready(address)
            check_stop(server, address, key)
            assert stop_command(process) == 0


def check_stop(server: PostgresServer, address: str, key: str) -> None:
    """Stop the server under load, ask for health, let it continue, and check the answers."""
    is_over = Event()
    all_answered = Barrier(CLIENTS + 1)
    with ThreadPoolExecutor(CLIENTS) as clients:
        results: list[Future[tuple[set[int], float]]] = []
        for _ in range(CLIENTS):
            results.append(clients.submit(request_until, is_over, all_answered, address, key))
        try:
            all_answered.wait(TIMEOUT_SECONDS)
            with stopped(server.child):
                for _ in range(3):
                    start = time.monotonic()
                    assert get(address, "/health")[0] == 503
                    assert time.monotonic() - start < HEALTH_SECONDS + MARGIN_SECONDS
            check_recovery(address)
        finally:
            is_over.set()

    for result in results:
        statuses, slowest = result.result()
        assert statuses <= {200, 503}
        assert slowest < REQUEST_SECONDS + MARGIN_SECONDS
    assert get(address, "/v1/concepts", key)[0] == 200


def check_recovery(address: str) -> None:
    """Wait until health is good again, without a restart."""
    deadline = time.monotonic() + REQUEST_SECONDS + MARGIN_SECONDS
    while get(address, "/health")[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
