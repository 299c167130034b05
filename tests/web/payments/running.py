"""A contest whose entries are paid over real sockets.

Payers send HTTP requests to a server of ours, which asks the simulator of Stripe; the simulator
delivers signed webhooks to that server; the stages of a worker process them. All three have one
clock, which only the test moves.
"""

import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final, cast

import httpx
import waitress
from attrs import define, field
from flask import Flask
from tests.adapters.stripe.controls import Controlled, controlled
from tests.contest_runs import TestClock
from tests.money_contests import WORKER, PaidContestRun
from tests.web.console.visitor import Site, Visitor
from tests.web.harness import KEYS, SETTINGS, STRIPE_SECRET, Json

from indelible.app import AppContext
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible.kernel.webhooks import WebhookRejection, list_webhook_rejections
from indelible.memory import MemoryStore
from indelible.money import Charge, StripeEvent
from indelible.money.entities.ledger import Movement, Posting
from indelible.policy import Policy
from indelible_stripe.simulator.state import Kind
from indelible_stripe.simulator.webhooks import sign
from indelible_web import WebSettings, create_app

HOOK: Final = "/payments/webhook"
PAYER_SCOPES: Final = ("payments:read", "payments:write")
REASON: Final = {"reason": "a test"}
PAGES: Final = {
    "success_url": "https://example.org/paid",
    "cancel_url": "https://example.org/entries",
}
THREADS: Final = 8


@define(kw_only=True)
class PaymentServer:
    """A contest with paid entries, our server, and the simulator of Stripe."""

    run: PaidContestRun
    stripe: Controlled
    app: Flask
    browser: httpx.Client
    contest: Contest
    entry: Entry
    requests: int = 0
    keys: dict[str, str] = field(factory=dict[str, str])

    # What payers and operators send

    def key(self, user_id: str, *scopes: str) -> str:
        """Return the API key of a user."""
        name = f"{user_id} {' '.join(scopes)}"
        if name not in self.keys:
            command = CreateKey(owner=Actor.user(user_id), scopes=scopes)
            created = self.run.store.run(create_key, command, actor=WORKER, reason="a test")
            self.keys[name] = created.text
        return self.keys[name]

    def post(self, path: str, body: Json, *, key: str, once: str | None = None) -> httpx.Response:
        """Send a POST request, by default with an idempotency key of its own."""
        self.requests += 1
        headers = {"Authorization": f"Bearer {key}"}
        headers["Idempotency-Key"] = f"key-{self.requests}" if once is None else once
        return self.browser.post(path, json=body, headers=headers)

    def pay(self, path: str = "create-intent", **changes: object) -> Json:
        """Ask for the intent of the entry, or for its checkout session."""
        body: Json = {"item": self.entry.id, **REASON, **changes}
        key = self.key(self.entry.user_id, *PAYER_SCOPES)
        return answer_of(self.post(f"/v1/payments/{path}", body, key=key))

    def status(self, intent_id: str) -> Json:
        """Return the status of the payment, as its payer reads it."""
        headers = {"Authorization": f"Bearer {self.key(self.entry.user_id, *PAYER_SCOPES)}"}
        return answer_of(self.browser.get(f"/v1/payments/status/{intent_id}", headers=headers))

    def refund(self, **body: object) -> Json:
        """Request a refund as an operator."""
        path = f"/admin/payments/charges/{self.charge.id}/refund"
        return answer_of(self.post(path, {**REASON, **body}, key=self.key("olga", "admin")))

    def admin(self, path: str) -> Json:
        """Return what an operator reads."""
        headers = {"Authorization": f"Bearer {self.key('olga', 'admin')}"}
        return answer_of(self.browser.get(f"/admin/{path}", headers=headers))

    def page(self, path: str) -> str:
        """Return the words of a page of money in the console; '' is the first one."""
        visitor = Visitor(cast("Site", self))
        visitor.sign_in(self.key("olga", "console", "admin"))
        answer = visitor.get(f"/console/money/{path}".rstrip("/"))
        assert answer.status_code == 200, answer.text
        return visitor.page.words

    # What happens at Stripe

    def attempt(self, intent_id: str, outcome: str = "succeed") -> None:
        """Let the payer attempt to pay; the webhooks are delivered and processed."""
        kind = "sessions" if intent_id.startswith("cs_") else "intents"
        self.stripe.control(f"{kind}/{intent_id}/pay", outcome=outcome)
        self.settle()

    def happen(self, path: str, **values: object) -> Json:
        """Let something happen at Stripe; the webhooks are delivered and processed."""
        result = self.stripe.control(path, **values)
        self.settle()
        return result

    def started(self) -> str:
        """Return the id of the entry's new intent."""
        intent_id: str = self.pay()["intent_id"]
        return intent_id

    def paid(self) -> str:
        """Return the id of the entry's paid intent."""
        intent_id = self.started()
        self.attempt(intent_id)
        return intent_id

    def disputed(self, intent_id: str, status: str = "needs_response") -> str:
        """Open a dispute of a paid intent, and return its id."""
        dispute_id: str = self.happen("disputes", payment_intent=intent_id, status=status)["id"]
        return dispute_id

    # Webhooks and stages

    def deliver(self) -> None:
        """Let the simulator deliver its webhooks."""
        assert self.stripe.control("webhooks/drain")["idle"]

    def settle(self) -> None:
        """Let the simulator deliver its webhooks, and the stages process them."""
        self.advance(1)
        self.deliver()
        self.run.work()
        self.deliver()
        self.run.work()

    def advance(self, seconds: int) -> None:
        """Let time pass for the server, the workers and the simulator."""
        self.run.clock.advance(seconds)
        self.stripe.control("clock", advance_seconds=seconds)

    def webhooks(self, **changes: object) -> None:
        """Let the simulator deliver its webhooks with these settings."""
        settings: Json = {
            "url": f"{self.browser.base_url}".rstrip("/") + HOOK,
            "secrets": [STRIPE_SECRET],
            "signed_by": "simulator",
        }
        settings.update(changes)
        self.stripe.control("webhooks", **settings)

    def sent_event(self, event_type: str) -> str:
        """Return the id of Stripe's last event of a type."""
        since = self.run.clock.now() - timedelta(days=1)
        return next(iter(self.stripe.gateway.list_events(since=since, types=[event_type]))).id

    def recorded(self, intent_id: str, event_type: str = "payment_intent.succeeded") -> bytes:
        """Pay an intent, and return the bytes of an event that no webhook delivers."""
        self.webhooks(event_types=["customer.created"])
        self.stripe.control(f"intents/{intent_id}/pay")
        self.webhooks()
        event = self.stripe.simulator.engine.state.get(Kind.EVENT, self.sent_event(event_type))
        return json.dumps(event, indent=2).encode()

    def send(self, body: bytes, header: str | None = None, *, seconds: int = 0) -> httpx.Response:
        """Send a webhook, by default with the right signature; '' sends no header."""
        timestamp = int(self.run.clock.now().timestamp()) + seconds
        signature = sign(body, (STRIPE_SECRET,), timestamp) if header is None else header
        headers = {"Content-Type": "application/json"}
        if signature:
            headers["Stripe-Signature"] = signature
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        return self.browser.post(HOOK, content=body, headers=encoded)

    # Facts

    @property
    def charge(self) -> Charge:
        """Return the charge of the entry."""
        return self.run.charge(self.entry)

    def entry_status(self) -> str:
        """Return the state of the entry."""
        return self.run.entry(self.entry).status.value

    def outcome(self, intent_id: str) -> tuple[str, str]:
        """Return the state of the payment and of the entry; the console shows the former."""
        status: str = self.status(intent_id)["status"]
        shown = status.replace("_", " ").lower()
        assert shown in self.page(f"payments/{self.charge.id}").lower()
        return status, self.entry_status()

    def balances(self) -> dict[str, int]:
        """Return the balances that are not zero, by kind; all accounts together are zero."""
        assert self.run.ledger_sum() == 0
        return self.run.balances()

    def read_movement(self, movement_id: str) -> Movement:
        """Return a movement."""
        return self.run.store.read(lambda tx: tx.money.movements.get(movement_id)).entity

    def postings(self) -> list[tuple[str, int]]:
        """Return the kinds and amounts of all movements, in the order of their changes."""
        found: list[tuple[str, int]] = []
        for change in self.run.history():
            if change.lifecycle == "movement":
                movement = self.read_movement(change.entity_id)
                found.append((movement.kind.value, movement.total_minor))
        return found

    def events(self, event_type: str = "") -> list[StripeEvent]:
        """Return the stored events of a type, or all."""
        heads = self.run.store.read(lambda tx: tx.money.events.page(after="", limit=500))
        events = [head.entity for head in heads]
        return [event for event in events if event_type in ("", event.event_type)]

    def payload(self, event: StripeEvent) -> bytes:
        """Return the stored bytes of an event."""
        return self.run.store.read(lambda tx: tx.payloads.get(event.payload_digest)).content

    def rejections(self) -> tuple[WebhookRejection, ...]:
        """Return the refused requests of the webhook."""
        return self.run.store.read(list_webhook_rejections, endpoint="stripe", limit=100)

    def lines(self, movement_id: str) -> tuple[Posting, ...]:
        """Return the postings of a movement."""
        return self.run.store.read(
            lambda tx: tx.money.movements.postings(movement_id, after=0, limit=10)
        )


def answer_of(response: httpx.Response) -> Json:
    """Return the body of a successful answer."""
    assert response.status_code == 200, response.text
    body: Json = response.json()
    return body


@contextmanager
def served(app: Flask) -> Generator[str]:
    """Serve an application on loopback, and yield its address."""
    server = cast("Any", waitress).create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        pulled = Event()
        # Its own thread closes the server.
        server.trigger.pull_trigger(partial(close_server, server, pulled))
        pulled.set()
        thread.join()
        server.task_dispatcher.shutdown()


def close_server(server: Any, pulled: Event) -> None:  # noqa: ANN401 - not in the stubs
    """Close the connections of a server and the server, so that its loop ends.

    Another pull may run this before the one that asks for it has written to the trigger's pipe:
    `pulled` is set when that has happened, and the pipe may be closed.
    """
    pulled.wait()
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()


@contextmanager
def payment_server(
    folder: Path, settings: WebSettings = SETTINGS, **story: object
) -> Generator[PaymentServer]:
    """Run a server, a simulator with a story, and a contest with one entry that is not paid."""
    clock = TestClock()
    clock.time = clock.time.replace(microsecond=0)
    store = MemoryStore(policy=Policy(keys=KEYS), clock=clock)
    run = PaidContestRun.on_store(store, clock, folder)
    contest = run.open()
    entry = run.enter(contest, "ann")
    run.work()
    began_at = int(clock.now().timestamp())
    started: dict[str, Any] = {"clock": {"stopped_at": began_at}, "accounts": [], "balance": {}}
    options: dict[str, Any] = {**started, **story}
    with controlled(**options) as stripe:
        run.gateway = cast("Any", stripe.gateway)
        run.stripe = cast("Any", stripe.gateway)
        context = AppContext(store=store, clock=clock, stripe=stripe.gateway)
        app = create_app(context, settings)
        with served(app) as address, httpx.Client(base_url=address, timeout=30) as browser:
            server = PaymentServer(
                run=run, stripe=stripe, app=app, browser=browser, contest=contest, entry=entry
            )
            server.webhooks()
            yield server
