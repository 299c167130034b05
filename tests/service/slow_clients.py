"""Clients that keep connections open and send or read as little as they can."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Thread

ADDRESS = "127.0.0.2"  # of the slow clients; others use 127.0.0.1
RECEIVE_BUFFER_BYTES = 4_096
STEP_SECONDS = 0.5
ESTABLISHED = 1  # of the states of a TCP connection

# The first bytes of a connection of each kind.
NOTHING = b""
HALF_A_HEAD = b"GET /v1/concepts HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
HALF_A_BODY = (
    b"POST /v1/concepts HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %b\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
)
HALF_A_CHUNKED_BODY = (
    b"POST /v1/concepts HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %b\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n{"
)
WHOLE_REQUEST = b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %b\r\n\r\n"


class SlowClients:
    """Connections of one kind each; a thread sends or reads one byte of each at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.senders: list[socket.socket] = []
        self.readers: list[socket.socket] = []
        self.idle: list[socket.socket] = []

    def open(self, number: int, first_bytes: bytes, *, is_reader: bool = False) -> None:
        """Open connections and send their first bytes."""
        for _ in range(number):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            connection.bind((ADDRESS, 0))
            connection.connect(("127.0.0.1", self.port))
            connection.sendall(first_bytes)
            self._group(first_bytes, is_reader=is_reader).append(connection)

    def _group(self, first_bytes: bytes, *, is_reader: bool) -> list[socket.socket]:
        if is_reader:
            return self.readers
        if first_bytes:
            return self.senders
        return self.idle

    def step(self) -> None:
        """Send one more byte of each request, and read one of each response."""
        for connection in self.senders:
            try:
                connection.send(b"a", socket.MSG_DONTWAIT)
            except OSError:
                continue
        for connection in self.readers:
            try:
                connection.recv(1, socket.MSG_DONTWAIT)
            except OSError:
                continue

    def open_connections(self) -> int:
        """Return the number of connections that the server has not closed."""
        connections = self.idle + self.senders + self.readers
        return sum(is_established(connection) for connection in connections)

    def close(self) -> None:
        for connection in self.idle + self.senders + self.readers:
            connection.close()


@contextmanager
def slow_clients(port: int) -> Generator[SlowClients]:
    """Run slow clients in a thread until the block ends."""
    clients = SlowClients(port)
    stop = Event()

    def run() -> None:
        while not stop.wait(STEP_SECONDS):
            clients.step()

    thread = Thread(target=run)
    thread.start()
    try:
        yield clients
    finally:
        stop.set()
        thread.join()
        clients.close()


def is_established(connection: socket.socket) -> bool:
    """Return False once the other side has closed or reset the connection."""
    state: int = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state == ESTABLISHED
