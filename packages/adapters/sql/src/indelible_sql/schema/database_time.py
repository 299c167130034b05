"""The time of the database, as statements and guards read it: no other module names its clock.

Each database has one function of time. SQLite's is `strftime`, which a connection may replace by a
function of that name. PostgreSQL's is `database_time`, which its owner may replace.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from sqlalchemy import Boolean, select

from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.columns import INSTANT
from indelible_sql.schema.expressions import DialectExpression
from indelible_sql.schema.feed import TRANSLATED_SCHEMA

DATABASE_TIME: Final = "database_time"
# The time of a statement is the same in the statement and in the guards that it fires. After a wait
# for a lock it is from before the wait, so that a statement that has waited reads the clock.
# PostgreSQL puts the body in place of each call: it costs nothing, and an index can still be used.
DATABASE_TIME_FUNCTION: Final = f"""
CREATE FUNCTION {SCHEMA}.{DATABASE_TIME}(has_waited boolean) RETURNS timestamptz LANGUAGE sql
PARALLEL SAFE AS $$
  SELECT CASE
    WHEN has_waited THEN pg_catalog.clock_timestamp()
    ELSE pg_catalog.statement_timestamp()
  END
$$
""".strip()

# SQLite's has milliseconds.
SQLITE_FORMAT: Final = "'%Y-%m-%dT%H:%M:%f000+00:00'"
SQLITE_NOW_FORMAT: Final = f"{SQLITE_FORMAT}, 'now'"
# The most by which the clock of a process may be ahead of the database.
MAX_AHEAD_SECONDS: Final = 86_400


def database_now(dialect: str, prefix: str = f"{SCHEMA}.") -> str:
    """Return the database's time; `prefix` qualifies PostgreSQL's function, as in a guard."""
    if dialect == "sqlite":
        return f"strftime({SQLITE_NOW_FORMAT})"

    return f"{prefix}{DATABASE_TIME}(false)"


def seconds_ahead(seconds: int, dialect: str) -> str:
    """Return the database's time so many seconds from now, in a guard."""
    if dialect == "sqlite":
        return f"strftime({SQLITE_NOW_FORMAT}, '+{seconds} seconds')"

    return f"{database_now(dialect)} + interval '{seconds} seconds'"


def seconds_ago(seconds: str, dialect: str, prefix: str = f"{SCHEMA}.") -> str:
    """Return the database's time before now, by a number of seconds that is an expression."""
    if dialect == "sqlite":
        return f"strftime({SQLITE_NOW_FORMAT}, '-' || {seconds} || ' seconds')"

    return f"{database_now(dialect, prefix)} - make_interval(secs => {seconds})"


def seconds_after(time: str, seconds: int, dialect: str) -> str:
    """Return the time so many seconds after another one, which is an expression."""
    if dialect == "sqlite":
        return f"strftime({SQLITE_FORMAT}, {time}, '+{seconds} seconds')"

    return f"{time} + interval '{seconds} seconds'"


IN_STATEMENTS: Final = f"{TRANSLATED_SCHEMA}."  # the prefix of PostgreSQL's function in statements
STATEMENT_NOW: Final[Mapping[str, str]] = {
    dialect: database_now(dialect, IN_STATEMENTS) for dialect in ("sqlite", "postgresql")
}
# PostgreSQL's time for a statement that has waited for a lock.
NOW_AFTER_LOCK: Final = f"{IN_STATEMENTS}{DATABASE_TIME}(true)"


class DatabaseNow(DialectExpression):
    """The database's time, which the guards compare."""

    type = INSTANT
    inherit_cache = True
    templates: ClassVar = STATEMENT_NOW


class IsStandby(DialectExpression):
    """The database is a standby: its time is that of another machine than its primary's."""

    type = Boolean()
    inherit_cache = True
    templates: ClassVar = {"sqlite": "FALSE", "postgresql": "pg_is_in_recovery()"}


READ_TIME: Final = select(DatabaseNow().label("now"))
