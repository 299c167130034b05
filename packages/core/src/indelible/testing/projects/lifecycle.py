"""Requirements on the lifecycle of jobs: 5 transitions are legal, 20 are refused."""

from functools import partial
from itertools import product
from typing import Final

from indelible.kernel import Conflict, InvalidTransition
from indelible.projects import (
    JOB,
    TERMINAL,
    VALID_TRANSITIONS,
    Job,
    JobResult,
    JobStatus,
    Phase,
)
from indelible.testing.captures.scenarios import code
from indelible.testing.projects.scenarios import (
    SKIPPED,
    Value,
    line,
    new_project,
    update_status,
)
from indelible.testing.stores import AnyStore, refusal
from indelible.testing.suite import Suite

REFUSED_PAIRS: Final = 20


class JobLifecycleConformance(Suite):
    """Requirements on the status of jobs."""

    def test_five_of_twenty_five_transitions_are_allowed(self, store: AnyStore) -> None:
        refused: list[tuple[JobStatus, JobStatus]] = []
        for status, next_status in product(JobStatus, JobStatus):
            scenario = new_project(store)
            job = scenario.job_in(status)
            attempt = partial(update_status, scenario, job, next_status)

            if next_status in VALID_TRANSITIONS[status]:
                assert attempt().status is next_status, (status, next_status)
                continue
            error = refusal(attempt)
            assert isinstance(error, InvalidTransition), (status, next_status)
            assert error.detail["from_state"] == status
            assert error.detail["allowed"] == JOB.allowed(status)
            assert scenario.details(job).job == job
            refused.append((status, next_status))

        assert len(refused) == REFUSED_PAIRS

    def test_a_job_ends_at_the_instant_of_its_last_change(self, store: AnyStore) -> None:
        for status in JobStatus:
            job = new_project(store).job_in(status)
            is_ended = status in TERMINAL
            assert (job.completed_at is not None) == is_ended, status
            if is_ended:
                assert job.completed_at == job.updated_at

    def test_a_job_completes_with_warnings_if_it_has_any(self, store: AnyStore) -> None:
        scenario = new_project(store)
        earlier = scenario.running_job()
        scenario.progress(earlier, warnings=("of the critique",))
        scenario.progress(earlier, logs=(line("a line"),))
        assert scenario.finish(earlier).status is JobStatus.COMPLETED_WITH_WARNINGS

        last = scenario.running_job()
        finished = scenario.finish(last, warnings=("of the push",))
        assert finished.status is JobStatus.COMPLETED_WITH_WARNINGS

        without = scenario.running_job()
        assert scenario.finish(without).status is JobStatus.COMPLETED

    def test_a_job_without_a_commit_says_why(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        for result in (SKIPPED, JobResult()):
            assert code(partial(scenario.finish, job, result)) == "FIELD_NOT_OF_STATE"

        finished = scenario.finish(job, SKIPPED, warnings=("Nothing changed.",))
        assert finished.status is JobStatus.COMPLETED_WITH_WARNINGS
        assert finished.result == SKIPPED

    def test_a_named_status_must_agree_with_the_warnings(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        for status, warnings in (
            (JobStatus.COMPLETED, ("a warning",)),
            (JobStatus.COMPLETED_WITH_WARNINGS, ()),
        ):
            attempt = partial(update_status, scenario, job, status, warnings=warnings)
            assert code(attempt) == "FIELD_NOT_OF_STATE", status

        assert scenario.details(job).job == job

    def test_an_end_needs_its_result_or_its_error(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        for status in TERMINAL:
            attempt = partial(update_status, scenario, job, status, result=None, error=None)
            assert code(attempt) == "FIELD_NOT_OF_STATE", status

    def test_a_result_or_an_error_that_a_status_excludes_is_refused(self, store: AnyStore) -> None:
        scenario = new_project(store)
        pending, running = scenario.create_job(), scenario.running_job()
        excluded: tuple[tuple[Job, JobStatus, dict[str, Value]], ...] = (
            (pending, JobStatus.RUNNING, {"result": SKIPPED}),
            (pending, JobStatus.RUNNING, {"error": "no host"}),
            (running, JobStatus.FAILED, {"result": SKIPPED}),
            (running, JobStatus.COMPLETED, {"error": "no host"}),
            (running, JobStatus.COMPLETED_WITH_WARNINGS, {"error": "no host"}),
        )
        for job, status, fields in excluded:
            attempt = partial(update_status, scenario, job, status, **fields)
            assert code(attempt) == "FIELD_NOT_OF_STATE", status
            assert scenario.details(job).job == job

    def test_a_status_may_be_given_as_its_text(self, store: AnyStore) -> None:
        scenario = new_project(store)
        for status in ("completed", "completed_with_warnings", "failed"):
            running = update_status(scenario, scenario.create_job(), "running")
            ended = update_status(scenario, running, status)

            assert (running.status, ended.status) == (JobStatus.RUNNING, JobStatus(status))

        unknown = partial(update_status, scenario, scenario.running_job(), "done")
        assert isinstance(refusal(unknown), InvalidTransition)

    def test_a_project_has_one_running_job(self, store: AnyStore) -> None:
        scenario = new_project(store)
        first = scenario.running_job()
        second = scenario.create_job()
        error = refusal(partial(scenario.start, second))

        assert isinstance(error, Conflict)
        assert error.code == "JOB_ALREADY_RUNNING"
        assert error.detail == {"project_id": scenario.project_id}
        new_project(store).running_job()
        scenario.finish(first)
        assert scenario.start(second).status is JobStatus.RUNNING

    def test_only_a_running_job_makes_progress(self, store: AnyStore) -> None:
        for status in JobStatus:
            scenario = new_project(store)
            job = scenario.job_in(status)
            for fields in ({}, {"phase": Phase.PUSH}, {"warnings": ("late",)}):
                attempt = partial(scenario.progress, job, **fields)
                expected = "" if status is JobStatus.RUNNING else "INVALID_TRANSITION"
                assert code(attempt) == expected, (status, fields)

    def test_a_progress_changes_the_phase_and_the_output_only(self, store: AnyStore) -> None:
        scenario = new_project(store)
        job = scenario.running_job()
        saved = scenario.progress(job, phase=Phase.GENERATE, logs=(line("a line"),))

        assert saved.entity.status is JobStatus.RUNNING
        assert saved.entity.phase is Phase.GENERATE
        assert scenario.progress(job).revision.seq == saved.revision.seq
        assert scenario.progress(job, phase=Phase.GENERATE).revision.seq == saved.revision.seq
        assert scenario.progress(job, phase=Phase.LOAD).entity.phase is Phase.LOAD
