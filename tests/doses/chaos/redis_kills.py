"""A Redis that is killed, flushed and started again at the same address."""

from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic_ns

from attrs import define, field
from redis import RedisError

from indelible_service.embedded import redis
from indelible_workers import redis_client


def flush(url: str) -> None:
    """Forget all messages of the Redis at an address, if it answers."""
    with suppress(RedisError), redis_client(url) as client:
        client.execute_command("FLUSHALL")  # pyright: ignore[reportUnknownMemberType] - untyped


@define(eq=False)
class KillableRedis:
    """A Redis below a directory."""

    directory: Path
    url: str = ""
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _port: int | None = field(default=None, init=False)

    def start(self) -> str:
        """Start the server and return its URL."""
        folder = self.directory / f"redis-{monotonic_ns()}"
        running = self._stack.enter_context(redis(folder, port=self._port))
        self._port = running.port
        self.url = running.url
        return self.url

    def stop(self) -> None:
        """Stop the server."""
        self._stack.close()

    def restart(self, *, is_flushed: bool) -> None:
        """Forget all messages or not, end the server, and start an empty one."""
        if is_flushed:
            flush(self.url)
        self.stop()
        self.start()
