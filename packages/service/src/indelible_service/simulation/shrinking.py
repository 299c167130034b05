"""Reduce the plan of a failing simulation to what the failure needs."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from attrs import define, evolve

from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import DAY, FaultKind, Plan
from indelible_service.simulation.running import SimulationReport, run_plan

T = TypeVar("T")

MAX_RUNS: Final = 60
Run = Callable[[Plan, DatabaseKind], SimulationReport]


@define
class Shrinker:
    """Leaves parts of a plan out as long as it fails for the same reason."""

    report: SimulationReport  # of the smallest plan so far that fails
    run: Run = run_plan
    max_runs: int = MAX_RUNS
    runs: int = 0

    def shrink(self) -> SimulationReport:
        """Return the report of the smallest plan that was found."""
        self._shorten()
        for kind in FaultKind:
            self._leave_out(kind)
        self._reduce_faults()
        self._reduce(self._plan.restores, lambda rest: evolve(self._plan, restores=tuple(rest)))
        self._reduce(self._plan.upgrades, lambda rest: evolve(self._plan, upgrades=tuple(rest)))
        self._reduce_contests()
        self._reduce_entries()
        self._reduce_host_steps()
        self._reduce_projects()
        self._reduce_jobs()
        self._reduce(self._plan.chain, lambda chain: evolve(self._plan, chain=tuple(chain)))
        return self.report

    @property
    def _plan(self) -> Plan:
        return self.report.plan

    def _shorten(self) -> None:
        """End on the day of the failure; a failure of the end may need all days."""
        violation = self.report.violation
        if violation is None:
            return
        days = max(1, -(-violation.seconds // DAY))
        if days < self._plan.days:
            self._try(evolve(self._plan, days=days))

    def _leave_out(self, kind: FaultKind) -> None:
        others = tuple(fault for fault in self._plan.faults if fault.kind is not kind)
        if others != self._plan.faults:
            self._try(evolve(self._plan, faults=others))

    def _reduce_faults(self) -> None:
        self._reduce(self._plan.faults, lambda faults: evolve(self._plan, faults=tuple(faults)))

    def _reduce_contests(self) -> None:
        def with_contests(names: Sequence[str]) -> Plan:
            contests = tuple(one for one in self._plan.contests if one.name in names)
            events = {one.event_id for one in contests}
            return evolve(
                self._plan,
                contests=contests,
                tournaments=tuple(one for one in self._plan.tournaments if one.event_id in events),
                entries=tuple(one for one in self._plan.entries if one.contest in names),
            )

        self._reduce([contest.name for contest in self._plan.contests], with_contests)

    def _reduce_entries(self) -> None:
        self._reduce(self._plan.entries, lambda entries: evolve(self._plan, entries=tuple(entries)))

    def _reduce_host_steps(self) -> None:
        steps = self._plan.host_steps
        self._reduce(steps, lambda left: evolve(self._plan, host_steps=tuple(left)))

    def _reduce_projects(self) -> None:
        def with_projects(names: Sequence[str]) -> Plan:
            return evolve(
                self._plan,
                projects=tuple(one for one in self._plan.projects if one.name in names),
                jobs=tuple(one for one in self._plan.jobs if one.project in names),
            )

        self._reduce([project.name for project in self._plan.projects], with_projects)

    def _reduce_jobs(self) -> None:
        self._reduce(self._plan.jobs, lambda jobs: evolve(self._plan, jobs=tuple(jobs)))

    def _reduce(self, parts: Sequence[T], with_parts: Callable[[Sequence[T]], Plan]) -> None:
        """Leave out halves, then quarters, down to single parts."""
        size = len(parts)
        while size >= 1:
            start = 0
            while start < len(parts):
                rest = [*parts[:start], *parts[start + size :]]
                if self._try(with_parts(rest)):
                    parts = rest
                else:
                    start += size
            size //= 2

    def _try(self, plan: Plan) -> bool:
        """Run a smaller plan, and keep it if it fails for the same reason."""
        wanted = self.report.violation
        if self.runs >= self.max_runs or wanted is None:
            return False
        self.runs += 1
        report = self.run(plan, self.report.database)
        violation = report.violation
        if violation is None or violation.cause != wanted.cause:
            return False
        self.report = report
        return True


def shrink(report: SimulationReport, *, max_runs: int = MAX_RUNS) -> SimulationReport:
    """Return the report of a smaller plan with the same failure, or the same report."""
    return Shrinker(report, max_runs=max_runs).shrink()
