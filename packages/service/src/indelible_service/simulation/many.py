"""Run many seeds in processes of this machine."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Final

from attrs import frozen

from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import Profile
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.running import SimulationReport, run_plan
from indelible_service.simulation.sometimes import SOMETIMES, reached_by

HASH_SEED: Final = "PYTHONHASHSEED"
MIN_SEEDS: Final = 10  # of a batch in which everything must happen that sometimes happens
MIN_DAYS: Final = 3


@frozen(kw_only=True)
class SeedResult:
    """The outcome of one seed, small enough to be sent from process to process."""

    seed: int
    violation: str
    changes_digest: str
    trace_digest: str
    seconds: float
    reached: tuple[str, ...]  # of what must sometimes happen

    @classmethod
    def of(cls, report: SimulationReport) -> "SeedResult":
        """Return the outcome of a report."""
        return cls(
            seed=report.plan.seed,
            violation="" if report.violation is None else str(report.violation),
            changes_digest=report.changes_digest,
            trace_digest=report.trace_digest,
            seconds=report.seconds,
            reached=tuple(reached_by(report)),
        )


def run_seeds(
    seeds: Sequence[int],
    days: int,
    profile: Profile,
    database: DatabaseKind,
    *,
    jobs: int,
    hash_seed: int = 0,
) -> Iterator[SeedResult]:
    """Yield the outcomes of seeds in order, each run in one of so many processes.

    `hash_seed` is Python's, of the processes.
    """
    run = partial(run_seed, days=days, profile=profile, database=database)
    before = os.environ.get(HASH_SEED)
    os.environ[HASH_SEED] = str(hash_seed)
    try:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as executor:
            yield from executor.map(run, seeds)
    finally:
        os.environ.pop(HASH_SEED)
        if before is not None:
            os.environ[HASH_SEED] = before


def run_seed(seed: int, *, days: int, profile: Profile, database: DatabaseKind) -> SeedResult:
    """Run one seed in this process."""
    return SeedResult.of(run_plan(make_plan(seed, days, profile), database))


def never_reached(results: Sequence[SeedResult], days: int, profile: Profile) -> list[str]:
    """Return what must sometimes happen and never did; a small batch owes nothing."""
    if len(results) < MIN_SEEDS or days < MIN_DAYS:
        return []
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.reached)
    return [name for name in SOMETIMES[profile] if not counts[name]]
