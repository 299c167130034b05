"""Stripe's webhook: a signed event is stored before the answer, and processed later."""

import logging
from datetime import datetime
from typing import Final

from attrs import frozen
from flask import Response
from werkzeug.datastructures import Headers

from indelible.app import AppContext
from indelible.money.errors.payments import EnvironmentMismatch
from indelible.money.rules.events import Environment
from indelible.money.tasks.receiving import STRIPE, WebhookHandler
from indelible_web.context import Webhook, WebhookReceiver
from indelible_web.http.metrics import Metrics
from indelible_web.http.request import Caller, current_request
from indelible_web.http.responses import json_response
from indelible_web.http.webhooks import SignedReceiver
from indelible_web.settings import WebSettings

ENDPOINT: Final = "stripe"
RULE: Final = "/payments/webhook"
SIGNATURE_HEADER: Final = "Stripe-Signature"
MAX_BODY_BYTES: Final = 512 * 1024

# outcomes, as metrics count them
RECEIVED: Final = "received"
DUPLICATE: Final = "stripe_duplicate"

logger = logging.getLogger("indelible.web")


@frozen
class StripeWebhook:
    """Answers Stripe: the signature is verified over the raw bytes, the event is stored."""

    _handler: WebhookHandler
    _metrics: Metrics

    def verify(self, headers: Headers, body: bytes, now: datetime) -> None:
        """Verify Stripe's signature of the body: one of the configured secrets has made it.

        Raises: StripeSignatureInvalid, WebhookTimestampOutOfTolerance, WebhookMalformed.
        """
        self._handler.verify(headers.get(SIGNATURE_HEADER), body, now)

    def receive(self, body: bytes, caller: Caller) -> Response:  # noqa: ARG002 - Stripe sends it
        """Store an event and answer; a known event has no second effect.

        Raises: WebhookMalformed, EnvironmentMismatch.
        """
        request_id = current_request().request_id
        try:
            saved = self._handler.receive(body, request_id=request_id)
        except EnvironmentMismatch as error:
            # A traceback says nothing about an event of another environment.
            logger.error(  # noqa: TRY400 - no fault of ours
                "webhook stripe: %s, request %s", error, request_id
            )
            raise

        answer = {"received": True}
        if saved.is_duplicate:
            answer["duplicate"] = True

        self._metrics.count_webhook(DUPLICATE if saved.is_duplicate else RECEIVED)
        return json_response(answer, 200)


def environment_of(settings: WebSettings) -> Environment:
    """Return what the events of Stripe must belong to."""
    return Environment(
        livemode=settings.stripe_livemode,
        account=settings.stripe_account,
        api_version=settings.stripe_api_version,
    )


def open_webhook(
    app_context: AppContext, settings: WebSettings, metrics: Metrics
) -> WebhookReceiver:
    """Return Stripe's webhook; without a secret its address does not exist."""
    webhook = None
    if settings.stripe_webhook_secrets:
        handler = WebhookHandler(
            store=app_context.store,
            secrets=settings.stripe_webhook_secrets,
            environment=environment_of(settings),
        )
        webhook = StripeWebhook(handler, metrics)

    return SignedReceiver(
        endpoint=ENDPOINT,
        actor=STRIPE,
        webhook=webhook,
        app_context=app_context,
        metrics=metrics,
    )


WEBHOOK: Final = Webhook(
    name=ENDPOINT,
    rule=RULE,
    open=open_webhook,
    outcomes=(RECEIVED, DUPLICATE),
    max_body_bytes=MAX_BODY_BYTES,
)
