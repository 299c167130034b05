"""Run PostgreSQL and Redis from wheels as child processes, for development."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from indelible_service import embedded
from indelible_sql import SqlStore, open_store


@contextmanager
def servers(directory: Path) -> Generator[tuple[SqlStore, str]]:
    """Yield a migrated store and the URL of Redis; both servers stop with the block."""
    with (
        embedded.postgres(directory / "postgresql") as postgresql,
        embedded.redis(directory / "redis") as redis,
    ):
        store = open_store(postgresql.url)
        store.upgrade(postgresql.owner_url)  # as the role that owns the tables
        yield store, redis.url
        store.dispose()
