"""Days whose restored database has lost entries, and the settlement that counted them."""

from collections.abc import Callable
from typing import Final

import pytest
from attrs import evolve
from tests.simulation.defects import always, simulate

from indelible.money.entities.reconciliations import Discrepancy
from indelible.money.tasks import sending
from indelible_service.simulation.operator import CURRENCY, Operator
from indelible_service.simulation.plan import HOUR, MINUTE, Plan, PlannedRestore, Profile
from indelible_service.simulation.planning import make_plan

LOST_AT: Final = 22 * HOUR  # the prizes are paid
IMPATIENT_UNTIL: Final = 30 * HOUR
ENOUGH_MINOR: Final = 1_000_000  # to pay each transfer twice
# Backups before entries: the contest is canceled now, or settled again for two or five of them.
UNFILLED: Final = 4 * HOUR
TWO_LEFT: Final = 6 * HOUR
FIVE_LEFT: Final = 8 * HOUR


def restored_days(backup_at: int) -> Plan:
    """Return a plan of two days whose only contest is paid before its backup is restored."""
    restore = PlannedRestore(backup_at=backup_at, at=LOST_AT, seconds=10 * MINUTE)
    return evolve(make_plan(1, 1, Profile.MONEY), days=2, restores=(restore,))


def plant_impatience(patch: pytest.MonkeyPatch) -> None:
    """Let the operator pay what lost transfers took, and look at a difference only hours later."""
    is_explained: Callable[[Operator, Discrepancy], bool] = vars(Operator)["_is_explained"]

    def believe_at_first(self: Operator, difference: Discrepancy) -> bool:
        if self.world.clock.seconds >= IMPATIENT_UNTIL:
            return is_explained(self, difference)
        stripe = self.around.stripe
        if stripe.available_minor(CURRENCY) < ENOUGH_MINOR:
            stripe.control("balance", **{CURRENCY: ENOUGH_MINOR})
        return True

    patch.setattr(Operator, "_is_explained", believe_at_first)


def plant_second_payout(patch: pytest.MonkeyPatch) -> None:
    """Let no payout wait for a transfer that the store has lost."""
    plant_impatience(patch)
    patch.setattr(sending, "_find_unknown", always([]))


def plant_idle_operator(patch: pytest.MonkeyPatch) -> None:
    """Let the operator reverse nothing."""
    patch.setattr(Operator, "_reverse", always(0))


DEFECTS: Final[dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]]] = {
    "a payout beside a lost one": (plant_second_payout, "one-payout"),
    "lost transfers that nobody reverses": (plant_idle_operator, "comes-to-rest"),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_breaks_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, invariant = DEFECTS[name]
    plant(monkeypatch)

    violation = simulate(restored_days(TWO_LEFT)).violation

    assert violation is not None
    assert violation.invariant == invariant, str(violation)


def test_an_impatient_operator_pays_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    plant_impatience(monkeypatch)

    report = simulate(restored_days(TWO_LEFT))

    assert report.violation is None, str(report.violation)
    assert report.counts["reversals of lost transfers"] > 0


@pytest.mark.parametrize("backup_at", [UNFILLED, TWO_LEFT, FIVE_LEFT])
def test_lost_transfers_are_reversed_and_the_days_come_to_rest(backup_at: int) -> None:
    report = simulate(restored_days(backup_at))

    assert report.violation is None, str(report.violation)
    assert report.counts["lost entries"] > 0
    assert report.counts["reversals of lost transfers"] > 0
