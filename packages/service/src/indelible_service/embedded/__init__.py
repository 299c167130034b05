"""Real servers as child processes, for demonstrations and tests; each runs during a block."""

from indelible_service.embedded.children import ServerFailed
from indelible_service.embedded.postgresql import ADMIN, APP, OWNER, PostgresServer, postgres
from indelible_service.embedded.redis import RedisMissing, RedisServer, redis

__all__ = [
    "ADMIN",
    "APP",
    "OWNER",
    "PostgresServer",
    "RedisMissing",
    "RedisServer",
    "ServerFailed",
    "postgres",
    "redis",
]
