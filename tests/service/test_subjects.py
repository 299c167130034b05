"""Every stage, recurring task and subscriber of the service is missed if it falls silent."""

from collections.abc import Generator
from pathlib import Path

import pytest
from tests.service.commands import error_code, json_result, run
from tests.workers.bakery import wait_until

from indelible.kernel import Actor
from indelible.kernel.silence import Subject, SubjectKind, subject_states
from indelible.kernel.stages import MAX_TIMEOUT_SECONDS
from indelible.reactions import SUBSCRIBER_NAME
from indelible.testing.stores import within
from indelible_service.processes.building import (
    backup_subject,
    build_stages,
    declare_configured_subjects,
    recurring_tasks,
)
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore, open_store
from indelible_workers import RecurringTask, Worker, run_scheduler, run_workers

HOUR = 3_600
EVERYTHING = {
    "INDELIBLE_TASK_RETENTION_DAYS": "30",
    "STRIPE_API_KEY": "sk_test_secret",
    "STRIPE_WEBHOOK_SECRET": "whsec_secret",
}


@pytest.fixture
def store(sqlite_url: str) -> Generator[SqlStore]:
    opened = open_store(sqlite_url)
    yield opened
    opened.dispose()


def stored(store: SqlStore) -> dict[tuple[str, str], int | None]:
    """Return the longest silence of each stored subject, by kind and name."""
    silences: dict[tuple[str, str], int | None] = {}
    for state in store.read(subject_states):
        subject = state.subject
        silences[subject.kind.value, subject.name] = subject.longest_silence_seconds
    return silences


def test_everything_that_the_service_runs_has_a_longest_silence(store: SqlStore) -> None:
    settings = Settings.read({"DATABASE_URL": store.own_url, **EVERYTHING})
    stages = build_stages(settings, store)
    subjects = [subject for stage in stages.values() for subject in stage.subjects]
    within(store, lambda tx: tx.subjects.declare(subjects))
    declare_configured_subjects(settings, store)
    silences = stored(store)

    recurring = recurring_tasks(settings)
    assert {name for kind, name in silences if kind == "stage"} == set(stages)
    names = {f"{task.stage}/{task.name}" for task in recurring}
    assert {name for kind, name in silences if kind == "recurring"} == names
    assert ("subscriber", f"follow_feed/{SUBSCRIBER_NAME}") in silences
    assert any("reconciliation" in name for name in names)
    assert "prune" in stages
    for seconds in silences.values():
        assert seconds is not None
    for task in recurring:
        assert task.every_seconds is not None
        longest = silences["recurring", f"{task.stage}/{task.name}"]
        assert longest == task.every_seconds + HOUR


def test_a_worker_and_a_scheduler_declare_what_they_run(store: SqlStore) -> None:
    settings = Settings(database_url=store.own_url, backup_hours=26)
    stages = {"seal": build_stages(settings, store)["seal"]}
    worker = Worker(store=store, actor=Actor.system("worker"))
    with run_workers(worker, stages, threads=1):
        wait_until(lambda: stored(store) == {("stage", "seal"): MAX_TIMEOUT_SECONDS})

    scheduler = Worker(store=store, actor=Actor.system("scheduler"))
    nightly = RecurringTask(name="nightly", stage="tidy", cron="30 2 * * *")
    subjects = (backup_subject(settings),)
    run_scheduler(scheduler, (nightly,), after_round=scheduler.stop, subjects=subjects)
    assert stored(store) == {
        ("stage", "seal"): MAX_TIMEOUT_SECONDS,  # its first task may take so long
        ("recurring", "tidy/nightly"): 25 * HOUR,
        ("backup", "backup"): 26 * HOUR,
    }


def test_a_backup_that_is_not_configured_is_not_missed() -> None:
    assert backup_subject(Settings()).longest_silence_seconds is None


def test_a_finished_backup_is_stored(store: SqlStore, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": store.own_url}
    assert run("backup", str(tmp_path / "night-1"), settings=settings).exit_code == 0

    (state,) = store.read(subject_states)
    assert state.kind is SubjectKind.BACKUP
    assert state.succeeded_at is not None


def test_subjects_are_listed_and_forgotten(store: SqlStore) -> None:
    settings = {"DATABASE_URL": store.own_url}
    within(store, lambda tx: tx.subjects.declare((Subject.of_stage("oven", 60),)))

    (line,) = json_result("subjects", "list", settings=settings)
    assert (line["kind"], line["name"], line["problem"]) == ("stage", "oven", None)
    assert line["longest_silence_seconds"] == 60

    because = ("--reason", "sold")
    assert (
        "is not missed"
        in run("subjects", "forget", "stage", "oven", *because, settings=settings).stdout
    )
    assert stored(store) == {("stage", "oven"): None}
    missing = error_code("subjects", "forget", "stage", "stove", *because, settings=settings)
    assert missing == "SUBJECT_NOT_FOUND"
