"""Transactions of the library, recorded row by row, and written again by raw SQL.

A tape is what the cases of the conformance suites write: legal rows of every table, in every state.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    NullPool,
    Table,
    Text,
    create_engine,
    select,
)
from sqlalchemy.event import listen, remove

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.tables import writable_columns

Row = dict[str, Any]
INSERT, UPDATE, DELETE = "insert", "update", "delete"
BEFORE: Final = "before"
# The rows that a trigger records of an event.
ROWS: Final = {
    INSERT: {INSERT: "NEW"},
    UPDATE: {BEFORE: "OLD", UPDATE: "NEW"},
    DELETE: {DELETE: "OLD"},
}
PREFIX: Final = "taped_"
NUMBER: Final = "taped_number"
TRANSACTION: Final = "taped_transaction"
EVENT: Final = "taped_event"


@frozen(eq=False)
class Write:
    """One row that a transaction inserts, updates or deletes.

    `row` is the row after it, and `before` that before an update.
    """

    table: Table
    event: str
    row: Row
    before: Row | None = None

    @property
    def assigned(self) -> list[Column[Any]]:
        """Return the columns that a statement sets."""
        columns = writable_columns(self.table)
        if self.before is None:
            return columns
        return [column for column in columns if self.before[column.name] != self.row[column.name]]


def key_names(table: Table) -> list[str]:
    """Return the names of the columns of a table's primary key."""
    return [column.name for column in table.primary_key.columns]


Transaction = Sequence[Write]
Tape = Sequence[Transaction]


def _taped(table: Table, metadata: MetaData) -> Table:
    columns = [Column(column.name, column.type) for column in table.columns]
    return Table(
        PREFIX + table.name,
        metadata,
        Column(NUMBER, Integer),
        Column(TRANSACTION, Integer),
        Column(EVENT, Text),
        *columns,
    )


TAPED: Final = {table: _taped(table, MetaData()) for table in CATALOG.tables}


def add_tape(path: Path) -> None:
    """Add triggers to a SQLite file that record each written row."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for table, taped in TAPED.items():
            names = [column.name for column in table.columns]
            columns = ", ".join((NUMBER, TRANSACTION, EVENT, *names))
            connection.execute(f"CREATE TABLE {taped.name} ({columns})")
            for event, rows in ROWS.items():
                inserts: list[str] = []
                for kind, row in rows.items():
                    values = ", ".join(f"{row}.{name}" for name in names)
                    inserts.append(
                        f"INSERT INTO {taped.name} ({columns})"
                        f" VALUES ({NUMBER}(), {TRANSACTION}(), '{kind}', {values});"
                    )
                connection.execute(
                    f"CREATE TRIGGER {taped.name}_{event} AFTER {event} ON {table.name}"
                    f" BEGIN {' '.join(inserts)} END"
                )


class Recorder:
    """Numbers the rows and the transactions that the connections of an engine write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._number = 0
        self._transaction = 0
        listen(engine, "connect", self._count)

    def stop(self) -> None:
        """Leave the engine's next connections alone."""
        remove(self._engine, "connect", self._count)

    def _count(self, connection: sqlite3.Connection, _: object) -> None:
        connection.create_function(NUMBER, 0, self._next_number)
        connection.create_function(TRANSACTION, 0, lambda: self._transaction)
        connection.set_trace_callback(self._trace)

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _trace(self, statement: str) -> None:
        if statement.startswith("BEGIN"):
            self._transaction += 1


def read_tape(path: Path) -> Tape:
    """Return the transactions that a SQLite file has recorded."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    rows: list[tuple[int, int, Table, str, Row]] = []
    with engine.connect() as connection:
        for table, taped in TAPED.items():
            for values in connection.execute(select(taped)).mappings():
                row = dict(values)
                number, transaction, event = (
                    row.pop(name) for name in (NUMBER, TRANSACTION, EVENT)
                )
                rows.append((number, transaction, table, event, row))

    transactions: dict[int, list[Write]] = {}
    before: Row | None = None
    for _, transaction, table, event, row in sorted(rows, key=lambda item: item[0]):
        if event == BEFORE:
            before = row
            continue
        transactions.setdefault(transaction, []).append(Write(table, event, row, before))
        before = None
    return [*transactions.values()]
