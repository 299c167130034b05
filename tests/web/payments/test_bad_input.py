"""Bad input over a real socket: each has its code, and leaves nothing but a rejection."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from tests.web.harness import STRIPE_SECRET, Json
from tests.web.payments.running import PAGES, PAYER_SCOPES, REASON, PaymentServer

from indelible_stripe.simulator.webhooks import sign

pytestmark = pytest.mark.slow  # Each test runs a server and a simulator.

SUCCEEDED: Final = "payment_intent.succeeded"
TOLERANCE: Final = 300
INVALID: Final = "STRIPE_SIGNATURE_INVALID"
OTHER_TIME: Final = "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE"
MALFORMED: Final = "WEBHOOK_MALFORMED"
Header = Callable[[bytes, int], str]


def latin(body: bytes, now: int) -> str:
    """Return the right signature, with one letter that is not ASCII."""
    return sign(body, (STRIPE_SECRET,), now)[:-1] + "\u00e9"


def wrong(body: bytes, now: int) -> str:
    return sign(body, ("whsec_wrong",), now)


def stale(body: bytes, now: int) -> str:
    return sign(body, (STRIPE_SECRET,), now - TOLERANCE - 1)


def early(body: bytes, now: int) -> str:
    return sign(body, (STRIPE_SECRET,), now + TOLERANCE + 1)


def of_another_serialization(body: bytes, now: int) -> str:
    return sign(json.dumps(json.loads(body)).encode(), (STRIPE_SECRET,), now)


HEADERS: Final[dict[str, tuple[Header, str]]] = {
    "missing": (lambda _body, _now: "", INVALID),
    "wrong": (wrong, INVALID),
    "not ASCII": (latin, MALFORMED),
    "stale": (stale, OTHER_TIME),
    "from the future": (early, OTHER_TIME),
    "of the body before it was serialized again": (of_another_serialization, INVALID),
}


def code_of(server: PaymentServer, path: str, body: Json, once: str = "key-a") -> tuple[int, str]:
    """Return the status and the code of a refused request of the payer."""
    key = server.key("ann", *PAYER_SCOPES)
    answer = server.post(f"/v1/payments/{path}", body, key=key, once=once)
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("name", HEADERS)
def test_a_bad_signature_leaves_only_its_reason_its_digest_and_its_size(
    server: PaymentServer, name: str
) -> None:
    header, code = HEADERS[name]
    body = server.recorded(server.started())
    answer = server.send(body, header(body, int(server.run.clock.now().timestamp())))

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    (rejection,) = server.rejections()
    assert (rejection.code, rejection.body_size) == (code, len(body))
    assert rejection.body_digest == hashlib.sha256(body).hexdigest()
    assert server.events(SUCCEEDED) == []
    assert json.loads(body)["id"] not in repr(rejection)


@pytest.mark.parametrize("path", ["create-intent", "checkout"])
@pytest.mark.parametrize("field", [{"amount": 2_501}, {"amount_minor": 2_501}, {"currency": "USD"}])
def test_an_amount_or_a_currency_of_the_client_is_an_unknown_field(
    server: PaymentServer, path: str, field: Json
) -> None:
    body: Json = {"item": server.entry.id, **REASON, **field}
    if path == "checkout":
        body.update(PAGES)

    assert code_of(server, path, body) == (422, "INVALID_FIELDS")
    assert server.stripe.journal() == []


@pytest.mark.parametrize("amount", ["10.00", "10.0", "1e1", "10.5", "0", "-1", '"10"', "true"])
def test_an_amount_that_is_no_whole_number_is_invalid(server: PaymentServer, amount: str) -> None:
    server.paid()
    path = f"/admin/payments/charges/{server.charge.id}/refund"
    headers = {
        "Authorization": f"Bearer {server.key('olga', 'admin')}",
        "Content-Type": "application/json",
        "Idempotency-Key": "refund-1",
    }
    body = f'{{"reason": "a test", "amount_minor": {amount}}}'
    answer = server.browser.post(path, content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_AMOUNT")
    assert server.charge.status.value == "SUCCEEDED"


def test_a_payment_without_a_key_is_refused(server: PaymentServer) -> None:
    key = server.key("ann", *PAYER_SCOPES)
    answer = server.browser.post(
        "/v1/payments/create-intent",
        json={"item": server.entry.id, **REASON},
        headers={"Authorization": f"Bearer {key}"},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "IDEMPOTENCY_KEY_REQUIRED")


def test_a_key_stands_for_one_request(server: PaymentServer) -> None:
    body: dict[str, Any] = {"item": server.entry.id, **REASON}
    key = server.key("ann", *PAYER_SCOPES)
    first = server.post("/v1/payments/create-intent", body, key=key, once="key-a")
    again = server.post("/v1/payments/create-intent", body, key=key, once="key-a")

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    other = {**body, "item": "another"}
    assert code_of(server, "create-intent", other) == (409, "IDEMPOTENCY_KEY_CONFLICT")
