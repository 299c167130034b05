"""Positions in PostgreSQL's log: what a primary has written, and what a standby has replayed."""

import re
from typing import Any, Final, Self

from attrs import frozen
from sqlalchemy import BigInteger, Boolean, Connection, Text, text

from indelible.kernel.standbys import InvalidLogPosition
from indelible_sql.engine.session import Session
from indelible_sql.engine.timelines import timeline_of

POSITION: Final = re.compile(
    "(?P<timeline>[1-9][0-9]{0,9}):(?P<high>[0-9A-F]{1,8})/(?P<low>[0-9A-F]{1,8})"
    "(@(?P<cluster>-?[1-9][0-9]{0,18}))?"
)
LOW_BITS: Final = 32  # of PostgreSQL's text of an LSN
MAX_TIMELINE: Final = 2**32 - 1

# The log's end is after the COMMIT of every transaction whose changes can be seen. A part of the
# log that was not flushed reaches no standby before the next COMMIT: that of this statement.
WRITTEN: Final = text(
    """
    WITH ends AS MATERIALIZED (
      SELECT pg_current_wal_insert_lsn() AS written, pg_current_wal_flush_lsn() AS flushed
    )
    SELECT
      CAST(written - CAST('0/0' AS pg_lsn) AS bigint) AS lsn,
      pg_walfile_name(written) AS file,
      system_identifier AS cluster,
      CASE
        WHEN flushed < written THEN pg_logical_emit_message(true, 'indelible', CAST('' AS text))
      END AS message
    FROM ends, pg_control_system()
    """
).columns(lsn=BigInteger(), file=Text(), cluster=BigInteger(), message=Text())

# The timeline that a standby is known to replay: it may be an older one for some time after a
# failover, as PostgreSQL writes the newer one to its control file when it flushes pages.
REPLAYED: Final = text(
    """
    SELECT
      pg_is_in_recovery() AS is_standby,
      CAST(pg_last_wal_replay_lsn() - CAST('0/0' AS pg_lsn) AS bigint) AS lsn,
      greatest(checkpoints.timeline_id, recovery.min_recovery_end_timeline) AS timeline,
      systems.system_identifier AS cluster
    FROM
      pg_control_checkpoint() AS checkpoints,
      pg_control_recovery() AS recovery,
      pg_control_system() AS systems
    """
).columns(is_standby=Boolean(), lsn=BigInteger(), timeline=BigInteger(), cluster=BigInteger())


@frozen(order=True)
class Position:
    """A place in the log of a timeline; a failover begins a timeline with a higher number.

    The cluster is the signed identifier that a primary and its standbys share, 0 where it is not
    known. A database that was restored into another cluster has another log.
    """

    timeline: int
    lsn: int
    cluster: int = 0

    def __str__(self) -> str:
        high, low = divmod(self.lsn, 2**LOW_BITS)
        cluster = f"@{self.cluster}" if self.cluster else ""
        return f"{self.timeline}:{high:X}/{low:X}{cluster}"

    @classmethod
    def parse(cls, value: str) -> Self:
        """Return the position of a text.

        Raises: InvalidLogPosition.
        """
        match = POSITION.fullmatch(value)
        if match is None:
            raise InvalidLogPosition
        lsn = (int(match["high"], 16) << LOW_BITS) + int(match["low"], 16)
        return cls(int(match["timeline"]), lsn, int(match["cluster"] or 0))

    def or_later(self, other: Self | None) -> Self:
        """Return the later position; another cluster's is none of this log."""
        if other is None or not other.is_of(self.cluster):
            return self
        return max(self, other)

    def is_of(self, cluster: int) -> bool:
        """Return whether the position may be one of the cluster's log."""
        return 0 in {self.cluster, cluster} or self.cluster == cluster


# Of a write whose position could not be read: the primary answers what must see it.
UNKNOWN_POSITION: Final = Position(MAX_TIMELINE, 0)


@frozen
class Replay:
    """The part of its primary's log that a server has replayed; a promoted one is no standby."""

    is_standby: bool
    position: Position

    def has(self, position: Position) -> bool:
        """Return whether the server has replayed everything up to the position.

        A place in an older timeline is in this one, or was lost with its primary. One in a newer
        timeline is not: the server may have replayed another log up to the same place.
        """
        is_of_timeline = self.position.timeline >= position.timeline
        return is_of_timeline and self.position.lsn >= position.lsn


def read_written(session: Session) -> Position:
    """Return the end of the primary's log, which is flushed then."""
    row = session.rows(WRITTEN, {})[0]
    return Position(timeline_of(row["file"]), row["lsn"], row["cluster"])


def read_replay(connection: Connection, schema: str) -> Replay:
    """Return what a standby has replayed, by a statement of its own."""
    session = Session(connection, schema, begins=False)
    try:
        row: dict[str, Any] = session.rows(REPLAYED, {})[0]
    finally:
        session.close()
    return Replay(row["is_standby"], Position(row["timeline"], row["lsn"] or 0, row["cluster"]))
