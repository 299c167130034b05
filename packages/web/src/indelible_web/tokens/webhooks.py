"""The webhook of a chain's provider: signed, and believed only as far as to look at the chain sooner."""

import hmac
import logging
from typing import Any, Final, cast

from attrs import field, frozen
from flask import Request, Response, request

from indelible import tokens
from indelible.app import AppContext, WriteTx
from indelible.kernel import Actor, Idempotency, IndelibleError, RequestInFlight
from indelible.tokens import RequestScan
from indelible.tokens.errors import NoChain
from indelible_web.context import Webhook, WebhookReceiver
from indelible_web.http.access import SIGNED
from indelible_web.http.errors import InvalidPayload, WebhookSecretMissing
from indelible_web.http.metrics import Metrics
from indelible_web.http.parsing import parse_json
from indelible_web.http.request import Caller, current_request
from indelible_web.http.responses import json_response
from indelible_web.settings import WebSettings

SIGNATURE: Final = "X-Alchemy-Signature"
ALCHEMY: Final = Actor.system("alchemy")
REASON: Final = "the chain's provider says that there is something new"

logger = logging.getLogger("indelible.web")
Json = dict[str, Any]


@frozen(kw_only=True)
class Webhooks:
    """What a provider may tell; as its own login, it knows the provider by the signature over the body's bytes."""

    app_context: AppContext
    metrics: Metrics
    secret: bytes = field(repr=False)

    def identify(self, request: Request) -> Caller | None:
        """The provider, where it has signed just these bytes; nothing of them is read before."""
        if not self.secret:
            raise NoChain
        wanted = hmac.digest(self.secret, request.get_data(), "sha256").hex()
        if hmac.compare_digest(request.headers.get(SIGNATURE, "").encode(), wanted.encode()):
            return Caller(actor=ALCHEMY, scopes=frozenset(SIGNED), id="alchemy")
        self.metrics.count_webhook("invalid_signature")
        return None

    def receive(self) -> Response:
        """Look at the chain soon, once for each envelope; where there is nothing new in one, nothing is written."""
        try:
            hint, found = _read(request.get_data())
        except IndelibleError as error:
            self.metrics.count_webhook("invalid_payload")
            raise InvalidPayload from error
        if found == "hinted" and not self._is_first(hint):
            found = "duplicate"
        self.metrics.count_webhook(found)
        return json_response(
            {"status": {"hinted": "success", "duplicate": "duplicate"}.get(found, "ignored")}, 200
        )

    def _is_first(self, hint: RequestScan) -> bool:
        is_first = False

        def hint_detection(tx: WriteTx, command: RequestScan) -> bool:
            nonlocal is_first
            is_first = True
            tokens.request_scan(tx, command)
            return True

        once, run = Idempotency(hint.hint_id, bool), self.app_context.store.run
        try:
            run(
                hint_detection,
                hint,
                actor=ALCHEMY,
                reason=REASON,
                request_id=current_request().request_id,
                once=once,
            )
        except RequestInFlight:
            return False
        return is_first


def _read(body: bytes) -> tuple[RequestScan, str]:
    """The hint in a body, and whether it is one: not from an account over its quota, nor of a block without logs."""
    said = _object(parse_json(body))
    event = _object(said.get("event"))
    hint = RequestScan(hint_id=said.get("id", ""))  # which checks that it is an id
    if "error" in event:
        logger.warning(
            "the webhook comes from an account that is over its quota: the chain is read all the same"
        )
        return hint, "over_quota"
    return hint, "heartbeat" if _logs(event) == [] else "hinted"


def _logs(event: Json) -> list[Json] | None:
    """The logs of a block, in either of the shapes there are; None of an event that tells of none.

    What stands in them is not read: whether anything was minted, the chain says.
    """
    data = _object(event.get("data") or {})
    block = _object(data.get("block") or data)
    if "logs" not in block:
        return None
    if not isinstance(block["logs"], list):
        raise InvalidPayload
    return [_object(log) for log in cast("list[object]", block["logs"])]


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise InvalidPayload
    return cast("Json", value)


def open_webhooks(
    app_context: AppContext, settings: WebSettings, metrics: Metrics
) -> WebhookReceiver:
    """Return the provider's webhook.

    Raises: WebhookSecretMissing if a chain is set up without the secret of its provider.
    """
    if app_context.chain and not settings.webhook_secret:
        raise WebhookSecretMissing

    return Webhooks(app_context=app_context, metrics=metrics, secret=settings.webhook_secret)


WEBHOOK: Final = Webhook(
    name="alchemy",
    rule="/webhooks/alchemy",
    open=open_webhooks,
    outcomes=(
        "hinted",
        "duplicate",
        "heartbeat",
        "over_quota",
        "invalid_signature",
        "invalid_payload",
    ),
)
