"""The values that no two rows may have, in a temporary file: a table may have any number of rows.

SQLite makes the file, keeps what fits in memory, and deletes it with the connection.
"""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager

from attrs import frozen

from indelible.kernel import IndelibleError
from indelible.kernel.aggregates import Aggregate
from indelible_sql.adoption.errors import RowKeyTaken

CREATE = "CREATE TABLE taken (rule TEXT, value TEXT, row_key TEXT, PRIMARY KEY (rule, value))"
INSERT = "INSERT INTO taken VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
OWNER = "SELECT row_key FROM taken WHERE rule = ? AND value = ?"
OF_IDS = "id"  # no rule of one per parent begins with a digit or is called so


@frozen
class UniqueValues:
    """The unique values of the rows so far."""

    _connection: sqlite3.Connection

    def problems_of(self, entity: Aggregate, key: str) -> Iterator[IndelibleError]:
        """Yield the error of each value that an earlier row has, and remember the others."""
        owner = self._owner(OF_IDS, entity.id, key)
        if owner != key:
            yield RowKeyTaken(entity.id, f"row {owner}")
        for rule in entity.one_per_parent:
            parent = rule.parent_of(entity)
            if parent is not None and self._owner(rule.name, parent, key) != key:
                yield rule.error(parent)

    def _owner(self, rule: str, value: str, key: str) -> str:
        """Return the key of the row that has a value: this one, unless an earlier one has it."""
        inserted = self._connection.execute(INSERT, (rule, value, key)).rowcount
        if inserted:
            return key
        (owner,) = self._connection.execute(OWNER, (rule, value)).fetchone()
        return str(owner)


@contextmanager
def unique_values() -> Generator[UniqueValues]:
    """Yield an empty collection, which is gone after the block."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        connection.execute(CREATE)
        yield UniqueValues(connection)
