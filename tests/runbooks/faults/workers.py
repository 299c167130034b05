"""Faults of workers and schedulers: dead, hanging, and with a wrong clock."""

from collections.abc import Iterator, Sequence
from typing import Final

from tests.runbooks.bed import Installation
from tests.runbooks.faults.operations import entry_statuses, whole_plan
from tests.runbooks.scenarios import scenario

from indelible.contests.lifecycle import EntryStatus
from indelible.kernel.silence import silent_subjects
from indelible.money.rules.stages import RECORD_FEE_STAGE
from indelible_service.simulation.machinery import Machinery
from indelible_service.simulation.plan import HOUR, MINUTE
from indelible_service.simulation.processes import SimulatedProcess

REPAIR_SECONDS: Final = 75 * MINUTE  # longer than the calm after a fault that nobody mends


@scenario("37-worker-dead", "WorkersMissing", "TasksOld", plan=whole_plan, calm_seconds=HOUR)
def all_workers_are_dead(installation: Installation) -> Iterator[None]:
    machinery = installation.simulation.machinery
    installation.run_until(HOUR)
    for worker in machinery.workers.values():
        machinery.kill(worker)
    installation.run_for(HOUR)  # entries are made meanwhile
    assert EntryStatus.ACTIVE not in entry_statuses(installation)
    restart_later(installation, [*machinery.workers.values()])

    yield

    assert entry_statuses(installation) == [EntryStatus.ACTIVE] * 3


@scenario(
    "37-worker-dead",
    "WorkerHeartbeatStale",
    "WorkerThreadsHung",
    plan=whole_plan,
    calm_seconds=HOUR,
)
def a_worker_hangs_and_the_other_has_a_hung_task(installation: Installation) -> Iterator[None]:
    machinery = installation.simulation.machinery
    installation.run_until(HOUR)
    first, second = machinery.workers.values()
    first.is_hanging = True
    # What the watch of a worker counts when a task has passed its time limit and still runs.
    second.worker.stage_threads.count_timed_out(RECORD_FEE_STAGE, 1)
    installation.run_for(10 * MINUTE)
    restart_later(installation, [first, second])

    yield

    assert entry_statuses(installation) == [EntryStatus.ACTIVE] * 3


@scenario("37-worker-dead", "SchedulerStale", "ClockSkew", plan=whole_plan, calm_seconds=HOUR)
def a_scheduler_has_hung_since_its_machine_was_suspended(
    installation: Installation,
) -> Iterator[None]:
    machinery: Machinery = installation.simulation.machinery
    installation.run_until(HOUR)
    machinery.scheduler.is_hanging = True
    machinery.scheduler.clock.skew_seconds = -10
    installation.run_for(5 * HOUR)
    assert silent_subjects_of(installation)

    def set_clock() -> None:
        machinery.scheduler.clock.skew_seconds = 0

    installation.at(installation.seconds + REPAIR_SECONDS, set_clock)
    restart_later(installation, [machinery.scheduler])

    yield

    assert not silent_subjects_of(installation)


def restart_later(installation: Installation, processes: Sequence[SimulatedProcess]) -> None:
    """Let whoever runs the machine restart processes, while the operator waits."""

    def restart() -> None:
        for process in processes:
            installation.simulation.machinery.start_again(process)

    installation.at(installation.seconds + REPAIR_SECONDS, restart)


def silent_subjects_of(installation: Installation) -> list[str]:
    """Return what has not succeeded for longer than it may."""
    now = installation.now
    return [str(one) for one in installation.store.read(silent_subjects, now)]
