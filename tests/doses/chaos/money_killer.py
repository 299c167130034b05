"""A site whose processes are killed, each in a payment or a payout of its own."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from signal import SIGKILL
from typing import Any, Final

from attrs import define, field, frozen
from tests.doses.chaos.money_child import LEASE_SECONDS, PARTY, ChildTask, work_and_die
from tests.doses.chaos.money_site import (
    CURRENCY,
    WEBHOOK_SECRET,
    WORKER,
    MoneySite,
    webhook_handler,
)
from tests.forks import start_child

from indelible.kernel import Actor
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payments import OpenCharge
from indelible.money.commands.payouts import AttachDestination, EnablePayee, RegisterPayee
from indelible.money.entities.charges import Charge
from indelible.money.entities.values import MovementKind
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.ledger import settle
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.ledger.drafts import SettlementLine
from indelible.money.tasks.paying import PaymentStarter
from indelible_stripe.simulator.webhooks import sign
from indelible_workers import process_batch

AMOUNT_MINOR: Final = 2_501
FUNDS_MINOR: Final = 10**9
MAX_WAIT_SECONDS: Final = 120
HALF_HOUR: Final = 1_800
ROUNDS: Final = 60
PRIZES: Final = {"ann": 5_628, "bob": 2_813, "cem": 2_813}


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


@define(kw_only=True)
class MoneyKiller:
    """Kills processes at a site, each in a payment or a payout of its own."""

    site: MoneySite
    report: MoneyKillReport = field(factory=MoneyKillReport)
    number: int = 0

    def problem(self, kill: MoneyKill, text: str) -> None:
        """Note what is wrong."""
        self.report.problems.append(f"{kill.label}: {text}")

    def kill(self, kill: MoneyKill, **options: Any) -> None:  # noqa: ANN401 - of the class
        """Let a child do the work, and wait until it has died at the failpoint."""
        site = self.site
        task = ChildTask(
            url=site.url,
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
        time.sleep(LEASE_SECONDS if site.url.startswith("postgresql") else 0)

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


def check_balance(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Check our balance at Stripe, to the cent, as far as the kills have changed it."""
    ours = killer.site.balances().get("stripe_balance", 0)
    stripes = killer.site.simulated_balance() - FUNDS_MINOR
    if ours != stripes:
        killer.problem(kill, f"stripe_balance is {ours}, Stripe's {stripes}")


def post_settlement(killer: MoneyKiller) -> str:
    """Post a settlement of three prizes, whose winners can be paid; a payer has paid a part."""
    killer.paid()
    settlement_id = f"killed-{killer.number:05}"
    for party in PRIZES:
        destination = f"acct_{party}"
        killer.site.control(f"accounts/{destination}", transfers="active")
        killer.site.execute(register_payee, RegisterPayee(party=party))
        attach = AttachDestination(party=party, destination=destination)
        killer.site.execute(attach_destination, attach, Actor.user(party))
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
        top_up_minor=sum(PRIZES.values()) - AMOUNT_MINOR,
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
