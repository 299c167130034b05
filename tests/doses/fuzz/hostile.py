"""Hostile and mistaken values, bodies and headers."""

import gzip
import json
from collections.abc import Callable
from random import Random
from typing import Any, cast

Json = dict[str, Any]

HERE = "/v1/concepts/{here}"
CONTENT: Json = {
    "name": "Ratio",
    "definition": "A comparison.",
    "examples": ["1:2"],
    "prerequisites": ["Number"],
}
ROUTES: tuple[tuple[str, str, Json | None], ...] = (
    ("POST", "/v1/concepts", {"content": CONTENT, "reason": "a draft", "corrects": None}),
    ("PUT", HERE, {"content": CONTENT, "change_note": "says more"}),
    ("POST", f"{HERE}/status", {"status": "REVIEW", "reason": "is ready"}),
    ("GET", HERE, None),
    ("GET", "/v1/concepts?limit=9&text={text}", None),
    ("GET", f"{HERE}/versions/{{text}}", None),
    ("GET", f"{HERE}/as-of?at={{text}}", None),
    ("GET", f"{HERE}/diff?from={{text}}&to=1", None),
    ("GET", "/v1/history?cursor={text}", None),
    ("GET", "/v1/concepts/{text}", None),
)
TEXTS = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ud800",
        "\udc00\ud800",
        "\u202eabc",
        "\u2066abc\u2069",
        "\u200b",
        "\ufeff",
        "\x1b[31m",
    ),
    *(
        "'; DROP TABLE history; --",
        "%s%n{0}",
        "../../etc/passwd",
        "<script>",
        "\u0130",
        "e\u0301",
        "a" * 1_001,
    ),
    *(
        "9" * 400,
        "-1",
        "1e9",
        "NaN",
        "0x10",
        "\u0663",
        "2026-02-30T00:00:00Z",
        "10000-01-01T00:00:00Z",
    ),
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    *(
        None,
        True,
        0,
        -1,
        1.5,
        1e308,
        2**63,
        -(2**63) - 1,
        10**30,
        float("nan"),
        float("inf"),
        b"bytes",
        object,
    ),
    *([], {}, [[]], [None], ["a"] * 300, {"__proto__": {}}, {"": 1}, "a" * 30_000, ("a", 7)),
)
RAW: tuple[Callable[[bytes], bytes], ...] = (
    lambda body: body[:-1],
    lambda body: body + body,
    lambda body: b"\xef\xbb\xbf" + body,
    lambda body: body.decode().encode("utf-16"),
    lambda body: body.replace(b'"', b"'"),
    lambda body: body.replace(b"a", b"\xff", 1),
    lambda body: body.replace(b"a", b"\xed\xa0\x80", 1),
    lambda body: body.replace(b"{", b'{"reason": "a", "reason": "b", ', 1),
    lambda body: body.replace(b'"a', b'NaN, "a', 1),
    lambda _: b'{"reason": 1e400}',
    lambda _: b'{"reason": ' + b"9" * 6_000 + b"}",
    lambda _: b"[" * 50_000,
    lambda _: b'{"a":' * 50_000,
    lambda _: b" " * (2**20 + 1),
    lambda _: gzip.compress(b" " * 2**24),
    lambda _: b"",
)
HEADERS: tuple[tuple[str, str], ...] = (
    *(
        ("Content-Type", each)
        for each in ("", "text/plain", "application/json; charset=utf-16", "multipart/form-data")
    ),
    *(("Content-Encoding", each) for each in ("gzip", "br", "identity, gzip", "\u00e9")),
    # On a change only: beside a GET it is answered with 412, which the document does not promise.
    *(
        ("If-Match", each)
        for each in ("*", 'W/"1"', '"0"', '"1", "2"', '"' + "9" * 99 + '"', "\u00e9", '"1')
    ),
    *(("Idempotency-Key", each) for each in ("", "a b", "a" * 300, "\u00e9", "\x7f")),
    *(
        ("Authorization", each)
        for each in ("", "Bearer", "Bearer  x", "Basic YTpi", "Bearer ind_\u00e9", "a" * 9_000)
    ),
    *(("Host", each) for each in ("a b", "a, b", "[::1", "a@b", "a" * 300)),
    *(("X-Request-Id", each) for each in ("", "a" * 500, "\u00e9", "a b")),
    ("X-HTTP-Method-Override", "DELETE"),
    ("X-Forwarded-For", "1.2.3.4, \u00e9"),
    ("Transfer-Encoding", "chunked"),
    ("Expect", "200-ok"),
    ("Range", "bytes=0-"),
    ("Origin", "null"),
)


def bent(value: object, chance: Random) -> object:
    """Return the value with something hostile in one part of it, or under an extra name."""
    if isinstance(value, list) and value and chance.random() < 0.5:
        items = cast("list[object]", value)
        return [*items[1:], bent(items[0], chance)]
    if not isinstance(value, dict) or chance.random() < 0.1:
        return chance.choice(VALUES)
    parts = cast("dict[str, object]", value)
    if chance.random() < 0.1:
        return {**parts, chance.choice(TEXTS): chance.choice(TEXTS)}
    name = chance.choice(sorted(parts))
    return {**parts, name: bent(parts[name], chance)}


def body(right: Json, chance: Random) -> bytes:
    """Return a valid body with a hostile value in it, or malformed as a whole."""
    if chance.random() < 0.3:
        return chance.choice(RAW)(json.dumps(right).encode())
    return json.dumps(bent(right, chance), default=repr).encode()
