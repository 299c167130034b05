"""A project points to its newest successful job by creation, in whatever order jobs end.

The fast set tries few generated orders, the slow set 500, and `--hypothesis-profile=big` 2,000.
"""

from collections.abc import Sequence

import pytest
from attrs import define, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.memory import MemoryStore
from indelible.projects import SUCCESSFUL, TERMINAL, Job, JobStatus
from indelible.testing.projects.scenarios import ProjectScenario, new_project, update_status
from indelible.testing.projects.success import check_latest
from indelible.testing.stores import CountedIds, TickingClock

pytestmark = pytest.mark.slow

MAX_STEPS = 12


@frozen
class OrderStep:
    """A step of an order: create a job, or let one of the waiting jobs run to its end."""

    creates: bool
    pick: int
    end: JobStatus


@define
class Order:
    """The jobs of a project while an order is played, and the one that it must point to."""

    scenario: ProjectScenario
    waiting: list[Job] = field(factory=list[Job])
    newest: Job | None = None

    def play(self, step: OrderStep) -> None:
        """Play a step; without a waiting job it creates one."""
        if step.creates or not self.waiting:
            self.waiting.append(self.scenario.create_job())
            return

        job = self.waiting.pop(step.pick % len(self.waiting))
        if step.end is not JobStatus.FAILED or step.pick % 2:
            self.scenario.start(job)
        update_status(self.scenario, job, step.end)
        is_newer = self.newest is None or job.number > self.newest.number
        if step.end in SUCCESSFUL and is_newer:
            self.newest = job


STEPS = st.lists(
    st.builds(
        OrderStep,
        creates=st.booleans(),
        pick=st.integers(0, MAX_STEPS),
        end=st.sampled_from(sorted(TERMINAL)),
    ),
    max_size=MAX_STEPS,
)


def play(steps: Sequence[OrderStep]) -> None:
    """Play an order, and check after each step what the project points to."""
    order = Order(new_project(MemoryStore(clock=TickingClock(), ids=CountedIds())))
    for step in steps:
        order.play(step)
        check_latest(order.scenario, order.newest)


@given(STEPS)
def test_the_latest_job_is_the_newest_successful_one_by_creation(
    steps: list[OrderStep],
) -> None:
    play(steps)


@pytest.mark.dose
@settings(max_examples=500)
@given(STEPS)
def test_500_orders_lead_to_the_newest_successful_job(steps: list[OrderStep]) -> None:
    play(steps)
