"""Leave out guards on SQLite: build the database again from its statements and rows."""

import re
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, QueuePool, create_engine
from sqlalchemy.sql.dml import UpdateBase
from tests.guards.guard_names import (
    TABLE_BY_NAME,
    same_columns_guard,
)
from tests.guards.lifting import with_dependent
from tests.guards.raw_database import (
    RawDatabase,
    RawSqliteDatabase,
    Statement,
    is_undone,
)
from tests.guards.switches import (
    add_function,
    switched_checks,
    switched_guards,
    switched_trigger,
)

from indelible_sql.engine.prepared import SCHEMA

TABLE_OPTIONS = ("STRICT", "WITHOUT ROWID")  # They refuse writes too.
# The ends of the names of guards that change no byte of a stored row.
TEXT_ONLY = ("_not_null", " generated", " STRICT")
CHANGE_STATEMENT = "UPDATE sqlite_master SET sql = ? WHERE name = ?"
ADD_TRIGGER = "INSERT INTO sqlite_master VALUES ('trigger', ?, ?, 0, ?)"
DELETE_TRIGGERS = "DELETE FROM sqlite_master WHERE type = 'trigger'"
TABLE_STATEMENTS = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
CACHED_STATEMENTS = 2_000  # to prepare one again is slow: SQLite compiles the triggers with it
LOCKED = "database is locked"  # says SQLite when nothing else refuses a COMMIT

SchemaObject = tuple[str, str, str, str]  # kind, name, table and statement


class SqliteLifting:
    """A SQLite file; guards are left out of a copy.

    Triggers and checks are switched off. The copy is created again when other guards are left out
    than last time, or when an attack writes to other tables. SQLite reads all triggers of a copy
    that is opened: a copy for few attacks has only those that they can fire.

    A connection that reads the copy keeps it from being changed: the COMMIT of an attack checks
    the foreign keys, and is refused because the copy is locked.
    """

    def __init__(self, source: Path, *, foreign_keys: bool) -> None:
        self._source = source
        self._foreign_keys = foreign_keys
        self._left_out: frozenset[str] = frozenset()
        self._tables: frozenset[str] | None = None
        self._switched_off: set[str] = set()
        self._folder = TemporaryDirectory(dir=source.parent)
        self._path = Path(self._folder.name, "copy.db")
        self._reader: sqlite3.Connection | None = None
        self._locked = LockedSqliteDatabase(_translated(self._open_locked))
        self._in_memory = RawSqliteDatabase(_translated(self._open_in_memory))

    @property
    def guards(self) -> Collection[str]:
        return all_guards(self._source)

    def order(self, without: Collection[str]) -> tuple[str, ...]:
        left_out = frozenset(with_dependent(without)) - switches(self._source)
        text_only = text_only_guards(self._source)
        return (*sorted(left_out - text_only), "", *sorted(left_out & text_only))

    def refusing_guard(self, statements: Sequence[Statement], without: Collection[str]) -> str:
        lifted = frozenset(with_dependent(without))
        left_out = lifted - switches(self._source)
        tables = written_tables(statements) if left_out else None
        if (left_out, tables) != (self._left_out, self._tables):
            self._dispose()
            self._left_out, self._tables = left_out, tables
        self._switched_off.clear()
        self._switched_off.update(lifted)

        database = self._locked if is_undone(statements) else self._in_memory
        guard = database.refusing_guard(statements)
        if guard in lifted:
            return same_columns_guard(guard, lifted)
        return guard

    def close(self) -> None:
        self._dispose()
        self._folder.cleanup()

    def _dispose(self) -> None:
        self._locked.engine.dispose()
        self._in_memory.engine.dispose()
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def _open_locked(self) -> sqlite3.Connection:
        """Open the copy while another connection reads it."""
        if self._reader is None:
            self._path.write_bytes(switched_image(self._source, self._left_out, self._tables))
            self._reader = sqlite3.connect(self._path, isolation_level=None)
            self._reader.execute("BEGIN")
            self._reader.execute("PRAGMA schema_version").fetchone()  # a lock, no parsed schema

        connection = sqlite3.connect(self._path, timeout=0, cached_statements=CACHED_STATEMENTS)
        connection.execute("PRAGMA journal_mode = MEMORY")
        return self._prepared(connection)

    def _open_in_memory(self) -> sqlite3.Connection:
        """Open a copy that an attack may change."""
        connection = sqlite3.connect(":memory:")
        connection.deserialize(switched_image(self._source, self._left_out, self._tables))
        return self._prepared(connection)

    def _prepared(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        add_function(connection, self._switched_off)
        connection.execute(f"PRAGMA foreign_keys = {'ON' if self._foreign_keys else 'OFF'}")
        return connection


class LockedSqliteDatabase(RawDatabase):
    """A SQLite database that another connection reads: no COMMIT succeeds, and all is undone."""

    def refusing_guard(self, statements: Sequence[Statement]) -> str:
        guard = super().refusing_guard(statements)
        if not guard:
            problem = "the copy was changed: it was not locked"
            raise AssertionError(problem)

        return "" if guard == LOCKED else guard


def _translated(creator: Callable[[], sqlite3.Connection]) -> Engine:
    """Return an engine with one connection, whose tables have no schema."""
    engine = create_engine("sqlite://", poolclass=QueuePool, creator=creator)
    return engine.execution_options(schema_translate_map={SCHEMA: None})


@cache
def schema_objects(source: Path) -> tuple[SchemaObject, ...]:
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


def image(source: Path, without: frozenset[str]) -> bytes:
    """Return the bytes of the file as they would be without some guards."""
    stored_in_rows = without - text_only_guards(source)
    with closing(_open_to_edit(source, stored_in_rows)) as connection:
        objects = schema_objects(source)
        _add_triggers(connection, [each for each in objects if each[1] not in without])
        _change_tables(connection, _tables_without_guards(objects, without))
        return connection.serialize()


def switched_image(
    source: Path, without: frozenset[str], tables: frozenset[str] | None = None
) -> bytes:
    """Return the bytes of the file without some guards; triggers and checks can be lifted.

    With `tables`, it has no triggers of other tables.
    """
    objects = _switched_objects(source)
    stored_in_rows = without - text_only_guards(source)
    editor = _switched_editor(source, stored_in_rows)
    changed = _tables_without_guards(objects, without) if without > stored_in_rows else {}
    kept = {name: sql for name, sql in editor.execute(TABLE_STATEMENTS) if name in changed}

    _change_tables(editor, changed)
    _add_triggers(editor, [each for each in objects if tables is None or each[2] in tables])
    changed_image = editor.serialize()
    _change_tables(editor, kept)
    editor.execute(DELETE_TRIGGERS)
    return changed_image


@lru_cache(maxsize=1)
def _switched_editor(source: Path, without: frozenset[str]) -> sqlite3.Connection:
    """Open a copy without triggers and without guards that are stored in rows."""
    objects = _switched_objects(source)
    editor = _open_to_edit(source, without)
    tables = {name: sql for kind, name, _, sql in objects if kind == "table"}
    _change_tables(editor, {**tables, **_tables_without_guards(objects, without)})
    return editor


@cache
def _switched_objects(source: Path) -> tuple[SchemaObject, ...]:
    """Return the objects of the file with triggers and checks that can be lifted."""
    switched: list[SchemaObject] = []
    for kind, name, table, sql in schema_objects(source):
        if kind == "trigger":
            switched.append((kind, name, table, switched_trigger(name, sql)))
        elif kind == "table":
            switched.append((kind, name, table, switched_checks(sql)))
        else:
            switched.append((kind, name, table, sql))
    return tuple(switched)


@cache
def switches(source: Path) -> frozenset[str]:
    """Return the guards that can be switched off."""
    names: set[str] = set()
    for kind, name, _, sql in schema_objects(source):
        names |= switched_guards(kind, name, sql)
    return frozenset(names)


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


def _open_to_edit(source: Path, without: frozenset[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(_stored_image(source))
    if without:
        _create_tables_again(connection, source, without)
    connection.execute("PRAGMA writable_schema = ON")
    return connection


def _add_triggers(editor: sqlite3.Connection, objects: Sequence[SchemaObject]) -> None:
    """Add triggers as text, in the order of their creation: that is the order in which they run."""
    triggers = [(name, table, sql) for kind, name, table, sql in objects if kind == "trigger"]
    editor.execute("BEGIN")
    editor.executemany(ADD_TRIGGER, triggers)
    editor.execute("COMMIT")


def _tables_without_guards(
    objects: Sequence[SchemaObject], without: Collection[str]
) -> dict[str, str]:
    """Map the tables that have some of the guards to their statements without them."""
    changed: dict[str, str] = {}
    for kind, name, _, sql in objects:
        if kind == "table" and not _guards_of(kind, name, sql).isdisjoint(without):
            changed[name] = without_guards(name, sql, without)
    return changed


def _change_tables(editor: sqlite3.Connection, statements: Mapping[str, str]) -> None:
    """Change the statements of tables whose rows are stored in the same way with them."""
    editor.execute("BEGIN")
    editor.executemany(CHANGE_STATEMENT, [(sql, name) for name, sql in statements.items()])
    editor.execute("COMMIT")


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
