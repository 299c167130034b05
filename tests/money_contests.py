"""Contests whose entries are paid: a store, reactions, stages, and a Stripe in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from attrs import define, field
from tests.contest_runs import BEFORE, OPTIONS, ContestRun, FileProvider, TestClock
from tests.core.money.gateway import ScriptedGateway
from tests.core.money.payments import event_body, intent_body
from tests.payout_runs import RememberingStripe

from indelible.app import ReadTx, WriteTx
from indelible.contests.commands.entries import EnterContest
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.handlers.entries import enter_contest
from indelible.contests.lifecycle import EntryStatus
from indelible.kernel import Actor, Store
from indelible.kernel.feed_stage import follow_feed
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import FEED_BEGINNING, RestartSubscriber, restart_subscriber
from indelible.memory import MemoryStore
from indelible.money.commands.payouts import AttachDestination, EnablePayee, RegisterPayee
from indelible.money.entities.charges import Charge
from indelible.money.entities.ledger import Movement
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.stripe_objects import Intent
from indelible.money.entities.values import EventOrigin
from indelible.money.handlers.inbox import receive_event
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.events import parse_envelope
from indelible.money.rules.payouts import AUTOMATIC, PayoutPolicy
from indelible.money.tasks.paying import PaymentStarter
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.money.tasks.payout_stages import PayoutStages
from indelible.money.tasks.receiving import received
from indelible.reactions import (
    SUBSCRIBER_NAME,
    PostSettlement,
    UpdateCharges,
    reaction_subscriber,
    reactions,
    settlement_id,
)
from indelible_service.demos.leaderboards import Tournament
from indelible_workers import ThreadClock, Worker, process_batch

WORKER: Final = Actor.system("worker")
OPERATOR: Final = Actor.user("olga")
USERS: Final = ("ann", "bob", "cem", "dora")
AnyStage = Stage[Any, Any, Any]


@define(kw_only=True)
class PaidContestRun:
    """A contest whose entries are paid by charges, moved by the stages of one process."""

    contests: ContestRun
    gateway: ScriptedGateway = field(factory=ScriptedGateway)
    stripe: RememberingStripe
    policy: PayoutPolicy = AUTOMATIC
    event_number: int = 0

    @classmethod
    def in_memory(cls, folder: Path) -> Self:
        """Return a run without a contest, in a memory store."""
        clock = TestClock()
        return cls.on_store(MemoryStore(clock=clock), clock, folder)

    @classmethod
    def on_store(cls, store: Store[ReadTx, WriteTx], clock: TestClock, folder: Path) -> Self:
        """Return a run without a contest, in a store with this clock."""
        provider = FileProvider(folder / "leaderboard.json")
        contests = ContestRun(store=store, provider=provider, clock=clock)
        return cls(contests=contests, stripe=RememberingStripe(clock))

    @property
    def store(self) -> Store[ReadTx, WriteTx]:
        """Return the store."""
        return self.contests.store

    @property
    def clock(self) -> TestClock:
        """Return the clock."""
        return self.contests.clock

    # Entries and payments

    def open(self, **changes: Any) -> Contest:  # noqa: ANN401 - of the configuration
        """Return a contest with a field and no entry."""
        contest = self.contests.publish(**changes)
        self.clock.advance(60)
        self.contests.fetch(BEFORE)
        self.clock.advance(60)
        return contest

    def enter(self, contest: Contest, user_id: str, number: int = 0) -> Entry:
        """Enter a contest; the fee is not paid yet."""
        ids = [golfer.player_id for golfer in Tournament(OPTIONS).golfers]
        command = EnterContest(
            contest_id=contest.id,
            user_id=user_id,
            player_ids=tuple(ids[3 * number : 3 * number + 3]),
        )
        saved = self.store.run(enter_contest, command, actor=Actor.user(user_id), reason="a test")
        return saved.entity

    def enter_all(self, contest: Contest, users: Sequence[str] = USERS) -> list[Entry]:
        """Enter users, and let their charges be opened."""
        entries = [self.enter(contest, user, number) for number, user in enumerate(users)]
        self.work()
        return entries

    def start_payment(self, entry: Entry) -> Intent:
        """Return the payment intent of an entry."""
        starter = PaymentStarter(store=self.store, gateway=self.gateway)
        actor = Actor.user(entry.user_id)
        started = starter.create_intent(self.charge(entry).id, party=entry.user_id, actor=actor)
        return started.intent

    def pay(self, entry: Entry, *, at: datetime | None = None, **payment: Any) -> str:  # noqa: ANN401 - of any type
        """Let the user pay, and deliver the event; return the intent's id."""
        intent = self.start_payment(entry)
        paid = self.gateway.pay(intent.id, **payment)
        self.deliver("payment_intent.succeeded", intent_body(paid), created=at)
        return intent.id

    def pay_all(self, entries: Sequence[Entry]) -> list[str]:
        """Let all users pay, and let the reactions follow."""
        intents = [self.pay(entry) for entry in entries]
        self.work()
        return intents

    def tell(self, event_type: str, intent_id: str, **changes: Any) -> str:  # noqa: ANN401 - of any type
        """Deliver an event about an intent."""
        created = changes.pop("created", None)
        body = intent_body(self.gateway.intents[intent_id]) | changes
        return self.deliver(event_type, body, created=created)

    def deliver(
        self, event_type: str, subject: Mapping[str, Any], *, created: datetime | None = None
    ) -> str:
        """Store an event of Stripe; the stages process it later. Return its id."""
        self.event_number += 1
        event_id = f"evt_{self.event_number}"
        body = event_body(event_id, event_type, subject, created or self.clock.now())
        command = received(parse_envelope(body), body, EventOrigin.WEBHOOK)
        self.store.run(receive_event, command, actor=WORKER, reason="a test")
        return event_id

    def register(self, *parties: str) -> None:
        """Register payees whose accounts can receive transfers."""
        for party in parties:
            destination = f"acct_{party}"
            self._execute(register_payee, RegisterPayee(party=party))
            attach = AttachDestination(party=party, destination=destination)
            self._execute(attach_destination, attach, Actor.user(party))
            self._execute(enable_payee, EnablePayee(party=party))

    # Stages

    def stages(self) -> list[AnyStage]:
        """Return the stages of reactions, payments and payouts, without those of contests."""
        subscriber = reaction_subscriber(reactions(policy=self.policy))
        stripe: Any = self.stripe
        payments = PaymentStages(store=self.store, gateway=self.gateway, clock=self.clock)
        payouts = PayoutStages(
            store=self.store, gateway=stripe, clock=self.clock, policy=self.policy
        )
        return [
            follow_feed(self.store, (subscriber,)),
            UpdateCharges(store=self.store).stage(),
            PostSettlement(store=self.store).stage(),
            *payments.stages(),
            payouts.sending().stage(),
            payouts.job_end().stage(),
        ]

    def work(self) -> None:
        """Process what is due until a round in which nothing changes."""
        changes = -1
        while changes != self.changes():
            changes = self.changes()
            self.work_once()

    def work_once(self) -> None:
        """Let the reactions follow, and process the due tasks of each stage."""
        with self.store.transaction(actor=WORKER, reason="a test") as tx:
            tx.tasks.enqueue("follow_feed", {SUBSCRIBER_NAME: self.clock.now()})
        worker = Worker(store=self.store, actor=WORKER, clock=ThreadClock(self.clock))
        with worker.heartbeat():
            for stage in self.stages():
                rounds = 1 if stage.name == "follow_feed" else 100
                while rounds and process_batch(self.store, stage, actor=WORKER, worker=worker):
                    rounds -= 1

    def sweep(self) -> None:
        """Let the sweep look for repairs of payouts, and process what follows."""
        stripe: Any = self.stripe
        payouts = PayoutStages(
            store=self.store, gateway=stripe, clock=self.clock, policy=self.policy
        )
        payouts.sweep().run()
        self.work()

    def process(self, stage: AnyStage) -> None:
        """Process the due tasks of one stage."""
        worker = Worker(store=self.store, actor=WORKER, clock=ThreadClock(self.clock))
        with worker.heartbeat():
            while process_batch(self.store, stage, actor=WORKER, worker=worker):
                pass

    def restart(self) -> None:
        """Let the reactions begin anew."""
        command = RestartSubscriber(name=SUBSCRIBER_NAME, position=FEED_BEGINNING)
        self.store.run(restart_subscriber, command, actor=OPERATOR, reason="a test")
        self.work()

    # The way of a contest

    def lock(self, contest: Contest) -> None:
        """Let the lock time come."""
        self.contests.lock(contest)
        self.work()

    def play(self, contest: Contest) -> None:
        """Lock and start a contest, and play all rounds; its hold has ended."""
        self.lock(contest)
        self.contests.start(contest)
        self.contests.play()
        self.contests.hold()

    def settle(self) -> None:
        """Settle the contest, and let the reactions follow."""
        self.contests.settle()
        self.work()

    # Facts

    def entry(self, entry: Entry) -> Entry:
        """Return an entry as it is now."""
        return self.store.read(lambda tx: tx.contests.entries.get(entry.id)).entity

    def statuses(self, entries: Sequence[Entry]) -> list[EntryStatus]:
        """Return the states of entries."""
        return [self.entry(entry).status for entry in entries]

    def charge(self, entry: Entry) -> Charge:
        """Return the charge of an entry."""
        head = self.store.read(lambda tx: tx.money.charges.of_item(entry.id))
        assert head is not None
        return head.entity

    def charge_statuses(self, entries: Sequence[Entry]) -> list[ChargeStatus]:
        """Return the states of the charges of entries."""
        return [self.charge(entry).status for entry in entries]

    def changes(self) -> int:
        """Return the number of changes in the feed."""
        return len(self.history())

    def history(self) -> list[Any]:
        """Return all changes."""
        changes: list[Any] = []
        after = ""
        while True:
            feed = self.store.feed(after=after, limit=500)
            changes.extend(feed.changes)
            after = feed.cursor
            if len(feed.changes) < 500:
                return changes

    def transitions(self, contest: Contest) -> list[tuple[str, str, str, object]]:
        """Return what the contest's history says about its transitions."""
        changes = self.store.read(lambda tx: tx.history.of("contest", contest.id))
        return [
            (change.from_state, change.action, change.to_state, change.data.get("reason_code"))
            for change in changes
        ]

    def settlement(self, contest: Contest) -> Movement | None:
        """Return the posted settlement of a contest."""
        key = f"settlement:{settlement_id(contest.id)}"
        head = self.store.read(lambda tx: tx.money.movements.of_key(key))
        return None if head is None else head.entity

    def job(self, contest: Contest) -> PayoutJob:
        """Return the payout job of a contest."""
        job_id = settlement_id(contest.id)
        return self.store.read(lambda tx: tx.money.payout_jobs.get(job_id)).entity

    def transfers(self) -> list[Transfer]:
        """Return all transfers, in order of id."""
        heads = self.store.read(lambda tx: tx.money.transfers.find({}, limit=1_000))
        return [head.entity for head in heads]

    def balances(self) -> dict[str, int]:
        """Return the sums of the balances by kind of account, without the kinds that have none."""
        sums = self.store.read(lambda tx: tx.money.accounts.joins.sums())
        return {one.kind.value: one.balance_minor for one in sums if one.balance_minor}

    def ledger_sum(self) -> int:
        """Return the sum of all accounts on their sides, which is zero."""
        total = 0
        for one in self.store.read(lambda tx: tx.money.accounts.joins.sums()):
            is_debit = one.kind.side == "debit"
            total += one.balance_minor if is_debit else -one.balance_minor
        return total

    def _execute(self, handler: Any, command: Any, actor: Actor = OPERATOR) -> None:  # noqa: ANN401 - of any type
        self.store.run(handler, command, actor=actor, reason="a test")
