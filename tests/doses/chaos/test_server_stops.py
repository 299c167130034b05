"""A small dose of `stops`: servers that hang cost requests, and the instance recovers."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from attrs import evolve
from tests.doses.chaos.http_clients import READ, WRITE, Timing
from tests.doses.chaos.server_stops import Plan, stop_servers
from tests.doses.chaos.stop_reports import (
    HEALTH,
    MARGIN_SECONDS,
    NODE,
    POSTGRESQL,
    REDIS,
    TASK,
    Limits,
    Stop,
)

LIMITS = Limits(connect=2, statement=2, health=1)
# PostgreSQL is stopped for longer than a read may wait for it.
STOPS = {POSTGRESQL: 7.0, REDIS: 2.0, NODE: 2.0}
# Shorter than the shortest stop: each client has a request in every stop, with fewer in between.
MAX_PAUSE_SECONDS = 0.4

REFUSED = (Timing(READ, 0, 2, 503), Timing(WRITE, 0, 2, 503))
SUCCEEDED = (Timing(READ, 0, 2, 200), Timing(WRITE, 0, 2, 201))
UNHEALTHY = (Timing(HEALTH, 0, 1, 503),)
HEALTHY = (Timing(HEALTH, 0, 1, 200),)
GOOD = Stop(
    server=POSTGRESQL,
    seconds=7,
    longest={READ: 2, WRITE: 2, HEALTH: 1},
    recovered={READ: 0, WRITE: 0, HEALTH: 0, TASK: 10},
    timings=REFUSED,
    health=UNHEALTHY,
)
GOOD_WITHOUT_NODE = evolve(GOOD, server=NODE, timings=SUCCEEDED, health=HEALTHY)
TOO_LONG = LIMITS.by_group[READ] + MARGIN_SECONDS + 1


@pytest.mark.parametrize(
    ("good", "differences"),
    [
        (GOOD, {"longest": {**GOOD.longest, READ: TOO_LONG}}),
        (GOOD, {"longest": {**GOOD.longest, HEALTH: TOO_LONG}}),
        (GOOD, {"recovered": {READ: 0, WRITE: 0, HEALTH: 0}}),
        (GOOD, {"health": HEALTHY}),
        (GOOD, {"health": (*UNHEALTHY, *HEALTHY)}),
        (GOOD, {"health": ()}),
        (GOOD, {"timings": REFUSED[:1]}),
        (GOOD_WITHOUT_NODE, {"health": UNHEALTHY}),
        (GOOD_WITHOUT_NODE, {"timings": SUCCEEDED[:1]}),
    ],
)
def test_a_stop_with_one_breach_has_one_problem(good: Stop, differences: dict[str, Any]) -> None:
    assert list(good.problems(LIMITS)) == []
    assert len(list(evolve(good, **differences).problems(LIMITS))) == 1


@pytest.mark.slow
def test_each_server_hangs_under_load_and_the_instance_recovers_without_a_restart(
    add_summary_line: Callable[[str], None],
) -> None:
    plan = Plan(stops=STOPS, limits=LIMITS, clients=4, max_pause_seconds=MAX_PAUSE_SECONDS)
    report = stop_servers(plan, Random(7))  # noqa: S311 - no secret

    add_summary_line(f"Stopped servers under HTTP load: {report}")
    assert report.problems == []
    assert {stop.server for stop in report.stops} == STOPS.keys()
    assert report.comparison.answers > 0
