"""Faults with their runbooks: each is injected, recovered by the page's steps, and checked."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from tests.runbooks.bed import Installation, installation, small_plan
from tests.runbooks.real import RealInstallation

from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import HOUR, Plan

FAULTS: Final = Path(__file__).parent / "faults"
Run = Callable[[Any], Iterator[None]]  # of the bed that the scenario opens
MakePlan = Callable[[], Plan]


Bed = Installation | RealInstallation
OpenBed = Callable[[Path], AbstractContextManager[Bed]]


@frozen(kw_only=True)
class Scenario:
    """A fault, the runbook that an operator follows, and the alerts that led there.

    `run` injects the fault until the alerts fire, and yields; the steps of the page run; then it
    checks what has come of it. Without alerts the operator begins by the report of a person. A
    fault that `ends_by_itself` leaves nothing `calm_seconds` later if nobody acts: the program or
    somebody outside mends it. Where the page asks somebody else, `run` plays that person, often
    after that time; then a neglected fault shows only that its alert lasts until they act.
    """

    runbook: str
    alerts: tuple[str, ...]
    run: Run
    open: OpenBed
    calm_seconds: int  # after the last step, until alerts about a rate have ended
    ends_by_itself: bool

    @property
    def name(self) -> str:
        """Return a name for the test."""
        return f"{self.runbook}: {self.run.__name__}"

    def check(self, run: Iterator[None]) -> None:
        """Run what the fault checks behind its only `yield`."""
        for _ in run:
            raise RuntimeError(f"{self.name} has a second yield, whose checks would never run")


SCENARIOS: Final[list[Scenario]] = []


def scenario(
    runbook: str,
    *alerts: str,
    plan: MakePlan = small_plan,
    database: DatabaseKind = DatabaseKind.SQLITE,
    bed: OpenBed | None = None,
    calm_seconds: int = 2 * HOUR,
    ends_by_itself: bool = False,
) -> Callable[[Run], Run]:
    """Declare the fault of a runbook, in a simulated installation unless a bed is given."""

    def simulated(folder: Path) -> AbstractContextManager[Bed]:
        return installation(folder, plan(), database)

    def declare(run: Run) -> Run:
        declared = Scenario(
            runbook=runbook,
            alerts=alerts,
            run=run,
            open=bed or simulated,
            calm_seconds=calm_seconds,
            ends_by_itself=ends_by_itself,
        )
        SCENARIOS.append(declared)
        return run

    return declare


def all_scenarios() -> list[Scenario]:
    """Return the scenarios of all modules of the folder `faults`, by runbook and name."""
    for file in sorted(FAULTS.glob("*.py")):
        import_module(f"tests.runbooks.faults.{file.stem}")
    return sorted(SCENARIOS, key=lambda one: one.name)
