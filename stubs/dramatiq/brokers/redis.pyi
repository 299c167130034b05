from typing import overload

from dramatiq.broker import Broker
from redis import Redis

class RedisBroker(Broker):
    client: Redis
    broker_id: str
    namespace: str
    @overload
    def __init__(self, *, url: str) -> None: ...
    @overload
    def __init__(
        self,
        *,
        client: Redis,
        namespace: str,
        middleware: list[object],
        maintenance_chance: int,
        heartbeat_timeout: int,
        dead_message_ttl: int,
    ) -> None: ...
    def do_ack(self, queue: str, message_id: bytes | str) -> None: ...
