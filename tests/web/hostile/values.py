"""Hostile numbers, instants, pages, headers and methods, by row of the fact sheet."""

from collections.abc import Iterator

from tests.web.hostile.requests import (
    CONCEPT,
    CREATION,
    EDIT,
    STEP,
    HostileRequest,
    create,
    edit,
    get,
    move,
)


def malformed_integers() -> Iterator[HostileRequest]:
    """Yield texts that are not whole numbers."""
    for text in ("1.9", "1_000", "%207%20", "%D9%A3"):
        yield get(19, 422, "INVALID_FIELDS", f"/v1/concepts?limit={text}")
    for text in ("true", "+1", "0x1", "1e0", "01", "-0"):
        yield get(19, 422, "INVALID_FIELDS", f"{CONCEPT}/as-of?seq={text}")
    for text in ("1.0", "%20", "%D9%A1", "latest", "null"):
        yield get(19, 422, "INVALID_FIELDS", f"{CONCEPT}/versions/{text}")
    for query in ("from=1&to=", "from=1"):
        yield get(19, 422, "INVALID_FIELDS", f"{CONCEPT}/diff?{query}")


def integers_out_of_range() -> Iterator[HostileRequest]:
    """Yield whole numbers that are too large or too small."""
    for path in (
        "versions/0",
        "versions/-1",
        "versions/9223372036854775808",
        "as-of?seq=0",
        "as-of?seq=-1",
        "diff?from=1&to=-9223372036854775808",
        "diff?from=0&to=1",
    ):
        yield get(20, 422, "NUMBER_OUT_OF_RANGE", f"{CONCEPT}/{path}")
    yield get(20, 404, "VERSION_NOT_FOUND", f"{CONCEPT}/versions/9223372036854775807")
    yield get(20, 422, "INVALID_FIELDS", f"{CONCEPT}/versions/{'9' * 5_000}")
    yield get(20, 422, "INVALID_FIELDS", f"{CONCEPT}/as-of?seq={'9' * 5_000}")

    too_large = {"If-Match": '"9223372036854775808"'}
    yield edit(20, 400, "INVALID_IF_MATCH", json=EDIT, headers=too_large)
    largest = {"If-Match": '"9223372036854775807"'}
    yield edit(20, 412, "STALE", json=EDIT, headers=largest)


def malformed_instants() -> Iterator[HostileRequest]:
    """Yield texts that are not instants with an offset, and instants out of range."""
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
    ):
        yield get(26, 422, "INVALID_FIELDS", f"{CONCEPT}/as-of?at={text}")
    for text in ("1999-12-31T23:59:59Z", "3000-01-01T00:00:00Z"):
        yield get(26, 422, "INSTANT_OUT_OF_RANGE", f"{CONCEPT}/as-of?at={text}")


def other_spellings_of_ids() -> Iterator[HostileRequest]:
    """Yield other spellings of an id. Ids are texts, so that each spelling is another id."""
    for spelling in (
        "%7B{here}%7D",
        "urn:uuid:{here}",
        "urn:{here}",
        "{here}-",
        "-{here}",
        "({here})",
        "%22{here}%22",
        "ID-00000001",
        "{{0190163d-8694-739b-aea5-966c26f8ad91}}",
        "0190163D-8694-739B-AEA5-966C26F8AD91",
        "0190163d8694739baea5966c26f8ad91",
        "00000000-0000-1000-8000-00155d000000",
    ):
        yield get(27, 404, "CONCEPT_NOT_FOUND", f"/v1/concepts/{spelling}")


def malformed_pages() -> Iterator[HostileRequest]:
    """Yield limits, orders, offsets and cursors that no list has."""
    for limit in ("0", "101", "1000000000", "-1"):
        yield get(28, 422, "NUMBER_OUT_OF_RANGE", f"/v1/concepts?limit={limit}")
    for query in ("limit=1e9", "order_by=name;drop+table+concepts", "offset=10"):
        yield get(28, 422, "INVALID_FIELDS", f"/v1/concepts?{query}")
    yield get(28, 422, "INVALID_FIELDS", f"{CONCEPT}?fields=*")
    yield get(28, 400, "DUPLICATE_KEY", "/v1/concepts?limit=1&limit=100")
    for path in (
        "/v1/concepts?cursor=abc",
        f"/v1/concepts?cursor={'0' * 64}aWQtMQ==",
        f"/v1/history?cursor={'0' * 64}MQ==",
        f"{CONCEPT}/versions?cursor=%C3%A9%E2%82%AC",
    ):
        yield get(28, 400, "INVALID_CURSOR", path)
    yield get(28, 422, "TEXT_BLANK", "/v1/concepts?cursor=")
    yield get(28, 422, "TEXT_TOO_LONG", f"/v1/concepts?cursor={'a' * 1_001}")


def patterns_in_searches() -> Iterator[HostileRequest]:
    """Yield searches that would find the concept Ratio if they were read as patterns or SQL."""
    for text in (
        "R_tio",
        "r__io",
        "R%25o",
        "Rat%25",
        "%25%25",
        "%2525",
        "%27%3B%20DROP%20TABLE%20history%3B%20--",
        "%27%20OR%201%3D1%20--",
        "%3Aname",
        "%3F",
        "%5ER.%2B%24",
        "%5C%25",
    ):
        yield get(29, 200, "", f"/v1/concepts?text={text}")


def malformed_idempotency_keys() -> Iterator[HostileRequest]:
    """Yield idempotency keys that are not 1 to 255 visible ASCII characters."""
    for key in ("a" * 256, "a b", "\u00e9"):
        yield create(30, 400, "INVALID_IDEMPOTENCY_KEY", json=CREATION, once=key)
    for key in ("", "a\tb", "\x7f", "\x01", "a\x1bb", " a", "\u00a0", "a" * 10_000, "\x85"):
        environ = {"HTTP_IDEMPOTENCY_KEY": key}
        yield create(30, 400, "INVALID_IDEMPOTENCY_KEY", json=CREATION, environ=environ)


def failed_preconditions() -> Iterator[HostileRequest]:
    """Yield changes without If-Match, with a stale one, and with a malformed one."""
    yield edit(32, 428, "IF_MATCH_MISSING", json=EDIT)
    yield move(32, 428, "IF_MATCH_MISSING", json=STEP)
    yield edit(32, 412, "STALE", json=EDIT, seq=2)
    yield move(32, 412, "STALE", json=STEP, seq=2)
    for tag in (
        "*",
        'W/"1"',
        "1",
        '"1',
        '"0"',
        '"01"',
        '"-1"',
        '"1.0"',
        '"1", "2"',
        '""',
        '"\u0661"',
        "'1'",
    ):
        yield edit(32, 400, "INVALID_IF_MATCH", json=EDIT, headers={"If-Match": tag})


def illegal_transitions() -> Iterator[HostileRequest]:
    """Yield steps that a draft cannot take."""
    for status in ("PUBLISHED", "APPROVED", "DRAFT"):
        body = {**STEP, "status": status}
        yield move(33, 409, "INVALID_TRANSITION", json=body, seq=1)


def unknown_methods_and_paths() -> Iterator[HostileRequest]:
    """Yield methods and paths that the API does not have."""
    for method in ("DELETE", "PATCH", "TRACE", "OPTIONS", "POST"):
        yield HostileRequest(35, 405, "METHOD_NOT_ALLOWED", method, CONCEPT)
    for method in ("PUT", "DELETE", "BREW"):
        yield HostileRequest(35, 405, "METHOD_NOT_ALLOWED", method, f"{CONCEPT}/versions/1")
    for header in ("X-HTTP-Method-Override", "X-Method-Override"):
        yield HostileRequest(
            row=35,
            status=405,
            code="METHOD_NOT_ALLOWED",
            method="POST",
            path=CONCEPT,
            options={"json": EDIT, "headers": {header: "PUT"}},
        )
    for path in ("/v1/concepts/", "//v1/concepts", "/v1/../v1/concept", "/admin"):
        yield get(35, 404, "ROUTE_NOT_FOUND", path)


def malformed_hosts() -> Iterator[HostileRequest]:
    """Yield Host headers that are not a host with an optional port."""
    for host in ("a, b", "a b", "a/b", "a@b", "a:b"):
        yield get(36, 400, "MALFORMED_REQUEST", CONCEPT, headers={"Host": host})


VALUE_REQUESTS = [
    *malformed_integers(),
    *integers_out_of_range(),
    *malformed_instants(),
    *other_spellings_of_ids(),
    *malformed_pages(),
    *patterns_in_searches(),
    *malformed_idempotency_keys(),
    *failed_preconditions(),
    *illegal_transitions(),
    *unknown_methods_and_paths(),
    *malformed_hosts(),
]
