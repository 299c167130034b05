"""Jobs hold their invariants, whoever makes them."""

from collections.abc import Callable
from functools import partial
from itertools import product

import pytest
from attrs import evolve
from tests.core.projects.builders import (
    LATEST,
    WARNED,
    Value,
    job_in,
    new_job,
    prompted,
    running_job,
)

from indelible.projects import TERMINAL, Job, JobResult, JobStatus, Phase
from indelible.projects.entities.values import NO_OUTPUT
from indelible.testing.captures.scenarios import code
from indelible.testing.projects.scenarios import PUSHED, make_spec


def test_a_job_copies_prompt_owner_and_number_from_its_project() -> None:
    spec = make_spec("Sell books.")
    job = new_job(spec)

    assert (job.project_id, job.user_id, job.number) == ("p-1", "maya", 1)
    assert (job.prompt, job.spec_digest) == (spec.prompt, spec.digest())
    assert job.created_at == prompted().updated_at
    record = job.new_spec(spec)
    assert (record.number, record.spec_digest) == (1, job.spec_digest)
    assert record.created_at == job.created_at


@pytest.mark.parametrize("status", JobStatus)
def test_a_job_is_completed_at_an_instant_exactly_in_a_terminal_state(status: JobStatus) -> None:
    job = job_in(status)
    other = None
    if status not in TERMINAL:
        other = LATEST

    assert (job.completed_at is not None) == (status in TERMINAL)
    assert code(lambda: evolve(job, completed_at=other)) == "FIELD_NOT_OF_STATE"


@pytest.mark.parametrize("status", JobStatus)
def test_a_job_has_a_result_or_a_reason_as_its_state_says(status: JobStatus) -> None:
    job = job_in(status)
    other_result = PUSHED if job.result is None else None
    other_reason = "a reason" if job.failure_reason is None else None

    assert code(lambda: evolve(job, result=other_result)) == "FIELD_NOT_OF_STATE"
    assert code(lambda: evolve(job, failure_reason=other_reason)) == "FIELD_NOT_OF_STATE"


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (JobStatus.COMPLETED, {"warning_count": 1}),
        (JobStatus.COMPLETED, {"result": JobResult(push_skipped=True)}),
        (JobStatus.COMPLETED_WITH_WARNINGS, {"warning_count": 0}),
    ],
)
def test_a_success_has_a_commit_or_a_warning(status: JobStatus, fields: dict[str, Value]) -> None:
    assert code(lambda: evolve(job_in(status), **fields)) == "FIELD_NOT_OF_STATE"


def test_no_job_leaves_a_terminal_state() -> None:
    steps: tuple[Callable[[Job], object], ...] = (
        lambda job: job.started(now=LATEST),
        lambda job: job.progressed(NO_OUTPUT, phase=Phase.PUSH, now=LATEST),
        lambda job: job.finished(PUSHED, NO_OUTPUT, now=LATEST),
        lambda job: job.failed("late", NO_OUTPUT, now=LATEST),
    )
    for status, step in product(TERMINAL, steps):
        assert code(partial(step, job_in(status))) == "INVALID_TRANSITION"


def test_warnings_are_counted_on_the_job() -> None:
    job = running_job().progressed(WARNED, phase=None, now=LATEST)

    assert (job.warning_count, job.phase) == (1, None)
    assert job.finished(PUSHED, WARNED, now=LATEST).warning_count == 2
    assert job.failed("no host", WARNED, now=LATEST).warning_count == 2


def test_an_output_belongs_to_the_jobs_number_and_time() -> None:
    job = running_job()
    output = job.new_output(WARNED)

    assert (output.job_id, output.number) == (job.id, job.output_number)
    assert output.written_at == job.updated_at
    assert output.warnings == WARNED.warnings
