"""Test that a migration is idempotent, and drops no record unless its hash is exported."""

import re
import sqlite3
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Barrier, Timer

import psycopg
import pytest
from sqlalchemy import inspect, select
from tests.feeds import changes, wait_for_complete_feed
from tests.guards.situation import settle
from tests.sql.conftest import code, opened
from tests.sql.empty_databases import (
    SCHEMA,
    EmptyDatabase,
    empty_on_postgresql,
    empty_on_sqlite,
)
from tests.sql.freeze import newest_revision

from indelible import captures, concepts
from indelible.kernel import Actor
from indelible.money.commands import RegisterPayee
from indelible.money.handlers.payees import register_payee
from indelible.testing.captures.scenarios import A, CaptureScenario, worked
from indelible.testing.contests.scenarios import publish
from indelible.testing.stores import MAYA, RATIO, create, edit
from indelible_service.embedded import APP, PostgresServer
from indelible_sql import (
    SqlStore,
    import_histories,
    newest_seal,
    open_async_store,
    seal,
    verify,
)
from indelible_sql.captures.functions import capture_function
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.breaker_tables import BREAKERS
from indelible_sql.kernel.hung_thread_tables import HUNG_THREADS
from indelible_sql.kernel.rate_tables import RATE_BUCKETS
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS
from indelible_sql.kernel.subject_tables import SUBJECTS
from indelible_sql.kernel.subscriber_tables import SUBSCRIBER_CURSORS
from indelible_sql.kernel.task_tables import PRUNED_STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.maintenance.export import export_histories, exported_hashes
from indelible_sql.schema.columns import in_schema, prefix_of
from indelible_sql.schema.drop import RecordsWouldBeLost
from indelible_sql.schema.migrate import downgrade, migrating, upgrade

pytestmark = pytest.mark.slow

LEFT_OUT = (
    SEALS,
    SEAL_RECORDS,
    TASKS,
    TASK_ATTEMPTS,
    PRUNED_STAGES,
    RATE_BUCKETS,
    BREAKERS,
    HUNG_THREADS,
    SUBSCRIBER_CURSORS,
    SUBJECTS,
)
# The tables that each revision adds, and the lifecycles: of whole contexts, or of the kernel.
NEW_TABLES = {
    "0004": ("projects", "project_prompts", "jobs", "job_outputs", "job_specs"),
    "0005": (
        "payloads",
        "rejections",
        "contests",
        "contest_configurations",
        "entries",
        "rosters",
        "contest_logs",
        "contest_events",
        "event_faults",
        "provider_feeds",
        "provider_fetches",
        "settlement_runs",
        "settlement_lines",
    ),
    "0006": (
        "subscriber_cursors",
        "watched_subjects",
        "webhook_rejections",
        "accounts",
        "movements",
        "postings",
        "covered_items",
        "charges",
        "refunds",
        "refund_attempts",
        "disputes",
        "stripe_events",
        "stripe_event_attempts",
        "reconciliations",
        "discrepancies",
        "payment_switches",
        "payees",
        "transfers",
        "transfer_lines",
        "transfer_attempts",
        "payout_jobs",
    ),
}
NEW_LIFECYCLES = {
    "0004": ("project", "job"),
    "0005": ("contest", "entry", "contest_log", "provider_feed", "settlement_run"),
    "0006": (
        "account",
        "movement",
        "charge",
        "refund",
        "dispute",
        "stripe_event",
        "reconciliation",
        "payment_switch",
        "payee",
        "transfer",
        "payout_job",
    ),
}
IMPORTER = Actor.system("importer")
MIGRATORS = 4
LOCK_SECONDS = 0.3


def add_payee(store: SqlStore) -> object:
    """Store a payee, which names nothing else."""
    command = RegisterPayee(party="ann")
    return store.run(register_payee, command, actor=MAYA, reason="a test")


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
        assert empty.revision() == newest_revision()
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


@pytest.mark.parametrize(
    "previous", [f"{number:04}" for number in range(1, int(newest_revision()))]
)
def test_down_to_a_revision_and_up_again_keeps_all_rows(
    empty: EmptyDatabase, previous: str
) -> None:
    """Every table has rows, of which the previous revision has every column that it knows.

    Seals go with their table: an export contains what they prove. What becomes of tasks and
    attempts is tested in `test_task_revision.py`. Buckets of rates go with their table, and so do
    contexts that the previous revision does not know.
    """
    empty.upgrade()
    with empty.opened() as store:
        settle(store)
        facts = empty.facts()
        all_rows = unsealed_rows(empty, {})
        rows = lasting_rows(all_rows, previous)
        file = BytesIO()
        store.read(export_histories, file)
        exported = exported_hashes(file, CATALOG)
        downgrade(empty.owner_url, SCHEMA, previous, CATALOG, exported=exported)

        assert empty.revision() == previous
        assert empty.facts() != facts
        columns = existing_columns(empty)
        old_rows = unsealed_rows(empty, columns)
        kept_rows = lasting_rows(old_rows, previous)
        assert len(kept_rows) == len(old_rows)
        with empty.opened() as another:
            assert code(another.feed) == "SCHEMA_OUT_OF_DATE"

        empty.upgrade()
        assert empty.facts() == facts
        assert lasting_rows(unsealed_rows(empty, {}), previous) == rows
        assert lasting_rows(unsealed_rows(empty, columns), previous) == kept_rows
        assert verify(store) == ()
        assert create(store).seq == 1

        import_histories(store, file, by=IMPORTER)
        assert verify(store) == ()
        assert new_rows(unsealed_rows(empty, {}), previous) == new_rows(all_rows, previous)


def lasting_rows(rows: list[str], previous: str) -> list[str]:
    """Return the rows that a downgrade to the previous revision keeps.

    Changes have no positions here: on SQLite those of the changes that stay close up.
    """
    lifecycles = "|".join(names_after(previous, NEW_LIFECYCLES))
    lost = re.compile(
        rf"({'|'.join(names_after(previous, NEW_TABLES))}) "
        rf"|history \(\d+, '({lifecycles})'|lifecycle_edges \('({lifecycles})'"
    )
    kept = [row for row in rows if not lost.match(row)]
    return sorted(re.sub(r"^history \(\d+, ", "history (", row) for row in kept)


def new_rows(rows: list[str], previous: str) -> list[str]:
    """Return the rows of the tables that the previous revision does not have."""
    tables = names_after(previous, NEW_TABLES)
    return [row for row in rows if row.partition(" ")[0] in tables]


def names_after(previous: str, by_revision: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the names that the revisions after the previous one add."""
    names: list[str] = []
    for revision, added in by_revision.items():
        if revision > previous:
            names += added

    return names


@pytest.mark.parametrize(("previous", "add"), [("0005", add_payee), ("0004", publish)])
def test_a_downgrade_drops_a_context_only_with_an_export(
    empty: EmptyDatabase, previous: str, add: Callable[[SqlStore], object]
) -> None:
    empty.upgrade()
    with empty.opened() as store:
        add(store)
        facts = empty.facts()

        with pytest.raises(RecordsWouldBeLost):
            downgrade(empty.owner_url, SCHEMA, previous, CATALOG)
        assert empty.facts() == facts
        hashes = [change.hash for change in changes(store)]
        downgrade(empty.owner_url, SCHEMA, previous, CATALOG, exported=hashes)

        assert empty.revision() == previous


def test_an_algorithm_that_an_operator_has_installed_is_no_hindrance(
    empty: EmptyDatabase,
) -> None:
    empty.upgrade()
    facts = empty.facts()
    downgrade(empty.owner_url, SCHEMA, "0005", CATALOG)
    with migrating(empty.owner_url, SCHEMA) as (connection, schema):
        if schema is not None:
            statement = in_schema(connection, schema, capture_function(captures.ANCHORED))
            connection.exec_driver_sql(statement)

    empty.upgrade()

    assert empty.facts() == facts


def test_a_downgrade_drops_seals_only_with_an_export(empty: EmptyDatabase) -> None:
    empty.upgrade()
    with empty.opened() as store:
        create(store)
        assert seal(wait_for_complete_feed(store), actor=MAYA, reason="a test") is not None
        facts = empty.facts()
        hashes = [change.hash for change in changes(store)]

        with pytest.raises(RecordsWouldBeLost):
            downgrade(empty.owner_url, SCHEMA, "0001", CATALOG)
        assert empty.facts() == facts
        downgrade(empty.owner_url, SCHEMA, "0001", CATALOG, exported=hashes)
        empty.upgrade()

        assert newest_seal(store) is None
        assert verify(store) == ()


def existing_columns(empty: EmptyDatabase) -> dict[str, list[str]]:
    """Map each table of the revision to its columns."""
    columns: dict[str, list[str]] = {}
    with migrating(empty.owner_url, SCHEMA) as (connection, schema):
        prefix = prefix_of(connection, SCHEMA)
        for table in inspect(connection).get_table_names(schema=schema):
            nothing = connection.exec_driver_sql(f"SELECT * FROM {prefix}{table} WHERE FALSE")
            columns[table] = list(nothing.keys())

    return columns


def unsealed_rows(empty: EmptyDatabase, columns: Mapping[str, list[str]]) -> list[str]:
    """Return these columns of every row of every table but LEFT_OUT; all columns by default."""
    rows: list[str] = []
    with migrating(empty.owner_url, SCHEMA) as (connection, schema):
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        for table in CATALOG.tables:
            names = columns.get(table.name, []) if columns else table.columns.keys()
            if not names or table in LEFT_OUT:
                continue

            known = [column for column in table.columns if column.name in names]
            rows += sorted(f"{table.name} {row!r}" for row in translated.execute(select(*known)))

    return rows


def check_downgrade_is_refused(empty: EmptyDatabase, exported: list[str], *, lost: int) -> None:
    """Downgrade with the exported hashes; check the number of lost rows in the error."""
    with pytest.raises(RecordsWouldBeLost) as caught:
        downgrade(empty.owner_url, SCHEMA, "base", CATALOG, exported=exported)

    assert caught.value.code == "RECORDS_WOULD_BE_LOST"
    assert caught.value.detail == {"rows": lost}


def test_a_downgrade_that_would_drop_changes_is_refused_and_changes_nothing(
    empty: EmptyDatabase,
) -> None:
    empty.upgrade()
    with empty.opened() as store:
        saved = edit(store, create(store))
        facts = empty.facts()
        hashes = [change.hash for change in changes(store)]

        check_downgrade_is_refused(empty, [], lost=2)
        check_downgrade_is_refused(empty, hashes[:1], lost=1)
        check_downgrade_is_refused(empty, ["0" * 64, *hashes[1:]], lost=1)
        assert empty.facts() == facts
        assert empty.revision() == newest_revision()
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

        check_downgrade_is_refused(empty, [], lost=len(hashes) + 1)
        check_downgrade_is_refused(empty, hashes, lost=1)
        assert empty.facts() == facts
        assert empty.revision() == newest_revision()
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


def test_a_role_that_could_undo_the_guards_is_refused(database: PostgresServer) -> None:
    for url in (database.owner_url, database.admin_url):
        with opened(url) as store:
            assert code(create, store) == "ROLE_TOO_STRONG"


@pytest.mark.parametrize(
    "right", ["UPDATE (reason) ON indelible.history", "UPDATE (result) ON indelible.receipts"]
)
def test_a_role_that_may_update_one_column_of_a_record_is_refused(
    database: PostgresServer, right: str
) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(f"GRANT {right} TO {APP}".encode())

    with opened(database.url) as store:
        assert code(create, store) == "ROLE_TOO_STRONG"


def test_a_role_without_the_right_to_migrate_is_refused(server: PostgresServer) -> None:
    empty = empty_on_postgresql(server)

    with empty.opened() as store:
        assert code(store.upgrade) == "ACCESS_DENIED"
    assert empty.objects() == []
