"""Read a feed when it is complete.

On PostgreSQL, a feed waits for every transaction that writes to the same store.
"""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from indelible.kernel import Change, Feed
from indelible.kernel.feed_cursors import position_in_feed
from indelible.testing.stores import AnyStore
from indelible_sql import SqlReading, SqlStore

TIMEOUT_SECONDS = 120
PAUSE_SECONDS = 0.01
ALL = 1_000_000
COUNT_HIDDEN_CHANGES = text("SELECT count(*) FROM indelible.history WHERE position > :last")


def wait_for_complete_feed(store: SqlStore) -> SqlStore:
    """Return the store once no running transaction hides a change from its feed."""
    if store.engines.reader.dialect.name != "postgresql":
        return store

    deadline = time.monotonic() + TIMEOUT_SECONDS
    while store.read(_count_hidden_changes):
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"a writer that began before the last change is still open: {TIMEOUT_SECONDS} s"
            )
        time.sleep(PAUSE_SECONDS)

    return store


def _count_hidden_changes(tx: SqlReading) -> int:
    newest = tx.history.newest(limit=1).cursor
    last = position_in_feed(newest)
    count: int = tx.connection.scalar(COUNT_HIDDEN_CHANGES, {"last": last})
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
        self.run: Callable[..., Any] = store.run
        self.read: Callable[..., Any] = store.read
        self.commits = store.commits
        self.check_space = store.check_space

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """Return the next changes."""
        return wait_for_complete_feed(self.store).feed(after=after, limit=limit)
