"""A store that takes payments from a simulated Stripe over sockets, as an installation does."""

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time
from threading import Thread
from typing import Any, Final, cast

import httpx
import waitress
from attrs import define, field, frozen
from tests.conftest import POLICY
from tests.doubles.simulators import checked_simulator

from indelible.app import AppContext
from indelible.kernel import Actor, Clock, Head, TimeOrderedIds
from indelible.kernel.feed_stage import FeedFollower
from indelible.kernel.keys import CreateKey, create_key
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import FOLLOW_FEED
from indelible.money import MoneyRead
from indelible.money.entities.ledger import Movement, Posting
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.reconciliations import Reconciliation
from indelible.money.entities.values import MovementKind, ReconciliationScope
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.queries.payouts import list_discrepancies
from indelible.money.rules.events import EVENT_TYPES, Environment
from indelible.money.rules.payouts import AUTOMATIC, PayoutPolicy
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.money.tasks.payout_stages import PayoutStages
from indelible.money.tasks.receiving import WebhookHandler
from indelible.money.tasks.reconciling import Reconcile
from indelible.reactions import (
    SUBSCRIBER_NAME,
    PostSettlement,
    UpdateCharges,
    reaction_subscriber,
    reactions,
)
from indelible_sql import SqlStore, open_store
from indelible_stripe import StripeApi
from indelible_stripe.simulator import Simulator, read_story
from indelible_stripe.simulator.clock import SimulatorClock
from indelible_web import WebSettings, create_app
from indelible_web.contexts import CONTEXTS
from indelible_workers import ThreadClock, Worker, process_batch

API_KEY: Final = "sk_test_chaos"
WEBHOOK_SECRET: Final = "whsec_chaos"  # noqa: S105 - of the simulator
WEB_SECRET: Final = b"a secret for chaos, 32 bytes long"
HOOK_PATH: Final = "/payments/webhook"
WORKER: Final = Actor.system("worker")
OPERATOR: Final = Actor.user("olga")
CURRENCY: Final = "USD"
NOON: Final = time(12)
# A planned timeout costs a dose so long; a busy machine answers later, which is one more timeout.
READ_TIMEOUT_SECONDS: Final = 0.5
# A dose without planned timeouts waits for a busy machine.
PATIENT_SECONDS: Final = 60.0
HANG_SECONDS: Final = 1
FEED_PAGE: Final = 500
WEB_THREADS: Final = 3
AnyStage = Stage[Any, Any, Any]


@frozen
class SharedClock:
    """Our clock, which is the simulator's: both move only when the dose moves them."""

    simulated: SimulatorClock

    def now(self) -> datetime:
        """Return the time."""
        return datetime.fromtimestamp(self.simulated.now(), UTC)

    def advance(self, seconds: int) -> None:
        """Let time pass."""
        self.simulated.advance(seconds)


@frozen
class StoppedClock:
    """The clock of a child process, which lives for a moment only."""

    time: datetime

    def now(self) -> datetime:
        """Return the time."""
        return self.time


def gateway_to(address: str, *, read_timeout_seconds: float = READ_TIMEOUT_SECONDS) -> StripeApi:
    """Return the real adapter for a simulator."""
    return StripeApi(
        api_key=API_KEY,
        livemode=False,
        base_address=address,
        read_timeout_seconds=read_timeout_seconds,
    )


def webhook_handler(store: SqlStore, **options: Any) -> WebhookHandler:  # noqa: ANN401 - of the class
    """Return the receiver of webhooks without HTTP."""
    environment = Environment(livemode=False)
    return WebhookHandler(
        store=store, secrets=(WEBHOOK_SECRET,), environment=environment, **options
    )


@define(kw_only=True)
class MoneySite:
    """A store, the simulator of Stripe, the adapter between them, and the clock of all."""

    store: SqlStore
    simulator: Simulator
    gateway: StripeApi
    clock: SharedClock
    policy: PayoutPolicy = AUTOMATIC
    web_url: str = ""
    controls: httpx.Client = field(factory=lambda: httpx.Client(timeout=60))

    @property
    def url(self) -> str:
        """Return the address of the database."""
        assert self.store.url is not None
        return self.store.url

    def control(self, path: str, **values: object) -> dict[str, Any]:
        """Send a control to the simulator."""
        url = f"{self.simulator.base_url}/_simulator/{path}"
        response = self.controls.post(url, json=values)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """Return the simulator's objects of a kind, oldest first."""
        engine = self.simulator.engine
        with engine.lock:
            return list(engine.state.objects[cast("Any", kind)].values())

    def execute(self, handler: Any, command: Any, actor: Actor = WORKER) -> Any:  # noqa: ANN401 - any handler
        """Run a handler."""
        return self.store.run(handler, command, actor=actor, reason="chaos")

    # Stages

    def payment_stages(self, **options: Any) -> PaymentStages:  # noqa: ANN401 - of the class
        """Return the stages of payments."""
        return PaymentStages(store=self.store, gateway=self.gateway, clock=self.clock, **options)

    def payout_stages(self, **options: Any) -> PayoutStages:  # noqa: ANN401 - of the class
        """Return the stages of payouts."""
        values: dict[str, Any] = {"policy": self.policy, **options}
        return PayoutStages(store=self.store, gateway=self.gateway, clock=self.clock, **values)

    def stages(self) -> list[AnyStage]:
        """Return the stages of reactions, payments and payouts, without the recurring ones."""
        payouts = self.payout_stages()
        return [
            self.feed_stage(),
            UpdateCharges(store=self.store).stage(),
            PostSettlement(store=self.store).stage(),
            *self.payment_stages().stages(),
            payouts.sending().stage(),
            payouts.job_end().stage(),
        ]

    def feed_stage(self) -> AnyStage:
        """Return the stage that runs the reactions, without a pause at the end of the feed."""
        subscriber = reaction_subscriber(reactions(policy=self.policy))
        return FeedFollower(store=self.store, subscribers=(subscriber,), poll_seconds=3_600).stage()

    def follow(self) -> None:
        """Make the reactions due."""
        with self.store.transaction(actor=WORKER, reason="chaos") as tx:
            tx.tasks.enqueue(FOLLOW_FEED, {SUBSCRIBER_NAME: tx.clock.now()})

    def work(self) -> None:
        """Follow the feed and process what is due, until nothing is.

        A worker claims behind its last claim for a while; a new one sees every task that is due.
        """
        self.follow()
        claimed = 1
        while claimed:
            claimed = 0
            with self.worker().heartbeat() as worker:
                while in_round := self.work_round(worker):
                    claimed += in_round

    def work_round(self, worker: Worker) -> int:
        """Process a batch of each stage, and return how many tasks were claimed."""
        claimed = 0
        for stage in self.stages():
            claimed += process_batch(self.store, stage, actor=WORKER, worker=worker)
        return claimed

    def worker(self) -> Worker:
        """Return a worker of this process."""
        return Worker(store=self.store, actor=WORKER, clock=ThreadClock(self.clock))

    def reconcile(self, scope: ReconciliationScope = ReconciliationScope.FULL) -> list[str]:
        """Compare the books with the simulator; return the rules that found a difference."""
        reconciliation = self.run_reconciliation(scope)
        assert reconciliation.error_code is None, reconciliation
        found = self.store.read(list_discrepancies, reconciliation.id, limit=500)
        return [discrepancy.rule.value for discrepancy in found]

    def run_reconciliation(self, scope: ReconciliationScope) -> Reconciliation:
        """Compare the books with the simulator, which may not answer; return what is stored."""
        stage = Reconcile(
            store=self.store,
            gateway=self.gateway,
            backfill=webhook_handler(self.store).backfill,
            scope=scope,
            clock=self.clock,
        )
        return stage.run().saved.entity

    # Facts

    def balances(self) -> dict[str, int]:
        """Return the balances by kind of account."""
        sums = self.store.read(lambda tx: tx.money.accounts.joins.sums())
        return {one.kind.value: one.balance_minor for one in sums}

    def ledger_sum(self) -> int:
        """Return the sum of all accounts on their sides, which is zero."""
        total = 0
        for one in self.store.read(lambda tx: tx.money.accounts.joins.sums()):
            sign = 1 if one.kind.side == "debit" else -1
            total += sign * one.balance_minor
        return total

    def simulated_balance(self) -> int:
        """Return the balance of the simulated platform account, available and pending."""
        return self.simulator.engine.state.totals_minor.get(CURRENCY.lower(), 0)

    def movements(self, kind: MovementKind | None = None) -> Iterator[Movement]:
        """Yield the movements, of one kind or all, in order of id."""
        where = {} if kind is None else {"kind": kind}
        offset = 0
        while True:
            heads = self.store.read(movements_from, where, offset)
            yield from (head.entity for head in heads)
            if len(heads) < MAX_ROWS_PER_PAGE:
                return
            offset += MAX_ROWS_PER_PAGE

    def postings(self, movement_id: str) -> list[Posting]:
        """Return the postings of a movement."""
        postings: list[Posting] = []
        while True:
            page = self.store.read(postings_from, movement_id, len(postings))
            postings.extend(page)
            if len(page) < MAX_ROWS_PER_PAGE:
                return postings

    def history(self) -> Iterator[Any]:
        """Yield all changes, oldest first."""
        after = ""
        while True:
            feed = self.store.feed(after=after, limit=FEED_PAGE)
            yield from feed.changes
            after = feed.cursor
            if len(feed.changes) < FEED_PAGE:
                return

    def event_bodies(self, event_type: str) -> list[bytes]:
        """Return the bytes of the simulator's events of a type, as its webhooks send them."""
        events = self.objects("event")
        return [json.dumps(one, indent=2).encode() for one in events if one["type"] == event_type]


def movements_from(
    tx: MoneyRead, where: Mapping[str, object], offset: int
) -> tuple[Head[Movement], ...]:
    """Return the next movements in order of id."""
    return tx.money.movements.find(where, limit=MAX_ROWS_PER_PAGE, offset=offset, order=("id",))


def postings_from(tx: MoneyRead, movement_id: str, after: int) -> tuple[Posting, ...]:
    """Return the next postings of a movement."""
    return tx.money.movements.postings(movement_id, after=after, limit=MAX_ROWS_PER_PAGE)


def transfers_from(tx: MoneyRead, offset: int) -> tuple[Head[Transfer], ...]:
    """Return the next transfers in order of id."""
    return tx.money.transfers.find({}, limit=MAX_ROWS_PER_PAGE, offset=offset, order=("id",))


def account_of(party: str) -> str:
    """Return the simulator's account of a winner."""
    return f"acct_{party.replace('-', '')}"


def lowest_balances(site: MoneySite) -> dict[str, int]:
    """Return the lowest balance that an account of each kind ever had."""
    lowest: dict[str, int] = {}
    for change in site.history():
        if change.lifecycle != "account":
            continue
        kind = change.entity_id.partition(":")[0]
        balance = change.data.get("balance_minor", 0)
        lowest[kind] = min(lowest.get(kind, 0), balance)
    return lowest


@contextmanager
def money_site(
    url: str,
    story: dict[str, Any],
    *,
    seed: int,
    days_ago: int = 30,
    read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
) -> Generator[MoneySite]:
    """Open a migrated database, and run a simulator whose clock starts at noon some days ago.

    PostgreSQL decides by its own clock what is due: what is due by this clock is due there.
    """
    noon = datetime.combine(datetime.now(UTC), NOON, UTC)
    start = int(noon.timestamp()) - days_ago * 86_400
    whole = {"clock": {"stopped_at": start}, "hang_seconds": HANG_SECONDS, **story}
    with checked_simulator(read_story(whole), seed=seed) as simulator:
        clock = SharedClock(simulator.engine.clock)
        gateway = gateway_to(simulator.base_url, read_timeout_seconds=read_timeout_seconds)
        store = open_store(url, clock=clock, policy=POLICY)
        site = MoneySite(store=store, simulator=simulator, gateway=gateway, clock=clock)
        try:
            yield site
        finally:
            site.store.dispose()
            gateway.close()
            site.controls.close()


@contextmanager
def serving(
    site: MoneySite, webhook_secrets: tuple[str, ...] = (WEBHOOK_SECRET,)
) -> Generator[None]:
    """Serve the API of the site over a socket, and let the simulator send its webhooks there."""
    settings = WebSettings(
        secret=WEB_SECRET,
        stripe_webhook_secrets=webhook_secrets,
        requests_per_minute=10**9,
        wrong_keys_per_minute=10**9,
    )
    clock: Clock = site.clock
    context = AppContext(store=site.store, clock=clock, ids=TimeOrderedIds(), stripe=site.gateway)
    app = create_app(context, settings, CONTEXTS)
    server = cast("Any", waitress).create_server(app, host="127.0.0.1", port=0, threads=WEB_THREADS)
    thread = Thread(target=server.run, name="chaos-web")
    thread.start()
    site.web_url = f"http://127.0.0.1:{server.effective_port}"
    try:
        yield
    finally:
        # The server's own thread closes it, and ends when nothing is left open.
        server.trigger.pull_trigger(server.close)
        thread.join()
        server.task_dispatcher.shutdown()


def send_webhooks(site: MoneySite, **faults: float) -> None:
    """Let the simulator send the subscribed types to the site's endpoint, disturbed by seed."""
    site.control(
        "webhooks",
        url=f"{site.web_url}{HOOK_PATH}",
        secrets=[WEBHOOK_SECRET],
        event_types=list(EVENT_TYPES),
        signed_by="simulator",
        **faults,
    )


def drain_webhooks(site: MoneySite) -> None:
    """Let the simulator send every webhook that has not been sent for the first time."""
    for _ in range(100):
        if site.control("webhooks/drain", seconds=30)["idle"]:
            return
    raise TimeoutError("the simulator has webhooks left that it could not send")


def new_key(site: MoneySite, party: str) -> str:
    """Return an API key with which a party pays."""
    command = CreateKey(owner=Actor.user(party), scopes=("payments:read", "payments:write"))
    text: str = site.execute(create_key, command).text
    return text
