"""The rows of the table of hostile input: their variants, or the reason why they have none."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from tests.adapters.git.hostile import BRANCHES, HOOKS, SPECIAL_FILES, TAKEN_PATHS
from tests.web.hostile.access import access_scenarios
from tests.web.hostile.bodies import BODY_REQUESTS
from tests.web.hostile.captures import CAPTURE_REQUESTS
from tests.web.hostile.contests import CONTEST_REQUESTS, contest_scenarios
from tests.web.hostile.limits import limit_scenarios
from tests.web.hostile.projects import PROJECT_REQUESTS
from tests.web.hostile.sessions import session_scenarios
from tests.web.hostile.tokens import TOKEN_REQUESTS
from tests.web.hostile.values import VALUE_REQUESTS
from tests.web.hostile.webhooks import count_webhook_variants
from tests.web.hostile.writes import write_scenarios

REQUESTS: Final = [
    *BODY_REQUESTS,
    *VALUE_REQUESTS,
    *CAPTURE_REQUESTS,
    *TOKEN_REQUESTS,
    *PROJECT_REQUESTS,
    *CONTEST_REQUESTS,
]
SCENARIOS: Final = [
    *access_scenarios(),
    *session_scenarios(),
    *limit_scenarios(),
    *write_scenarios(),
    *contest_scenarios(),
]

HEALTH = b"GET /health"
POST = b"POST /v1/concepts HTTP/1.1\r\nConnection: close\r\n"
POST_WITH_HOST = POST + b"Host: a\r\n"
CHUNKED = POST_WITH_HOST + b"Transfer-Encoding: chunked\r\n\r\n"
HUNDRED_BYTES = (
    POST_WITH_HOST + b"Content-Type: application/json\r\n" + b"Content-Length: 100\r\n\r\n"
)
MALFORMED_HTTP: Final[Mapping[str, bytes]] = {
    "two hosts": POST + b"Host: a\r\nHost: b\r\n\r\n",
    "a host with a path": POST + b"Host: a/b\r\n\r\n",
    "a line feed in a header": POST_WITH_HOST + b"X-Request-Id: a\nSet-Cookie: b\r\n\r\n",
    "a carriage return in a header": POST_WITH_HOST + b"X-Request-Id: a\rb\r\n\r\n",
    "a NUL in a header": POST_WITH_HOST + b"X-Request-Id: a\0b\r\n\r\n",
    "a space before a colon": POST + b"Host : a\r\n\r\n",
    "two lengths": POST_WITH_HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length with a sign": POST_WITH_HOST + b"Content-Length: +1\r\n\r\na",
    "a chunk without a length": CHUNKED + b"zz\r\n\r\n",
}
UNFINISHED_HTTP: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "half a method": b"PO",
    "no path": b"GET ",
    "no version": HEALTH,
    "no end of the line": HEALTH + b" HTTP/1.1",
    "no header": HEALTH + b" HTTP/1.1\r\n",
    "half a header": HEALTH + b" HTTP/1.1\r\nHost: a\r\nX-",
    "no end of the headers": HEALTH + b" HTTP/1.1\r\nHost: a\r\n",
    "no body": HUNDRED_BYTES,
    "half a body": HUNDRED_BYTES + b"{",
    "half a chunk": CHUNKED + b"5\r\nab",
    "no last chunk": CHUNKED + b"1\r\na\r\n",
}
LOG_INJECTIONS: Final = (
    "a\nb",
    'a\r\n{"event": "forged"}',
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "a\tb",
    "\x00",
    "a\x85b",
    "a\u2028b",
    "\u202eabc",
    "'\"}",
    "%s %d %n",
    "a" * 100_000,
)
MARKUP: Final[Mapping[str, str]] = {
    "a script": "<script>alert(1)</script>",
    "an attribute": '" onmouseover="alert(1)',
    "an attribute in single quotes": "' autofocus onfocus='alert(1)",
    "an end of a box": "</textarea><img src=x onerror=alert(1)>",
    "an end of a title": "</title><script src=//evil.example></script>",
    "a template": "{{ 'indelible'.upper() }}",
    "a statement of a template": "{% include '/etc/passwd' %}",
    "a comment": "<!-- --><svg onload=alert(1)>",
    "an address": "javascript:alert(1)",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "a style": "<style>*{display:none}</style>",
    "a frame": "<iframe srcdoc='<script>alert(1)</script>'>",
}
UNEXPECTED_ERRORS: Final[tuple[type[Exception], ...]] = (
    ZeroDivisionError,
    RecursionError,
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
    MemoryError,
    OSError,
    TimeoutError,
    StopIteration,
)
NOT_YET: Final[Mapping[int, str]] = {
    44: "no route fetches a URL",
    54: "a message only wakes a worker; tasks are rows of the database",
    55: "no provider over a network: an embedder is the host's own code",
}


def count_other_variants() -> Counter[int]:
    """Return the number of variants by row, of the rows without requests and scenarios."""
    return Counter(
        {
            36: len(MALFORMED_HTTP),
            46: len(BRANCHES),
            48: len(TAKEN_PATHS) + len(SPECIAL_FILES),
            49: len(HOOKS),
            51: len(LOG_INJECTIONS),
            52: len(MARKUP),
            57: len(UNFINISHED_HTTP),
            58: len(UNEXPECTED_ERRORS),
            **count_webhook_variants(),
        }
    )
