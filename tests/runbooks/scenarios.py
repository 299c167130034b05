"""Faults with their runbooks: each is injected, recovered by the page's steps, and checked."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from attrs import frozen
from tests.runbooks.bed import Installation, small_plan

from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import HOUR, Plan

FAULTS: Final = Path(__file__).parent / "faults"
Run = Callable[[Installation], Iterator[None]]
MakePlan = Callable[[], Plan]


@frozen(kw_only=True)
class Scenario:
    """A fault, the runbook that an operator follows, and the alerts that led there.

    `run` injects the fault until the alerts fire, and yields; the steps of the page run; then it
    checks what has come of it. Without alerts the operator begins by the report of a person.
    """

    runbook: str
    alerts: tuple[str, ...]
    run: Run
    plan: MakePlan
    database: DatabaseKind
    calm_seconds: int  # after the last step, until alerts about a rate have ended

    @property
    def name(self) -> str:
        """Return a name for the test."""
        return f"{self.runbook}: {self.run.__name__}"


SCENARIOS: Final[list[Scenario]] = []


def scenario(
    runbook: str,
    *alerts: str,
    plan: MakePlan = small_plan,
    database: DatabaseKind = DatabaseKind.SQLITE,
    calm_seconds: int = 2 * HOUR,
) -> Callable[[Run], Run]:
    """Declare the fault of a runbook."""

    def declare(run: Run) -> Run:
        declared = Scenario(
            runbook=runbook,
            alerts=alerts,
            run=run,
            plan=plan,
            database=database,
            calm_seconds=calm_seconds,
        )
        SCENARIOS.append(declared)
        return run

    return declare


def all_scenarios() -> list[Scenario]:
    """Return the scenarios of all modules of the folder `faults`, by runbook and name."""
    for file in sorted(FAULTS.glob("*.py")):
        import_module(f"tests.runbooks.faults.{file.stem}")
    return sorted(SCENARIOS, key=lambda one: one.name)
