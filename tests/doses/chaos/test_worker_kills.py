"""A small dose of `workers`: tasks are completed although workers and servers are killed."""

from collections.abc import Callable

import pytest
from tests.chain.detections import dice
from tests.doses.chaos.worker_kills import kill_workers

pytestmark = pytest.mark.slow


def test_every_task_is_completed_once_or_dead_with_a_reason(
    add_summary_line: Callable[[str], None],
) -> None:
    report = kill_workers(units=300, kills=8, seconds=12, chance=dice(7), lease_seconds=3)

    add_summary_line(f"Tasks while workers and servers are killed: {report}")
    assert report.problems == []
    assert sum(report.kills.values()) == 8
    assert report.dead >= 1


@pytest.mark.parametrize(
    ("broker", "has_pooler", "victim"),
    [("sentinel", False, "broker"), ("rabbitmq", False, "broker"), ("redis", True, "pooler")],
)
def test_every_task_is_completed_once_while_what_carries_it_is_killed(
    broker: str, victim: str, add_summary_line: Callable[[str], None], *, has_pooler: bool
) -> None:
    report = kill_workers(
        units=300,
        kills=6,
        seconds=12,
        chance=dice(7),
        lease_seconds=3,
        broker=broker,
        has_pooler=has_pooler,
    )

    add_summary_line(f"Tasks while workers and the {victim} are killed, with {broker}: {report}")
    assert report.problems == []
    assert sum(report.kills.values()) == 6
    assert report.kills[victim] >= 1
