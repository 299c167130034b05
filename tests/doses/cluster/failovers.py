"""Fail a cluster over again and again while the library, the API and workers write.

Afterwards every acknowledged write must be there once, every unknown outcome must be resolved, and
`verify` must find nothing.
"""

import logging
import time
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Final

from attrs import frozen
from tests.doses.chaos.http_clients import Timing
from tests.doses.chaos.instance_load import repeat_and_end
from tests.doses.chaos.journal import compare, read_journal
from tests.doses.chaos.worker_kills import Report as WorkerReport
from tests.doses.chaos.worker_kills import complete_and_compare
from tests.doses.cluster.clusters import NotInTime
from tests.doses.cluster.faults import FAULTS
from tests.doses.cluster.nodes import Node
from tests.doses.cluster.reports import LIBRARY, Failure, Report
from tests.doses.cluster.scenes import UNITS_PER_FAILOVER, Scene, running_scene
from tests.doses.cluster.writers import unanswered

STANDBY_SHARE: Final = 0.15  # of the faults, which hit a node that is no primary
STANDBYS: Final = 2
MEND_SECONDS: Final = (2.0, 8.0)
MAX_PAUSE_SECONDS: Final = 2.0  # between two faults
ANSWERS_BETWEEN_FAULTS: Final = 2  # of each writer
logger = logging.getLogger("tests.doses.cluster")


def fail_over(failovers: int, chance: Random) -> Report:
    """Fail over so many times, and look for what is wrong."""
    report = Report(workers=WorkerReport(units=failovers * UNITS_PER_FAILOVER))
    started_at = time.monotonic()
    with running_scene(failovers, chance) as scene:
        report.loads = scene.loads
        report.lookups = scene.lookups
        try:
            while report.failovers < failovers:
                _fail_once(scene, choose_step(chance), report)
        except NotInTime as error:
            report.problems.append(str(error))
            scene.abandon()
        finally:
            scene.stop_writers()
        _check(scene, chance, report)
    report.seconds = time.monotonic() - started_at
    return report


@frozen(kw_only=True)
class Step:
    """A fault that the seed has chosen."""

    kind: str
    is_of_standby: bool
    standby: int
    pause: float
    seconds: float  # until a node is mended for whose recovery nobody waits

    @property
    def name(self) -> str:
        """Return the name in the report."""
        return f"{self.kind} 2nd" if self.is_of_standby else self.kind


def choose_step(chance: Random) -> Step:
    """Choose the next fault."""
    kinds = list(FAULTS)
    (kind,) = chance.choices(kinds, [FAULTS[name].weight for name in kinds])
    return Step(
        kind=kind,
        is_of_standby=chance.random() < STANDBY_SHARE,
        standby=chance.randrange(STANDBYS),
        pause=chance.uniform(0, MAX_PAUSE_SECONDS),
        seconds=chance.uniform(*MEND_SECONDS),
    )


def _fail_once(scene: Scene, step: Step, report: Report) -> None:
    """Let a node fail, mend it, and wait until the cluster is whole and everybody writes."""
    cluster = scene.cluster
    time.sleep(step.pause)
    primary = cluster.leader()
    if primary is None:
        raise NotInTime("the cluster has no primary")

    began_at = time.monotonic()
    if step.is_of_standby:
        _fail_standby(cluster.standbys(primary)[step.standby], step)
    else:
        _fail_primary(scene, primary, step)
    report.rebuilt.extend(cluster.wait_until_whole(f"no whole cluster after {step}"))
    scene.wait_for_answers(ANSWERS_BETWEEN_FAULTS)

    gaps = {name: longest_gap(load.timings, began_at) for name, load in scene.loads.items()}
    failure = Failure(step.name, cluster.leader() is not primary, gaps)
    report.failures.append(failure)
    logger.warning("%d failovers: %s", report.failovers, failure)


def _fail_standby(standby: Node, step: Step) -> None:
    mend = FAULTS[step.kind].begin(standby)
    try:
        time.sleep(step.seconds)
    finally:
        mend()


def _fail_primary(scene: Scene, primary: Node, step: Step) -> None:
    """Let the primary fail until another one has taken over and everybody writes to it."""
    cluster = scene.cluster
    fault = FAULTS[step.kind]
    mend = fault.begin(primary)
    try:
        cluster.wait_for(lambda: cluster.other_leader(primary), f"no new primary after {step}")
        if fault.accepts_writers:
            time.sleep(step.seconds)
        else:
            scene.wait_for_answers(1)
    finally:
        mend()


def longest_gap(timings: Sequence[Timing], start: float) -> float:
    """Return the most seconds between two successful requests, of which the second is later."""
    ends = sorted(timing.ended_at for timing in timings if timing.is_success)
    return max((after - before for before, after in pairwise(ends) if after >= start), default=0)


def _check(scene: Scene, chance: Random, report: Report) -> None:
    """Compare the journals with the database, and verify it."""
    entries = read_journal(scene.answers)
    report.comparison = compare(scene.cluster.url(), entries)
    report.problems.extend(report.comparison.problems)
    for load in scene.loads.values():
        report.problems.extend(load.problems)
    for key in unanswered(scene.intents, scene.answers):
        report.problems.append(f"the outcome of {key} is unknown")

    of_api = [entry for entry in entries if not entry.request.key.startswith(LIBRARY)]
    report.problems.extend(repeat_and_end(scene.instance, of_api, chance))
    complete_and_compare(scene.installation, scene.enqueued, report.workers)
    report.problems.extend(report.workers.problems)
