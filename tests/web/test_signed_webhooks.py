"""A signed webhook of a host: signatures, limits, records of refused requests, and metrics."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Final

import pytest
from attrs import evolve, field, frozen
from flask import Response
from tests.web.harness import SETTINGS, Web, memory, problem, saved
from tests.web.test_system import counted
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from indelible.app import AppContext
from indelible.kernel import Actor, Invalid, StoreBusy
from indelible.kernel.webhooks import (
    REJECTION_LIMITS,
    WebhookRejection,
    list_webhook_rejections,
)
from indelible_web import WebSettings
from indelible_web.context import WebContext, Webhook, WebhookReceiver
from indelible_web.contexts import CONTEXTS
from indelible_web.http.errors import BadRequest, InvalidSignature
from indelible_web.http.metrics import Metrics
from indelible_web.http.request import Caller
from indelible_web.http.responses import json_response
from indelible_web.http.webhooks import FULL_TIME, SignedReceiver, has_signature, hex_hmac

pytestmark = pytest.mark.slow

HOOK: Final = "/webhooks/post-office"
MAX_BYTES: Final = 512 * 1024
OLD_SECRET, NEW_SECRET = b"old", b"new"
BODY: Final = b'{"letter": "canary"}'
PER_MINUTE: Final = REJECTION_LIMITS[0].max_stored
FLOOD: Final = PER_MINUTE + 5


@frozen
class PostmarkInvalid(BadRequest):
    message: ClassVar[str] = "The postmark is missing or wrong."


@frozen
class LetterForeign(Invalid):
    message: ClassVar[str] = "The letter is for another country."


@frozen
class PostOffice:
    """A webhook with two secrets, which answers with its sender and the length of the body."""

    received: list[bytes] = field(factory=list[bytes])

    def verify(self, headers: Headers, body: bytes, now: datetime) -> None:
        assert now.tzinfo is not None
        signature = headers.get("Postmark", "")
        if signature == "none":
            raise InvalidSignature
        secrets = (OLD_SECRET, NEW_SECRET)
        if not has_signature(secrets, signature, lambda secret: hex_hmac(secret, body)):
            raise PostmarkInvalid

    def receive(self, body: bytes, caller: Caller) -> Response:
        self.received.append(body)
        if body == b"foreign":
            raise LetterForeign
        if body == b"busy":
            raise StoreBusy(8)
        return json_response({"size": len(body), "sender": caller.actor.id}, 200)


def context_of(office: PostOffice | None) -> WebContext:
    def open_office(app_context: AppContext, _: WebSettings, metrics: Metrics) -> WebhookReceiver:
        return SignedReceiver(
            endpoint="post-office",
            actor=Actor.system("post-office"),
            webhook=office,
            app_context=app_context,
            metrics=metrics,
        )

    webhook = Webhook(name="post-office", rule=HOOK, open=open_office, max_body_bytes=MAX_BYTES)
    guess_codes = frozenset({"POSTMARK_INVALID"})
    return WebContext(name="letters", webhooks=(webhook,), guess_codes=guess_codes)


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def web(office: PostOffice) -> Web:
    return Web(memory(), contexts=(*CONTEXTS, context_of(office)))


def post(web: Web, body: bytes = BODY, signature: str | None = None) -> TestResponse:
    if signature is None:
        signature = hex_hmac(NEW_SECRET, body)
    return web.post(HOOK, data=body, headers={"Postmark": signature}, key=None)


def rejections(web: Web, endpoint: str = "post-office") -> tuple[WebhookRejection, ...]:
    return web.store.read(list_webhook_rejections, endpoint=endpoint, limit=500)


def rejection_counts(web: Web) -> dict[str, float]:
    """Return the number of refused requests by what became of their records."""
    start = 'indelible_webhook_rejections_total{endpoint="post-office",result="'
    counts: dict[str, float] = {}
    for name, value in counted(web).items():
        if name.startswith(start):
            counts[name.removeprefix(start).removesuffix('"}')] = value

    return counts


def test_a_signed_request_is_received_from_its_sender_by_either_secret(
    web: Web, office: PostOffice
) -> None:
    expected = {"size": len(BODY), "sender": "post-office"}

    assert saved(post(web), 200) == expected
    assert office.received == [BODY]
    assert rejections(web) == ()

    for secret in (OLD_SECRET, NEW_SECRET):
        assert post(web, BODY, hex_hmac(secret, BODY)).status_code == 200

    assert problem(post(web, BODY, hex_hmac(b"older", BODY))) == (400, "POSTMARK_INVALID")
    assert office.received == [BODY] * 3


def test_a_refused_request_leaves_a_record_without_its_body(web: Web) -> None:
    answer = post(web, BODY, "0")

    (rejection,) = rejections(web)
    assert (rejection.code, rejection.body_size) == ("POSTMARK_INVALID", len(BODY))
    assert rejection.body_digest == hashlib.sha256(BODY).hexdigest()
    assert rejection.request_id == answer.headers["X-Request-Id"]
    assert "canary" not in repr(rejection)

    assert post(web, b"busy").status_code == 503
    assert rejections(web) == (rejection,)

    assert problem(post(web, b"foreign")) == (422, "LETTER_FOREIGN")

    assert rejections(web)[0].code == "LETTER_FOREIGN"

    assert problem(post(web, BODY, "none")) == (401, "INVALID_SIGNATURE")

    assert rejections(web)[0].code == "INVALID_SIGNATURE"


def test_a_body_as_long_as_the_limit_is_received_and_a_longer_one_refused(
    web: Web, office: PostOffice
) -> None:
    assert post(web, b"x" * MAX_BYTES).status_code == 200
    assert problem(post(web, b"x" * (MAX_BYTES + 1))) == (413, "BODY_TOO_LARGE")

    assert len(office.received) == 1
    assert rejections(web) == ()


def test_a_webhook_that_is_not_configured_does_not_exist() -> None:
    web = Web(memory(), contexts=(*CONTEXTS, context_of(None)))

    assert problem(post(web)) == (404, "ROUTE_NOT_FOUND")
    assert rejections(web) == ()


def test_a_flood_of_wrong_signatures_stores_a_limited_number_for_a_time(web: Web) -> None:
    for _ in range(FLOOD):
        assert post(web, BODY, "0").status_code == 400

    assert len(rejections(web)) == PER_MINUTE
    assert rejection_counts(web) == {"stored": PER_MINUTE, "over_limit": FLOOD - PER_MINUTE}
    assert post(web).status_code == 200

    for _ in range(FLOOD):
        post(web, BODY, "0")
    (newest,) = web.store.read(list_webhook_rejections, limit=1)
    tick_until(lambda: store_time(web), newest.at + REJECTION_LIMITS[0].period)
    tick_until(web.clock.now, web.clock.now() + FULL_TIME)

    post(web, BODY, "0")
    assert len(rejections(web)) == PER_MINUTE + 1


def store_time(web: Web) -> datetime:
    """Return the time of the store's clock."""
    with web.store.transaction(actor=Actor.system("test"), reason="a test") as tx:
        return tx.clock.now()


def tick_until(now: Callable[[], datetime], end: datetime) -> None:
    """Let a clock that advances with each call reach a time."""
    while now() <= end:
        pass


def test_the_providers_webhook_leaves_records_of_its_own(web: Web) -> None:
    hook = "/webhooks/alchemy"
    headers = {"X-Alchemy-Signature": "0"}
    assert problem(web.post(hook, data=BODY, headers=headers, key=None))[0] == 401
    signed = {"X-Alchemy-Signature": hex_hmac(SETTINGS.webhook_secret, BODY)}
    assert problem(web.post(hook, data=BODY, headers=signed, key=None))[0] == 400

    codes = [rejection.code for rejection in rejections(web, "alchemy")]
    assert codes == ["INVALID_PAYLOAD", "INVALID_SIGNATURE"]


def test_wrong_signatures_are_limited_by_address() -> None:
    settings = evolve(SETTINGS, wrong_keys_per_minute=2)
    web = Web(memory(), settings, contexts=(*CONTEXTS, context_of(PostOffice())))
    statuses = [post(web, BODY, "0").status_code for _ in range(3)]

    assert statuses == [400, 400, 429]
    assert post(web).status_code == 200


def test_requests_are_counted_by_endpoint_and_code(web: Web) -> None:
    post(web)
    post(web, BODY, "0")
    post(web, b"x" * (MAX_BYTES + 1))
    counts = counted(web)

    for code in ("OK", "POSTMARK_INVALID", "BODY_TOO_LARGE"):
        name = f'indelible_webhook_requests_total{{code="{code}",endpoint="post-office"}}'
        assert counts[name] == 1, code
