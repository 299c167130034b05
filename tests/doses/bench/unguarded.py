"""The same rows in tables without guards: no trigger, foreign key or check, only primary keys."""

import sqlite3
from datetime import timedelta
from typing import Any, Final

import psycopg
from tests.doses.bench.rounds import Way
from tests.doses.bench.statements import EditValues, Statements, columns_of

from indelible.concepts import ConceptSaved

MICROSECOND: Final = timedelta(microseconds=1)
FIRST_HASH: Final = "0" * 64
PRIMARY_KEYS: Final = {
    "concepts": "id",
    "concept_versions": "concept_id, version_number",
    "concept_warnings": "concept_id, version_number",
    "history": "entity_id, seq",
}
# Cast domains to their own types; generated columns serve the guards and are left out.
PLAIN_COLUMNS: Final = """
SELECT string_agg(
    format('%%I::%%s AS %%I', column_name, data_type, column_name), ', '
    ORDER BY ordinal_position)
FROM information_schema.columns
WHERE table_schema = 'indelible'
  AND table_name = %s
  AND is_generated = 'NEVER'
"""
HISTORY_DEFAULTS: Final = (
    """
    ALTER TABLE unguarded.history
        ALTER position SET NOT NULL,
        ALTER txid SET DEFAULT pg_current_xact_id()
    """,
    """
    ALTER TABLE unguarded.history
        ALTER position ADD GENERATED ALWAYS AS IDENTITY (START WITH 1000000)
    """,
    "ANALYZE",
)


def unguarded_postgresql(
    owner: psycopg.Connection[Any], statements: Statements, own: ConceptSaved
) -> Way:
    """Return a way that sends one statement without a transaction; nothing is read before."""
    owner.execute("CREATE SCHEMA unguarded")
    for table, key in PRIMARY_KEYS.items():
        row = owner.execute(PLAIN_COLUMNS.encode(), (table,)).fetchone()
        assert row is not None
        query = f"SELECT {row[0]} FROM indelible.{table}"
        owner.execute(f"CREATE TABLE unguarded.{table} AS {query}".encode())
        owner.execute(f"ALTER TABLE unguarded.{table} ADD PRIMARY KEY ({key})".encode())
    for statement in HISTORY_DEFAULTS:
        owner.execute(statement.encode())

    return _edit_on_postgresql(owner, statements, own)


def _edit_on_postgresql(
    owner: psycopg.Connection[Any], statements: Statements, own: ConceptSaved
) -> Way:
    (write,) = statements.writes
    text = write.text.replace("indelible.", "unguarded.").encode()
    values = EditValues.for_psycopg(statements, own)
    cursor = owner.cursor()
    last_hash, edits = FIRST_HASH, 0

    def count_changes() -> int:
        query = "SELECT count(*) FROM unguarded.history WHERE entity_id = %s"
        row = owner.execute(query, (own.concept.id,)).fetchone()
        return int(row[0]) if row else 0

    def edit() -> None:
        nonlocal last_hash, edits
        seq = own.seq + edits
        edits += 1
        now = own.concept.updated_at + edits * MICROSECOND
        write_values = {**write.values, **values.next(seq, seq, last_hash, now)}
        assert cursor.execute(text, write_values, prepare=True).fetchone() is not None
        last_hash = write_values["history_hash"]

    return Way(edit, count_changes)


def unguarded_sqlite(
    plain: sqlite3.Connection,
    guarded: sqlite3.Connection,
    statements: Statements,
    own: ConceptSaved,
) -> Way:
    """Return a way that sends the statements in order, in one transaction."""
    plain.execute("BEGIN")
    for table, key in PRIMARY_KEYS.items():
        _copy_table(plain, guarded, table, key)
    plain.execute("COMMIT")

    return _edit_on_sqlite(plain, statements, own)


def _copy_table(
    plain: sqlite3.Connection, guarded: sqlite3.Connection, table: str, key: str
) -> None:
    names: list[str] = []
    definitions: list[str] = []
    for _, name, kind, *_ in guarded.execute(f"PRAGMA table_info({table})"):
        names.append(name)
        # The position of a change in history is its rowid.
        definitions.append(f"{name} {'INTEGER PRIMARY KEY' if name == 'position' else kind}")

    if table == "history":
        definitions.append(f"UNIQUE ({key})")
        options = "STRICT"
    else:
        definitions.append(f"PRIMARY KEY ({key})")
        options = "STRICT, WITHOUT ROWID"
    plain.execute(f"CREATE TABLE {table} ({', '.join(definitions)}) {options}")

    marks = ", ".join("?" * len(names))
    rows = guarded.execute(f"SELECT {', '.join(names)} FROM {table}")
    plain.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _edit_on_sqlite(
    connection: sqlite3.Connection, statements: Statements, own: ConceptSaved
) -> Way:
    columns = [columns_of(write.text) for write in statements.writes]
    values = EditValues.for_sqlite3(statements, own)
    last_hash, edits = FIRST_HASH, 0

    def count_changes() -> int:
        query = "SELECT count(*) FROM history WHERE entity_id = ?"
        return int(connection.execute(query, (own.concept.id,)).fetchone()[0])

    def edit() -> None:
        nonlocal last_hash, edits
        seq = own.seq + edits
        edits += 1
        now = own.concept.updated_at + edits * MICROSECOND
        changed = values.next(seq, seq, last_hash, now)
        connection.execute("BEGIN IMMEDIATE")
        for write, names in zip(statements.writes, columns, strict=True):
            write_values = write.values_with(names, changed)
            assert connection.execute(write.text, write_values).rowcount == 1
        connection.execute("COMMIT")
        last_hash = changed["history_hash"]

    return Way(edit, count_changes)
