"""Rebuild restores every head from history, whatever the owner changed."""

import gc
import shutil
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import Column, ForeignKeyConstraint, Table, UniqueConstraint, select
from tests.conftest import POLICY
from tests.databases import create_database
from tests.guards.forgeries import other_values
from tests.guards.raw import Raw, RawDatabase, RawFile, with_guards, without_guards
from tests.guards.tapes import DELETE, INSERT, UPDATE, Row, Write

from indelible.concepts import CreateConcept, create_concept
from indelible.kernel.stages import PauseStage, ResumeStage, pause_stage, resume_stage
from indelible.testing.stores import MAYA, RATIO
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store, rebuild, verify
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.snapshot import facts
from indelible_sql.schema.tables import writable_columns

pytestmark = pytest.mark.slow

HEADS = (*CATALOG.heads, *(derived.table for derived in CATALOG.derived_heads))
REFERRED = {
    key.referred_table
    for table in CATALOG.tables
    for key in table.foreign_key_constraints
    if table in HEADS and key.referred_table is not table
}
DELETED_HEADS = 1_200  # with all differing rows kept, these take three times the allowed bytes
MAX_BYTES_OF_CHANGED_ID = 300


@frozen
class Owned:
    """A populated database, and the addresses of its application, owner and administrator."""

    url: str
    owner_url: str
    admin_url: str

    def raw(self) -> Raw:
        """Connect as someone who may remove guards."""
        if self.url.startswith("sqlite"):
            return RawFile(Path(self.url.removeprefix("sqlite:///")), foreign_keys=False)
        return RawDatabase(self.admin_url)

    def store(self) -> SqlStore:
        """Open a store."""
        return open_store(self.url, policy=POLICY)


@pytest.fixture(params=["sqlite", "postgresql"])
def owned(request: pytest.FixtureRequest, tmp_path: Path) -> Owned:
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("populated_file"), tmp_path / "damaged.db")
        return Owned(f"sqlite:///{path}", f"sqlite:///{path}", f"sqlite:///{path}")
    server: PostgresServer = request.getfixturevalue("server")
    populated: PostgresServer = request.getfixturevalue("populated_database")
    template = populated.url.rpartition("/")[2]
    database = create_database(server, "guards_damaged", template)
    return Owned(database.url, database.owner_url, database.admin_url)


def state_of(store: SqlStore) -> tuple[object, dict[str, list[str]]]:
    """Return the facts of the schema, and the rows of each head by its name."""
    engine = store.engines.reader
    schema = None if engine.dialect.name == "sqlite" else SCHEMA
    rows: dict[str, list[str]] = {}
    with engine.connect() as connection:
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        for table in HEADS:
            rows[table.name] = sorted(repr(row) for row in translated.execute(select(table)))
        return facts(connection, SCHEMA, CATALOG), rows


def damages(table: Table, rows: list[Row], raw: Raw) -> Iterator[list[tuple[Write, Row]]]:
    """Yield the deletion of a head, a head without history, and other values of each row.

    Each is a list of writes with other values, of which one is enough.
    """
    damaged = rows
    if table not in REFERRED:  # one head at a time is restored, with keys checked after each
        yield [(Write(table, DELETE, rows[0]), {})]
        damaged = rows[1:]
    if table.name == "concepts":
        yield [(Write(table, INSERT, {**rows[-1], "id": "ghost"}), {})]

    columns = _changeable(table)
    for number, row in enumerate(damaged[: len(columns)]):
        candidates: list[tuple[Write, Row]] = []
        for column in (*columns[number:], *columns[:number]):
            for _, value in other_values(column, row[column.name], raw):
                candidates.append((Write(table, UPDATE, row, row), {column.name: value}))
        yield candidates


def _changeable(table: Table) -> list[Column[Any]]:
    """Return the columns but those of keys: a damage must not stand in the way of another one."""
    keyed = {"id"}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint | ForeignKeyConstraint):
            keyed.update(column.name for column in constraint.columns)
    for index in table.indexes:
        keyed.update(column.name for column in index.columns if index.unique)
    return [column for column in writable_columns(table) if column.name not in keyed]


def test_every_damaged_head_is_named_and_rebuilt(owned: Owned) -> None:
    store = owned.store()
    before = state_of(store)
    raw = owned.raw()
    without_guards(raw)
    damaged: dict[str, set[str]] = {}
    for table in HEADS:
        rows = [dict(row) for row in raw.connection.execute(select(table)).mappings()]
        for candidates in damages(table, rows, raw):
            for write, values in candidates:
                statement = raw.statement(write, values)
                if raw.refusing_guard(statement) == "":
                    raw.run(statement)
                    damaged.setdefault(table.name, set()).add(write.row["id"])
                    break
    with_guards(raw)
    raw.close()

    named: dict[str, set[str]] = {}
    for finding in verify(store):
        named.setdefault(finding.table, set()).add(finding.entity_id)
    rebuilt = rebuild(store, owned.owner_url)

    assert {head.table for head in rebuilt} == {table.name for table in HEADS} == damaged.keys()
    assert {head.table: set(head.changed) for head in rebuilt} == damaged
    assert {name: ids - named[name] for name, ids in damaged.items() if ids - named[name]} == {}
    assert state_of(store) == before
    assert verify(store) == ()
    store.dispose()


def test_rebuilding_intact_heads_changes_nothing(owned: Owned) -> None:
    store = owned.store()
    before = state_of(store)

    rebuilt = rebuild(store, owned.owner_url)

    assert {head.changed for head in rebuilt} == {()}
    assert {head.table: head.rows for head in rebuilt} == {
        name: len(rows) for name, rows in before[1].items()
    }
    assert rebuild(store, owned.owner_url, heads=dict(CATALOG.heads)) == rebuilt
    assert state_of(store) == before
    store.dispose()


def peak_bytes(store: SqlStore) -> int:
    """Return the peak of memory while all heads are rebuilt."""
    gc.collect()
    tracemalloc.start()
    try:
        rebuild(store)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak


def peak_bytes_of_history(store: SqlStore, pauses: int) -> int:
    """Return the peak of memory while a head is rebuilt after so many more pauses."""
    with store.transaction(actor=MAYA, reason="a long history") as tx:
        for _ in range(pauses):
            pause_stage(tx, PauseStage(stage="upload"))
            resume_stage(tx, ResumeStage(stage="upload"))

    return peak_bytes(store)


def test_a_rebuild_does_not_load_a_lifecycles_history_into_memory(sqlite: SqlStore) -> None:
    peak_bytes_of_history(sqlite, 500)
    long_history = peak_bytes_of_history(sqlite, 500)
    four_times_as_long = peak_bytes_of_history(sqlite, 3_000)

    assert four_times_as_long < 1.3 * long_history


def peak_bytes_of_deleted_heads(store: SqlStore, concepts: int) -> int:
    """Return the peak of memory while so many more deleted concepts are rebuilt."""
    with store.transaction(actor=MAYA, reason="many heads") as tx:
        for _ in range(concepts):
            create_concept(tx, CreateConcept(content=RATIO, change_note="one of many"))
    raw = RawFile(Path(store.own_url.removeprefix("sqlite:///")), foreign_keys=False)
    without_guards(raw)
    raw.execute("DELETE FROM concepts")
    with_guards(raw)
    raw.close()

    return peak_bytes(store)


def test_a_rebuild_does_not_keep_the_heads_that_differ(sqlite: SqlStore) -> None:
    peak_bytes_of_deleted_heads(sqlite, 200)
    few = peak_bytes_of_deleted_heads(sqlite, 1)
    many = peak_bytes_of_deleted_heads(sqlite, DELETED_HEADS)

    assert verify(sqlite) == ()
    assert many < few + DELETED_HEADS * MAX_BYTES_OF_CHANGED_ID
