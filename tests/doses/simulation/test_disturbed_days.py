"""A day with a canceled tournament, and one whose processes have wrong clocks."""

from typing import Final

import pytest
from attrs import evolve
from tests.simulation.code_defects import SHORT_SILENCE, plant_waiting_event
from tests.simulation.defects import day

from indelible_service.simulation import stages
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import HOUR, Ending, FaultKind, Plan, PlannedFault, Profile
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.running import run_plan

SKEWS: Final = {"web": 120, "worker-1": -120, "worker-2": 120, "scheduler": -120}


def canceled_day() -> Plan:
    """Return a plan whose only tournament is canceled while it is played."""
    plan = make_plan(1, 1, Profile.MONEY)
    return evolve(
        plan, tournaments=tuple(evolve(one, ending=Ending.CANCELED) for one in plan.tournaments)
    )


def test_the_entries_of_a_canceled_tournament_are_given_back() -> None:
    report = run_plan(canceled_day(), DatabaseKind.SQLITE)

    assert report.violation is None, str(report.violation)
    assert report.edges["contest.cancel_by_provider"] == 1
    assert report.edges["refund.succeed"] > 0
    assert report.counts["transfers"] == 0


def test_a_canceled_tournament_whose_refunds_are_never_sent_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build = stages.simulated_stages

    def without_refunds(parts: stages.StageParts) -> dict[str, stages.AnyStage]:
        return {name: stage for name, stage in build(parts).items() if name != "send_refund"}

    monkeypatch.setattr("indelible_service.simulation.processes.simulated_stages", without_refunds)

    violation = run_plan(canceled_day(), DatabaseKind.SQLITE).violation

    assert violation is not None
    assert violation.invariant == "comes-to-rest", str(violation)


def test_wrong_clocks_break_nothing() -> None:
    faults: list[PlannedFault] = []
    for name, skew in SKEWS.items():
        fault = PlannedFault(
            kind=FaultKind.CLOCK, at=HOUR, seconds=18 * HOUR, process=name, skew_seconds=skew
        )
        faults.append(fault)
    plan = evolve(make_plan(1, 1, Profile.MONEY), faults=tuple(faults))

    report = run_plan(plan, DatabaseKind.SQLITE)

    assert report.violation is None, str(report.violation)
    assert report.counts["wrong clocks"] == len(SKEWS)
    assert report.counts["transfers"] > 0


def test_an_event_that_waited_for_stripe_halts_payments_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant_waiting_event(monkeypatch)

    report = run_plan(day(SHORT_SILENCE), DatabaseKind.SQLITE)

    assert report.violation is None, str(report.violation)
    assert report.edges["payment_switch.halt"] == 1
    assert report.edges["payment_switch.resume"] == 1
