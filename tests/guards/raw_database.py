"""Raw connections to one database, which tell the guard that refuses an attack."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    Insert,
    NullPool,
    Pool,
    QueuePool,
    create_engine,
)
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase
from tests.guards.guard_names import REFUSALS, UNNAMED_FOREIGN_KEY, guard_of

from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA

Statement = Executable | Callable[[Connection], object]


class RawDatabase:
    """One database, reached with one kind of connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def refusing_guard(self, statements: Sequence[Statement]) -> str:
        """Return the guard that refuses the transaction or its COMMIT; '' if it is committed."""
        try:
            with self.engine.begin() as connection:
                run(connection, statements)
        except REFUSALS as error:
            guard = guard_of(error)
        else:
            return ""

        if guard == UNNAMED_FOREIGN_KEY:
            return broken_foreign_key(self.engine, statements)

        return guard


class RawSqliteDatabase(RawDatabase):
    """A SQLite database on one connection, since each new one parses the whole schema.

    The connection is closed after each attack that its rollback may not undo.
    """

    def refusing_guard(self, statements: Sequence[Statement]) -> str:
        guard = super().refusing_guard(statements)
        if not guard or not is_undone(statements):
            self.engine.dispose()
        return guard


class RawSqliteFile(RawSqliteDatabase):
    """A SQLite file that is restored whenever an attack succeeds."""

    def __init__(self, path: Path, *, foreign_keys: bool) -> None:
        url = f"sqlite:///{path}"
        super().__init__(sqlite_engine(url, foreign_keys=foreign_keys, pool=QueuePool))
        self._path = path
        self._bytes = path.read_bytes()

    def refusing_guard(self, statements: Sequence[Statement]) -> str:
        guard = super().refusing_guard(statements)
        if not guard:
            self._path.write_bytes(self._bytes)
        return guard


class RawPostgresDatabase(RawDatabase):
    """A PostgreSQL database in which only refused attacks reach their COMMIT.

    An attack that is refused by a statement has no COMMIT, and is not repeated for one.
    """

    def refusing_guard(self, statements: Sequence[Statement]) -> str:
        with self.engine.connect() as connection:
            try:
                run(connection, statements)
            except REFUSALS as error:
                return guard_of(error)

            try:
                check_deferred_keys(connection)
            except REFUSALS:
                connection.rollback()
            else:
                return ""

        return super().refusing_guard(statements)


def run(connection: Connection, statements: Sequence[Statement]) -> None:
    """Run the statements in order."""
    for statement in statements:
        if isinstance(statement, Insert):
            # Its result is not read: no value of Python may stand for what was written.
            connection.execute(statement.inline())
        elif isinstance(statement, Executable):
            connection.execute(statement)
        else:
            statement(connection)


def is_undone(statements: Sequence[Statement]) -> bool:
    """Return whether a rollback undoes the statements: a text may be a PRAGMA, or TEMP objects.

    The driver of SQLite begins no transaction before these.
    """
    return all(isinstance(statement, UpdateBase) for statement in statements)


def check_deferred_keys(connection: Connection) -> None:
    """Make PostgreSQL check now what it would check at the COMMIT."""
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")


def broken_foreign_key(engine: Engine, statements: Sequence[Statement]) -> str:
    """Return the name of the foreign key of SQLite that refuses the statements.

    SQLite does not name it: run the statements without foreign keys, and list the broken ones.
    The connection has foreign keys again afterwards.
    """
    if not is_undone(statements):
        engine.dispose()
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN")
        with suppress(DBAPIError):  # Another guard may refuse a later statement.
            run(connection, statements)

        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        names = [_key_name(connection, table, number) for table, _, _, number in broken]
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")

    if names:
        return min(names)

    # A row that a RESTRICT key refers to may not be replaced, not even by an equal one.
    (restricting,) = _restricting_keys()
    return restricting


def _restricting_keys() -> Iterator[str]:
    for table in CATALOG.tables:
        for key in table.foreign_key_constraints:
            if key.ondelete == "RESTRICT":
                yield str(key.name)


def _key_name(connection: Connection, table: str, number: int) -> str:
    """Return the name of a SQLite table's foreign key, which only the table's text has."""
    key_list = connection.exec_driver_sql(f"PRAGMA foreign_key_list({table})").mappings()
    rows = sorted(key_list, key=lambda row: int(row["seq"]))
    columns = [str(row["from"]) for row in rows if row["id"] == number]

    table_query = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    sql: str = connection.exec_driver_sql(table_query, (table,)).scalar_one()
    names: list[str] = re.findall(rf"CONSTRAINT (\w+) FOREIGN KEY ?\({', '.join(columns)}\)", sql)
    return names[0]


def postgresql_engine(url: str) -> Engine:
    """Return an engine with one connection."""
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), pool_size=1, max_overflow=0
    )
    return engine.execution_options(schema_translate_map={SCHEMA: SCHEMA})


def sqlite_engine(url: str, *, foreign_keys: bool, pool: type[Pool] = NullPool) -> Engine:
    """Return an engine of default connections, which do not check foreign keys unless told to."""
    engine = create_engine(url, poolclass=pool)
    if foreign_keys:
        listen(engine, "connect", _enable_foreign_keys)
    return engine.execution_options(schema_translate_map={SCHEMA: None})


def _enable_foreign_keys(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
