"""Fail a cluster over while the library, the API and workers write.

etcd and three PostgreSQL nodes under Patroni run on this machine. Afterwards every acknowledged
write must be there once, every unknown outcome must be resolved, and `verify` must find nothing.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from attrs import frozen
from tests.doses.chaos.http_clients import compare, read_journal
from tests.doses.chaos.installations import Report as WorkerReport
from tests.doses.chaos.installations import complete_and_compare
from tests.doses.chaos.instances import repeat_and_end
from tests.doses.cluster.faults import FAULTS
from tests.doses.cluster.nodes import Node
from tests.doses.cluster.scenes import LIBRARY, UNITS_PER_FAILOVER, Scene, running_scene
from tests.doses.cluster.writers import unanswered

FAILOVERS: Final = 3
STANDBY_SHARE: Final = 0.15  # of the faults, which hit a node that is no primary
STANDBYS: Final = 2
MEND_SECONDS: Final = (2.0, 8.0)
MAX_PAUSE_SECONDS: Final = 2.0  # between two faults
ANSWERS_BETWEEN_FAULTS: Final = 2  # of each writer


def test_a_failover_loses_no_acknowledged_write_and_doubles_none(
    chance: Random, add_summary_line: Callable[[str], None]
) -> None:
    workers = WorkerReport(units=FAILOVERS * UNITS_PER_FAILOVER)
    faults = Counter[str]()
    failovers = 0
    with running_scene(FAILOVERS, chance) as scene:
        try:
            while failovers < FAILOVERS:
                step = choose_step(chance)
                faults[step.name] += 1
                failovers += _fail_once(scene, step)
        finally:
            scene.abandon()
            scene.stop_writers()
        problems = list(_problems(scene, chance, workers))

    add_summary_line(f"{failovers} failovers by {dict(faults)}; look-ups {dict(scene.lookups)}")
    add_summary_line(f"workers of the cluster: {workers}")
    assert problems == []


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


def _fail_once(scene: Scene, step: Step) -> bool:
    """Let a node fail, mend it, and wait until everybody writes; return whether it failed over."""
    cluster = scene.cluster
    time.sleep(step.pause)
    primary = cluster.leader()
    assert primary is not None, "the cluster has no primary"
    if step.is_of_standby:
        _fail_standby(cluster.standbys(primary)[step.standby], step)
    else:
        _fail_primary(scene, primary, step)
    cluster.wait_until_whole(f"no whole cluster after {step}")
    scene.wait_for_answers(ANSWERS_BETWEEN_FAULTS)
    return cluster.leader() is not primary


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


def _problems(scene: Scene, chance: Random, workers: WorkerReport) -> Iterator[str]:
    """Compare the journals with the database, and verify it; yield what is wrong."""
    entries = read_journal(scene.answers)
    assert entries
    yield from compare(scene.cluster.url(), entries).problems
    for load in scene.loads.values():
        yield from load.problems
    for key in unanswered(scene.intents, scene.answers):
        yield f"the outcome of {key} is unknown"

    of_api = [entry for entry in entries if not entry.request.key.startswith(LIBRARY)]
    yield from repeat_and_end(scene.instance, of_api, chance)
    complete_and_compare(scene.installation, scene.enqueued, workers)
    yield from workers.problems
