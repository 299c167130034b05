"""A worker that stands still for longer than its lease, with and without the fence of its task."""

from functools import wraps
from typing import Any, Final

import pytest
from attrs import define
from tests.simulation.defects import Defect, always

from indelible.kernel.tasks import Task
from indelible.money.rules.payouts import SEND_TRANSFER_STAGE
from indelible.money.tasks.payout_failpoints import PayoutFailpoint
from indelible.money.tasks.sending import LEASE_SECONDS
from indelible_service.simulation.crashes import CrashPlan, Mortality, SimulatedCrash
from indelible_service.simulation.nemesis import Nemesis
from indelible_service.simulation.plan import HOUR
from indelible_service.simulation.processes import WorkerProcess
from indelible_stripe import StripeApi


@define(eq=False)
class Pause:
    """A worker stands still after it has found no transfer; the other one makes it, and dies.

    Both happen once, within the first task that looks a transfer up.
    """

    nemesis: Nemesis
    is_over: bool = False
    other: WorkerProcess | None = None  # while the first one stands still

    def begin(self, paused: Mortality) -> None:
        """Let the lease end, and the other worker claim the task."""
        if self.is_over:
            return
        self.is_over = True
        self.nemesis.around.clock.advance(LEASE_SECONDS + 1)
        for process in self.nemesis.processes.values():
            if isinstance(process, WorkerProcess) and process.mortality is not paused:
                self._let_work(process)

    def kill_after_request(self) -> None:
        """Let the other worker die at the failpoint after its request."""
        if self.other is not None:
            crash = CrashPlan(self.nemesis.world.clock.seconds, 1, HOUR)
            self.other.mortality.planned.insert(0, crash)

    def _let_work(self, process: WorkerProcess) -> None:
        self.other = process
        try:
            process.process(SEND_TRANSFER_STAGE)
        except SimulatedCrash:
            self.nemesis.world.on_crash(process.name)
        self.other = None


def plant_pause(patch: pytest.MonkeyPatch) -> None:
    """Let a worker stand still for longer than its lease, once in each simulation."""
    pauses: list[Pause] = []
    begin, reach, create = Nemesis.begin, Mortality.reach, StripeApi.create_transfer

    def begin_with_pause(self: Nemesis) -> None:
        pauses.append(Pause(self))
        begin(self)

    def reach_slowly(self: Mortality, failpoint: object) -> None:
        reach(self, failpoint)
        if failpoint is PayoutFailpoint.SEND_AFTER_LOOK_UP:
            pauses[-1].begin(self)

    @wraps(create)
    def create_once(self: StripeApi, **values: Any) -> object:  # noqa: ANN401 - of the method
        pauses[-1].kill_after_request()
        return create(self, **values)

    patch.setattr(Nemesis, "begin", begin_with_pause)
    patch.setattr(Mortality, "reach", reach_slowly)
    patch.setattr(StripeApi, "create_transfer", create_once)


def plant_lost_fence(patch: pytest.MonkeyPatch) -> None:
    """Let a worker write that has lost its lease while it stood still."""
    plant_pause(patch)
    patch.setattr(Task, "has_lease", always(value=True))


WORK_DEFECTS: Final = (
    Defect(name="a lost fence", invariant="one-transfer", plant=plant_lost_fence),
)
