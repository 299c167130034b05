"""Three nodes with etcd: a primary, a synchronous standby and another standby."""

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import psycopg
from attrs import frozen
from tests.doses.cluster.nodes import Node, node_in
from tests.doses.cluster.programs import running_etcd

from indelible_service.embedded.children import HOST
from indelible_service.embedded.postgresql import (
    ADMIN,
    APP,
    CREATE_VECTOR,
    DATABASE,
    INITIALIZE,
    LIMIT_TRANSACTIONS,
    OWNER,
)

NAMES: Final = ("node-1", "node-2", "node-3")
POLL_SECONDS: Final = 0.2
MAX_WAIT_SECONDS: Final = 180  # for a new primary, or until all nodes follow
LOG_CHARACTERS: Final = 2_000  # of the end of a node's log, in an error
LEADER: Final = "leader"
SYNCHRONOUS: Final = "sync_standby"
FOLLOWS: Final = "streaming"
RUNS: Final = "running"
START_FAILED: Final = "start failed"
REFUSED_SECONDS: Final = 60  # in which Patroni rewinds a node by itself
ANY_ROLE: Final = {role: role for role in (ADMIN, OWNER, APP)}  # passwords, which nobody asks for


class NotInTime(Exception):
    """The cluster did not become what the run waits for."""


@frozen(eq=False)
class Cluster:
    """The nodes of a cluster."""

    nodes: tuple[Node, ...]

    def url(self, role: str = APP, *, options: str = "") -> str:
        """Return the address with all hosts, by their links."""
        hosts = ",".join(f"{HOST}:{node.postgresql.port}" for node in self.nodes)
        return f"postgresql://{role}@{hosts}/{DATABASE}{options}"

    def leader(self) -> Node | None:
        """Return the primary that the nodes agree on, if there is one that runs."""
        for node in self.nodes:
            for member in node.status().get("members", ()):
                if member["role"] == LEADER and member["state"] == RUNS:
                    return self._node(member["name"])
        return None

    def other_leader(self, old: Node) -> Node | None:
        """Return the primary that the other nodes agree on, if it is another one than the old."""
        for node in self.standbys(old):
            for member in node.status().get("members", ()):
                is_new = member["role"] == LEADER and member["name"] != old.name
                if is_new and member["state"] == RUNS:
                    return self._node(member["name"])
        return None

    def standbys(self, primary: Node) -> list[Node]:
        """Return the nodes other than the primary."""
        return [node for node in self.nodes if node is not primary]

    def is_whole(self) -> bool:
        """Return whether all standbys follow the primary, one of them synchronously."""
        timelines: set[int] = set()
        roles: list[str] = []
        for node in self.nodes:
            members = node.status().get("members", ())
            if len(members) != len(self.nodes):
                return False
            for member in members:
                if member["state"] not in (RUNS, FOLLOWS):
                    return False
                if member["role"] != LEADER and member["state"] != FOLLOWS:
                    return False
                roles.append(member["role"])
                timelines.add(member["timeline"])

        count = len(self.nodes)
        return (
            len(timelines) == 1
            and roles.count(LEADER) == count
            and roles.count(SYNCHRONOUS) == count
        )

    def wait_until_whole(self, what: str) -> None:
        """Wait until the cluster is whole; build nodes anew that Patroni does not rewind.

        Patroni starts a standby again and again whose log has gone further than that of the new
        primary, if it does not see that it should rewind it. An operator copies the primary then.
        Raises: NotInTime.
        """
        refused_since: dict[str, float] = {}
        rebuilt: list[str] = []

        def is_whole() -> bool:
            for name in self.refused():
                since = refused_since.setdefault(name, time.monotonic())
                if name not in rebuilt and time.monotonic() - since > REFUSED_SECONDS:
                    rebuilt.append(name)
                    self._node(name).rebuild()
            return self.is_whole()

        self.wait_for(is_whole, what)

    def refused(self) -> set[str]:
        """Return the names of the nodes whose PostgreSQL does not start."""
        names: set[str] = set()
        for node in self.nodes:
            for member in node.status().get("members", ()):
                if member["state"] == START_FAILED:
                    names.add(member["name"])
        return names

    def wait_for(self, is_true: Callable[[], object], what: str) -> None:
        """Wait until something is true. Raises: NotInTime."""
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while not is_true():
            if time.monotonic() > deadline:
                raise NotInTime(f"{what} after {MAX_WAIT_SECONDS} s: {self._statuses()}")
            time.sleep(POLL_SECONDS)

    def _statuses(self) -> str:
        texts: list[str] = []
        for node in self.nodes:
            logs = sorted(
                node.directory.glob("patroni-*.log"), key=lambda path: path.stat().st_mtime
            )
            log = logs[-1].read_text(errors="replace")[-LOG_CHARACTERS:]
            texts.append(f"{node.name}: {dict(node.status())}; its log ends: {log}")
        return "\n".join(texts)

    def _node(self, name: str) -> Node:
        return self.nodes[NAMES.index(name)]


@contextmanager
def running_cluster(directory: Path) -> Generator[Cluster]:
    """Run a cluster with the roles and the database of an installation during the block."""
    directory.chmod(0o755)
    with ExitStack() as stack:
        etcd_port = stack.enter_context(running_etcd(directory))
        nodes = [stack.enter_context(node_in(directory / name, name, etcd_port)) for name in NAMES]
        cluster = Cluster(tuple(nodes))
        first, *others = nodes
        first.start()
        cluster.wait_for(cluster.leader, "no primary")
        for node in others:
            node.start()
        cluster.wait_for(cluster.is_whole, "no cluster of three nodes")
        _initialize(first)
        yield cluster


def _initialize(primary: Node) -> None:
    """Create the roles and the database of an installation."""
    statements = [*INITIALIZE, LIMIT_TRANSACTIONS]
    with psycopg.connect(primary.admin_url, autocommit=True) as admin:
        for statement in statements:
            text = statement.format(name=DATABASE, template="template1", **ANY_ROLE)
            admin.execute(text.encode())
    url = f"{primary.admin_url.rpartition('/')[0]}/{DATABASE}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(CREATE_VECTOR)
