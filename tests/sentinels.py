"""A Redis with a replica, and three sentinels that replace a primary which does not answer."""

import shutil
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from attrs import define, field
from redis import Redis, RedisError

from indelible_service.embedded import RedisServer, redis
from indelible_service.embedded.children import (
    HOST,
    Child,
    ServerProgram,
    free_port,
    running_server,
    start_child,
)
from indelible_service.embedded.redis import STOP_SIGNALS, password, server_program

SERVICE: Final = "records"
SENTINELS: Final = 3
QUORUM: Final = 2
SENTINEL_PASSWORD: Final = "a-password-of-sentinels"  # noqa: S105 - of the tests
TIMEOUT_SECONDS: Final = 120  # of a busy machine, on which sentinels may pause for 30 seconds
CONFIGURATION: Final = """\
port {port}
bind {host}
dir {directory}
requirepass {sentinel_password}
sentinel sentinel-pass {sentinel_password}
sentinel monitor {service} {host} {primary} {quorum}
sentinel auth-pass {service} {password}
sentinel down-after-milliseconds {service} 1000
sentinel failover-timeout {service} 5000
"""
READY: Final = "+monitor master"


@define(eq=False)
class SentinelGroup:
    """Two servers of Redis and their sentinels; one of the servers is the primary."""

    directory: Path
    _stack: ExitStack
    _servers: dict[int, RedisServer] = field(factory=dict[int, RedisServer], init=False)
    _sentinels: list[int] = field(factory=list[int], init=False)

    @property
    def url(self) -> str:
        """Return the address with all passwords."""
        hosts = ",".join(f"{HOST}:{port}" for port in self._sentinels)
        options = f"sentinel_password={SENTINEL_PASSWORD}"
        return f"redis+sentinel://:{password()}@{hosts}/{SERVICE}/0?{options}"

    def start(self) -> None:
        """Start the servers and the sentinels, and wait until a failover is possible."""
        primary = self._start_server(free_port())
        replica = self._start_server(free_port())
        self._follow(replica, primary)
        for number in range(SENTINELS):
            self._start_sentinel(number, primary)
        self.wait_until_complete()

    def primary(self) -> RedisServer:
        """Return the server that a sentinel names as the primary."""
        with self._sentinel(0) as sentinel:
            _, port = sentinel.sentinel_get_master_addr_by_name(SERVICE)

        return self._servers[int(port)]

    def read(self, key: str) -> str | None:
        """Return the value of a key on the primary."""
        with self._client(self.primary().port) as client:
            value: str | None = client.get(key)

        return value

    def fail_over(self) -> None:
        """Kill the primary, and restore the group."""
        killed = self.primary()
        killed.child.kill()
        killed.child.wait()
        self.restore(killed)

    def restore(self, killed: RedisServer) -> None:
        """Wait for the next primary, and let the killed one start again and follow it."""
        self.wait_for_another_primary(killed)
        self._start_server(killed.port)
        self._follow(killed.port, self.primary().port)
        self.wait_until_complete()

    def wait_for_another_primary(self, server: RedisServer) -> None:
        """Wait until the sentinels have replaced the server, and theirs accepts writes."""

        def is_replaced() -> bool:
            primary = self.primary()
            if primary.port == server.port:
                return False
            with self._client(primary.port) as client:
                return str(client.info("replication")["role"]) == "master"

        _wait_until(is_replaced)

    def _start_server(self, port: int) -> int:
        folder = self.directory / f"redis-{port}"
        shutil.rmtree(folder, ignore_errors=True)
        self._servers[port] = self._stack.enter_context(redis(folder, port=port))
        with self._client(port) as client:
            client.config_set("masterauth", password())

        return port

    def _follow(self, replica: int, primary: int) -> None:
        with self._client(replica) as client:
            client.execute_command("REPLICAOF", HOST, str(primary))

    def _start_sentinel(self, number: int, primary: int) -> None:
        folder = self.directory / f"sentinel-{number}"
        folder.mkdir()
        log = folder / "sentinel.log"

        def start(port: int) -> Child:
            configuration = CONFIGURATION.format(
                port=port,
                host=HOST,
                directory=folder,
                primary=primary,
                service=SERVICE,
                quorum=QUORUM,
                password=password(),
                sentinel_password=SENTINEL_PASSWORD,
            )
            path = folder / "sentinel.conf"
            path.write_text(configuration)
            return start_child((str(server_program()), str(path), "--sentinel"), log)

        program = ServerProgram(
            start=start,
            is_ready=lambda _: READY in log.read_text(errors="replace"),
            log=log,
            stop_signals=STOP_SIGNALS,
        )
        port, _ = self._stack.enter_context(running_server(program, None))
        self._sentinels.append(port)

    def wait_until_complete(self) -> None:
        """Wait until each sentinel knows the others and a replica that is in step."""

        def is_complete() -> bool:
            for number in range(SENTINELS):
                with self._sentinel(number) as sentinel:
                    state = sentinel.sentinel_master(SERVICE)
                    (replica,) = sentinel.sentinel_slaves(SERVICE)
                others = int(state["num-other-sentinels"])
                is_in_step = replica["master-link-status"] == "ok" and not replica["is_sdown"]
                if others != SENTINELS - 1 or not is_in_step:
                    return False

            return True

        _wait_until(is_complete)

    def _sentinel(self, number: int) -> Any:  # noqa: ANN401 - the client's types leave it open
        return _connect(self._sentinels[number], SENTINEL_PASSWORD)

    def _client(self, port: int) -> Any:  # noqa: ANN401 - the client's types leave it open
        return _connect(port, password())


def _connect(port: int, secret: str) -> Any:  # noqa: ANN401 - the client's types leave it open
    return Redis(host=HOST, port=port, password=secret, decode_responses=True)


def _wait_until(holds: Any) -> None:  # noqa: ANN401 - a function without arguments
    deadline = monotonic() + TIMEOUT_SECONDS
    while monotonic() < deadline:
        with suppress(RedisError, ValueError):  # none or two replicas are known
            if holds():
                return
        sleep(0.1)

    raise TimeoutError(f"the sentinels were not ready within {TIMEOUT_SECONDS} seconds")


@contextmanager
def sentinel_group(directory: Path) -> Generator[SentinelGroup]:
    """Run a group of servers and sentinels below the directory during the block."""
    with ExitStack() as stack:
        group = SentinelGroup(directory, stack)
        group.start()
        yield group
