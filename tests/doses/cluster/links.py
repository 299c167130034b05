"""TCP links between nodes, etcd and clients, each of which can be cut or held."""

import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import Final

from attrs import define, field

from indelible_service.embedded.children import HOST

BUFFER_BYTES: Final = 65_536


@define(eq=False)
class Link:
    """A port that forwards to another port of this machine.

    A link that is cut refuses connections and ends those it has. A link that is held accepts
    connections and forwards nothing, and forwards later what has arrived meanwhile.
    """

    target: int
    _listener: socket.socket
    _is_cut: bool = False
    _flows: Event = field(factory=Event, init=False)
    _lock: Lock = field(factory=Lock, init=False)
    _sockets: set[socket.socket] = field(factory=set[socket.socket], init=False)

    def __attrs_post_init__(self) -> None:
        self._flows.set()

    @property
    def port(self) -> int:
        """Return the port of this link."""
        return int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """End all connections and refuse new ones."""
        with self._lock:
            self._is_cut = True
            for connection in self._sockets:
                _end(connection)

    def hold(self) -> None:
        """Forward nothing."""
        self._flows.clear()

    def restore(self) -> None:
        """Forward again."""
        with self._lock:
            self._is_cut = False
        self._flows.set()

    def serve(self) -> None:
        """Accept connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                Thread(target=self._connect, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Accept and forward nothing any more."""
        _end(self._listener)
        self.cut()
        self._flows.set()

    def _connect(self, client: socket.socket) -> None:
        self._flows.wait()
        with suppress(OSError), client, socket.create_connection((HOST, self.target)) as server:
            with self._lock:
                if self._is_cut:
                    return
                self._sockets |= {client, server}
            back = Thread(target=self._forward, args=(server, client), daemon=True)
            back.start()
            self._forward(client, server)
            back.join()
            with self._lock:
                self._sockets -= {client, server}

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while data := source.recv(BUFFER_BYTES):
                self._flows.wait()
                sink.sendall(data)
        for connection in (source, sink):
            _end(connection)


@contextmanager
def link_to(port: int) -> Generator[Link]:
    """Forward to a port of this machine during the block."""
    with socket.create_server((HOST, 0)) as listener:
        link = Link(port, listener)
        thread = Thread(target=link.serve, daemon=True)
        thread.start()
        try:
            yield link
        finally:
            link.close()
            thread.join()


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
