"""Kill processes of payments and payouts at each failpoint; another process goes on.

The simulator of Stripe lives in the parent, so it keeps what a killed process has sent.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import define, frozen
from tests.conftest import POLICY
from tests.kills import Kill, dies_at, kills_at
from tests.money_site import (
    CURRENCY,
    OPERATOR,
    PATIENT_SECONDS,
    WEBHOOK_SECRET,
    WORKER,
    MoneySite,
    StoppedClock,
    gateway_to,
    webhook_handler,
)

from indelible.kernel import Actor
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payments import OpenCharge, RequestRefund
from indelible.money.commands.payouts import AttachDestination, EnablePayee, RegisterPayee
from indelible.money.entities.charges import Charge
from indelible.money.entities.ids import charge_id
from indelible.money.entities.values import MovementKind, RefundReason
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.ledger import settle
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.handlers.refunds import request_refund
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.ledger.drafts import SettlementLine
from indelible.money.rules.payouts import AUTOMATIC
from indelible.money.tasks.failpoints import PaymentFailpoint
from indelible.money.tasks.paying import PaymentStarter
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.money.tasks.payout_failpoints import PayoutFailpoint
from indelible.money.tasks.payout_jobs import EndPayoutJob
from indelible.money.tasks.payout_stages import PayoutStages
from indelible_sql import open_store
from indelible_stripe.simulator.webhooks import sign
from indelible_workers import ThreadClock, Worker, process_batch
from indelible_workers.processing.failpoints import StageFailpoint

PARTY: Final = "ann"
AMOUNT_MINOR: Final = 2_501
FUNDS_MINOR: Final = 10**9
PRIZES: Final = {"ann": 5_628, "bob": 2_813, "cem": 2_813}
LEASE_SECONDS: Final = 1  # the shortest; PostgreSQL decides by its own clock when it has ended
HALF_HOUR: Final = 1_800
ROUNDS: Final = 60
RECEIVE, EVENT, FAILED_EVENT = "receive", "process_stripe_event", "fail_event"
FEE, REFUND, EXPIRY, START = "record_fee", "send_refund", "expire_charge", "start"
SWEEP, TRANSFER, JOB_END = "sweep", "send_transfer", "complete_payout_job"
WORK_OF_PREFIX: Final = {
    "RECEIVE": RECEIVE,
    "EVENT": EVENT,
    "REFUND": REFUND,
    "EXPIRE": EXPIRY,
    "INTENT": START,
    "PLAN": SWEEP,
    "SEND": TRANSFER,
    "JOB": JOB_END,
}
STAGES: Final = (EVENT, FEE, REFUND, EXPIRY, TRANSFER, JOB_END)
STAGE_FAILPOINTS: Final = (
    StageFailpoint.AFTER_CLAIM,
    StageFailpoint.BEFORE_PERFORM,
    StageFailpoint.AFTER_PERFORM,
    StageFailpoint.BEFORE_FINISH,
    StageFailpoint.AFTER_FINISH,
)


def money_kills() -> list[Kill]:
    """Return a kill at each failpoint of money, and at those that every stage has."""
    kills: list[Kill] = []
    for point in (*PaymentFailpoint, *PayoutFailpoint):
        work = WORK_OF_PREFIX[point.name.partition("_")[0]]
        if point is PaymentFailpoint.EVENT_AFTER_FAILURE:
            work = FAILED_EVENT
        kills.extend(kills_at(work, (point,)))
    for stage in STAGES:
        kills.extend(kills_at(stage, STAGE_FAILPOINTS))

    return kills


# In the child process


@frozen(kw_only=True)
class ChildTask:
    """The work of a child process until it dies, and the addresses of database and Stripe."""

    url: str
    stripe_url: str
    now: datetime
    kill: Kill
    body: bytes
    charge_id: str


def work_and_die(task: ChildTask) -> None:
    """Do the work in this process, which kills itself at the failpoint."""
    die = dies_at(task.kill.failpoint)
    work = task.kill.work
    clock = StoppedClock(task.now)
    store = open_store(task.url, clock=clock, policy=POLICY)
    gateway = gateway_to(task.stripe_url, read_timeout_seconds=PATIENT_SECONDS)
    if work == RECEIVE:
        header = sign(task.body, (WEBHOOK_SECRET,), int(task.now.timestamp()))
        handler = webhook_handler(store, at_failpoint=die)
        handler.verify(header, task.body, task.now)
        handler.receive(task.body)
        return
    if work == START:
        starter = PaymentStarter(store=store, gateway=gateway, at_failpoint=die)
        starter.create_intent(task.charge_id, party=PARTY, actor=Actor.user(PARTY))
        return

    options: dict[str, Any] = {"store": store, "gateway": gateway, "clock": clock}
    payouts = PayoutStages(policy=AUTOMATIC, at_failpoint=die, **options)
    if work == SWEEP:
        payouts.sweep().run()
        return
    payments = PaymentStages(at_failpoint=die, lease_seconds=LEASE_SECONDS, **options)
    stages: list[Any] = [
        *payments.stages(),
        payouts.sending().stage(),
        EndPayoutJob(at_failpoint=die, lease_seconds=LEASE_SECONDS).stage(),
    ]
    name = EVENT if work == FAILED_EVENT else work
    (stage,) = [one for one in stages if one.name == name]
    worker = Worker(store=store, actor=WORKER, clock=ThreadClock(clock), at_failpoint=die)
    with worker.heartbeat():
        while process_batch(store, stage, actor=WORKER, worker=worker):
            pass


# In the parent process


@define
class Subject:
    """The payment or the payout of one kill."""

    number: int
    charge: Charge | None = None
    intent_id: str = ""
    body: bytes = b""  # of the event that says that the payment has succeeded
    settlement_id: str = ""


@define(kw_only=True)
class MoneyScenario:
    """A site whose processes are killed, each in a payment or a payout of its own."""

    site: MoneySite
    number: int = 0

    def prepare(self, kill: Kill) -> Subject:
        """Bring a payment or a payout to the moment before the work."""
        self.number += 1
        subject = Subject(self.number)
        match kill.work:
            case "sweep" | "send_transfer" | "complete_payout_job":
                self._prepare_payout(kill, subject)
            case "fail_event":
                self._pay_before_the_charge(subject)
            case "expire_charge":
                self._open(subject, hours=1)
                self._start(subject)
                self.site.clock.advance(2 * HALF_HOUR)
            case "start":
                self._open(subject)
            case "receive":
                self._open_and_pay(subject)
            case "send_refund":
                self._open_and_pay(subject)
                self._deliver(subject)
                self.site.work()
                command = RequestRefund(
                    charge_id=charge_of(subject).id, reason_code=RefundReason.REQUESTED
                )
                self.site.execute(request_refund, command, OPERATOR)
            case _:
                self._open_and_pay(subject)
                self._deliver(subject)
                if kill.work == FEE:
                    self._process(EVENT)

        return subject

    def work(self, kill: Kill, subject: Subject) -> tuple[Callable[..., object], Sequence[Any]]:
        """Return the work of the child."""
        task = ChildTask(
            url=self.site.url,
            stripe_url=self.site.simulator.base_url,
            now=self.site.clock.now(),
            kill=kill,
            body=subject.body,
            charge_id=subject.charge.id if subject.charge else "",
        )
        return work_and_die, (task,)

    def finish(self, kill: Kill, subject: Subject) -> None:
        """Do again what the payer or Stripe repeats, and let time pass until the end."""
        # The lease of the killed process ends by the clock of the site, and by PostgreSQL's own.
        time.sleep(LEASE_SECONDS if self.site.url.startswith("postgresql") else 0)
        self.site.clock.advance(2 * LEASE_SECONDS)
        match kill.work:
            case "sweep" | "send_transfer" | "complete_payout_job":
                self.site.clock.advance(HALF_HOUR)  # the stage that sends has longer leases
                self._let_time_pass(lambda: self._is_paid_out(subject))
                return
            case "record_fee":
                self.site.work()
                return
            case "fail_event":
                self._open(subject)
            case "start":
                self._start(subject)
                self._pay(subject)
                self._deliver(subject)
            case "receive":
                self._deliver(subject)
            case _:
                pass

        ends = {REFUND: ChargeStatus.REFUNDED, EXPIRY: ChargeStatus.CANCELED}
        end = ends.get(kill.work, ChargeStatus.SUCCEEDED)
        self._let_time_pass(lambda: self._status(subject) is end)

    def problems(self, kill: Kill, subject: Subject) -> Iterator[str]:
        """Yield what is wrong with the payment or the payout, and with the books."""
        if self.site.ledger_sum():
            yield f"the sum of all accounts is {self.site.ledger_sum()}"
        if kill.work in (SWEEP, TRANSFER, JOB_END):
            yield from self._problems_of_payout(subject)
        elif kill.work == EXPIRY:
            intent = self.site.gateway.retrieve_payment_intent(subject.intent_id).status
            if (self._status(subject), intent) != (ChargeStatus.CANCELED, "canceled"):
                yield f"charge {self._status(subject)}, intent {intent}"
        elif kill.work in (FEE, REFUND):
            yield from self._problems_of_balance()
            if kill.work == REFUND:
                yield from self._problems_of_refund(subject)
        else:
            yield from self._problems_of_posting(subject)

    # Payments

    def _open(self, subject: Subject, *, hours: int = 10_000) -> None:
        command = OpenCharge(
            reference=f"killed-{subject.number:05}",
            party=PARTY,
            item=item_of(subject),
            amount_minor=AMOUNT_MINOR,
            currency=CURRENCY,
            expires_at=self.site.clock.now() + timedelta(hours=hours),
        )
        subject.charge = self.site.execute(open_charge, command).charge

    def _start(self, subject: Subject) -> None:
        starter = PaymentStarter(store=self.site.store, gateway=self.site.gateway)
        actor = Actor.user(PARTY)
        started = starter.create_intent(charge_of(subject).id, party=PARTY, actor=actor)
        subject.intent_id = started.intent.id

    def _pay(self, subject: Subject) -> None:
        """Let the payer pay; the last event of the intent says so."""
        self.site.control(f"intents/{subject.intent_id}/pay")
        for event in self.site.objects("event"):
            if event["data"]["object"]["id"] == subject.intent_id:
                subject.body = json.dumps(event, indent=2).encode()

    def _open_and_pay(self, subject: Subject) -> None:
        self._open(subject)
        self._start(subject)
        self._pay(subject)

    def _pay_before_the_charge(self, subject: Subject) -> None:
        """Let an event arrive that fails because its charge is not known yet."""
        intent = self.site.gateway.create_payment_intent(
            amount_minor=AMOUNT_MINOR,
            currency=CURRENCY,
            metadata={"charge_id": charge_id(item_of(subject))},
            idempotency_key=f"early-{subject.number}",
        )
        subject.intent_id = intent.id
        self._pay(subject)
        self._deliver(subject)

    def _deliver(self, subject: Subject) -> None:
        """Send the event, as Stripe does until it is answered."""
        now = self.site.clock.now()
        handler = webhook_handler(self.site.store)
        header = sign(subject.body, (WEBHOOK_SECRET,), int(now.timestamp()))
        handler.verify(header, subject.body, now)
        handler.receive(subject.body)

    def _status(self, subject: Subject) -> ChargeStatus:
        charge = charge_of(subject)
        return self.site.store.read(lambda tx: tx.money.charges.get(charge.id)).entity.status

    def _problems_of_posting(self, subject: Subject) -> Iterator[str]:
        """Yield a problem unless the payment is posted once, after its bytes were stored."""
        site, charge = self.site, charge_of(subject)
        if self._status(subject) is not ChargeStatus.SUCCEEDED:
            yield f"the charge is {self._status(subject)}"
        event_id = json.loads(subject.body)["id"]
        event = site.store.read(lambda tx: tx.money.events.get(event_id)).entity
        if event.status is not InboxStatus.PROCESSED:
            yield f"the event is {event.status}"
        stored = site.store.read(lambda tx: tx.payloads.get(event.payload_digest)).content
        if stored != subject.body:
            yield "the stored bytes are not those of the webhook"
        fact = f"payment:{charge.id}:ENTRY_FEE"
        fees = [one for one in site.movements(MovementKind.ENTRY_FEE) if one.fact_key == fact]
        if [one.total_minor for one in fees] != [AMOUNT_MINOR]:
            yield f"posted: {fees}"
        intents = [
            one["id"]
            for one in site.objects("payment_intent")
            if one["metadata"].get("charge_id") == charge.id
        ]
        if intents != [subject.intent_id]:
            yield f"intents: {intents}"

        received, succeeded = 0, 0
        for number, change in enumerate(site.history(), start=1):
            if change.entity_id == event_id and change.from_state == "":
                received = number
            if change.entity_id == charge.id and change.action == "succeed":
                succeeded = number
        if not 0 < received < succeeded:
            yield f"received at {received}, effect at {succeeded}"

    def _problems_of_refund(self, subject: Subject) -> Iterator[str]:
        made = [
            one["amount"]
            for one in self.site.objects("refund")
            if one["payment_intent"] == subject.intent_id
        ]
        status = self._status(subject)
        if made != [AMOUNT_MINOR] or status is not ChargeStatus.REFUNDED:
            yield f"refunds {made}, the charge is {status}"

    def _problems_of_balance(self) -> Iterator[str]:
        """Compare our balance at Stripe, to the cent, as far as the kills have changed it."""
        ours = self.site.balances().get("stripe_balance", 0)
        stripes = self.site.simulated_balance() - FUNDS_MINOR
        if ours != stripes:
            yield f"stripe_balance is {ours}, Stripe's {stripes}"

    # Payouts

    def _prepare_payout(self, kill: Kill, subject: Subject) -> None:
        """Post a settlement of three prizes, whose winners can be paid; a payer has paid a part."""
        self._open_and_pay(subject)
        self._deliver(subject)
        self.site.work()
        for party in PRIZES:
            destination = f"acct_{party}"
            self.site.control(f"accounts/{destination}", transfers="active")
            self.site.execute(register_payee, RegisterPayee(party=party))
            attach = AttachDestination(party=party, destination=destination)
            self.site.execute(attach_destination, attach, Actor.user(party))
            self.site.execute(enable_payee, EnablePayee(party=party))
        subject.settlement_id = f"killed-{subject.number:05}"
        command = Settle(
            settlement_id=subject.settlement_id,
            reference=subject.settlement_id,
            currency=CURRENCY,
            lines=tuple(SettlementLine(party=one, amount_minor=PRIZES[one]) for one in PRIZES),
            rake_minor=0,
            rounding_minor=0,
            retained_minor=0,
            top_up_minor=sum(PRIZES.values()) - AMOUNT_MINOR,
            items=(),
        )
        self.site.execute(settle, command)
        if kill.work != SWEEP:
            self.site.payout_stages().sweep().run()
        if kill.work == JOB_END:
            self._process(TRANSFER)

    def _is_paid_out(self, subject: Subject) -> bool:
        where = {"id": subject.settlement_id}
        jobs = self.site.store.read(lambda tx: tx.money.payout_jobs.find(where, limit=1))
        return bool(jobs) and jobs[0].entity.status == "complete"

    def _problems_of_payout(self, subject: Subject) -> Iterator[str]:
        """Yield a problem unless each winner has one transfer and one movement."""
        site, settlement_id = self.site, subject.settlement_id
        made = sorted(
            (one["destination"], one["amount"])
            for one in site.objects("transfer")
            if one["metadata"]["settlement_id"] == settlement_id
        )
        if made != sorted((f"acct_{party}", minor) for party, minor in PRIZES.items()):
            yield f"the transfers at Stripe are {made}"
        where = {"settlement_id": settlement_id}
        heads = site.store.read(lambda tx: tx.money.transfers.find(where, limit=100))
        statuses = {head.entity.status for head in heads}
        if statuses != {TransferStatus.COMPLETED} or len(heads) != len(PRIZES):
            yield f"the transfers are {statuses}"
        keys = {f"payout:{head.entity.id}" for head in heads}
        posted = [one.key for one in site.movements(MovementKind.PAYOUT_CREATED) if one.key in keys]
        if sorted(posted) != sorted(keys):
            yield f"posted: {posted}"
        if not self._is_paid_out(subject):
            yield "the payout job is not complete"

    # Time and stages

    def _process(self, name: str) -> None:
        """Process the due tasks of one stage."""
        (stage,) = [one for one in self.site.stages() if one.name == name]
        with self.site.worker().heartbeat() as worker:
            while process_batch(self.site.store, stage, actor=WORKER, worker=worker):
                pass

    def _let_time_pass(self, is_over: Callable[[], bool]) -> None:
        for _ in range(ROUNDS):
            self.site.work()
            if is_over():
                return
            self.site.clock.advance(HALF_HOUR)
            self.site.payout_stages().sweep().run()


def item_of(subject: Subject) -> str:
    """Return the item that the charge is for."""
    return f"killed-item-{subject.number:05}"


def charge_of(subject: Subject) -> Charge:
    """Return the charge, which is open."""
    assert subject.charge is not None
    return subject.charge
