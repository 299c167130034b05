"""The findings of a run of failovers."""

from collections import Counter
from collections.abc import Mapping
from statistics import median
from typing import Final

from attrs import define, field, frozen
from tests.doses.chaos.http_clients import Load
from tests.doses.chaos.journal import Comparison
from tests.doses.chaos.worker_kills import Report as WorkerReport

LIBRARY: Final = "library"
API: Final = "API"
HEADER: Final = (
    f"{'fault':10}{'count':>7}{'failovers':>11}"
    f"{'library: median':>17}{'max s':>8}{'API: median':>13}{'max s':>8}"
)


@frozen
class Failure:
    """A fault with the seconds without a successful write, by the kind of writer."""

    kind: str
    is_failover: bool
    gaps: Mapping[str, float]


@define
class Report:
    """The faults of a run, and what is wrong after them."""

    failures: list[Failure] = field(factory=list[Failure])
    loads: Mapping[str, Load] = field(factory=dict[str, Load])
    comparison: Comparison = field(factory=Comparison)
    rebuilt: list[str] = field(factory=list[str])  # nodes that Patroni did not rewind
    lookups: Counter[str] = field(factory=Counter[str])
    workers: WorkerReport = field(factory=WorkerReport)
    seconds: float = 0.0
    problems: list[str] = field(factory=list[str])

    @property
    def failovers(self) -> int:
        """Return how often another node has become the primary."""
        return sum(failure.is_failover for failure in self.failures)

    def __str__(self) -> str:
        codes = {name: dict(load.codes) for name, load in self.loads.items()}
        done = sum(self.comparison.done_but_unanswered.values())
        summary = (
            f"{self.failovers} failovers by {len(self.failures)} faults in {self.seconds:.0f} s;"
            f" nodes built anew: {self.rebuilt or 'none'};"
            f" {self.comparison.answers} acknowledged writes are in the history once each,"
            f" {done} of them done by an attempt without an answer;"
            f" look-ups of lost replies by the library: {dict(self.lookups) or 'none'};"
            f" failed attempts: {codes}; workers: {self.workers};"
            f" problems: {self.problems or 'none'}"
        )
        lines = [summary, HEADER]
        for kind in sorted({failure.kind for failure in self.failures}):
            lines.append(self._line(kind))
        return "\n     ".join(lines)

    def _line(self, kind: str) -> str:
        failures = [failure for failure in self.failures if failure.kind == kind]
        failovers = sum(failure.is_failover for failure in failures)
        line = f"{kind:10}{len(failures):7}{failovers:11}"
        for name, widths in ((LIBRARY, (17, 8)), (API, (13, 8))):
            gaps = [failure.gaps[name] for failure in failures]
            line += f"{median(gaps):{widths[0]}.1f}{max(gaps):{widths[1]}.1f}"
        return line
