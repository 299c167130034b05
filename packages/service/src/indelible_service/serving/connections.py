"""Close connections on which no response arrives, and those over the limits of the process.

No HTTP server for WSGI limits the whole time of a request, or the connections of an address. Linux
knows both of every socket, whichever server accepted it.
"""

import errno
import logging
import os
import resource
import socket
import stat
import struct
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Final

from attrs import define, field, frozen

MAX_CONNECTIONS: Final = 2_000  # of a process; more wait in the queue of the listening socket
RESERVED_FILES: Final = 512  # of databases, temporary files and the standard library
# The socket, a temporary file for a large body, and the guard's duplicate of the socket.
FILES_PER_CONNECTION: Final = 3
CHECK_SECONDS: Final = 0.5
OPEN_FILES: Final = Path("/proc/self/fd")
TCP_INFO_BYTES: Final = 256
BYTES_ACKED: Final = struct.Struct("120xQ")  # tcpi_bytes_acked of Linux's struct tcp_info
RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: drop what was not sent
# Of a file that was closed, disconnected or used again since the files were listed.
GONE: Final = {errno.EBADF, errno.ENOTCONN, errno.ENOTSOCK}
INTERNET: Final = (socket.AF_INET, socket.AF_INET6)
logger = logging.getLogger("indelible.service")


@frozen(kw_only=True)
class ConnectionLimits:
    """The limits of a process. Without `max_per_address`, an address may fill the process."""

    port: int
    max_silent_seconds: float
    max_per_address: int | None
    max_connections: int = MAX_CONNECTIONS


@frozen
class Connection:
    """An accepted connection, through a file descriptor of our own."""

    socket: socket.socket
    inode: int
    address: str
    acknowledged_bytes: int


@define
class Silence:
    """The time of the monotonic clock since when the client has received nothing."""

    acknowledged_bytes: int
    since: float


@define
class ConnectionGuard:
    """The connections of this process at one port; `check` closes those over the limits."""

    limits: ConnectionLimits
    _silences: dict[int, Silence] = field(factory=dict[int, Silence], init=False)

    def check(self) -> int:
        """Close the connections over the limits, longest silent first, and return their number.

        Raises: OSError after the check where some connections could not be looked at.
        """
        now = time.monotonic()
        connections, error = accepted_connections(self.limits.port)
        try:
            self._measure(connections, now)
            connections.sort(key=self._silent_since)
            rejected = self._select(connections, now)
            for connection in rejected:
                _reset(connection)
        finally:
            for connection in connections:
                connection.socket.close()

        if rejected:
            logger.info("connections: closed %s that were silent or over a limit", len(rejected))
        if error is not None:
            raise error
        return len(rejected)

    def _measure(self, connections: Sequence[Connection], now: float) -> None:
        """Update the silence of every connection, and forget those that are gone."""
        silences: dict[int, Silence] = {}
        for connection in connections:
            silence = self._silences.get(connection.inode)
            if silence is None or silence.acknowledged_bytes != connection.acknowledged_bytes:
                silence = Silence(connection.acknowledged_bytes, now)
            silences[connection.inode] = silence

        self._silences = silences

    def _silent_since(self, connection: Connection) -> float:
        return self._silences[connection.inode].since

    def _select(self, connections: Sequence[Connection], now: float) -> list[Connection]:
        """Return the connections to close; `connections` are sorted by their silence."""
        limits = self.limits
        totals = Counter(connection.address for connection in connections)
        total = len(connections)
        # Room for new connections stays free, or the server would not accept any.
        max_total = max(limits.max_connections * 3 // 4, 1)

        rejected: list[Connection] = []
        for connection in connections:
            address_total = totals[connection.address]
            is_over_address = (
                limits.max_per_address is not None and address_total > limits.max_per_address
            )
            is_silent = now - self._silent_since(connection) > limits.max_silent_seconds
            if is_silent or is_over_address or total > max_total:
                rejected.append(connection)
                totals[connection.address] -= 1
                total -= 1

        return rejected


def guard_connections(limits: ConnectionLimits) -> None:
    """Check the connections of this process in a thread until the process ends."""
    if not sys.platform.startswith("linux"):
        logger.warning("connections are not limited on %s: use a proxy in front", sys.platform)
        return

    guard = ConnectionGuard(limits)

    def run() -> None:
        has_failed = False
        while True:
            time.sleep(CHECK_SECONDS)
            has_failed = not check_safely(guard, has_failed=has_failed)

    Thread(target=run, name="connections", daemon=True).start()


def check_safely(guard: ConnectionGuard, *, has_failed: bool) -> bool:
    """Check, and return whether that succeeded; log a failure unless the last check failed too."""
    try:
        guard.check()
    except Exception:
        if not has_failed:
            logger.exception("connections: check failed or is incomplete; checking again")
        return False

    return True


def accepted_connections(port: int) -> tuple[list[Connection], OSError | None]:
    """Return the connections that this process accepted at a port; the caller closes each.

    Also returns the first error that hid a connection, such as too many open files.
    """
    connections: dict[int, Connection] = {}
    first_error: OSError | None = None
    for file in OPEN_FILES.iterdir():
        try:
            connection = _connection(int(file.name), port)
        except OSError as error:
            if error.errno not in GONE:
                first_error = first_error or error
            continue

        if connection is None:
            continue
        # A duplicate of our own may have got a number that is still ahead in the list.
        if connection.inode in connections:
            connection.socket.close()
        else:
            connections[connection.inode] = connection

    return list(connections.values()), first_error


def max_connections() -> int:
    """Return the number of connections for which this process may open files.

    Raises the process's own limit first, as far as the system allows it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = MAX_CONNECTIONS * FILES_PER_CONNECTION + RESERVED_FILES
    if soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    available = (soft - RESERVED_FILES) // FILES_PER_CONNECTION
    return max(min(available, MAX_CONNECTIONS), 1)


def _connection(number: int, port: int) -> Connection | None:
    """Return the accepted connection behind a file descriptor, None for any other file."""
    status = os.fstat(number)
    if not stat.S_ISSOCK(status.st_mode):
        return None

    # The server's descriptor may be closed and used again; a duplicate stays what it is.
    duplicate = _duplicate(number)
    try:
        is_tcp = duplicate.family in INTERNET and duplicate.type == socket.SOCK_STREAM
        if not is_tcp or duplicate.getsockname()[1] != port:
            duplicate.close()
            return None
        address = duplicate.getpeername()[0]
        info = duplicate.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
        inode = os.fstat(duplicate.fileno()).st_ino
    except OSError:
        duplicate.close()
        raise

    return Connection(duplicate, inode, address, *BYTES_ACKED.unpack_from(info))


def _duplicate(number: int) -> socket.socket:
    """Return a socket with a number of its own. Raises: OSError where the file is no socket."""
    own_number = os.dup(number)
    try:
        return socket.socket(fileno=own_number)
    except OSError:
        os.close(own_number)
        raise


def _reset(connection: Connection) -> None:
    """End the connection for the server, which then closes it; the client gets a reset."""
    with suppress(OSError):
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.socket.shutdown(socket.SHUT_RDWR)
