"""Compare a live database with the snapshot file of a release, object by object.

The file is loaded into an empty database, and the facts of both are compared. The release may be
another one than this code: the tables, guards and functions of the file are compared too.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Any, ClassVar, Final

import psycopg
from attrs import evolve, frozen
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from indelible.kernel import Invalid
from indelible_sql.engine.errors import translate_errors
from indelible_sql.engine.session_settings import MIGRATING, change_settings
from indelible_sql.schema.additive import ADDITIVE_TABLE
from indelible_sql.schema.columns import in_schema, prefix_of, quoted
from indelible_sql.schema.migrate import (
    VERSION_TABLE,
    SchemaOutOfDate,
    current_revision,
    newest,
    owner_engine,
)
from indelible_sql.schema.partitions import (
    MIN_PARTITIONS,
    PARTITIONED,
    POSITIONS,
    complete_partitions,
    partition_history,
    partition_names,
    shape_of,
)
from indelible_sql.schema.schema_names import FactNames
from indelible_sql.schema.snapshot import facts_about
from indelible_sql.schema.tables import EDGES, HISTORY
from indelible_sql.store.kernel_store import AnySqlStore
from indelible_sql.store.owners import owner_address

MAX_FILE_BYTES: Final = 16 * 2**20
# Each statement ends with its line, and the next one begins in the first column.
END: Final = re.compile(r";(?=\n\n+[-\w])")
BEFORE_STATEMENT: Final = re.compile(r"(?:[;\s]|--[^\n]*)*")
# The load is one transaction of its own, which is rolled back.
OWN_TRANSACTION: Final = ("BEGIN", "COMMIT")
# PL/pgSQL refuses to end the transaction in the middle, and says where in the text an error is.
LOADER: Final = """
    CREATE FUNCTION {schema}.load_statement(statement text) RETURNS void LANGUAGE plpgsql
    AS 'BEGIN EXECUTE statement; END'
"""
GUARDS_ON_HISTORY: Final = text(
    "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:history) AND NOT tgisinternal"
)
SQLITE_GUARDS_ON_HISTORY: Final = text(
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"
)

KINDS: Final = (
    "column|constraint|domain|edge|function|index|inherits|key trigger|partition|rule|sequence"
    "|table|trigger|view"
)
FACT: Final = re.compile(rf"({KINDS}) (.*\S.*)", re.DOTALL)
SQLITE_NAME: Final = re.compile(r"([^\s\"]+):(?:\s|$)")
# How PostgreSQL writes the name of what a statement creates.
CREATED_NAME: Final = re.compile(r"[^\"]*\bCREATE [A-Z ]*(?:INDEX|TRIGGER|RULE) \"?([^\"\s]+)")
CREATED_KINDS: Final = ("index", "rule", "trigger")
NO_FACTS: Final = Counter[str]()
REVISION: Final = "revision"


@frozen
class SnapshotInvalid(Invalid):
    """A file is no snapshot of a schema, or one of another kind of database."""

    message: ClassVar[str] = "File {path} is no snapshot of a schema: line {line}: {problem}."
    path: str
    line: int
    problem: str


class DifferenceKind(StrEnum):
    """The ways in which the database differs from the file."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"
    DIFFERS = "differs"


@frozen
class SchemaObject:
    """A table, column, constraint, index, trigger, function or another part of a schema."""

    kind: str
    name: str


@frozen
class SchemaDifference:
    """An object of which the file and the database state different facts."""

    difference: DifferenceKind
    schema_object: SchemaObject
    expected: tuple[str, ...]
    actual: tuple[str, ...]


def differences_from(
    store: AnySqlStore, path: Path, owner_url: str | None = None
) -> list[SchemaDifference]:
    """Return each object that differs between the database and the file, in order.

    The database may be at any revision; another one than that of the file is a difference.
    On PostgreSQL the file is loaded by the owner, whose address is `owner_url`.

    Raises: OSError, SnapshotInvalid, SchemaOutOfDate for a database that is not migrated at all.
    """
    with translate_errors(), store.engines.reader.connect() as connection:
        revision = current_revision(connection, store.schema)
        if not revision:
            raise SchemaOutOfDate("nothing", newest()[0])

    with loaded_snapshot(store, path, owner_url) as (loaded, schema):
        names = _with_names_in(loaded, schema, store.schema_catalog.names.facts)
        expected_revision = current_revision(loaded, schema)
        expected_facts = facts_about(loaded, schema, names)
    with translate_errors(), store.engines.reader.connect() as connection:
        actual_facts = facts_about(connection, store.schema, names)

    expected = _by_object([*expected_facts, f"{REVISION} {expected_revision}"])
    actual = _by_object([*actual_facts, f"{REVISION} {revision}"])
    differences: list[SchemaDifference] = []
    for schema_object in sorted({*expected, *actual}, key=lambda part: (part.kind, part.name)):
        difference = _difference(
            schema_object,
            expected.get(schema_object, NO_FACTS),
            actual.get(schema_object, NO_FACTS),
        )
        if difference is not None:
            differences.append(difference)

    return differences


@contextmanager
def loaded_snapshot(
    store: AnySqlStore, path: Path, owner_url: str | None
) -> Generator[tuple[Connection, str]]:
    """Load a snapshot file into an empty database, in the shape of the store's.

    Yield the connection to it, and the schema. The database is in memory on SQLite. On PostgreSQL
    it is a new schema beside the store's, in a transaction that is rolled back: the owner may
    create a schema, and seldom a database.

    Raises: OSError, SnapshotInvalid.
    """
    file_text = _read(path)
    if store.engines.reader.dialect.name == "sqlite":
        with translate_errors(), create_engine("sqlite://").connect() as connection:
            _load_into_sqlite(connection, file_text, path)
            _check_tables(connection, store.schema, file_text, path)
            yield connection, store.schema
        return

    with translate_errors(), store.engines.reader.connect() as connection:
        shape = shape_of(connection, store.schema)
    schema = f"indelible_check_{token_hex(8)}"
    engine = owner_engine(owner_address(store, owner_url))
    with translate_errors(), engine.connect() as connection, connection.begin() as transaction:
        change_settings(connection, MIGRATING)
        _load_into_postgresql(connection, schema, file_text, path)
        _check_tables(connection, schema, file_text, path)
        if shape == PARTITIONED:  # the facts are the same for any number of partitions
            partition_history(connection, schema, MIN_PARTITIONS)
            complete_partitions(connection, schema)
        yield connection, schema
        transaction.rollback()


def _read(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        line = content.count(b"\n") + 1
        raise SnapshotInvalid(str(path), line, f"it has more than {MAX_FILE_BYTES} bytes")

    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise SnapshotInvalid(str(path), line, "it has a byte 0")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SnapshotInvalid(str(path), line, f"byte {error.start} is not UTF-8") from error


def _load_into_sqlite(connection: Connection, file_text: str, path: Path) -> None:
    database: Any = connection.connection.driver_connection
    database.isolation_level = None  # the file has a transaction of its own
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # it reaches no other file
    for line, statement in _sqlite_statements(file_text):
        try:
            database.execute(statement)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise SnapshotInvalid(str(path), line, str(error)) from error


def _sqlite_statements(file_text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with the number of its first line."""
    first_line, statement = 1, ""
    for line, line_text in enumerate(file_text.splitlines(keepends=True), 1):
        is_between = not line_text.strip() or line_text.startswith("--")
        if not statement and is_between:
            continue
        if not statement:
            first_line = line
        statement += line_text
        if ";" in line_text and sqlite3.complete_statement(statement):
            yield first_line, statement
            statement = ""
    if statement:
        yield first_line, statement


def _load_into_postgresql(connection: Connection, schema: str, file_text: str, path: Path) -> None:
    name = quoted(connection, schema)
    connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    connection.exec_driver_sql(LOADER.format(schema=name))
    for line, statement in _postgresql_statements(file_text):
        if statement.rstrip(";\n") in OWN_TRANSACTION:
            continue
        in_own_schema = in_schema(connection, schema, statement)
        try:
            connection.exec_driver_sql(f"SELECT {name}.load_statement(%s)", (in_own_schema,))
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            raise _fault_in(in_own_schema, line, error, path) from error
    connection.exec_driver_sql(f"DROP FUNCTION {name}.load_statement")


def _postgresql_statements(file_text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with the number of its first line."""
    start, line = 0, 1
    for end in (*(match.start() for match in END.finditer(file_text)), len(file_text)):
        match = BEFORE_STATEMENT.match(file_text, start)
        first = end if match is None else min(match.end(), end)
        line += file_text.count("\n", start, first)
        if first < end:
            yield line, file_text[first:end]
        line += file_text.count("\n", first, end)
        start = end


def _fault_in(statement: str, line: int, error: DBAPIError, path: Path) -> SnapshotInvalid:
    """Return the fault of a statement that begins on a line."""
    problem = str(error.orig)
    if isinstance(error.orig, psycopg.Error):
        diagnosis = error.orig.diag
        problem = diagnosis.message_primary or problem
        if diagnosis.internal_position and diagnosis.internal_query == statement:
            line += statement.count("\n", 0, int(diagnosis.internal_position) - 1)
    return SnapshotInvalid(str(path), line, problem)


def _check_tables(connection: Connection, schema: str, file_text: str, path: Path) -> None:
    """Refuse a file without the tables from which facts and the revision are read."""
    location = None if connection.dialect.name == "sqlite" else schema
    for needed in (EDGES.name, VERSION_TABLE):
        if not inspect(connection).has_table(needed, schema=location):
            last_line = len(file_text.splitlines())
            raise SnapshotInvalid(str(path), last_line, f"it ends without table {needed}")


def _with_names_in(connection: Connection, schema: str, names: FactNames) -> FactNames:
    """Return the names with those of a loaded file, which another release may have written.

    Functions of guards are found by their triggers. Which others an upgrade replaces, such as those
    of vectors where the server has pgvector, only the release of the file knows.
    """
    tables, guards = set(names.tables), set(names.guards)
    not_compared = {VERSION_TABLE, ADDITIVE_TABLE}
    prefix = prefix_of(connection, schema)
    location = schema if prefix else None
    if prefix:
        not_compared.update((POSITIONS.name, *partition_names(connection, schema)))
        history = {"history": f"{prefix}{HISTORY.name}"}
        guards.update(connection.scalars(GUARDS_ON_HISTORY, history))
    else:
        guards.update(connection.scalars(SQLITE_GUARDS_ON_HISTORY))
    tables.update(set(inspect(connection).get_table_names(schema=location)) - not_compared)

    select_lifecycles = f"SELECT DISTINCT lifecycle FROM {prefix}{EDGES.name}"
    lifecycles = connection.exec_driver_sql(select_lifecycles).scalars()
    return evolve(
        names,
        tables=tuple(tables),
        guards=tuple(guards),
        lifecycles=tuple({*names.lifecycles, *lifecycles}),
    )


def _difference(
    schema_object: SchemaObject, expected: Counter[str], actual: Counter[str]
) -> SchemaDifference | None:
    missing = tuple(sorted((expected - actual).elements()))
    unexpected = tuple(sorted((actual - expected).elements()))
    if not missing and not unexpected:
        return None

    difference = DifferenceKind.DIFFERS
    if not actual:
        difference = DifferenceKind.MISSING
    elif not expected:
        difference = DifferenceKind.UNEXPECTED
    return SchemaDifference(difference, schema_object, missing, unexpected)


def _by_object(facts: Iterable[str]) -> Mapping[SchemaObject, Counter[str]]:
    """Map each object to its facts; a domain has one for each of its rules."""
    by_object: dict[SchemaObject, Counter[str]] = {}
    for fact in facts:
        by_object.setdefault(object_of(fact), Counter()).update((fact,))

    return by_object


def object_of(fact: str) -> SchemaObject:
    """Return the object that a fact is about."""
    match = FACT.match(fact)
    if match is None:
        return SchemaObject(REVISION, "")

    kind, text = match[1], match[2]
    if kind in ("edge", "key trigger"):  # all but the last word is the name
        return SchemaObject(kind, text.rpartition(" ")[0])

    named = SQLITE_NAME.match(text)
    if named is None and kind in CREATED_KINDS:
        named = CREATED_NAME.match(text)
    if named is not None:
        return SchemaObject(kind, named[1])

    return SchemaObject(kind, text.split(maxsplit=1)[0])
