"""What is in the history, without the feed's patience: it shows nothing that is younger than a running transaction."""

from sqlalchemy import bindparam, select

from indelible.kernel import Change
from indelible_sql import SqlReading, SqlStore
from indelible_sql.history import ROWS
from indelible_sql.tables import HISTORY

AFTER = select(HISTORY).where(HISTORY.c.position > bindparam("position")).order_by(HISTORY.c.position)
LAST = select(HISTORY.c.position).order_by(HISTORY.c.position.desc()).limit(1)


def changes_after(store: SqlStore, position: int = 0) -> list[Change]:
    """Every change that was written after a position."""

    def query(tx: SqlReading) -> list[Change]:
        return [ROWS.structure(found, Change) for found in tx.session.rows(AFTER, {"position": position})]

    return store.read(query)


def last_position(store: SqlStore) -> int:
    """The position of the newest change, 0 where there is none."""
    found = store.read(lambda tx: tx.session.first(LAST, {}))
    return int(found["position"]) if found else 0
