"""Run many seeds, each in a process of its own."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from indelible_service.independent_work import Workers
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import Plan, Profile
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.repeating import HASH_SEEDS
from indelible_service.simulation.running import SimulationReport, run_plan
from indelible_service.simulation.sometimes import SOMETIMES, reached_by

MIN_SEEDS: Final = 10  # of a batch in which everything must happen that sometimes happens
MIN_DAYS: Final = 3
REPEATED: Final = 10  # each tenth seed is run twice


@frozen(kw_only=True)
class SeedResult:
    """The outcome of one seed, small enough to be sent from process to process."""

    seed: int
    violation: str
    changes_digest: str
    trace_digest: str
    seconds: float
    reached: tuple[str, ...]  # of what must sometimes happen
    absence: dict[str, Any] | None = None  # the report of days without engineers

    @property
    def outcome(self) -> tuple[str, str, str]:
        """Return what must be the same in each run of the seed."""
        return self.violation, self.changes_digest, self.trace_digest

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
            absence=report.absence,
        )


@frozen(kw_only=True)
class Batch:
    """The days, the profile, the database and the hosts of a batch of seeds."""

    days: int
    profile: Profile
    database: DatabaseKind
    modules: tuple[str, ...] = ()  # of hosts

    def plan(self, seed: int) -> Plan:
        """Return the plan of a seed.

        Raises: HostModuleUnusable.
        """
        return make_plan(seed, self.days, self.profile, self.modules)

    def run(self, seed: int) -> SeedResult:
        """Run one seed in this process."""
        return SeedResult.of(run_plan(self.plan(seed), self.database))


def run_seeds(
    seeds: Sequence[int], batch: Batch, workers: Workers, *, hash_seed: int = HASH_SEEDS[0]
) -> Iterator[SeedResult]:
    """Yield the outcomes of seeds in order, each run by one of the workers.

    `hash_seed` is Python's, of processes of this machine. The workers of a cluster have the modules
    of the hosts.

    Raises: what `Workers.map` raises.
    """
    return evolve(workers, hash_seed=hash_seed).map(batch.run, seeds)


def repeated_seeds(seeds: Sequence[int], *, every: int = REPEATED) -> Sequence[int]:
    """Return the seeds that are run a second time, with another hash seed."""
    return seeds[every - 1 :: every]


def not_deterministic(first: Iterable[SeedResult], second: Iterable[SeedResult]) -> list[int]:
    """Return the seeds whose second run was another one than their first."""
    outcomes = {result.seed: result.outcome for result in first}
    return [result.seed for result in second if result.outcome != outcomes[result.seed]]


def never_reached(results: Sequence[SeedResult], batch: Batch) -> list[str]:
    """Return what must sometimes happen and never did; a small batch owes nothing."""
    if len(results) < MIN_SEEDS or batch.days < MIN_DAYS:
        return []
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result.reached)
    return [name for name in SOMETIMES[batch.profile] if not counts[name]]
