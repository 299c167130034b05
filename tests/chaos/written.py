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

AFTER = (
    select(HISTORY).where(HISTORY.c.position > bindparam("position")).order_by(HISTORY.c.position)
)
LAST = select(HISTORY.c.position).order_by(HISTORY.c.position.desc()).limit(1)
SIGNALS_KEPT = select(SIGNALS.c.id).order_by(SIGNALS.c.id)


@frozen
class Written:
    """How far the history goes, and which captures were kept."""

    position: int
    signals: frozenset[str]

    def effects_since(self, store: SqlStore) -> list[object]:
        """The seq of every change since, and the id of every signal."""
        signals = written(store).signals - self.signals
        return [*(each.seq for each in changes_after(store, self.position)), *sorted(signals)]


def written(store: SqlStore) -> Written:
    """What is there by now."""
    found = store.read(lambda tx: tx.session.rows(SIGNALS_KEPT, {}))
    return Written(last_position(store), frozenset(each["id"] for each in found))


def changes_after(store: SqlStore, position: int = 0) -> list[Change]:
    """Every change that was written after a position."""

    def query(tx: SqlReading) -> list[Change]:
        return [
            ROWS.structure(found, Change)
            for found in tx.session.rows(AFTER, {"position": position})
        ]

    return store.read(query)


def last_position(store: SqlStore) -> int:
    """The position of the newest change, 0 where there is none."""
    found = store.read(lambda tx: tx.session.first(LAST, {}))
    return int(found["position"]) if found else 0
