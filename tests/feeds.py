"""Read a feed when it is complete.

On PostgreSQL, a feed waits for every older transaction of the server.
"""

import time

from sqlalchemy import text

from indelible.kernel import Change, Feed
from indelible.testing.stores import AnyStore
from indelible_sql import SqlReading, SqlStore

TIMEOUT_SECONDS = 120
PAUSE_SECONDS = 0.01
ALL = 1_000_000
COUNT_HIDDEN_CHANGES = text(
    "SELECT count(*) FROM indelible.history WHERE txid >= pg_snapshot_xmin(pg_current_snapshot())"
)


def wait_for_complete_feed(store: SqlStore) -> SqlStore:
    """Return the store once no running transaction hides a change from its feed."""
    if store.engines.reader.dialect.name != "postgresql":
        return store

    deadline = time.monotonic() + TIMEOUT_SECONDS
    while store.read(_count_hidden_changes):
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"a transaction is still older than the last change after {TIMEOUT_SECONDS} seconds"
            )
        time.sleep(PAUSE_SECONDS)

    return store


def _count_hidden_changes(tx: SqlReading) -> int:
    count: int = tx.connection.scalar(COUNT_HIDDEN_CHANGES)
    return count


def changes(store: AnyStore) -> tuple[Change, ...]:
    """Return all changes of the store."""
    if isinstance(store, SqlStore):
        wait_for_complete_feed(store)
    return store.feed(limit=ALL).changes


class CompleteFeedStore:
    """A store that waits until its feed is complete, for suites that read their own writes."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.run = store.run
        self.read = store.read
        self.commits = store.commits

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """Return the next changes."""
        return wait_for_complete_feed(self.store).feed(after=after, limit=limit)
