from collections.abc import Callable
from typing import overload

from dramatiq.broker import Broker
from redis import Redis

class RedisBroker(Broker):
    client: Redis
    broker_id: str
    namespace: str
    queues: set[str]
    @overload
    def __init__(self, *, url: str) -> None: ...
    @overload
    def __init__(
        self,
        *,
        client: Redis | None = None,
        url: object = None,
        namespace: str = "dramatiq",
        middleware: list[object] | None = None,
        maintenance_chance: int = 1_000,
        heartbeat_timeout: int = 60_000,
        dead_message_ttl: int = ...,
    ) -> None: ...
    def do_ack(self, queue: str, message_id: bytes | str) -> None: ...
    def _dispatch(self, command: str) -> Callable[..., list[bytes]]: ...
