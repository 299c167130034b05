"""Leave out guards on SQLite: rebuild the database in memory from its statements and rows."""

import re
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import QueuePool, create_engine
from sqlalchemy.sql.dml import UpdateBase
from tests.guards.guard_names import TABLE_BY_NAME, same_columns_guard
from tests.guards.lifting import with_dependent
from tests.guards.raw_database import RawSqliteDatabase, Statement

from indelible_sql.schema.columns import SCHEMA

TABLE_OPTIONS = ("STRICT", "WITHOUT ROWID")  # They refuse writes too.
# The ends of the names of guards that change no byte of a stored row.
TEXT_ONLY = ("_not_null", " generated", " STRICT")
CHANGE_STATEMENT = "UPDATE sqlite_master SET sql = ? WHERE name = ?"
ADD_TRIGGER = "INSERT INTO sqlite_master VALUES ('trigger', ?, ?, 0, ?)"
DELETE_TRIGGERS = "DELETE FROM sqlite_master WHERE type = 'trigger'"


class SqliteLifting:
    """A SQLite file; guards are left out of a copy in memory.

    The copy is opened again only when other guards are left out than last time, or when an attack
    writes to other tables. SQLite reads all triggers of a copy that is opened: it has only those
    that the attack can fire.
    """

    def __init__(self, source: Path, *, foreign_keys: bool) -> None:
        self._source = source
        self._foreign_keys = foreign_keys
        self._lifted: frozenset[str] = frozenset()
        self._tables: frozenset[str] | None = None
        engine = create_engine("sqlite://", poolclass=QueuePool, creator=self._open)
        translated = engine.execution_options(schema_translate_map={SCHEMA: None})
        self._database = RawSqliteDatabase(translated)

    @property
    def guards(self) -> Collection[str]:
        return all_guards(self._source)

    def refusing_guard(self, statements: Sequence[Statement], without: Collection[str]) -> str:
        lifted = frozenset(with_dependent(without))
        tables = written_tables(statements) if lifted else None
        if (lifted, tables) != (self._lifted, self._tables):
            self.close()
            self._lifted, self._tables = lifted, tables
        guard = self._database.refusing_guard(statements)
        if guard in lifted:
            return same_columns_guard(guard, lifted)
        return guard

    def close(self) -> None:
        self._database.engine.dispose()

    def _open(self) -> sqlite3.Connection:
        """Open a copy without the lifted guards."""
        connection = sqlite3.connect(":memory:")
        connection.deserialize(image(self._source, self._lifted, self._tables))
        connection.execute(f"PRAGMA foreign_keys = {'ON' if self._foreign_keys else 'OFF'}")
        return connection


@cache
def schema_objects(source: Path) -> tuple[tuple[str, str, str, str], ...]:
    """Return kind, name, table and statement of each object, in the order of creation."""
    query = """
        SELECT type, name, tbl_name, sql
        FROM sqlite_master
        WHERE sql <> ''
        ORDER BY type <> 'table', type <> 'index', rowid
    """
    with closing(sqlite3.connect(source)) as connection:
        return tuple(connection.execute(query))


def trigger_names(source: Path) -> frozenset[str]:
    """Return the names of the triggers in the file."""
    return frozenset(name for kind, name, _, _ in schema_objects(source) if kind == "trigger")


@cache
def all_guards(source: Path) -> frozenset[str]:
    """Return the names of the guards in the file."""
    guards: list[str] = []
    for kind, name, _, sql in schema_objects(source):
        guards += _guards_of(kind, name, sql)
    return frozenset(guards)


@cache
def _rows(source: Path) -> dict[str, list[dict[str, object]]]:
    """Return the rows of each table in the file."""
    rows: dict[str, list[dict[str, object]]] = {}
    with closing(sqlite3.connect(source)) as connection:
        connection.row_factory = sqlite3.Row
        for kind, name, _, _ in schema_objects(source):
            if kind == "table":
                rows[name] = [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
    return rows


def written_tables(statements: Sequence[Statement]) -> frozenset[str] | None:
    """Return the names of the tables that the statements write to; None if they cannot be told."""
    tables: set[str] = set()
    for statement in statements:
        if not isinstance(statement, UpdateBase):
            return None
        tables.add(statement.entity_description["table"].name)
    return frozenset({*tables, *_tables_of_cascades(tables)})


def _tables_of_cascades(tables: Collection[str]) -> Iterator[str]:
    """Yield the tables whose rows, and so whose triggers, follow the rows of other tables."""
    for name, table in TABLE_BY_NAME.items():
        for key in table.foreign_key_constraints:
            if (key.ondelete or key.onupdate) and key.referred_table.name in tables:
                yield name


def image(source: Path, without: frozenset[str], tables: frozenset[str] | None = None) -> bytes:
    """Return the bytes of the file as they would be without some guards.

    With `tables`, it has no triggers of other tables.
    """
    stored_in_rows = without - text_only_guards(source)
    if not stored_in_rows:
        return _image_with_other_statements(_editor(source), source, without, tables)

    with closing(_open_to_edit(source, stored_in_rows)) as connection:
        return _image_with_other_statements(connection, source, without, tables)


@cache
def _stored_image(source: Path) -> bytes:
    """Build the file again without its triggers."""
    with closing(sqlite3.connect(":memory:")) as connection:
        _create_tables(connection, source, frozenset(_rows(source)), frozenset())
        return connection.serialize()


def _create_tables(
    connection: sqlite3.Connection, source: Path, tables: Collection[str], without: frozenset[str]
) -> None:
    """Create some tables with their rows and indexes, but without some guards."""
    for kind, name, _, sql in schema_objects(source):
        if kind == "table" and name in tables:
            connection.execute(without_guards(name, sql, without))
            _copy_rows(connection, name, _rows(source)[name])
    for kind, name, table, sql in schema_objects(source):
        if kind == "index" and table in tables and name not in without:
            connection.execute(sql)

    connection.commit()


def _create_tables_again(
    connection: sqlite3.Connection, source: Path, without: frozenset[str]
) -> None:
    """Replace the tables that have some of the guards by those without them."""
    changed: set[str] = set()
    for kind, name, table, sql in schema_objects(source):
        if kind != "trigger" and not _guards_of(kind, name, sql).isdisjoint(without):
            changed.add(table)
    for table in changed:
        connection.execute(f"DROP TABLE {table}")

    _create_tables(connection, source, changed, without)


@cache
def _editor(source: Path) -> sqlite3.Connection:
    """Open a copy with all other guards, whose statements are changed and restored many times."""
    return _open_to_edit(source, frozenset())


def _open_to_edit(source: Path, without: frozenset[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(_stored_image(source))
    if without:
        _create_tables_again(connection, source, without)
    connection.execute("PRAGMA writable_schema = ON")
    return connection


def _image_with_other_statements(
    connection: sqlite3.Connection,
    source: Path,
    without: frozenset[str],
    tables: frozenset[str] | None,
) -> bytes:
    """Change statements for one image: rows are stored in the same way without these guards.

    Triggers are added as text, in the order of their creation: that is the order in which they run.
    """
    stored: list[tuple[str, str]] = []
    connection.execute("BEGIN")
    for kind, name, table, sql in schema_objects(source):
        if kind == "table":
            changed = without_guards(name, sql, without)
            if changed != sql:
                connection.execute(CHANGE_STATEMENT, (changed, name))
                stored.append((sql, name))
        elif kind == "trigger" and name not in without and (tables is None or table in tables):
            connection.execute(ADD_TRIGGER, (name, table, sql))
    connection.execute("COMMIT")

    changed_image = connection.serialize()
    connection.execute("BEGIN")
    connection.execute(DELETE_TRIGGERS)
    connection.executemany(CHANGE_STATEMENT, stored)
    connection.execute("COMMIT")
    return changed_image


def _copy_rows(connection: sqlite3.Connection, table: str, rows: list[dict[str, object]]) -> None:
    """Insert the rows without the values of generated columns."""
    columns: list[str] = []
    for _, name, *_, hidden in connection.execute(f"PRAGMA table_xinfo({table})"):
        if hidden == 0:
            columns.append(name)

    names = ", ".join(columns)
    values = ", ".join(f":{name}" for name in columns)
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)


@cache
def _guards_of(kind: str, name: str, sql: str) -> frozenset[str]:
    """Return the guards that the statement of an object creates."""
    return frozenset(_guards_in(kind, name, sql))


def _guards_in(kind: str, name: str, sql: str) -> Iterator[str]:
    if kind == "trigger" or sql.startswith("CREATE UNIQUE INDEX"):
        yield name
    elif name in TABLE_BY_NAME:
        for line in sql.splitlines():
            yield from _guards_of_line(name, line)
        for option in TABLE_OPTIONS:
            if option in sql:
                yield f"{name} {option}"


def _guards_of_line(table: str, line: str) -> Iterator[str]:
    """Yield the guards that a line of a table's statement declares."""
    first, second, *_ = (*line.replace('"', "").split(), "", "")
    if first == "CONSTRAINT":
        yield second
    elif first == "PRIMARY":
        yield f"{table}_pkey"
    else:
        if "NOT NULL" in line:
            yield f"{table}_{first}_not_null"
        if " GENERATED ALWAYS AS " in line:
            yield f"{table}.{first} generated"


def without_guards(table: str, sql: str, without: Collection[str]) -> str:
    """Return the statement of a table without some of its guards."""
    if _guards_of("table", table, sql).isdisjoint(without):
        return sql

    head, _, rest = sql.partition("(\n")
    body, _, options = rest.rpartition("\n)")
    lines = [_line_without_guards(table, line, without) for line in re.split(r", ?\n", body)]

    # A table without rowids needs its primary key.
    primary_key = str(TABLE_BY_NAME[table].primary_key.name or f"{table}_pkey")
    if f"{table} WITHOUT ROWID" in without or primary_key in without:
        options = options.replace("WITHOUT ROWID,", "")
    if f"{table} STRICT" in without:
        options = re.sub(r",?\s*STRICT", "", options)
    return f"{head}(\n{', '.join(filter(None, lines))}\n){options}"


def _line_without_guards(table: str, line: str, without: Collection[str]) -> str:
    """Return a line of a table's statement without some guards; '' if nothing is left."""
    first = line.replace('"', "").split()[0]
    guards = set(_guards_of_line(table, line)).intersection(without)
    if guards and first in ("CONSTRAINT", "PRIMARY"):
        return ""

    if f"{table}_{first}_not_null" in guards:
        line = line.replace(" NOT NULL", "")
    if f"{table}.{first} generated" in guards:
        line = re.sub(r" GENERATED ALWAYS AS \(.*\) STORED", "", line)
    return line


@cache
def rules(source: Path) -> frozenset[str]:
    """Return every trigger, foreign key and check in the file, without keys and NOT NULL."""
    names = set(trigger_names(source))
    for kind, _, _, sql in schema_objects(source):
        if kind == "table":
            names.update(re.findall(r"(?m)^\s*CONSTRAINT (\w+) (?:FOREIGN KEY|CHECK)", sql))
    return frozenset(names)


@cache
def text_only_guards(source: Path) -> frozenset[str]:
    """Return the guards that only the statements have, not the rows and indexes of the file."""
    names = {guard for guard in all_guards(source) if guard.endswith(TEXT_ONLY)}
    return rules(source) | names
