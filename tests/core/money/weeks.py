"""Weeks of payments for reconciliations: books, and a Stripe that keeps its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Self

from attrs import define, field
from tests.core.money.gateway import FEE_MINOR, ScriptedGateway
from tests.core.money.payments import FEE, PaymentRun

from indelible.app import WriteTx
from indelible.kernel import Actor
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Task
from indelible.money.commands.payouts import (
    AttachDestination,
    EnablePayee,
    PlanPayouts,
    RegisterPayee,
)
from indelible.money.commands.results import StripeEventSaved
from indelible.money.entities.reconciliations import Discrepancy, Reconciliation
from indelible.money.entities.stripe_objects import (
    BalanceAmount,
    BalanceTransaction,
    ChargeObject,
    EventObject,
    TransferObject,
)
from indelible.money.entities.values import EventOrigin, ReconciliationScope
from indelible.money.errors.gateway import GatewayOutage
from indelible.money.handlers.inbox import receive_event
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.queries.payouts import list_discrepancies
from indelible.money.repositories.reads import payments_switch
from indelible.money.rules.events import parse_envelope
from indelible.money.rules.payouts import AUTOMATIC, COMPLETE_PAYOUT_JOB_STAGE, SEND_TRANSFER_STAGE
from indelible.money.tasks.payout_stages import PayoutStages
from indelible.money.tasks.receiving import received
from indelible.money.tasks.reconciling import Reconcile
from indelible.testing.stores import BEGINNING
from indelible_workers import ThreadClock, Worker, process_batch

NOW: Final = datetime(2026, 6, 8, 12, tzinfo=UTC)
HOURS: Final = 3_600
ITEMS: Final = tuple(f"item-{day}" for day in range(7))
WORKER: Final = Actor.system("worker")


@define
class StripeBooks(ScriptedGateway):
    """A Stripe in memory that keeps a balance with its changes, and lists what it has."""

    now: Callable[[], datetime] = lambda: NOW
    changes: list[BalanceTransaction] = field(factory=list[BalanceTransaction])
    charges: list[ChargeObject] = field(factory=list[ChargeObject])
    transfers: dict[str, TransferObject] = field(factory=dict[str, TransferObject])
    events: list[EventObject] = field(factory=list[EventObject])
    is_down: bool = False

    def change(
        self,
        amount_minor: int,
        fee_minor: int = 0,
        transaction_id: str | None = None,
        *,
        kind: str = "charge",
        source: str | None = None,
    ) -> None:
        """Change the balance."""
        transaction = BalanceTransaction(
            id=transaction_id or f"txn_{len(self.changes)}",
            type=kind,
            amount_minor=amount_minor,
            fee_minor=fee_minor,
            net_minor=amount_minor - fee_minor,
            currency="EUR",
            created=self.now(),
            source=source,
        )
        self.changes.append(transaction)

    def charge(self, intent_id: str, amount_minor: int) -> None:
        """Keep a succeeded charge."""
        charge = ChargeObject(
            id=f"ch_{intent_id}",
            status="succeeded",
            payment_intent=intent_id,
            amount_minor=amount_minor,
            amount_refunded_minor=0,
            currency="EUR",
            created=self.now(),
            disputed=False,
        )
        self.charges.append(charge)

    def retrieve_balance_transaction(self, transaction_id: str) -> BalanceTransaction:
        """Return a change of the balance."""
        self._begin("retrieve_balance_transaction", transaction_id)
        for change in self.changes:
            if change.id == transaction_id:
                return change
        return super().retrieve_balance_transaction(transaction_id)

    def retrieve_balance(self) -> tuple[BalanceAmount, ...]:
        """Return the balance."""
        total = sum(change.net_minor for change in self.changes)
        return (BalanceAmount(currency="EUR", available_minor=total, pending_minor=0),)

    def list_balance_transactions(
        self, *, since: datetime, until: datetime | None = None
    ) -> Iterator[BalanceTransaction]:
        """Yield the changes since a time."""
        end = until or datetime.max.replace(tzinfo=UTC)
        return (change for change in self.changes if since <= change.created < end)

    def list_charges(self, *, since: datetime, until: datetime) -> Iterator[ChargeObject]:
        """Yield the charges of a time."""
        return (charge for charge in self.charges if since <= charge.created < until)

    def list_events(self, *, since: datetime, types: Sequence[str] = ()) -> Iterator[EventObject]:
        """Yield the events of some types since a time, or of all types."""
        if self.is_down:
            raise GatewayOutage(problem="timeout")
        since_then = [event for event in self.events if event.created >= since]
        return (event for event in since_then if not types or event.type in types)

    def list_transfers(self, transfer_group: str) -> Iterator[TransferObject]:
        """Yield the transfers of a group."""
        listed = list(self.transfers.values())
        return (transfer for transfer in listed if transfer.transfer_group == transfer_group)

    def create_transfer(
        self,
        *,
        amount_minor: int,
        currency: str,
        destination: str,
        transfer_group: str,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> TransferObject:
        """Make a transfer."""
        transfer = TransferObject(
            id=f"tr_{idempotency_key[-40:-3]}",
            amount_minor=amount_minor,
            amount_reversed_minor=0,
            currency=currency,
            destination=destination,
            transfer_group=transfer_group,
            created=self.now(),
            metadata=metadata,
        )
        self.transfers[transfer.id] = transfer
        self.change(-amount_minor)
        return transfer


@define
class Week(PaymentRun):
    """A week with payments, a settlement and a payout, all of them in order."""

    books: StripeBooks = field(kw_only=True)

    @classmethod
    def empty(cls) -> Self:
        """Return a week without payments; Stripe and the store have one clock."""
        books = StripeBooks()
        week = cls(gateway=books, books=books)
        books.now = week.clock.now
        return week

    def pay(self, item: str) -> None:
        """Let a charge be paid, and its event and its fee be processed."""
        _, intent = self.opened_intent(item)
        self.books.change(FEE, FEE_MINOR, f"txn_{intent.id}")
        self.books.charge(intent.id, FEE)
        self.succeed(intent.id)
        self.finish()

    def live(self) -> None:
        """Let the week pass: it ends at noon, two hours after the payout."""
        for item in ITEMS:
            self.pay(item)
            self.clock.advance(24 * HOURS)
        self.settle(*ITEMS, amount_minor=len(ITEMS) * FEE)
        self.pay_out()
        self.clock.advance(2 * HOURS)

    def pay_out(self) -> None:
        """Pay the winner of the settlement."""
        attach = AttachDestination(party="ada", destination="acct_ada")
        self.execute(register_payee, RegisterPayee(party="ada"))
        self.execute(attach_destination, attach, Actor.user("ada"))
        self.execute(enable_payee, EnablePayee(party="ada"))
        self.plan()
        stages = PayoutStages(store=self.store, gateway=self.gateway, clock=self.clock)
        worker = Worker(store=self.store, actor=WORKER, clock=ThreadClock(self.clock))
        with worker.heartbeat() as beating:
            for stage in stages.stages():
                if stage.name in (SEND_TRANSFER_STAGE, COMPLETE_PAYOUT_JOB_STAGE):
                    process_batch(self.store, stage, actor=WORKER, worker=beating)

    def plan(self) -> None:
        """Plan the payout, approved by the setting."""
        plan = partial(plan_payouts, policy=AUTOMATIC)
        self.execute(plan, PlanPayouts(settlement_id="settlement-1"))

    def execute(self, handler: Any, command: Any, actor: Actor = WORKER) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        return self.store.run(handler, command, actor=actor, reason="a test")

    def backfill(self, body: bytes) -> StripeEventSaved:
        """Store an event of Stripe's list."""
        command = received(parse_envelope(body), body, EventOrigin.BACKFILL)
        return self.store.run(receive_event, command, actor=WORKER, reason="a test")

    def reconcile(
        self, scope: ReconciliationScope = ReconciliationScope.FULL
    ) -> tuple[Reconciliation, tuple[Discrepancy, ...]]:
        """Reconcile now."""
        reconciliation = self.reconciliation(scope).run().saved.entity
        return reconciliation, self.store.read(list_discrepancies, reconciliation.id)

    def reconciliation(self, scope: ReconciliationScope) -> Reconcile:
        """Return the reconciliation of a scope."""
        return Reconcile(
            store=self.store,
            gateway=self.gateway,
            backfill=self.backfill,
            scope=scope,
            clock=self.clock,
        )

    def run_recurring(self, stage: Stage[Any, Any, Any]) -> Task:
        """Perform the only task of a stage if it is due, and return it."""

        def enqueue(tx: WriteTx, _: None) -> None:
            # It is the same slot each time, so that only the first time makes the task due.
            tx.tasks.enqueue_slot(stage.name, stage.name, slot=BEGINNING)

        self.execute(enqueue, None)
        worker = Worker(store=self.store, actor=WORKER, clock=ThreadClock(self.clock))
        with worker.heartbeat() as beating:
            process_batch(self.store, stage, actor=WORKER, worker=beating)
        return self.store.read(lambda tx: tx.tasks.get(stage.name, stage.name))

    def switch_reason(self) -> str | None:
        """Return why payments are halted, None if they are not."""
        switch = self.store.read(payments_switch)
        return None if switch is None else switch.reason_code

    def found(self) -> set[str]:
        """Return the numbers of the rules that find something now."""
        _, discrepancies = self.reconcile()
        return {discrepancy.rule.value for discrepancy in discrepancies}
