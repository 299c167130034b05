"""Finished tasks are deleted where a retention is configured, and never otherwise."""

from collections.abc import Generator
from datetime import timedelta

import pytest

from indelible.kernel import Actor
from indelible.kernel.hung_threads import HungThreads
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.task_retention import TASK_RETENTION
from indelible.testing.kernel.hung_threads import LIVE_UNTIL
from indelible.testing.stores import BEGINNING, LEASE_END
from indelible_service.processes.building import build_stages, recurring_tasks
from indelible_service.settings.service import Settings
from indelible_service.stages import pruning
from indelible_sql import SqlReading, SqlStore, open_store, verify
from indelible_workers import process_batch

pytestmark = pytest.mark.slow

WORKER = Actor.system("worker")
STAGES = ("mail", "work")


@pytest.fixture
def store(sqlite_url: str) -> Generator[SqlStore]:
    opened = open_store(sqlite_url)
    yield opened
    opened.dispose()


def complete_tasks(store: SqlStore) -> None:
    """Complete a task of each stage."""
    for stage in STAGES:
        with store.transaction(actor=WORKER, reason="a test") as tx:
            tx.tasks.enqueue(stage, {"done": BEGINNING})
            tx.tasks.complete(tx.tasks.claim(stage, limit=1, until=LEASE_END))


def run_pruning(store: SqlStore, days: int) -> None:
    """Enqueue the recurring task and process it."""
    with store.transaction(actor=WORKER, reason="a test") as tx:
        tx.tasks.enqueue(pruning.STAGE, {pruning.TASK: BEGINNING})
    assert process_batch(store, pruning.prune_stage(store, days), actor=WORKER) == 1


def stored_stages(store: SqlStore) -> list[str]:
    """Return the stages whose completed task is stored."""
    return [stage for stage in STAGES if store.read(_is_stored, stage)]


def _is_stored(tx: SqlReading, stage: str) -> bool:
    try:
        tx.tasks.get(stage, "done")
    except TaskNotFound:
        return False
    return True


def _retention(tx: SqlReading) -> tuple[str, int]:
    head = tx.settings.get(TASK_RETENTION)
    return head.entity.value, head.revision.seq


def test_without_a_retention_no_stage_prunes(store: SqlStore) -> None:
    settings = Settings(database_url=store.own_url)

    assert pruning.STAGE not in build_stages(settings, store)
    assert pruning.TASK not in {task.name for task in recurring_tasks(settings)}


def test_a_retention_starts_an_hourly_stage(store: SqlStore) -> None:
    settings = Settings(database_url=store.own_url, task_retention_days=30)
    (task,) = (task for task in recurring_tasks(settings) if task.name == pruning.TASK)

    assert pruning.STAGE in build_stages(settings, store)
    assert (task.stage, task.every_seconds) == (pruning.STAGE, pruning.EVERY_SECONDS)


def test_the_stage_deletes_what_is_older_than_the_retention(store: SqlStore) -> None:
    complete_tasks(store)
    run_pruning(store, 1)
    young = stored_stages(store)
    run_pruning(store, 0)

    assert (young, stored_stages(store)) == (list(STAGES), [])
    assert verify(store) == ()


def test_the_retention_is_stored_when_it_changes(store: SqlStore) -> None:
    run_pruning(store, 2)
    run_pruning(store, 2)
    first = store.read(_retention)
    run_pruning(store, 3)

    assert first == ("172800", 1)
    assert store.read(_retention) == ("259200", 2)


def test_the_stage_deletes_expired_reports_of_hung_threads(store: SqlStore) -> None:
    reports: list[HungThreads] = []
    for process, expires_at in (("host:1", LIVE_UNTIL), ("host:2", BEGINNING)):
        report = HungThreads(
            stage="work", process=process, threads=1, since=BEGINNING, expires_at=expires_at
        )
        reports.append(report)
    with store.transaction(actor=WORKER, reason="a test") as tx:
        for report in reports:
            tx.tasks.report_hung_threads(report)
    run_pruning(store, 1)

    before = BEGINNING - timedelta(days=1)
    assert store.read(lambda tx: tx.tasks.hung_threads(before)) == (reports[0],)
