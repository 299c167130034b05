"""A TCP proxy for PostgreSQL that reads the client's messages and breaks the connection at one."""

import socket
import struct
from collections.abc import Generator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from threading import Event, Lock, Thread, current_thread
from typing import Final

from attrs import define, field, frozen
from sqlalchemy import make_url

HOST: Final = "127.0.0.1"
COMMIT: Final = b"COMMIT\0"  # in a message of its own, or in one of a pipeline
SYNC: Final = b"S\0\0\0\4"  # the whole message, which ends a pipeline: the server answers all of it
WAITS: Final = (b"Q", b"S")  # the types of messages that wait for a response: query, and sync
READY: Final = b"Z"  # the type of the server's last message in response to a query
MAX_WAIT_SECONDS: Final = 60


class Fault(Enum):
    """A way to lose a message and its connection."""

    CUT = auto()  # the server never gets the message
    SWALLOW = auto()  # the server executes the message, and the client never gets the response
    DELAY = auto()  # the client is cut off, and the server gets the message at `release`
    VANISH = auto()  # as SWALLOW, and the proxy accepts no connection until `come_back`


@frozen
class Plan:
    """A fault of the next message that contains these bytes."""

    needle: bytes
    fault: Fault


@define(eq=False)
class Proxy:
    """A server for clients of an upstream server, with the faults that are planned."""

    upstream: tuple[str, int]
    _listener: socket.socket
    hits: int = field(default=0, init=False)
    messages: list[bytes] = field(factory=list[bytes], init=False)  # of all clients
    round_trips: int = field(default=0, init=False)  # of all clients
    _plans: list[Plan] = field(factory=list[Plan], init=False)
    _is_released: Event = field(factory=Event, init=False)
    _is_gone: bool = field(default=False, init=False)
    _lock: Lock = field(factory=Lock, init=False)
    _sockets: list[socket.socket] = field(factory=list[socket.socket], init=False)
    _breaking: list[Thread] = field(factory=list[Thread], init=False)

    def url(self, url: str) -> str:
        """Return the address at which this proxy serves the database of another address."""
        port = self._listener.getsockname()[1]
        unencrypted = {"sslmode": "disable", "gssencmode": "disable"}
        proxied = make_url(url).set(host=HOST, port=port).update_query_dict(unencrypted)

        return proxied.render_as_string(hide_password=False)

    def plan(self, fault: Fault, needle: bytes = COMMIT) -> None:
        """Plan a fault of the next message that contains these bytes."""
        self._is_released.clear()
        self._plans.append(Plan(needle, fault))

    def release(self) -> None:
        """Send a delayed message to the server, and wait until it is executed."""
        self._is_released.set()
        for thread in self._breaking:
            thread.join(MAX_WAIT_SECONDS)

    def vanish(self) -> None:
        """Accept no connection any more."""
        self._is_gone = True

    def come_back(self) -> None:
        """Accept connections again."""
        self._is_gone = False

    def serve(self) -> None:
        """Accept connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._is_gone:
                    client.close()
                    continue

                server = socket.create_connection(self.upstream)
                for connection in (client, server):
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets += (client, server)
                Thread(target=self._forward, args=(client, server), daemon=True).start()

    def close(self) -> None:
        """Cut all connections."""
        self.release()
        for connection in (self._listener, *self._sockets):
            _cut(connection)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        """Forward whole messages of the client to the server, up to the one with a fault."""
        responses = Responses(server, client)
        Thread(target=responses.forward, daemon=True).start()
        with suppress(OSError):
            server.sendall(_receive_startup(client))
            while True:
                message = _receive_message(client)
                if not message:
                    break
                self.messages.append(message)
                if message[:1] in WAITS:
                    with self._lock:
                        self.round_trips += 1
                fault = self._take_fault(message)
                if fault is not None:
                    self._breaking = [current_thread()]
                    self._break(fault, message, client, server, responses)
                    return
                server.sendall(message)
        _cut(client)
        _cut(server)

    def _take_fault(self, message: bytes) -> Fault | None:
        with self._lock:
            if self._plans and self._plans[0].needle in message:
                self.hits += 1
                return self._plans.pop(0).fault

        return None

    def _break(
        self,
        fault: Fault,
        message: bytes,
        client: socket.socket,
        server: socket.socket,
        responses: "Responses",
    ) -> None:
        if fault is Fault.VANISH:
            self._is_gone = True

        if fault is not Fault.CUT:
            responses.swallow()
            kind = message[:1]
            while kind not in WAITS:  # the rest of the pipeline
                next_message = _receive_message(client)
                kind = next_message[:1]
                message += next_message
            if fault is Fault.DELAY:
                _cut(client)
                self._is_released.wait(MAX_WAIT_SECONDS)
            server.sendall(message)
            responses.is_ready.wait(MAX_WAIT_SECONDS)

        _cut(server)
        _cut(client)


@define(eq=False)
class Responses:
    """The server's messages to a client, which are forwarded or swallowed."""

    _server: socket.socket
    _client: socket.socket
    is_ready: Event = field(factory=Event, init=False)
    _is_swallowed: bool = field(default=False, init=False)

    def swallow(self) -> None:
        """Send the client nothing from now on; set `is_ready` when the server has responded."""
        self._is_swallowed = True

    def forward(self) -> None:
        """Forward messages until either side is gone."""
        with suppress(OSError):
            while True:
                message = _receive_message(self._server)
                if not message:
                    break
                if not self._is_swallowed:
                    self._client.sendall(message)
                elif message[:1] == READY:
                    self.is_ready.set()
        if not self._is_swallowed:
            _cut(self._client)
        self.is_ready.set()


@contextmanager
def proxy_to(host: str, port: int) -> Generator[Proxy]:
    """Run a proxy during the block."""
    with socket.create_server((HOST, 0)) as listener:
        proxy = Proxy((host, port), listener)
        thread = Thread(target=proxy.serve, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.close()
            thread.join()


def _receive_startup(client: socket.socket) -> bytes:
    """Return the first message of a connection, which alone has no type."""
    length = _receive(client, 4)
    return length + _receive(client, struct.unpack("!I", length)[0] - 4)


def _receive_message(source: socket.socket) -> bytes:
    """Return the next whole message; b"" if the other side is gone."""
    kind = source.recv(1)
    if not kind:
        return b""

    length = _receive(source, 4)
    return kind + length + _receive(source, struct.unpack("!I", length)[0] - 4)


def _receive(source: socket.socket, count: int) -> bytes:
    """Return exactly this number of bytes."""
    received = b""
    while len(received) < count:
        part = source.recv(count - len(received))
        if not part:
            raise ConnectionResetError
        received += part
    return received


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
