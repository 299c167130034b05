"""Defects that are planted into the program: a simulation finds each, and names its invariant."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from indelible import contests
from indelible.kernel.stages import PermanentFailure
from indelible.money.tasks.fees import RecordPaymentFee
from indelible_service.simulation import stages
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.nemesis import Nemesis
from indelible_service.simulation.plan import HOUR, FaultKind, Plan, PlannedFault, Profile
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.running import SimulationReport, run_plan
from indelible_service.simulation.shrinking import shrink
from indelible_service.simulation.story import MAX_LINES, story_of
from indelible_stripe import StripeApi

SILENCE: Final = PlannedFault(
    kind=FaultKind.STRIPE_SILENCE, at=17 * HOUR, seconds=6 * HOUR, rate=1.0
)
OUTAGE: Final = PlannedFault(kind=FaultKind.PROVIDER_FAILS, at=2 * HOUR, seconds=HOUR, rate=0.5)
Faults = tuple[PlannedFault, ...]
Plant = Callable[[pytest.MonkeyPatch], None]


def plant_dead_fees(patch: pytest.MonkeyPatch) -> None:
    """Let no fee of Stripe be booked."""

    def fail(*_: object) -> None:
        raise PermanentFailure("planted")

    patch.setattr(RecordPaymentFee, "perform", fail)


def plant_server_error(patch: pytest.MonkeyPatch) -> None:
    """Let the entry of a contest fail with an error that nobody expects."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    patch.setattr(contests, "enter_contest", fail)


def plant_missing_stage(patch: pytest.MonkeyPatch) -> None:
    """Let nobody settle contests."""
    build = stages.simulated_stages

    def without_settlement(parts: stages.StageParts) -> dict[str, stages.AnyStage]:
        return {name: stage for name, stage in build(parts).items() if name != "settle_contest"}

    patch.setattr("indelible_service.simulation.processes.simulated_stages", without_settlement)


def plant_changed_row(patch: pytest.MonkeyPatch) -> None:
    """Change a row of history behind the back of the guards, as an owner of the file could."""
    begin = Nemesis.begin

    def begin_with_defect(self: Nemesis) -> None:
        begin(self)

        def change() -> str:
            file = Path(self.around.database.url.removeprefix("sqlite:///"))
            with closing(sqlite3.connect(file, isolation_level=None)) as connection:
                triggers = connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"
                ).fetchall()
                for (name,) in triggers:
                    connection.execute(f'DROP TRIGGER "{name}"')
                connection.execute("UPDATE history SET reason = 'other' WHERE lifecycle = 'entry'")
            return "done"

        self.world.at(12 * HOUR, "defect", "changes history", change)

    patch.setattr(Nemesis, "begin", begin_with_defect)


def plant_second_transfer(patch: pytest.MonkeyPatch) -> None:
    """Ask Stripe for each transfer twice, under two keys."""
    create = StripeApi.create_transfer

    @wraps(create)
    def create_twice(self: StripeApi, **values: Any) -> object:  # noqa: ANN401 - of the method
        create(self, **{**values, "idempotency_key": f"{values['idempotency_key']}:again"})
        return create(self, **values)

    patch.setattr(StripeApi, "create_transfer", create_twice)


DEFECTS: Final[dict[str, tuple[Plant, str, Faults]]] = {
    "a dead fee": (plant_dead_fees, "reference-agrees", (SILENCE,)),
    "a fault of the server": (plant_server_error, "no-server-error", (SILENCE,)),
    "a missing stage": (plant_missing_stage, "all-contests-ended", (SILENCE,)),
    "a changed row": (plant_changed_row, "verify-clean", (SILENCE,)),
    "a second transfer": (plant_second_transfer, "one-transfer", ()),
}


def day(*faults: PlannedFault) -> Plan:
    """Return a plan of one day with these faults."""
    return evolve(make_plan(1, 1, Profile.MONEY), faults=faults)


def simulate(plan: Plan) -> SimulationReport:
    """Run a plan on SQLite."""
    return run_plan(plan, DatabaseKind.SQLITE)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_breaks_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, invariant, faults = DEFECTS[name]
    plant(monkeypatch)

    violation = simulate(day(*faults)).violation

    assert violation is not None
    assert violation.invariant == invariant, str(violation)


def test_a_failure_is_shrunk_to_a_plan_that_replays(monkeypatch: pytest.MonkeyPatch) -> None:
    plant_server_error(monkeypatch)
    report = simulate(day(OUTAGE, SILENCE))

    smaller = shrink(report, max_runs=12)
    again = simulate(smaller.plan)
    story = story_of(smaller)

    assert smaller.plan.faults == ()
    assert len(smaller.plan.entries) == 1
    assert again.violation == smaller.violation
    assert again.changes_digest == smaller.changes_digest
    assert len(story) <= MAX_LINES
    assert "no-server-error" in story[0]
