"""Map the errors of Stripe's library to those of the port, by class and by Stripe's code."""

import re
import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

import requests
import stripe
from urllib3.exceptions import NewConnectionError, SSLError

from indelible.kernel import IndelibleError
from indelible.kernel.masking import mask_secrets
from indelible.money.errors.gateway import (
    GatewayObjectNotFound,
    GatewayOutage,
    GatewayParked,
    GatewayRejected,
    IdempotencyMismatch,
    OutageOutcome,
    ParkReason,
)

# Stripe's codes of a transfer that has to wait.
PARKED: Final[Mapping[str, ParkReason]] = {
    "balance_insufficient": ParkReason.BALANCE_INSUFFICIENT,
    "insufficient_capabilities_for_transfer": ParkReason.ACCOUNT_RESTRICTED,
    "transfers_not_allowed": ParkReason.ACCOUNT_RESTRICTED,
}
MISSING: Final = "resource_missing"
NOT_DONE_CODES: Final = ("lock_timeout", "rate_limit")
MAX_PROBLEM_LENGTH: Final = 200
MAX_RETRY_AFTER_SECONDS: Final = 24 * 60 * 60
SECRET: Final = re.compile(
    r"\b(?:(?:sk|rk|pk)_(?:test|live)_|whsec_)\S+|\b(?:pi|seti|cs)_\w+_secret_\w+", re.ASCII
)
CARD_NUMBER: Final = re.compile(r"\b\d(?:[ -]?\d){12,18}\b", re.ASCII)


class MalformedAnswer(ValueError):
    """An answer of Stripe without a field that it should have."""


@contextmanager
def mapped_errors(*, key: str = "", object_id: str = "") -> Generator[None]:
    """Raise the error of the port instead of one of Stripe's library.

    `key` is the idempotency key of the request, `object_id` the object that it names.
    """
    try:
        yield
    except stripe.StripeError as error:
        raise error_of_port(error, key=key, object_id=object_id) from None
    except MalformedAnswer as error:
        raise GatewayOutage(problem=f"malformed answer: {error}") from None


def error_of_port(error: stripe.StripeError, *, key: str, object_id: str) -> IndelibleError:
    """Return the error of the port for an error of Stripe's library."""
    if isinstance(error, stripe.APIConnectionError):
        return _lost_connection(error)

    code = _code(error)
    if isinstance(error, stripe.IdempotencyError):
        return IdempotencyMismatch(key=key)
    if code in PARKED:
        return GatewayParked(reason=PARKED[code])
    if _may_succeed_later(error):
        return _outage(error, code)
    if code == MISSING:
        return _missing(error, object_id)
    return GatewayRejected(stripe_code=code, problem=_problem(error))


def _code(error: stripe.StripeError) -> str:
    """Return Stripe's code, or its type of error, or the HTTP status."""
    details = error.error
    for name in ("code", "type"):
        value = getattr(details, name, None)
        if isinstance(value, str) and value:
            return mask_text(value)
    return f"http_{error.http_status}"


def _may_succeed_later(error: stripe.StripeError) -> bool:
    """Decide by Stripe-Should-Retry, then by the status: 409, 429, 5xx or no usable answer."""
    if _header(error, "stripe-should-retry") == "true":
        return True
    status = error.http_status
    if status in (HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS):
        return True
    if isinstance(error, stripe.RateLimitError):
        return True
    if status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return True
    return status < HTTPStatus.BAD_REQUEST


def _outage(error: stripe.StripeError, code: str) -> GatewayOutage:
    status = error.http_status
    is_refused = status is not None and (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    )
    is_not_done = is_refused and status != HTTPStatus.CONFLICT
    outcome = OutageOutcome.UNKNOWN
    if is_not_done or code in NOT_DONE_CODES:
        outcome = OutageOutcome.NOT_DONE
    return GatewayOutage(
        problem=f"HTTP {status}, {code}",
        outcome=outcome,
        retry_after_seconds=_retry_after_seconds(error),
        should_retry=_should_retry(error),
        is_replayed=_header(error, "idempotent-replayed") == "true",
    )


def _lost_connection(error: stripe.APIConnectionError) -> GatewayOutage:
    """Return the outage of a request without an answer.

    A connection that was never opened has no effect. Any other error of TLS may have come while the
    answer was read.
    """
    cause = error.__cause__
    reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
    detail = reason.args[0] if isinstance(reason, SSLError) and reason.args else None
    is_untrusted = isinstance(detail, ssl.SSLCertVerificationError)
    is_unopened = isinstance(reason, NewConnectionError) or is_untrusted
    if isinstance(cause, requests.ConnectTimeout) or is_unopened:
        outcome = OutageOutcome.NOT_DONE
    else:
        outcome = OutageOutcome.UNKNOWN
    name = "no answer" if cause is None else type(cause).__name__
    return GatewayOutage(problem=f"connection lost, {name}", outcome=outcome)


def _missing(error: stripe.StripeError, object_id: str) -> IndelibleError:
    if getattr(error.error, "param", None) == "destination":
        return GatewayParked(reason=ParkReason.ACCOUNT_MISSING)
    return GatewayObjectNotFound(object_id=object_id)


def _header(error: stripe.StripeError, name: str) -> str | None:
    for header, value in (error.headers or {}).items():
        if header.lower() == name:
            return value
    return None


def _retry_after_seconds(error: stripe.StripeError) -> int | None:
    text = _header(error, "retry-after") or ""
    if not text.isascii() or not text.isdigit():
        return None
    return min(int(text[:10]), MAX_RETRY_AFTER_SECONDS)


def _should_retry(error: stripe.StripeError) -> bool | None:
    return {"true": True, "false": False}.get(_header(error, "stripe-should-retry") or "")


def _problem(error: stripe.StripeError) -> str:
    """Return Stripe's message in one short line without secrets."""
    message = " ".join((error.user_message or "no message").split())
    return mask_text(message)[:MAX_PROBLEM_LENGTH].rstrip(".")


def mask_text(text: str) -> str:
    """Return a text of Stripe's without keys, client secrets and card numbers."""
    text = CARD_NUMBER.sub("***", SECRET.sub("***", text))
    return mask_secrets(text)
