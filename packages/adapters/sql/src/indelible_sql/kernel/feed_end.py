"""The end of PostgreSQL's feed: the last position before which no change can still appear."""

from typing import Final

from sqlalchemy import Text, literal_column, select

from indelible_sql.engine.session import Query, Session
from indelible_sql.schema.feed import END_OF_FEED

_ISOLATION = literal_column("current_setting('transaction_isolation')", Text())
READ_FEED_END: Query = select(END_OF_FEED.label("position"), _ISOLATION.label("isolation"))
READ_COMMITTED: Final = "read committed"


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
