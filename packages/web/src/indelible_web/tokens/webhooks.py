"""The webhook of a chain's provider.

A signed request makes the scan of the chain due. Nothing else in it is trusted.
"""

import logging
from datetime import datetime
from typing import Any, Final, cast

from attrs import field, frozen
from flask import Response
from werkzeug.datastructures import Headers

from indelible import tokens
from indelible.app import AppContext, WriteTx
from indelible.kernel import Actor, Idempotency, IndelibleError, RequestInFlight
from indelible.tokens import RequestScan
from indelible_web.context import Webhook, WebhookReceiver
from indelible_web.http.errors import InvalidSignature
from indelible_web.http.metrics import Metrics
from indelible_web.http.parsing import parse_json
from indelible_web.http.request import Caller, current_request
from indelible_web.http.responses import json_response
from indelible_web.http.webhooks import SignedReceiver, has_signature, hex_hmac
from indelible_web.settings import WebSettings
from indelible_web.tokens.errors import InvalidPayload, WebhookSecretMissing

ENDPOINT: Final = "alchemy"
SIGNATURE_HEADER: Final = "X-Alchemy-Signature"
ALCHEMY: Final = Actor.system("alchemy")
REASON: Final = "webhook of the chain's provider"

# outcomes, as metrics count them
HINTED: Final = "hinted"
DUPLICATE: Final = "duplicate"
HEARTBEAT: Final = "heartbeat"
OVER_QUOTA: Final = "over_quota"
INVALID_SIGNATURE: Final = "invalid_signature"
INVALID_PAYLOAD: Final = "invalid_payload"

logger = logging.getLogger("indelible.web")
Json = dict[str, Any]


@frozen(kw_only=True)
class ChainWebhook:
    """Receives the provider's requests. The signature of their body identifies the provider.

    There are two secrets while one replaces the other.
    """

    app_context: AppContext
    metrics: Metrics
    secrets: tuple[bytes, ...] = field(repr=False)

    def verify(
        self,
        headers: Headers,
        body: bytes,
        now: datetime,  # noqa: ARG002 - the provider signs no time
    ) -> None:
        """Verify the provider's signature of the body.

        Raises: InvalidSignature.
        """
        signature = headers.get(SIGNATURE_HEADER, "")
        if not has_signature(self.secrets, signature, lambda secret: hex_hmac(secret, body)):
            self.metrics.count_webhook(INVALID_SIGNATURE)
            raise InvalidSignature

    def receive(self, body: bytes, caller: Caller) -> Response:
        """Make the scan due, once for each event id. An event without news changes nothing."""
        try:
            hint, outcome = _parse_event(body)
        except IndelibleError as error:
            self.metrics.count_webhook(INVALID_PAYLOAD)
            raise InvalidPayload from error

        if outcome == HINTED and not self._request_scan(hint, caller):
            outcome = DUPLICATE
        self.metrics.count_webhook(outcome)

        statuses = {HINTED: "success", DUPLICATE: "duplicate"}
        return json_response({"status": statuses.get(outcome, "ignored")}, 200)

    def _request_scan(self, hint: RequestScan, caller: Caller) -> bool:
        """Make the scan due. Return False when the same event has already done so."""
        is_first = False

        def handler(tx: WriteTx, command: RequestScan) -> bool:
            nonlocal is_first
            is_first = True
            tokens.request_scan(tx, command)
            return True

        try:
            self.app_context.store.run(
                handler,
                hint,
                actor=caller.actor,
                reason=REASON,
                request_id=current_request().request_id,
                idempotency=Idempotency(hint.hint_id, bool),
            )
        except RequestInFlight:
            return False
        return is_first


def _parse_event(body: bytes) -> tuple[RequestScan, str]:
    """Return the hint in a request's body, and its outcome.

    An account over its quota, and a block without logs, bring no news.
    """
    envelope = _object(parse_json(body))
    event = _object(envelope.get("event"))
    hint = RequestScan(hint_id=envelope.get("id", ""))
    if "error" in event:
        logger.warning(
            "webhook: the provider's account is over its quota; the scan continues without hints"
        )
        return hint, OVER_QUOTA
    if _logs(event) == []:
        return hint, HEARTBEAT
    return hint, HINTED


def _logs(event: Json) -> list[Json] | None:
    """Return the logs of an event's block, in GraphQL's or in JSON-RPC's form.

    Return None for an event without logs. Their contents are not read: the chain itself shows
    what was minted.
    """
    data = _object(event.get("data") or {})
    block = _object(data.get("block") or data)
    if "logs" not in block:
        return None

    logs = block["logs"]
    if not isinstance(logs, list):
        raise InvalidPayload
    return [_object(log) for log in cast("list[object]", logs)]


def _object(value: object) -> Json:
    """Return a JSON object. Raises InvalidPayload for any other value."""
    if not isinstance(value, dict):
        raise InvalidPayload
    return cast("Json", value)


def open_webhooks(
    app_context: AppContext, settings: WebSettings, metrics: Metrics
) -> WebhookReceiver:
    """Return the provider's webhook; without a secret its address does not exist.

    Raises: WebhookSecretMissing when a chain is configured without the secret of its provider.
    """
    if app_context.chain and not settings.webhook_secret:
        raise WebhookSecretMissing

    webhook = None
    if settings.webhook_secret:
        secrets = (settings.webhook_secret,)
        webhook = ChainWebhook(app_context=app_context, metrics=metrics, secrets=secrets)
    return SignedReceiver(
        endpoint=ENDPOINT,
        actor=ALCHEMY,
        webhook=webhook,
        app_context=app_context,
        metrics=metrics,
    )


WEBHOOK: Final = Webhook(
    name=ENDPOINT,
    rule="/webhooks/alchemy",
    open=open_webhooks,
    outcomes=(HINTED, DUPLICATE, HEARTBEAT, OVER_QUOTA, INVALID_SIGNATURE, INVALID_PAYLOAD),
)
