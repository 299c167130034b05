"""The webhook of a chain's provider.

A signed request makes the scan of the chain due. Nothing else in it is trusted.
"""

import hmac
import logging
from typing import Any, Final, cast

from attrs import field, frozen
from flask import Request, Response, request

from indelible import tokens
from indelible.app import AppContext, WriteTx
from indelible.kernel import Actor, Idempotency, IndelibleError, RequestInFlight
from indelible.tokens import RequestScan
from indelible_web.context import Webhook, WebhookReceiver
from indelible_web.http.access import SIGNED
from indelible_web.http.errors import RouteNotFound
from indelible_web.http.metrics import Metrics
from indelible_web.http.parsing import parse_json
from indelible_web.http.request import Caller, current_request
from indelible_web.http.responses import json_response
from indelible_web.settings import WebSettings
from indelible_web.tokens.errors import InvalidPayload, WebhookSecretMissing

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
class Webhooks:
    """Receives the provider's requests. The signature of their body identifies the provider."""

    app_context: AppContext
    metrics: Metrics
    secret: bytes = field(repr=False)

    def identify(self, request: Request) -> Caller | None:
        """Return the provider if it has signed the body. The body is not parsed before.

        Raises: RouteNotFound when no secret is configured, as for an address without a route.
        """
        if not self.secret:
            raise RouteNotFound

        expected = hmac.digest(self.secret, request.get_data(), "sha256").hex()
        signature = request.headers.get(SIGNATURE_HEADER, "")
        if hmac.compare_digest(signature.encode(), expected.encode()):
            return Caller(actor=ALCHEMY, scopes=frozenset(SIGNED), id="alchemy")

        self.metrics.count_webhook(INVALID_SIGNATURE)
        return None

    def receive(self) -> Response:
        """Make the scan due, once for each event id. An event without news changes nothing."""
        try:
            hint, outcome = _parse_event(request.get_data())
        except IndelibleError as error:
            self.metrics.count_webhook(INVALID_PAYLOAD)
            raise InvalidPayload from error

        if outcome == HINTED and not self._request_scan(hint):
            outcome = DUPLICATE
        self.metrics.count_webhook(outcome)

        statuses = {HINTED: "success", DUPLICATE: "duplicate"}
        return json_response({"status": statuses.get(outcome, "ignored")}, 200)

    def _request_scan(self, hint: RequestScan) -> bool:
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
                actor=ALCHEMY,
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
    """Return the provider's webhook.

    Raises: WebhookSecretMissing when a chain is configured without the secret of its provider.
    """
    if app_context.chain and not settings.webhook_secret:
        raise WebhookSecretMissing

    return Webhooks(app_context=app_context, metrics=metrics, secret=settings.webhook_secret)


WEBHOOK: Final = Webhook(
    name="alchemy",
    rule="/webhooks/alchemy",
    open=open_webhooks,
    outcomes=(HINTED, DUPLICATE, HEARTBEAT, OVER_QUOTA, INVALID_SIGNATURE, INVALID_PAYLOAD),
)
