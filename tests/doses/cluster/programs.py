"""Fetch etcd from Debian's package and run it; Patroni comes from its wheel."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Final
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from tests.debian_packages import unpacked

from indelible_service.embedded.children import (
    HOST,
    Child,
    ServerProgram,
    free_port,
    running_server,
    start_child,
)

PACKAGE: Final = "etcd-server"
PROGRAM: Final = Path("usr", "bin", "etcd")
STOP_SIGNALS: Final = ((SIGTERM, 10.0), (SIGKILL, None))
ANSWER_SECONDS: Final = 1
DIRECT: Final = build_opener(ProxyHandler({}))


def etcd_program() -> Path:
    """Return the path of etcd, which the first call fetches for all later ones.

    Raises: ProgramMissing.
    """
    return unpacked(PACKAGE, (PACKAGE,)) / PROGRAM


@contextmanager
def running_etcd(directory: Path) -> Generator[int]:
    """Run an etcd of one member during the block; yield its port."""
    program = etcd_program()
    peer = f"http://{HOST}:{free_port()}"
    log = directory / "etcd.log"

    def start(port: int) -> Child:
        client = f"http://{HOST}:{port}"
        options = {
            "data-dir": str(directory / "etcd"),
            "listen-client-urls": client,
            "advertise-client-urls": client,
            "listen-peer-urls": peer,
            "initial-advertise-peer-urls": peer,
            "initial-cluster": f"default={peer}",
            "log-level": "warn",
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        return start_child((str(program), *words), log)

    chosen = free_port()
    server = ServerProgram(
        start=start,
        is_ready=lambda _: _is_healthy(chosen),
        log=log,
        stop_signals=STOP_SIGNALS,
    )
    with running_server(server, chosen) as (port, _):
        yield port


def _is_healthy(port: int) -> bool:
    try:
        with DIRECT.open(f"http://{HOST}:{port}/health", timeout=ANSWER_SECONDS) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False
