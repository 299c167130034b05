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
    running_job,
)

from indelible.projects import TERMINAL, Job, JobStatus, Phase
from indelible.projects.entities.values import NO_OUTPUT
from indelible.testing.captures.scenarios import code
from indelible.testing.projects.scenarios import PUSHED


@pytest.mark.parametrize("status", JobStatus)
def test_a_job_is_completed_at_an_instant_exactly_in_a_terminal_state(status: JobStatus) -> None:
    job = job_in(status)
    other = None
    if status not in TERMINAL:
        other = LATEST

    assert (job.completed_at is not None) == (status in TERMINAL)
    assert code(lambda: evolve(job, completed_at=other)) == "FIELD_NOT_OF_STATE"


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (JobStatus.COMPLETED, {"warning_count": 1}),
        (JobStatus.COMPLETED_WITH_WARNINGS, {"warning_count": 0}),
    ],
)
def test_a_success_has_warnings_as_its_state_says(
    status: JobStatus, fields: dict[str, Value]
) -> None:
    assert code(lambda: evolve(job_in(status), **fields)) == "FIELD_NOT_OF_STATE"


def test_the_warnings_of_every_output_are_counted_on_the_job() -> None:
    job = running_job().progressed(WARNED, phase=None, now=LATEST)

    assert job.warning_count == 1
    assert job.finished(PUSHED, WARNED, now=LATEST).warning_count == 2
    assert job.failed("no host", WARNED, now=LATEST).warning_count == 2


def test_no_job_leaves_a_terminal_state() -> None:
    steps: tuple[Callable[[Job], object], ...] = (
        lambda job: job.started(now=LATEST),
        lambda job: job.progressed(NO_OUTPUT, phase=Phase.PUSH, now=LATEST),
        lambda job: job.finished(PUSHED, NO_OUTPUT, now=LATEST),
        lambda job: job.failed("late", NO_OUTPUT, now=LATEST),
    )
    for status, step in product(TERMINAL, steps):
        assert code(partial(step, job_in(status))) == "INVALID_TRANSITION"
