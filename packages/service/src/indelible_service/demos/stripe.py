"""A Stripe for the demonstrations: the simulator as a child of the demo, and its payers.

An instance that has STRIPE_API_URL at a port of this machine does everything itself: its web
process receives the webhooks, and its workers perform the stages. Without any setting of Stripe,
the demo performs the stages that send requests, in a thread, and reads the events from their list.
"""

import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from http import HTTPStatus
from signal import SIGKILL, SIGTERM
from threading import Event, Thread
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import urllib3
from attrs import define, evolve, field, frozen
from werkzeug.test import Client

from indelible.app import AppContext
from indelible.contests.entities.entries import Entry
from indelible.kernel import Actor, Clock, Conflict, IndelibleError, SystemClock, Unavailable
from indelible.kernel.distributions import STRIPE_SIMULATOR
from indelible.kernel.keys import CreateKey, create_key
from indelible.money import Charge, charge_of_item
from indelible.money.entities.values import AccountKind
from indelible.money.ports.gateway import StripeGateway
from indelible.money.rules.events import EVENT_TYPES
from indelible.money.rules.payouts import AUTOMATIC
from indelible.money.tasks.paying import PaymentStarter
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.money.tasks.payout_stages import PayoutStages
from indelible.money.tasks.receiving import WebhookHandler
from indelible_service.composition import build_web_settings
from indelible_service.contexts.declaration import AnyStage
from indelible_service.contexts.money import MoneySettings, build_gateway
from indelible_service.embedded.children import Child, StopSignals, running_child
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore
from indelible_web import create_app
from indelible_workers import Worker, process_batch

PAYMENTS: Final = Actor.system("demo")
REASON: Final = "demo of money"
DEMO_KEY: Final = "sk_test_demo"
DEMO_SECRET: Final = "whsec_demo"  # noqa: S105 - of the simulator
WEBHOOK_PATH: Final = "/payments/webhook"
PAYEE_SCOPE: Final = "payments:write"
ONBOARDING_PATH: Final = "/v1/payees/me/onboard"
ONBOARDING: Final = {
    "country": "US",
    "refresh_url": "https://example.org/again",
    "return_url": "https://example.org/done",
}
MAX_ACCOUNTS: Final = 100
LOOPBACK: Final = ("127.0.0.1", "localhost")
STOP_SIGNALS: Final[StopSignals] = ((SIGTERM, 3), (SIGKILL, None))
PAUSE_SECONDS: Final = 0.2
EVENT_MARGIN: Final = timedelta(minutes=1)  # Stripe's times are whole seconds


@frozen
class DemoStripeForeign(Conflict):
    """The instance uses a Stripe that the demo cannot be."""

    message: ClassVar[str] = (
        "The demo is the Stripe of the instance, so STRIPE_API_URL must name a free port of this"
        " machine, or no setting of Stripe is set: got {address}."
    )
    address: str


@frozen
class SimulatorNotStarted(Unavailable):
    """The simulator of Stripe has ended at once."""

    message: ClassVar[str] = "The simulator of Stripe did not start at port {port}: {problem}."
    port: int
    problem: str


@frozen
class EnrollmentRefused(Conflict):
    """A winner whom the instance has not let open an account."""

    message: ClassVar[str] = "User {user} could not enroll as a payee: got {problem}."
    user: str
    problem: str


@define(kw_only=True)
class DemoStripe:
    """The simulator, and what payers and winners do there."""

    store: SqlStore
    gateway: StripeGateway
    address: str
    settings: Settings
    worker: "_OwnWorker | None" = None  # of an instance that has no Stripe

    def begin(self) -> None:
        """Perform the stages of payments from now on, where the instance does not."""
        if self.worker is not None:
            self.worker.start()

    def charge_of(self, entry: Entry) -> Charge | None:
        """Return the charge of an entry, None before the reaction has opened it."""
        return self.store.read(charge_of_item, entry.id)

    def pay(self, entry: Entry) -> None:
        """Let the user of an entry pay its charge."""
        charge = self.charge_of(entry)
        assert charge is not None  # noqa: S101 - the demo has waited for it
        starter = PaymentStarter(store=self.store, gateway=self.gateway)
        actor = Actor.user(entry.user_id)
        intent = starter.create_intent(charge.id, party=entry.user_id, actor=actor).intent
        self.control(f"intents/{intent.id}/pay", {})

    def enroll(self, users: Sequence[str]) -> None:
        """Let winners enroll alone: each opens an account with a key, and completes Stripe's pages.

        The routes of payees are called in this process: an instance without a Stripe has no account
        to open.

        Raises: EnrollmentRefused.
        """
        app_context = AppContext(store=self.store, stripe=self.gateway)
        client = Client(create_app(app_context, build_web_settings(self.settings)))
        for user in users:
            owner = Actor.user(user)
            command = CreateKey(owner=owner, scopes=(PAYEE_SCOPE,))
            key = self.store.run(create_key, command, actor=owner, reason=REASON).text
            answer = client.post(
                ONBOARDING_PATH,
                json={**ONBOARDING, "reason": REASON},
                headers={"Authorization": f"Bearer {key}", "Idempotency-Key": f"demo:{user}"},
            )
            document: dict[str, Any] = answer.get_json()
            if answer.status_code != HTTPStatus.OK:
                raise EnrollmentRefused(user, str(document.get("code")))
            urllib3.request("POST", document["url"], retries=False, timeout=10.0)

    def keep_balance(self) -> None:
        """Give the simulator the balance that our books show: an earlier demo's is gone."""
        balances: dict[str, int] = {}
        for one in self.store.read(lambda tx: tx.money.accounts.joins.sums()):
            if one.kind is AccountKind.STRIPE_BALANCE:
                balances[one.currency.lower()] = one.balance_minor
        self.control("balance", balances)

    def keep_accounts(self) -> None:
        """Give the simulator the accounts of the payees that an earlier demo has enrolled."""
        heads = self.store.read(lambda tx: tx.money.payees.page(after="", limit=MAX_ACCOUNTS))
        for head in heads:
            if head.entity.destination is not None:
                self.control(f"accounts/{head.entity.destination}", {"transfers": "active"})

    def control(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a control to the simulator, and return its answer.

        Raises: SimulatorNotStarted.
        """
        return self._request("POST", path, body)

    def conformity(self) -> tuple[int, int]:
        """Return how many requests Stripe's descriptions accept, and how many there were.

        Raises: SimulatorNotStarted.
        """
        counts = self.read_counts()
        return counts["requests"] - counts["nonconforming"], counts["requests"]

    def read_counts(self) -> dict[str, Any]:
        """Return how many objects, requests and webhooks the simulator has had.

        Raises: SimulatorNotStarted.
        """
        return self._request("GET", "counts")

    def _request(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        url = f"{self.address}/_simulator/{path}"
        answer = urllib3.request(method, url, json=body, retries=False, timeout=10.0)
        if answer.status != 200:  # noqa: PLR2004 - OK
            problem = f"control {path} answered {answer.status}"
            raise SimulatorNotStarted(urlsplit(self.address).port or 0, problem)
        document: dict[str, Any] = answer.json()
        return document


@contextmanager
def demo_stripe(settings: Settings, store: SqlStore) -> Generator[DemoStripe]:
    """Run the simulator, and the stages of payments where the instance has no Stripe.

    Raises: DemoStripeForeign, SimulatorNotStarted, DistributionMissing.
    """
    configured = settings.section(MoneySettings)
    money = configured
    if not configured.has_stripe:
        money = MoneySettings(api_key=DEMO_KEY, webhook_secrets=(DEMO_SECRET,))
    port = stand_in_port(configured)
    with simulator_process(port) as address, ExitStack() as stack:
        gateway = build_gateway(evolve(money, api_url=address))
        demo = DemoStripe(store=store, gateway=gateway, address=address, settings=settings)
        demo.keep_balance()
        demo.keep_accounts()
        if configured.has_stripe:
            url = f"{settings.address}{WEBHOOK_PATH}"
            secrets, types = list(money.webhook_secrets), list(EVENT_TYPES)
            demo.control("webhooks", {"url": url, "secrets": secrets, "event_types": types})
        else:
            demo.worker = _OwnWorker(store=store, gateway=gateway, settings=money)
            stack.callback(demo.worker.stop)
        yield demo


def stand_in_port(settings: MoneySettings) -> int:
    """Return the port at which the instance expects Stripe, 0 where it expects none.

    Raises: DemoStripeForeign.
    """
    if not settings.has_stripe:
        return 0
    address = urlsplit(settings.api_url)
    if address.scheme != "http" or address.hostname not in LOOPBACK or address.port is None:
        raise DemoStripeForeign(settings.api_url)
    return address.port


@contextmanager
def simulator_process(port: int) -> Generator[str]:
    """Run the simulator as a child, and yield its address.

    Raises: SimulatorNotStarted, DistributionMissing.
    """
    STRIPE_SIMULATOR.check()
    command = (sys.executable, "-m", "indelible_stripe.simulator", "--port", str(port))
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with running_child(command, STOP_SIGNALS, **options) as child:
        assert child.stdout is not None  # noqa: S101 - for the type checkers
        address = child.stdout.readline().decode().strip()
        if not address:
            raise SimulatorNotStarted(port, _problem_of(child))
        yield address


def _problem_of(child: Child) -> str:
    """Return the last line that an ended child has written."""
    _, errors = child.communicate()
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it wrote no reason"


@define(kw_only=True)
class _OwnWorker:
    """Performs the stages that send requests to Stripe, for an instance that has none."""

    store: SqlStore
    gateway: StripeGateway
    settings: MoneySettings
    clock: Clock = field(factory=SystemClock)
    stopping: Event = field(factory=Event)
    seen: set[str] = field(factory=set[str])
    thread: Thread | None = None

    def start(self) -> None:
        """Perform the stages in a thread from now on."""
        self.thread = Thread(target=self._run, name="demo-stripe")
        self.thread.start()

    def stop(self) -> None:
        """Return when the thread has ended."""
        self.stopping.set()
        if self.thread is not None:
            self.thread.join()

    def _run(self) -> None:
        payouts = PayoutStages(store=self.store, gateway=self.gateway, policy=AUTOMATIC)
        payments = PaymentStages(store=self.store, gateway=self.gateway)
        stages: list[AnyStage] = [*payments.stages()]
        stages += [payouts.sending().stage(), payouts.job_end().stage()]
        since = self.clock.now() - EVENT_MARGIN
        with Worker(store=self.store, actor=PAYMENTS).heartbeat() as worker:
            while not self.stopping.is_set():
                # The next round repeats what has failed.
                with suppress(IndelibleError):
                    self._receive(since)
                    for stage in stages:
                        process_batch(self.store, stage, actor=PAYMENTS, worker=worker)
                    payouts.sweep().run()
                self.stopping.wait(PAUSE_SECONDS)

    def _receive(self, since: datetime) -> None:
        """Store the events of the simulator that are new."""
        handler = WebhookHandler(
            store=self.store,
            secrets=self.settings.signing_secrets,
            environment=self.settings.environment,
        )
        for event in self.gateway.list_events(since=since, types=EVENT_TYPES):
            if event.id not in self.seen:
                handler.backfill(event.body)
                self.seen.add(event.id)
