"""Finished tasks are deleted where a retention is configured, and never otherwise."""

from collections.abc import Generator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from attrs import evolve
from tests.service.commands import error_code, json_result, run

from indelible.app import AppContext, WriteTx
from indelible.kernel import Actor
from indelible.kernel.hung_threads import HungThreads
from indelible.kernel.lease_handles import LeaseHandle, PerformStopped, StopReason
from indelible.kernel.retention import (
    RETENTIONS,
    OperationalTable,
    PrunedRows,
    PruneRows,
    SetRetention,
    prune_rows,
    set_retention,
)
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.task_retention import TASK_RETENTION
from indelible.testing.kernel.hung_threads import LIVE_UNTIL
from indelible.testing.kernel.webhooks import rejection_of
from indelible.testing.stores import BEGINNING, LEASE_END
from indelible_service.processes.building import build_stages, recurring_tasks
from indelible_service.settings.service import Settings
from indelible_service.stages import pruning
from indelible_sql import SqlReading, SqlStore, open_store, verify
from indelible_web.http.deletion_metrics import DeletionCollector
from indelible_workers import process_batch

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
    stage = pruning.prune_stage(store, {OperationalTable.TASKS: days})
    assert process_batch(store, stage, actor=WORKER) == 1


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


@pytest.mark.parametrize("table", OperationalTable)
def test_each_retention_alone_starts_an_hourly_stage(
    store: SqlStore, table: OperationalTable
) -> None:
    settings = Settings.read({"DATABASE_URL": store.own_url, pruning.VARIABLES[table]: "7"})
    (task,) = (task for task in recurring_tasks(settings) if task.name == pruning.TASK)

    assert pruning.retention_days(settings) == {table: 7}
    assert pruning.STAGE in build_stages(settings, store)
    assert (task.stage, task.every_seconds) == (pruning.STAGE, pruning.EVERY_SECONDS)


@pytest.mark.slow
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


def test_a_finished_task_takes_its_attempts_along(store: SqlStore) -> None:
    with store.transaction(actor=WORKER, reason="a test") as tx:
        tx.tasks.enqueue("work", {"done": BEGINNING})
        leases = tx.tasks.claim("work", limit=1, until=LEASE_END)
        tx.tasks.record_start(leases)
        tx.tasks.complete(leases)
    days = {OperationalTable.ATTEMPTS: 0, OperationalTable.TASKS: 0}
    numbers = {OperationalTable.TASKS: 0}
    while not numbers[OperationalTable.TASKS]:  # the database's clock may not have moved on yet
        numbers = dict(pruning.prune(store, days, actor=WORKER, reason="a test"))

    assert numbers == {OperationalTable.TASKS: 1, OperationalTable.ATTEMPTS: 1}
    assert verify(store) == ()


@pytest.mark.slow
def test_attempts_that_stay_do_not_hide_later_ones(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("a", "b", "c", "c", "c")  # the first start and the last run of each task stay
    for name in names:
        with store.transaction(actor=WORKER, reason="a test") as tx:
            tx.tasks.enqueue("work", {name: BEGINNING})
            leases = tx.tasks.claim("work", limit=1, until=LEASE_END)
            tx.tasks.record_start(leases)
            tx.tasks.complete(leases)
    monkeypatch.setattr(pruning, "PruneRows", partial(PruneRows, limit=1))
    days = {OperationalTable.ATTEMPTS: 0}
    total = 0
    while not total:  # the database's clock may not have moved on yet
        numbers = pruning.prune(store, days, actor=WORKER, reason="a test")
        total = numbers[OperationalTable.ATTEMPTS]

    assert total == 1
    assert verify(store) == ()


def test_a_stop_is_noticed_between_two_deletions(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.transaction(actor=WORKER, reason="a test") as tx:
        for number in range(3):
            tx.webhook_rejections.add(rejection_of(f"rejection-{number}", seconds=-number))
        tx.tasks.enqueue(pruning.STAGE, {pruning.TASK: BEGINNING})
        (lease,) = tx.tasks.claim(pruning.STAGE, limit=1, until=LEASE_END)
    handle = LeaseHandle(lease)

    def prune_and_request_stop(tx: WriteTx, command: PruneRows) -> PrunedRows:
        handle.request_stop(StopReason.SHUTDOWN)
        return prune_rows(tx, command)

    monkeypatch.setattr(pruning, "prune_rows", prune_and_request_stop)
    monkeypatch.setattr(pruning, "PruneRows", partial(PruneRows, limit=1))
    stage = pruning.prune_stage(store, {OperationalTable.WEBHOOK_REJECTIONS: 0})

    with pytest.raises(PerformStopped):
        stage.perform(pruning.TASK, handle)
    assert len(store.read(lambda tx: tx.webhook_rejections.page(limit=9))) == 2


@pytest.mark.slow
def test_the_command_deletes_what_the_settings_allow(store: SqlStore) -> None:
    old = rejection_of("rejection-1", seconds=-9 * pruning.DAY_SECONDS)
    with store.transaction(actor=WORKER, reason="a test") as tx:
        tx.webhook_rejections.add(old)
        tx.webhook_rejections.add(evolve(old, id="rejection-2", at=tx.clock.now()).with_hash())
    words = ("db", "prune", "--reason", "our policy", "--by", "user:maya")
    variable = pruning.VARIABLES[OperationalTable.WEBHOOK_REJECTIONS]
    settings = {"DATABASE_URL": store.own_url, variable: "1"}

    expected = [{"table": OperationalTable.WEBHOOK_REJECTIONS.value, "deleted": 1}]
    assert json_result(*words, settings=settings) == expected
    assert json_result(*words, settings=settings) == [{**expected[0], "deleted": 0}]
    name = RETENTIONS[OperationalTable.WEBHOOK_REJECTIONS].setting
    (change,) = store.read(lambda tx: tx.history.of("setting", name))
    assert (str(change.actor), change.reason) == ("user:maya", "our policy")


def test_the_command_needs_a_retention(store: SqlStore) -> None:
    settings = {"DATABASE_URL": store.own_url}

    assert error_code("db", "prune", "--reason", "x", settings=settings) == "RETENTION_NOT_SET"


def test_the_numbers_of_deleted_rows_are_exported(store: SqlStore) -> None:
    complete_tasks(store)
    run_pruning(store, 0)

    app_context = AppContext(store=store)
    (metric,) = DeletionCollector(app_context).collect()
    numbers = {sample.labels["table"]: sample.value for sample in metric.samples}
    assert numbers == {"tasks": len(STAGES), "task_attempts": 0, "webhook_rejections": 0}


@pytest.mark.slow
def test_an_import_says_how_many_deleted_rejections_it_leaves_out(
    store: SqlStore, tmp_path: Path
) -> None:
    settings = {"DATABASE_URL": store.own_url}
    rejections = OperationalTable.WEBHOOK_REJECTIONS
    with store.transaction(actor=WORKER, reason="a test") as tx:
        tx.webhook_rejections.add(rejection_of("rejection-1"))
    export = tmp_path / "before.jsonl"
    export.write_text(run("export", settings=settings).stdout)
    run("seal", settings=settings)
    retention = SetRetention(table=rejections, seconds=0)
    store.run(set_retention, retention, actor=WORKER, reason="our policy")
    store.run(prune_rows, PruneRows(table=rejections), actor=WORKER, reason="retention")

    text = run("import", str(export), settings=settings).stdout

    assert text.endswith(" imported, 1 left out as deleted by age.\n")
    assert verify(store) == ()
