"""Each rule of a reconciliation finds its discrepancy at the simulator, and a clean week has none.

What the guards of the database refuse is planted behind their back. Such a plant may be found by
more than one rule: the table says by which.
"""

from collections.abc import Callable, Generator

import pytest
from tests.doses.chaos.money_site import PATIENT_SECONDS, MoneySite, money_site
from tests.doses.chaos.money_weeks import AMOUNT_MINOR, DAY, HOUR, SimulatedWeek, corrupt

from indelible.money import MoneyRead
from indelible.money.entities.charges import Charge
from indelible.money.lifecycle.payments import ChargeStatus

pytestmark = pytest.mark.slow

QUARTER = 16 * 60


@pytest.fixture
def week(sqlite_url: str) -> Generator[SimulatedWeek]:
    """Return a week that has passed."""
    with money_site(sqlite_url, {}, seed=1, read_timeout_seconds=PATIENT_SECONDS) as site:
        passed = SimulatedWeek(site=site)
        passed.pass_by()
        yield passed


def objects_of(site: MoneySite, kind: str) -> dict[str, dict[str, object]]:
    """Return the simulator's own objects of a kind by id."""
    return {one.value: values for one, values in site.simulator.engine.state.objects.items()}[kind]


def charge_with(tx: MoneyRead, charge_id: str) -> Charge:
    """Return a charge."""
    return tx.money.charges.get(charge_id).entity


def plant_r1(week: SimulatedWeek) -> None:
    """Change a balance that no posting explains."""
    corrupt(
        week.site,
        "UPDATE accounts SET balance_minor = balance_minor + 1 WHERE kind = 'stripe_fees'",
    )


def plant_r2(week: SimulatedWeek) -> None:
    """Let money arrive at Stripe that nobody has booked."""
    week.site.control("balance", usd=week.site.simulated_balance() + 1)
    week.site.clock.advance(2 * HOUR)


def plant_r3(week: SimulatedWeek) -> None:
    """Let Stripe forget a charge of yesterday."""
    charges = objects_of(week.site, "charge")
    charges.pop(list(charges)[-1])


def plant_r4(week: SimulatedWeek) -> None:
    """Mark a charge as paid without a posting."""
    charge, _ = week.open()
    week.receive()
    week.site.work()
    statement = f"UPDATE charges SET status = 'SUCCEEDED' WHERE id = '{charge.id}'"
    corrupt(week.site, statement)


def plant_r5(week: SimulatedWeek) -> None:
    """Receive an event that nobody processes."""
    _, intent_id = week.open()
    week.site.control(f"intents/{intent_id}/pay", outcome="decline")
    week.receive()
    week.site.clock.advance(QUARTER)


def plant_r6(week: SimulatedWeek) -> None:
    """Let Stripe cancel an intent without an event."""
    _, intent_id = week.open()
    week.deliver()
    objects_of(week.site, "payment_intent")[intent_id]["status"] = "canceled"
    week.site.clock.advance(2 * HOUR)


def plant_r7(week: SimulatedWeek) -> None:
    """Divide one cent less than the escrow holds."""
    charge = week.pay("week-2")
    week.settle([charge.item], AMOUNT_MINOR - 1_001, 1_000, "week-2")
    week.deliver()
    week.deliver()
    week.site.clock.advance(HOUR)


def plant_r8(week: SimulatedWeek) -> None:
    """Post a settlement whose payout nobody plans."""
    charge = week.pay("week-2")
    week.settle([charge.item], AMOUNT_MINOR - 1_000, 1_000, "week-2")
    week.site.clock.advance(HOUR)


def plant_r9(week: SimulatedWeek) -> None:
    """Let Stripe forget a transfer."""
    objects_of(week.site, "transfer").clear()


def plant_r10(week: SimulatedWeek) -> None:
    """Take a cent from an escrow that is empty."""
    corrupt(week.site, "UPDATE accounts SET balance_minor = -1 WHERE kind = 'escrow'")


def plant_r11(week: SimulatedWeek) -> None:
    """Change the winner of a settlement."""
    corrupt(
        week.site,
        "UPDATE postings SET party = 'eve' WHERE entity_id IN"
        " (SELECT id FROM movements WHERE kind = 'SETTLEMENT') AND party IS NOT NULL",
    )


def plant_r12(week: SimulatedWeek) -> None:
    """Lose the event of a declined attempt to pay."""
    _, intent_id = week.open()
    week.site.control(f"intents/{intent_id}/pay", outcome="decline")
    week.site.clock.advance(QUARTER)


# The plant of each rule, and every rule that finds it.
PLANTS: dict[str, tuple[Callable[[SimulatedWeek], None], set[str]]] = {
    "R1": (plant_r1, {"R1"}),
    "R2": (plant_r2, {"R2"}),
    "R3": (plant_r3, {"R3"}),
    "R4": (plant_r4, {"R4"}),
    "R5": (plant_r5, {"R5"}),
    "R6": (plant_r6, {"R6"}),
    "R7": (plant_r7, {"R7"}),
    "R8": (plant_r8, {"R8"}),
    "R9": (plant_r9, {"R9"}),
    "R10": (plant_r10, {"R1", "R7", "R10"}),
    "R11": (plant_r11, {"R11"}),
    "R12": (plant_r12, {"R12"}),
}


def test_nothing_is_found_in_a_clean_week(week: SimulatedWeek) -> None:
    assert week.site.reconcile() == []
    assert week.site.balances()["stripe_balance"] == week.site.simulated_balance()


@pytest.mark.parametrize("rule", PLANTS)
def test_each_rule_finds_its_planted_discrepancy(week: SimulatedWeek, rule: str) -> None:
    plant, expected = PLANTS[rule]
    plant(week)

    assert set(week.site.reconcile()) == expected


def test_a_backfill_repairs_an_outage_of_six_hours(week: SimulatedWeek) -> None:
    site = week.site
    charges: list[Charge] = []
    for _ in range(6):
        charge, intent_id = week.open("week-2")
        site.control(f"intents/{intent_id}/pay")
        charges.append(charge)
        site.clock.advance(HOUR)

    assert set(site.reconcile()) >= {"R12"}
    week.open("week-2")  # nothing is halted
    site.work()

    assert site.reconcile() == []
    for charge in charges:
        stored = site.store.read(charge_with, charge.id)
        assert stored.status is ChargeStatus.SUCCEEDED
    assert site.balances()["stripe_balance"] == site.simulated_balance()
    site.clock.advance(DAY)
    assert site.reconcile() == []
