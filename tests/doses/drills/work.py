"""Money work in small steps: payments, settlements, payouts, and the push of a project's job.

A drill stops it after any step and goes on with the steps that are left on another database. Each
step is what a host asks for, so that a host that has lost its answer asks again.
"""

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple, cast

import httpx
from attrs import define, field
from tests.doses.drills.readers import Reader
from tests.money_site import (
    CURRENCY,
    PATIENT_SECONDS,
    WORKER,
    AnyStage,
    MoneySite,
    account_of,
    drain_webhooks,
    money_site,
    new_key,
    send_webhooks,
    serving,
    transfers_from,
)
from tests.project_jobs import JobSetup

from indelible.kernel import Actor, SystemClock
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payments import OpenCharge
from indelible.money.commands.payouts import AttachDestination, EnablePayee, RegisterPayee
from indelible.money.entities.payouts import Transfer
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.ledger import settle
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.ledger.drafts import SettlementLine
from indelible.money.rules.payouts import AUTOMATIC
from indelible.projects import Job, Project
from indelible_workers import process_batch

ORDERS: Final = 3
WINNERS: Final = 3
ROUNDS: Final = 5  # of the stages after a settlement; each sends at most one transfer
LATE: Final = 2  # payments of items that are opened at any moment
FEE_MINOR: Final = 1_000
PRIZE_MINOR: Final = range(1_000, 9_000)
FUNDS_MINOR: Final = 10**9
MAX_WAITS: Final = 45
WAIT_SECONDS: Final = 1
DAYS_AGO: Final = 3  # more than a day: Stripe forgets its keys before the work goes on
PAYER: Final = "dora"


class Kind(StrEnum):
    """A kind of step."""

    PAY = "pay"
    SETTLE = "settle"
    ROUND = "round"
    PUSH = "push"
    LATE = "late"


class Step(NamedTuple):
    """A step of an order, or of an item."""

    kind: Kind
    number: int


def shuffled_steps(chance: Random) -> list[Step]:
    """Return all steps: those of each order in their order, and otherwise by chance."""
    queues: list[list[Step]] = [[Step(Kind.PUSH, 0)]]
    for number in range(ORDERS):
        rounds = [Step(Kind.ROUND, number)] * ROUNDS
        queues.append([Step(Kind.PAY, number), Step(Kind.SETTLE, number), *rounds])
    for number in range(LATE):
        queues.append([Step(Kind.LATE, ORDERS + number)])

    steps: list[Step] = []
    while queues:
        queue = chance.choice(queues)
        steps.append(queue.pop(0))
        queues = [queue for queue in queues if queue]
    return steps


def _browser() -> httpx.Client:
    """Return a client that keeps no connection open, for which a server that ends would wait."""
    return httpx.Client(timeout=60, headers={"Connection": "close"})


@define(kw_only=True)
class Work:
    """The work of a site, its outside reader, and what the host knows to repeat."""

    site: MoneySite
    chance: Random
    folder: Path
    steps: list[Step]
    done: list[Step] = field(factory=list[Step])
    reader: Reader = field(factory=Reader)
    intents: dict[int, str] = field(factory=dict[int, str])
    prizes: dict[int, dict[str, int]] = field(factory=dict[int, dict[str, int]])
    browser: httpx.Client = field(factory=_browser)
    api_key: str = ""
    project: Project | None = None
    job: Job | None = None

    @property
    def setup(self) -> JobSetup:
        """Return the project's side of the store."""
        clock = cast("Any", self.site.clock)
        return JobSetup(store=self.site.store, folder=self.folder, clock=clock)

    def prepare(self) -> None:
        """Register the winners, open the charges of all orders, and create the project's job."""
        self.site.policy = AUTOMATIC
        self.api_key = new_key(self.site, PAYER)
        for number in range(ORDERS):
            prizes: dict[str, int] = {}
            for winner in range(WINNERS):
                prizes[f"winner-{number}{winner}"] = self.chance.choice(PRIZE_MINOR)
            self.prizes[number] = prizes
            for party in prizes:
                self._register(party)
            self._open(number)
        self.project = self.setup.project()
        self.job = self.setup.job(self.project)
        self.reader.read(self.site.store)

    def _register(self, party: str) -> None:
        destination = account_of(party)
        self.site.control(f"accounts/{destination}", transfers="active")
        actor = Actor.user(party)
        self.site.execute(register_payee, RegisterPayee(party=party), actor)
        attach = AttachDestination(party=party, destination=destination)
        self.site.execute(attach_destination, attach, actor)
        self.site.execute(enable_payee, EnablePayee(party=party))

    def _open(self, number: int) -> None:
        """Open the charge of an item, and start its payment over HTTP."""
        self.open_charge(number)
        self.intents[number] = self.start_payment(number)

    def open_charge(self, number: int) -> None:
        """Open the charge of an item."""
        command = OpenCharge(
            reference=f"reference-{number}",
            party=PAYER,
            item=f"item-{number}",
            amount_minor=FEE_MINOR,
            currency=CURRENCY,
            expires_at=self.site.clock.now() + timedelta(days=20),
        )
        self.site.execute(open_charge, command)

    def start_payment(self, number: int) -> str:
        """Request the intent of an item, and return its id."""
        response = self.browser.post(
            f"{self.site.web_url}/v1/payments/create-intent",
            json={"item": f"item-{number}", "reason": "drill"},
            headers={
                "Authorization": f"Bearer {self.api_key}",
                "Idempotency-Key": f"pay-item-{number}",
            },
        )
        response.raise_for_status()
        return str(response.json()["intent_id"])

    # Steps

    def run_to(self, length: int) -> None:
        """Take steps until so many are done; the reader reads after each."""
        while len(self.done) < length:
            step = self.steps[len(self.done)]
            self.take(step)
            self.done.append(step)
            self.reader.read(self.site.store)

    def tick(self) -> None:
        """Let a second pass; PostgreSQL decides by its own clock, which is never behind."""
        is_behind = self.site.clock.now().timestamp() + 1 < SystemClock().now().timestamp()
        if is_behind or self.site.url.startswith("sqlite"):
            self.site.clock.advance(1)

    def take(self, step: Step) -> None:
        """Take a step."""
        self.tick()
        number = step.number
        if step.kind is Kind.PAY:
            self.site.control(f"intents/{self.intents[number]}/pay")
            drain_webhooks(self.site)
        elif step.kind is Kind.LATE:
            self._open(number)
            self.site.control(f"intents/{self.intents[number]}/pay")
            drain_webhooks(self.site)
            self.book()
        elif step.kind is Kind.SETTLE:
            self.book()
            self.settle(number)
        elif step.kind is Kind.ROUND:
            self.site.follow()
            with self.site.worker().heartbeat() as worker:
                self.site.work_round(worker)
        else:
            self.setup.process()

    def settle(self, number: int) -> None:
        """Post the settlement of an order; one that is posted stays as it is."""
        lines: list[SettlementLine] = []
        for party, amount in self.prizes[number].items():
            lines.append(SettlementLine(party=party, amount_minor=amount))
        command = Settle(
            settlement_id=f"settlement-{number}",
            reference=f"reference-{number}",
            currency=CURRENCY,
            lines=tuple(lines),
            rake_minor=0,
            rounding_minor=0,
            retained_minor=0,
            top_up_minor=sum(self.prizes[number].values()) - FEE_MINOR,
            items=(),
        )
        self.site.execute(settle, command, WORKER)

    def book(self) -> None:
        """Process the events that have arrived."""
        self._process(self.site.payment_stages().stages())

    def _process(self, stages: Sequence[AnyStage]) -> None:
        claimed = 1
        while claimed:
            claimed = 0
            with self.site.worker().heartbeat() as worker:
                for stage in stages:
                    actor, store = WORKER, self.site.store
                    claimed += process_batch(store, stage, actor=actor, worker=worker)

    def finish(self) -> None:
        """Repeat what the host has asked for, take the steps that are left, and end all work."""
        self.book()
        for step in self.done:
            if step.kind is Kind.SETTLE:
                self.settle(step.number)
        self.run_to(len(self.steps))
        self.tick()
        self.setup.process()
        self.site.work()
        self._wait_for_events()
        self.tick()
        self.site.work()  # The subscriber reads what the stages have written.
        self.reader.read(self.site.store)

    def _wait_for_events(self) -> None:
        """Let the events of transfers be tried again that came before their transfer was planned.

        PostgreSQL decides by its own clock when their next attempt is due.
        """
        for _ in range(MAX_WAITS):
            if not any(event.startswith("transfer.") for event in self.waiting_events()):
                return
            if not self.site.url.startswith("sqlite"):
                time.sleep(WAIT_SECONDS)
            self.tick()
            self.book()

    # Facts

    def waiting_events(self) -> list[str]:
        """Return the types of the received events that have no outcome."""
        where = {"status": InboxStatus.RECEIVED}
        heads = self.site.store.read(lambda tx: tx.money.events.find(where, limit=500))
        return [head.entity.event_type for head in heads]

    def transfers(self) -> list[Transfer]:
        """Return all transfers of the books."""
        heads = self.site.store.read(transfers_from, 0)
        return [head.entity for head in heads]


@contextmanager
def working(url: str, folder: Path, seed: int) -> Generator[Work]:
    """Open a migrated database, and prepare work on it whose order follows from the seed."""
    chance = Random(seed)  # noqa: S311 - no secret
    story = {"balance": {CURRENCY.lower(): FUNDS_MINOR}}
    with money_site(
        url, story, seed=seed, days_ago=DAYS_AGO, read_timeout_seconds=PATIENT_SECONDS
    ) as site:
        work = Work(site=site, chance=chance, folder=folder, steps=shuffled_steps(chance))
        with receiving(site):
            work.prepare()
        try:
            yield work
        finally:
            work.browser.close()


@contextmanager
def receiving(site: MoneySite) -> Generator[None]:
    """Serve the site during the block, and let Stripe send its webhooks there."""
    with serving(site):
        send_webhooks(site)
        yield
