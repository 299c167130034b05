"""Servers that are killed, flushed or stopped and started again at the same address."""

import os
import subprocess
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from signal import SIGKILL
from tempfile import TemporaryDirectory
from time import monotonic_ns
from typing import Final

from attrs import define, field
from redis import RedisError

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
