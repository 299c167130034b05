"""What a server on a real socket makes of requests that are not HTTP: none of them comes to a view."""

import logging
import socket
from collections.abc import Generator
from threading import Thread
from typing import Any, cast

import pytest
import waitress
from tests.web.harness import Web, memory

HEAD = b"POST /v1/concepts HTTP/1.1\r\nConnection: close\r\n"
REFUSED = {
    "two hosts": HEAD + b"Host: a\r\nHost: b\r\n\r\n",
    "a host with a path": HEAD + b"Host: a/b\r\n\r\n",
    "a line feed in a header": HEAD + b"Host: a\r\nX-Request-Id: a\nSet-Cookie: b\r\n\r\n",
    "a carriage return in a header": HEAD + b"Host: a\r\nX-Request-Id: a\rb\r\n\r\n",
    "a NUL in a header": HEAD + b"Host: a\r\nX-Request-Id: a\0b\r\n\r\n",
    "a space before a colon": HEAD + b"Host : a\r\n\r\n",
    "two lengths": HEAD + b"Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length with a sign": HEAD + b"Host: a\r\nContent-Length: +1\r\n\r\na",
    "a chunk of no length": HEAD + b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
}


@pytest.fixture(scope="module")
def port() -> Generator[int]:
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    server = cast("Any", waitress).create_server(Web(memory()).app, host="127.0.0.1", port=0, threads=1)
    thread = Thread(target=server.run)
    thread.start()
    yield server.effective_port
    server.trigger.pull_trigger(server.close)  # by the server's own thread, which ends when nothing is left open
    thread.join()
    server.task_dispatcher.shutdown()


def answer(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_http_is_refused_before_it_is_read(port: int, name: str) -> None:
    assert answer(port, REFUSED[name]).split(b" ", 2)[1] == b"400"


def test_an_encoded_line_break_never_becomes_one(port: int) -> None:
    request = b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: a%0d%0aSet-Cookie:b\r\n\r\n"
    found = answer(port, request)

    assert b"\r\nX-Request-Id: a%0d%0aSet-Cookie:b\r\n" in found
    assert b"\r\nSet-Cookie" not in found


def test_what_is_http_is_answered(port: int) -> None:
    request = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

    assert answer(port, request).startswith(b"HTTP/1.1 200 OK")
