"""Hostile callers, bodies and texts, by row of the fact sheet."""

import gzip
import json
from collections.abc import Iterator

from tests.web.hostile.requests import (
    CREATION,
    EDIT,
    MEBIBYTE,
    STEP,
    HostileRequest,
    create,
    creation,
    creation_of,
    edit,
    get,
    move,
    raw_creation,
)

CREATION_JSON = json.dumps(CREATION).encode()
# Without a time, the compressed bytes are the same in every process.
COMPRESSED = gzip.compress(CREATION_JSON, mtime=0)
FORM = "multipart/form-data; boundary=x"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
UTF_8 = "application/json; charset="


def fields_of_others() -> Iterator[HostileRequest]:
    """Yield fields that are unknown, or that the caller may not write."""
    for body in (
        creation(status="PUBLISHED"),
        creation(current_version=7),
        creation(owner="user:noor"),
        creation(id="mine"),
        creation_of(created_by="user:noor"),
        creation(__proto__={}),
    ):
        yield create(5, 422, "INVALID_FIELDS", json=body)
    for edit_body in ({**EDIT, "expected_seq": 9}, {**EDIT, "concept_id": "another"}):
        yield edit(5, 422, "INVALID_FIELDS", json=edit_body, seq=1)
    yield move(5, 422, "INVALID_FIELDS", json={**STEP, "expected_version": 1}, seq=1)
    for status in ("DELETED", "review", ["REVIEW"]):
        yield move(5, 422, "INVALID_FIELDS", json={**STEP, "status": status}, seq=1)


def large_bodies() -> Iterator[HostileRequest]:
    """Yield bodies, texts and lists that are too long."""
    large = b" " * (MEBIBYTE + 1)
    yield create(10, 413, "BODY_TOO_LARGE", data=large)
    yield create(10, 413, "BODY_TOO_LARGE", data=raw_creation('"' + "a" * MEBIBYTE + '"'))
    yield edit(10, 413, "BODY_TOO_LARGE", data=large, seq=1)
    yield move(10, 413, "BODY_TOO_LARGE", data=b"[" * (MEBIBYTE + 1), seq=1)

    for body in (
        creation(content={"name": "a" * 1_001}),
        creation_of(definition="a" * 20_001),
        creation(reason="a" * 1_001),
        creation(corrects="a" * 201),
        creation(change_note="a" * 1_001),
    ):
        yield create(10, 422, "TEXT_TOO_LONG", json=body)
    long_note = {**EDIT, "change_note": "a" * 1_001}
    yield edit(10, 422, "TEXT_TOO_LONG", json=long_note, seq=1)

    for name in ("examples", "prerequisites"):
        yield create(10, 422, "LIST_TOO_LONG", json=creation_of(**{name: ["a"] * 201}))


def deep_bodies() -> Iterator[HostileRequest]:
    """Yield nested bodies: up to 32 levels are read."""
    for body in (
        raw_creation("[" * 32 + "]" * 32),
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'[{"a":' * 50_000,
        raw_creation('{"a":' * 32 + "1" + "}" * 32),
    ):
        yield create(11, 400, "TOO_DEEP", data=body)
    yield edit(11, 400, "TOO_DEEP", data=b"[" * 33, seq=1)
    yield edit(11, 400, "TOO_DEEP", data=b'{"content":' * 50_000, seq=1)
    yield move(11, 400, "TOO_DEEP", data=b"[" * 500_000, seq=1)

    yield create(11, 422, "INVALID_FIELDS", data=raw_creation("[" * 31 + "]" * 31))
    brackets_in_a_text = raw_creation('"' + "[" * 1_000 + '"')
    unknown_field = brackets_in_a_text.replace(b"reason", b"unreason")
    yield create(11, 422, "INVALID_FIELDS", data=unknown_field)


def impossible_numbers() -> Iterator[HostileRequest]:
    """Yield numbers that are not finite or that no field can hold."""
    for number in (
        "NaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "9" * 5_000,
        "0." + "9" * 5_000,
        "-1e999",
        "[1, [NaN]]",
    ):
        yield create(12, 400, "BAD_NUMBER", data=raw_creation(number))
    yield create(12, 422, "INVALID_FIELDS", data=raw_creation("1e308"))
    infinite_content = b'{"content": Infinity, "change_note": "a"}'
    yield edit(12, 400, "BAD_NUMBER", data=infinite_content, seq=1)
    infinite_status = b'{"status": -Infinity, "reason": "a"}'
    yield move(12, 400, "BAD_NUMBER", data=infinite_status, seq=1)


def malformed_json() -> Iterator[HostileRequest]:
    """Yield bodies that are not one JSON object in UTF-8 with distinct names."""
    for body in (
        b'{"reason": "a", "reason": "b", "content": {"name": "Ratio"}}',
        b'{"reason": "a", "content": {"name": "Ratio", "n\\u0061me": "b"}}',
    ):
        yield create(13, 400, "DUPLICATE_KEY", data=body)

    open_text = raw_creation('"')
    for body in (
        CREATION_JSON + b"{}",
        json.dumps(CREATION).encode("utf-8-sig"),
        json.dumps(CREATION).encode("utf-16"),
        json.dumps(CREATION).encode("utf-16-le"),
        json.dumps(CREATION).encode("utf-32-be"),
        open_text.replace(b'"}', b'"\xff"}'),
        open_text.replace(b'"}', b'"\xed\xa0\x80"}'),
        raw_creation('"a\tb"'),
        raw_creation("'a'"),
        raw_creation('"a",'),
        raw_creation("01"),
        raw_creation('"' + '\\"' * 400_000),
        b"",
    ):
        yield create(13, 400, "MALFORMED_JSON", data=body)

    for body in (b"[]", b"null", b'"text"'):
        yield create(13, 422, "INVALID_FIELDS", data=body)


def unsupported_media_types() -> Iterator[HostileRequest]:
    """Yield valid JSON that is declared as something else, or is compressed."""
    for media_type in (
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "application/merge-patch+json",
        "application/json-seq",
        UTF_8 + "latin-1",
        UTF_8 + "utf-16",
        UTF_8 + "utf-8; boundary=x",
    ):
        headers = {"Content-Type": media_type}
        yield create(14, 415, "UNSUPPORTED_BODY", data=CREATION_JSON, headers=headers)
    for encoding in ("gzip", "br", "identity, gzip"):
        headers = {"Content-Encoding": encoding}
        yield create(14, 415, "UNSUPPORTED_BODY", data=COMPRESSED, headers=headers)


def multipart_bodies() -> Iterator[HostileRequest]:
    """Yield bodies of several parts: none are read."""
    form, mixed = {"Content-Type": FORM}, {"Content-Type": "multipart/mixed"}
    yield create(15, 415, "UNSUPPORTED_BODY", data=b"--x\r\n\r\n", headers=form)
    yield create(15, 415, "UNSUPPORTED_BODY", data=b"--x", headers=mixed)
    yield edit(15, 415, "UNSUPPORTED_BODY", data=b"", seq=1, headers=form)

    media_types = (
        FORM,
        FORM + "x" * 5_000,
        "multipart/form-data",
        "multipart/related; boundary=x",
    )
    for part_count in (1, 5_000):
        for media_type in media_types:
            headers = {"Content-Type": media_type}
            body = MULTIPART * part_count
            yield create(15, 415, "UNSUPPORTED_BODY", data=body, headers=headers)


def unstorable_texts() -> Iterator[HostileRequest]:
    """Yield characters that no database stores, and controls outside of content."""
    for body in (
        creation(content={"name": "a\0b"}),
        creation(content={"name": "\ud800"}),
        creation(content={"name": "\udc00\ud800"}),
        creation(content={"name": "a", "examples": ["a", "\0"]}),
        creation(reason="\0"),
        creation(corrects="\0"),
    ):
        yield create(16, 422, "TEXT_UNSTORABLE", json=body)
    for name in ("\ud800", "\0"):
        yield create(16, 422, "INVALID_FIELDS", json=creation(**{name: 1}))
    for body in (
        creation(reason="ring\a"),
        creation(reason="next\u0085line"),
        creation(change_note="\x1b[31mred"),
        creation(corrects="a b"),
    ):
        yield create(16, 422, "TEXT_HAS_CONTROLS", json=body)
    yield create(16, 422, "TEXT_BLANK", json=creation(reason=" \n\t"))

    yield get(16, 422, "TEXT_UNSTORABLE", "/v1/concepts?text=a%00b")
    yield get(16, 422, "TEXT_UNSTORABLE", "/v1/concepts/a%00b")
    yield get(16, 422, "TEXT_HAS_CONTROLS", "/v1/concepts/a%07b")
    yield get(16, 422, "TEXT_HAS_CONTROLS", "/v1/concepts/%20")
    yield get(16, 422, "TEXT_TOO_LONG", f"/v1/concepts/{'a' * 201}")
    yield get(16, 404, "CONCEPT_NOT_FOUND", "/v1/concepts/%ED%A0%80")
    yield get(16, 404, "CONCEPT_NOT_FOUND", "/v1/concepts/%FF")
    yield get(16, 400, "MALFORMED_REQUEST", "/v1/concepts", headers={"Host": "a b"})


def misleading_identifiers() -> Iterator[HostileRequest]:
    """Yield invisible and reordering characters in identifiers and reasons."""
    for body in (
        creation(corrects="\u202eabc"),
        creation(corrects="\u2066abc"),
        creation(reason="abc\u200f"),
    ):
        yield create(17, 422, "TEXT_HAS_CONTROLS", json=body)
    for character in "\u200b\u2060\u00ad\ufeff":
        yield create(17, 422, "TEXT_HAS_CONTROLS", json=creation(corrects=f"a{character}"))
    for concept_id in ("%E2%80%AEabc", "a%E2%80%8Bb", "a%EF%BB%BFb", "a%E2%81%A6b"):
        yield get(17, 422, "TEXT_HAS_CONTROLS", f"/v1/concepts/{concept_id}")


def equivalent_names() -> Iterator[HostileRequest]:
    """Yield two names that are equal when their characters are composed."""
    for composed, other in (
        ("caf\u00e9", "cafe\u0301"),
        ("\u00c5", "A\u030a"),
        ("\u00c5", "\u212b"),
        ("\u03a9", "\u2126"),
        ("K", "\u212a"),
        ("\u00f1", "n\u0303"),
        ("\u00e7", "c\u0327"),
        ("\uac00", "\u1100\u1161"),
        ("\u1ec7", "e\u0323\u0302"),
        ("\u1e69", "s\u0307\u0323"),
    ):
        body = f'{{"{composed}": 1, "{other}": 2}}'
        yield create(18, 400, "DUPLICATE_KEY", data=body.encode())

    nested = '{"content": {"\u00e9": 1, "e\u0301": 2}}'
    yield create(18, 400, "DUPLICATE_KEY", data=nested.encode())


BODY_REQUESTS = [
    *fields_of_others(),
    *large_bodies(),
    *deep_bodies(),
    *impossible_numbers(),
    *malformed_json(),
    *unsupported_media_types(),
    *multipart_bodies(),
    *unstorable_texts(),
    *misleading_identifiers(),
    *equivalent_names(),
]
