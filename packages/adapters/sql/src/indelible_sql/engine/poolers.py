"""Keep no prepared statement where a pooler stands before PostgreSQL.

A pooler in transaction mode gives each transaction another session of the server. There another
client may have prepared another statement under the name of ours, and would have it executed.
"""

from contextlib import closing
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.event import listen

SESSION: Final = "pg_backend_pid()"  # the number of the server's session


def check_session(driver: Any, session: int) -> None:
    """Let a connection of psycopg prepare no statement if its session is not the server's own.

    A server tells its client the number of the session when it is connected. A pooler tells another
    one, since it has no session for the client yet.
    """
    if driver.info.backend_pid != session:
        driver.prepare_threshold = None


def watch_for_poolers(engine: Engine) -> None:
    """Ask each new connection of an engine for its session, which costs one wait."""
    listen(engine, "connect", _ask)


def _ask(connection: Any, record: Any) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"SELECT {SESSION}")
        (session,) = cursor.fetchone()
    check_session(record.driver_connection, session)
