"""Test that rebuild restores every head from history, whatever the owner changed."""

import gc
import shutil
import sqlite3
import tracemalloc
from collections.abc import Callable, Generator
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, select
from tests.conftest import shared_store
from tests.databases import create_database
from tests.guards.repeats import repeated
from tests.guards.situated import Situated
from tests.guards.situation import Situation

from indelible.concepts import CreateConcept, create_concept
from indelible.kernel import SystemClock
from indelible.kernel.stages import PauseStage, ResumeStage, pause_stage, resume_stage
from indelible.testing.stores import MAYA, RATIO
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, rebuild, verify
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.snapshot import facts
from indelible_sql.schema.tables import HeadHistoryKey, metadata

pytestmark = pytest.mark.slow

# Runs a statement that changes a table, without the guards of this table.
RunWithoutGuards = Callable[[str, str], None]

NUMBERS = count(1)
DELETED_HEADS = 1_200  # with all differing rows kept, these take three times the allowed bytes
MAX_BYTES_OF_CHANGED_ID = 300
GHOST = """
    INSERT INTO {at}concepts
      (id, status, seq, current_version, hash, created_at, updated_at, name_key)
    SELECT 'ghost', status, seq, current_version, hash, created_at, updated_at, name_key
    FROM {at}concepts WHERE id = '{reviewed}'
"""
# A change of a head behind its history, the head's table, and the entity that rebuild must name.
DAMAGES = {
    "a status": (
        "UPDATE {at}concepts SET status = 'PUBLISHED' WHERE id = '{reviewed}'",
        "concepts",
        "reviewed",
    ),
    "a version": (
        "UPDATE {at}concepts SET current_version = 1 WHERE id = '{reviewed}'",
        "concepts",
        "reviewed",
    ),
    "a name's key": (
        "UPDATE {at}concepts SET name_key = 'rate' WHERE id = '{reviewed}'",
        "concepts",
        "reviewed",
    ),
    "a creation time": (
        (
            "UPDATE {at}concepts"
            " SET created_at = '2025-01-01T00:00:00.000000+00:00'"
            " WHERE id = '{reviewed}'"
        ),
        "concepts",
        "reviewed",
    ),
    "a lower seq": (
        "UPDATE {at}concepts SET seq = 2 WHERE id = '{published}'",
        "concepts",
        "published",
    ),
    "a missing concept": (
        "DELETE FROM {at}concepts WHERE id = '{published}'",
        "concepts",
        "published",
    ),
    "a head without history": (GHOST, "concepts", "ghost"),
    "a key's owner": ("UPDATE {at}keys SET owner = 'user:eve'", "keys", "granted"),
    "a key's scopes": ("UPDATE {at}keys SET scopes = '[\"admin\"]'", "keys", "granted"),
    "a key's secret": ("UPDATE {at}keys SET secret_digest = hash", "keys", "granted"),
    "a key that never expires": ("UPDATE {at}keys SET expires_at = NULL", "keys", "granted"),
    "a missing key": ("DELETE FROM {at}keys", "keys", "granted"),
    "a space's owner": (
        "UPDATE {at}spaces SET user_id = 'eve' WHERE id = '{space}'",
        "spaces",
        "space",
    ),
    "a lower level": (
        "UPDATE {at}artifacts SET engagement_level = 3 WHERE id = '{artifact}'",
        "artifacts",
        "artifact",
    ),
    "a missing artifact": (
        "DELETE FROM {at}artifacts WHERE id = '{artifact}'",
        "artifacts",
        "artifact",
    ),
    "another vector of a centroid": (
        (
            "UPDATE {at}centroids"
            " SET vector = (SELECT vector FROM {at}artifacts WHERE id = '{artifact}')"
            " WHERE id = '{subspace}'"
        ),
        "centroids",
        "subspace",
    ),
    "a higher confidence of a centroid": (
        "UPDATE {at}centroids SET confidence = 1 WHERE id = '{subspace}'",
        "centroids",
        "subspace",
    ),
    "a token's state": (
        "UPDATE {at}tokens_s0 SET status = 'revealed' WHERE id = 'token-1'",
        "tokens_s0",
        "token-1",
    ),
    "a token of another author": (
        "UPDATE {at}authors SET wallet_address = '0x' || substr(hash, 3, 40)",
        "authors",
        "author-1",
    ),
    "a larger mint": (
        "UPDATE {at}mint_events SET quantity = 50 WHERE id = 'mint-1'",
        "mint_events",
        "mint-1",
    ),
    "another latest successful job": (
        (
            "UPDATE {at}projects SET latest_successful_job_number = 1,"
            " latest_successful_job_id = (SELECT id FROM {at}jobs"
            " WHERE project_id = '{project}' AND number = 1) WHERE id = '{project}'"
        ),
        "projects",
        "project",
    ),
    "a project with another address": (
        "UPDATE {at}projects SET github_repo_url = 'elsewhere' WHERE id = '{project}'",
        "projects",
        "project",
    ),
    "a missing project": ("DELETE FROM {at}projects WHERE id = '{project}'", "projects", "project"),
    "a job with another prompt": (
        "UPDATE {at}jobs SET prompt = 'Build more.' WHERE id = '{job}'",
        "jobs",
        "job",
    ),
    "a job without its warnings": (
        "UPDATE {at}jobs SET warning_count = warning_count + 1 WHERE id = '{job}'",
        "jobs",
        "job",
    ),
    "a missing job of a project": ("DELETE FROM {at}jobs WHERE id = '{job}'", "jobs", "job"),
    "a missing job": (
        "DELETE FROM {at}image_generation_jobs",
        "image_generation_jobs",
        "job-1",
    ),
    "an upload of another CID": (
        "UPDATE {at}ipfs_upload_records SET cid = 'x' WHERE id = 'upload-1'",
        "ipfs_upload_records",
        "upload-1",
    ),
    "a reveal of another token": (
        "UPDATE {at}reveal_transactions SET token_ids = '[\"x\"]'",
        "reveal_transactions",
        "reveal-1",
    ),
    "another system state": (
        "UPDATE {at}system_state SET state_value = '7'",
        "system_state",
        "a_key",
    ),
    "a stage that is running": ("UPDATE {at}stages SET status = 'RUNNING'", "stages", "upload"),
    "a missing centroid": (
        "DELETE FROM {at}centroids WHERE id = '{subspace}'",
        "centroids",
        "subspace",
    ),
}


class DamagedStore:
    """A store with the situation, whose rows can be changed without the guards."""

    def __init__(
        self,
        store: SqlStore,
        owner_url: str,
        situation: Situation,
        state_before: object,
        run_without_guards: RunWithoutGuards,
    ) -> None:
        self.store = store
        self.owner_url = owner_url
        self.situation = situation
        self.state_before = state_before
        self._run_without_guards = run_without_guards

    def entity_ids(self) -> dict[str, str]:
        """Map the names in `DAMAGES` to the ids of the entities."""
        s = self.situation
        return {
            "reviewed": s.reviewed.entity_id,
            "published": s.published.entity_id,
            "granted": s.key_created.entity_id,
            "artifact": s.captures.artifact_id,
            "subspace": s.captures.subspace_id,
            "space": s.captures.space_id,
            "project": s.projects.project_id,
            "job": s.projects.running_id,
        }

    def damage(self, statement: str, table: str) -> None:
        """Run a statement of `DAMAGES` without the guards of its table."""
        at = "" if self.owner_url.startswith("sqlite") else f"{SCHEMA}."
        self._run_without_guards(statement.format(at=at, **self.entity_ids()), table)


def state_of(store: SqlStore) -> object:
    """Return the facts of the schema, and every row of every head."""
    reader = store.engines.reader
    return schema_facts(reader), head_rows(reader)


def schema_facts(engine: Engine) -> tuple[str, ...]:
    with engine.connect() as connection:
        return facts(connection, SCHEMA, CATALOG)


def head_rows(engine: Engine) -> dict[str, list[str]]:
    """Return the rows of every table that can be updated, by its name."""
    schemas = {SCHEMA: None if engine.dialect.name == "sqlite" else SCHEMA}
    tables: dict[str, list[str]] = {}
    with engine.connect().execution_options(schema_translate_map=schemas) as connection:
        for table in CATALOG.updatable_tables:
            rows = [repr(row) for row in connection.execute(select(table))]
            tables[table.name] = sorted(rows)
    return tables


def without_sqlite_guards(path: str) -> RunWithoutGuards:
    """Return a function that runs a statement while the triggers of its table are dropped."""

    def run(statement: str, table: str) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?",
                (table,),
            ).fetchall()
            connection.execute("BEGIN")
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement)
            for _, sql in triggers:
                connection.execute(sql)
            connection.execute("COMMIT")

    return run


def without_postgresql_guards(url: str) -> RunWithoutGuards:
    """Return a function that runs a statement while the triggers of its table are disabled."""

    def run(statement: str, table: str) -> None:
        name = f"{SCHEMA}.{table}"
        with psycopg.connect(url) as admin:
            admin.execute(f"ALTER TABLE {name} DISABLE TRIGGER ALL".encode())
            admin.execute(statement.encode())
            admin.execute(f"ALTER TABLE {name} ENABLE TRIGGER ALL".encode())
            for guard in CATALOG.guards("postgresql"):
                if guard.table.name == table:
                    enable = f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {guard.name}"
                    admin.execute(enable.encode())

    return run


@pytest.fixture(scope="module")
def states_before() -> dict[str, object]:
    """Return the state of the situation by dialect: every test has a copy of the same database."""
    return {}


@pytest.fixture(params=["sqlite", "postgresql"])
def damaged(
    request: pytest.FixtureRequest, tmp_path: Path, states_before: dict[str, object]
) -> Generator[DamagedStore]:
    if request.param == "sqlite":
        file: Situated[Path] = request.getfixturevalue("situated_file")
        situation = file.situation
        path = shutil.copy(file.location, tmp_path / "damaged.db")
        url = owner_url = f"sqlite:///{path}"
        run_without_guards = without_sqlite_guards(str(path))
    else:
        situated: Situated[PostgresServer] = request.getfixturevalue("situated_database")
        situation = situated.situation
        server: PostgresServer = request.getfixturevalue("server")
        template = situated.location.url.rpartition("/")[2]
        database = create_database(server, f"damaged_{next(NUMBERS)}", template)
        url = database.url
        owner_url = database.owner_url
        run_without_guards = without_postgresql_guards(database.admin_url)

    for store in shared_store(url, "damaged"):
        store.clock = SystemClock()
        if request.param not in states_before:
            states_before[request.param] = state_of(store)
        state = states_before[request.param]
        yield DamagedStore(store, owner_url, situation, state, run_without_guards)


@pytest.mark.dose
def test_rebuild_covers_every_head_of_the_metadata(damaged: DamagedStore) -> None:
    heads = {ARTIFACTS.name, CENTROIDS.name}
    for table in metadata.tables.values():
        if any(isinstance(constraint, HeadHistoryKey) for constraint in table.constraints):
            heads.add(table.name)

    rebuilt = rebuild(damaged.store, damaged.owner_url)

    assert {head.table for head in rebuilt} == heads


@pytest.mark.dose
def test_rebuilding_intact_heads_changes_nothing(damaged: DamagedStore) -> None:
    rows = head_rows(damaged.store.engines.reader)

    rebuilt = rebuild(damaged.store, damaged.owner_url)

    for head in rebuilt:
        assert head.rows == len(rows[head.table]) > 0, head.table
    assert {head.changed for head in rebuilt} == {()}
    assert state_of(damaged.store) == damaged.state_before
    assert verify(damaged.store) == ()


@pytest.mark.dose
def test_a_host_may_name_registered_heads_again(damaged: DamagedStore) -> None:
    rebuilt = rebuild(damaged.store, damaged.owner_url)

    assert rebuild(damaged.store, damaged.owner_url, heads=dict(CATALOG.heads)) == rebuilt


@pytest.mark.dose
@pytest.mark.parametrize("name", repeated(DAMAGES, 3))
def test_a_head_that_was_changed_behind_its_history_is_rebuilt(
    name: str, damaged: DamagedStore
) -> None:
    statement, table, entity = DAMAGES[name]
    damaged.damage(statement, table)
    damaged_tables = {finding.table for finding in verify(damaged.store)}

    rebuilt = rebuild(damaged.store, damaged.owner_url)

    changed = {head.table: head.changed for head in rebuilt if head.changed}
    assert table in damaged_tables
    assert changed == {table: (damaged.entity_ids().get(entity, entity),)}
    assert state_of(damaged.store) == damaged.state_before
    assert verify(damaged.store) == ()


@pytest.mark.dose
def test_the_guards_refuse_again_after_a_rebuild(damaged: DamagedStore) -> None:
    statement, table, _ = DAMAGES["a status"]
    damaged.damage(statement, table)
    rebuild(damaged.store, damaged.owner_url)

    with pytest.raises((psycopg.Error, sqlite3.Error), match="concepts_one_step"):
        publish_without_change(damaged.owner_url, damaged.situation.reviewed.entity_id)


def publish_without_change(url: str, concept_id: str) -> None:
    """Set the status of a concept on a raw connection."""
    statement = f"UPDATE {{}}concepts SET status = 'PUBLISHED' WHERE id = '{concept_id}'"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute(statement.format(""))
    else:
        with psycopg.connect(url) as owner:
            owner.execute(statement.format("indelible.").encode())


def peak_bytes(store: SqlStore, pauses: int) -> int:
    """Return the peak of memory while a head is rebuilt after so many more pauses."""
    with store.transaction(actor=MAYA, reason="a long history") as tx:
        for _ in range(pauses):
            pause_stage(tx, PauseStage(stage="upload"))
            resume_stage(tx, ResumeStage(stage="upload"))

    tracemalloc.start()
    try:
        rebuild(store)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak


@pytest.mark.dose
def test_a_rebuild_does_not_load_a_lifecycles_history_into_memory(sqlite: SqlStore) -> None:
    peak_bytes(sqlite, 500)
    long_history = peak_bytes(sqlite, 500)
    four_times_as_long = peak_bytes(sqlite, 3_000)

    assert four_times_as_long < 1.3 * long_history


def peak_bytes_of_deleted_heads(store: SqlStore, concepts: int) -> int:
    """Return the peak of memory while so many more deleted concepts are rebuilt."""
    with store.transaction(actor=MAYA, reason="many heads") as tx:
        for _ in range(concepts):
            create_concept(tx, CreateConcept(content=RATIO, change_note="one of many"))
    delete_concepts = without_sqlite_guards(store.own_url.removeprefix("sqlite:///"))
    delete_concepts("DELETE FROM concepts", "concepts")

    gc.collect()
    tracemalloc.start()
    try:
        rebuild(store)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak


@pytest.mark.dose
def test_a_rebuild_does_not_keep_the_heads_that_differ(sqlite: SqlStore) -> None:
    peak_bytes_of_deleted_heads(sqlite, 200)
    few = peak_bytes_of_deleted_heads(sqlite, 1)
    many = peak_bytes_of_deleted_heads(sqlite, DELETED_HEADS)

    assert verify(sqlite) == ()
    assert many < few + DELETED_HEADS * MAX_BYTES_OF_CHANGED_ID
