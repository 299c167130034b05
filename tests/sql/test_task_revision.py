"""A downgrade keeps of tasks and attempts what an earlier revision can express."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import select, text
from tests.guards.situation import settle
from tests.guards.task_rows import CARRIER, DONE, LEASED, PRUNED_STAGE
from tests.sql.empty_databases import SCHEMA, EmptyDatabase, empty_on_postgresql, empty_on_sqlite

from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.tasks import Attempt, AttemptOutcome, Priority, Task
from indelible.projects.rules import PROCESS_JOB_STAGE
from indelible.testing.stores import BEGINNING, claim, do, enqueue, within
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, verify
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.task_tables import PRUNED_STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.maintenance.export import export_histories, exported_hashes
from indelible_sql.schema.columns import prefix_of
from indelible_sql.schema.drop import RecordsWouldBeLost
from indelible_sql.schema.migrate import downgrade, migrating

pytestmark = pytest.mark.slow

OLD_COLUMNS = TASKS.columns.keys()[:8]
EARLIER = ("0001", "0002")
Key = tuple[str, str]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, server: PostgresServer
) -> EmptyDatabase:
    """Return a database at the newest revision."""
    if request.param == "sqlite":
        empty = empty_on_sqlite(tmp_path / "empty.db")
    else:
        empty = empty_on_postgresql(server)
    empty.upgrade()
    return empty


IS_EARLIER = TASKS.c.stage != PROCESS_JOB_STAGE


def tasks_of(database: EmptyDatabase) -> dict[Key, Task]:
    """Return all tasks but those of jobs, which the downgrade of 0004 removes, by stage and id."""
    tasks: dict[Key, Task] = {}
    with migrating(database.owner_url, SCHEMA) as (connection, schema):
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        for row in translated.execute(select(TASKS).where(IS_EARLIER)).mappings():
            tasks[row["stage"], row["entity_id"]] = ROWS.structure(dict(row), Task)
    return tasks


def attempts_of(database: EmptyDatabase) -> set[Attempt]:
    """Return all attempts."""
    with migrating(database.owner_url, SCHEMA) as (connection, schema):
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        rows = translated.execute(select(TASK_ATTEMPTS)).mappings().all()
    return {ROWS.structure(dict(row), Attempt) for row in rows}


def old_rows(database: EmptyDatabase) -> dict[Key, Mapping[str, Any]]:
    """Return the columns of these tasks that the first revision has, by stage and id."""
    columns = [TASKS.c[name] for name in OLD_COLUMNS]
    rows: dict[Key, Mapping[str, Any]] = {}
    with migrating(database.owner_url, SCHEMA) as (connection, schema):
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        for row in translated.execute(select(*columns).where(IS_EARLIER)).mappings():
            rows[row["stage"], row["entity_id"]] = dict(row)
    return rows


def exported_changes(store: SqlStore) -> set[str]:
    """Return the hashes of an export of all records."""
    file = BytesIO()
    store.read(export_histories, file)
    return set(exported_hashes(file, CATALOG))


def with_deaths(attempts: set[Attempt]) -> set[Attempt]:
    """Return the attempts with deaths instead of cancellations, and their digests."""
    changed: set[Attempt] = set()
    for attempt in attempts:
        if attempt.outcome is AttemptOutcome.CANCELED:
            changed.add(evolve(attempt, outcome=AttemptOutcome.DEAD).with_hash())
        else:
            changed.add(attempt)
    return changed


def plain_run(task: Task) -> Task:
    """Return the task as the newest revision shows it after it lost what a run carries."""
    without = evolve(
        task,
        priority=Priority.NORMAL,
        arguments=None,
        result=None,
        progress=None,
        slot=None,
        error_class=None,
        finished_at=None,
        succeeded_at=None,
    )
    if task.cancel_reason is None:
        return without
    return evolve(without, cancel_reason=None, dead_reason=task.cancel_reason)


@pytest.mark.parametrize("previous", EARLIER)
def test_down_and_up_again_keeps_tasks_and_attempts(database: EmptyDatabase, previous: str) -> None:
    with database.opened() as store:
        settle(store)
        tasks, attempts = tasks_of(database), attempts_of(database)
        rows = old_rows(database)
        exported = exported_changes(store)
        downgrade(database.owner_url, SCHEMA, previous, CATALOG, exported=exported)

        for key in rows:
            if tasks[key].cancel_reason is not None:
                rows[key] = {**rows[key], "dead_reason": tasks[key].cancel_reason}
        assert old_rows(database) == rows

        database.upgrade()
        after: dict[tuple[str, str], Task] = {}
        for key, task in tasks_of(database).items():
            assert task.succeeded_at == (task.finished_at if task.is_completed else None)
            after[key] = evolve(task, finished_at=None, succeeded_at=None)
        assert after == {key: plain_run(task) for key, task in tasks.items()}
        assert attempts_of(database) == with_deaths(attempts)
        assert verify(store) == ()
        assert tasks_of(database)["work", DONE].finished_at is not None


def test_a_pruned_task_with_attempts_returns_as_completed(database: EmptyDatabase) -> None:
    with database.opened() as store:
        settle(store)
        within(store, lambda tx: tx.tasks.enqueue("mail", {"a": BEGINNING}))
        leases = claim(store, stage="mail")
        within(store, lambda tx: tx.tasks.record_start(leases))
        within(store, lambda tx: tx.tasks.complete(leases))
        while not within(store, lambda tx: tx.tasks.prune("mail", limit=1)):
            pass
        downgrade(database.owner_url, SCHEMA, "0002", CATALOG, exported=exported_changes(store))
        row = old_rows(database)["mail", "a"]
        database.upgrade()

        assert (row["due_at"], row["dead_reason"], row["fence"], row["attempts"]) == (
            None,
            None,
            leases[0].fence + 1,
            1,
        )
        assert tasks_of(database)["mail", "a"].finished_at is not None
        assert verify(store) == ()


def test_a_downgrade_loses_no_task_without_an_export(database: EmptyDatabase) -> None:
    with database.opened() as store:
        settle(store)
        facts = database.facts()
        tasks = tasks_of(database)

        with pytest.raises(RecordsWouldBeLost):
            downgrade(database.owner_url, SCHEMA, "0002", CATALOG)
        assert database.facts() == facts
        assert tasks_of(database) == tasks


def test_a_canceled_task_becomes_a_dead_one(database: EmptyDatabase) -> None:
    with database.opened() as store:
        enqueue(store, "a")
        downgrade(database.owner_url, SCHEMA, "0002", CATALOG)
        database.upgrade()
        do(store, cancel_task, CancelTask(stage="work", entity_id="a"))

    # No export is needed, because there is no record that an export could contain.
    downgrade(database.owner_url, SCHEMA, "0002", CATALOG)
    assert old_rows(database)["work", "a"]["dead_reason"] == "a test"


def test_the_upgrade_orders_tasks_and_prunes_none(database: EmptyDatabase) -> None:
    with database.opened() as store:
        settle(store)
        exported = exported_changes(store)
        downgrade(database.owner_url, SCHEMA, "0002", CATALOG, exported=exported)
        database.upgrade()

        with migrating(database.owner_url, SCHEMA) as (connection, _):
            prefix = prefix_of(connection, SCHEMA)
            pruned = connection.scalar(text(f"SELECT count(*) FROM {prefix}{PRUNED_STAGES.name}"))
        assert pruned == 0
        tasks = tasks_of(database)
        assert tasks["work", CARRIER].priority is Priority.NORMAL
        assert tasks["work", LEASED].finished_at is None
        assert (PRUNED_STAGE, "pruned") not in tasks
