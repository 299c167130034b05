"""Reads of a query whose caller is checked by another query."""

from functools import partial
from typing import Any

from indelible.kernel.checked_queries import C, CheckedQuery, R
from indelible.kernel.settings import Config
from indelible_sql.engine.checked import CheckedSession, ReadTogether
from indelible_sql.engine.pools import end_check, end_read, release
from indelible_sql.store.database import Database


def read_checked(database: Database[Any, Any], checked: CheckedQuery[Any, C, R]) -> R:
    """Return the result of the query once its check is accepted, in one round trip if possible.

    Two round trips are needed where the store has no pipelines or one of both sends no statement,
    and where a standby may answer the query: the primary answers the check.
    """
    session = database.sessions.get()
    may_leave_primary = session is not None and session.is_reading
    kind = database.session_kinds.checked
    together = None
    if kind is not None and not may_leave_primary:
        together = _read_both(database, kind, checked)
    if together is not None:
        checked.accept(together.checked)
        return together.result()

    token = database.sessions.set(None)
    try:
        checked.accept(database.read(checked.check))
    finally:
        database.sessions.reset(token)
    return database.read(checked.query)


def _read_both(
    database: Database[Any, Any], kind: type[CheckedSession], checked: CheckedQuery[Any, C, R]
) -> ReadTogether[C, R] | None:
    """Return the result of the check and that of the query, None where nothing was sent."""
    connection = database.check_out(database.engines.reader)
    try:
        standby_session = database.sessions.get()
        if standby_session is not None:
            standby_session.check_primary(connection)
        end_check(connection)
        session = kind(connection, database.schema, begins=False)
        tx = database.reading(session, database.catalog, database.policy, Config(database.config))
        try:
            both = session.read_both(partial(checked.check, tx), partial(checked.query, tx))
        finally:
            session.close()
        end_read(connection)
    finally:
        release(connection)
    return both
