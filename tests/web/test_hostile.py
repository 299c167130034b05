"""Hostile input: each line is a request, with the row of the fact sheet that it comes from and its answer."""

import gzip
import io
import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Unpack, cast

import pytest
from attrs import evolve, field, frozen
from tests.web.harness import KEYS, SETTINGS, Json, Sent, Web, memory, place, problem

from indelible.concepts import ConceptContent
from indelible.policy import Policy
from indelible.testing.stores import CountedIds, TickingClock
from indelible_service.embedded import PostgresServer, create_database
from indelible_sql import open_store

HERE = "/v1/concepts/{here}"
BIRTH = {"content": {"name": "Ratio"}, "reason": "a first draft"}
EDIT = {"content": {"name": "Ratio"}, "change_note": "says it more plainly"}
STEP = {"status": "REVIEW", "reason": "ready for review"}
MEBIBYTE = 2**20


@frozen
class Line:
    """A request and its answer."""

    row: int
    status: int
    code: str
    method: str
    path: str
    sent: Sent = field(factory=Sent)

    def __str__(self) -> str:
        said = self.sent.get("data") or self.sent.get("json") or self.sent.get("headers") or ""
        return f"{self.row} {self.method} {self.path} {said}"[:80].encode("ascii", "backslashreplace").decode()


def get(row: int, status: int, code: str, path: str, **sent: Unpack[Sent]) -> Line:
    return Line(row, status, code, "GET", path, sent)


def birth(row: int, status: int, code: str, **sent: Unpack[Sent]) -> Line:
    return Line(row, status, code, "POST", "/v1/concepts", sent)


def edit(row: int, status: int, code: str, **sent: Unpack[Sent]) -> Line:
    return Line(row, status, code, "PUT", HERE, sent)


def step(row: int, status: int, code: str, **sent: Unpack[Sent]) -> Line:
    return Line(row, status, code, "POST", f"{HERE}/status", sent)


def named(name: object, **more: object) -> Json:
    return BIRTH | {"content": {"name": name}, **more}


def raw(text: str) -> bytes:
    """A birth whose reason is this text of JSON."""
    return b'{"content": {"name": "Ratio"}, "reason": ' + text.encode() + b"}"


class Endless(io.RawIOBase):
    """A body that never ends, and counts what was read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - as io declares it
        self.read_bytes += len(buffer)
        buffer[:] = b" " * len(buffer)
        return len(buffer)


JSON_BOMB = gzip.compress(json.dumps(BIRTH).encode(), mtime=0)  # in every process the same
UTF_8 = "application/json; charset="

LINES = [
    # no key, and one that opens other doors
    get(1, 401, "UNAUTHENTICATED", HERE, key=None),
    get(1, 401, "UNAUTHENTICATED", HERE, key="ind_nobody_knows"),
    birth(1, 401, "UNAUTHENTICATED", data=b"\xff", key=None),
    # fields that are unknown, or not the caller's to write
    birth(5, 422, "INVALID_FIELDS", json=BIRTH | {"status": "PUBLISHED"}),
    birth(5, 422, "INVALID_FIELDS", json=BIRTH | {"current_version": 7}),
    birth(5, 422, "INVALID_FIELDS", json=BIRTH | {"owner": "user:noor"}),
    birth(5, 422, "INVALID_FIELDS", json=BIRTH | {"id": "mine"}),
    birth(5, 422, "INVALID_FIELDS", json=BIRTH | {"content": {"name": "Ratio", "created_by": "user:noor"}}),
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
    birth(10, 422, "TEXT_TOO_LONG", json=BIRTH | {"content": {"name": "Ratio", "definition": "a" * 20_001}}),
    birth(10, 422, "LIST_TOO_LONG", json=BIRTH | {"content": {"name": "Ratio", "examples": ["a"] * 201}}),
    birth(10, 422, "TEXT_TOO_LONG", json=BIRTH | {"reason": "a" * 1_001}),
    # deep bodies
    birth(11, 400, "TOO_DEEP", data=raw("[" * 32 + "]" * 32)),
    birth(11, 400, "TOO_DEEP", data=b"[" * 100_000),
    birth(11, 400, "TOO_DEEP", data=b'{"a":' * 100_000),
    birth(11, 422, "INVALID_FIELDS", data=raw("[" * 31 + "]" * 31)),
    birth(11, 422, "INVALID_FIELDS", data=raw('"' + "[" * 1_000 + '"').replace(b"reason", b"unreason")),
    # numbers that are none
    birth(12, 400, "BAD_NUMBER", data=raw("NaN")),
    birth(12, 400, "BAD_NUMBER", data=raw("Infinity")),
    birth(12, 400, "BAD_NUMBER", data=raw("-Infinity")),
    birth(12, 400, "BAD_NUMBER", data=raw("1e400")),
    birth(12, 400, "BAD_NUMBER", data=raw("9" * 5_000)),
    birth(12, 400, "BAD_NUMBER", data=raw("0." + "9" * 5_000)),
    birth(12, 422, "INVALID_FIELDS", data=raw("1e308")),
    # JSON that is none
    birth(13, 400, "DUPLICATE_KEY", data=b'{"reason": "a", "reason": "b", "content": {"name": "Ratio"}}'),
    birth(13, 400, "DUPLICATE_KEY", data=b'{"reason": "a", "content": {"name": "Ratio", "n\\u0061me": "b"}}'),
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
        birth(14, 415, "UNSUPPORTED_BODY", data=json.dumps(BIRTH).encode(), headers={"Content-Type": media_type})
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
    birth(14, 415, "UNSUPPORTED_BODY", data=JSON_BOMB, headers={"Content-Encoding": "identity, gzip"}),
    birth(
        15, 415, "UNSUPPORTED_BODY", data=b"--x\r\n\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"}
    ),
    birth(15, 415, "UNSUPPORTED_BODY", data=b"--x", headers={"Content-Type": "multipart/mixed"}),
    edit(15, 415, "UNSUPPORTED_BODY", data=b"", seq=1, headers={"Content-Type": "multipart/form-data; boundary=x"}),
    # characters that no database keeps, and controls outside content
    birth(16, 422, "TEXT_UNSTORABLE", json=named("a\0b")),
    birth(16, 422, "TEXT_UNSTORABLE", json=named("\ud800")),
    birth(16, 422, "TEXT_UNSTORABLE", json=named("\udc00\ud800")),
    birth(16, 422, "TEXT_UNSTORABLE", json=BIRTH | {"content": {"name": "a", "examples": ["a", "\0"]}}),
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
    # a name that is the same when its accents are composed
    birth(18, 400, "DUPLICATE_KEY", data='{"caf\u00e9": 1, "cafe\u0301": 2}'.encode()),
    # whole numbers that are none
    *(get(19, 422, "INVALID_FIELDS", f"/v1/concepts?limit={text}") for text in ("1.9", "1_000", "%207%20", "%D9%A3")),
    *(get(19, 422, "INVALID_FIELDS", f"{HERE}/as-of?seq={text}") for text in ("true", "+1", "0x1", "1e0", "01", "-0")),
    *(get(19, 422, "INVALID_FIELDS", f"{HERE}/versions/{text}") for text in ("1.0", "%20", "%D9%A1", "latest", "null")),
    get(19, 422, "INVALID_FIELDS", f"{HERE}/diff?from=1&to="),
    get(19, 422, "INVALID_FIELDS", f"{HERE}/diff?from=1"),
    # whole numbers that are too large or too small
    get(20, 422, "NUMBER_OUT_OF_RANGE", f"{HERE}/versions/0"),
    get(20, 422, "NUMBER_OUT_OF_RANGE", f"{HERE}/versions/-1"),
    get(20, 422, "NUMBER_OUT_OF_RANGE", f"{HERE}/versions/9223372036854775808"),
    get(20, 404, "VERSION_NOT_FOUND", f"{HERE}/versions/9223372036854775807"),
    get(20, 422, "INVALID_FIELDS", f"{HERE}/versions/{'9' * 5_000}"),
    get(20, 422, "NUMBER_OUT_OF_RANGE", f"{HERE}/as-of?seq=0"),
    get(20, 422, "NUMBER_OUT_OF_RANGE", f"{HERE}/diff?from=1&to=-9223372036854775808"),
    edit(20, 400, "INVALID_IF_MATCH", json=EDIT, headers={"If-Match": '"9223372036854775808"'}),
    edit(20, 412, "STALE", json=EDIT, headers={"If-Match": '"9223372036854775807"'}),
    # instants that are none
    *(
        get(26, 422, "INVALID_FIELDS", f"{HERE}/as-of?at={text}")
        for text in (
            "2026-01-01T09:30:00",
            "2026-01-01",
            "2026-01-01T09:30:60Z",
            "2026-01-01T25:00:00Z",
            "2026-02-30T09:30:00Z",
            "0000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "0001-01-01T00:00:00%2B23:59",
            "9999-12-31T23:59:59-23:59",
            "2026-01-01T09:30:00%2B99:99",
            "2026-01-01T09:30:00+00:00",
            "2026-W01-1T09:30:00Z",
            "20260101T093000Z",
            "2026-01-01T09:30:00,5Z",
            "2026-01-01T09:30:00.1234567Z",
            "%D9%A2026-01-01T09:30:00Z",
            "2026-10-25T02:30:00[Europe/Berlin]",
            "1767260000",
            "now",
        )
    ),
    get(26, 422, "INSTANT_OUT_OF_RANGE", f"{HERE}/as-of?at=1999-12-31T23:59:59Z"),
    get(26, 422, "INSTANT_OUT_OF_RANGE", f"{HERE}/as-of?at=3000-01-01T00:00:00Z"),
    # pages
    *(get(28, 422, "NUMBER_OUT_OF_RANGE", f"/v1/concepts?limit={limit}") for limit in ("0", "101", "1000000000", "-1")),
    get(28, 422, "INVALID_FIELDS", "/v1/concepts?limit=1e9"),
    get(28, 422, "INVALID_FIELDS", "/v1/concepts?order_by=name;drop+table+concepts"),
    get(28, 422, "INVALID_FIELDS", "/v1/concepts?offset=10"),
    get(28, 422, "INVALID_FIELDS", f"{HERE}?fields=*"),
    get(28, 400, "DUPLICATE_KEY", "/v1/concepts?limit=1&limit=100"),
    get(28, 400, "INVALID_CURSOR", "/v1/concepts?cursor=abc"),
    get(28, 400, "INVALID_CURSOR", f"/v1/concepts?cursor={'0' * 64}aWQtMQ=="),
    get(28, 400, "INVALID_CURSOR", f"/v1/history?cursor={'0' * 64}MQ=="),
    get(28, 400, "INVALID_CURSOR", f"{HERE}/versions?cursor=%C3%A9%E2%82%AC"),
    get(28, 422, "TEXT_BLANK", "/v1/concepts?cursor="),
    get(28, 422, "TEXT_TOO_LONG", f"/v1/concepts?cursor={'a' * 1_001}"),
    # repetitions
    birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, once="a" * 256),
    birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, once="a b"),
    birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, once="\u00e9"),
    birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, environ={"HTTP_IDEMPOTENCY_KEY": ""}),
    birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, environ={"HTTP_IDEMPOTENCY_KEY": "a\tb"}),
    # preconditions
    edit(32, 428, "IF_MATCH_MISSING", json=EDIT),
    step(32, 428, "IF_MATCH_MISSING", json=STEP),
    edit(32, 412, "STALE", json=EDIT, seq=2),
    step(32, 412, "STALE", json=STEP, seq=2),
    *(
        edit(32, 400, "INVALID_IF_MATCH", json=EDIT, headers={"If-Match": tag})
        for tag in ("*", 'W/"1"', "1", '"1', '"0"', '"01"', '"-1"', '"1.0"', '"1", "2"', '""', '"\u0661"', "'1'")
    ),
    # the life of a concept
    step(33, 409, "INVALID_TRANSITION", json=STEP | {"status": "PUBLISHED"}, seq=1),
    step(33, 409, "INVALID_TRANSITION", json=STEP | {"status": "APPROVED"}, seq=1),
    step(33, 409, "INVALID_TRANSITION", json=STEP | {"status": "DRAFT"}, seq=1),
    # methods that are not there
    *(Line(35, 405, "METHOD_NOT_ALLOWED", method, HERE) for method in ("DELETE", "PATCH", "TRACE", "OPTIONS", "POST")),
    *(Line(35, 405, "METHOD_NOT_ALLOWED", method, f"{HERE}/versions/1") for method in ("PUT", "DELETE", "BREW")),
    Line(35, 405, "METHOD_NOT_ALLOWED", "POST", HERE, {"json": EDIT, "headers": {"X-HTTP-Method-Override": "PUT"}}),
    Line(35, 405, "METHOD_NOT_ALLOWED", "POST", HERE, {"json": EDIT, "headers": {"X-Method-Override": "PUT"}}),
    get(35, 404, "ROUTE_NOT_FOUND", "/v1/concepts/"),
    get(35, 404, "ROUTE_NOT_FOUND", "//v1/concepts"),
    get(35, 404, "ROUTE_NOT_FOUND", "/v1/../v1/concept"),
    get(35, 404, "ROUTE_NOT_FOUND", "/admin"),
    # a host that is none
    *(get(36, 400, "MALFORMED_REQUEST", HERE, headers={"Host": host}) for host in ("a, b", "a b", "a/b", "a@b", "a:b")),
]


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgresql"])
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Web]:
    """An application over each store; all lines are refused, so they can share it."""
    if request.param == "memory":
        yield Web(memory())
        return
    if request.param == "sqlite":
        template = cast("Path", request.getfixturevalue("template_file"))
        copy = tmp_path_factory.mktemp("hostile") / "hostile.db"
        copy.write_bytes(template.read_bytes())
        url = f"sqlite:///{copy}"
    else:
        server = cast("PostgresServer", request.getfixturevalue("server"))
        model = cast("PostgresServer", request.getfixturevalue("template"))
        url = create_database(server, "hostile", model.url.rpartition("/")[2]).url
    store = open_store(url, policy=Policy(keys=KEYS), clock=TickingClock(), ids=CountedIds())
    yield Web(store)
    store.dispose()


@pytest.fixture(scope="module")
def here(hostile: Web) -> Generator[str]:
    """A concept that no line changes."""
    found = hostile.create()
    yield found["concept"]["id"]
    assert hostile.get(place(found)).get_json()["seq"] == found["seq"]


@pytest.mark.parametrize("line", LINES, ids=str)
def test_hostile_input_gets_its_stated_answer(hostile: Web, here: str, line: Line) -> None:
    answer = hostile.send(line.method, line.path.format(here=here), **line.sent)

    assert problem(answer) == (line.status, line.code)
    assert ("Allow" in answer.headers) == (line.status == 405)


def test_every_field_that_is_wrong_is_named_by_its_path(web: Web) -> None:
    body = {"content": {"name": 7, "examples": ["a", 7], "prerequisites": "a", "colour": "red"}, "status": "DRAFT"}

    assert web.post("/v1/concepts", json=body).get_json()["fields"]["wrong"] == {
        "content.name": "Not a text.",
        "content.examples.1": "Not a text.",
        "content.prerequisites": "Not a valid list.",
        "content.colour": "Unknown field.",
        "reason": "Missing data for required field.",
        "status": "Unknown field.",
    }


def test_a_body_with_endless_wrong_fields_gets_a_short_answer(web: Web) -> None:
    body = BIRTH | {f"{number}{'x' * 1_000}": 1 for number in range(500)}

    assert len(web.post("/v1/concepts", json=body).data) < 16_000


def test_a_body_that_never_ends_is_read_up_to_the_limit(web: Web) -> None:
    endless = Endless()
    environ = {"wsgi.input": endless, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    headers = {"Content-Type": "application/json"}

    assert problem(web.post("/v1/concepts", headers=headers, environ=environ)) == (413, "BODY_TOO_LARGE")
    assert endless.read_bytes < 2 * MEBIBYTE


@pytest.mark.parametrize("media_type", ["multipart/form-data; boundary=x", "text/plain", ""])
def test_a_body_of_another_type_is_not_even_read(web: Web, media_type: str) -> None:
    endless = Endless()
    environ = {"wsgi.input": endless, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = web.post("/v1/concepts", headers={"Content-Type": media_type}, environ=environ)

    assert (answer.status_code, endless.read_bytes) == (415, 0)


@pytest.mark.parametrize("media_type", ["application/json", UTF_8 + "UTF-8", UTF_8 + '"utf-8"', "Application/JSON"])
def test_json_is_read_however_its_type_is_written(web: Web, media_type: str) -> None:
    answer = web.post("/v1/concepts", data=json.dumps(BIRTH).encode(), headers={"Content-Type": media_type})

    assert answer.status_code == 201


CONTENTS: Mapping[str, str] = {
    "a control": "a\x07b",
    "a C1 control": "a\u0085b",
    "an override": "a\u202eb",
    "a zero-width space": "a\u200bb",
    "another script": "\u0440atio",
    "an emoji": "\U0001f9d1\u200d\U0001f393",
    "SQL": "'; DROP TABLE concepts; --",
    "markup": "<script>alert(1)</script>",
    "a formula": "=cmd|' /C calc'!A0",
    "lines": "one\ntwo\r\nthree\tfour",
    "decomposed": "cafe\u0301",
}


@pytest.mark.parametrize("name", CONTENTS)
def test_content_is_kept_as_it_was_sent(hostile: Web, name: str) -> None:
    sent = {"name": CONTENTS[name], "definition": CONTENTS[name]}
    found = hostile.post("/v1/concepts", json={"content": sent, "reason": "a test"}).get_json()
    kept = hostile.get(place(found)).get_json()["version"]["content"]

    assert (kept["name"], kept["definition"]) == (CONTENTS[name], CONTENTS[name])


@pytest.mark.parametrize("name", ["a control", "a C1 control", "an override", "a zero-width space"])
def test_what_cannot_be_seen_in_content_is_warned_of(web: Web, name: str) -> None:
    found = web.create(ConceptContent(name="Ratio", definition=CONTENTS[name]))

    assert "TEXT_CONTROL_CHARS" in {each["code"] for each in found["warnings"]}


def test_names_that_are_equal_when_composed_collide(web: Web) -> None:
    web.create(ConceptContent(name="Cafe\u0301"))
    found = web.create(ConceptContent(name="caf\u00e9"))

    assert "NAME_COLLISION" in {each["code"] for each in found["warnings"]}


@pytest.mark.parametrize("text", ["%25", "_", "%5C", "'", "%22", "%2A", "a%25b", "100%25%20of_it"])
def test_a_search_takes_every_character_literally(hostile: Web, text: str) -> None:
    hostile.create(ConceptContent(name="Ratio"))
    hostile.create(ConceptContent(name="100% of_it \\ 'a' \"b\" * a%b"))
    found = hostile.get(f"/v1/concepts?limit=100&text={text}").get_json()["items"]

    assert found
    assert all(each["name"] != "Ratio" for each in found)


def test_a_cursor_that_was_changed_anywhere_is_refused(web: Web) -> None:
    saved = web.edit(web.create())
    path = f"{place(saved)}/versions?limit=1"
    cursor = web.get(path).get_json()["next"]
    changed = [cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor))]

    assert {problem(web.get(f"{path}&cursor={each}")) for each in changed} == {(400, "INVALID_CURSOR")}
    assert {problem(web.get(f"{path}&cursor={each}")) for each in (cursor + "A", cursor[:-1], cursor + "%3D")} == {
        (400, "INVALID_CURSOR")
    }


def test_a_cursor_of_another_list_or_another_search_is_refused(web: Web) -> None:
    saved, other = web.edit(web.create()), web.edit(web.create())
    cursor = web.get("/v1/concepts?limit=1&text=ratio").get_json()["next"]
    of_versions = web.get(f"{place(saved)}/versions?limit=1").get_json()["next"]
    foreign = [
        f"/v1/concepts?cursor={cursor}",
        f"/v1/concepts?text=Ratio&cursor={cursor}",
        f"/v1/concepts?text=ratio&status=DRAFT&cursor={cursor}",
        f"/v1/history?cursor={cursor}",
        f"{place(other)}/versions?cursor={of_versions}",
        f"{place(saved)}/history?cursor={of_versions}",
    ]

    assert [problem(web.get(path)) for path in foreign] == [(400, "INVALID_CURSOR")] * len(foreign)
    assert web.get(f"/v1/concepts?limit=7&text=ratio&cursor={cursor}").status_code == 200


def test_a_cursor_of_another_server_is_refused(web: Web) -> None:
    web.create()
    web.create()
    cursor = web.get("/v1/concepts?limit=1").get_json()["next"]
    other = Web(web.store, evolve(SETTINGS, secret=b"another secret, as long as the 1st"))

    assert problem(other.get(f"/v1/concepts?cursor={cursor}")) == (400, "INVALID_CURSOR")


def test_only_hosts_that_are_trusted_are_answered() -> None:
    settings = evolve(SETTINGS, trusted_hosts=("localhost", "api.example.org", ".example.net"))
    web = Web(memory(), settings)
    answers = {
        host: web.client.get("/health/live", headers={"Host": host}).status_code
        for host in ("api.example.org", "a.example.net:8000", "evil.org", "api.example.org.evil.org", "")
    }

    assert list(answers.values()) == [200, 200, 400, 400, 400]
