"""Test between every pair of databases that an export has every registered context.

What would be left out, or would replace a history, is refused.
"""

import json
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from attrs import evolve
from sqlalchemy import Engine, Table, select
from tests.conftest import POLICY
from tests.databases import create_database
from tests.examples.conftest import HostDatabase
from tests.examples.loans import lend
from tests.examples.loans import migrate as migrate_loans
from tests.guards.population import populate

from indelible.kernel import Actor
from indelible.kernel.rejections import list_rejections, record_rejection
from indelible.kernel.stages import PauseStage
from indelible.kernel.values import TextBlank
from indelible.testing.captures.scenarios import X1, X2, A, place_in
from indelible.testing.stores import BEGINNING, MAYA, CountedIds, TickingClock, create
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
from indelible_sql.kernel.record_export import HistoryDiffers
from indelible_sql.maintenance.export_errors import ExportIncomplete
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
    "pruned_tables",
    "rate_buckets",
    "stage_breakers",
    "hung_threads",
    "subscriber_cursors",
    "watched_subjects",
    "seals",
    "seal_records",
}
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
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


def refused_import(store: SqlStore, file: bytes) -> HistoryDiffers:
    """Return the refusal of an import, after checking that it changed nothing."""
    before = exported(store)

    with pytest.raises(HistoryDiffers) as refused:
        import_histories(store, BytesIO(file), by=IMPORTER)

    assert refused.value.code == "HISTORY_DIFFERS"
    assert exported(store) == before
    return refused.value


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
        populate(source)
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


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_import_adds_nothing(kind: str, databases: Databases) -> None:
    with databases.opened("sqlite") as (source, _), databases.opened(kind) as (target, _):
        populate(source)
        file = exported(source)
        first = import_histories(target, BytesIO(file), by=IMPORTER)
        second = import_histories(target, BytesIO(file), by=IMPORTER)

        assert (second.changes, second.records) == (0, 0)
        assert second.entities_already_there == first.entities
        assert exported(target) == file


@pytest.mark.parametrize("kind", KINDS)
def test_a_lifecycle_of_an_unregistered_context_is_exported_only_if_it_is_left_out(
    kind: str, databases: Databases
) -> None:
    with databases.opened(kind) as (store, owner_url):
        create(store)
        without_loans = exported(store)
        HostDatabase(store.own_url, owner_url).migrate(migrate_loans, "loans")
        store.run(lend, ("Ulysses", date(2026, 5, 1)), actor=MAYA, reason="a loan")

        with pytest.raises(ExportIncomplete) as refused:
            exported(store)
        file = BytesIO()
        store.read(export_histories, file, leaving_out=("loan",))

    assert refused.value.code == "EXPORT_INCOMPLETE"
    assert refused.value.lifecycles == ("loan",)
    assert file.getvalue() == without_loans


@pytest.mark.parametrize("kind", KINDS)
def test_a_rejection_with_a_stored_id_and_another_content_is_refused(
    kind: str, databases: Databases
) -> None:
    with databases.opened("sqlite") as (source, _), databases.opened(kind) as (target, _):
        for store, field in ((source, "reason"), (target, "stage")):
            record_rejection(
                store, PauseStage(stage="upload"), TextBlank(field), actor=MAYA, reason="a test"
            )
        create(source)  # the file has it before the rejection
        (rejection,) = source.read(list_rejections)

        error = refused_import(target, exported(source))

    assert error.detail == {"lifecycle": "rejection", "entity_id": rejection.id}


@pytest.mark.parametrize("kind", KINDS)
def test_a_centroid_that_captures_outside_the_file_moved_is_refused(
    kind: str, databases: Databases
) -> None:
    with databases.opened("sqlite") as (source, _), databases.opened(kind, LATER) as (target, _):
        scenario = place_in(source)
        subspace_id = scenario.subspace(A)
        scenario.capture(X1, subspace_id=subspace_id)
        file = exported(source)
        import_histories(target, BytesIO(file), by=IMPORTER)
        evolve(scenario, store=target).capture(X2, subspace_id=subspace_id)

        error = refused_import(target, file)

    assert error.detail == {"lifecycle": "centroid", "entity_id": subspace_id}


@pytest.mark.parametrize("kind", KINDS)
def test_an_artifact_that_both_databases_captured_again_is_refused(
    kind: str, databases: Databases
) -> None:
    with databases.opened("sqlite") as (source, _), databases.opened(kind, LATER) as (target, _):
        scenario = place_in(source)
        artifact_id = scenario.capture(X1).artifact_id
        import_histories(target, BytesIO(exported(source)), by=IMPORTER)
        for store in (source, target):
            evolve(scenario, store=store).capture(X2)

        error = refused_import(target, exported(source))

    assert error.entity_id == artifact_id
