"""The same rows in tables without a guard: no trigger, no foreign key, no check, plain types, primary keys alone."""

import sqlite3
from datetime import timedelta
from typing import Any, Final

import psycopg
from tests.bench.rounds import Way
from tests.bench.statements import Edited, Statements, columns_of

from indelible.concepts import ConceptSaved

KEYS: Final = {
    "concepts": "id",
    "concept_versions": "concept_id, version_number",
    "concept_warnings": "concept_id, version_number",
    "history": "entity_id, seq",
}
# A column's own type, where the guarded one is a domain; what the database makes of other columns serves the guards.
PLAIN: Final = """
SELECT string_agg(format('%%I::%%s AS %%I', column_name, data_type, column_name), ', ' ORDER BY ordinal_position)
FROM information_schema.columns
WHERE table_schema = 'indelible' AND table_name = %s AND is_generated = 'NEVER'
"""
MADE: Final = (
    "ALTER TABLE unguarded.history ALTER position SET NOT NULL, ALTER txid SET DEFAULT pg_current_xact_id()",
    "ALTER TABLE unguarded.history ALTER position ADD GENERATED ALWAYS AS IDENTITY (START WITH 1000000)",
    "ANALYZE",
)


def unguarded_postgresql(
    owner: psycopg.Connection[Any], statements: Statements, mine: ConceptSaved
) -> Way:
    """One statement and no transaction around it: whoever sends it knows the seq, and nothing is asked before."""
    owner.execute("CREATE SCHEMA unguarded")
    for table, key in KEYS.items():
        found = owner.execute(PLAIN.encode(), (table,)).fetchone()
        assert found is not None
        owner.execute(
            f"CREATE TABLE unguarded.{table} AS SELECT {found[0]} FROM indelible.{table}".encode()
        )
        owner.execute(f"ALTER TABLE unguarded.{table} ADD PRIMARY KEY ({key})".encode())
    for statement in MADE:
        owner.execute(statement.encode())
    (write,) = statements.writes
    own = Edited.by_psycopg(statements, mine)
    return _sending(
        owner, write.text.replace("indelible.", "unguarded."), dict(write.values), own, mine
    )


def _sending(
    owner: psycopg.Connection[Any],
    text: str,
    usual: dict[str, Any],
    own: Edited,
    mine: ConceptSaved,
) -> Way:
    cursor, number, concept, last = owner.cursor(), [0], mine.concept, ["0" * 64]

    def done() -> int:
        found = owner.execute(
            "SELECT count(*) FROM unguarded.history WHERE entity_id = %s", (concept.id,)
        ).fetchone()
        return int(found[0]) if found else 0

    def once() -> None:
        number[0] += 1
        seq = mine.seq + number[0] - 1
        at = concept.updated_at + timedelta(microseconds=number[0])
        values = {**usual, **own.following(seq, seq, last[0], at)}
        assert cursor.execute(text.encode(), values, prepare=True).fetchone() is not None
        last[0] = values["history_hash"]

    return Way(once, done)


def unguarded_sqlite(
    plain: sqlite3.Connection,
    guarded: sqlite3.Connection,
    statements: Statements,
    mine: ConceptSaved,
) -> Way:
    """The statements in order, in one transaction: SQLite has no statement that writes to several tables."""
    plain.execute("BEGIN")
    for table, key in KEYS.items():
        columns = [
            (name, kind) for _, name, kind, *_ in guarded.execute(f"PRAGMA table_info({table})")
        ]
        types = ", ".join(
            f"{name} {'INTEGER PRIMARY KEY' if name == 'position' else kind}"
            for name, kind in columns
        )
        has_rowid = table == "history"  # by its position, which is its row's own number
        rest = (
            f"UNIQUE ({key})) STRICT"
            if has_rowid
            else f"PRIMARY KEY ({key})) STRICT, WITHOUT ROWID"
        )
        plain.execute(f"CREATE TABLE {table} ({types}, {rest}")
        names, marks = ", ".join(name for name, _ in columns), ", ".join("?" for _ in columns)
        plain.executemany(
            f"INSERT INTO {table} VALUES ({marks})", guarded.execute(f"SELECT {names} FROM {table}")
        )
    plain.execute("COMMIT")
    return _sending_in_order(plain, statements, mine)


def _sending_in_order(
    connection: sqlite3.Connection, statements: Statements, mine: ConceptSaved
) -> Way:
    columns, number, concept = (
        [columns_of(each.text) for each in statements.writes],
        [0],
        mine.concept,
    )
    own, last = Edited.by_sqlite3(statements, mine), ["0" * 64]

    def done() -> int:
        counted = connection.execute(
            "SELECT count(*) FROM history WHERE entity_id = ?", (concept.id,)
        )
        return int(counted.fetchone()[0])

    def once() -> None:
        number[0] += 1
        seq = mine.seq + number[0] - 1
        changed = own.following(
            seq, seq, last[0], concept.updated_at + timedelta(microseconds=number[0])
        )
        connection.execute("BEGIN IMMEDIATE")
        for write, names in zip(statements.writes, columns, strict=True):
            values = [changed.get(name, old) for name, old in zip(names, write.values, strict=True)]
            assert connection.execute(write.text, values).rowcount == 1
        connection.execute("COMMIT")
        last[0] = changed["history_hash"]

    return Way(once, done)
