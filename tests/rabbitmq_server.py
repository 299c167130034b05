"""Run RabbitMQ from Debian's packages as a child on loopback."""

import os
import shutil
import signal
import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from attrs import define, field
from tests.debian_packages import unpacked

from indelible_service.embedded.children import (
    HOST,
    Child,
    ServerProgram,
    free_port,
    running_child,
    running_server,
    start_child,
)

NAME: Final = "rabbitmq-server"
ERLANG: Final = (
    "asn1 base crypto eldap inets mnesia os-mon parsetools public-key runtime-tools ssl"
    " syntax-tools tools xmerl"
)
PACKAGES: Final = (NAME, "libsctp1", *(f"erlang-{part}" for part in ERLANG.split()))
ERLANG_HOME: Final = Path("usr", "lib", "erlang")
SCRIPTS: Final = "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"
USER: Final = "app"
PASSWORD: Final = "a-password-of-rabbitmq"  # noqa: S105 - of the tests
CONFIGURATION: Final = f"""\
default_user = {USER}
default_pass = {PASSWORD}
"""
READY: Final = "Server startup complete"
STOP_SIGNALS: Final = ((signal.SIGTERM, 20.0), (signal.SIGKILL, None))


def programs() -> Path:
    """Return the folder with RabbitMQ and Erlang. Raises: ProgramMissing."""
    return unpacked(NAME, PACKAGES, _relocate)


def _relocate(folder: Path, target: Path) -> None:
    """Let the start script find Erlang at the target."""
    script = folder / ERLANG_HOME / "bin" / "erl"
    script.write_text(script.read_text().replace(f"/{ERLANG_HOME}", str(target / ERLANG_HOME)))


@define(eq=False)
class RabbitmqServer:
    """A RabbitMQ below a directory, which can be killed and started again at the same port."""

    directory: Path
    _port: int = field(factory=free_port)
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _child: Child | None = field(default=None, init=False)
    _mapper_port: int = field(factory=free_port, init=False)

    @property
    def url(self) -> str:
        """Return the address with the password."""
        return f"amqp://{USER}:{PASSWORD}@{HOST}:{self._port}/%2F"

    @property
    def child(self) -> Child:
        """Return the running process."""
        assert self._child is not None
        return self._child

    def start(self) -> None:
        """Start the server, and the port mapper that Erlang asks for."""
        home = programs() / ERLANG_HOME
        log = self.directory / "rabbitmq.log"
        mapper = (str(home / "bin" / "epmd"), "-port", str(self._mapper_port), "-address", HOST)
        self._stack.enter_context(running_child(mapper, STOP_SIGNALS))
        program = ServerProgram(
            start=lambda port: self._start_child(port, log),
            is_ready=lambda _: READY in log.read_text(errors="replace"),
            log=log,
            stop_signals=STOP_SIGNALS,
        )
        _, self._child = self._stack.enter_context(running_server(program, self._port))

    def kill(self, *, is_forgetful: bool = False) -> None:
        """Kill the server with its queues, or without them where it is to forget everything."""
        with suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        self._stack.close()
        if is_forgetful:
            shutil.rmtree(self.directory / "data")

    def stop(self) -> None:
        """Stop the server."""
        self._stack.close()

    def control(self, *words: str) -> None:
        """Run a command of `rabbitmqctl`."""
        subprocess.run(self._command("rabbitmqctl", *words), check=True, capture_output=True)

    def _start_child(self, port: int, log: Path) -> Child:
        folder = self.directory / "data"
        folder.mkdir(exist_ok=True)
        (folder / "rabbitmq.conf").write_text(CONFIGURATION)
        (folder / "plugins").write_text("[].")
        assert port == self._port
        return start_child(self._command("rabbitmq-server", "-noinput"), log)

    def _command(self, script: str, *words: str) -> tuple[str, ...]:
        """Return the command line of a script, in the environment of this server."""
        home, folder, port = programs(), self.directory / "data", self._port
        (scripts,) = home.glob(SCRIPTS)
        variables = {
            "PATH": f"{home / ERLANG_HOME / 'bin'}:{os.defpath}",
            "HOME": str(folder),
            "LD_LIBRARY_PATH": str(home / "usr" / "lib" / f"{os.uname().machine}-linux-gnu"),
            "ERL_EPMD_PORT": str(self._mapper_port),
            "ERL_EPMD_ADDRESS": HOST,
            "RABBITMQ_NODENAME": f"node{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(folder / "queues"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_ALLOW_INPUT": "true",
        }
        assignments = [f"{name}={value}" for name, value in variables.items()]
        return ("/usr/bin/env", *assignments, "/bin/sh", str(scripts / script), *words)


@contextmanager
def rabbitmq(directory: Path) -> Generator[RabbitmqServer]:
    """Run a RabbitMQ below the directory during the block."""
    server = RabbitmqServer(directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()
