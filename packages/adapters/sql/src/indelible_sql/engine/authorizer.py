"""The statements that a SQLite connection of ours refuses."""

import sqlite3
from typing import Any

from indelible_sql.engine.sqlalchemy_internals import await_in_greenlet


def _refused_actions() -> frozenset[int]:
    """Return SQLite's codes for changes of the schema, and for other files."""
    names = {"SQLITE_ATTACH", "SQLITE_DETACH", "SQLITE_REINDEX", "SQLITE_ANALYZE"}
    for name in vars(sqlite3):
        if name.startswith(("SQLITE_CREATE_", "SQLITE_DROP_", "SQLITE_ALTER_")):
            names.add(name)
    return frozenset(getattr(sqlite3, name) for name in names)


REFUSED_ACTIONS = _refused_actions()
READ_ONLY_PRAGMAS = ("table_info", "table_xinfo")  # they change nothing, whatever their argument


def authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Refuse a setting, another file, and a change of the schema."""
    if action in REFUSED_ACTIONS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and second is not None and first not in READ_ONLY_PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def install(connection: Any) -> None:
    """Install the authorizer on a connection of sqlite3 or aiosqlite."""
    if isinstance(connection, sqlite3.Connection):
        connection.set_authorizer(authorize)
    else:
        # aiosqlite runs everything in a thread of its own.
        await_in_greenlet(connection.driver_connection.set_authorizer(authorize))
