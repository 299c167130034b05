"""Hostile embeddings, depths, addresses and settings, by row of the fact sheet."""

import json
from collections.abc import Iterator

from tests.web.harness import Json
from tests.web.hostile.requests import HostileRequest

# `space` and `retired` are the ids of a space that no test changes, and of a retired one.
CAPTURE: Json = {
    "space_id": "{space}",
    "url": "https://example.org/page",
    "embedding_model": "model-1",
    "embedding": [1, 0, 0],
}
QUERY: Json = {
    "space_id": "{space}",
    "embedding_model": "model-1",
    "embedding": [1, 0, 0],
}
QUERY_PATHS = ("search", "margins/preview")
RETIRED: Json = {"space_id": "{retired}"}
RAW_EMBEDDING = '"RAW"'


def post(row: int, status: int, code: str, path: str, body: Json) -> HostileRequest:
    data = json.dumps(body).encode()
    return HostileRequest(row, status, code, "POST", f"/v1/{path}", {"data": data})


def capture(row: int, status: int, code: str, **fields: object) -> HostileRequest:
    """Return a capture with these fields replaced or added."""
    return post(row, status, code, "captures", {**CAPTURE, **fields})


def embedding(status: int, code: str, text: str, path: str = "captures") -> HostileRequest:
    """Return a request whose embedding is this text of JSON."""
    body = CAPTURE if path == "captures" else QUERY
    data = json.dumps({**body, "embedding": "RAW"}).replace(RAW_EMBEDDING, text).encode()
    return HostileRequest(24, status, code, "POST", f"/v1/{path}", {"data": data})


def setting(key: str, value: str) -> HostileRequest:
    body = {"value": value, "reason": "a test"}
    return HostileRequest(
        row=22,
        status=422,
        code="SETTING_INVALID",
        method="PUT",
        path=f"/v1/settings/{key}",
        options={"json": body, "seq": 0},
    )


def unusable_embeddings() -> Iterator[HostileRequest]:
    """Yield embeddings that are not vectors of finite 32-bit floats of the space's dimension."""
    for number in ("NaN", "Infinity", "-Infinity", "1e400", "9" * 101):
        yield embedding(400, "BAD_NUMBER", f"[{number}, 0, 0]")
    for text in (
        '["NaN", 0, 0]',
        "[null, 0, 0]",
        "[true, 0, 0]",
        "[[1, 0, 0]]",
        '"1,0,0"',
        "1",
        '{"0": 1}',
    ):
        yield embedding(422, "INVALID_FIELDS", text)
    for text in (
        "[]",
        "[0, 0, 0]",
        "[-0.0, 0, 0]",
        "[1e39, 0, 0]",
        "[1e-60, 0, 0]",
        "[1e308, 0, 0]",
        f"[{'9' * 99}, 0, 0]",
    ):
        yield embedding(422, "EMBEDDING_UNUSABLE", text)
    for text in ("[1]", "[1, 0]", "[1, 0, 0, 0]"):
        yield embedding(422, "EMBEDDING_OF_OTHER_MODEL", text)
    for comma_count in (4_096, 400_000):
        yield embedding(422, "LIST_TOO_LONG", f"[{'1,' * comma_count}1]")
    yield embedding(413, "BODY_TOO_LARGE", f"[{'1,' * 1_000_000}1]")
    yield embedding(422, "EMBEDDING_MISSING", "null")

    for path in QUERY_PATHS:
        yield embedding(422, "EMBEDDING_UNUSABLE", "[0, 0, 0]", path)
        yield embedding(422, "LIST_TOO_LONG", f"[{'1,' * 4_096}1]", path)
        yield embedding(422, "EMBEDDING_OF_OTHER_MODEL", "[1]", path)

    yield capture(24, 422, "EMBEDDING_OF_OTHER_MODEL", embedding_model="model-2")
    yield capture(24, 422, "TEXT_BLANK", embedding_model="")


def impossible_reading() -> Iterator[HostileRequest]:
    """Yield depths, times, counts and levels that no reading has."""
    for depth in (-0.0001, 1.5000001, 2, -1, 1e308):
        yield capture(25, 422, "READING_DEPTH_OUT_OF_RANGE", reading_depth=depth)
    for mistyped in ("1", True, None, [1.0], "NaN"):
        yield capture(25, 422, "INVALID_FIELDS", reading_depth=mistyped)
    for depth in (-0.1, 1.0000001, 100):
        yield capture(25, 422, "FRACTION_OUT_OF_RANGE", scroll_depth=depth)
    for dwell_time in (-1, 2**53 + 1, 10**30):
        yield capture(25, 422, "NUMBER_OUT_OF_RANGE", dwell_time_ms=dwell_time)
    for word_count in (1.5, "1_000", True):
        yield capture(25, 422, "INVALID_FIELDS", word_count=word_count)
    for level in ("LATENT", "Latent", "", 0, "committed"):
        yield capture(25, 422, "INVALID_FIELDS", engagement_level=level)
    for source in ("WEB", "ai", None):
        yield capture(25, 422, "INVALID_FIELDS", content_source=source)


def impossible_instants() -> Iterator[HostileRequest]:
    """Yield instants at which no page was captured."""
    for year in (2100, 2999):
        captured_at = f"{year}-01-01T00:00:00Z"
        yield capture(26, 422, "CAPTURED_IN_FUTURE", captured_at=captured_at)
    yield capture(26, 422, "INSTANT_OUT_OF_RANGE", captured_at="1970-01-01T00:00:00Z")
    for mistyped in (1_767_260_000, "2026-01-01", "now"):
        yield capture(26, 422, "INVALID_FIELDS", captured_at=mistyped)


def unusable_urls() -> Iterator[HostileRequest]:
    """Yield texts that are not addresses of web pages."""
    for url in (
        "",
        "example.org",
        "//example.org",
        "https://",
        "https:///a",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://example.org:99999/",
        "https://example.org:a/",
        "https://exa mple.org/",
        "https://example.org\\@evil.example/",
        "https://example.org/\x07",
        "https://example.org/\u202egpj",
        "https://[::1/",
        "https://-/",
        f"https://example.org/{'a' * 2_000}",
        f"https://{'a' * 300}.example/",
    ):
        yield capture(43, 422, "URL_UNUSABLE", url=url)
    for character in ("\0", "\ud800"):
        yield capture(43, 422, "TEXT_UNSTORABLE", url=f"https://example.org/{character}")
    for value in (None, 7, ["https://example.org/"]):
        yield capture(43, 422, "INVALID_FIELDS", url=value)


def invalid_settings() -> Iterator[HostileRequest]:
    """Yield texts that are not numbers in the range of their setting."""
    for text in (
        '"0.05"',
        "high",
        "NaN",
        "true",
        "-0.1",
        "2.1",
        "[0.05]",
        "0,05",
        "1e999",
        "[" * 1_000,
    ):
        yield setting("assignment_margin_threshold", text)
    for text in ("1.5", "0", "4097", "null"):
        yield setting("embedding_dimension", text)


def writes_to_a_retired_space() -> Iterator[HostileRequest]:
    """Yield writes to a space that takes none."""
    yield post(33, 409, "SPACE_RETIRED", "captures", {**CAPTURE, **RETIRED})
    yield post(33, 409, "SPACE_RETIRED", "margins/preview", {**QUERY, **RETIRED})
    subspace = {**RETIRED, "name": "a part", "reason": "a test"}
    yield post(33, 409, "SPACE_RETIRED", "subspaces", subspace)


CAPTURE_REQUESTS = [
    *unusable_embeddings(),
    *impossible_reading(),
    *impossible_instants(),
    *unusable_urls(),
    *invalid_settings(),
    *writes_to_a_retired_space(),
]
