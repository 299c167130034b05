"""Test that a migration is idempotent, and drops no record unless its hash is exported."""

import sqlite3
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Barrier, Timer

import pytest
from tests.feeds import changes, wait_for_complete_feed
from tests.sql.conftest import code, opened
from tests.sql.empty_databases import (
    SCHEMA,
    EmptyDatabase,
    empty_on_postgresql,
    empty_on_sqlite,
)

from indelible import captures, concepts
from indelible.testing.captures.scenarios import A, CaptureScenario, worked
from indelible.testing.stores import MAYA, RATIO, create, edit
from indelible_service.embedded import PostgresServer
from indelible_sql import (
    SqlStore,
    newest_seal,
    open_async_store,
    seal,
    verify,
)
from indelible_sql.contexts import CATALOG
from indelible_sql.generated_revisions import OWN
from indelible_sql.maintenance.export import export_histories, exported_hashes
from indelible_sql.schema.drop import RecordsWouldBeLost
from indelible_sql.schema.migrate import downgrade, upgrade

pytestmark = pytest.mark.slow

MIGRATORS = 4
LOCK_SECONDS = 0.3


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, server: PostgresServer) -> EmptyDatabase:
    if request.param == "sqlite":
        return empty_on_sqlite(tmp_path / "empty.db")
    return empty_on_postgresql(server)


def test_a_second_upgrade_changes_nothing(empty: EmptyDatabase) -> None:
    empty.upgrade()
    with empty.opened() as store:
        saved = create(store)
        facts = empty.facts()
        store.upgrade(empty.owner_url)

        assert empty.facts() == facts
        assert empty.revision() == OWN
        assert edit(store, saved).seq == 2
        assert verify(store) == ()


def test_a_downgrade_leaves_nothing_and_a_new_upgrade_leaves_the_same_schema(
    empty: EmptyDatabase,
) -> None:
    empty.upgrade()
    facts = empty.facts()
    empty.downgrade()
    objects = [name for name in empty.objects() if "indelible_version" not in name]
    empty.upgrade()

    assert set(objects) <= {SCHEMA}
    assert empty.facts() == facts
    with empty.opened() as store:
        assert verify(store) == ()
        assert create(store).seq == 1


def test_a_downgrade_drops_seals_only_with_an_export(empty: EmptyDatabase) -> None:
    empty.upgrade()
    with empty.opened() as store:
        create(store)
        assert seal(wait_for_complete_feed(store), actor=MAYA, reason="a test") is not None
        facts = empty.facts()
        hashes = [change.hash for change in changes(store)]

        with pytest.raises(RecordsWouldBeLost):
            downgrade(empty.owner_url, SCHEMA, "base", CATALOG)
        assert empty.facts() == facts
        downgrade(empty.owner_url, SCHEMA, "base", CATALOG, exported=hashes)
        empty.upgrade()

        assert newest_seal(store) is None
        assert verify(store) == ()


def check_downgrade_is_refused(
    empty: EmptyDatabase, facts: tuple[str, ...], exported: list[str], *, lost: int
) -> None:
    """Downgrade with the exported hashes; check the number of lost rows in the error."""
    with pytest.raises(RecordsWouldBeLost) as caught:
        downgrade(empty.owner_url, SCHEMA, "base", CATALOG, exported=exported)

    assert caught.value.code == "RECORDS_WOULD_BE_LOST"
    assert caught.value.detail == {"rows": lost}
    assert empty.facts() == facts
    assert empty.revision() == OWN


def test_a_downgrade_that_would_drop_changes_is_refused_and_changes_nothing(
    empty: EmptyDatabase,
) -> None:
    empty.upgrade()
    with empty.opened() as store:
        saved = edit(store, create(store))
        facts = empty.facts()
        hashes = [change.hash for change in changes(store)]

        check_downgrade_is_refused(empty, facts, [], lost=2)
        check_downgrade_is_refused(empty, facts, hashes[:1], lost=1)
        check_downgrade_is_refused(empty, facts, ["0" * 64, *hashes[1:]], lost=1)
        assert store.read(concepts.get_concept, saved.concept.id).seq == 2
        assert verify(store) == ()


def capture_once(store: SqlStore) -> CaptureScenario:
    scenario, *_ = worked(store)
    scenario.capture(A)
    return scenario


def test_a_downgrade_that_would_drop_signals_is_refused_and_changes_nothing(
    empty: EmptyDatabase,
) -> None:
    empty.upgrade()
    with empty.opened() as store:
        scenario = capture_once(store)
        facts = empty.facts()
        hashes = [change.hash for change in changes(store)]

        check_downgrade_is_refused(empty, facts, [], lost=len(hashes) + 1)
        check_downgrade_is_refused(empty, facts, hashes, lost=1)
        assert len(scenario.read(captures.recent_captures, scenario.space_id)) == 1
        assert verify(store) == ()


def test_a_downgrade_with_an_export_of_every_record_succeeds(empty: EmptyDatabase) -> None:
    empty.upgrade()
    with empty.opened() as store:
        create(store)
        capture_once(store)
        file = BytesIO()
        store.read(export_histories, file)

        hashes = exported_hashes(file, CATALOG)
        downgrade(empty.owner_url, SCHEMA, "base", CATALOG, exported=hashes)

    with empty.opened() as store:
        assert code(store.feed) == "SCHEMA_OUT_OF_DATE"


def test_concurrent_upgrades_upgrade_once(empty: EmptyDatabase) -> None:
    start = Barrier(MIGRATORS)

    def wait_and_upgrade() -> None:
        start.wait()
        empty.upgrade()

    with ThreadPoolExecutor(MIGRATORS) as threads:
        upgrades = [threads.submit(wait_and_upgrade) for _ in range(MIGRATORS)]
        for finished in upgrades:
            finished.result()

    with empty.opened() as store:
        assert verify(store) == ()
        assert create(store).seq == 1


@contextmanager
def write_locked(path: Path) -> Generator[None]:
    """Turn WAL off in the file, and lock it for writes during the first `LOCK_SECONDS`."""
    locking = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    locking.execute("PRAGMA journal_mode = DELETE")
    locking.execute("BEGIN IMMEDIATE")
    release = Timer(LOCK_SECONDS, locking.execute, ["ROLLBACK"])
    release.start()
    yield
    release.join()
    locking.close()


def test_enabling_wal_waits_for_the_lock_of_another_writer(tmp_path: Path) -> None:
    path = tmp_path / "restored.db"
    url = f"sqlite:///{path}"

    with write_locked(path):
        upgrade(url, SCHEMA, CATALOG, role=None)
    with write_locked(path), opened(url) as store:
        assert create(store).seq == 1


async def test_an_async_store_enabling_wal_waits_for_the_lock_of_another_writer(
    tmp_path: Path,
) -> None:
    path = tmp_path / "restored.db"
    url = f"sqlite:///{path}"
    command = concepts.CreateConcept(content=RATIO)
    upgrade(url, SCHEMA, CATALOG, role=None)
    store = open_async_store(url)

    with write_locked(path):
        saved = await store.run(concepts.create_concept, command, actor=MAYA, reason="a test")
    await store.dispose()

    assert saved.seq == 1


async def test_an_address_may_name_its_driver(tmp_path: Path) -> None:
    store = open_async_store(f"sqlite+aiosqlite:///{tmp_path / 'named.db'}")
    try:
        await store.upgrade()

        assert (await store.feed()).changes == ()
    finally:
        await store.dispose()


def test_a_downgrade_of_a_server_that_does_not_listen_is_an_error(unused_tcp_port: int) -> None:
    url = f"postgresql://indelible_owner@127.0.0.1:{unused_tcp_port}/indelible"

    assert code(downgrade, url, SCHEMA, "base", CATALOG) == "STORE_UNREACHABLE"


def test_a_role_without_the_right_to_migrate_is_refused(server: PostgresServer) -> None:
    empty = empty_on_postgresql(server)

    with empty.opened() as store:
        assert code(store.upgrade) == "ACCESS_DENIED"
    assert empty.objects() == []
