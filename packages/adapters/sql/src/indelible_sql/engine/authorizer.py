"""What a SQLite connection of ours may not be talked into."""

import sqlite3
from typing import Any

from sqlalchemy.util import await_only

REFUSED = frozenset(
    getattr(sqlite3, name)
    for name in vars(sqlite3)
    if name.startswith(("SQLITE_CREATE_", "SQLITE_DROP_", "SQLITE_ALTER_"))
    or name in ("SQLITE_ATTACH", "SQLITE_DETACH", "SQLITE_REINDEX", "SQLITE_ANALYZE")
)
ONLY_ANSWER = ("table_info", "table_xinfo")  # pragmas that change nothing, whatever their argument


def authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Whether SQLite may do it: no setting, no other file, no change of the schema."""
    is_setting = action == sqlite3.SQLITE_PRAGMA and second is not None and first not in ONLY_ANSWER
    return sqlite3.SQLITE_DENY if action in REFUSED or is_setting else sqlite3.SQLITE_OK


def install(connection: Any) -> None:
    """Put the rule on a connection, of whichever driver."""
    if isinstance(connection, sqlite3.Connection):
        connection.set_authorizer(authorize)
    else:  # aiosqlite, which runs everything in a thread of its own
        await_only(connection.driver_connection.set_authorizer(authorize))
