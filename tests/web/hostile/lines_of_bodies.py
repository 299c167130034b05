"""Hostile callers, bodies and texts.

Each line is a request, with its row of the fact sheet and the expected answer.
"""

import gzip
import json

from tests.web.hostile.line import (
    BIRTH,
    EDIT,
    HERE,
    MEBIBYTE,
    STEP,
    Line,
    birth,
    edit,
    get,
    named,
    raw,
    step,
)

JSON_BOMB = gzip.compress(json.dumps(BIRTH).encode(), mtime=0)  # in every process the same
FORM = "multipart/form-data; boundary=x"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
UTF_8 = "application/json; charset="

OF_BODIES: list[Line] = [
    # no key, and one that opens other doors
    get(1, 401, "UNAUTHENTICATED", HERE, key=None),
    get(1, 401, "UNAUTHENTICATED", HERE, key="ind_nobody_knows"),
    birth(1, 401, "UNAUTHENTICATED", data=b"\xff", key=None),
    *(
        get(1, 401, "UNAUTHENTICATED", HERE, key=None, headers={"Authorization": sent})
        for sent in (
            "Basic bWF5YTpzZWNyZXQ=",
            "Bearer",
            "Bearer ind__secret",
            "Bearer ind_id-00000001_",
            "Bearer ind_a_b, Bearer ind_c_d",
            "Bearer ind_\u00e9_\u00ff",
            "Bearer ind_id 1_2",
            "ind_id-00000001_secret",
            f"Bearer ind_{'a' * 5_000}_b",
        )
    ),
    # fields that are unknown, or not the caller's to write
    birth(5, 422, "INVALID_FIELDS", json=BIRTH | {"status": "PUBLISHED"}),
    birth(5, 422, "INVALID_FIELDS", json=BIRTH | {"current_version": 7}),
    birth(5, 422, "INVALID_FIELDS", json=BIRTH | {"owner": "user:noor"}),
    birth(5, 422, "INVALID_FIELDS", json=BIRTH | {"id": "mine"}),
    birth(
        5,
        422,
        "INVALID_FIELDS",
        json=BIRTH | {"content": {"name": "Ratio", "created_by": "user:noor"}},
    ),
    birth(5, 422, "INVALID_FIELDS", json=BIRTH | {"__proto__": {}}),
    edit(5, 422, "INVALID_FIELDS", json=EDIT | {"expected_seq": 9}, seq=1),
    edit(5, 422, "INVALID_FIELDS", json=EDIT | {"concept_id": "another"}, seq=1),
    step(5, 422, "INVALID_FIELDS", json=STEP | {"expected_version": 1}, seq=1),
    step(5, 422, "INVALID_FIELDS", json=STEP | {"status": "DELETED"}, seq=1),
    step(5, 422, "INVALID_FIELDS", json=STEP | {"status": "review"}, seq=1),
    step(5, 422, "INVALID_FIELDS", json=STEP | {"status": ["REVIEW"]}, seq=1),
    # large bodies
    birth(10, 413, "BODY_TOO_LARGE", data=b" " * (MEBIBYTE + 1)),
    birth(10, 413, "BODY_TOO_LARGE", data=raw('"' + "a" * MEBIBYTE + '"')),
    birth(10, 422, "TEXT_TOO_LONG", json=named("a" * 1_001)),
    birth(
        10,
        422,
        "TEXT_TOO_LONG",
        json=BIRTH | {"content": {"name": "Ratio", "definition": "a" * 20_001}},
    ),
    birth(
        10,
        422,
        "LIST_TOO_LONG",
        json=BIRTH | {"content": {"name": "Ratio", "examples": ["a"] * 201}},
    ),
    birth(10, 422, "TEXT_TOO_LONG", json=BIRTH | {"reason": "a" * 1_001}),
    birth(10, 422, "TEXT_TOO_LONG", json=BIRTH | {"corrects": "a" * 201}),
    birth(10, 422, "TEXT_TOO_LONG", json=BIRTH | {"change_note": "a" * 1_001}),
    birth(
        10,
        422,
        "LIST_TOO_LONG",
        json=BIRTH | {"content": {"name": "Ratio", "prerequisites": ["a"] * 201}},
    ),
    edit(10, 413, "BODY_TOO_LARGE", data=b" " * (MEBIBYTE + 1), seq=1),
    edit(10, 422, "TEXT_TOO_LONG", json=EDIT | {"change_note": "a" * 1_001}, seq=1),
    step(10, 413, "BODY_TOO_LARGE", data=b"[" * (MEBIBYTE + 1), seq=1),
    # deep bodies
    birth(11, 400, "TOO_DEEP", data=raw("[" * 32 + "]" * 32)),
    birth(11, 400, "TOO_DEEP", data=b"[" * 100_000),
    birth(11, 400, "TOO_DEEP", data=b'{"a":' * 100_000),
    birth(11, 422, "INVALID_FIELDS", data=raw("[" * 31 + "]" * 31)),
    birth(
        11, 422, "INVALID_FIELDS", data=raw('"' + "[" * 1_000 + '"').replace(b"reason", b"unreason")
    ),
    birth(11, 400, "TOO_DEEP", data=b'[{"a":' * 50_000),
    birth(11, 400, "TOO_DEEP", data=raw('{"a":' * 32 + "1" + "}" * 32)),
    edit(11, 400, "TOO_DEEP", data=b"[" * 33, seq=1),
    edit(11, 400, "TOO_DEEP", data=b'{"content":' * 50_000, seq=1),
    step(11, 400, "TOO_DEEP", data=b"[" * 500_000, seq=1),
    # numbers that are none
    birth(12, 400, "BAD_NUMBER", data=raw("NaN")),
    birth(12, 400, "BAD_NUMBER", data=raw("Infinity")),
    birth(12, 400, "BAD_NUMBER", data=raw("-Infinity")),
    birth(12, 400, "BAD_NUMBER", data=raw("1e400")),
    birth(12, 400, "BAD_NUMBER", data=raw("9" * 5_000)),
    birth(12, 400, "BAD_NUMBER", data=raw("0." + "9" * 5_000)),
    birth(12, 422, "INVALID_FIELDS", data=raw("1e308")),
    birth(12, 400, "BAD_NUMBER", data=raw("-1e999")),
    birth(12, 400, "BAD_NUMBER", data=raw("[1, [NaN]]")),
    edit(12, 400, "BAD_NUMBER", data=b'{"content": Infinity, "change_note": "a"}', seq=1),
    step(12, 400, "BAD_NUMBER", data=b'{"status": -Infinity, "reason": "a"}', seq=1),
    # JSON that is none
    birth(
        13,
        400,
        "DUPLICATE_KEY",
        data=b'{"reason": "a", "reason": "b", "content": {"name": "Ratio"}}',
    ),
    birth(
        13,
        400,
        "DUPLICATE_KEY",
        data=b'{"reason": "a", "content": {"name": "Ratio", "n\\u0061me": "b"}}',
    ),
    birth(13, 400, "MALFORMED_JSON", data=json.dumps(BIRTH).encode() + b"{}"),
    birth(13, 400, "MALFORMED_JSON", data=json.dumps(BIRTH).encode("utf-8-sig")),
    birth(13, 400, "MALFORMED_JSON", data=json.dumps(BIRTH).encode("utf-16")),
    birth(13, 400, "MALFORMED_JSON", data=json.dumps(BIRTH).encode("utf-16-le")),
    birth(13, 400, "MALFORMED_JSON", data=json.dumps(BIRTH).encode("utf-32-be")),
    birth(13, 400, "MALFORMED_JSON", data=raw('"').replace(b'"}', b'"\xff"}')),
    birth(13, 400, "MALFORMED_JSON", data=raw('"').replace(b'"}', b'"\xed\xa0\x80"}')),
    birth(13, 400, "MALFORMED_JSON", data=raw('"a\tb"')),
    birth(13, 400, "MALFORMED_JSON", data=raw("'a'")),
    birth(13, 400, "MALFORMED_JSON", data=raw('"a",')),
    birth(13, 400, "MALFORMED_JSON", data=raw("01")),
    birth(13, 400, "MALFORMED_JSON", data=raw('"' + '\\"' * 400_000)),
    birth(13, 400, "MALFORMED_JSON", data=b""),
    birth(13, 422, "INVALID_FIELDS", data=b"[]"),
    birth(13, 422, "INVALID_FIELDS", data=b"null"),
    birth(13, 422, "INVALID_FIELDS", data=b'"text"'),
    # bodies of another type
    *(
        birth(
            14,
            415,
            "UNSUPPORTED_BODY",
            data=json.dumps(BIRTH).encode(),
            headers={"Content-Type": media_type},
        )
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
        )
    ),
    birth(14, 415, "UNSUPPORTED_BODY", data=JSON_BOMB, headers={"Content-Encoding": "gzip"}),
    birth(14, 415, "UNSUPPORTED_BODY", data=JSON_BOMB, headers={"Content-Encoding": "br"}),
    birth(
        14, 415, "UNSUPPORTED_BODY", data=JSON_BOMB, headers={"Content-Encoding": "identity, gzip"}
    ),
    birth(
        15,
        415,
        "UNSUPPORTED_BODY",
        data=b"--x\r\n\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    ),
    birth(15, 415, "UNSUPPORTED_BODY", data=b"--x", headers={"Content-Type": "multipart/mixed"}),
    edit(
        15,
        415,
        "UNSUPPORTED_BODY",
        data=b"",
        seq=1,
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    ),
    *(
        birth(
            15,
            415,
            "UNSUPPORTED_BODY",
            data=MULTIPART * parts,
            headers={"Content-Type": media_type},
        )
        for parts in (1, 5_000)
        for media_type in (
            FORM,
            FORM + "x" * 5_000,
            "multipart/form-data",
            "multipart/related; boundary=x",
        )
    ),
    # characters that no database keeps, and controls outside content
    birth(16, 422, "TEXT_UNSTORABLE", json=named("a\0b")),
    birth(16, 422, "TEXT_UNSTORABLE", json=named("\ud800")),
    birth(16, 422, "TEXT_UNSTORABLE", json=named("\udc00\ud800")),
    birth(
        16, 422, "TEXT_UNSTORABLE", json=BIRTH | {"content": {"name": "a", "examples": ["a", "\0"]}}
    ),
    birth(16, 422, "TEXT_UNSTORABLE", json=BIRTH | {"reason": "\0"}),
    birth(16, 422, "TEXT_UNSTORABLE", json=BIRTH | {"corrects": "\0"}),
    birth(16, 422, "INVALID_FIELDS", json=BIRTH | {"\ud800": 1}),
    birth(16, 422, "INVALID_FIELDS", json=BIRTH | {"\0": 1}),
    birth(16, 422, "TEXT_HAS_CONTROLS", json=BIRTH | {"reason": "ring\a"}),
    birth(16, 422, "TEXT_HAS_CONTROLS", json=BIRTH | {"reason": "next\u0085line"}),
    birth(16, 422, "TEXT_HAS_CONTROLS", json=BIRTH | {"change_note": "\x1b[31mred"}),
    birth(16, 422, "TEXT_HAS_CONTROLS", json=BIRTH | {"corrects": "a b"}),
    birth(16, 422, "TEXT_BLANK", json=BIRTH | {"reason": " \n\t"}),
    get(16, 422, "TEXT_UNSTORABLE", "/v1/concepts?text=a%00b"),
    get(16, 422, "TEXT_UNSTORABLE", "/v1/concepts/a%00b"),
    get(16, 422, "TEXT_HAS_CONTROLS", "/v1/concepts/a%07b"),
    get(16, 422, "TEXT_HAS_CONTROLS", "/v1/concepts/%20"),
    get(16, 422, "TEXT_TOO_LONG", f"/v1/concepts/{'a' * 201}"),
    get(16, 404, "CONCEPT_NOT_FOUND", "/v1/concepts/%ED%A0%80"),
    get(16, 404, "CONCEPT_NOT_FOUND", "/v1/concepts/%FF"),
    get(16, 400, "MALFORMED_REQUEST", "/v1/concepts", headers={"Host": "a b"}),
    # text that reads otherwise than it is, in what identifies
    birth(17, 422, "TEXT_HAS_CONTROLS", json=BIRTH | {"corrects": "\u202eabc"}),
    birth(17, 422, "TEXT_HAS_CONTROLS", json=BIRTH | {"corrects": "\u2066abc"}),
    birth(17, 422, "TEXT_HAS_CONTROLS", json=BIRTH | {"reason": "abc\u200f"}),
    get(17, 422, "TEXT_HAS_CONTROLS", "/v1/concepts/%E2%80%AEabc"),
    *(
        get(17, 422, "TEXT_HAS_CONTROLS", f"/v1/concepts/a{sign}b")
        for sign in ("%E2%80%8B", "%EF%BB%BF", "%E2%81%A6")
    ),
    *(
        birth(17, 422, "TEXT_HAS_CONTROLS", json=BIRTH | {"corrects": f"a{sign}"})
        for sign in "\u200b\u2060\u00ad\ufeff"
    ),
    # a name that is the same when its accents are composed
    birth(18, 400, "DUPLICATE_KEY", data='{"caf\u00e9": 1, "cafe\u0301": 2}'.encode()),
    *(
        birth(18, 400, "DUPLICATE_KEY", data=f'{{"{composed}": 1, "{other}": 2}}'.encode())
        for composed, other in (
            ("\u00c5", "A\u030a"),
            ("\u00c5", "\u212b"),
            ("\u03a9", "\u2126"),
            ("K", "\u212a"),
            ("\u00f1", "n\u0303"),
            ("\u00e7", "c\u0327"),
            ("\uac00", "\u1100\u1161"),
            ("\u1ec7", "e\u0323\u0302"),
            ("\u1e69", "s\u0307\u0323"),
        )
    ),
    birth(18, 400, "DUPLICATE_KEY", data='{"content": {"\u00e9": 1, "e\u0301": 2}}'.encode()),
]
