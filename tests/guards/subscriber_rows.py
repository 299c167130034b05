"""The subscribers of the situation, and raw writes of their cursors."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Insert, Update, insert, update
from tests.guards.writes import Row

from indelible.kernel.feed_cursors import HASH_DIGITS, feed_cursor
from indelible.kernel.subscribers import (
    FEED_BEGINNING,
    FOLLOW_FEED,
    RestartSubscriber,
    lock_cursor,
    restart_subscriber,
)
from indelible.testing.stores import BEGINNING, MAYA
from indelible_sql import SqlTransaction
from indelible_sql.kernel.subscriber_tables import SUBSCRIBER_CURSORS

# Subscribers, by the condition of their tasks.
FOLLOWER: Final = "follower"  # leased under fence 3, and restarted before
STOPPED: Final = "stopped"  # waits
HALTED: Final = "halted"  # canceled under fence 2
NEWCOMER: Final = "newcomer"  # leased under fence 1, and without a cursor
REASON: Final = "a story"  # of the transaction that has canceled the task

NEW_CURSOR: Final[Row] = {
    "name": NEWCOMER,
    "stage": FOLLOW_FEED,
    "feed_cursor": None,
    "changed_at": None,
    "fence": 1,
    "updated_at": BEGINNING,
    "restarts": 0,
    "restarted_at": None,
    "restarted_by": None,
    "restart_reason": None,
}


def add_subscribers(tx: SqlTransaction) -> None:
    """Add a subscriber in each condition."""
    for name in (FOLLOWER, STOPPED, HALTED, NEWCOMER):
        _lease(tx, name)
    restart_subscriber(tx, RestartSubscriber(name=FOLLOWER, position=FEED_BEGINNING))
    _lease(tx, FOLLOWER)

    task = tx.tasks.get(FOLLOW_FEED, STOPPED)
    tx.tasks.release([task.lease])
    tx.tasks.cancel(FOLLOW_FEED, HALTED)


def _lease(tx: SqlTransaction, name: str) -> None:
    """Lease a subscriber's task, and create its cursor unless it is the newcomer's."""
    tx.tasks.enqueue(FOLLOW_FEED, {name: BEGINNING})
    until = tx.clock.now() + timedelta(hours=1)
    (lease,) = tx.tasks.claim(FOLLOW_FEED, limit=1, until=until)
    assert lease.entity_id == name
    if name != NEWCOMER:
        lock_cursor(tx, lease)


def cursor_at(position: int) -> str:
    """Return a cursor of a position; no guard compares its hash."""
    return feed_cursor(position, "0" * HASH_DIGITS)


def insert_cursor(**columns: object) -> Insert:
    """Return the insert of the newcomer's cursor, with some columns changed."""
    return insert(SUBSCRIBER_CURSORS).values({**NEW_CURSOR, **columns})


def move_cursor(name: str = FOLLOWER, /, **columns: object) -> Update:
    """Return an update that moves a cursor, with some columns changed."""
    row = {"feed_cursor": cursor_at(2), "changed_at": BEGINNING, "fence": 3, **columns}
    table = SUBSCRIBER_CURSORS
    return update(table).where(table.c.name == name).values(row)


def restart_cursor(name: str = HALTED, /, **columns: object) -> Update:
    """Return an update that restarts a subscriber, with some columns changed."""
    row = {
        "feed_cursor": None,
        "changed_at": None,
        "fence": 2,
        "restarts": 1,
        "restarted_at": BEGINNING,
        "restarted_by": MAYA,
        "restart_reason": REASON,
        **columns,
    }
    table = SUBSCRIBER_CURSORS
    return update(table).where(table.c.name == name).values(row)
