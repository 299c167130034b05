"""Change one byte of a stored value.

On SQLite, the byte is changed in the file; on PostgreSQL, as far as the type of the column allows.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from attrs import frozen
from sqlalchemy import Column, Table, TextClause, text

MASKS = (1, 2, 4, 8)
NUMBERS = ("integer", "real")
CHECKS_OFF = "PRAGMA ignore_check_constraints = ON"
CHECKS_ON = "PRAGMA ignore_check_constraints = OFF"


@frozen
class Flip:
    """A changed value, and the statements that change it."""

    table: str
    value: str
    statements: tuple[TextClause, ...]


def flip_bits(value: bytes, index: int, mask: int) -> bytes:
    """Return the bytes with some bits of one byte inverted."""
    changed = bytearray(value)
    changed[index] ^= mask
    return bytes(changed)


def small_flips(value: bytes) -> Iterator[bytes]:
    """Yield the bytes with one low bit inverted, from the last byte on."""
    for index in reversed(range(len(value))):
        for mask in MASKS:
            yield flip_bits(value, index, mask)


class FileFlips:
    """Flips of a column's value in a SQLite file."""

    def __init__(self, path: Path, table: Table, column: Column[Any], where: str) -> None:
        self._path = path
        self._table = table
        self._update = f'UPDATE {table.name} SET "{column.name}" = {{}} WHERE {where}'
        value_query = (
            f'SELECT typeof("{column.name}"), CAST("{column.name}" AS BLOB)'
            f" FROM {table.name}"
            f" WHERE {where}"
        )
        with closing(sqlite3.connect(path)) as connection:
            self.kind, self._value = connection.execute(value_query).fetchone()

    def small(self) -> Flip:
        """Return the first small flip that breaks no key."""
        for value in self._candidates():
            flip = self._flip(value)
            if self._is_accepted(flip):
                return flip

        raise LookupError(self._update)

    def _candidates(self) -> Iterator[bytes]:
        if self.kind == "real":
            for mask in MASKS:
                yield repr(float(self._value) / 2 + mask / 64).encode()
        elif self.kind == "integer":
            for mask in MASKS:
                yield str(int(self._value) ^ mask).encode()
        else:
            yield from small_flips(self._value)

    def _flip(self, value: bytes) -> Flip:
        """Return the flip to a value, whatever the checks of the table say."""
        shown_value = value.decode(errors="replace")
        if self.kind in NUMBERS:
            literal = shown_value
        elif self.kind == "blob":
            literal = f"x'{value.hex()}'"
        else:
            literal = f"CAST(x'{value.hex()}' AS TEXT)"

        statements = (CHECKS_OFF, self._update.format(literal), CHECKS_ON)
        return Flip(
            self._table.name, shown_value, tuple(_text(statement) for statement in statements)
        )

    def _is_accepted(self, flip: Flip) -> bool:
        with closing(sqlite3.connect(self._path)) as connection:
            try:
                for statement in flip.statements:
                    connection.execute(str(statement))
            except sqlite3.IntegrityError:
                return False
            return True


def database_flip(url: str, table: Table, column: Column[Any], where: str) -> Flip:
    """Return the first small flip that PostgreSQL accepts and stores as another value.

    The database is one whose guards were dropped.
    """
    value_query = (
        "SELECT format_type(atttypid, atttypmod),"
        f" (SELECT {column.name}::text FROM {table} WHERE {where})"
        " FROM pg_attribute"
        f" WHERE attrelid = '{table}'::regclass AND attname = '{column.name}'"
    )

    with psycopg.connect(url) as connection:
        sql_type, stored_value = connection.execute(value_query.encode()).fetchone() or ("", "")
        for flipped in small_flips(stored_value.encode()):
            if not flipped.isascii():
                continue

            value = flipped.decode()
            quoted = value.replace("'", "''")
            update = (
                f"UPDATE {table} SET {column.name} = '{quoted}'::text::{sql_type} WHERE {where}"
            )
            returning = f"{update} RETURNING {column.name}::text"
            if _changes(connection, returning, stored_value):
                return Flip(table.name, value, (_text(update),))

    raise LookupError(table.name, column.name)


def _changes(connection: psycopg.Connection[Any], statement: str, stored_value: str) -> bool:
    """Return whether the statement is accepted and returns another value."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement.encode()).fetchone() != (stored_value,)
    except psycopg.Error:
        return False


def _text(statement: str) -> TextClause:
    """Return a statement for SQLAlchemy, which would read a colon as the start of a parameter."""
    return text(statement.replace(":", "\\:"))
