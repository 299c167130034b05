"""Every task is completed although workers, the scheduler, PostgreSQL and the broker are killed."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from random import Random
from typing import Final

import pytest
from tests.doses.chaos.installations import (
    WORKERS,
    Installation,
    Report,
    cancel_units,
    complete_and_compare,
    enqueue_units,
    run_installation,
    wait_until_settled,
    with_pooler,
)
from tests.doses.chaos.worker_process import COUNT

UNITS: Final = 300
KILLS: Final = 8
CANCELLATIONS: Final = 24  # of units that are counted
SECONDS: Final = 15  # in which the units become due
LEASE_SECONDS: Final = 3


@pytest.mark.parametrize("victim", ["postgresql", "pooler"])
def test_every_task_is_completed_once_or_dead_with_a_reason(
    victim: str, chance: Random, add_summary_line: Callable[[str], None]
) -> None:
    victims = ["worker"] * (KILLS // 2) + [victim] * (KILLS // 4) + ["scheduler", "broker"]
    chance.shuffle(victims)
    report = Report(units=UNITS)
    with ExitStack() as stack:
        installation = stack.enter_context(run_installation(LEASE_SECONDS, Installation))
        if victim == "pooler":
            stack.enter_context(with_pooler(installation))
        enqueued = enqueue_units(installation.url, UNITS, SECONDS)
        for number in range(WORKERS):
            installation.start(f"worker {number}")
        installation.start("scheduler")

        canceled: set[str] = set()
        some = chance.sample(sorted(enqueued[COUNT]), CANCELLATIONS)
        for number, killed in enumerate(victims):
            time.sleep(chance.uniform(0.5, 1.5) * SECONDS / len(victims))
            report.kills[killed] += 1
            installation.kill(killed, chance)
            canceled |= cancel_units(installation.url, some[number :: len(victims)])
        enqueued = {**enqueued, COUNT: enqueued[COUNT] - canceled}

        wait_until_settled(installation.url, report)
        for program, child in installation.children.items():
            if child.poll() is not None:
                report.problems.append(f"{program} ended by itself")
        complete_and_compare(installation, enqueued, report)

    add_summary_line(f"{victim}: {report}, {len(canceled)} canceled")
    assert report.problems == []
    assert report.dead >= 1
