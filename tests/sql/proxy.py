"""A TCP proxy for PostgreSQL that reads the client's messages and cuts the connection at one."""

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
COMMIT: Final = b"Q\0\0\0\x0bCOMMIT\0"  # the whole message
READY: Final = b"Z"  # the server's last message in answer to a query
LONGEST_WAIT_SECONDS: Final = 60


class Fault(Enum):
    """What becomes of a message and of the connection that it came by."""

    CUT = auto()  # the server never gets it
    SWALLOW = auto()  # the server does it, the client never hears
    DELAY = auto()  # the client is cut off, the server gets it when `release` is called
    VANISH = auto()  # as SWALLOW, and nobody answers at this address any more


@frozen
class Plan:
    """The next message that contains these bytes has this fault."""

    needle: bytes
    fault: Fault


@define(eq=False)
class Proxy:
    """Where clients connect, and what is going to break."""

    upstream: tuple[str, int]
    _listener: socket.socket
    hits: int = field(default=0, init=False)
    seen: list[bytes] = field(factory=list[bytes], init=False)  # every message of every client
    _plans: list[Plan] = field(factory=list[Plan], init=False)
    _held: Event = field(factory=Event, init=False)
    _is_gone: bool = field(default=False, init=False)
    _lock: Lock = field(factory=Lock, init=False)
    _open: list[socket.socket] = field(factory=list[socket.socket], init=False)
    _breaking: list[Thread] = field(factory=list[Thread], init=False)

    def url(self, url: str) -> str:
        """The address of the same database by way of this proxy."""
        plain = {"sslmode": "disable", "gssencmode": "disable"}
        through = (
            make_url(url)
            .set(host=HOST, port=self._listener.getsockname()[1])
            .update_query_dict(plain)
        )
        return through.render_as_string(hide_password=False)

    def plan(self, fault: Fault, needle: bytes = COMMIT) -> None:
        """Break the next message like this."""
        self._held.clear()
        self._plans.append(Plan(needle, fault))

    def release(self) -> None:
        """Let a delayed message go to the server, and wait until it is done there."""
        self._held.set()
        for thread in self._breaking:
            thread.join(LONGEST_WAIT_SECONDS)

    def vanish(self) -> None:
        """Answer nobody any more."""
        self._is_gone = True

    def come_back(self) -> None:
        """Answer again."""
        self._is_gone = False

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._is_gone:
                    client.close()
                    continue
                server = socket.create_connection(self.upstream)
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += (client, server)
                Thread(target=self._forward, args=(client, server), daemon=True).start()

    def close(self) -> None:
        """Cut everything."""
        self.release()
        for each in (self._listener, *self._open):
            _cut(each)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        """Carry whole messages of the client to the server, until one is to break."""
        answers = Answers(server, client)
        Thread(target=answers.carry, daemon=True).start()
        with suppress(OSError):
            server.sendall(_startup(client))
            while message := _message(client):
                self.seen.append(message)
                fault = self._fault_of(message)
                if fault is not None:
                    self._breaking = [current_thread()]
                    self._break(fault, message, client, server, answers)
                    return
                server.sendall(message)
        _cut(client)
        _cut(server)

    def _fault_of(self, message: bytes) -> Fault | None:
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
        answers: "Answers",
    ) -> None:
        self._is_gone = self._is_gone or fault is Fault.VANISH
        if fault in (Fault.SWALLOW, Fault.VANISH):
            answers.swallow()
            server.sendall(message)
            answers.is_ready.wait(LONGEST_WAIT_SECONDS)
        if fault is Fault.DELAY:
            answers.swallow()
            _cut(client)
            self._held.wait(LONGEST_WAIT_SECONDS)
            server.sendall(message)
            answers.is_ready.wait(LONGEST_WAIT_SECONDS)
        _cut(server)
        _cut(client)


@define(eq=False)
class Answers:
    """Carries the server's messages to the client, or only reads them."""

    _server: socket.socket
    _client: socket.socket
    is_ready: Event = field(factory=Event, init=False)
    _is_swallowed: bool = field(default=False, init=False)

    def swallow(self) -> None:
        """Give the client nothing from now on, and notice when the server has answered."""
        self._is_swallowed = True

    def carry(self) -> None:
        """Until either side is gone."""
        with suppress(OSError):
            while message := _message(self._server):
                if not self._is_swallowed:
                    self._client.sendall(message)
                elif message[:1] == READY:
                    self.is_ready.set()
        if not self._is_swallowed:
            _cut(self._client)
        self.is_ready.set()


@contextmanager
def proxy_to(host: str, port: int) -> Generator[Proxy]:
    """A proxy that lives as long as the block."""
    with socket.create_server((HOST, 0)) as listener:
        proxy = Proxy((host, port), listener)
        thread = Thread(target=proxy.serve, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.close()
            thread.join()


def _startup(client: socket.socket) -> bytes:
    """The first message, which alone has no type."""
    length = _exactly(client, 4)
    return length + _exactly(client, struct.unpack("!I", length)[0] - 4)


def _message(source: socket.socket) -> bytes:
    """The next message whole, or nothing once the other side has gone."""
    kind = source.recv(1)
    if not kind:
        return b""
    length = _exactly(source, 4)
    return kind + length + _exactly(source, struct.unpack("!I", length)[0] - 4)


def _exactly(source: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        part = source.recv(count - len(found))
        if not part:
            raise ConnectionResetError
        found += part
    return found


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
