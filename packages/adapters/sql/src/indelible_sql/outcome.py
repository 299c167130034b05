"""What became of a COMMIT whose reply was lost: the database knows, and is asked."""

from collections.abc import Callable

from sqlalchemy import Engine, bindparam, select, text
from sqlalchemy.exc import OperationalError

from indelible.kernel import OutcomeUnknown
from indelible_sql.session import Session
from indelible_sql.tables import HISTORY

QUESTIONS = 60
PAUSE_SECONDS = 0.25

HASH = select(HISTORY.c.hash).where(
    HISTORY.c.lifecycle == bindparam("lifecycle"),
    HISTORY.c.entity_id == bindparam("entity_id"),
    HISTORY.c.seq == bindparam("seq"),
)
STATUS = text("SELECT pg_xact_status(CAST(:transaction AS xid8))")


def was_committed(engine: Engine, lost: Session, schema: str, pause: Callable[[float], object]) -> bool:
    """Whether the transaction's last change is in history; OutcomeUnknown when nobody says so in time.

    A transaction that wrote nothing has no outcome to lose.
    """
    for _ in range(QUESTIONS if lost.changes else 0):
        answer = _ask(engine, lost, schema)
        if answer is not None:
            return answer
        pause(PAUSE_SECONDS)
    if lost.changes:
        raise OutcomeUnknown
    return True


def _ask(engine: Engine, lost: Session, schema: str) -> bool | None:
    """True, False, or None while PostgreSQL is still at it, or does not answer."""
    change = lost.changes[-1]
    try:
        with engine.connect() as connection:
            status = None
            if lost.transaction is not None:  # asked first: a COMMIT between two questions must not look like none
                status = connection.execute(STATUS, {"transaction": lost.transaction}).scalar()
            place = {"lifecycle": change.lifecycle, "entity_id": change.entity_id, "seq": change.seq}
            found = Session(connection, schema).first(HASH, place)
    except OperationalError:
        return None
    if found is not None and found["hash"] == change.hash:
        return True
    return None if status == "in progress" else False
