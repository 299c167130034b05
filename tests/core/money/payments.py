"""Payments on their way, in a memory store with a Stripe in memory and a clock of the test."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import define, field
from tests.core.money.gateway import ScriptedGateway

from indelible.kernel import Actor
from indelible.memory import MemoryStore
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payments import OpenCharge, RequestRefund
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.ledger import Movement
from indelible.money.entities.refunds import Refund
from indelible.money.entities.stripe_objects import Intent
from indelible.money.entities.values import (
    AccountKind,
    EventOrigin,
    MovementKind,
    RefundReason,
    account_id,
)
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.inbox import receive_event
from indelible.money.handlers.ledger import settle
from indelible.money.handlers.refunds import request_refund
from indelible.money.rules.events import parse_envelope
from indelible.money.rules.ledger.drafts import SettlementLine
from indelible.money.rules.stages import (
    EXPIRE_CHARGE_STAGE,
    PROCESS_STRIPE_EVENT_STAGE,
    RECORD_FEE_STAGE,
    SEND_REFUND_STAGE,
)
from indelible.money.tasks.failpoints import (
    AtPaymentFailpoint,
    PaymentFailpoint,
    no_payment_failpoint,
)
from indelible.money.tasks.observers import PaymentObserver, SilentPaymentObserver
from indelible.money.tasks.paying import CheckoutPages, PaymentStarter
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.money.tasks.receiving import received
from indelible.testing.stores import CountedIds
from indelible_workers import ThreadClock, Worker, process_batch

START: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
FEE: Final = 2_501
DISPUTE_FEE: Final = 2_000
HOUR: Final = timedelta(hours=1)
PAGES: Final = CheckoutPages(
    description="One entry",
    success_url="https://example.org/paid",
    cancel_url="https://example.org/back",
)
REFERENCE: Final = "reference-1"
WORKER: Final = Actor.system("worker")
ADA: Final = Actor.user("ada")


@define
class MovableClock:
    """A clock that only moves when the test moves it."""

    time: datetime = START

    def now(self) -> datetime:
        """Return the time."""
        return self.time

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)


@define
class PaymentRun:
    """Charges of one reference, moved by events and by the stages of one process."""

    clock: MovableClock = field(factory=MovableClock)
    gateway: ScriptedGateway = field(factory=ScriptedGateway)
    observer: PaymentObserver = field(factory=SilentPaymentObserver)
    store: MemoryStore = field(init=False)
    number: int = 0

    def __attrs_post_init__(self) -> None:
        self.store = MemoryStore(clock=self.clock, ids=CountedIds())

    def open(self, item: str = "item-1", *, expires_in: timedelta = HOUR) -> Charge:
        """Open the charge of an item of Ada's."""
        command = OpenCharge(
            reference=REFERENCE,
            party="ada",
            item=item,
            amount_minor=FEE,
            currency="EUR",
            expires_at=self.clock.now() + expires_in,
        )
        return self.store.run(open_charge, command, actor=ADA, reason="a test").charge

    @property
    def starter(self) -> PaymentStarter:
        """Return what starts payments."""
        return PaymentStarter(store=self.store, gateway=self.gateway)

    def start(self, charge: Charge) -> Intent:
        """Start the payment of a charge, and return its intent."""
        return self.starter.create_intent(charge.id, party="ada", actor=ADA).intent

    def opened_intent(self, item: str = "item-1") -> tuple[Charge, Intent]:
        """Return a charge with an intent."""
        charge = self.open(item)
        return charge, self.start(charge)

    def paid(self, item: str = "item-1") -> tuple[Charge, Intent]:
        """Return a charge that was paid in time."""
        charge, intent = self.opened_intent(item)
        self.succeed(intent.id)
        return self.charge(charge.id), intent

    def succeed(self, intent_id: str, **payment: Any) -> StripeEvent:  # noqa: ANN401 - of any type
        """Let the payer pay, and process the event of it."""
        paid = self.gateway.pay(intent_id, **payment)
        return self.deliver("payment_intent.succeeded", intent_body(paid))

    def tell(self, event_type: str, intent_id: str, **changes: Any) -> StripeEvent:  # noqa: ANN401 - of any type
        """Process an event about an intent."""
        body = intent_body(self.gateway.intents[intent_id])
        created = changes.pop("created", None)
        return self.deliver(event_type, body | changes, created=created)

    def deliver(
        self,
        event_type: str,
        subject: Mapping[str, Any],
        *,
        created: datetime | None = None,
        event_id: str | None = None,
    ) -> StripeEvent:
        """Receive an event and process it once."""
        event_id = self.receive(event_type, subject, created=created, event_id=event_id)
        self.process(PROCESS_STRIPE_EVENT_STAGE)
        return self.event(event_id)

    def receive(
        self,
        event_type: str,
        subject: Mapping[str, Any],
        *,
        created: datetime | None = None,
        event_id: str | None = None,
    ) -> str:
        """Receive an event, and return its id."""
        self.number += 1
        event_id = event_id or f"evt_{self.number}"
        body = event_body(event_id, event_type, subject, created or self.clock.now())
        command = received(parse_envelope(body), body, EventOrigin.WEBHOOK)
        self.store.run(receive_event, command, actor=WORKER, reason="a test")
        return event_id

    def process(self, *names: str, at_failpoint: AtPaymentFailpoint = no_payment_failpoint) -> None:
        """Perform the tasks of some stages that are due."""
        stages = PaymentStages(
            store=self.store,
            gateway=self.gateway,
            clock=self.clock,
            observer=self.observer,
            at_failpoint=at_failpoint,
        )
        worker = Worker(store=self.store, actor=WORKER, clock=ThreadClock(self.clock))
        with worker.heartbeat() as beating:
            for stage in stages.stages():
                if stage.name not in names:
                    continue
                while process_batch(self.store, stage, actor=WORKER, worker=beating):
                    pass

    def finish(self) -> None:
        """Perform what is due of all stages."""
        self.process(
            PROCESS_STRIPE_EVENT_STAGE, RECORD_FEE_STAGE, SEND_REFUND_STAGE, EXPIRE_CHARGE_STAGE
        )

    def refund(self, charge: Charge, amount_minor: int | None = None) -> Refund:
        """Request the refund of a charge."""
        command = RequestRefund(
            charge_id=charge.id, reason_code=RefundReason.REQUESTED, amount_minor=amount_minor
        )
        return self.store.run(request_refund, command, actor=ADA, reason="a test").refund

    def settle(self, *items: str, amount_minor: int) -> None:
        """Divide the escrow: all of the amount is owed to Ada."""
        command = Settle(
            settlement_id="settlement-1",
            reference=REFERENCE,
            currency="EUR",
            lines=(SettlementLine(party="ada", amount_minor=amount_minor),),
            rake_minor=0,
            rounding_minor=0,
            retained_minor=0,
            top_up_minor=0,
            items=items,
        )
        self.store.run(settle, command, actor=WORKER, reason="a test")

    def charge(self, charge_id: str) -> Charge:
        """Return a charge as it is stored."""
        return self.store.read(lambda tx: tx.money.charges.get(charge_id).entity)

    def refunds(self, charge: Charge) -> list[Refund]:
        """Return the refunds of a charge."""
        heads = self.store.read(lambda tx: tx.money.refunds.of_charge(charge.id))
        return [head.entity for head in heads]

    def dispute(self, dispute_id: str) -> Dispute:
        """Return a dispute as it is stored."""
        return self.store.read(lambda tx: tx.money.disputes.get(dispute_id).entity)

    def event(self, event_id: str) -> StripeEvent:
        """Return an event as it is stored."""
        return self.store.read(lambda tx: tx.money.events.get(event_id).entity)

    def balance(self, kind: AccountKind, currency: str = "EUR") -> int:
        """Return the balance of an account, 0 without one."""
        reference = REFERENCE if kind.has_reference else None
        wanted = account_id(kind, reference, currency)

        for head in self.store.read(lambda tx: tx.money.accounts.page(after="", limit=99)):
            if head.entity.id == wanted:
                return head.entity.balance_minor
        return 0

    def movement(self, movement_id: str) -> Movement:
        """Return a movement."""
        return self.store.read(lambda tx: tx.money.movements.get(movement_id)).entity

    def kinds(self) -> list[MovementKind]:
        """Return the kinds of all movements in the order in which they were posted."""
        changes = self.store.feed(limit=1_000).changes
        ids = [change.entity_id for change in changes if change.lifecycle == "movement"]
        return [self.movement(one).kind for one in ids]

    def actions(self, charge: Charge) -> list[str]:
        """Return the actions of a charge."""
        changes = self.store.read(lambda tx: tx.history.of("charge", charge.id))
        return [change.action for change in changes]


class Killed(Exception):
    """A worker that is killed."""


def killing(point: PaymentFailpoint) -> Callable[[PaymentFailpoint], None]:
    """Return a failpoint at which the worker is killed."""

    def kill(reached: PaymentFailpoint) -> None:
        if reached is point:
            raise Killed

    return kill


def event_body(
    event_id: str, event_type: str, subject: Mapping[str, Any], created: datetime
) -> bytes:
    """Return the bytes of an event."""
    document = {
        "id": event_id,
        "object": "event",
        "type": event_type,
        "api_version": "2026-10-28.endive",
        "livemode": False,
        "created": int(created.timestamp()),
        "data": {"object": dict(subject)},
    }
    return json.dumps(document).encode()


def intent_body(intent: Intent) -> dict[str, Any]:
    """Return an intent as an event holds it."""
    return {
        "id": intent.id,
        "object": "payment_intent",
        "status": intent.status,
        "amount": intent.amount_minor,
        "amount_received": intent.amount_received_minor,
        "currency": intent.currency.lower(),
        "created": int(intent.created.timestamp()),
        "livemode": intent.livemode,
        "latest_charge": intent.charge_id,
        "last_payment_error": None,
        "metadata": dict(intent.metadata),
    }


def refund_body(refund_id: str, intent_id: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of any type
    """Return a refund as an event holds it."""
    body: dict[str, Any] = {
        "id": refund_id,
        "object": "refund",
        "status": "succeeded",
        "payment_intent": intent_id,
        "charge": f"ch_{intent_id}",
        "amount": FEE,
        "currency": "eur",
        "created": int(START.timestamp()),
        "metadata": {},
    }
    return body | changes


def dispute_body(intent_id: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of any type
    """Return a dispute as an event holds it."""
    body: dict[str, Any] = {
        "id": "dp_1",
        "object": "dispute",
        "status": "needs_response",
        "payment_intent": intent_id,
        "charge": f"ch_{intent_id}",
        "amount": FEE,
        "currency": "eur",
        "reason": "fraudulent",
        "created": int(START.timestamp()),
        "evidence_details": {"due_by": int((START + 7 * 24 * HOUR).timestamp())},
        "balance_transactions": [],
    }
    return body | changes


def withdrawn_body(intent_id: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of any type
    """Return a dispute whose money Stripe has taken, with its fee."""
    return dispute_body(intent_id, balance_transactions=[{"fee": DISPUTE_FEE}], **changes)
