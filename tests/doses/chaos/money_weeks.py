"""A week of payments and a payout at the simulator of Stripe, for reconciliations."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any, Final

from attrs import define, field
from tests.doses.chaos.money_site import CURRENCY, WORKER, MoneySite, webhook_handler

from indelible.kernel import Actor
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payments import OpenCharge
from indelible.money.commands.payouts import AttachDestination, EnablePayee, RegisterPayee
from indelible.money.entities.charges import Charge
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.ledger import settle
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.rules.events import EVENT_TYPES
from indelible.money.rules.ledger.drafts import SettlementLine
from indelible.money.tasks.paying import PaymentStarter

AMOUNT_MINOR: Final = 2_501
HOUR: Final = 3_600
DAY: Final = 24 * HOUR
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
