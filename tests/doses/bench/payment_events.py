"""Paid charges whose events have not arrived, and payouts that are due, for an instance."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import httpx
from attrs import define, frozen

from indelible.kernel import Actor
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payments import OpenCharge
from indelible.money.commands.payouts import (
    AttachDestination,
    EnablePayee,
    PlanPayouts,
    RegisterPayee,
)
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.ledger import settle
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.rules.ledger.drafts import SettlementLine
from indelible.money.rules.payouts import AUTOMATIC
from indelible.money.tasks.paying import PaymentStarter
from indelible_sql import SqlStore
from indelible_stripe import StripeApi

BENCH, REASON = Actor.system("bench"), "a payment of the bench"
CURRENCY: Final = "USD"
FEE: Final = 2_501
PRIZE: Final = 100
DAY: Final = timedelta(days=1)
SUCCEEDED: Final = "payment_intent.succeeded"


@frozen
class WaitingEvent:
    """The event of a paid charge, and the fact that its posting books."""

    body: bytes
    fact_key: str


@define
class Till:
    """The store and the simulator of an instance."""

    store: SqlStore
    gateway: StripeApi
    simulator_url: str
    settlements: int = 0

    def control(self, path: str, **values: object) -> None:
        """Call a control of the simulator."""
        httpx.post(f"{self.simulator_url}/_simulator/{path}", json=values).raise_for_status()

    def paid_charges(self, count: int, prefix: str) -> list[WaitingEvent]:
        """Open and pay charges; their events stay in the list of the simulator."""
        charges: dict[str, str] = {}
        for number in range(count):
            charge_id = self._open(f"{prefix}-{number}")
            starter = PaymentStarter(store=self.store, gateway=self.gateway)
            started = starter.create_intent(charge_id, party="ada", actor=BENCH)
            self.control(f"intents/{started.intent.id}/pay")
            charges[started.intent.id] = charge_id

        waiting: list[WaitingEvent] = []
        since = datetime.now(UTC) - DAY
        for event in self.gateway.list_events(since=since, types=[SUCCEEDED]):
            if event.object_id in charges:
                fact_key = f"payment:{charges[event.object_id]}:ENTRY_FEE"
                waiting.append(WaitingEvent(event.body, fact_key))
        assert len(waiting) == count
        return waiting

    def _open(self, item: str) -> str:
        command = OpenCharge(
            reference="contest-1",
            party="ada",
            item=item,
            amount_minor=FEE,
            currency=CURRENCY,
            expires_at=datetime.now(UTC) + DAY,
        )
        charge_id: str = self._run(open_charge, command).charge.id
        return charge_id

    def register(self, parties: Sequence[str]) -> None:
        """Give each party an account that can receive transfers."""
        for party in parties:
            destination = f"acct_{party}"
            self.control(f"accounts/{destination}", transfers="active")
            self._run(register_payee, RegisterPayee(party=party))
            attach = AttachDestination(party=party, destination=destination)
            self._run(attach_destination, attach, Actor.user(party))
            self._run(enable_payee, EnablePayee(party=party))

    def plan(self, parties: Sequence[str]) -> str:
        """Settle prizes and plan their payouts; return the id of the payout job."""
        self.settlements += 1
        settlement_id = f"settlement-{self.settlements}"
        command = Settle(
            settlement_id=settlement_id,
            reference=f"prizes-{self.settlements}",
            currency=CURRENCY,
            lines=tuple(SettlementLine(party=party, amount_minor=PRIZE) for party in parties),
            rake_minor=0,
            rounding_minor=0,
            retained_minor=0,
            top_up_minor=PRIZE * len(parties),
            items=(),
        )
        self._run(settle, command)
        handler = partial(plan_payouts, policy=AUTOMATIC)
        self._run(handler, PlanPayouts(settlement_id=settlement_id))
        return settlement_id

    def _run(self, handler: Any, command: Any, actor: Actor = BENCH) -> Any:  # noqa: ANN401 - each handler's own
        return self.store.run(handler, command, actor=actor, reason=REASON)
