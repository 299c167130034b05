"""Test the links between the nodes of a cluster: open, cut, held and restored."""

import socket
from collections.abc import Generator
from contextlib import suppress
from threading import Thread

import pytest
from attrs import frozen
from tests.doses.cluster.links import Link, link_to

HOST = "127.0.0.1"
SOON_SECONDS = 0.2
MAX_SECONDS = 20


@frozen
class Echo:
    """A link to a server that returns what it receives."""

    link: Link

    def connect(self) -> socket.socket:
        return socket.create_connection((HOST, self.link.port), timeout=MAX_SECONDS)


@pytest.fixture
def echo() -> Generator[Echo]:
    with socket.create_server((HOST, 0)) as listener:
        Thread(target=_serve, args=(listener,), daemon=True).start()
        with link_to(listener.getsockname()[1]) as link:
            yield Echo(link)


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        Thread(target=_return_all, args=(connection,), daemon=True).start()


def _return_all(connection: socket.socket) -> None:
    with connection, suppress(OSError):  # a client may be gone, which is the test
        while data := connection.recv(100):
            connection.sendall(data)


def _exchange(connection: socket.socket, data: bytes) -> bytes:
    connection.sendall(data)
    return connection.recv(100)


def test_a_link_that_is_cut_ends_its_connections_and_refuses_others_until_it_is_restored(
    echo: Echo,
) -> None:
    with echo.connect() as connection:
        assert _exchange(connection, b"before") == b"before"
        echo.link.cut()
        assert connection.recv(100) == b""
    with echo.connect() as refused:
        assert refused.recv(100) == b""

    echo.link.restore()
    with echo.connect() as connection:
        assert _exchange(connection, b"after") == b"after"


def test_a_link_that_is_held_forwards_later_what_it_has_received(echo: Echo) -> None:
    with echo.connect() as old:
        assert _exchange(old, b"before") == b"before"
        echo.link.hold()
        with echo.connect() as new:
            for connection in (old, new):
                connection.sendall(b"held")
                connection.settimeout(SOON_SECONDS)
                with pytest.raises(TimeoutError):
                    connection.recv(100)
                connection.settimeout(MAX_SECONDS)

            echo.link.restore()
            assert [connection.recv(100) for connection in (old, new)] == [b"held", b"held"]
