"""The end of PostgreSQL's feed: the last position before which no change can still appear."""

from typing import Final

from sqlalchemy import BigInteger, Text, literal_column, select

from indelible_sql.engine.session import Query, Session
from indelible_sql.schema.feed import END_OF_FEED, FEED_END
from indelible_sql.schema.isolation import READ_COMMITTED, TransactionIsolation

READ_FEED_END: Query = select(
    END_OF_FEED.label("position"), TransactionIsolation().label("isolation")
)
# A page reads up to the end that an earlier statement of its transaction has stored in a setting,
# without waiting for the answer to it.
END_SETTING: Final = "'indelible.feed_end'"
STORE_END = literal_column(f"set_config({END_SETTING}, CAST({FEED_END} AS text), true)", Text())
STORED_END = literal_column(f"CAST(current_setting({END_SETTING}) AS bigint)", BigInteger())


class NeedsFeedEnd(Exception):
    """A query reads the feed from a snapshot that may be older than the feed's end.

    The store runs it again, in a transaction that begins after the end was read. A query must not
    catch it.
    """


def feed_end_of(session: Session) -> int:
    """Return the end of the feed for the rows that the session reads next.

    Every change up to this position is committed, and visible to later snapshots.

    Raises:
        NeedsFeedEnd: The session has one snapshot, and began before the end was read.
    """
    if session.feed_end is not None:
        return session.feed_end
    if session.has_snapshot:
        raise NeedsFeedEnd

    position: int = session.rows(READ_FEED_END, {})[0]["position"]
    return position


def fresh_feed_end(session: Session) -> int | None:
    """Return the end of the feed, None where the session's transaction may have an older snapshot.

    A role or a database may have another isolation by default than READ COMMITTED.
    """
    row = session.rows(READ_FEED_END, {})[0]
    position: int = row["position"]
    return position if row["isolation"] == READ_COMMITTED else None
