"""Test the commands that list, cancel and requeue tasks."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.service.commands import error_code, json_result, run

from indelible.kernel import Actor
from indelible.kernel.hung_threads import HungThreads
from indelible.testing.kernel.hung_threads import LIVE_UNTIL
from indelible.testing.stores import BEGINNING
from indelible_service.cli import tasks
from indelible_sql import SqlStore

WORKER = Actor.system("worker")
MAYA = ("--by", "user:maya")
BECAUSE = ("--reason", "the post office answers")
Settings = dict[str, str]


@pytest.fixture
def settings(sqlite: SqlStore) -> Settings:
    """Return the settings that name the store."""
    return {"DATABASE_URL": sqlite.own_url}


def waiting(store: SqlStore, *entity_ids: str) -> None:
    with store.transaction(actor=WORKER, reason="a test") as tx:
        tx.tasks.enqueue("letters", dict.fromkeys(entity_ids, tx.clock.now()))


def died(store: SqlStore, entity_id: str, error_class: str) -> None:
    """Let a task die of an error."""
    waiting(store, entity_id)
    with store.transaction(actor=WORKER, reason="a test") as tx:
        until = tx.clock.now() + timedelta(minutes=1)
        (lease,) = tx.tasks.claim("letters", limit=1, until=until)
        tx.tasks.mark_dead(lease, reason="no answer", error_class=error_class)


def report_hung(store: SqlStore) -> None:
    """Report that two threads of a process are occupied."""
    with store.transaction(actor=WORKER, reason="a test") as tx:
        report = HungThreads(
            stage="letters", process="host:1", threads=2, since=BEGINNING, expires_at=LIVE_UNTIL
        )
        tx.tasks.report_hung_threads(report)


def ids(settings: Settings, *words: str) -> Sequence[str]:
    listed = json_result("task", "list", "letters", *words, settings=settings)
    return [task["entity_id"] for task in listed]


@pytest.mark.slow
def test_tasks_are_listed_by_state_class_actor_and_time(
    sqlite: SqlStore, settings: Settings
) -> None:
    died(sqlite, "b", "TimeoutError")
    died(sqlite, "a", "ValueError")
    waiting(sqlite, "c")

    assert ids(settings) == ["a", "b"]
    assert ids(settings, "--order", "newest") == ["a", "b"]
    assert ids(settings, "--order", "oldest") == ["b", "a"]
    assert ids(settings, "--error-class", "TimeoutError") == ["b"]
    assert ids(settings, "--actor", "system:worker") == ["a", "b"]
    assert ids(settings, "--actor", "user:maya") == []
    assert ids(settings, "--since", "2100-01-01") == []
    assert ids(settings, "--until", "2100-01-01", "--limit", "1") == ["a"]
    assert ids(settings, "--state", "waiting") == ["c"]
    assert "TimeoutError" in run("task", "list", "letters", settings=settings).stdout

    stages = json_result("task", "stages", settings=settings)
    assert [(stage["stage"], stage["due"], stage["dead"]) for stage in stages] == [
        ("letters", 1, 2)
    ]
    assert stages[0]["hung_threads"] == 0
    report_hung(sqlite)
    (stage,) = json_result("task", "stages", settings=settings)
    assert stage["hung_threads"] == 2
    assert "hung_threads" in run("task", "stages", settings=settings).stdout


@pytest.mark.slow
def test_a_task_is_canceled_and_requeued_with_a_reason(
    sqlite: SqlStore, settings: Settings
) -> None:
    waiting(sqlite, "a")

    canceled = json_result(
        "task", "cancel", "letters", "a", "--reason", "not wanted", *MAYA, settings=settings
    )
    assert canceled["task"]["cancel_reason"] == "not wanted"
    assert canceled["attempts"][0]["actor"] == "user:maya"
    assert error_code("task", "cancel", "letters", "a", *BECAUSE, settings=settings) == "TASK_ENDED"
    assert ids(settings, "--state", "canceled", "--actor", "user:maya") == ["a"]

    assert json_result("task", "requeue", "letters", "a", *BECAUSE, settings=settings) == {
        "number": 1
    }
    shown = json_result("task", "show", "letters", "a", settings=settings)
    assert shown["task"]["cancel_reason"] is None
    assert [attempt["outcome"] for attempt in shown["attempts"]] == ["REQUEUED", "CANCELED"]
    text = run("task", "show", "letters", "a", settings=settings).stdout
    assert "is waiting" in text
    assert "the post office answers" in text
    assert "NORMAL" in text
    assert "Records: 2" in text
    refused = error_code("task", "requeue", "letters", "a", *BECAUSE, settings=settings)
    assert refused == "TASK_NOT_DEAD"


@pytest.mark.slow
def test_all_dead_tasks_of_a_class_are_requeued_in_batches(
    sqlite: SqlStore, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "MAX_REQUEUED", 2)
    for number in range(5):
        died(sqlite, f"slow-{number}", "TimeoutError")
    died(sqlite, "wrong", "ValueError")

    errors = json_result("task", "errors", "letters", settings=settings)
    assert [(error["error_class"], error["tasks"]) for error in errors] == [
        ("TimeoutError", 5),
        ("ValueError", 1),
    ]

    words = ("task", "requeue", "letters", "--error-class", "TimeoutError", *BECAUSE)
    assert json_result(*words, settings=settings) == {"number": 5}
    assert json_result(*words, settings=settings) == {"number": 0}
    assert ids(settings) == ["wrong"]
    everything = json_result("task", "requeue", "letters", *BECAUSE, settings=settings)
    assert everything == {"number": 1}


def test_a_command_needs_a_reason_and_one_selection(settings: Settings) -> None:
    for words in (("cancel", "letters", "a"), ("requeue", "letters")):
        assert run("task", *words, settings=settings).exit_code == 2

    both = ("requeue", "letters", "a", "--error-class", "ValueError", *BECAUSE)
    assert run("task", *both, settings=settings).exit_code == 2
    missing = error_code("task", "cancel", "letters", "a", *BECAUSE, settings=settings)
    assert missing == "TASK_NOT_FOUND"
