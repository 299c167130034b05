"""Hostile numbers, instants, pages, headers and methods.

Each line is a request, with its row of the fact sheet and the expected answer.
"""

from tests.web.hostile.line import BIRTH, EDIT, HERE, STEP, Line, birth, edit, get, step

OF_VALUES: list[Line] = [
    # whole numbers that are none
    *(
        get(19, 422, "INVALID_FIELDS", f"/v1/concepts?limit={text}")
        for text in ("1.9", "1_000", "%207%20", "%D9%A3")
    ),
    *(
        get(19, 422, "INVALID_FIELDS", f"{HERE}/as-of?seq={text}")
        for text in ("true", "+1", "0x1", "1e0", "01", "-0")
    ),
    *(
        get(19, 422, "INVALID_FIELDS", f"{HERE}/versions/{text}")
        for text in ("1.0", "%20", "%D9%A1", "latest", "null")
    ),
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
    get(20, 422, "NUMBER_OUT_OF_RANGE", f"{HERE}/as-of?seq=-1"),
    get(20, 422, "NUMBER_OUT_OF_RANGE", f"{HERE}/diff?from=0&to=1"),
    get(20, 422, "INVALID_FIELDS", f"{HERE}/as-of?seq={'9' * 5_000}"),
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
    # an id is text of ours, so what is written otherwise is another id, that nothing has
    *(
        get(27, 404, "CONCEPT_NOT_FOUND", f"/v1/concepts/{written}")
        for written in (
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
        )
    ),
    # pages
    *(
        get(28, 422, "NUMBER_OUT_OF_RANGE", f"/v1/concepts?limit={limit}")
        for limit in ("0", "101", "1000000000", "-1")
    ),
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
    # a search takes every character as it is: these would find something if it did not
    *(
        get(29, 200, "", f"/v1/concepts?text={text}")
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
        )
    ),
    # repetitions
    birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, once="a" * 256),
    birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, once="a b"),
    birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, once="\u00e9"),
    birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, environ={"HTTP_IDEMPOTENCY_KEY": ""}),
    birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, environ={"HTTP_IDEMPOTENCY_KEY": "a\tb"}),
    *(
        birth(30, 400, "INVALID_IDEMPOTENCY_KEY", json=BIRTH, environ={"HTTP_IDEMPOTENCY_KEY": key})
        for key in ("\x7f", "\x01", "a\x1bb", " a", "\u00a0", "a" * 10_000, "\x85")
    ),
    # preconditions
    edit(32, 428, "IF_MATCH_MISSING", json=EDIT),
    step(32, 428, "IF_MATCH_MISSING", json=STEP),
    edit(32, 412, "STALE", json=EDIT, seq=2),
    step(32, 412, "STALE", json=STEP, seq=2),
    *(
        edit(32, 400, "INVALID_IF_MATCH", json=EDIT, headers={"If-Match": tag})
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
        )
    ),
    # the life of a concept
    step(33, 409, "INVALID_TRANSITION", json=STEP | {"status": "PUBLISHED"}, seq=1),
    step(33, 409, "INVALID_TRANSITION", json=STEP | {"status": "APPROVED"}, seq=1),
    step(33, 409, "INVALID_TRANSITION", json=STEP | {"status": "DRAFT"}, seq=1),
    # methods that are not there
    *(
        Line(35, 405, "METHOD_NOT_ALLOWED", method, HERE)
        for method in ("DELETE", "PATCH", "TRACE", "OPTIONS", "POST")
    ),
    *(
        Line(35, 405, "METHOD_NOT_ALLOWED", method, f"{HERE}/versions/1")
        for method in ("PUT", "DELETE", "BREW")
    ),
    Line(
        35,
        405,
        "METHOD_NOT_ALLOWED",
        "POST",
        HERE,
        {"json": EDIT, "headers": {"X-HTTP-Method-Override": "PUT"}},
    ),
    Line(
        35,
        405,
        "METHOD_NOT_ALLOWED",
        "POST",
        HERE,
        {"json": EDIT, "headers": {"X-Method-Override": "PUT"}},
    ),
    get(35, 404, "ROUTE_NOT_FOUND", "/v1/concepts/"),
    get(35, 404, "ROUTE_NOT_FOUND", "//v1/concepts"),
    get(35, 404, "ROUTE_NOT_FOUND", "/v1/../v1/concept"),
    get(35, 404, "ROUTE_NOT_FOUND", "/admin"),
    # a host that is none
    *(
        get(36, 400, "MALFORMED_REQUEST", HERE, headers={"Host": host})
        for host in ("a, b", "a b", "a/b", "a@b", "a:b")
    ),
]
