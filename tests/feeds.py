"""Read a feed when it is complete.

On PostgreSQL, a feed waits for every older transaction of the server.
"""

import time

from sqlalchemy import text

from indelible.kernel import Change, Feed
from indelible.testing.stores import AnyStore
from indelible_sql import SqlStore

MOST_SECONDS = 120
ALL = 1_000_000
HIDDEN = text(
    "SELECT count(*) FROM indelible.history WHERE txid >= pg_snapshot_xmin(pg_current_snapshot())"
)


def settled(store: SqlStore) -> SqlStore:
    """The store, once no transaction of anybody's hides a change of its history from its feed."""
    deadline = time.monotonic() + MOST_SECONDS
    while store.engines.reader.dialect.name == "postgresql" and store.read(
        lambda tx: tx.connection.scalar(HIDDEN)
    ):
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"a transaction is still older than the last change after {MOST_SECONDS} seconds"
            )
        time.sleep(0.01)
    return store


def changes(store: AnyStore) -> tuple[Change, ...]:
    """Every change there is."""
    if isinstance(store, SqlStore):
        settled(store)
    return store.feed(limit=ALL).changes


class Patient:
    """A store that settles before each read of its feed, for suites that read their own writes."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.run, self.read = store, store.run, store.read

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """The next changes."""
        return settled(self.store).feed(after=after, limit=limit)
