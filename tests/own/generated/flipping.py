"""One changed byte in each column of contexts' tables and of their history: verify names it."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, Final

import psycopg
from attrs import frozen
from sqlalchemy import CheckConstraint, Column, Engine, StaticPool, Table, create_engine, text
from tests.conftest import POLICY
from tests.guards.flips import FileFlips, Flip, database_flip
from tests.own.generated.walking import Contexts

from indelible_service.embedded import PostgresServer
from indelible_sql import Finding, open_store
from indelible_sql.engine.connections import Engines
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.kernel.own_contexts import own_context
from indelible_sql.maintenance.verify import verify_rows
from indelible_sql.schema.tables import HISTORY, writable_columns

MAX_ROUNDS: Final = 60
MAX_TRIED_ROWS: Final = 8  # of a column, for a value with a byte that can be another one


@frozen
class Target:
    """A column of a context's table or of its records, or of the history of its aggregates."""

    lifecycle: str
    table: Table
    column: Column[Any]
    is_record: bool = False

    @property
    def name(self) -> str:
        """Return the name of the column with that of the aggregate."""
        return f"{self.lifecycle}: {self.table.name}.{self.column.name}"

    @property
    def is_key(self) -> bool:
        """Return whether the column is of the key of a record; two such flips can collide."""
        return self.is_record and self.column.primary_key

    @property
    def rows(self) -> str:
        """Return the query of the ids and seqs of rows that have a value."""
        entity_id, seq, where = "id", "seq", ""
        if self.table is HISTORY:
            entity_id, where = "entity_id", f" AND lifecycle = '{self.lifecycle}' AND seq = 1"
        if self.is_record:
            entity_id, seq, where = "entity_id", "min(seq)", " AND number = 1"
        return (
            f"SELECT {entity_id}, {seq} FROM {{table}}"
            f" WHERE CAST({self.column.name} AS text) <> ''{where}"
            f" GROUP BY {entity_id}{'' if self.is_record else ', seq'} ORDER BY {entity_id}"
        )

    def where(self, entity_id: str, seq: int) -> str:
        """Return the condition of an aggregate's row."""
        of_change = f"entity_id = '{entity_id}' AND seq = {seq}"
        if self.table is HISTORY:
            return f"lifecycle = '{self.lifecycle}' AND {of_change}"
        return f"{of_change} AND number = 1" if self.is_record else f"id = '{entity_id}'"


def tables_of(contexts: Contexts) -> dict[str, tuple[Table, ...]]:
    """Return the tables of contexts, of their records too, by the names of their lifecycles."""
    targets: dict[type[Any], Table] = {}
    tables: dict[str, tuple[Table, ...]] = {}
    for context in contexts:
        (mapping,) = own_context(context, targets=targets).mappings
        targets[context.aggregate] = mapping.table
        records = tuple(bulk.table for bulk in mapping.bulk_tables)
        tables[context.aggregate.lifecycle.name] = (mapping.table, *records)
    return tables


def targets_of(contexts: Contexts) -> list[Target]:
    """Return every column that a program writes."""
    targets: list[Target] = []
    for lifecycle, (head, *records) in tables_of(contexts).items():
        for table in (head, *records, HISTORY):
            for column in writable_columns(table):
                targets.append(Target(lifecycle, table, column, is_record=table in records))
    return targets


class FlippedDatabase(ABC):
    """A database whose guards are lifted, and in which flips are verified and rolled back."""

    def __init__(self, engine: Engine, contexts: Contexts) -> None:
        self.engine = engine
        self.contexts = tuple(contexts)

    def rows(self, target: Target) -> list[tuple[str, int]]:
        """Return the ids and seqs of the rows whose column has a value, one of each aggregate."""
        with self.engine.connect() as connection:
            schema = "" if connection.dialect.name == "sqlite" else "indelible."
            table = f"{schema}history" if target.table is HISTORY else target.table.name
            rows = connection.exec_driver_sql(target.rows.format(table=table))
            return [(row[0], row[1]) for row in rows]

    @abstractmethod
    def flip(self, target: Target, entity_id: str, seq: int) -> Flip:
        """Return a change of one byte that the database stores."""

    def findings(self, flips: Iterable[Flip]) -> list[Finding]:
        """Return what verify finds after the flips, which are rolled back."""
        store = open_store(engine=self.engine, contexts=self.contexts, policy=POLICY)
        store.engines = Engines(writer=self.engine, reader=self.engine)
        with self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            for flip in flips:
                for statement in flip.statements:
                    connection.execute(statement)
            return list(verify_rows(store))


class FlippedFile(FlippedDatabase):
    """A SQLite file without triggers."""

    def __init__(self, path: Path, contexts: Contexts) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.execute(query).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
        self.path = path
        raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        engine = create_engine("sqlite://", poolclass=StaticPool, creator=lambda: raw)
        super().__init__(engine.execution_options(schema_translate_map={SCHEMA: None}), contexts)

    def flip(self, target: Target, entity_id: str, seq: int) -> Flip:
        """Return a change of one byte that the file stores."""
        where = target.where(entity_id, seq)
        return FileFlips(self.path, target.table, target.column, where).small()


class FlippedServer(FlippedDatabase):
    """A PostgreSQL database without triggers, keys and the checks of the host's tables."""

    def __init__(self, database: PostgresServer, contexts: Contexts) -> None:
        self.url = database.admin_url
        with psycopg.connect(self.url) as connection:
            tables = [table for own in tables_of(contexts).values() for table in own]
            for table in (*tables, HISTORY):
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
            for table in tables:
                for check in table.constraints:
                    if isinstance(check, CheckConstraint):
                        drop = f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {check.name}"
                        connection.execute(drop.encode())
        target = self.url.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(target, poolclass=StaticPool)
        options = engine.execution_options(schema_translate_map={SCHEMA: SCHEMA})
        super().__init__(options, contexts)

    def flip(self, target: Target, entity_id: str, seq: int) -> Flip:
        """Return a change of one byte, or of a flag, that the server stores."""
        where = target.where(entity_id, seq)
        if target.column.type.python_type is bool:
            update = f"UPDATE {target.table} SET {target.column.name} = NOT {target.column.name}"
            return Flip(target.table.name, "", (text(f"{update} WHERE {where}"),))
        return database_flip(self.url, target.table, target.column, where)


def unnamed(database: FlippedDatabase, targets: Iterable[Target], random: Random) -> Iterator[str]:
    """Yield the columns in which verify does not name the aggregate of a flip.

    A round has one flip of each aggregate. Yield nothing for columns without a value.
    """
    waiting = list(targets)
    for _ in range(MAX_ROUNDS):
        flips: dict[str, tuple[Target, Flip]] = {}
        later: list[Target] = []
        with_flipped_keys: set[Table] = set()
        for target in waiting:
            must_wait = target.is_key and target.table in with_flipped_keys
            if must_wait or not _is_flipped(database, target, flips, random):
                later.append(target)
            elif target.is_key:
                with_flipped_keys.add(target.table)

        findings = database.findings(flip for _, flip in flips.values())
        named = {finding.entity_id for finding in findings}
        for entity_id, (target, flip) in flips.items():
            if entity_id not in named and flip.value not in named:
                yield f"{target.name} of {entity_id}: {flip.value!r}"
        waiting = later
        if not waiting:
            return
    yield f"not tried: {[target.name for target in waiting]}"


def _is_flipped(
    database: FlippedDatabase, target: Target, flips: dict[str, tuple[Target, Flip]], random: Random
) -> bool:
    """Add a flip of a column to those of a round; return False if each aggregate has one."""
    rows = database.rows(target)
    random.shuffle(rows)
    free = [(entity_id, seq) for entity_id, seq in rows if entity_id not in flips]
    for entity_id, seq in free[:MAX_TRIED_ROWS]:
        try:
            flips[entity_id] = (target, database.flip(target, entity_id, seq))
        except LookupError:
            continue
        break
    return bool(free) or not rows
