"""Defects that are planted into the program: a simulation finds each, and names its invariant."""

from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
from tests.simulation.code_defects import CODE_DEFECTS
from tests.simulation.defects import SILENCE, Defect, day, simulate
from tests.simulation.liveness_defects import LIVENESS_DEFECTS
from tests.simulation.row_defects import ROW_DEFECTS
from tests.simulation.work_defects import WORK_DEFECTS, plant_pause

from indelible_service.simulation.checks import Noticed
from indelible_service.simulation.invariants import DAILY, FINAL, HOURLY
from indelible_service.simulation.plan import HOUR, FaultKind, PlannedFault
from indelible_service.simulation.shrinking import shrink
from indelible_service.simulation.story import MAX_LINES, story_of

OUTAGE: Final = PlannedFault(kind=FaultKind.PROVIDER_FAILS, at=2 * HOUR, seconds=HOUR, rate=0.5)
ALL_DEFECTS: Final = (*ROW_DEFECTS, *CODE_DEFECTS, *LIVENESS_DEFECTS, *WORK_DEFECTS)
DEFECTS: Final = {defect.name: defect for defect in ALL_DEFECTS}
# The calls that test_absence.py plants break it.
WITHOUT_DEFECT: Final = {Noticed.FORBIDDEN}
# Those that are found in the first hours of the plan: a simulation of them costs about 2 s.
EARLY: Final = ("a payment that cancels its contest", "a webhook applied twice")
SHRUNK: Final = (*EARLY, "an error that nobody expects")


def check(defect: Defect) -> None:
    """Check that a simulation finds a defect, and names its invariant."""
    violation = simulate(defect.plan()).violation

    assert violation is not None
    assert violation.invariant == defect.invariant, str(violation)


def planted_invariants() -> set[str]:
    """Return the invariants that the planted defects of all files of this folder break."""
    names: set[str] = set()
    for file in sorted(Path(__file__).parent.glob("test_defects*.py")):
        module = import_module(f"tests.doses.simulation.{file.stem}")
        for defect in module.DEFECTS.values():
            names.add(defect.invariant if isinstance(defect, Defect) else defect[1])
    return names


def test_every_invariant_has_a_planted_defect() -> None:
    invariants = {*HOURLY, *DAILY, *FINAL, *Noticed}

    assert invariants - planted_invariants() == WITHOUT_DEFECT


@pytest.mark.parametrize("name", EARLY)
def test_an_early_defect_breaks_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    DEFECTS[name].plant(monkeypatch)

    check(DEFECTS[name])


@pytest.mark.parametrize("name", sorted({*DEFECTS} - {*EARLY}))
def test_a_planted_defect_breaks_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    DEFECTS[name].plant(monkeypatch)

    check(DEFECTS[name])


def test_a_fence_protects_the_work_of_a_worker_that_stands_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant_pause(monkeypatch)

    report = simulate(day())

    assert report.is_clean
    assert report.counts["crashes"] == 1


@pytest.mark.parametrize("name", SHRUNK)
def test_a_failure_is_shrunk_to_a_plan_that_replays(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    DEFECTS[name].plant(monkeypatch)
    report = simulate(day(OUTAGE, SILENCE))

    smaller = shrink(report, max_runs=12)
    again = simulate(smaller.plan)
    story = story_of(smaller)

    assert smaller.plan.faults == ()
    assert len(smaller.plan.entries) == 1
    assert again.violation == smaller.violation
    assert again.changes_digest == smaller.changes_digest
    assert len(story) <= MAX_LINES
    assert DEFECTS[name].invariant in story[0]
