"""Test that rebuild restores every head from history, whatever the owner changed."""

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
from tests.conftest import POLICY
from tests.databases import create_database
from tests.guards.places import Place
from tests.guards.situation import Situation

from indelible.kernel.stages import PauseStage, ResumeStage, pause_stage, resume_stage
from indelible.testing.stores import MAYA
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store, rebuild, verify
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.columns import SCHEMA
from indelible_sql.schema.snapshot import facts
from indelible_sql.schema.tables import HeadHistoryKey, metadata

pytestmark = pytest.mark.slow

NUMBERS = count(1)
GHOST = """
    INSERT INTO {at}concepts
      (id, status, seq, current_version, hash, created_at, updated_at, name_key)
    SELECT 'ghost', status, seq, current_version, hash, created_at, updated_at, name_key
    FROM {at}concepts WHERE id = '{reviewed}'
"""
# A change to the heads, its table, and the entity that rebuild must name.
HARM = {
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
    "a birthday": (
        (
            "UPDATE {at}concepts"
            " SET created_at = '2025-01-01T00:00:00.000000+00:00'"
            " WHERE id = '{reviewed}'"
        ),
        "concepts",
        "reviewed",
    ),
    "a step back": (
        "UPDATE {at}concepts SET seq = 2 WHERE id = '{published}'",
        "concepts",
        "published",
    ),
    "a head that is gone": (
        "DELETE FROM {at}concepts WHERE id = '{published}'",
        "concepts",
        "published",
    ),
    "a head that nobody made": (GHOST, "concepts", "ghost"),
    "a key's owner": ("UPDATE {at}keys SET owner = 'user:eve'", "keys", "granted"),
    "a key's scopes": ("UPDATE {at}keys SET scopes = '[\"admin\"]'", "keys", "granted"),
    "a key's secret": ("UPDATE {at}keys SET secret_digest = hash", "keys", "granted"),
    "a key without an end": ("UPDATE {at}keys SET expires_at = NULL", "keys", "granted"),
    "a key that is gone": ("DELETE FROM {at}keys", "keys", "granted"),
    "a space's owner": (
        "UPDATE {at}spaces SET user_id = 'eve' WHERE id = '{space}'",
        "spaces",
        "space",
    ),
    "a level that falls": (
        "UPDATE {at}artifacts SET engagement_level = 3 WHERE id = '{page}'",
        "artifacts",
        "page",
    ),
    "an artifact that is gone": (
        "DELETE FROM {at}artifacts WHERE id = '{page}'",
        "artifacts",
        "page",
    ),
    "a centroid elsewhere": (
        (
            "UPDATE {at}centroids"
            " SET vector = (SELECT vector FROM {at}artifacts WHERE id = '{page}')"
            " WHERE id = '{part}'"
        ),
        "centroids",
        "part",
    ),
    "a centroid that is surer": (
        "UPDATE {at}centroids SET confidence = 1 WHERE id = '{part}'",
        "centroids",
        "part",
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
    "a mint of more": (
        "UPDATE {at}mint_events SET quantity = 50 WHERE id = 'mint-1'",
        "mint_events",
        "mint-1",
    ),
    "a job that is gone": (
        "DELETE FROM {at}image_generation_jobs",
        "image_generation_jobs",
        "job-1",
    ),
    "an upload of another CID": (
        "UPDATE {at}ipfs_upload_records SET cid = 'x' WHERE id = 'upload-1'",
        "ipfs_upload_records",
        "upload-1",
    ),
    "a reveal of one": (
        "UPDATE {at}reveal_transactions SET token_ids = '[\"x\"]'",
        "reveal_transactions",
        "reveal-1",
    ),
    "a value of another key": (
        "UPDATE {at}system_state SET state_value = '7'",
        "system_state",
        "a_key",
    ),
    "a stage that runs again": ("UPDATE {at}stages SET status = 'RUNNING'", "stages", "upload"),
    "a centroid that is gone": (
        "DELETE FROM {at}centroids WHERE id = '{part}'",
        "centroids",
        "part",
    ),
}


class House:
    """A database with the situation, the owner's address, and access to rows round the guards."""

    def __init__(
        self, store: SqlStore, owner_url: str, situation: Situation, around: Callable[[str], None]
    ) -> None:
        self.store, self.owner_url, self.situation, self._around = (
            store,
            owner_url,
            situation,
            around,
        )
        self.before = self.state()

    def state(self) -> object:
        """The facts of the schema, and every row of every head."""
        return schema_of(self.store.engines.reader), heads_of(self.store.engines.reader)

    def names(self) -> dict[str, str]:
        reviewed, published = self.situation.reviewed.entity_id, self.situation.published.entity_id
        granted, captures = self.situation.granted.entity_id, self.situation.captures
        of_captures = {
            "page": captures.artifact_id,
            "part": captures.part_id,
            "space": captures.space_id,
        }
        return {"reviewed": reviewed, "published": published, "granted": granted} | of_captures

    def harm(self, statement: str) -> None:
        at = "" if self.owner_url.startswith("sqlite") else f"{SCHEMA}."
        self._around(statement.format(at=at, **self.names()))


def schema_of(engine: Engine) -> tuple[str, ...]:
    with engine.connect() as connection:
        return facts(connection, SCHEMA, CATALOG)


def heads_of(engine: Engine) -> list[list[str]]:
    place = {SCHEMA: None if engine.dialect.name == "sqlite" else SCHEMA}
    with engine.connect().execution_options(schema_translate_map=place) as connection:
        return [
            sorted(map(repr, connection.execute(select(head)))) for head in CATALOG.updatable_tables
        ]


def around_sqlite(path: str) -> Callable[[str], None]:
    def harm(statement: str) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            connection.execute("BEGIN")
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement)
            for _, sql in triggers:
                connection.execute(sql)
            connection.execute("COMMIT")

    return harm


def around_postgresql(url: str) -> Callable[[str], None]:
    def harm(statement: str) -> None:
        again = [
            f"ALTER TABLE {guard.table} ENABLE ALWAYS TRIGGER {guard.name}"
            for guard in CATALOG.guards("postgresql")
            if guard.table in CATALOG.updatable_tables
        ]
        asleep, awake = (
            [f"ALTER TABLE {head} {done} TRIGGER ALL" for head in CATALOG.updatable_tables]
            for done in ("DISABLE", "ENABLE")
        )
        with psycopg.connect(url) as admin:
            for each in (*asleep, statement, *awake, *again):
                admin.execute(each.encode())

    return harm


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[House]:
    if request.param == "sqlite":
        file: Place[Path] = request.getfixturevalue("situated_file")
        path = shutil.copy(file.where, tmp_path / "house.db")
        url = owner_url = f"sqlite:///{path}"
        situation, around = file.situation, around_sqlite(str(path))
    else:
        place: Place[PostgresServer] = request.getfixturevalue("situated_database")
        template = place.where.url.rpartition("/")[2]
        database = create_database(
            request.getfixturevalue("server"), f"house_{next(NUMBERS)}", template
        )
        url, owner_url = database.url, database.owner_url
        situation, around = place.situation, around_postgresql(database.admin_url)
    store = open_store(url, policy=POLICY)
    yield House(store, owner_url, situation, around)
    store.dispose()


def test_the_heads_that_are_rebuilt_are_all_there_are_in_the_metadata(house: House) -> None:
    heads = {
        table.name
        for table in metadata.tables.values()
        if any(isinstance(key, HeadHistoryKey) for key in table.constraints)
    }

    of_signals = {head.name for head in (ARTIFACTS, CENTROIDS)}

    assert {each.table for each in rebuild(house.store, house.owner_url)} == heads | of_signals


def test_rebuilding_what_is_whole_changes_nothing(house: House) -> None:
    rebuilt = rebuild(house.store, house.owner_url)

    assert {each.table: each.rows for each in rebuilt} == {
        "concepts": 3,
        "keys": 1,
        "spaces": 1,
        "subspaces": 4,
        "algorithms": 1,
        "settings": 2,
        "stages": 1,
        "authors": 1,
        "mint_events": 2,
        "tokens_s0": 2,
        "image_generation_jobs": 1,
        "ipfs_upload_records": 2,
        "reveal_transactions": 1,
        "system_state": 1,
        "artifacts": 2,
        "centroids": 2,
    }
    assert {each.changed for each in rebuilt} == {()}
    assert (
        rebuild(house.store, house.owner_url, heads=dict(CATALOG.heads)) == rebuilt
    )  # a host that names ours too
    assert house.state() == house.before
    assert verify(house.store) == ()


@pytest.mark.parametrize("name", HARM)
def test_a_head_that_was_changed_behind_its_history_is_made_again(name: str, house: House) -> None:
    statement, table, whose = HARM[name]
    house.harm(statement)
    harmed = {each.table for each in verify(house.store)}

    changed = {
        each.table: each.changed for each in rebuild(house.store, house.owner_url) if each.changed
    }

    assert table in harmed
    assert changed == {table: (house.names().get(whose, whose),)}
    assert house.state() == house.before
    assert verify(house.store) == ()


def test_the_guards_stand_again_after_a_rebuild(house: House) -> None:
    house.harm(HARM["a status"][0])
    rebuild(house.store, house.owner_url)

    with pytest.raises((psycopg.Error, sqlite3.Error), match="concepts_one_step"):
        raw(house.owner_url, house.situation.reviewed.entity_id)


def raw(url: str, entity_id: str) -> None:
    statement = f"UPDATE {{}}concepts SET status = 'PUBLISHED' WHERE id = '{entity_id}'"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute(statement.format(""))
    else:
        with psycopg.connect(url) as owner:
            owner.execute(statement.format("indelible.").encode())


def peak_bytes(store: SqlStore, pauses: int) -> int:
    """Return the peak of memory while a head with so many more changes is rebuilt."""
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


def test_a_rebuild_does_not_load_a_lifecycles_history_into_memory(sqlite: SqlStore) -> None:
    peak_bytes(sqlite, 500)
    long_history = peak_bytes(sqlite, 500)
    four_times_as_long = peak_bytes(sqlite, 3_000)

    assert four_times_as_long < 1.3 * long_history
