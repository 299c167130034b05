"""What became of a COMMIT whose reply was lost: the database knows, and is asked."""

from collections.abc import Callable, Mapping

from sqlalchemy import Engine, text

from indelible.kernel import Change, OutcomeUnknown, Unavailable
from indelible_sql.engine.errors import ValueUnstorable, translate_errors
from indelible_sql.engine.session import Session
from indelible_sql.schema.tables import HISTORY, rows_by

QUESTIONS = 60
PAUSE_SECONDS = 0.25

CHANGE = rows_by(HISTORY, "lifecycle", "entity_id", "seq")
NOT_DONE: Mapping[str, bool | None] = {"aborted": False, "in progress": None}
STATUS = text("SELECT pg_xact_status(CAST(:transaction AS xid8))")


def was_committed(
    engine: Engine, lost: Session, schema: str, pause: Callable[[float], object]
) -> bool:
    """Whether the transaction was committed; OutcomeUnknown when nobody says so in time, or nobody can."""
    for _ in range(QUESTIONS if lost.changes or lost.looks else 0):
        answer = _ask(engine, lost, schema)
        if answer is not None:
            return answer
        pause(PAUSE_SECONDS)
    raise OutcomeUnknown


def _ask(engine: Engine, lost: Session, schema: str) -> bool | None:
    """True, False, or None while PostgreSQL is still at it, or does not answer."""
    try:
        with translate_errors(), engine.connect() as connection:
            status = ""
            if lost.transaction is not None:
                status = str(connection.execute(STATUS, {"transaction": lost.transaction}).scalar())
            if status in NOT_DONE:
                return NOT_DONE[status]
            # PostgreSQL forgets old transactions, and SQLite knows none: a change that is kept was committed.
            session = Session(connection, schema)
            is_kept = any(_is_kept(session, each) for each in lost.changes) or any(
                each(session) for each in lost.looks
            )
    except Unavailable:
        return None
    except (
        ValueUnstorable
    ):  # the number is "in the future": the server crashed, and kept nothing of the transaction
        return False
    if status == "committed" and not is_kept:
        # A server that crashed gives the numbers of unfinished transactions again; or a savepoint took all back.
        raise OutcomeUnknown
    return is_kept


def _is_kept(session: Session, change: Change) -> bool:
    place = {"lifecycle": change.lifecycle, "entity_id": change.entity_id, "seq": change.seq}
    found = session.first(CHANGE, place)
    return found is not None and found["hash"] == change.hash
