"""Payments over HTTP: an application with a Stripe in memory, its webhooks, and its workers."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from attrs import Factory, define, field
from tests.core.money.gateway import ScriptedGateway
from tests.core.money.payments import event_body, intent_body
from tests.web.harness import STRIPE_SECRET, Json, Web, saved
from werkzeug.test import TestResponse

from indelible.kernel import Actor
from indelible.kernel.webhooks import WebhookRejection, list_webhook_rejections
from indelible.money import Charge, OpenCharge, StripeEvent
from indelible.money.handlers.charges import open_charge
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.testing.stores import AnyStore
from indelible_workers import process_batch

FEE: Final = 2_501
REFERENCE: Final = "pool-1"
ITEM: Final = "entry-1"
HOOK: Final = "/payments/webhook"
WORKER: Final = Actor.system("worker")
PLACE: Final = {"item": ITEM, "reason": "a test"}
PAGES: Final = {
    "success_url": "https://example.org/paid",
    "cancel_url": "https://example.org/entries",
}


class RenewableGateway:
    """A Stripe in memory that can be emptied, so that one application serves many tests."""

    def __init__(self) -> None:
        self.current = ScriptedGateway()

    def renew(self) -> ScriptedGateway:
        self.current = ScriptedGateway()
        return self.current

    def __getattr__(self, name: str) -> object:
        return getattr(self.current, name)


@define
class Till:
    """An application that takes payments of Maya, and the Stripe that it asks."""

    store: AnyStore
    gateway: ScriptedGateway = field(factory=ScriptedGateway)
    web: Web = field(
        default=Factory(lambda self: Web(self.store, stripe=self.gateway), takes_self=True)
    )
    number: int = 0

    # charges
    def open(self, item: str = ITEM, party: str = "maya", *, days: float = 90) -> Charge:
        """Open the charge of an item."""
        command = OpenCharge(
            reference=REFERENCE,
            party=party,
            item=item,
            amount_minor=FEE,
            currency="EUR",
            expires_at=self.web.clock.now() + timedelta(days=days),
        )
        return self.store.run(open_charge, command, actor=WORKER, reason="a test").charge

    def charge(self, charge_id: str) -> Charge:
        """Return a charge as it is stored."""
        return self.store.read(lambda tx: tx.money.charges.get(charge_id).entity)

    def start(self, once: str = "pay-1", **changes: Any) -> TestResponse:  # noqa: ANN401 - of any type
        """Ask for the payment intent of the item."""
        key = changes.pop("key", self.web.key)
        return self.web.post(
            "/v1/payments/create-intent", json={**PLACE, **changes}, once=once, key=key
        )

    def check_out(self, once: str = "pay-1", **changes: Any) -> TestResponse:  # noqa: ANN401 - of any type
        """Ask for the checkout session of the item."""
        body = {**PLACE, **PAGES, **changes}
        return self.web.post("/v1/payments/checkout", json=body, once=once)

    def status(self, intent_id: str, **sent: Any) -> TestResponse:  # noqa: ANN401 - of any type
        """Ask for the status of a payment."""
        return self.web.get(f"/v1/payments/status/{intent_id}", **sent)

    def pay(self, item: str = ITEM) -> Json:
        """Open a charge and pay it; return the status of the payment."""
        self.open(item)
        intent_id = saved(self.start(once=f"pay-{item}", item=item), 200)["intent_id"]
        self.succeed(intent_id)
        return saved(self.status(intent_id), 200)

    def succeed(self, intent_id: str, **payment: Any) -> None:  # noqa: ANN401 - of any type
        """Let the payer pay, deliver the event and process it."""
        paid = self.gateway.pay(intent_id, **payment)
        assert self.deliver(self.event("payment_intent.succeeded", intent_body(paid))).status_code
        self.work()

    # webhooks
    def event(
        self,
        event_type: str = "payment_intent.processing",
        subject: Mapping[str, Any] | None = None,
        *,
        created: datetime | None = None,
        **changes: object,
    ) -> bytes:
        """Return the bytes of a new event."""
        self.number += 1
        body = event_body(
            f"evt_{self.number}",
            event_type,
            subject or {"id": "pi_unknown", "object": "payment_intent"},
            created or self.web.clock.now(),
        )
        return json.dumps({**json.loads(body), **changes}).encode()

    def header(self, body: bytes, *secrets: str, seconds: int = 0) -> str:
        """Return the signature header of a body that was signed some seconds from now."""
        timestamp = int(self.web.clock.now().timestamp()) + seconds
        parts = [f"t={timestamp}"]
        for secret in secrets or (STRIPE_SECRET,):
            signed = f"{timestamp}.".encode() + body
            parts.append(f"v1={hmac.new(secret.encode(), signed, sha256).hexdigest()}")
        return ",".join(parts)

    def deliver(self, body: bytes, header: str | None = None) -> TestResponse:
        """Send an event, by default with the right signature; '' sends no header."""
        signature = self.header(body) if header is None else header
        return self.web.post(HOOK, data=body, headers={"Stripe-Signature": signature}, key=None)

    def events(self) -> list[StripeEvent]:
        """Return all stored events."""
        heads = self.store.read(lambda tx: tx.money.events.page(after="", limit=100))
        return [head.entity for head in heads]

    def rejections(self) -> tuple[WebhookRejection, ...]:
        """Return the refused requests of Stripe's endpoint."""
        return self.store.read(list_webhook_rejections, endpoint="stripe", limit=500)

    # workers
    def work(self) -> None:
        """Perform all tasks that are due."""
        stages = PaymentStages(store=self.store, gateway=self.gateway, clock=self.web.clock)
        for stage in stages.stages():
            while process_batch(self.store, stage, actor=WORKER):
                pass
