"""An open connection, as repositories see it."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, Select

from indelible.kernel import Change, Stale, WrongUse
from indelible_sql.columns import SCHEMA
from indelible_sql.faults import translated
from indelible_sql.together import Rows, Together, parameters

Question = Select[*tuple[Any, ...]]


class Session:
    """Runs statements on one connection until its transaction ends, and remembers the changes that were written."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self._connection = connection
        self._is_open = True
        # Given with each statement, so that a host's own connection keeps its own options.
        place = None if self.is_sqlite else schema
        self._options: dict[str, Any] = {} if place == SCHEMA else {"schema_translate_map": {SCHEMA: place}}
        self._counted = self._options | {"preserve_rowcount": True}  # an INSERT's count is dropped unless it is asked
        self.changes: list[Change] = []
        self.transaction: str | None = None  # PostgreSQL's number of the transaction, once it has written

    @property
    def connection(self) -> Connection:
        """The connection; WrongUse once the transaction has ended."""
        if not self._is_open:
            raise WrongUse("the transaction has ended")
        return self._connection

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self._connection.dialect.name == "sqlite"

    def close(self) -> None:
        """Refuse everything from now on."""
        self._is_open = False

    def rows(self, statement: Question, values: Mapping[str, Any]) -> list[RowMapping]:
        """Every row, fetched."""
        with translated():
            return list(self.connection.execute(statement, values, execution_options=self._options).mappings())

    def stream(self, statement: Question, page: int) -> Iterator[RowMapping]:
        """Every row, fetched a page at a time."""
        with translated():
            result = self.connection.execute(statement, execution_options=self._options | {"yield_per": page})
            yield from result.mappings()

    def first(self, statement: Question, values: Mapping[str, Any]) -> RowMapping | None:
        """The first row, or None."""
        with translated():
            return self.connection.execute(statement, values, execution_options=self._options).mappings().first()

    def run(self, statement: Executable, values: Mapping[str, Any]) -> int:
        """How many rows the statement touched."""
        with translated():
            return self.connection.execute(statement, values, execution_options=self._counted).rowcount

    def write(self, write: Together, change: Change, rows: Rows) -> None:
        """Move the head and add its records, or raise Stale when the head was not where the change found it."""
        values = parameters(rows)
        if not (self._in_order(write, values) if self.is_sqlite else self._fused(write, values)):
            raise Stale(change.entity_id, change.predecessor.seq)
        self.changes.append(change)

    def _in_order(self, write: Together, values: Mapping[str, Any]) -> bool:
        return all(self.run(statement, values) == 1 for statement in write.ordered)

    def _fused(self, write: Together, values: Mapping[str, Any]) -> bool:
        with translated():
            transaction = self.connection.execute(write.fused, values, execution_options=self._options).scalar()
        self.transaction = str(transaction) if transaction else self.transaction
        return transaction is not None
