"""Servers that carry wake-ups, such as Redis or RabbitMQ, which are killed and started again."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Protocol

from attrs import define, field
from tests.doses.chaos.redis_kills import KillableRedis, flush
from tests.rabbitmq_server import RabbitmqServer
from tests.sentinels import SentinelGroup


class KillableBroker(Protocol):
    """A server that carries wake-ups, with an address that stays."""

    @property
    def url(self) -> str:
        """Return the address."""
        ...

    def start(self) -> str:
        """Start the server and return its address."""
        ...

    def stop(self) -> None:
        """Stop the server."""
        ...

    def restart(self, *, is_flushed: bool) -> None:
        """Forget all messages or not, kill the server, and start it or another one."""
        ...


@define(eq=False)
class KillableRabbitmq:
    """A RabbitMQ below a directory."""

    directory: Path
    _server: RabbitmqServer = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._server = RabbitmqServer(self.directory)

    @property
    def url(self) -> str:
        """Return the address."""
        return self._server.url

    def start(self) -> str:
        """Start the server and return its address."""
        self._server.start()
        return self.url

    def stop(self) -> None:
        """Stop the server."""
        self._server.stop()

    def restart(self, *, is_flushed: bool) -> None:
        """Kill the server, with its files or not, and start it at the same address."""
        self._server.kill(is_forgetful=is_flushed)
        self._server.start()


@define(eq=False)
class KillableSentinelGroup:
    """A Redis with a replica, of which sentinels make the primary."""

    directory: Path
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _group: SentinelGroup = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._group = SentinelGroup(self.directory, self._stack)

    @property
    def url(self) -> str:
        """Return the address of the sentinels."""
        return self._group.url

    def start(self) -> str:
        """Start all servers and return the address of the sentinels."""
        self._group.start()
        return self.url

    def stop(self) -> None:
        """Stop all servers."""
        self._stack.close()

    def restart(self, *, is_flushed: bool) -> None:
        """Kill the primary, and let it follow the next one."""
        if is_flushed:
            flush(self.url)
        self._group.fail_over()


BROKERS: Final[Mapping[str, Callable[[Path], KillableBroker]]] = {
    "redis": KillableRedis,
    "sentinel": KillableSentinelGroup,
    "rabbitmq": KillableRabbitmq,
}
