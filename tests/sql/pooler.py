"""A pooler for PostgreSQL that runs each transaction of a client in another server session."""

import socket
import struct
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager, suppress
from threading import Condition, Thread
from typing import Final

from attrs import define, field

HOST: Final = "127.0.0.1"
PROTOCOL: Final = 196_608  # 3.0
GREETED: Final = b"R\0\0\0\x08\0\0\0\0"
IDLE: Final = b"Z\0\0\0\x05I"
ENDS_A_BATCH: Final = (b"Q", b"S")
GOODBYE: Final = b"X"


@define(eq=False)
class Session:
    """One session of the server, and what it said of itself when it began."""

    connection: socket.socket
    greeting: bytes

    @classmethod
    def begun(cls, address: tuple[str, int], user: str, database: str) -> "Session":
        """A session of a user who needs no password."""
        connection = socket.create_connection(address)
        words = (
            b"".join(each.encode() + b"\0" for each in ("user", user, "database", database)) + b"\0"
        )
        connection.sendall(struct.pack("!II", len(words) + 8, PROTOCOL) + words)
        greeting = b""
        while (message := read_message(connection))[:1] != b"Z":
            greeting += message if message[:1] in (b"S", b"K") else b""
        return cls(connection, greeting)

    def answer(self, batch: bytes, client: socket.socket) -> bool:
        """Give the batch's answers to the client; whether its transaction has ended."""
        self.connection.sendall(batch)
        while True:
            message = read_message(self.connection)
            client.sendall(message)
            if message[:1] == b"Z":
                return message == IDLE


@define(eq=False)
class Pooler:
    """Where clients connect; the session that was idle longest serves the next transaction."""

    _listener: socket.socket
    _idle: deque[Session]
    _greeting: bytes
    served: int = field(default=0, init=False)
    _free: Condition = field(factory=Condition, init=False)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def serve(self) -> None:
        """Take clients until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                Thread(target=self._welcome, args=(client,), daemon=True).start()

    def _welcome(self, client: socket.socket) -> None:
        with client, suppress(OSError, struct.error):
            (length,) = struct.unpack("!I", client.recv(4, socket.MSG_WAITALL))
            client.recv(length - 4, socket.MSG_WAITALL)
            client.sendall(GREETED + self._greeting + IDLE)
            while self._transaction(client):
                pass

    def _transaction(self, client: socket.socket) -> bool:
        """Serve one transaction with one session; whether the client stays."""
        batch = read_batch(client)
        if not batch:
            return False
        session = self._taken()
        try:
            while not session.answer(batch, client):
                batch = read_batch(client)
                if not batch:  # the client has left in the middle
                    batch = b"Q\0\0\0\rROLLBACK\0"
            return True
        finally:
            with self._free:
                self._idle.append(session)
                self._free.notify()

    def _taken(self) -> Session:
        with self._free:
            self._free.wait_for(lambda: self._idle)
            self.served += 1
            return self._idle.popleft()


@contextmanager
def pooler_to(
    address: tuple[str, int], *, user: str, database: str, sessions: int
) -> Generator[Pooler]:
    """A pooler with so many sessions that lives as long as the block."""
    idle = deque(Session.begun(address, user, database) for _ in range(sessions))
    every = tuple(idle)
    with socket.create_server((HOST, 0)) as listener:
        pooler = Pooler(listener, idle, every[0].greeting)
        thread = Thread(target=pooler.serve, daemon=True)
        thread.start()
        try:
            yield pooler
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for session in every:
                session.connection.close()


def read_batch(client: socket.socket) -> bytes:
    """Messages up to the one that wants an answer; nothing once the client has left."""
    batch = b""
    while True:
        message = read_message(client)
        if not message or message[:1] == GOODBYE:
            return b""
        batch += message
        if message[:1] in ENDS_A_BATCH:
            return batch


def read_message(source: socket.socket) -> bytes:
    """The next message whole, or nothing once the other side has left."""
    head = source.recv(5, socket.MSG_WAITALL)
    if len(head) < 5:
        return b""
    (length,) = struct.unpack("!I", head[1:])
    return head + (source.recv(length - 4, socket.MSG_WAITALL) if length > 4 else b"")
