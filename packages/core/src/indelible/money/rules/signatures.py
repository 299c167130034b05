"""The signature of Stripe's webhooks: HMAC-SHA256 of the time and the raw bytes."""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from attrs import frozen

from indelible.money.errors.payments import (
    StripeSignatureInvalid,
    WebhookMalformed,
    WebhookTimestampOutOfTolerance,
)

SCHEME: Final = "v1"
TOLERANCE_SECONDS: Final = 300
MAX_HEADER_CHARACTERS: Final = 4_096
MAX_TIME_CHARACTERS: Final = 20


@frozen
class SignatureHeader:
    """The time of a signature header, and its signatures of scheme `v1`."""

    timestamp: int
    signatures: tuple[str, ...]

    @classmethod
    def parse(cls, header: str) -> "SignatureHeader":
        """Read `t=<unix>,v1=<hex>[,v1=<hex>][,v0=...]`; other schemes are left out.

        Raises:
            WebhookMalformed: The header is not ASCII, too long, or has no time.
        """
        if len(header) > MAX_HEADER_CHARACTERS:
            raise WebhookMalformed(f"its header has {len(header)} characters")
        if not header.isascii():
            raise WebhookMalformed("its header is not ASCII")

        times: list[str] = []
        signatures: list[str] = []
        for item in header.split(","):
            name, separator, value = item.partition("=")
            if name in ("t", SCHEME) and not separator:
                raise WebhookMalformed(f"its header has {name} without a value")
            if name == "t":
                times.append(value)
            if name == SCHEME:
                signatures.append(value)
        return cls(_timestamp(times), tuple(signatures))


def verify_signature(
    header: str | None,
    body: bytes,
    secrets: Iterable[str],
    now: datetime,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> None:
    """Verify that one of the secrets has signed the body, at about this time.

    Each endpoint has a secret, and two while one replaces the other. Every signature is compared
    with that of every secret in constant time. The time of the signature is that of the delivery.

    Raises:
        StripeSignatureInvalid: The signature is missing or wrong.
        WebhookMalformed: The header cannot be read.
        WebhookTimestampOutOfTolerance: The signature is too old, or from the future.
    """
    if not header:
        raise StripeSignatureInvalid("it is missing")
    parsed = SignatureHeader.parse(header)
    if not parsed.signatures:
        raise StripeSignatureInvalid(f"it has no scheme {SCHEME}")
    if not _has_signature(parsed, body, tuple(secrets)):
        raise StripeSignatureInvalid("no secret of this endpoint has made it")

    seconds = int(now.timestamp())
    if abs(seconds - parsed.timestamp) > tolerance_seconds:
        raise WebhookTimestampOutOfTolerance(tolerance_seconds, seconds, parsed.timestamp)


def sign(timestamp: int, body: bytes, secret: str) -> str:
    """Return the signature of scheme `v1` in hexadecimal."""
    signed = f"{timestamp}.".encode() + body
    return hmac.digest(secret.encode(), signed, sha256).hex()


def _timestamp(times: Sequence[str]) -> int:
    """Return the first time of a header."""
    if not times or len(times[0]) > MAX_TIME_CHARACTERS:
        raise WebhookMalformed("its header has no time")
    try:
        return int(times[0])
    except ValueError:
        raise WebhookMalformed("the time of its header is no number") from None


def _has_signature(header: SignatureHeader, body: bytes, secrets: Sequence[str]) -> bool:
    is_right = False
    for secret in secrets:
        expected = sign(header.timestamp, body, secret).encode()
        for signature in header.signatures:
            is_right |= hmac.compare_digest(signature.encode(), expected)

    return is_right
