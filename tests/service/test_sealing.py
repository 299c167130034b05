"""The history is sealed at regular times, and a seal that was noted finds what is missing."""

import time
from collections.abc import Generator
from pathlib import Path

import pytest
from attrs import evolve
from tests.service.commands import error_code, json_result, run, tamper

from indelible.testing.stores import CLEARER, RATIO, create, edit
from indelible_service.processes.building import build_stages
from indelible_service.processes.workers import build_worker, scheduler_thread, worker_threads
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore, newest_seal, open_store, verify
from indelible_workers import SchedulerMetrics

TIMEOUT_SECONDS = 120
PAUSE_SECONDS = 0.05


@pytest.fixture
def store(sqlite_url: str) -> Generator[SqlStore]:
    opened = open_store(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def environment(store: SqlStore) -> dict[str, str]:
    return {"DATABASE_URL": store.own_url}


@pytest.mark.slow
def test_without_changes_there_is_nothing_to_seal(environment: dict[str, str]) -> None:
    assert error_code("seal", settings=environment) == "NOTHING_TO_SEAL"


@pytest.mark.slow
def test_the_newest_seal_is_printed_as_a_short_text(
    store: SqlStore, environment: dict[str, str]
) -> None:
    create(store)

    text = run("seal", settings=environment).stdout.strip()
    document = json_result("seal", settings=environment)

    assert text == document["seal"] == f"1:{document['hash']}"
    assert (document["number"], document["ends_at"]) == (1, 1)
    assert json_result("verify", "--against", text, settings=environment) == []


@pytest.mark.slow
def test_verify_against_a_noted_seal_finds_an_erasure(
    store: SqlStore, environment: dict[str, str], sqlite_url: str
) -> None:
    saved = edit(store, create(store), CLEARER)
    noted = run("seal", settings=environment).stdout.strip()
    create(store, evolve(RATIO, name="Rate"))
    guards = [
        f"DROP TRIGGER {name}"
        for name in ("seals_no_delete", "seals_predecessor_exists", "seals_finished")
    ]
    tamper(Path(sqlite_url.removeprefix("sqlite:///")), *guards, "DELETE FROM seals")

    findings = json_result("verify", "--against", noted, settings=environment, code=1)

    assert saved.seq == 2
    assert [finding["detail"] for finding in findings if finding["fault"] == "SEAL"] == [
        "the seal that was noted outside is missing"
    ]


def test_a_text_that_is_no_seal_is_refused(environment: dict[str, str]) -> None:
    code = error_code("verify", "--against", "yesterday", settings=environment)

    assert code == "SEAL_REFERENCE_INVALID"


@pytest.mark.slow
def test_the_recurring_task_seals_new_changes(store: SqlStore) -> None:
    settings = Settings(database_url=store.own_url, seal_seconds=1, dispatch_seconds=1)
    stages = build_stages(settings, store)
    saved = create(store)

    with (
        worker_threads(settings, store, stages, build_worker(settings, store)),
        scheduler_thread(settings, store, SchedulerMetrics()),
    ):
        wait_for_seal(store, number=1)
        edit(store, saved)
        wait_for_seal(store, number=2)

    newest = newest_seal(store)
    assert newest is not None
    assert str(newest.actor) == "system:sealer"
    assert verify(store, against=newest.reference) == ()


def wait_for_seal(store: SqlStore, *, number: int) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        newest = newest_seal(store)
        if newest is not None and newest.number >= number:
            return
        assert time.monotonic() < deadline
        time.sleep(PAUSE_SECONDS)
