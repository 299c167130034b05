"""Change one byte of a stored value.

On SQLite, the byte is changed in the file; on PostgreSQL, as far as the type of the column allows.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from attrs import frozen
from sqlalchemy import Column, Table, TextClause, text
from tests.guards.lifting_sqlite import SqliteLifting, image, texts
from tests.guards.minted import HEADS_OF_TOKENS, SHOWN
from tests.guards.situation import Situation

from indelible_sql import Finding
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.atomic_write import writable_columns
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.schema.ddl import DIALECTS
from indelible_sql.tokens.tables import TOKENS, UPLOADS

Columns = Mapping[str, tuple[Table, Column[Any]]]
# No digest covers tasks and their attempts.
DIGESTED = tuple(table for table in CATALOG.tables if table not in (TASKS, TASK_ATTEMPTS))
# The columns that all heads share are tried in concepts, captures and tokens only. In the other
# heads, only their own columns are tried.
ALIKE = tuple(head for head in HEADS_OF_TOKENS if head is not TOKENS)
PLACE = ("id", "lifecycle", "version", "seq", "hash", "created_at", "updated_at")
SUPPLIED: Columns = {
    f"{table.name}.{column.name}": (table, column)
    for table in DIGESTED
    for column in writable_columns(table)
    if table not in ALIKE or column.name not in PLACE
}
MADE: Columns = {
    f"{table.name}.{column.name}": (table, column)
    for table in DIGESTED
    for column in table.columns
    if column.computed is not None and table not in ALIKE
}
# Differences that readers ignore: a small t, a comma for a point, an escape in capitals, and an
# unknown field.
FORGIVEN = ((b"T", b"t"), (b".", b","), (b"\\u001f", b"\\u001F"), (b'"params":[]', b'"paramr":[]'))
INSTANT = len("2026-01-01T00:00:00.000000+00:00")
MASKS = (1, 2, 4, 8)
NUMBERS = ("integer", "real")
RULES_OFF, RULES_ON = (f"PRAGMA ignore_check_constraints = {which}" for which in ("ON", "OFF"))


@frozen
class Flip:
    """A changed value, and the statements that change it."""

    table: str
    value: str
    statements: tuple[TextClause, ...]

    def is_named(self, findings: list[Finding], entity: str) -> bool:
        """Return whether a finding names the table and the entity, by its old or its new name."""
        found = {each.entity_id for each in findings if each.table == self.table}
        return bool(found & {entity, self.value})


def row_of(table: Table, s: Situation) -> tuple[str, str]:
    """Return the condition that selects the row to change, and the id of its entity.

    The row belongs to the middle of a history.
    """
    concept = s.reviewed.entity_id
    return {
        "lifecycle_edges": (
            "lifecycle = 'concept' AND from_state = 'REVIEW' AND action = 'edit'",
            "",
        ),
        "history": (f"lifecycle = 'concept' AND entity_id = '{concept}' AND seq = 2", concept),
        "receipts": ("key = 'order-1'", str(s.receipt["owner"])),
        "concepts": (f"id = '{concept}'", concept),
        "keys": (f"id = '{s.granted.entity_id}'", s.granted.entity_id),
        "concept_versions": (f"concept_id = '{concept}' AND version_number = 2", concept),
        "concept_warnings": (f"concept_id = '{concept}' AND version_number = 2", concept),
        "spaces": (f"id = '{s.captures.space_id}'", s.captures.space_id),
        "subspaces": (f"id = '{s.captures.part_id}'", s.captures.part_id),
        "algorithms": ("status = 'ACTIVE'", s.captures.replace.entity_id),
        "settings": (f"id = '{s.captures.choose.entity_id}'", s.captures.choose.entity_id),
        "artifacts": (f"id = '{s.captures.artifact_id}'", s.captures.artifact_id),
        "centroids": (f"id = '{s.captures.part_id}'", s.captures.part_id),
        "signals": (f"artifact_id = '{s.captures.artifact_id}'", s.captures.artifact_id),
        **{name: (f"id = '{known}'", known) for name, (known, *_) in SHOWN.items()},
    }[table.name]


def is_text(column: Column[Any]) -> bool:
    """Return whether SQLite stores the column as text."""
    return column.type.compile(dialect=DIALECTS["sqlite"]) == "TEXT"


def flipped(raw: bytes, place: int, mask: int) -> bytes:
    changed = bytearray(raw)
    changed[place] ^= mask
    return bytes(changed)


def plain_flips(raw: bytes) -> Iterator[bytes]:
    """Every small flip, from the last byte on."""
    return (flipped(raw, place, mask) for place in reversed(range(len(raw))) for mask in MASKS)


def forgiven_flips(raw: bytes) -> Iterator[bytes]:
    for old, new in FORGIVEN:
        if old in raw and (len(raw) == INSTANT or len(old) > 1):
            yield raw.replace(old, new, 1)


class FileFlips:
    """Flips of a column's value in a SQLite file."""

    def __init__(self, path: Path, table: Table, column: Column[Any], where: str) -> None:
        self._path, self._table = path, table
        self._update = f'UPDATE {table.name} SET "{column.name}" = {{}} WHERE {where}'
        with closing(sqlite3.connect(path)) as connection:
            value_query = (
                f'SELECT typeof("{column.name}"), CAST("{column.name}" AS BLOB)'
                f" FROM {table.name}"
                f" WHERE {where}"
            )
            self.kind, self._raw = connection.execute(value_query).fetchone()

    def plain(self) -> Flip:
        """The first small flip that runs into no other row."""
        return next(flip for flip in map(self._flip, self._candidates()) if self._is_taken(flip))

    def unreadable(self) -> Flip:
        """A byte that no text in UTF-8 has there."""
        return self._flip(flipped(self._raw, 0, 0x80))

    def forgiven(self) -> list[Flip]:
        """Flips that a reader takes for the old value."""
        return [self._flip(each) for each in forgiven_flips(self._raw)]

    def _candidates(self) -> Iterator[bytes]:
        if self.kind == "real":
            return (repr(float(self._raw) / 2 + mask / 64).encode() for mask in MASKS)
        if self.kind != "integer":
            return plain_flips(self._raw)
        return (str(int(self._raw) ^ mask).encode() for mask in MASKS)

    def _flip(self, new: bytes) -> Flip:
        value = new.decode(errors="replace")
        if self.kind not in NUMBERS:
            value = f"x'{new.hex()}'" if self.kind == "blob" else f"CAST(x'{new.hex()}' AS TEXT)"
        statements = (RULES_OFF, self._update.format(value), RULES_ON)
        return Flip(self._table.name, new.decode(errors="replace"), tuple(map(text, statements)))

    def _is_taken(self, flip: Flip) -> bool:
        with closing(sqlite3.connect(self._path)) as connection:
            try:
                for statement in flip.statements:
                    connection.execute(str(statement))
            except sqlite3.IntegrityError:
                return False
            return True


def in_database(url: str, table: Table, column: Column[Any], where: str) -> Flip:
    """The first small flip that PostgreSQL takes, and does not take for the old value."""
    asleep = [f"ALTER TABLE {each} DISABLE TRIGGER ALL" for each in CATALOG.tables]
    asleep += [f"ALTER TABLE {head} DROP CONSTRAINT {head.name}_times" for head in CATALOG.heads]
    asleep.append(f"ALTER TABLE {UPLOADS} DROP CONSTRAINT ipfs_upload_records_type_known")
    value_query = (
        "SELECT format_type(atttypid, atttypmod),"
        f" (SELECT {column.name}::text FROM {table} WHERE {where})"
        " FROM pg_attribute"
        f" WHERE attrelid = '{table}'::regclass AND attname = '{column.name}'"
    )
    with psycopg.connect(url) as connection:
        kind, old = connection.execute(value_query.encode()).fetchone() or ("", "")
        for each in (new.decode() for new in plain_flips(old.encode()) if new.isascii()):
            value = each.replace("'", "''")
            update = f"UPDATE {table} SET {column.name} = '{value}'::text::{kind} WHERE {where}"
            if _is_taken(connection, [*asleep, f"{update} RETURNING {column.name}::text"], old):
                statements = tuple(text(each.replace(":", "\\:")) for each in (*asleep, update))
                return Flip(table.name, each, statements)
    raise LookupError(table.name, column.name)


def _is_taken(connection: psycopg.Connection[Any], statements: list[str], old: str) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            *first, last = statements
            for each in first:
                connection.execute(each.encode())
            return connection.execute(last.encode()).fetchone() != (old,)
    except psycopg.Error:
        return False


def without_guards(source: Path, target: Path) -> Path:
    """The file without its triggers, and with generated columns that can be written."""
    triggers = {name for kind, name, _ in texts(source) if kind == "trigger"}
    made = {
        guard for guard in SqliteLifting(source, keys=False).guards if guard.endswith(" generated")
    }
    target.write_bytes(image(source, frozenset(triggers | made)))
    return target
