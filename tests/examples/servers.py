"""A PostgreSQL and a Redis from wheels, as our own children, to develop with."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from indelible_service import embedded
from indelible_sql import SqlStore, open_store


@contextmanager
def servers(place: Path) -> Generator[tuple[SqlStore, str]]:
    """A store with its tables, as the application's role, and the address of Redis."""
    with (
        embedded.postgres(place / "postgresql") as postgresql,
        embedded.redis(place / "redis") as redis,
    ):
        store = open_store(postgresql.url)
        store.upgrade(postgresql.owner_url)  # by the role that owns the tables
        yield store, redis.url
        store.dispose()
