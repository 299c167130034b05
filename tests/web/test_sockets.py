"""Test that a server on a real socket refuses malformed HTTP before any view runs."""

import logging
import socket
from collections.abc import Generator
from threading import Thread
from typing import Any, cast

import pytest
import waitress
from tests.web.harness import Web, memory
from tests.web.hostile.rows import MALFORMED_HTTP, UNFINISHED_HTTP

HEALTH = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


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


@pytest.mark.parametrize("name", MALFORMED_HTTP)
def test_malformed_http_is_refused_before_it_is_read(port: int, name: str) -> None:
    assert answer(port, MALFORMED_HTTP[name]).split(b" ", 2)[1] == b"400"


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


def test_valid_http_is_answered(port: int) -> None:
    assert answer(port, HEALTH).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("name", UNFINISHED_HTTP)
def test_an_unfinished_request_does_not_block_others(port: int, name: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(UNFINISHED_HTTP[name])

        assert answer(port, HEALTH).startswith(b"HTTP/1.1 200 OK")
