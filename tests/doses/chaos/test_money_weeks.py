"""A reconciliation of a week at the simulator finds what guards of the database refuse to write.

Such a discrepancy is planted behind the guards' back. More than one rule may find it: the table
says which. A clean week has none, and a backfill repairs an outage.
"""

import json
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import define, field
from tests.money_site import (
    CURRENCY,
    PATIENT_SECONDS,
    WORKER,
    MoneySite,
    money_site,
    webhook_handler,
)

from indelible.kernel import Actor
from indelible.money import MoneyRead
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payments import OpenCharge
from indelible.money.commands.payouts import AttachDestination, EnablePayee, RegisterPayee
from indelible.money.entities.charges import Charge
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.ledger import settle
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.events import EVENT_TYPES
from indelible.money.rules.ledger.drafts import SettlementLine
from indelible.money.tasks.paying import PaymentStarter

AMOUNT_MINOR: Final = 2_501
HOUR: Final = 3_600
DAY: Final = 24 * HOUR
QUARTER: Final = 16 * 60
DAYS: Final = 7
RAKE_MINOR: Final = 2_000  # Stripe's fees are paid from it
REFERENCE: Final = "week-1"
PARTY: Final = "ann"


@define(kw_only=True)
class SimulatedWeek:
    """A site on SQLite on which a week passes; its events arrive without delay."""

    site: MoneySite
    number: int = 0
    seen: set[str] = field(factory=set[str])

    def open(self, reference: str = REFERENCE) -> tuple[Charge, str]:
        """Open a charge and start its payment; return it with the intent's id."""
        self.number += 1
        command = OpenCharge(
            reference=reference,
            party=PARTY,
            item=f"item-{self.number}",
            amount_minor=AMOUNT_MINOR,
            currency=CURRENCY,
            expires_at=self.site.clock.now() + timedelta(days=30),
        )
        charge: Charge = self.site.execute(open_charge, command).charge
        starter = PaymentStarter(store=self.site.store, gateway=self.site.gateway)
        actor = Actor.user(PARTY)
        return charge, starter.create_intent(charge.id, party=PARTY, actor=actor).intent.id

    def pay(self, reference: str = REFERENCE) -> Charge:
        """Let a charge be paid, its events arrive, and everything be booked."""
        charge, intent_id = self.open(reference)
        self.site.control(f"intents/{intent_id}/pay")
        self.deliver()
        return charge

    def deliver(self) -> None:
        """Let all new events of the simulator arrive, and be processed."""
        self.receive()
        self.site.work()

    def receive(self) -> None:
        """Let all new events of the simulator arrive whose types the endpoint subscribes to."""
        handler = webhook_handler(self.site.store)
        for event in self.site.objects("event"):
            if event["type"] in EVENT_TYPES and event["id"] not in self.seen:
                self.seen.add(event["id"])
                handler.receive(json.dumps(event, indent=2).encode())

    def pass_by(self, *, days: int = DAYS) -> None:
        """Let the week pass: payments each day, and the payout of all of them."""
        items: list[str] = []
        for _ in range(days):
            items.append(self.pay().item)
            self.site.clock.advance(DAY)
        self.settle(items, len(items) * AMOUNT_MINOR - RAKE_MINOR, RAKE_MINOR)
        self.pay_out()
        self.site.clock.advance(2 * HOUR)

    def settle(
        self, items: list[str], amount_minor: int, rake_minor: int, reference: str = REFERENCE
    ) -> None:
        """Post a settlement in which one winner gets an amount."""
        command = Settle(
            settlement_id=f"settlement-{reference}",
            reference=reference,
            currency=CURRENCY,
            lines=(SettlementLine(party=PARTY, amount_minor=amount_minor),),
            rake_minor=rake_minor,
            rounding_minor=0,
            retained_minor=0,
            top_up_minor=0,
            items=tuple(items),
        )
        self.site.execute(settle, command, WORKER)

    def pay_out(self) -> None:
        """Register the winner, and let the payout follow from the settlement."""
        self.site.control(f"accounts/acct_{PARTY}", transfers="active")
        self.site.execute(register_payee, RegisterPayee(party=PARTY))
        attach = AttachDestination(party=PARTY, destination=f"acct_{PARTY}")
        self.site.execute(attach_destination, attach, Actor.user(PARTY))
        self.site.execute(enable_payee, EnablePayee(party=PARTY))
        self.deliver()
        self.deliver()


def corrupt(site: MoneySite, *statements: str) -> None:
    """Change a SQLite file behind the back of its guards."""
    file = site.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        triggers: list[tuple[Any, ...]] = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for (name,) in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            changed = connection.execute(statement).rowcount
            assert changed > 0, statement


@pytest.fixture
def week(sqlite_url: str) -> Generator[SimulatedWeek]:
    """Return a week that has passed."""
    with money_site(sqlite_url, {}, seed=1, read_timeout_seconds=PATIENT_SECONDS) as site:
        passed = SimulatedWeek(site=site)
        passed.pass_by()
        yield passed


def charge_with(tx: MoneyRead, charge_id: str) -> Charge:
    """Return a charge."""
    return tx.money.charges.get(charge_id).entity


def plant_r1(week: SimulatedWeek) -> None:
    """Change a balance that no posting explains."""
    corrupt(
        week.site,
        "UPDATE accounts SET balance_minor = balance_minor + 1 WHERE kind = 'stripe_fees'",
    )


def plant_r4(week: SimulatedWeek) -> None:
    """Mark a charge as paid without a posting."""
    charge, _ = week.open()
    week.receive()
    week.site.work()
    statement = f"UPDATE charges SET status = 'SUCCEEDED' WHERE id = '{charge.id}'"
    corrupt(week.site, statement)


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


# The plant of each rule, and every rule that finds it.
PLANTS: dict[str, tuple[Callable[[SimulatedWeek], None], set[str]]] = {
    "R1": (plant_r1, {"R1"}),
    "R4": (plant_r4, {"R4"}),
    "R10": (plant_r10, {"R1", "R7", "R10"}),
    "R11": (plant_r11, {"R11"}),
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
