"""Run PgBouncer from Debian's packages as a child on loopback, in transaction mode."""

import os
import pwd
import signal
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from attrs import define, field
from sqlalchemy import make_url
from tests.databases import give_to_server
from tests.debian_packages import unpacked

from indelible_service.embedded.children import (
    HOST,
    Child,
    ServerProgram,
    free_port,
    running_server,
    start_child,
)
from indelible_service.embedded.postgresql import ROLES

NAME: Final = "pgbouncer"
PACKAGES: Final = (NAME, "libc-ares2", "libevent-2.1-7")
# Everything that is not said here has its default.
CONFIGURATION: Final = """\
[databases]
* = host={host} port={server_port}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {directory}/users
pool_mode = transaction
"""
# Each transaction runs in another session than the one before it, on any of three.
ROTATION: Final = """\
min_pool_size = 3
default_pool_size = 3
server_round_robin = 1
"""
READY: Final = "process up"
STOP_SIGNALS: Final = ((signal.SIGINT, 10.0), (signal.SIGKILL, None))


def programs() -> Path:
    """Return the folder with PgBouncer, which every account may enter. Raises: ProgramMissing."""
    return unpacked(NAME, PACKAGES, lambda folder, _: folder.chmod(0o755))


@define(eq=False)
class PgBouncer:
    """A PgBouncer before a server, which can be killed and started again at the same port."""

    directory: Path
    server_port: int
    settings: str = ""
    _port: int = field(factory=free_port, init=False)
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _child: Child | None = field(default=None, init=False)

    def url(self, url: str) -> str:
        """Return the address at which this pooler serves the database of another address."""
        proxied = make_url(url).set(host=HOST, port=self._port)
        return proxied.render_as_string(hide_password=False)

    def start(self) -> None:
        """Start the pooler."""
        settings = CONFIGURATION.format(
            host=HOST, port=self._port, server_port=self.server_port, directory=self.directory
        )
        (self.directory / "users").write_text("".join(f'"{role}" ""\n' for role in ROLES))
        (self.directory / "settings").write_text(settings + self.settings)
        give_to_server(self.directory)  # it refuses to run as root
        log = self.directory / "log"
        program = ServerProgram(
            start=lambda _: start_child(self._command(), log, self._account()),
            is_ready=lambda _: READY in log.read_text(errors="replace"),
            log=log,
            stop_signals=STOP_SIGNALS,
            account=self._account(),
        )
        _, self._child = self._stack.enter_context(running_server(program, self._port))

    def restart(self) -> None:
        """Kill the pooler, and start it again."""
        assert self._child is not None
        self._child.kill()
        self._child.wait()
        self.stop()
        self.start()

    def stop(self) -> None:
        """Stop the pooler."""
        self._stack.close()

    def _account(self) -> pwd.struct_passwd | None:
        return pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    def _command(self) -> tuple[str, ...]:
        folder = programs() / "usr"
        libraries = folder / "lib" / f"{os.uname().machine}-linux-gnu"
        program = folder / "sbin" / NAME
        environment = ("/usr/bin/env", f"LD_LIBRARY_PATH={libraries}")
        return (*environment, str(program), str(self.directory / "settings"))


@contextmanager
def pgbouncer(directory: Path, server_port: int, settings: str = "") -> Generator[PgBouncer]:
    """Run a PgBouncer below the directory during the block."""
    pooler = PgBouncer(directory, server_port, settings)
    pooler.start()
    try:
        yield pooler
    finally:
        pooler.stop()
