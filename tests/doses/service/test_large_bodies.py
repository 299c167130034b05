"""The servers let a body pass to the application up to each route's limit, and one byte more."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from tests.service.processes import TIMEOUT_SECONDS, free_port, wait_until_ready
from tests.web.drawings import LARGE_BYTES, SMALL_BYTES
from tests.web.harness import SETTINGS

pytestmark = pytest.mark.slow

CHUNK_BYTES = 64 * 1024
JSON = {"Content-Type": "application/json"}
DRAWING = b'{"nodes": [], "reason": "a test"}'
ROUTES = {
    "larger": ("/v1/drawings", LARGE_BYTES, DRAWING, 201),
    "smaller": ("/v1/notes", SMALL_BYTES, b"{}", 200),
    "default": ("/v1/letters", SETTINGS.max_body_bytes, b"{}", 200),
}


@pytest.fixture(scope="module", params=["waitress", "granian"])
def port(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[int]:
    """Start the program with a server, and return its port."""
    number = free_port()
    log = tmp_path_factory.mktemp("large_bodies") / "log"
    with (
        log.open("w") as out,
        subprocess.Popen(
            (sys.executable, "-m", "tests.service.large_bodies", request.param, str(number)),
            cwd=Path(__file__).parents[3],
            stdout=out,
            stderr=out,
            start_new_session=True,
        ) as process,
    ):
        try:
            wait_until_ready(f"http://127.0.0.1:{number}")
            yield number
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(TIMEOUT_SECONDS)


def chunks_of(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK_BYTES):
        yield body[start : start + CHUNK_BYTES]


def send(port: int, path: str, body: bytes, *, is_chunked: bool) -> tuple[int, dict[str, object]]:
    """Send a body, with its length or in chunks, and return the status and the answer."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)) as connection:
        payload = chunks_of(body) if is_chunked else body
        connection.request("POST", path, payload, JSON, encode_chunked=is_chunked)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("name", ROUTES)
def test_a_server_leaves_the_refusal_to_the_application(
    port: int, name: str, *, is_chunked: bool
) -> None:
    path, limit, body, status = ROUTES[name]
    longest = body + b" " * (limit - len(body))
    accepted, _ = send(port, path, longest, is_chunked=is_chunked)
    refused, problem = send(port, path, longest + b" ", is_chunked=is_chunked)

    assert (accepted, refused) == (status, 413)
    assert problem["code"] == "BODY_TOO_LARGE"
    assert problem["fields"] == {"max_bytes": limit}


def test_a_body_of_the_largest_limit_is_refused_by_a_route_with_the_default(port: int) -> None:
    body = b"{}" + b" " * LARGE_BYTES

    for is_chunked in (False, True):
        status, problem = send(port, "/v1/letters", body, is_chunked=is_chunked)
        assert (status, problem["code"]) == (413, "BODY_TOO_LARGE")
