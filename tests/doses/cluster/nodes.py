"""A node: a PostgreSQL under a Patroni, and the links by which others reach it."""

import json
import os
import pwd
import sys
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request

import psutil
import yaml
from attrs import define, field, frozen
from tests.databases import give_to_server
from tests.doses.cluster.links import Link, link_to
from tests.doses.cluster.programs import ANSWER_SECONDS, DIRECT

from indelible_service.embedded.children import (
    HOST,
    Child,
    die_with_parent,
    free_port,
    start_child,
    stop_child,
)
from indelible_service.embedded.postgresql import (
    ADMIN,
    NOT_DURABLE,
    SETTINGS,
    programs_directory,
)

SCOPE: Final = "indelible"
STOP_SIGNALS: Final = ((SIGTERM, 20.0), (SIGKILL, None))
# PostgreSQL refuses to run as root, and its account may be unable to enter the folders above the
# interpreter, which it may with this capability.
AS_NOBODY: Final = (
    "setpriv",
    "--reuid=nobody",
    "--regid=nogroup",
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
)
TTL_SECONDS: Final = 20  # the shortest that Patroni accepts
DYNAMIC: Final[Mapping[str, Any]] = {
    "ttl": TTL_SECONDS,
    "loop_wait": 2,
    "retry_timeout": 5,
    "primary_start_timeout": 0,  # a primary that crashes is succeeded, not started again
    # A write is acknowledged when a second node has it, and never by one node alone.
    "synchronous_mode": True,
    "synchronous_mode_strict": True,
    "postgresql": {"use_pg_rewind": True, "use_slots": True},
}
PARAMETERS: Final[Mapping[str, str]] = {
    **SETTINGS,
    **NOT_DURABLE,
    "full_page_writes": "on",  # pg_rewind asks for it
    "wal_log_hints": "on",  # as for this
    "max_connections": "200",
    "shared_buffers": "32MB",
    "wal_keep_size": "128MB",
    "max_wal_size": "256MB",
    "max_slot_wal_keep_size": "256MB",
}


@frozen
class Ports:
    """The ports at which PostgreSQL and Patroni of a node listen."""

    postgresql: int
    patroni: int


@define(eq=False)
class Node:
    """A node with its links: of its PostgreSQL, of its Patroni, and its own to etcd."""

    name: str
    directory: Path
    ports: Ports
    postgresql: Link
    patroni: Link
    etcd: Link
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _starts: int = field(default=0, init=False)
    _child: Child | None = field(default=None, init=False)

    @property
    def links(self) -> tuple[Link, ...]:
        """Return all links of the node."""
        return (self.postgresql, self.patroni, self.etcd)

    @property
    def admin_url(self) -> str:
        """Return the superuser's address, which needs no link."""
        return f"postgresql://{ADMIN}@{HOST}:{self.ports.postgresql}/postgres"

    @property
    def log(self) -> Path:
        """Return the log of the last start."""
        return self.directory / f"patroni-{self._starts}.log"

    def start(self) -> None:
        """Start Patroni, which starts PostgreSQL."""
        self._starts += 1
        prefix = AS_NOBODY if os.geteuid() == 0 else ()
        command = (*prefix, sys.executable, "-m", "patroni", str(self._configuration()))
        self._child = start_child(command, self.log)
        self._stack.enter_context(die_with_parent(self._child, STOP_SIGNALS))

    def stop(self) -> None:
        """Stop Patroni, which stops PostgreSQL, or kill what does not stop."""
        if self._child is not None:
            stop_child(self._child, STOP_SIGNALS)
        self.kill()

    def kill(self) -> None:
        """Kill every process of the node, as the loss of its machine does."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._forget_patroni()

    def kill_patroni(self) -> None:
        """Kill Patroni, and leave PostgreSQL without anybody who would stop it."""
        for process in self._patroni_processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._forget_patroni()

    def kill_postgresql(self) -> None:
        """Kill PostgreSQL's first process, whose children end then."""
        with suppress(FileNotFoundError, ProcessLookupError, IndexError):
            os.kill(self._postmaster_pid(), SIGKILL)

    def processes(self) -> list[psutil.Process]:
        """Return every process of the node."""
        found = self._patroni_processes()
        with suppress(FileNotFoundError, IndexError, psutil.NoSuchProcess):
            postmaster = psutil.Process(self._postmaster_pid())
            if str(self.directory) in " ".join(postmaster.cmdline()):
                found += [postmaster, *postmaster.children(recursive=True)]
        return list(dict.fromkeys(found))

    def status(self) -> Mapping[str, Any]:
        """Return what Patroni says of its cluster, nothing while it does not answer."""
        url = f"http://{HOST}:{self.ports.patroni}/cluster"
        try:
            with DIRECT.open(url, timeout=ANSWER_SECONDS) as response:
                document: Mapping[str, Any] = json.load(response)
                return document
        except (URLError, OSError, ValueError):
            return {}

    def rebuild(self) -> None:
        """Let Patroni copy the primary's data in place of the node's, as `patronictl reinit`."""
        body = json.dumps({"force": True}).encode()
        headers = {"Content-Type": "application/json"}
        url = f"http://{HOST}:{self.ports.patroni}/reinitialize"
        with DIRECT.open(Request(url, body, headers), timeout=ANSWER_SECONDS):
            pass

    def _patroni_processes(self) -> list[psutil.Process]:
        if self._child is None:
            return []
        try:
            first = psutil.Process(self._child.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _forget_patroni(self) -> None:
        if self._child is not None:
            self._child.wait()
        self._stack.close()
        self._child = None

    def _postmaster_pid(self) -> int:
        lines = (self.directory / "data" / "postmaster.pid").read_text().splitlines()
        return int(lines[0])

    def _configuration(self) -> Path:
        """Write the configuration of Patroni and return its path."""
        path = self.directory / "patroni.yaml"
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        users = {"username": ADMIN}
        document = {
            "scope": SCOPE,
            "name": self.name,
            "restapi": {
                "listen": f"{HOST}:{self.ports.patroni}",
                "connect_address": f"{HOST}:{self.patroni.port}",
            },
            "etcd3": {"hosts": f"{HOST}:{self.etcd.port}", "use_proxies": True},
            "bootstrap": {
                "dcs": dict(DYNAMIC),
                "initdb": [
                    {"auth": "trust"},
                    {"encoding": "UTF8"},
                    {"locale": "C.UTF-8"},
                    "no-sync",
                    "data-checksums",
                ],
            },
            "postgresql": {
                "listen": f"{HOST}:{self.ports.postgresql}",
                "connect_address": f"{HOST}:{self.postgresql.port}",
                "data_dir": str(self.directory / "data"),
                "bin_dir": str(programs_directory(account)),
                "pgpass": str(self.directory / "pgpass"),
                "authentication": {"superuser": users, "replication": users, "rewind": users},
                "parameters": dict(PARAMETERS),
                "pg_hba": [
                    f"host all all {HOST}/32 trust",
                    f"host replication all {HOST}/32 trust",
                ],
            },
        }
        path.write_text(yaml.safe_dump(document))
        give_to_server(self.directory)
        return path


@contextmanager
def node_in(directory: Path, name: str, etcd_port: int) -> Generator[Node]:
    """Yield a node that has not been started, and stop it after the block."""
    directory.mkdir()
    directory.chmod(0o755)
    ports = Ports(free_port(), free_port())
    with (
        link_to(ports.postgresql) as postgresql,
        link_to(ports.patroni) as patroni,
        link_to(etcd_port) as etcd,
    ):
        node = Node(name, directory, ports, postgresql, patroni, etcd)
        try:
            yield node
        finally:
            node.stop()
