"""Read the history without the feed.

The feed shows nothing that is newer than a running transaction.
"""

from attrs import frozen
from sqlalchemy import bindparam, select

from indelible.kernel import Change
from indelible_sql import SqlReading, SqlStore
from indelible_sql.captures.tables import SIGNALS
from indelible_sql.kernel.history import ROWS
from indelible_sql.schema.tables import HISTORY

SELECT_LATER_CHANGES = (
    select(HISTORY).where(HISTORY.c.position > bindparam("position")).order_by(HISTORY.c.position)
)
SELECT_LAST_POSITION = select(HISTORY.c.position).order_by(HISTORY.c.position.desc()).limit(1)
SELECT_SIGNAL_IDS = select(SIGNALS.c.id).order_by(SIGNALS.c.id)


@frozen
class Written:
    """The position of the last change, and the ids of all signals."""

    position: int
    signal_ids: frozenset[str]

    def effects_since(self, store: SqlStore) -> list[object]:
        """Return the seq of every later change, then the id of every later signal."""
        seqs = [change.seq for change in changes_after(store, self.position)]
        signal_ids = read_written(store).signal_ids - self.signal_ids
        return [*seqs, *sorted(signal_ids)]


def read_written(store: SqlStore) -> Written:
    """Return the last position and the ids of all signals."""
    rows = store.read(lambda tx: tx.session.rows(SELECT_SIGNAL_IDS, {}))
    return Written(last_position(store), frozenset(row["id"] for row in rows))


def changes_after(store: SqlStore, position: int = 0) -> list[Change]:
    """Return every change after a position, in order."""

    def query(tx: SqlReading) -> list[Change]:
        rows = tx.session.rows(SELECT_LATER_CHANGES, {"position": position})
        return [ROWS.structure(row, Change) for row in rows]

    return store.read(query)


def last_position(store: SqlStore) -> int:
    """Return the position of the last change, 0 before the first."""
    row = store.read(lambda tx: tx.session.first(SELECT_LAST_POSITION, {}))
    if row is None:
        return 0

    return int(row["position"])
