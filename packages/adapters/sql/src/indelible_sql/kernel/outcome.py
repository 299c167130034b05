"""Look up whether a transaction was committed when the reply to its COMMIT was lost."""

from collections.abc import Callable
from time import monotonic

from sqlalchemy import Connection, Engine, Text, text

from indelible.kernel import Change, OutcomeUnknown, Unavailable
from indelible_sql.engine.collecting import TRANSACTION_NUMBER
from indelible_sql.engine.errors import ValueUnstorable, translate_errors
from indelible_sql.engine.session import Session
from indelible_sql.engine.standbys import wait_for_standbys
from indelible_sql.schema.tables import HISTORY, rows_by

MAX_LOOKUPS = 60
PAUSE_SECONDS = 0.25
MAX_SECONDS = 20  # a look-up of a server that hangs takes until the limit of a connection

CHANGE = rows_by(HISTORY, "lifecycle", "entity_id", "seq")
NUMBER = text(TRANSACTION_NUMBER).columns(txid=Text())
STATUS = text("SELECT pg_xact_status(CAST(:transaction AS xid8))")
IN_RECOVERY = text("SELECT pg_is_in_recovery()")


def assign_number(session: Session) -> None:
    """Let a transaction on PostgreSQL have a number, by which a lost reply to COMMIT is looked up.

    A change that is sent brings it. A transaction that has written nothing that can be looked up
    needs none.

    Raises: UsageError where a statement has failed, or the transaction has ended.
    """
    if not _can_be_looked_up(session):
        return
    session.check_complete()
    session.send_collected()
    if session.transaction is None:
        (row,) = session.rows_at_once(NUMBER, {})
        session.transaction = row["txid"]


def _can_be_looked_up(session: Session) -> bool:
    return bool(session.changes or session.commit_checks)


def was_committed(
    engine: Engine, lost: Session, schema: str, pause: Callable[[float], object]
) -> bool:
    """Return whether the transaction was committed.

    Raises OutcomeUnknown when the database does not say so in time, or cannot.
    """
    if not _can_be_looked_up(lost):
        raise OutcomeUnknown

    deadline = monotonic() + MAX_SECONDS
    for _ in range(MAX_LOOKUPS):
        outcome = _look_up(engine, lost, schema)
        if outcome is not None:
            return outcome
        if monotonic() > deadline:
            break
        pause(PAUSE_SECONDS)
    raise OutcomeUnknown


def _look_up(engine: Engine, lost: Session, schema: str) -> bool | None:
    """Return the outcome, or None while it is not known yet.

    It is not known while the transaction is in progress, while no server answers, while the server
    is in recovery (a standby may have received a COMMIT that it has not replayed), and while the
    synchronous standbys have not confirmed a COMMIT that the server shows.
    """
    try:
        with translate_errors(), engine.connect() as connection:
            if _is_in_recovery(connection):
                return None
            status = _status(connection, lost)
            if status == "aborted":
                return False
            if status == "in progress":
                return None
            # PostgreSQL forgets old transactions, and SQLite has no numbers of them: a change that
            # is in the database was committed.
            session = Session(connection, schema)
            is_stored = _has_any(session, lost)
            if is_stored:
                wait_for_standbys(session)
                connection.commit()
    except Unavailable:
        return None
    except ValueUnstorable:
        # The number is "in the future": the server crashed and kept nothing of the transaction.
        return False

    if status == "committed" and not is_stored:
        # A server that crashed reuses the numbers of unfinished transactions, or a savepoint took
        # everything back.
        raise OutcomeUnknown
    return is_stored


def _is_in_recovery(connection: Connection) -> bool:
    """Return whether the server is a standby that has not been promoted; SQLite has none."""
    if connection.dialect.name == "sqlite":
        return False
    return bool(connection.execute(IN_RECOVERY).scalar())


def _status(connection: Connection, lost: Session) -> str:
    """Return what PostgreSQL says of the transaction, '' on SQLite, which has no numbers."""
    if connection.dialect.name == "sqlite":
        return ""
    return str(connection.execute(STATUS, {"transaction": lost.transaction}).scalar())


def _has_any(session: Session, lost: Session) -> bool:
    for change in lost.changes:
        if _has_change(session, change):
            return True
    return any(is_committed(session) for is_committed in lost.commit_checks)


def _has_change(session: Session, change: Change) -> bool:
    values = {
        "lifecycle": change.lifecycle,
        "entity_id": change.entity_id,
        "seq": change.seq,
    }
    row = session.first(CHANGE, values)
    return row is not None and row["hash"] == change.hash
