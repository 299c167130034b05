"""Each fault of Stripe is one error of the port, without a secret in it."""

import http.server
import json
import logging
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import requests
import stripe
import urllib3
from attrs import define, field
from tests.adapters.stripe.controls import API_KEY

from indelible.kernel import IndelibleError, UsageError
from indelible.money.errors.gateway import (
    GatewayObjectNotFound,
    GatewayOutage,
    GatewayParked,
    GatewayRejected,
    IdempotencyMismatch,
    OutageOutcome,
    ParkReason,
)
from indelible_stripe import StripeApi
from indelible_stripe.failures import error_of_port

CARD = "4242 4242 4242 4242"
UNKNOWN, NOT_DONE = OutageOutcome.UNKNOWN, OutageOutcome.NOT_DONE


@define
class Scripted:
    """A server that answers every request alike, or closes the connection."""

    url: str = ""
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(factory=dict[str, str])
    closes: bool = False
    hangs: threading.Event | None = None
    requests: int = 0

    def error(self, status: int, type_: str, **details: str) -> None:
        """Answer with an error as Stripe describes it."""
        self.status = status
        self.body = json.dumps({"error": {"type": type_, "message": "m", **details}}).encode()


@contextmanager
def scripted() -> Generator[Scripted]:
    script = Scripted()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.requests += 1
            if script.hangs is not None:
                script.hangs.wait(20)
                return
            if script.closes:
                return
            self.send_response(script.status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(script.body)))
            self.end_headers()
            self.wfile.write(script.body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def script() -> Generator[Scripted]:
    with scripted() as running:
        yield running


def gateway_to(url: str, *, read_timeout_seconds: float = 5.0) -> StripeApi:
    return StripeApi(
        api_key=API_KEY,
        livemode=False,
        base_address=url,
        connect_timeout_seconds=1.0,
        read_timeout_seconds=read_timeout_seconds,
    )


def transfer(gateway: StripeApi) -> object:
    return gateway.create_transfer(
        amount_minor=1,
        currency="USD",
        destination="acct_1",
        transfer_group="g",
        metadata={},
        idempotency_key="payout:1:g1",
    )


def error_of(script: Scripted, call: Callable[[StripeApi], object] = transfer) -> IndelibleError:
    with closing(gateway_to(script.url)) as gateway, pytest.raises(IndelibleError) as caught:
        call(gateway)
    assert caught.value.__cause__ is None
    assert API_KEY not in f"{caught.value!r} {caught.value}"
    return caught.value


def assert_same(error: IndelibleError, expected: IndelibleError) -> None:
    """Check type and fields: exceptions are equal only to themselves."""
    assert (type(error), error.detail) == (type(expected), expected.detail)


OUTAGES: list[tuple[int, str, dict[str, str], OutageOutcome]] = [
    (409, "invalid_request_error", {"code": "idempotency_key_in_use"}, UNKNOWN),
    (409, "invalid_request_error", {"code": "lock_timeout"}, NOT_DONE),
    (429, "invalid_request_error", {"code": "rate_limit"}, NOT_DONE),
    (400, "invalid_request_error", {"code": "rate_limit"}, NOT_DONE),
    (500, "api_error", {}, UNKNOWN),
    (502, "api_error", {}, UNKNOWN),
    (503, "api_error", {}, UNKNOWN),
]


@pytest.mark.parametrize(("status", "type_", "details", "outcome"), OUTAGES)
def test_fault_that_may_end_is_an_outage(
    script: Scripted, status: int, type_: str, details: dict[str, str], outcome: OutageOutcome
) -> None:
    script.error(status, type_, **details)

    error = error_of(script)

    assert isinstance(error, GatewayOutage)
    assert error.outcome is outcome
    assert (error.retry_after_seconds, error.should_retry) == (None, None)
    assert script.requests == 1


@pytest.mark.parametrize(
    ("status", "details", "reason"),
    [
        (400, {"code": "balance_insufficient"}, ParkReason.BALANCE_INSUFFICIENT),
        (400, {"code": "resource_missing", "param": "destination"}, ParkReason.ACCOUNT_MISSING),
        (
            400,
            {"code": "insufficient_capabilities_for_transfer"},
            ParkReason.ACCOUNT_RESTRICTED,
        ),
        (400, {"code": "transfers_not_allowed"}, ParkReason.ACCOUNT_RESTRICTED),
    ],
)
def test_transfer_without_money_or_account_is_parked(
    script: Scripted, status: int, details: dict[str, str], reason: ParkReason
) -> None:
    script.error(status, "invalid_request_error", **details)

    assert_same(error_of(script), GatewayParked(reason=reason))


@pytest.mark.parametrize(
    ("status", "type_", "details", "stripe_code"),
    [
        (400, "invalid_request_error", {"code": "parameter_missing"}, "parameter_missing"),
        (400, "invalid_request_error", {"code": "amount_too_small"}, "amount_too_small"),
        (400, "invalid_request_error", {}, "invalid_request_error"),
        (401, "invalid_request_error", {}, "invalid_request_error"),
        (402, "card_error", {"code": "card_declined"}, "card_declined"),
        (403, "invalid_request_error", {"code": "account_invalid"}, "account_invalid"),
    ],
)
def test_other_refusal_is_permanent(
    script: Scripted, status: int, type_: str, details: dict[str, str], stripe_code: str
) -> None:
    script.error(status, type_, **details)

    assert_same(error_of(script), GatewayRejected(stripe_code=stripe_code, problem="m"))


def test_key_with_other_parameters_is_a_mismatch(script: Scripted) -> None:
    script.error(400, "idempotency_error")

    assert_same(error_of(script), IdempotencyMismatch(key="payout:1:g1"))


def test_unknown_object_is_named(script: Scripted) -> None:
    script.error(404, "invalid_request_error", code="resource_missing", param="id")

    error = error_of(script, lambda gateway: gateway.retrieve_refund("re_none"))

    assert_same(error, GatewayObjectNotFound(object_id="re_none"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("120", 120), ("0", 0), ("99999999999999", 86_400), ("soon", None), ("-5", None)],
)
def test_retry_after_is_read_in_seconds(script: Scripted, text: str, expected: int | None) -> None:
    script.error(429, "invalid_request_error")
    script.headers = {"Retry-After": text}

    error = error_of(script)

    assert isinstance(error, GatewayOutage)
    assert error.retry_after_seconds == expected


def test_should_retry_decides_before_the_status(script: Scripted) -> None:
    script.error(400, "invalid_request_error")
    script.headers = {"Stripe-Should-Retry": "true"}
    error = error_of(script)
    assert isinstance(error, GatewayOutage)
    assert error.should_retry is True

    script.error(500, "api_error")
    script.headers = {"Stripe-Should-Retry": "false"}
    error = error_of(script)
    assert isinstance(error, GatewayOutage)
    assert error.should_retry is False


@pytest.mark.parametrize(
    "body", [b"<html>", b"", b"[]", b"null", b"{}", b'{"id": 5}', b'{"id": "tr_1", "amount": "1"}']
)
@pytest.mark.parametrize("status", [200, 502])
def test_unusable_answer_is_an_outage_of_unknown_outcome(
    script: Scripted, body: bytes, status: int
) -> None:
    script.body = body
    script.status = status

    error = error_of(script)

    assert isinstance(error, GatewayOutage)
    assert error.outcome is UNKNOWN


def test_closed_connection_has_an_unknown_outcome(script: Scripted) -> None:
    script.closes = True

    error = error_of(script)

    assert isinstance(error, GatewayOutage)
    assert error.outcome is UNKNOWN
    assert script.requests == 1


def test_timeout_has_an_unknown_outcome(script: Scripted) -> None:
    script.hangs = threading.Event()
    with closing(gateway_to(script.url, read_timeout_seconds=0.2)) as gateway:
        try:
            with pytest.raises(GatewayOutage) as caught:
                transfer(gateway)
        finally:
            script.hangs.set()

    assert caught.value.outcome is UNKNOWN
    assert "ReadTimeout" in caught.value.problem


def test_refused_connection_has_no_effect() -> None:
    with scripted() as closed:
        url = closed.url

    with closing(gateway_to(url)) as gateway, pytest.raises(GatewayOutage) as caught:
        transfer(gateway)

    assert caught.value.outcome is NOT_DONE


def test_an_untrusted_certificate_ends_a_request_before_it_is_sent() -> None:
    untrusted = urllib3.exceptions.SSLError(ssl.SSLCertVerificationError(1, "self-signed"))
    reason = urllib3.exceptions.MaxRetryError(cast("Any", None), "/", untrusted)
    lost = cast("Any", stripe).APIConnectionError("no connection")
    lost.__cause__ = requests.exceptions.SSLError(reason)

    error = error_of_port(lost, key="key-1", object_id="")

    assert isinstance(error, GatewayOutage)
    assert error.outcome is NOT_DONE


def test_another_error_of_tls_has_an_unknown_outcome(script: Scripted) -> None:
    url = script.url.replace("http://", "https://")  # the server speaks no TLS
    with closing(gateway_to(url)) as gateway, pytest.raises(GatewayOutage) as caught:
        transfer(gateway)

    assert "SSLError" in caught.value.problem
    assert caught.value.outcome is UNKNOWN


def test_redirect_is_not_followed(script: Scripted) -> None:
    script.status = 307
    script.headers = {"Location": script.url}

    assert isinstance(error_of(script), GatewayOutage)
    assert script.requests == 1


def read_events(gateway: StripeApi) -> object:
    return list(gateway.list_events(since=datetime(2026, 1, 1, tzinfo=UTC)))


def test_list_maps_the_fault_of_its_page(script: Scripted) -> None:
    script.error(500, "api_error")

    assert isinstance(error_of(script, read_events), GatewayOutage)


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"null", b"5", b"{}", b'{"data": [5]}', b'{"data": [{"id": 5}]}']
)
def test_an_unusable_page_is_an_outage(script: Scripted, body: bytes) -> None:
    script.body = body

    assert isinstance(error_of(script, read_events), GatewayOutage)


def test_message_of_stripe_is_stored_without_secrets(script: Scripted) -> None:
    secrets = (API_KEY, "whsec_abc123", "pi_123_secret_456", CARD, "rk_live_abc")
    message = f"bad: {', '.join(secrets)}"
    body = {"error": {"type": "invalid_request_error", "message": message}}
    script.status = 400
    script.body = json.dumps(body).encode()

    error = error_of(script)

    text = f"{error!r} {error}"
    assert "bad" in text
    assert not [secret for secret in secrets if secret in text]


def test_no_log_has_a_body_or_the_key(script: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "pi_1_secret_2"  # noqa: S105 - of no account
    answer: dict[str, Any] = {"id": "pi_1", "object": "payment_intent", "client_secret": secret}
    script.body = json.dumps(answer).encode()

    error_of(script, lambda gateway: gateway.retrieve_payment_intent("pi_1"))

    assert "pi_1" in caplog.text
    assert secret not in caplog.text
    assert API_KEY not in caplog.text


@pytest.mark.parametrize(
    "settings",
    [
        {"api_key": "sk_live_abc"},
        {"livemode": True},
        {"api_key": "pk_test_abc"},
        {"api_key": "sk_test_"},
        {"base_address": "http://stripe.example"},
        {"base_address": "https://user:secret@stripe.example"},
        {"base_address": "https://stripe.example/v1"},
        {"read_timeout_seconds": 0},
    ],
)
def test_unusable_settings_are_refused_without_the_key(settings: dict[str, Any]) -> None:
    usable: dict[str, Any] = {"api_key": API_KEY, "livemode": False}

    with pytest.raises(UsageError) as caught:
        StripeApi(**{**usable, **settings})

    assert "sk_" not in str(caught.value).replace("sk_test_,", "").replace("sk_live_,", "")
    assert "secret" not in str(caught.value)


def test_gateway_refuses_the_librarys_own_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_LOG", "debug")

    with pytest.raises(UsageError, match="STRIPE_LOG"):
        StripeApi(api_key=API_KEY, livemode=False)
