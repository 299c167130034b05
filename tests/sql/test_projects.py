"""Projects and jobs in SQL: races, crashes, orders of completion, plans, and what verify finds.

The shared suites of projects run in `tests/conformance/test_stores.py`.
"""

from functools import partial

import pytest
from tests.sql.conftest import codes_of
from tests.sql.crashes import Crash, crashing_at_failpoint
from tests.sql.plans import has_line, plan

from indelible.app import WriteTx
from indelible.kernel.aggregates import save_change
from indelible.projects import Job, JobOutput, JobStatus
from indelible.projects.entities.values import NO_OUTPUT
from indelible.testing.projects.scenarios import PUSHED, ProjectScenario, line, new_project
from indelible.testing.stores import within
from indelible_sql import Fault, SqlReading, SqlStore, verify
from indelible_sql.engine.failpoints import no_failpoint
from indelible_sql.projects.statements import WARNINGS

ROUNDS = 5
MANY_OUTPUTS = 30


@pytest.mark.slow
def test_of_two_jobs_that_are_started_at_once_one_runs(store: SqlStore) -> None:
    for _ in range(ROUNDS):
        scenario = new_project(store)
        first, second = scenario.create_job(), scenario.create_job()

        codes = codes_of(partial(scenario.start, first), partial(scenario.start, second))

        assert sorted(codes) == ["", "JOB_ALREADY_RUNNING"]
    assert verify(store) == ()


@pytest.mark.slow
def test_jobs_that_are_created_at_once_have_numbers_without_gaps(store: SqlStore) -> None:
    scenario = new_project(store)

    codes = codes_of(*(scenario.create_job for _ in range(4)))

    jobs = store.read(lambda tx: tx.projects.jobs.page(after="", limit=10))
    assert codes == ["", "", "", ""]
    assert sorted(head.entity.number for head in jobs) == [1, 2, 3, 4]
    assert verify(store) == ()


def save_step(tx: WriteTx, job: Job, action: str, following: Job) -> int:
    """Save a step of a job without anything that its handler checks or writes besides."""
    head = tx.projects.jobs.lock(job.id)
    record = following.new_output(NO_OUTPUT)
    return save_change(tx, tx.projects.jobs, head, following, action, records=(record,))


@pytest.mark.slow
def test_a_second_running_job_is_refused_without_the_check_of_the_handler(store: SqlStore) -> None:
    scenario = new_project(store)
    scenario.running_job()
    waiting = scenario.create_job()

    def start_unchecked(tx: WriteTx) -> int:
        return save_step(tx, waiting, "start", waiting.started(now=tx.clock.now()))

    codes = codes_of(partial(within, store, start_unchecked))

    assert codes == ["JOB_ALREADY_RUNNING"]
    assert scenario.details(waiting).job.status is JobStatus.PENDING


def is_finished_with_crash(scenario: ProjectScenario, job: Job, number: int) -> bool:
    """Finish a job with a crash at a failpoint, and return whether it was finished without one."""
    store = scenario.store
    assert isinstance(store, SqlStore)
    store.at_failpoint = crashing_at_failpoint(number)
    try:
        scenario.finish(job)
    except Crash:
        return False
    finally:
        store.at_failpoint = no_failpoint
    return True


@pytest.mark.slow
def test_a_crash_at_any_failpoint_leaves_status_and_latest_job_together(store: SqlStore) -> None:
    scenario = new_project(store)
    job = scenario.running_job()
    number = 1
    while not is_finished_with_crash(scenario, job, number):
        stored = scenario.details(job).job
        is_successful = stored.status is JobStatus.COMPLETED
        is_latest = scenario.project.latest_successful_job_id == job.id
        assert is_latest == is_successful, number
        if is_successful:  # the crash came after the COMMIT
            job = scenario.running_job()
        number += 1

    assert number > 10
    assert verify(store) == ()


def finish_without_project(tx: WriteTx, job: Job) -> int:
    """Finish a job, and leave its project as it is."""
    return save_step(tx, job, "complete", job.finished(PUSHED, NO_OUTPUT, now=tx.clock.now()))


@pytest.mark.slow
def test_verify_names_a_project_that_does_not_point_to_its_newest_successful_job(
    store: SqlStore,
) -> None:
    scenario = new_project(store)
    scenario.finish(scenario.running_job())
    job = scenario.running_job()
    assert verify(store) == ()

    within(store, lambda tx: finish_without_project(tx, job))
    findings = verify(store)

    assert [(found.fault, found.table, found.entity_id) for found in findings] == [
        (Fault.HEAD, "projects", scenario.project_id)
    ]
    assert "not the newest successful job" in findings[0].detail


def test_sqlite_finds_the_warnings_of_a_job_by_an_index(sqlite: SqlStore) -> None:
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", WARNINGS, job_id="a")

    assert lines
    assert not has_line(lines, "SCAN", "TEMP B-TREE"), lines


def test_many_outputs_come_back_page_by_page_in_their_order(store: SqlStore) -> None:
    scenario = new_project(store)
    job = scenario.running_job()
    for number in range(MANY_OUTPUTS):
        scenario.progress(job, logs=(line(f"line {number}"),))

    messages: list[str] = []
    after = 0
    while True:
        outputs = store.read(_page_of_outputs, job.id, after)
        if not outputs:
            break
        after = outputs[-1].number
        for output in outputs:
            messages.extend(entry.message for entry in output.logs)

    assert messages == [f"line {number}" for number in range(MANY_OUTPUTS)]


def _page_of_outputs(tx: SqlReading, job_id: str, after: int) -> tuple[JobOutput, ...]:
    return tx.projects.jobs.outputs(job_id, after=after, limit=7)
