"""Let several transactions on PostgreSQL read the same moment."""

import re
from typing import ClassVar, Final

from attrs import frozen
from sqlalchemy.exc import DBAPIError

from indelible.kernel import Unavailable
from indelible_sql.engine.errors import state_of
from indelible_sql.engine.session import Session

# Of a text that names no snapshot, of one that has ended, and of one whose transaction has ended
# since it was found.
LOST_STATES: Final = ("22023", "42704", "55000")
SNAPSHOT: Final = re.compile(r"[0-9A-F-]{1,100}")


@frozen
class SnapshotLost(Unavailable):
    """The transaction that has exported a snapshot has ended, or it is on another server."""

    message: ClassVar[str] = (
        "The snapshot {snapshot} has ended: the transaction that exported it is closed, or it is on"
        " another server."
    )
    snapshot: str


def export_snapshot(session: Session) -> str:
    """Return the name of the snapshot of this transaction, '' on SQLite, which exports none.

    Others can import it until this transaction ends.
    """
    if session.is_sqlite:
        return ""
    exported = session.connection.exec_driver_sql("SELECT pg_export_snapshot()")
    return str(exported.scalar_one())


def import_snapshot(session: Session, snapshot: str) -> None:
    """Read from now on what the snapshot sees; the transaction has sent no query yet.

    Raises: SnapshotLost.
    """
    if SNAPSHOT.fullmatch(snapshot) is None:
        raise SnapshotLost(snapshot)
    try:
        session.connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
    except DBAPIError as error:
        if state_of(error) not in LOST_STATES:
            raise
        raise SnapshotLost(snapshot) from error
