"""Receive a webhook of Stripe: verify, check the environment, store, and leave the rest for later.

Nothing is parsed before the signature is verified, and nothing has an effect before the bytes are
stored. An event that arrives twice at once is stored once, and both senders get the same answer.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import define, field

from indelible.kernel import Actor, Stale
from indelible.money.commands.payments import ReceiveEvent
from indelible.money.commands.results import StripeEventSaved
from indelible.money.entities.values import EventOrigin
from indelible.money.handlers.inbox import receive_event
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.events import Environment, EventEnvelope, parse_envelope
from indelible.money.rules.signatures import TOLERANCE_SECONDS, verify_signature
from indelible.money.tasks.failpoints import (
    AtPaymentFailpoint,
    PaymentFailpoint,
    no_payment_failpoint,
)
from indelible.money.tasks.states import MoneyStore

STRIPE: Final = Actor.system("stripe")


@define(kw_only=True)
class WebhookHandler:
    """The receiver of Stripe's webhooks (seed 002). It processes nothing itself.

    `secrets` are those of all endpoints: two of each while one replaces the other.
    """

    store: MoneyStore
    secrets: Sequence[str] = field(repr=False)
    environment: Environment
    tolerance_seconds: int = TOLERANCE_SECONDS
    at_failpoint: AtPaymentFailpoint = no_payment_failpoint

    def verify(self, header: str | None, body: bytes, now: datetime) -> None:
        """Verify the signature of the raw bytes.

        Raises: as `verify_signature`.
        """
        verify_signature(header, body, self.secrets, now, self.tolerance_seconds)
        self.at_failpoint(PaymentFailpoint.RECEIVE_AFTER_VERIFY)

    def receive(self, body: bytes, *, request_id: str | None = None) -> StripeEventSaved:
        """Store a verified event, and enqueue its processing.

        Raises:
            WebhookMalformed: The body is no event.
            EnvironmentMismatch: The event has another mode, account or version.
        """
        command = check_event(body, self.environment, EventOrigin.WEBHOOK)
        return self._store(command, request_id)

    def backfill(self, body: bytes, *, request_id: str | None = None) -> StripeEventSaved:
        """Store an event that was read from Stripe's list, and not sent by a webhook.

        Raises: as `receive`.
        """
        command = check_event(body, self.environment, EventOrigin.BACKFILL)
        return self._store(command, request_id)

    def _store(self, command: ReceiveEvent, request_id: str | None) -> StripeEventSaved:
        def receive(tx: MoneyWrite, command: ReceiveEvent) -> StripeEventSaved:
            self.at_failpoint(PaymentFailpoint.RECEIVE_BEFORE_WRITE)
            saved = receive_event(tx, command)
            self.at_failpoint(PaymentFailpoint.RECEIVE_AFTER_WRITE)
            return saved

        reason = f"{command.origin.value} of {command.event_type}"
        try:
            saved = self.store.run(
                receive, command, actor=STRIPE, reason=reason, request_id=request_id
            )
        except Stale:
            # It was stored by another request at the same moment.
            saved = self.store.run(
                receive, command, actor=STRIPE, reason=reason, request_id=request_id
            )
        self.at_failpoint(PaymentFailpoint.RECEIVE_AFTER_COMMIT)
        return saved


def check_event(body: bytes, environment: Environment, origin: EventOrigin) -> ReceiveEvent:
    """Check the bytes of an event, and return the command that stores them.

    Raises:
        WebhookMalformed: The body is no event.
        EnvironmentMismatch: The event has another mode, account or version.
    """
    envelope = parse_envelope(body)
    environment.check(envelope)
    return received(envelope, body, origin)


def received(envelope: EventEnvelope, body: bytes, origin: EventOrigin) -> ReceiveEvent:
    """Return the command that stores an event with its bytes."""
    return ReceiveEvent(
        event_id=envelope.id,
        event_type=envelope.type,
        api_version=envelope.api_version,
        livemode=envelope.livemode,
        created=envelope.created,
        object_id=envelope.object_id,
        account=envelope.account,
        origin=origin,
        body=body,
    )
