"""A line to PostgreSQL on which each round trip takes longer, as it does between two machines.

`python -m tests.doses.bench.line DESCRIPTOR PORT MILLISECONDS` connects the clients of a
listening socket that it inherits with the server at a port. It is a process of its own, so that the
measured one has no work with it.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Thread
from typing import Final

from attrs import evolve
from sqlalchemy import make_url
from tests.doses.bench.rounds import MILLISECONDS
from tests.doses.chaos.testbed import Testbed

HOST: Final = "127.0.0.1"
CHUNK_BYTES: Final = 1 << 16
END: Final = b""  # what a socket returns that sends no more

Parts = SimpleQueue[tuple[float, bytes]]  # with the time at which each arrives


@contextmanager
def through_a_line(bed: Testbed, milliseconds: float) -> Generator[Testbed]:
    """Yield the testbed with URLs of its server that lead through a line, until the block ends.

    A round trip takes `milliseconds` longer; what is sent together arrives together.
    """
    server = bed.server
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        inherited = listener.fileno()
        words = (str(inherited), str(server.port), str(milliseconds))
        process = subprocess.Popen(
            (sys.executable, "-m", "tests.doses.bench.line", *words), pass_fds=[inherited]
        )

    def led(url: str) -> str:
        return make_url(url).set(port=port).render_as_string(hide_password=False)

    try:
        yield evolve(
            bed,
            server=evolve(
                server,
                port=port,
                url=led(server.url),
                owner_url=led(server.owner_url),
                admin_url=led(server.admin_url),
            ),
        )
    finally:
        process.terminate()
        process.wait()


def _serve(listener: socket.socket, port: int, seconds: float) -> None:
    """Connect each client with the server at the port, until the process is ended."""
    while True:
        client, _ = listener.accept()
        server = socket.create_connection((HOST, port))
        for source, target in ((client, server), (server, client)):
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            on_the_way: Parts = SimpleQueue()
            Thread(target=_receive, args=(source, on_the_way, seconds / 2), daemon=True).start()
            Thread(target=_deliver, args=(on_the_way, target), daemon=True).start()


def _receive(source: socket.socket, on_the_way: Parts, seconds: float) -> None:
    """Take what the source sends; each part arrives so many seconds later."""
    with suppress(OSError):  # the other side has closed it
        while part := source.recv(CHUNK_BYTES):
            on_the_way.put((time.monotonic() + seconds, part))
    on_the_way.put((time.monotonic() + seconds, END))


def _deliver(on_the_way: Parts, target: socket.socket) -> None:
    """Send each part to the target at its time, and close the target after the last."""
    with suppress(OSError):  # the target has closed it
        while True:
            arrives_at, part = on_the_way.get()
            time.sleep(max(0.0, arrives_at - time.monotonic()))
            if part == END:
                break
            target.sendall(part)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def main() -> None:
    """Serve clients until the process is ended."""
    inherited, port, milliseconds = sys.argv[1:]
    listener = socket.socket(fileno=int(inherited))
    _serve(listener, int(port), float(milliseconds) / MILLISECONDS)


if __name__ == "__main__":
    main()
