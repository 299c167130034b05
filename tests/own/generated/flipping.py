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
    """A column of a context's table, or of the history of its aggregates."""

    lifecycle: str
    table: Table
    column: Column[Any]

    @property
    def name(self) -> str:
        """Return the name of the column with that of the aggregate."""
        return f"{self.lifecycle}: {self.table.name}.{self.column.name}"

    @property
    def rows(self) -> str:
        """Return the query of the rows that have a value."""
        is_history = self.table is HISTORY
        entity_id = "entity_id" if is_history else "id"
        where = f" AND lifecycle = '{self.lifecycle}' AND seq = 1" if is_history else ""
        return (
            f"SELECT {entity_id} FROM {{table}} WHERE CAST({self.column.name} AS text) <> ''{where}"
            f" ORDER BY {entity_id}"
        )

    def where(self, entity_id: str) -> str:
        """Return the condition of an aggregate's row."""
        if self.table is HISTORY:
            return f"lifecycle = '{self.lifecycle}' AND entity_id = '{entity_id}' AND seq = 1"
        return f"id = '{entity_id}'"


def tables_of(contexts: Contexts) -> dict[str, Table]:
    """Return the tables of contexts by the names of their lifecycles."""
    targets: dict[type[Any], Table] = {}
    tables: dict[str, Table] = {}
    for context in contexts:
        (mapping,) = own_context(context, targets=targets).mappings
        targets[context.aggregate] = mapping.table
        tables[context.aggregate.lifecycle.name] = mapping.table
    return tables


def targets_of(contexts: Contexts) -> list[Target]:
    """Return every column that a program writes."""
    targets: list[Target] = []
    for lifecycle, own_table in tables_of(contexts).items():
        for table in (own_table, HISTORY):
            for column in writable_columns(table):
                targets.append(Target(lifecycle, table, column))
    return targets


class FlippedDatabase(ABC):
    """A database whose guards are lifted, and in which flips are verified and rolled back."""

    def __init__(self, engine: Engine, contexts: Contexts) -> None:
        self.engine = engine
        self.contexts = tuple(contexts)

    def ids(self, target: Target) -> list[str]:
        """Return the ids of the aggregates whose column has a value."""
        with self.engine.connect() as connection:
            schema = "" if connection.dialect.name == "sqlite" else "indelible."
            table = f"{schema}history" if target.table is HISTORY else target.table.name
            rows = connection.exec_driver_sql(target.rows.format(table=table))
            return [row[0] for row in rows]

    @abstractmethod
    def flip(self, target: Target, entity_id: str) -> Flip:
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

    def flip(self, target: Target, entity_id: str) -> Flip:
        """Return a change of one byte that the file stores."""
        return FileFlips(self.path, target.table, target.column, target.where(entity_id)).small()


class FlippedServer(FlippedDatabase):
    """A PostgreSQL database without triggers, keys and the checks of the host's tables."""

    def __init__(self, database: PostgresServer, contexts: Contexts) -> None:
        self.url = database.admin_url
        with psycopg.connect(self.url) as connection:
            tables = tuple(tables_of(contexts).values())
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

    def flip(self, target: Target, entity_id: str) -> Flip:
        """Return a change of one byte, or of a flag, that the server stores."""
        where = target.where(entity_id)
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
        for target in waiting:
            ids = database.ids(target)
            random.shuffle(ids)
            free = [entity_id for entity_id in ids if entity_id not in flips]
            if ids and not free:
                later.append(target)
                continue
            for entity_id in free[:MAX_TRIED_ROWS]:
                try:
                    flips[entity_id] = (target, database.flip(target, entity_id))
                except LookupError:
                    continue
                break
        findings = database.findings(flip for _, flip in flips.values())
        named = {finding.entity_id for finding in findings}
        for entity_id, (target, flip) in flips.items():
            if entity_id not in named and flip.value not in named:
                yield f"{target.name} of {entity_id}: {flip.value!r}"
        waiting = later
        if not waiting:
            return
    yield f"not tried: {[target.name for target in waiting]}"
