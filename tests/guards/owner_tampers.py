"""Generated writes of a database's owner, without any guard, which verify must find."""

from collections import Counter
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from attrs import define, field, frozen
from sqlalchemy import Column, Connection, Table, and_, delete, select, text, update
from sqlalchemy.exc import DBAPIError
from tests.guards.accepted import OPERATIONAL
from tests.guards.raw import Raw
from tests.guards.values import UNUSED

from indelible.kernel.seals import SealReference
from indelible_sql.captures.tables import ARTIFACTS, SIGNALS
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.engine.session import Session
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS
from indelible_sql.maintenance.head_rows import head_row, shown_record_columns
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.tables import HISTORY, writable_columns

TABLES = tuple(table for table in CATALOG.tables if table.name not in OPERATIONAL)
MAX_TRIES = 50
Row = dict[str, Any]


class WithoutEffect(Exception):
    """A tamper that would change nothing."""


@frozen
class Tampering:
    """The connection of an owner, and the source of its choices."""

    connection: Connection
    random: Random

    def rows(self, table: Table, *conditions: Any) -> list[Row]:  # noqa: ANN401 - of SQLAlchemy
        """Return the rows of a table in a fixed order."""
        statement = select(table).where(*conditions)
        return sorted((dict(row) for row in self._mappings(statement)), key=repr)

    def row(self, table: Table, *conditions: Any) -> Row:  # noqa: ANN401 - of SQLAlchemy
        """Return one of the rows of a table."""
        rows = self.rows(table, *conditions)
        if not rows:
            raise WithoutEffect
        return self.random.choice(rows)

    def remove(self, table: Table, *conditions: Any) -> None:  # noqa: ANN401 - of SQLAlchemy
        """Delete rows of a table."""
        self.connection.execute(delete(table).where(*conditions))

    def _mappings(self, statement: Any) -> Iterable[Any]:  # noqa: ANN401 - of SQLAlchemy
        return self.connection.execute(statement).mappings()


def is_row(table: Table, row: Row) -> Any:  # noqa: ANN401 - of SQLAlchemy
    """Return the condition that selects a row."""
    return and_(*(column == row[column.name] for column in table.primary_key.columns))


def delete_row(tampering: Tampering) -> str:
    """Delete a row of any table."""
    table = tampering.random.choice(TABLES)
    tampering.remove(table, is_row(table, tampering.row(table)))
    return f"a row of {table.name} deleted"


def change_value(tampering: Tampering) -> str:
    """Change a value of any row to that of another row, or to one that no row has."""
    table = tampering.random.choice(TABLES)
    column = tampering.random.choice(writable_columns(table))
    row = tampering.row(table)
    values: list[Any] = []
    for other in tampering.rows(table):
        values.append(other[column.name])
    values += _unused_values(column)
    candidates = [value for value in values if value is not None and value != row[column.name]]
    if not candidates:
        raise WithoutEffect

    changed = {column.name: tampering.random.choice(candidates)}
    tampering.connection.execute(update(table).where(is_row(table, row)).values(changed))
    return f"{table.name}.{column.name} changed"


def _unused_values(column: Column[Any]) -> list[Any]:
    if isinstance(column.type, Domain) and column.type in UNUSED:
        return [UNUSED[column.type]]
    return []


def erase_entity(tampering: Tampering) -> str:
    """Delete an aggregate with its records and its whole history."""
    head = tampering.random.choice(tuple(CATALOG.heads))
    row = tampering.row(head)
    for record in CATALOG.digests.get(head, ()):
        owner, _ = record.table.primary_key.columns
        tampering.remove(record.table, owner == row["id"])
    tampering.remove(head, head.c.id == row["id"])
    tampering.remove(HISTORY, _of_entity(row))
    return f"an entity of {head.name} erased"


def erase_last_change(tampering: Tampering) -> str:
    """Delete the last change of an aggregate, and set its head back to the change before it."""
    head = tampering.random.choice(tuple(CATALOG.heads))
    row = tampering.row(head, head.c.seq > 1)
    changes = sorted(
        tampering.rows(HISTORY, _of_entity(row)), key=lambda change: int(change["seq"])
    )
    last, previous = changes[-1], changes[-2]
    for record in CATALOG.digests.get(head, ()):
        owner, number = record.table.primary_key.columns
        tampering.remove(record.table, owner == row["id"], number > previous["version"])
    tampering.remove(HISTORY, _of_entity(row), HISTORY.c.seq == last["seq"])

    columns = head_row(head, changes[0]["at"], previous, {})
    session = Session(tampering.connection, SCHEMA)
    columns.update(shown_record_columns(session, head, columns))
    values: Row = {}
    for column in writable_columns(head):
        values[column.name] = columns.get(column.name, row[column.name])
    tampering.connection.execute(update(head).where(head.c.id == row["id"]).values(values))
    return f"the last change of an entity of {head.name} erased"


def _of_entity(row: Row) -> Any:  # noqa: ANN401 - of SQLAlchemy
    return and_(HISTORY.c.lifecycle == row["lifecycle"], HISTORY.c.entity_id == row["id"])


def erase_artifact(tampering: Tampering) -> str:
    """Delete an artifact with all of its signals."""
    row = tampering.row(ARTIFACTS)
    tampering.remove(SIGNALS, SIGNALS.c.artifact_id == row["id"])
    tampering.remove(ARTIFACTS, ARTIFACTS.c.id == row["id"])
    return "an artifact erased"


def moved_position(position: int | str, new_position: int) -> tuple[str, ...]:
    """Return the statements with which an owner of PostgreSQL gives a change another position."""
    identity = "ALTER TABLE indelible.history ALTER position SET GENERATED"
    moved = f"UPDATE indelible.history SET position = {new_position} WHERE position = {position}"
    return (f"{identity} BY DEFAULT", moved, f"{identity} ALWAYS")


def move_change(tampering: Tampering) -> str:
    """Give a change the place of a later one in the feed."""
    row = tampering.row(HISTORY)
    is_sqlite = tampering.connection.dialect.name == "sqlite"
    moved = f"UPDATE history SET position = 1000000 WHERE position = {row['position']}"
    for statement in (moved,) if is_sqlite else moved_position(row["position"], 1_000_000):
        tampering.connection.execute(text(statement))
    return "a change moved in the feed"


def erase_with_seals(tampering: Tampering) -> str:
    """Delete a whole entity, the newest seal or all seals, and what they list."""
    description = erase_entity(tampering)
    first = tampering.random.choice((1, tampering.rows(SEALS)[-1]["number"]))
    tampering.remove(SEAL_RECORDS, SEAL_RECORDS.c.seal_number >= first)
    tampering.remove(SEALS, SEALS.c.number >= first)
    return f"{description} with seals"


KINDS: tuple[Callable[[Tampering], str], ...] = (
    delete_row,
    change_value,
    change_value,
    erase_entity,
    erase_last_change,
    erase_artifact,
    move_change,
    erase_with_seals,
)


@define
class TamperTally:
    """The number of tampers by kind, and the descriptions of those that verify did not find."""

    kinds: Counter[str] = field(factory=Counter[str])
    missed: list[str] = field(factory=list[str])

    @property
    def total(self) -> int:
        """Return the number of tampers."""
        return self.kinds.total()


def tamper_many(raw: Raw, against: SealReference, number: int, seed: int) -> TamperTally:
    """Try a number of tampers, each of which is taken back."""
    random = Random(seed)  # noqa: S311 - a test must be repeatable
    tally = TamperTally()
    for _ in range(number):
        with raw.savepoint():
            description = _tamper_once(raw.connection, random, tally)
            if not raw.findings(against):
                tally.missed.append(description)
    return tally


def _tamper_once(connection: Connection, random: Random, tally: TamperTally) -> str:
    """Take a tamper that the database accepts and that changes something."""
    for _ in range(MAX_TRIES):
        kind = random.choice(KINDS)
        try:
            with connection.begin_nested():
                description = kind(Tampering(connection, random))
        except (WithoutEffect, DBAPIError):
            continue
        tally.kinds[kind.__name__] += 1
        return description

    raise LookupError(MAX_TRIES)
