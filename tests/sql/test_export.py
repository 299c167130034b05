"""Test that an export has every registered context, between every pair of databases."""

import json
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, select
from tests.conftest import POLICY
from tests.databases import create_database
from tests.guards.situation import settle

from indelible.kernel import Actor
from indelible.testing.stores import BEGINNING, CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import (
    SqlStore,
    export_histories,
    import_histories,
    open_store,
    rebuild,
    verify,
)
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.tables import HISTORY

pytestmark = pytest.mark.slow

NUMBERS = count(1)
LATER = BEGINNING + timedelta(days=365)  # than all contests of the source
IMPORTER = Actor.system("importer")
KEY_LIFECYCLE = "key"
# Keys need the pepper of their installation; the others are its work in progress.
NOT_EXPORTED = {
    "keys",
    "receipts",
    "tasks",
    "task_attempts",
    "pruned_stages",
    "rate_buckets",
    "stage_breakers",
    "hung_threads",
    "subscriber_cursors",
    "watched_subjects",
    "seals",
    "seal_records",
}
PAIRS = [
    ("sqlite", "sqlite"),
    pytest.param("sqlite", "postgresql", marks=pytest.mark.slow),
    pytest.param("postgresql", "sqlite", marks=pytest.mark.slow),
    pytest.param("postgresql", "postgresql", marks=pytest.mark.slow),
]


class Databases:
    """A factory of migrated databases without rows, of both kinds."""

    def __init__(
        self, template_file: Path, folder: Path, server: PostgresServer, template: str
    ) -> None:
        self._template_file = template_file
        self._folder = folder
        self._server = server
        self._template = template

    @contextmanager
    def opened(self, kind: str, start: datetime = BEGINNING) -> Generator[tuple[SqlStore, str]]:
        """Yield a store on a new database whose clock begins then, and the owner's address."""
        name = f"export_{next(NUMBERS)}"
        if kind == "sqlite":
            path = shutil.copy(self._template_file, self._folder / f"{name}.db")
            url = owner_url = f"sqlite:///{path}"
        else:
            database = create_database(self._server, name, self._template)
            url = database.url
            owner_url = database.owner_url
        store = open_store(url, policy=POLICY, clock=TickingClock(start), ids=CountedIds())
        yield store, owner_url
        store.dispose()


@pytest.fixture
def databases(
    template_file: Path, tmp_path: Path, server: PostgresServer, template: PostgresServer
) -> Databases:
    return Databases(template_file, tmp_path, server, template.url.rpartition("/")[2])


def exported(store: SqlStore) -> bytes:
    file = BytesIO()
    store.read(export_histories, file)
    return file.getvalue()


def rows_of(engine: Engine, table: Table) -> list[str]:
    """Return the table's rows as texts, without the position that each database assigns."""
    schema = None if engine.dialect.name == "sqlite" else SCHEMA
    statement = select(*(column for column in table.columns if column.name != "position"))
    if table is HISTORY:
        statement = statement.where(HISTORY.c.lifecycle != KEY_LIFECYCLE)
    with engine.connect() as connection:
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        rows = [list(row) for row in translated.execute(statement)]

    # PostgreSQL changes the order of the keys of a JSON document.
    return sorted(json.dumps(row, default=repr, sort_keys=True) for row in rows)


def exported_tables() -> list[Table]:
    """Return the tables of all contexts whose rows an export has."""
    tables: list[Table] = []
    for context in CATALOG.contexts:
        tables += [*context.heads, *context.records, *context.task_tables]
        tables += [head.table for head in context.derived_heads]
    return [table for table in tables if table.name not in NOT_EXPORTED]


@pytest.mark.parametrize(("source_kind", "target_kind"), PAIRS)
def test_every_context_is_exported_and_imported(
    source_kind: str, target_kind: str, databases: Databases
) -> None:
    with (
        databases.opened(source_kind) as (source, _),
        databases.opened(target_kind, LATER) as (target, owner_url),
    ):
        settle(source)
        file = exported(source)

        import_histories(target, BytesIO(file), by=IMPORTER)

        for table in exported_tables():
            rows = rows_of(source.engines.reader, table)
            assert rows, f"the source has no row of {table.name}"
            assert rows_of(target.engines.reader, table) == rows, table.name
        assert exported(target) == file
        assert verify(target) == ()
        assert not any(report.changed for report in rebuild(target, owner_url))
        assert verify(target) == ()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_a_second_import_adds_nothing(kind: str, databases: Databases) -> None:
    with databases.opened("sqlite") as (source, _), databases.opened(kind) as (target, _):
        settle(source)
        file = exported(source)
        first = import_histories(target, BytesIO(file), by=IMPORTER)
        second = import_histories(target, BytesIO(file), by=IMPORTER)

        assert (second.changes, second.records) == (0, 0)
        assert second.entities_already_there == first.entities
        assert exported(target) == file
