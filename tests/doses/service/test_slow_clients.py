"""Slow clients cost the server memory; the API answers others within its limits."""

import json
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request

import pytest
from tests.service.processes import (
    DIRECT,
    TIMEOUT_SECONDS,
    free_port,
    get,
    json_result,
    start_command,
    stop_command,
    wait_until_ready,
)
from tests.service.slow_clients import (
    HALF_A_BODY,
    HALF_A_CHUNKED_BODY,
    HALF_A_HEAD,
    NOTHING,
    WHOLE_REQUEST,
    SlowClients,
    slow_clients,
)

pytestmark = pytest.mark.slow

CONNECTION_SECONDS = 5
MARGIN_SECONDS = 30
# A page of these versions exceeds the buffers of a socket.
LARGE_TEXT = "x" * 20_000
LARGE_TEXTS = 45
LARGE_VERSIONS = 7
READERS = 15


@contextmanager
def server(command: str, cwd: Path, **settings: str) -> Generator[tuple[str, str]]:
    """Run `up` or `serve` on a new database, and return its address and a key."""
    json_result("db", "upgrade")
    key = json_result("key", "create", "--owner", "user:maya", "--scope", "admin")["text"]
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    variables = {
        "INDELIBLE_PORT": str(port),
        "INDELIBLE_REQUESTS_PER_MINUTE": "100000",
        **settings,
    }
    with start_command(command, cwd=cwd, **variables) as process:
        wait_until_ready(address)
        yield address, key
        assert stop_command(process) == 0


def send(
    address: str, key: str, method: str, path: str, body: object, etag: str = "*"
) -> dict[str, Any]:
    """Send a command and return its result."""
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "If-Match": etag,
    }
    data = json.dumps(body).encode()
    request = Request(address + path, data, headers, method=method)  # noqa: S310 - our own address
    with DIRECT.open(request, timeout=TIMEOUT_SECONDS) as response:
        result: dict[str, Any] = json.load(response)
        return {**result, "etag": response.headers["ETag"]}


def create_large_response(address: str, key: str) -> str:
    """Create a concept with large versions, and return the path of their list."""
    content = {"name": "Large", "examples": [LARGE_TEXT] * LARGE_TEXTS}
    saved = send(address, key, "POST", "/v1/concepts", {"content": content, "reason": "a test"})
    path = f"/v1/concepts/{saved['concept']['id']}"
    for number in range(LARGE_VERSIONS):
        content["definition"] = f"Version {number}."
        body = {"content": content, "change_note": "a test"}
        saved = send(address, key, "PUT", path, body, saved["etag"])

    return f"{path}/versions"


def assert_api_answers(address: str, key: str) -> None:
    """Read and write several times, each within the limit of a request and a margin."""
    for number in range(10):
        started_at = time.monotonic()
        assert get(address, "/health/live")[0] == 200
        assert get(address, "/v1/concepts?limit=1", key)[0] == 200
        body = {"content": {"name": f"Beside slow clients {number}"}, "reason": "a test"}
        send(address, key, "POST", "/v1/concepts", body)
        assert time.monotonic() - started_at < MARGIN_SECONDS


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return holds()


def open_every_kind(clients: SlowClients, key: str, large_path: str, number: int) -> None:
    """Open connections of each kind of slow client."""
    secret = key.encode()
    clients.open(number, NOTHING)
    clients.open(number, HALF_A_HEAD)
    clients.open(number, HALF_A_BODY % secret)
    clients.open(number, HALF_A_CHUNKED_BODY % secret)
    clients.open(READERS, WHOLE_REQUEST % (large_path.encode(), secret), is_reader=True)


@pytest.mark.parametrize("command", ["up", "serve"])
def test_the_api_answers_beside_slow_clients(command: str, tmp_path: Path) -> None:
    settings = {"INDELIBLE_MAX_CONNECTIONS_PER_ADDRESS": "0"}
    with ExitStack() as stack:
        address, key = stack.enter_context(server(command, tmp_path, **settings))
        large_path = create_large_response(address, key)
        clients = stack.enter_context(slow_clients(int(address.rpartition(":")[2])))

        open_every_kind(clients, key, large_path, 60)

        assert_api_answers(address, key)
        assert clients.open_connections() > 200  # none was closed in favour of the others


@pytest.mark.parametrize("command", ["up", "serve"])
def test_a_connection_without_a_response_is_closed(command: str, tmp_path: Path) -> None:
    settings = {"INDELIBLE_CONNECTION_SECONDS": str(CONNECTION_SECONDS)}
    with ExitStack() as stack:
        address, key = stack.enter_context(server(command, tmp_path, **settings))
        large_path = create_large_response(address, key)
        clients = stack.enter_context(slow_clients(int(address.rpartition(":")[2])))

        open_every_kind(clients, key, large_path, 10)

        seconds = CONNECTION_SECONDS + MARGIN_SECONDS
        assert wait_until(lambda: clients.open_connections() == 0, seconds)
        assert_api_answers(address, key)
