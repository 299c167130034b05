"""The receiver of webhooks whose senders sign the bytes of the body.

The signature is verified before anything is parsed. A request that is refused leaves a record
without its body, of which a flood stores a limited number.
"""

import hmac
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol

from attrs import Factory, define, field, frozen
from flask import Request, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestEntityTooLarge

from indelible.app import AppContext
from indelible.kernel import Actor, IndelibleError
from indelible.kernel.rejections import NO_REJECTIONS
from indelible.kernel.webhooks import RecordWebhookRejection, record_webhook_rejection
from indelible_web.http.access import SIGNED
from indelible_web.http.errors import Unauthenticated
from indelible_web.http.metrics import Metrics
from indelible_web.http.nearest_paths import no_route
from indelible_web.http.request import Caller, current_request

RECORDER: Final = Actor.system("webhooks")  # the sender of a refused request is not known
REASON: Final = "refused webhook request"
# After the store has refused a record for its limit, this process asks no more for so long.
FULL_TIME: Final = timedelta(seconds=10)
ACCEPTED: Final = "OK"
TOO_LARGE: Final = "BODY_TOO_LARGE"

# what became of the record of a refused request, as metrics count it
STORED: Final = "stored"
OVER_LIMIT: Final = "over_limit"
FAILED: Final = "failed"

logger = logging.getLogger("indelible.web")


class SignedWebhook(Protocol):
    """The part of a webhook that its context writes."""

    def verify(self, headers: Headers, body: bytes, now: datetime) -> None:
        """Verify the signature of a body, of which nothing may be parsed.

        Raises: an error with the code of the answer and of the record, such as InvalidSignature.
        """
        ...

    def receive(self, body: bytes, caller: Caller) -> Response:
        """Answer a request whose signature is right.

        Raises: an error with the code of the answer; unless it may succeed later it is recorded.
        """
        ...


def has_signature(secrets: Iterable[bytes], signature: str, sign: Callable[[bytes], str]) -> bool:
    """Return True if one of the secrets gives the signature; compare in constant time.

    There are two secrets while one replaces the other. `sign` returns the signature by a secret.
    """
    is_right = False
    for secret in secrets:
        expected = sign(secret).encode()
        is_right |= hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), expected)

    return is_right


def hex_hmac(secret: bytes, body: bytes) -> str:
    """Return the HMAC-SHA256 of a body in hexadecimal."""
    return hmac.digest(secret, body, sha256).hex()


@define
class RejectionRecorder:
    """Stores the refused requests of a webhook, and counts what became of each."""

    _endpoint: str
    _app_context: AppContext
    _metrics: Metrics
    _full_until: datetime | None = field(default=None, init=False)

    def record(self, code: str, body: bytes) -> None:
        """Store a refused request unless too many are stored; raise nothing."""
        result = FAILED
        try:
            result = self._record(code, body)
        except Exception:
            logger.exception(
                "webhook %s: rejection not stored: code %s, request %s",
                self._endpoint,
                code,
                current_request().request_id,
            )
        self._metrics.count_webhook_rejection(self._endpoint, result)

    def _record(self, code: str, body: bytes) -> str:
        now = self._app_context.clock.now()
        if self._full_until is not None and now < self._full_until:
            return OVER_LIMIT

        is_stored = self._app_context.store.run(
            record_webhook_rejection,
            RecordWebhookRejection.of(self._endpoint, code, body),
            actor=RECORDER,
            reason=REASON,
            request_id=current_request().request_id,
        )
        if is_stored:
            self._full_until = None
            return STORED

        self._full_until = now + FULL_TIME
        return OVER_LIMIT


def _new_recorder(receiver: "SignedReceiver") -> RejectionRecorder:
    return RejectionRecorder(receiver.endpoint, receiver.app_context, receiver.metrics)


@frozen(kw_only=True)
class SignedReceiver:
    """Receives the requests of a signed webhook; without one the address does not exist.

    `endpoint` is the webhook's name, in records, metrics and limits of requests. `actor` is the
    sender. The size of bodies is limited by `Webhook.max_body_bytes`.
    """

    endpoint: str
    actor: Actor
    webhook: SignedWebhook | None
    app_context: AppContext
    metrics: Metrics
    _recorder: RejectionRecorder = field(
        init=False, default=Factory(_new_recorder, takes_self=True)
    )

    def identify(self, request: Request) -> Caller | None:
        """Return the sender if the signature of the body is right.

        Return None for a wrong signature that counts as a wrong credential (401).

        Raises: RouteNotFound, RequestEntityTooLarge, and what `SignedWebhook.verify` raises.
        """
        webhook = self._require_webhook()
        body = self._read_body(request)
        try:
            webhook.verify(request.headers, body, self.app_context.clock.now())
        except NO_REJECTIONS:
            raise
        except IndelibleError as error:
            self._refuse(error, body)
            if isinstance(error, Unauthenticated):
                return None
            raise

        return Caller(actor=self.actor, scopes=frozenset(SIGNED), id=self.endpoint)

    def receive(self) -> Response:
        """Answer the current request, whose signature is right."""
        caller = current_request().caller
        assert caller is not None  # noqa: S101 - access control has refused every other request
        body = request.get_data()
        try:
            response = self._require_webhook().receive(body, caller)
        except NO_REJECTIONS:
            raise
        except IndelibleError as error:
            self._refuse(error, body)
            raise

        self.metrics.count_webhook_request(self.endpoint, ACCEPTED)
        return response

    def _require_webhook(self) -> SignedWebhook:
        if self.webhook is None:
            raise no_route()

        return self.webhook

    def _read_body(self, request: Request) -> bytes:
        try:
            return request.get_data()
        except RequestEntityTooLarge:
            self.metrics.count_webhook_request(self.endpoint, TOO_LARGE)
            raise

    def _refuse(self, error: IndelibleError, body: bytes) -> None:
        self.metrics.count_webhook_request(self.endpoint, error.code)
        self._recorder.record(error.code, body)
