"""A pooler for PostgreSQL that runs each transaction of a client in another server session."""

import socket
import struct
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager, suppress
from threading import Condition, Thread
from typing import Final

from attrs import define, field
from sqlalchemy import make_url

from indelible_service.embedded import PostgresServer

HOST: Final = "127.0.0.1"
PROTOCOL: Final = 196_608  # 3.0

# Messages of PostgreSQL's protocol: a type of one byte, a length of four bytes, a body.
AUTHENTICATED: Final = b"R\0\0\0\x08\0\0\0\0"
IDLE: Final = b"Z\0\0\0\x05I"  # ready for a query, in no transaction
ROLLBACK: Final = b"Q\0\0\0\rROLLBACK\0"

QUERY: Final = b"Q"
SYNC: Final = b"S"
TERMINATE: Final = b"X"
READY: Final = b"Z"
PARAMETER_STATUS: Final = b"S"
CANCELLATION_KEY: Final = b"K"
# A pooler has no session for a client yet, so it tells a number of its own, and a secret.
OWN_KEY: Final = struct.pack("!cIII", CANCELLATION_KEY, 12, 2**31 - 1, 0)


@define(eq=False)
class Session:
    """A session of the server, and the messages with which it greeted the pooler."""

    connection: socket.socket
    greeting: bytes

    @classmethod
    def open(cls, database: PostgresServer) -> "Session":
        """Open a session of the database's user, who needs no password."""
        connection = socket.create_connection((database.host, database.port))
        url = make_url(database.url)
        parameters = b""
        for text in ("user", url.username, "database", url.database):
            parameters += str(text).encode() + b"\0"
        parameters += b"\0"
        connection.sendall(struct.pack("!II", len(parameters) + 8, PROTOCOL) + parameters)

        greeting = b""
        while True:
            message = read_message(connection)
            kind = message[:1]
            if kind == READY:
                return cls(connection, greeting)
            if kind == PARAMETER_STATUS:
                greeting += message
            if kind == CANCELLATION_KEY:
                greeting += OWN_KEY

    def run(self, batch: bytes, client: socket.socket) -> bool:
        """Send the responses of a batch to the client; return whether its transaction ended."""
        self.connection.sendall(batch)
        while True:
            message = read_message(self.connection)
            client.sendall(message)
            if message[:1] == READY:
                return message == IDLE


@define(eq=False)
class Pooler:
    """A server for clients; the session that was idle longest runs the next transaction."""

    _listener: socket.socket
    _idle: deque[Session]
    _greeting: bytes
    transactions: int = field(default=0, init=False)
    _session_is_idle: Condition = field(factory=Condition, init=False)

    def url(self, url: str) -> str:
        """Return the address at which this pooler serves the database of another address."""
        port = self._listener.getsockname()[1]
        unencrypted = {"sslmode": "disable", "gssencmode": "disable"}
        pooled = make_url(url).set(host=HOST, port=port).update_query_dict(unencrypted)

        return pooled.render_as_string(hide_password=False)

    def serve(self) -> None:
        """Accept clients until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                Thread(target=self._serve_client, args=(client,), daemon=True).start()

    def _serve_client(self, client: socket.socket) -> None:
        with client, suppress(OSError, struct.error):
            (length,) = struct.unpack("!I", client.recv(4, socket.MSG_WAITALL))
            client.recv(length - 4, socket.MSG_WAITALL)
            client.sendall(AUTHENTICATED + self._greeting + IDLE)
            while self._run_transaction(client):
                pass

    def _run_transaction(self, client: socket.socket) -> bool:
        """Run one transaction in one session; return whether the client is still connected."""
        batch = read_batch(client)
        if not batch:
            return False

        session = self._take_session()
        try:
            while not session.run(batch, client):
                # A client that leaves within its transaction sends no batch: roll back for it.
                batch = read_batch(client) or ROLLBACK
        finally:
            with self._session_is_idle:
                self._idle.append(session)
                self._session_is_idle.notify()

        return True

    def _take_session(self) -> Session:
        with self._session_is_idle:
            self._session_is_idle.wait_for(lambda: self._idle)
            self.transactions += 1
            return self._idle.popleft()


@contextmanager
def pooler_to(database: PostgresServer, *, sessions: int) -> Generator[Pooler]:
    """Run a pooler with this number of sessions of the database during the block."""
    opened = [Session.open(database) for _ in range(sessions)]
    with socket.create_server((HOST, 0)) as listener:
        pooler = Pooler(listener, deque(opened), opened[0].greeting)
        thread = Thread(target=pooler.serve, daemon=True)
        thread.start()
        try:
            yield pooler
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for session in opened:
                session.connection.close()


def read_batch(client: socket.socket) -> bytes:
    """Return the messages up to the one that needs a response; b"" if the client has left."""
    batch = b""
    while True:
        message = read_message(client)
        kind = message[:1]
        if not message or kind == TERMINATE:
            return b""
        batch += message
        if kind in (QUERY, SYNC):
            return batch


def read_message(source: socket.socket) -> bytes:
    """Return the next whole message; b"" if the other side has left."""
    header = source.recv(5, socket.MSG_WAITALL)
    if len(header) < 5:
        return b""

    (length,) = struct.unpack("!I", header[1:])
    if length == 4:
        return header
    return header + source.recv(length - 4, socket.MSG_WAITALL)
