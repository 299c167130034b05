"""Hostile embeddings, depths, addresses and settings.

Each line is a request, with its row of the fact sheet and the expected answer.
"""

import json

from tests.web.harness import Json
from tests.web.hostile.line import Line

CAPTURE: Json = {
    "space_id": "{space}",
    "url": "https://example.org/page",
    "embedding_model": "model-1",
}
RIGHT: Json = CAPTURE | {"embedding": [1, 0, 0]}
ASKED: Json = {name: each for name, each in RIGHT.items() if name != "url"}


def sent(row: int, status: int, code: str, path: str, body: Json, raw: str = "null") -> Line:
    """A body in which RAW stands for this text of JSON."""
    return Line(
        row,
        status,
        code,
        "POST",
        f"/v1/{path}",
        {"data": json.dumps(body).replace('"RAW"', raw).encode()},
    )


def capture(row: int, status: int, code: str, **other: object) -> Line:
    return sent(row, status, code, "captures", RIGHT | other)


def embedding(status: int, code: str, raw: str, path: str = "captures") -> Line:
    asked = {name: each for name, each in CAPTURE.items() if name != "url" or path == "captures"}
    return sent(24, status, code, path, asked | {"embedding": "RAW"}, raw)


def setting(row: int, status: int, code: str, key: str, value: str) -> Line:
    body = {"value": value, "reason": "a test"}
    return Line(row, status, code, "PUT", f"/v1/settings/{key}", {"json": body, "seq": 0})


OF_CAPTURES: list[Line] = [
    # embeddings that are none
    *(
        embedding(400, "BAD_NUMBER", text)
        for text in ("[NaN, 0, 0]", "[Infinity, 0, 0]", "[-Infinity, 0, 0]")
    ),
    *(embedding(400, "BAD_NUMBER", text) for text in ("[1e400, 0, 0]", f"[{'9' * 101}, 0, 0]")),
    *(
        embedding(422, "INVALID_FIELDS", text)
        for text in ('["NaN", 0, 0]', "[null, 0, 0]", "[true, 0, 0]")
    ),
    *(
        embedding(422, "INVALID_FIELDS", text)
        for text in ("[[1, 0, 0]]", '"1,0,0"', "1", '{"0": 1}')
    ),
    *(
        embedding(422, "EMBEDDING_UNUSABLE", text)
        for text in ("[]", "[0, 0, 0]", "[-0.0, 0, 0]", "[1e39, 0, 0]")
    ),
    *(
        embedding(422, "EMBEDDING_UNUSABLE", text)
        for text in ("[1e-60, 0, 0]", "[1e308, 0, 0]", f"[{'9' * 99}, 0, 0]")
    ),
    *(
        embedding(422, "EMBEDDING_OF_OTHER_MODEL", text)
        for text in ("[1]", "[1, 0]", "[1, 0, 0, 0]")
    ),
    *(embedding(422, "LIST_TOO_LONG", f"[{'1,' * number}1]") for number in (4_096, 400_000)),
    embedding(413, "BODY_TOO_LARGE", f"[{'1,' * 1_000_000}1]"),
    embedding(422, "EMBEDDING_MISSING", "null"),
    *(
        embedding(422, "EMBEDDING_UNUSABLE", "[0, 0, 0]", path)
        for path in ("search", "margins/preview")
    ),
    *(
        embedding(422, "LIST_TOO_LONG", f"[{'1,' * 4_096}1]", path)
        for path in ("search", "margins/preview")
    ),
    *(
        embedding(422, "EMBEDDING_OF_OTHER_MODEL", "[1]", path)
        for path in ("search", "margins/preview")
    ),
    capture(24, 422, "EMBEDDING_OF_OTHER_MODEL", embedding_model="model-2"),
    capture(24, 422, "TEXT_BLANK", embedding_model=""),
    # how deeply, how long, how much
    *(
        capture(25, 422, "READING_DEPTH_OUT_OF_RANGE", reading_depth=each)
        for each in (-0.0001, 1.5000001, 2, -1, 1e308)
    ),
    *(
        capture(25, 422, "INVALID_FIELDS", reading_depth=each)
        for each in ("1", True, None, [1.0], "NaN")
    ),
    *(
        capture(25, 422, "FRACTION_OUT_OF_RANGE", scroll_depth=each)
        for each in (-0.1, 1.0000001, 100)
    ),
    *(
        capture(25, 422, "NUMBER_OUT_OF_RANGE", dwell_time_ms=each)
        for each in (-1, 2**53 + 1, 10**30)
    ),
    *(capture(25, 422, "INVALID_FIELDS", word_count=each) for each in (1.5, "1_000", True)),
    *(
        capture(25, 422, "INVALID_FIELDS", engagement_level=each)
        for each in ("LATENT", "Latent", "", 0, "committed")
    ),
    *(capture(25, 422, "INVALID_FIELDS", content_source=each) for each in ("WEB", "ai", None)),
    # when
    *(
        capture(26, 422, "CAPTURED_IN_FUTURE", captured_at=f"{year}-01-01T00:00:00Z")
        for year in (2100, 2999)
    ),
    capture(26, 422, "INSTANT_OUT_OF_RANGE", captured_at="1970-01-01T00:00:00Z"),
    *(
        capture(26, 422, "INVALID_FIELDS", captured_at=each)
        for each in (1_767_260_000, "2026-01-01", "now")
    ),
    # where
    *(
        capture(43, 422, "URL_UNUSABLE", url=each)
        for each in (
            *(
                "",
                "example.org",
                "//example.org",
                "https://",
                "https:///a",
                "https://user:secret@example.org/",
            ),
            *(
                "https://user@example.org/",
                "ftp://example.org/",
                "javascript:alert(1)",
                "file:///etc/passwd",
            ),
            *(
                "data:text/html,x",
                "https://example.org:99999/",
                "https://example.org:a/",
                "https://exa mple.org/",
            ),
            *(
                "https://example.org\\@evil.example/",
                "https://example.org/\x07",
                "https://example.org/\u202egpj",
            ),
            *(
                "https://[::1/",
                "https://-/",
                f"https://example.org/{'a' * 2_000}",
                f"https://{'a' * 300}.example/",
            ),
        )
    ),
    *(
        capture(43, 422, "TEXT_UNSTORABLE", url=f"https://example.org/{each}")
        for each in ("\0", "\ud800")
    ),
    *(capture(43, 422, "INVALID_FIELDS", url=each) for each in (None, 7, ["https://example.org/"])),
    # numbers in texts
    *(
        setting(22, 422, "SETTING_INVALID", "assignment_margin_threshold", text)
        for text in ('"0.05"', "high", "NaN")
    ),
    *(
        setting(22, 422, "SETTING_INVALID", "assignment_margin_threshold", text)
        for text in ("true", "-0.1", "2.1")
    ),
    *(
        setting(22, 422, "SETTING_INVALID", "assignment_margin_threshold", text)
        for text in ("[0.05]", "0,05", "1e999")
    ),
    *(
        setting(22, 422, "SETTING_INVALID", "embedding_dimension", text)
        for text in ("1.5", "0", "4097", "null")
    ),
    setting(22, 422, "SETTING_INVALID", "assignment_margin_threshold", "[" * 1_000),
    # what takes nothing any more
    sent(33, 409, "SPACE_RETIRED", "captures", RIGHT | {"space_id": "{retired}"}),
    sent(33, 409, "SPACE_RETIRED", "margins/preview", ASKED | {"space_id": "{retired}"}),
    sent(
        33,
        409,
        "SPACE_RETIRED",
        "subspaces",
        {"space_id": "{retired}", "name": "a part", "reason": "a test"},
    ),
]
