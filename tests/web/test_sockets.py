"""Test that a server on a real socket refuses malformed HTTP before any view runs."""

import logging
import socket
from collections.abc import Generator
from threading import Thread
from typing import Any, cast

import pytest
import waitress
from tests.web.harness import Web, memory

HEALTH = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
START = b"GET /health"
POST = b"POST /v1/concepts HTTP/1.1\r\nConnection: close\r\n"
POST_WITH_HOST = POST + b"Host: a\r\n"
CHUNKED = POST_WITH_HOST + b"Transfer-Encoding: chunked\r\n\r\n"
HUNDRED_BYTES = (
    POST_WITH_HOST + b"Content-Type: application/json\r\n" + b"Content-Length: 100\r\n\r\n"
)
MALFORMED_HTTP = {
    "two hosts": POST + b"Host: a\r\nHost: b\r\n\r\n",
    "a host with a path": POST + b"Host: a/b\r\n\r\n",
    "a line feed in a header": POST_WITH_HOST + b"X-Request-Id: a\nSet-Cookie: b\r\n\r\n",
    "a carriage return in a header": POST_WITH_HOST + b"X-Request-Id: a\rb\r\n\r\n",
    "a NUL in a header": POST_WITH_HOST + b"X-Request-Id: a\0b\r\n\r\n",
    "a space before a colon": POST + b"Host : a\r\n\r\n",
    "two lengths": POST_WITH_HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length with a sign": POST_WITH_HOST + b"Content-Length: +1\r\n\r\na",
    "a chunk without a length": CHUNKED + b"zz\r\n\r\n",
}
UNFINISHED_HTTP = {
    "nothing": b"",
    "half a method": b"PO",
    "no path": b"GET ",
    "no version": START,
    "no end of the line": START + b" HTTP/1.1",
    "no header": START + b" HTTP/1.1\r\n",
    "half a header": START + b" HTTP/1.1\r\nHost: a\r\nX-",
    "no end of the headers": START + b" HTTP/1.1\r\nHost: a\r\n",
    "no body": HUNDRED_BYTES,
    "half a body": HUNDRED_BYTES + b"{",
    "half a chunk": CHUNKED + b"5\r\nab",
    "no last chunk": CHUNKED + b"1\r\na\r\n",
}


@pytest.fixture(scope="module")
def port() -> Generator[int]:
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    server = cast("Any", waitress).create_server(
        Web(memory()).app, host="127.0.0.1", port=0, threads=1
    )
    thread = Thread(target=server.run)
    thread.start()
    yield server.effective_port
    server.trigger.pull_trigger(
        server.close
    )  # by the server's own thread, which ends when nothing is left open
    thread.join()
    server.task_dispatcher.shutdown()


def answer(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_malformed_http_is_refused_before_it_is_read(port: int) -> None:
    for name, request in MALFORMED_HTTP.items():
        assert answer(port, request).split(b" ", 2)[1] == b"400", name
    assert answer(port, HEALTH).startswith(b"HTTP/1.1 200 OK")


def test_an_encoded_line_break_is_not_decoded_into_a_header(port: int) -> None:
    request = (
        b"GET /nowhere HTTP/1.1\r\n"
        b"Host: a\r\n"
        b"Connection: close\r\n"
        b"X-Request-Id: a%0d%0aSet-Cookie:b\r\n"
        b"\r\n"
    )
    found = answer(port, request)

    assert b"\r\nX-Request-Id: a%0d%0aSet-Cookie:b\r\n" in found
    assert b"\r\nSet-Cookie" not in found


def test_an_unfinished_request_does_not_block_others(port: int) -> None:
    for name, request in UNFINISHED_HTTP.items():
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(request)
            assert answer(port, HEALTH).startswith(b"HTTP/1.1 200 OK"), name
