"""Kill processes of payments and payouts at each failpoint; another process goes on.

The simulator of Stripe lives in the parent, so it keeps what a killed process has sent.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from signal import SIGKILL
from typing import Any, Final

from attrs import define, field, frozen
from tests.chaos.money_site import (
    CURRENCY,
    OPERATOR,
    WEBHOOK_SECRET,
    WORKER,
    MoneySite,
    StoppedClock,
    gateway_to,
    webhook_handler,
)
from tests.conftest import POLICY
from tests.forks import start_child

from indelible.kernel import Actor
from indelible.money.commands import (
    AttachDestination,
    EnablePayee,
    OpenCharge,
    RegisterPayee,
    RequestRefund,
    Settle,
)
from indelible.money.entities import Charge, MovementKind, RefundReason, charge_id
from indelible.money.handlers import open_charge, request_refund, settle
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.lifecycle import ChargeStatus, InboxStatus, TransferStatus
from indelible.money.rules.ledger import SettlementLine
from indelible.money.rules.payouts import AUTOMATIC
from indelible.money.tasks import PaymentFailpoint, PaymentStages, PaymentStarter, PayoutFailpoint
from indelible.money.tasks.payout_jobs import EndPayoutJob
from indelible.money.tasks.payout_stages import PayoutStages
from indelible_sql import open_store
from indelible_stripe.simulator.webhooks import sign
from indelible_workers import Worker, process_batch
from indelible_workers.failpoints import StageFailpoint

AMOUNT_MINOR: Final = 2_501
LEASE_SECONDS: Final = 1  # the shortest; PostgreSQL decides by its own clock when it has ended
MAX_WAIT_SECONDS: Final = 120
HALF_HOUR: Final = 1_800
ROUNDS: Final = 60
PARTY: Final = "ann"
FUNDS_MINOR: Final = 10**9
PRIZES: Final = {"ann": 5_628, "bob": 2_813, "cem": 2_813}
STAGE_FAILPOINTS: Final = (
    StageFailpoint.AFTER_CLAIM,
    StageFailpoint.BEFORE_PERFORM,
    StageFailpoint.AFTER_PERFORM,
    StageFailpoint.BEFORE_FINISH,
    StageFailpoint.AFTER_FINISH,
)
# Stages whose workers are killed at the moments that every stage has.
STAGES: Final = ("process_stripe_event", "record_fee", "send_refund", "expire_charge")
PAYOUT_STAGES: Final = ("send_transfer", "complete_payout_job")


@frozen(kw_only=True)
class ChildTask:
    """What a child process does until it dies, and where it finds database and Stripe."""

    url: str
    stripe_url: str
    now: datetime
    work: str
    failpoint: str
    body: bytes = b""
    charge_id: str = ""


@define
class MoneyKillReport:
    """Numbers of kills and of ends as if none had been, and each problem."""

    killed: int = 0
    finished: int = 0
    problems: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        counts = f"{self.killed} processes killed, {self.finished} ends as if none had been"
        return f"{counts}; problems: {self.problems or 'none'}"


@frozen(kw_only=True)
class MoneyKill:
    """A kill of the process that does some work, at a failpoint."""

    work: str
    failpoint: str

    @property
    def label(self) -> str:
        """Return the name of the kill for a report."""
        return f"{self.work} at {self.failpoint}"


def work_of(point: PaymentFailpoint | PayoutFailpoint) -> str:
    """Return the work in which a failpoint is reached."""
    if point is PaymentFailpoint.EVENT_AFTER_FAILURE:
        return "fail_event"
    return WORK_BY_PREFIX[point.name.partition("_")[0]]


WORK_BY_PREFIX: Final[Mapping[str, str]] = {
    "RECEIVE": "receive",
    "EVENT": "process_stripe_event",
    "REFUND": "send_refund",
    "EXPIRE": "expire_charge",
    "INTENT": "start",
    "PLAN": "sweep",
    "SEND": "send_transfer",
    "JOB": "complete_payout_job",
}


def payment_kills() -> list[MoneyKill]:
    """Return a kill at each failpoint from the signature to the posting."""
    kills = [MoneyKill(work=work_of(point), failpoint=point.name) for point in PaymentFailpoint]
    for stage in STAGES:
        kills += [MoneyKill(work=stage, failpoint=point.name) for point in STAGE_FAILPOINTS]
    return kills


def payout_kills() -> list[MoneyKill]:
    """Return a kill at each failpoint of payouts: C1 to C7 of the fact sheet."""
    kills = [MoneyKill(work=work_of(point), failpoint=point.name) for point in PayoutFailpoint]
    for stage in PAYOUT_STAGES:
        kills += [MoneyKill(work=stage, failpoint=point.name) for point in STAGE_FAILPOINTS]
    return kills


def random_kills(number: int, chance: Random) -> list[MoneyKill]:
    """Return kills that chance decides."""
    kills = [*payment_kills(), *payout_kills()]
    return [chance.choice(kills) for _ in range(number)]


def work_and_die(task: ChildTask) -> None:
    """Do the work in this process, which kills itself at the failpoint."""

    def die(point: Any) -> None:  # noqa: ANN401 - a failpoint of any enumeration
        if point.name == task.failpoint:
            os.kill(os.getpid(), SIGKILL)

    clock = StoppedClock(task.now)
    store = open_store(task.url, clock=clock, policy=POLICY)
    gateway = gateway_to(task.stripe_url)
    if task.work == "receive":
        header = sign(task.body, (WEBHOOK_SECRET,), int(task.now.timestamp()))
        handler = webhook_handler(store, at_failpoint=die)
        handler.verify(header, task.body, task.now)
        handler.receive(task.body)
        return
    if task.work == "start":
        starter = PaymentStarter(store=store, gateway=gateway, at_failpoint=die)
        starter.create_intent(task.charge_id, party=PARTY, actor=Actor.user(PARTY))
        return

    options: dict[str, Any] = {"store": store, "gateway": gateway, "clock": clock}
    payouts = PayoutStages(policy=AUTOMATIC, at_failpoint=die, **options)
    if task.work == "sweep":
        payouts.sweep().run()
        return
    payments = PaymentStages(at_failpoint=die, lease_seconds=LEASE_SECONDS, **options)
    stages = [
        *payments.stages(),
        payouts.sending().stage(),
        EndPayoutJob(at_failpoint=die, lease_seconds=LEASE_SECONDS).stage(),
    ]
    name = "process_stripe_event" if task.work == "fail_event" else task.work
    (stage,) = [one for one in stages if one.name == name]
    with Worker(store=store, actor=WORKER, clock=clock, at_failpoint=die).heartbeat() as worker:
        while process_batch(store, stage, actor=WORKER, worker=worker):
            pass


@define(kw_only=True)
class MoneyKiller:
    """Kills processes at a site, each in a payment or a payout of its own."""

    site: MoneySite
    report: MoneyKillReport = field(factory=MoneyKillReport)
    number: int = 0

    def kill_all(self, kills: list[MoneyKill]) -> MoneyKillReport:
        """Kill a process for each of the kills, and check how its payment or payout ended."""
        for kill in kills:
            self.number += 1
            before = len(self.report.problems)
            PLAYS[kill.work](self, kill)
            if self.site.ledger_sum():
                self.problem(kill, f"the sum of all accounts is {self.site.ledger_sum()}")
            self.report.finished += len(self.report.problems) == before
        return self.report

    def problem(self, kill: MoneyKill, text: str) -> None:
        """Note what is wrong."""
        self.report.problems.append(f"{kill.label}: {text}")

    def kill(self, kill: MoneyKill, **options: Any) -> None:  # noqa: ANN401
        """Let a child do the work, and wait until it has died at the failpoint."""
        site = self.site
        task = ChildTask(
            url=site.store.url,
            stripe_url=site.simulator.base_url,
            now=site.clock.now(),
            work=kill.work,
            failpoint=kill.failpoint,
            **options,
        )
        child = start_child(work_and_die, task)
        child.join(MAX_WAIT_SECONDS)
        self.report.killed += 1
        if child.exitcode != -SIGKILL:
            self.problem(kill, f"the process was not killed: {child.exitcode}")
        # The lease of the killed process ends by the clock of the site, and by PostgreSQL's own.
        time.sleep(LEASE_SECONDS if site.store.url.startswith("postgresql") else 0)

    def finish(self, is_over: Callable[[], bool]) -> None:
        """Let time pass and work be done until something is over."""
        for _ in range(ROUNDS):
            self.site.work()
            if is_over():
                return
            self.site.clock.advance(HALF_HOUR)
            self.site.payout_stages().sweep().run()

    # Payments

    def open(self, *, hours: int = 10_000) -> Charge:
        """Open a charge of a reference of its own."""
        command = OpenCharge(
            reference=f"killed-{self.number:05}",
            party=PARTY,
            item=f"killed-item-{self.number:05}",
            amount_minor=AMOUNT_MINOR,
            currency=CURRENCY,
            expires_at=self.site.clock.now() + timedelta(hours=hours),
        )
        charge: Charge = self.site.execute(open_charge, command).charge
        return charge

    def start(self, charge: Charge) -> str:
        """Start the payment of a charge, and return the intent's id."""
        starter = PaymentStarter(store=self.site.store, gateway=self.site.gateway)
        actor = Actor.user(PARTY)
        return starter.create_intent(charge.id, party=PARTY, actor=actor).intent.id

    def pay(self, intent_id: str) -> list[bytes]:
        """Let the payer pay; return the bytes of the events, the payment's last."""
        self.site.control(f"intents/{intent_id}/pay")
        bodies: list[bytes] = []
        for event in self.site.objects("event"):
            if event["data"]["object"]["id"] == intent_id:
                bodies.append(json.dumps(event, indent=2).encode())
        return bodies

    def deliver(self, body: bytes) -> None:
        """Send an event, as Stripe does until it is answered."""
        now = self.site.clock.now()
        handler = webhook_handler(self.site.store)
        handler.verify(sign(body, (WEBHOOK_SECRET,), int(now.timestamp())), body, now)
        handler.receive(body)

    def paid(self) -> Charge:
        """Return a charge whose payment is posted."""
        charge = self.open()
        self.deliver(self.pay(self.start(charge))[-1])
        self.site.work()
        return self.charge(charge)

    def charge(self, charge: Charge) -> Charge:
        """Return a charge as it is stored."""
        return self.site.store.read(lambda tx: tx.money.charges.get(charge.id)).entity

    def check_posted(self, kill: MoneyKill, charge: Charge, body: bytes) -> None:
        """Check that a payment is posted once, and that its bytes were stored before."""
        site = self.site
        if self.charge(charge).status is not ChargeStatus.SUCCEEDED:
            self.problem(kill, f"the charge is {self.charge(charge).status}")
        event_id = json.loads(body)["id"]
        event = site.store.read(lambda tx: tx.money.events.get(event_id)).entity
        if event.status is not InboxStatus.PROCESSED:
            self.problem(kill, f"the event is {event.status}")
        stored = site.store.read(lambda tx: tx.payloads.get(event.payload_digest)).content
        if stored != body:
            self.problem(kill, "the stored bytes are not those of the webhook")
        fees = [
            one
            for one in site.movements(MovementKind.ENTRY_FEE)
            if one.fact_key == f"payment:{charge.id}:ENTRY_FEE"
        ]
        if [one.total_minor for one in fees] != [AMOUNT_MINOR]:
            self.problem(kill, f"posted: {fees}")
        self.check_order(kill, charge, event_id)

    def check_order(self, kill: MoneyKill, charge: Charge, event_id: str) -> None:
        """Check that the birth of the event is before the first effect on the charge."""
        received, succeeded = 0, 0
        for number, change in enumerate(self.site.history(), start=1):
            if change.entity_id == event_id and change.from_state == "":
                received = number
            if change.entity_id == charge.id and change.action == "succeed":
                succeeded = number
        if not 0 < received < succeeded:
            self.problem(kill, f"received at {received}, effect at {succeeded}")


def play_receive(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the receiver of a webhook; Stripe sends it again."""
    charge = killer.open()
    body = killer.pay(killer.start(charge))[-1]
    killer.kill(kill, body=body)
    killer.deliver(body)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.SUCCEEDED)
    killer.check_posted(kill, charge, body)


def play_event(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the processor of an event; another process takes it up after the lease."""
    charge = killer.open()
    body = killer.pay(killer.start(charge))[-1]
    killer.deliver(body)
    killer.kill(kill)
    killer.site.clock.advance(2 * LEASE_SECONDS)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.SUCCEEDED)
    killer.check_posted(kill, charge, body)


def play_failed_event(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the processor of an event that has failed because its charge was not known yet."""
    site = killer.site
    item = f"killed-item-{killer.number:05}"
    intent = site.gateway.create_payment_intent(
        amount_minor=AMOUNT_MINOR,
        currency=CURRENCY,
        metadata={"charge_id": charge_id(item)},
        idempotency_key=f"early-{killer.number}",
    )
    body = killer.pay(intent.id)[-1]
    killer.deliver(body)
    killer.kill(kill)
    charge = killer.open()
    site.clock.advance(2 * LEASE_SECONDS)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.SUCCEEDED)
    killer.check_posted(kill, charge, body)


def play_fee(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the process that books a fee; it is booked once."""
    charge = killer.open()
    killer.deliver(killer.pay(killer.start(charge))[-1])
    site = killer.site
    stage = site.payment_stages().processing().stage()
    with site.worker().heartbeat() as worker:
        while process_batch(site.store, stage, actor=WORKER, worker=worker):
            pass
    killer.kill(kill)
    site.clock.advance(2 * LEASE_SECONDS)
    site.work()
    check_balance(killer, kill)


def play_refund(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the process that makes a refund; Stripe makes it once."""
    charge = killer.paid()
    command = RequestRefund(charge_id=charge.id, reason_code=RefundReason.REQUESTED)
    killer.site.execute(request_refund, command, OPERATOR)
    killer.kill(kill)
    killer.site.clock.advance(2 * LEASE_SECONDS)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.REFUNDED)
    made = [
        one["amount"]
        for one in killer.site.objects("refund")
        if one["payment_intent"] == charge.intent_id
    ]
    if made != [AMOUNT_MINOR] or killer.charge(charge).status is not ChargeStatus.REFUNDED:
        killer.problem(kill, f"refunds {made}, the charge is {killer.charge(charge).status}")
    check_balance(killer, kill)


def play_expiry(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the process that cancels an expired charge; intent and charge end canceled."""
    charge = killer.open(hours=1)
    intent_id = killer.start(charge)
    killer.site.clock.advance(2 * HALF_HOUR)
    killer.kill(kill)
    killer.site.clock.advance(2 * LEASE_SECONDS)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.CANCELED)
    status = killer.site.gateway.retrieve_payment_intent(intent_id).status
    if (killer.charge(charge).status, status) != (ChargeStatus.CANCELED, "canceled"):
        killer.problem(kill, f"charge {killer.charge(charge).status}, intent {status}")


def play_start(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the process that starts a payment; the payer tries again and pays once."""
    charge = killer.open()
    killer.kill(kill, charge_id=charge.id)
    intent_id = killer.start(charge)
    body = killer.pay(intent_id)[-1]
    killer.deliver(body)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.SUCCEEDED)
    killer.check_posted(kill, charge, body)
    intents = [
        one["id"]
        for one in killer.site.objects("payment_intent")
        if one["metadata"].get("charge_id") == charge.id
    ]
    if intents != [intent_id]:
        killer.problem(kill, f"intents: {intents}")


def play_payout(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill a process of a payout; each winner gets one transfer to the cent."""
    settlement_id = post_settlement(killer)
    site = killer.site
    if kill.work != "sweep":
        site.payout_stages().sweep().run()
    if kill.work == "complete_payout_job":
        process_one_stage(killer, "send_transfer")
    killer.kill(kill)
    # The lease of the stage that sends is ten minutes.
    site.clock.advance(HALF_HOUR)
    killer.finish(lambda: is_paid_out(killer, settlement_id))
    check_paid_once(killer, kill, settlement_id)


def check_balance(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Check our balance at Stripe, to the cent, as far as the kills have changed it."""
    ours = killer.site.balances().get("stripe_balance", 0)
    stripes = killer.site.simulated_balance() - FUNDS_MINOR
    if ours != stripes:
        killer.problem(kill, f"stripe_balance is {ours}, Stripe's {stripes}")


def post_settlement(killer: MoneyKiller) -> str:
    """Post a settlement of three prizes, whose winners can be paid."""
    settlement_id = f"killed-{killer.number:05}"
    for party in PRIZES:
        destination = f"acct_{party}"
        killer.site.control(f"accounts/{destination}", transfers="active")
        killer.site.execute(register_payee, RegisterPayee(party=party))
        attach = AttachDestination(party=party, destination=destination)
        killer.site.execute(attach_destination, attach)
        killer.site.execute(enable_payee, EnablePayee(party=party))
    lines = [SettlementLine(party=party, amount_minor=minor) for party, minor in PRIZES.items()]
    command = Settle(
        settlement_id=settlement_id,
        reference=settlement_id,
        currency=CURRENCY,
        lines=tuple(lines),
        rake_minor=0,
        rounding_minor=0,
        retained_minor=0,
        top_up_minor=sum(PRIZES.values()),
        items=(),
    )
    killer.site.execute(settle, command)
    return settlement_id


def process_one_stage(killer: MoneyKiller, name: str) -> None:
    """Process the due tasks of one stage."""
    site = killer.site
    (stage,) = [one for one in site.stages() if one.name == name]
    with site.worker().heartbeat() as worker:
        while process_batch(site.store, stage, actor=WORKER, worker=worker):
            pass


def is_paid_out(killer: MoneyKiller, settlement_id: str) -> bool:
    """Return True if the job of a settlement is complete."""
    where = {"id": settlement_id}
    jobs = killer.site.store.read(lambda tx: tx.money.payout_jobs.find(where, limit=1))
    return bool(jobs) and jobs[0].entity.status == "complete"


def check_paid_once(killer: MoneyKiller, kill: MoneyKill, settlement_id: str) -> None:
    """Check that each winner has one transfer and one movement, and that the job is complete."""
    site = killer.site
    made = sorted(
        (one["destination"], one["amount"])
        for one in site.objects("transfer")
        if one["metadata"]["settlement_id"] == settlement_id
    )
    if made != sorted((f"acct_{party}", minor) for party, minor in PRIZES.items()):
        killer.problem(kill, f"the transfers at Stripe are {made}")
    where = {"settlement_id": settlement_id}
    heads = site.store.read(lambda tx: tx.money.transfers.find(where, limit=100))
    statuses = {head.entity.status for head in heads}
    if statuses != {TransferStatus.COMPLETED} or len(heads) != len(PRIZES):
        killer.problem(kill, f"the transfers are {statuses}")
    keys = {f"payout:{head.entity.id}" for head in heads}
    posted = [one.key for one in site.movements(MovementKind.PAYOUT_CREATED) if one.key in keys]
    if sorted(posted) != sorted(keys):
        killer.problem(kill, f"posted: {posted}")
    if not is_paid_out(killer, settlement_id):
        killer.problem(kill, "the payout job is not complete")


PLAYS: Final[Mapping[str, Callable[[MoneyKiller, MoneyKill], None]]] = {
    "receive": play_receive,
    "process_stripe_event": play_event,
    "fail_event": play_failed_event,
    "record_fee": play_fee,
    "send_refund": play_refund,
    "expire_charge": play_expiry,
    "start": play_start,
    "sweep": play_payout,
    "send_transfer": play_payout,
    "complete_payout_job": play_payout,
}
