"""The limits of the connections of a process, on sockets that a test accepts itself."""

import errno
import os
import resource
import socket
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from tests.service.slow_clients import is_established

from indelible_service.serving.connections import (
    BYTES_ACKED,
    FILES_PER_CONNECTION,
    OPEN_FILES,
    TCP_INFO_BYTES,
    ConnectionGuard,
    ConnectionLimits,
    accepted_connections,
    check_safely,
)
from indelible_service.serving.single_process import connection_limits
from indelible_service.settings.service import Settings

LONG_SECONDS = 3_600
MAX_WAIT_SECONDS = 30


class Peers:
    """Accepted connections, and the other end of each."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port: int = self._listener.getsockname()[1]
        self.accepted: list[socket.socket] = []

    def connect(self, number: int, address: str = "127.0.0.2") -> list[socket.socket]:
        """Open connections from an address, and return the clients' ends."""
        clients: list[socket.socket] = []
        for _ in range(number):
            client = socket.create_connection(("127.0.0.1", self.port), source_address=(address, 0))
            accepted, _ = self._listener.accept()
            clients.append(self._stack.enter_context(client))
            self.accepted.append(self._stack.enter_context(accepted))

        return clients

    def guard(
        self,
        *,
        silent_seconds: float = LONG_SECONDS,
        per_address: int | None = None,
        total: int = 1_000,
    ) -> ConnectionGuard:
        """Return a guard of these connections."""
        limits = ConnectionLimits(
            port=self.port,
            max_silent_seconds=silent_seconds,
            max_per_address=per_address,
            max_connections=total,
        )
        return ConnectionGuard(limits)


@pytest.fixture
def peers() -> Generator[Peers]:
    """Return connections that are closed after the test."""
    with ExitStack() as stack:
        yield Peers(stack)


def acknowledged_bytes(accepted: socket.socket) -> int:
    """Return how many bytes the client's kernel has acknowledged."""
    info = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
    number: int = BYTES_ACKED.unpack_from(info)[0]
    return number


def wait_until(is_true: Callable[[], bool]) -> None:
    """Wait for a condition of the kernel, which does it at a time of its own."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def open_ones(clients: list[socket.socket]) -> list[bool]:
    return [is_established(client) for client in clients]


def test_a_silent_connection_is_closed_and_one_with_progress_is_not(peers: Peers) -> None:
    silent, active = peers.connect(2)
    guard = peers.guard(silent_seconds=0.05)
    guard.check()
    time.sleep(0.1)
    acknowledged = acknowledged_bytes(peers.accepted[1])
    peers.accepted[1].sendall(b"a")
    active.recv(1)
    wait_until(lambda: acknowledged_bytes(peers.accepted[1]) > acknowledged)

    assert guard.check() == 1
    assert open_ones([silent, active]) == [False, True]


def test_bytes_from_the_client_are_no_progress(peers: Peers) -> None:
    (client,) = peers.connect(1)
    guard = peers.guard(silent_seconds=0.05)
    guard.check()
    time.sleep(0.1)
    client.sendall(b"one more byte of a body")

    assert guard.check() == 1


def test_an_unread_response_is_no_progress(peers: Peers) -> None:
    peers.connect(1)
    peers.accepted[0].setblocking(False)  # noqa: FBT003 - its only argument
    peers.accepted[0].send(b"x" * 10_000_000)
    guard = peers.guard(silent_seconds=0.05)

    # Until the client's buffer is full, its kernel acknowledges more bytes.
    wait_until(lambda: guard.check() == 1)


def test_an_address_over_its_limit_loses_its_longest_silent_connections(peers: Peers) -> None:
    other = peers.connect(3, "127.0.0.3")
    guard = peers.guard(per_address=4)
    clients = peers.connect(4)
    assert guard.check() == 0

    clients += peers.connect(2)

    assert guard.check() == 2
    assert open_ones(clients) == [False, False, True, True, True, True]
    assert all(open_ones(other))


def test_a_full_process_makes_room_for_new_connections(peers: Peers) -> None:
    guard = peers.guard(total=8)
    clients = peers.connect(4, "127.0.0.3")
    guard.check()

    clients += peers.connect(4, "127.0.0.4")
    guard.check()

    assert open_ones(clients) == [False, False, True, True, True, True, True, True]


def test_connections_to_other_servers_are_left_alone(peers: Peers) -> None:
    clients = peers.connect(3)  # both ends are files of this process
    guarded, error = accepted_connections(peers.port)
    for connection in guarded:
        connection.socket.close()

    assert error is None
    assert [connection.address for connection in guarded] == ["127.0.0.2"] * 3
    assert all(open_ones(clients))


def test_there_is_no_limit_of_an_address_behind_trusted_proxies() -> None:
    assert connection_limits(Settings()).max_per_address == 100
    assert connection_limits(Settings(proxy_hops=1)).max_per_address is None
    assert connection_limits(Settings(max_connections_per_address=0)).max_per_address is None


def open_files() -> int:
    return len(list(OPEN_FILES.iterdir()))


def test_the_files_of_a_connection_include_the_duplicate_of_the_guard(peers: Peers) -> None:
    number = 10
    before = open_files()
    with ExitStack() as stack:
        clients = peers.connect(number)
        for _ in clients:
            stack.enter_context(TemporaryFile())
        connections, _ = accepted_connections(peers.port)
        for connection in connections:
            stack.enter_context(connection.socket)

        assert open_files() - before - len(clients) == number * FILES_PER_CONNECTION


def test_a_process_of_one_connection_keeps_it(peers: Peers) -> None:
    clients = peers.connect(1)

    assert peers.guard(total=1).check() == 0
    assert open_ones(clients) == [True]


@contextmanager
def files_left(number: int) -> Generator[None]:
    """Leave a number of files that this process may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(file.name) for file in OPEN_FILES.iterdir())
    numbers: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + number + 2, hard))
    try:
        with suppress(OSError):
            while True:
                numbers.append(os.dup(0))
        for _ in range(number):
            os.close(numbers.pop())
        yield
    finally:
        for duplicate in numbers:
            os.close(duplicate)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_connections_that_cannot_be_seen_are_logged_once_and_the_others_are_limited(
    peers: Peers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "indelible.service")
    clients = peers.connect(8)
    guard = peers.guard(per_address=1)

    with files_left(4):
        assert not check_safely(guard, has_failed=False)
        assert not check_safely(guard, has_failed=True)

    failures = [record for record in caplog.records if record.exc_info]
    assert len(failures) == 1
    error = failures[0].exc_info[1] if failures[0].exc_info else None
    assert isinstance(error, OSError)
    assert error.errno == errno.EMFILE
    assert 0 < open_ones(clients).count(True) < len(clients)
    assert check_safely(guard, has_failed=True)
    assert open_ones(clients).count(True) == 1


def test_a_number_that_is_used_again_for_another_file_leaves_no_duplicate(
    peers: Peers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peers.connect(1)
    number = peers.accepted[0].fileno()
    status_of = os.fstat

    def use_again(file: int) -> os.stat_result:
        status = status_of(file)
        if file == number:
            os.dup2(other.fileno(), number)
        return status

    with (tmp_path / "body").open("wb") as other:
        before = open_files()
        with monkeypatch.context() as patched:
            patched.setattr(os, "fstat", use_again)
            assert accepted_connections(peers.port) == ([], None)
        assert open_files() == before
