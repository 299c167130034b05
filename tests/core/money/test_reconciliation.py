"""Reconciliations: each rule finds its planted discrepancy by number, and clean books pass."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest
from attrs import define, evolve, field
from tests.core.money.gateway import FEE_MINOR, ScriptedGateway
from tests.core.money.payments import FEE, PaymentRun, event_body, intent_body

from indelible.kernel import Actor
from indelible.money.commands import (
    AttachDestination,
    EnablePayee,
    PlanPayouts,
    RegisterPayee,
    ResumePayments,
    StripeEventSaved,
)
from indelible.money.entities import (
    AccountKind,
    BalanceAmount,
    BalanceSum,
    BalanceTransaction,
    ChargeObject,
    Discrepancy,
    EventObject,
    EventOrigin,
    Reconciliation,
    ReconciliationScope,
    TransferObject,
)
from indelible.money.errors import GatewayOutage, PaymentsHalted
from indelible.money.handlers import receive_event
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.handlers.payouts import plan_payouts
from indelible.money.handlers.switches import resume_payments
from indelible.money.lifecycle import ChargeStatus, ReconciliationStatus
from indelible.money.queries.payouts import get_switch, list_discrepancies
from indelible.money.rules import reconciliation as rules
from indelible.money.rules.events import parse_envelope
from indelible.money.rules.payouts import (
    AUTOMATIC,
    COMPLETE_PAYOUT_JOB_STAGE,
    SEND_TRANSFER_STAGE,
)
from indelible.money.tasks.payout_stages import PayoutStages
from indelible.money.tasks.receiving import received
from indelible.money.tasks.reconciling import Reconcile
from indelible_workers import Worker, process_batch

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

    def change(self, amount_minor: int, fee_minor: int = 0) -> None:
        """Change the balance."""
        transaction = BalanceTransaction(
            id=f"txn_{len(self.changes)}",
            type="charge",
            amount_minor=amount_minor,
            fee_minor=fee_minor,
            net_minor=amount_minor - fee_minor,
            currency="EUR",
            created=self.now(),
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
        """Yield the events since a time."""
        if self.is_down:
            raise GatewayOutage(problem="timeout")
        return (event for event in self.events if event.created >= since and not types)

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


class Week(PaymentRun):
    """A week with payments, a settlement and a payout, all of them in order."""

    gateway: StripeBooks

    def pay(self, item: str) -> None:
        """Let a charge be paid, and its event and its fee be processed."""
        _, intent = self.opened_intent(item)
        self.gateway.change(FEE, FEE_MINOR)
        self.gateway.charge(intent.id, FEE)
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
        for handler, command in (
            (register_payee, RegisterPayee(party="ada")),
            (attach_destination, attach),
            (enable_payee, EnablePayee(party="ada")),
        ):
            self.execute(handler, command)
        self.plan()
        stages = PayoutStages(store=self.store, gateway=self.gateway, clock=self.clock)
        worker = Worker(store=self.store, actor=WORKER, clock=self.clock)
        with worker.heartbeat() as beating:
            for stage in stages.stages():
                if stage.name in (SEND_TRANSFER_STAGE, COMPLETE_PAYOUT_JOB_STAGE):
                    process_batch(self.store, stage, actor=WORKER, worker=beating)

    def plan(self) -> None:
        """Plan the payout, approved by the setting."""
        plan = partial(plan_payouts, policy=AUTOMATIC)
        self.execute(plan, PlanPayouts(settlement_id="settlement-1"))

    def execute(self, handler: Any, command: Any) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        return self.store.run(handler, command, actor=WORKER, reason="a test")

    def backfill(self, body: bytes) -> StripeEventSaved:
        """Store an event of Stripe's list."""
        command = received(parse_envelope(body), body, EventOrigin.BACKFILL)
        return self.store.run(receive_event, command, actor=WORKER, reason="a test")

    def reconcile(
        self, scope: ReconciliationScope = ReconciliationScope.FULL
    ) -> tuple[Reconciliation, tuple[Discrepancy, ...]]:
        """Reconcile now."""
        stage = Reconcile(
            store=self.store,
            gateway=self.gateway,
            backfill=self.backfill,
            scope=scope,
            clock=self.clock,
        )
        reconciliation = stage.run().saved.reconciliation
        return reconciliation, self.store.read(list_discrepancies, reconciliation.id)

    def found(self) -> set[str]:
        """Return the numbers of the rules that find something now."""
        _, discrepancies = self.reconcile()
        return {discrepancy.rule.value for discrepancy in discrepancies}


@pytest.fixture
def week() -> Week:
    """Return a week that has passed."""
    gateway = StripeBooks()
    week = Week(gateway=gateway)
    gateway.now = week.clock.now
    week.live()
    return week


def test_nothing_is_found_in_a_clean_week(week: Week) -> None:
    reconciliation, discrepancies = week.reconcile()

    assert discrepancies == ()
    assert reconciliation.has_passed
    assert reconciliation.checked == tuple(f"R{number}" for number in range(1, 13))
    assert week.store.read(get_switch) is None


def test_r2_finds_a_balance_that_differs(week: Week) -> None:
    week.gateway.change(1)
    week.clock.advance(2 * HOURS)

    assert week.found() == {"R2"}


def test_a_change_of_the_last_minutes_is_no_difference_of_the_balance(week: Week) -> None:
    week.gateway.change(1)

    assert week.found() == set()


def test_r3_finds_a_charge_that_was_not_collected(week: Week) -> None:
    week.clock.advance(-20 * HOURS)
    week.gateway.charge("pi_unknown", 99)
    week.clock.advance(20 * HOURS)

    assert week.found() == {"R3"}


def test_r5_finds_an_event_without_an_outcome(week: Week) -> None:
    _, intent = week.opened_intent("late")
    week.receive("payment_intent.processing", intent_body(intent))
    week.clock.advance(16 * 60)

    assert week.found() == {"R5"}


def test_r6_finds_a_charge_whose_intent_has_moved(week: Week) -> None:
    _, intent = week.opened_intent("late")
    week.gateway.intents[intent.id] = evolve(intent, status="succeeded")
    week.clock.advance(2 * HOURS)

    assert week.found() == {"R6"}


def test_r7_finds_an_escrow_that_is_not_empty() -> None:
    gateway = StripeBooks()
    week = Week(gateway=gateway)
    gateway.now = week.clock.now
    week.pay("one")
    week.settle("one", amount_minor=FEE - 1)
    week.pay_out()
    week.clock.advance(30 * HOURS)

    assert week.found() == {"R7"}


def test_r8_finds_a_settlement_that_was_never_planned() -> None:
    gateway = StripeBooks()
    week = Week(gateway=gateway)
    gateway.now = week.clock.now
    week.pay("one")
    week.settle("one", amount_minor=FEE)
    assert week.found() == set()
    week.clock.advance(30 * HOURS)

    assert week.found() == {"R8"}


def test_r9_finds_a_transfer_that_stripe_does_not_have(week: Week) -> None:
    week.gateway.transfers.clear()

    assert week.found() == {"R9"}


def test_r9_finds_a_second_transfer(week: Week) -> None:
    (transfer,) = week.gateway.transfers.values()
    week.gateway.transfers["tr_second"] = evolve(transfer, id="tr_second")

    assert week.found() == {"R9"}


def test_r12_finds_an_event_that_was_never_received_and_stores_it(week: Week) -> None:
    _, intent = week.opened_intent("late")
    at = week.clock.now()
    body = event_body("evt_lost", "payment_intent.processing", intent_body(intent), at)
    lost = EventObject(
        id="evt_lost",
        type="payment_intent.processing",
        created=at,
        livemode=False,
        api_version=None,
        object_id=intent.id,
        account=None,
        body=body,
    )
    week.gateway.events.append(lost)
    assert week.found() == set()
    week.clock.advance(20 * 60)

    assert week.found() == {"R12"}
    assert week.event("evt_lost").origin is EventOrigin.BACKFILL
    week.finish()
    assert week.found() == set()


def test_a_discrepancy_halts_new_payments_until_somebody_resumes_them(week: Week) -> None:
    week.gateway.transfers.clear()
    week.reconcile()
    switch = week.store.read(get_switch)
    assert switch is not None
    assert switch.reason_code == "RECONCILIATION_DISCREPANCY"
    with pytest.raises(PaymentsHalted):
        week.opened_intent("late")

    week.store.run(resume_payments, ResumePayments(), actor=WORKER, reason="explained")

    assert week.opened_intent("later")


def test_a_reconciliation_without_an_answer_of_stripe_proves_nothing(week: Week) -> None:
    week.gateway.is_down = True

    reconciliation, discrepancies = week.reconcile()

    assert reconciliation.status is ReconciliationStatus.FAILED
    assert reconciliation.error_code == "STRIPE_API_ERROR"
    assert discrepancies == ()
    assert week.store.read(get_switch) is None


SAME: Final = rules.ReconciliationFacts(now=NOW)
DIFFERENT: Final = rules.Compared(
    subject="subject", currency="EUR", expected_minor=100, actual_minor=99
)
RAKE: Final = BalanceSum(
    kind=AccountKind.PLATFORM_RAKE, currency="EUR", accounts=1, balance_minor=1
)
TRANSFER: Final = TransferObject(
    id="tr_1",
    amount_minor=5,
    amount_reversed_minor=0,
    currency="EUR",
    destination="acct_1",
    transfer_group="reference:r",
    created=NOW - timedelta(days=1),
)
SENT: Final = rules.SentTransfer(
    id="t", stripe_id="tr_1", amount_minor=5, currency="EUR", destination="acct_other"
)
PLANTED: Final = {
    "R1": evolve(SAME, books=rules.BookSums(balances=(RAKE,))),
    "R2": evolve(SAME, balances=(rules.BalanceCuts(currency="EUR", cuts=((1, 2), (1, 3))),)),
    "R3": evolve(SAME, days=(DIFFERENT,)),
    "R4": evolve(SAME, charges=rules.PaidCharges(paid_count=1, unbooked=("charge",))),
    "R5": evolve(SAME, unfinished=("evt_1",)),
    "R6": evolve(
        SAME,
        intents=(
            rules.IntentStatus(
                charge_id="c", status=ChargeStatus.PENDING, intent_status="canceled"
            ),
        ),
    ),
    "R7": evolve(SAME, escrows=(DIFFERENT,)),
    "R8": evolve(SAME, payables=(DIFFERENT,)),
    "R9": evolve(
        SAME,
        groups=(rules.GroupTransfers(reference="r", ours=(SENT,), listed=(TRANSFER,)),),
    ),
    "R10": evolve(SAME, negative=(DIFFERENT,)),
    "R11": evolve(
        SAME, digests=(rules.SettlementDigest(movement_id="m", stored="a", computed="b"),)
    ),
    "R12": evolve(SAME, missing_events=("evt_1",)),
}


@pytest.mark.parametrize("number", sorted(PLANTED))
def test_each_rule_finds_its_own_difference_only(number: str) -> None:
    discrepancies = rules.reconcile(PLANTED[number], ReconciliationScope.FULL)

    assert [discrepancy.rule.value for discrepancy in discrepancies] == [number]
