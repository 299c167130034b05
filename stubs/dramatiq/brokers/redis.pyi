from dramatiq.broker import Broker
from redis import Redis

class RedisBroker(Broker):
    client: Redis
    broker_id: str
    namespace: str
    def __init__(
        self,
        *,
        url: str | None = None,
        client: Redis | None = None,
        namespace: str = "dramatiq",
        middleware: list[object] | None = None,
        maintenance_chance: int = 1_000,
        heartbeat_timeout: int = 60_000,
        dead_message_ttl: int = 604_800_000,
    ) -> None: ...
    def do_ack(self, queue: str, message_id: bytes | str) -> None: ...
