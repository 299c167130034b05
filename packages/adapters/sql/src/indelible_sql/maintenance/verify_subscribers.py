"""Compare the cursors of subscribers with the feed."""

from collections.abc import Iterator

from sqlalchemy import BigInteger, literal_column, select

from indelible.kernel.feed_cursors import position_in_feed
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.row_checks import rows
from indelible_sql.kernel.subscriber_tables import SUBSCRIBER_CURSORS
from indelible_sql.schema.feed import LAST_POSITION, LAST_POSITION_ON_SQLITE, TRANSLATED_SCHEMA
from indelible_sql.schema.findings import Fault, Finding

LAST_ON_SQLITE: Query = select(literal_column(LAST_POSITION_ON_SQLITE, BigInteger()).label("last"))
LAST_ON_POSTGRESQL: Query = select(
    literal_column(LAST_POSITION.format(schema=TRANSLATED_SCHEMA), BigInteger()).label("last")
)


def cursor_findings(session: Session) -> Iterator[Finding]:
    """Yield a finding for each cursor behind the end of the feed: its subscriber reacts no more."""
    statement = LAST_ON_SQLITE if session.is_sqlite else LAST_ON_POSTGRESQL
    last: int = session.rows(statement, {})[0]["last"]
    for row in rows(session, SUBSCRIBER_CURSORS, ("name",)):
        feed_cursor = row["feed_cursor"]
        position = position_in_feed(feed_cursor)
        if position is not None and position <= last:
            continue

        problem = "is no cursor of a feed"
        if position is not None:
            problem = f"is behind the end of the feed, which is {last}"
        yield Finding(
            fault=Fault.POSITION,
            table=SUBSCRIBER_CURSORS.name,
            entity_id=str(row["name"]),
            detail=f"the cursor {feed_cursor} {problem}",
        )
