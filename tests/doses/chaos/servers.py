"""Servers that are killed, flushed or stopped and started again at the same address."""

import os
import subprocess
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from signal import SIGKILL
from tempfile import TemporaryDirectory
from time import monotonic_ns
from typing import Final, Protocol

from attrs import define, field
from redis import RedisError
from tests.rabbitmq_server import RabbitmqServer
from tests.sentinels import SentinelGroup

from indelible_service.embedded import PostgresServer, postgres, redis
from indelible_workers import redis_client

BLOCK_BYTES: Final = 65_536


@define(eq=False)
class Server:
    """A PostgreSQL that is restarted at the same address."""

    directory: Path
    settings: Mapping[str, str] = field(factory=dict[str, str])
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _port: int | None = field(default=None, init=False)

    def start(self) -> PostgresServer:
        """Start the server."""
        running = self._stack.enter_context(
            postgres(self.directory, port=self._port, durable=False, settings=self.settings)
        )
        self._port = running.port
        return running

    def stop(self, *, is_killed: bool) -> None:
        """Stop the server in order, or kill it."""
        if is_killed:
            lock_file = self.directory / "data" / "postmaster.pid"
            pid = int(lock_file.read_text().splitlines()[0])
            os.kill(pid, SIGKILL)

        self._stack.close()


# Brokers, which carry wake-ups


class KillableBroker(Protocol):
    """A server that carries wake-ups, with an address that stays."""

    @property
    def url(self) -> str:
        """Return the address."""
        ...

    def start(self) -> str:
        """Start the server and return its address."""
        ...

    def stop(self) -> None:
        """Stop the server."""
        ...

    def restart(self, *, is_flushed: bool) -> None:
        """Forget all messages or not, kill the server, and start it or another one."""
        ...


@define(eq=False)
class KillableRabbitmq:
    """A RabbitMQ below a directory."""

    directory: Path
    _server: RabbitmqServer = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._server = RabbitmqServer(self.directory)

    @property
    def url(self) -> str:
        """Return the address."""
        return self._server.url

    def start(self) -> str:
        """Start the server and return its address."""
        self._server.start()
        return self.url

    def stop(self) -> None:
        """Stop the server."""
        self._server.stop()

    def restart(self, *, is_flushed: bool) -> None:
        """Kill the server, with its files or not, and start it at the same address."""
        self._server.kill(is_forgetful=is_flushed)
        self._server.start()


@define(eq=False)
class KillableSentinelGroup:
    """A Redis with a replica, of which sentinels make the primary."""

    directory: Path
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _group: SentinelGroup = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._group = SentinelGroup(self.directory, self._stack)

    @property
    def url(self) -> str:
        """Return the address of the sentinels."""
        return self._group.url

    def start(self) -> str:
        """Start all servers and return the address of the sentinels."""
        self._group.start()
        return self.url

    def stop(self) -> None:
        """Stop all servers."""
        self._stack.close()

    def restart(self, *, is_flushed: bool) -> None:
        """Kill the primary, and let it follow the next one."""
        if is_flushed:
            flush(self.url)
        self._group.fail_over()


def flush(url: str) -> None:
    """Forget all messages of the Redis at an address, if it answers."""
    with suppress(RedisError), redis_client(url) as client:
        client.execute_command("FLUSHALL")  # pyright: ignore[reportUnknownMemberType] - untyped


@define(eq=False)
class KillableRedis:
    """A Redis below a directory."""

    directory: Path
    url: str = ""
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _port: int | None = field(default=None, init=False)

    def start(self) -> str:
        """Start the server and return its URL."""
        folder = self.directory / f"redis-{monotonic_ns()}"
        running = self._stack.enter_context(redis(folder, port=self._port))
        self._port = running.port
        self.url = running.url
        return self.url

    def stop(self) -> None:
        """Stop the server."""
        self._stack.close()

    def restart(self, *, is_flushed: bool) -> None:
        """Forget all messages or not, end the server, and start an empty one."""
        if is_flushed:
            flush(self.url)
        self.stop()
        self.start()


BROKERS: Final[Mapping[str, Callable[[Path], KillableBroker]]] = {
    "redis": KillableRedis,
    "sentinel": KillableSentinelGroup,
    "rabbitmq": KillableRabbitmq,
}


# Disks


@contextmanager
def disk(size: str) -> Generator[Path]:
    """Mount an empty disk of this size, which the process must be allowed to do."""
    with TemporaryDirectory(prefix="indelible-disk-") as folder:
        mount = ("mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder)
        unmount = ("umount", "--lazy", folder)
        subprocess.run(mount, check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(unmount, check=True)


@contextmanager
def filled(disk: Path) -> Generator[None]:
    """Fill the disk during the block."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (BLOCK_BYTES, 512):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue

    try:
        yield
    finally:
        filler.unlink()
