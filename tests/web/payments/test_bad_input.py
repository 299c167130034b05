"""Bad input over a real socket: each has its code, and leaves nothing but a rejection."""

import hashlib
import json
from collections.abc import Callable
from typing import Final

import pytest
from tests.web.harness import STRIPE_SECRET
from tests.web.payments.running import PaymentServer

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


def test_a_bad_signature_leaves_only_its_reason_its_digest_and_its_size(
    server: PaymentServer,
) -> None:
    body = server.recorded(server.started())
    for header, code in HEADERS.values():
        answer = server.send(body, header(body, int(server.run.clock.now().timestamp())))

        assert (answer.status_code, answer.json()["code"]) == (400, code)
        rejection = server.rejections()[0]
        assert (rejection.code, rejection.body_size) == (code, len(body))
        assert rejection.body_digest == hashlib.sha256(body).hexdigest()

    assert len(server.rejections()) == len(HEADERS)
    assert server.events(SUCCEEDED) == []
    assert json.loads(body)["id"] not in repr(server.rejections())
