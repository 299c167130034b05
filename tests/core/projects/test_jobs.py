"""Jobs hold their invariants, whoever makes them."""

from collections.abc import Callable
from functools import partial
from itertools import product

import pytest
from attrs import evolve
from tests.core.projects.builders import (
    LATEST,
    job_in,
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


def test_no_job_leaves_a_terminal_state() -> None:
    steps: tuple[Callable[[Job], object], ...] = (
        lambda job: job.started(now=LATEST),
        lambda job: job.progressed(NO_OUTPUT, phase=Phase.PUSH, now=LATEST),
        lambda job: job.finished(PUSHED, NO_OUTPUT, now=LATEST),
        lambda job: job.failed("late", NO_OUTPUT, now=LATEST),
    )
    for status, step in product(TERMINAL, steps):
        assert code(partial(step, job_in(status))) == "INVALID_TRANSITION"
