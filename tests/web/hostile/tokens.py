"""Hostile webhooks, numbers, wallets and signatures, by row of the fact sheet."""

import hmac
from collections.abc import Iterator

from tests.web.harness import WEBHOOK_SECRET
from tests.web.hostile.requests import MEBIBYTE, HostileRequest, get
from tests.web.minting import EARLIER, MAYA_S, NOOR_S, signed

EMPTY = b"{}"
WEBHOOK = "/webhooks/alchemy"


def webhook(status: int, code: str, signature: str, body: bytes = EMPTY) -> HostileRequest:
    headers = {"X-Alchemy-Signature": signature}
    return HostileRequest(
        row=42,
        status=status,
        code=code,
        method="POST",
        path=WEBHOOK,
        options={"data": body, "headers": headers, "key": None},
    )


def signature_of(body: bytes) -> str:
    return hmac.digest(WEBHOOK_SECRET, body, "sha256").hex()


def prompt(row: int, status: int, code: str, **fields: object) -> HostileRequest:
    """Return a signed prompt with these fields replaced or added."""
    body = {**signed(), **fields}
    return HostileRequest(
        row=row,
        status=status,
        code=code,
        method="POST",
        path="/v1/authors/prompt",
        options={"json": body, "key": None},
    )


def wrong_webhook_signatures() -> Iterator[HostileRequest]:
    """Yield webhooks whose signature is missing, malformed, or of another body."""
    right = signature_of(EMPTY)
    for signature in (
        "",
        "0",
        "z" * 64,
        "\u00e9" * 64,
        "0" * 64,
        "a" * 9_000,
        right.upper(),
        right[:-1],
        f"{right}0",
        f"sha256={right}",
    ):
        yield webhook(401, "INVALID_SIGNATURE", signature)
    for other_body in (b"", b"{} ", b"{ }", b"[]", b"\xff", b"{}\n"):
        yield webhook(401, "INVALID_SIGNATURE", right, other_body)
    yield webhook(413, "BODY_TOO_LARGE", right, b" " * (MEBIBYTE + 1))
    yield HostileRequest(35, 405, "METHOD_NOT_ALLOWED", "GET", WEBHOOK, {"key": None})


def malformed_webhooks() -> Iterator[HostileRequest]:
    """Yield signed webhooks without an id and an event."""
    for body in (
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"id": "a"}',
        b'{"id": 7, "event": {}}',
        b"[" * 50_000,
        b'{"id": "a", "id": "b", "event": {}}',
        b'{"event": {"a": NaN}}',
    ):
        yield webhook(400, "INVALID_PAYLOAD", signature_of(body), body)


def impossible_token_ids() -> Iterator[HostileRequest]:
    """Yield numbers that no token has."""
    for text in ("1e3", "0x10", "1_000", "%201", "01", "+1", "1.0", "\u0663", "NaN", "x"):
        yield get(53, 422, "INVALID_FIELDS", f"/v1/tokens/{text}")
    for ending in ("", "/history"):
        yield get(53, 422, "NUMBER_OUT_OF_RANGE", f"/v1/tokens/{2**256}{ending}")
    for text in ("-0", "-1", "-9223372036854775808", str(10**78), "9" * 400):
        yield get(53, 422, "INVALID_FIELDS", f"/v1/tokens/{text}")


def unusable_prompts() -> Iterator[HostileRequest]:
    """Yield prompts with malformed wallets and signatures, and signed ones that are refused."""
    for wallet in ("0x", "a1" * 20, "0x" + "g" * 40, "x"):
        yield prompt(53, 422, "NOT_HEX", wallet_address=wallet)
    for wallet in (MAYA_S + "0", "0x" + "a" * 400):
        yield prompt(53, 422, "TEXT_TOO_LONG", wallet_address=wallet)
    for digit_count in (20_001, 100_000):
        yield prompt(53, 422, "TEXT_TOO_LONG", signature="0x" + "0" * digit_count)
    for wallet in (NOOR_S, MAYA_S.upper().replace("X", "x")):
        yield prompt(53, 422, "MESSAGE_WRONG", wallet_address=wallet)
    for message in ("x", signed()["message"] + "\n", "{wallet}"):
        yield prompt(53, 422, "MESSAGE_WRONG", message=message)
    yield prompt(53, 403, "MESSAGE_EXPIRED", message=signed(at=EARLIER)["message"])

    for character in ("\0", "\ud800"):
        yield prompt(16, 422, "TEXT_UNSTORABLE", prompt_text=f"a{character}b")
    for character in ("\u202e", "\u2066", "\x07"):
        yield prompt(17, 422, "TEXT_HAS_CONTROLS", prompt_text=f"a{character}b")
    for name in ("reason", "expected_seq", "has_prompt"):
        yield prompt(5, 422, "INVALID_FIELDS", **{name: "x"})
    yield prompt(5, 422, "INVALID_FIELDS", signature=None)


TOKEN_REQUESTS = [
    *wrong_webhook_signatures(),
    *malformed_webhooks(),
    *impossible_token_ids(),
    *unusable_prompts(),
]
