"""Hostile webhooks, numbers, wallets and signatures.

Each line is a request, with its row of the fact sheet and the expected answer.
"""

import hmac

from tests.web.harness import WEBHOOK_SECRET, Json
from tests.web.hostile.line import Line
from tests.web.minting import EARLIER, MAYA_S, NOOR_S, signed

EMPTY = b"{}"
HOOK = "/webhooks/alchemy"
PROMPT = "/v1/authors/prompt"
RIGHT = hmac.digest(WEBHOOK_SECRET, EMPTY, "sha256").hex()


def hook(status: int, code: str, signature: str, body: bytes = EMPTY) -> Line:
    headers = {"X-Alchemy-Signature": signature}
    return Line(42, status, code, "POST", HOOK, {"data": body, "headers": headers, "key": None})


def malformed(body: bytes) -> Line:
    return hook(400, "INVALID_PAYLOAD", hmac.digest(WEBHOOK_SECRET, body, "sha256").hex(), body)


def number(text: str, ending: str = "") -> Line:
    return Line(53, 422, "INVALID_FIELDS", "GET", f"/v1/tokens/{text}{ending}")


def prompt(row: int, status: int, code: str, **other: object) -> Line:
    said: Json = signed() | other
    return Line(row, status, code, "POST", PROMPT, {"json": said, "key": None})


OF_TOKENS: list[Line] = [
    # a webhook that nobody has signed, and one that says nothing
    *(
        hook(401, "INVALID_SIGNATURE", each)
        for each in ("", "0", "z" * 64, "\u00e9" * 64, "0" * 64, "a" * 9_000)
    ),
    *(
        hook(401, "INVALID_SIGNATURE", each)
        for each in (RIGHT.upper(), RIGHT[:-1], f"{RIGHT}0", f"sha256={RIGHT}")
    ),
    *(
        hook(401, "INVALID_SIGNATURE", RIGHT, each)
        for each in (b"", b"{} ", b"{ }", b"[]", b"\xff", b"{}\n")
    ),
    *(
        malformed(each)
        for each in (b"", b"{}", b"[]", b"null", b"\xff", b'{"id": "a"}', b'{"id": 7, "event": {}}')
    ),
    *(
        malformed(each)
        for each in (
            b"[" * 50_000,
            b'{"id": "a", "id": "b", "event": {}}',
            b'{"event": {"a": NaN}}',
        )
    ),
    hook(413, "BODY_TOO_LARGE", RIGHT, b" " * (2**20 + 1)),
    Line(35, 405, "METHOD_NOT_ALLOWED", "GET", HOOK, {"key": None}),
    # numbers that no token has, wallets and signatures that are none
    *(
        number(each)
        for each in ("1e3", "0x10", "1_000", "%201", "01", "+1", "1.0", "\u0663", "NaN", "x")
    ),
    *(number(str(2**256), each) for each in ("", "/history")),
    *(
        Line(53, 422, "NUMBER_OUT_OF_RANGE", "GET", f"/v1/tokens/{each}")
        for each in ("0", "-1", "-9223372036854775808", str(2**63))
    ),
    *(
        prompt(53, 422, "NOT_HEX", wallet_address=each)
        for each in ("0x", "a1" * 20, "0x" + "g" * 40, "x")
    ),
    *(
        prompt(53, 422, "TEXT_TOO_LONG", wallet_address=each)
        for each in (MAYA_S + "0", "0x" + "a" * 400)
    ),
    *(prompt(53, 422, "TEXT_TOO_LONG", signature="0x" + "0" * each) for each in (20_001, 100_000)),
    prompt(53, 422, "MESSAGE_WRONG", wallet_address=NOOR_S),
    prompt(53, 422, "MESSAGE_WRONG", wallet_address=MAYA_S.upper().replace("X", "x")),
    *(
        prompt(53, 422, "MESSAGE_WRONG", message=each)
        for each in ("x", signed()["message"] + "\n", "{wallet}")
    ),
    # what is signed and cannot be kept
    *(prompt(16, 422, "TEXT_UNSTORABLE", prompt_text=f"a{each}b") for each in ("\0", "\ud800")),
    *(
        prompt(17, 422, "TEXT_HAS_CONTROLS", prompt_text=f"a{each}b")
        for each in ("\u202e", "\u2066", "\x07")
    ),
    *(
        prompt(5, 422, "INVALID_FIELDS", **{each: "x"})
        for each in ("reason", "expected_seq", "has_prompt")
    ),
    prompt(5, 422, "INVALID_FIELDS", signature=None),
    prompt(53, 403, "MESSAGE_EXPIRED", message=signed(at=EARLIER)["message"]),
]
