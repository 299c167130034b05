"""The rows of the table of hostile input: their variants, or the reason why they have none."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from tests.web.hostile.lines_of_bodies import OF_BODIES
from tests.web.hostile.lines_of_captures import OF_CAPTURES
from tests.web.hostile.lines_of_tokens import OF_TOKENS
from tests.web.hostile.lines_of_values import OF_VALUES
from tests.web.hostile.scenes import SCENES

FEWEST: Final = 10
ROWS: Final = range(1, 59)
LINES: Final = [*OF_BODIES, *OF_VALUES, *OF_CAPTURES, *OF_TOKENS]
HEAD = b"POST /v1/concepts HTTP/1.1\r\nConnection: close\r\n"
REFUSED: Final[Mapping[str, bytes]] = {
    "two hosts": HEAD + b"Host: a\r\nHost: b\r\n\r\n",
    "a host with a path": HEAD + b"Host: a/b\r\n\r\n",
    "a line feed in a header": HEAD + b"Host: a\r\nX-Request-Id: a\nSet-Cookie: b\r\n\r\n",
    "a carriage return in a header": HEAD + b"Host: a\r\nX-Request-Id: a\rb\r\n\r\n",
    "a NUL in a header": HEAD + b"Host: a\r\nX-Request-Id: a\0b\r\n\r\n",
    "a space before a colon": HEAD + b"Host : a\r\n\r\n",
    "two lengths": HEAD + b"Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length with a sign": HEAD + b"Host: a\r\nContent-Length: +1\r\n\r\na",
    "a chunk of no length": HEAD + b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
}
UNFINISHED: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "half a method": b"PO",
    "no path": b"GET ",
    "no version": b"GET /health",
    "no end of the line": b"GET /health HTTP/1.1",
    "no header": b"GET /health HTTP/1.1\r\n",
    "half a header": b"GET /health HTTP/1.1\r\nHost: a\r\nX-",
    "no end of the headers": b"GET /health HTTP/1.1\r\nHost: a\r\n",
    "no body": HEAD + b"Host: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n",
    "half a body": HEAD
    + b"Host: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    "half a chunk": HEAD + b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "no last chunk": HEAD + b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
}
LOGGED: Final = (
    *(
        "a\nb",
        'a\r\n{"event": "forged"}',
        "\x1b[31mred",
        "\x1b]0;title\x07",
        "a\tb",
        "\x00",
        "a\x85b",
        "a\u2028b",
    ),
    *("\u202eabc", "'\"}", "%s %d %n", "a" * 100_000),
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
UNEXPECTED: Final[tuple[type[Exception], ...]] = (
    *(
        ZeroDivisionError,
        RecursionError,
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        AttributeError,
    ),
    *(AssertionError, MemoryError, OSError, TimeoutError, StopIteration),
)
NOT_YET: Final[Mapping[int, str]] = {
    21: "no route takes money before issue 6",
    23: "no route takes a currency before issue 6",
    34: "nothing is paid for or joined before contests",
    38: "no webhook before money",
    39: "no webhook before money",
    40: "no webhook before money",
    41: "no webhook before money",
    44: "nothing is fetched from a URL",
    45: "no git before projects",
    46: "no git before projects",
    47: "no files before projects",
    48: "no git before projects",
    49: "no git before projects",
    50: "no files before projects",
    54: "no workers, and so no messages, before projects",
    55: "no provider over a network is asked: an embedder is the host's own code",
}


def elsewhere() -> Counter[int]:
    """How many variants of a row stand in a table that is not of lines or scenes."""
    return Counter(
        {
            36: len(REFUSED),
            51: len(LOGGED),
            52: len(MARKUP),
            57: len(UNFINISHED),
            58: len(UNEXPECTED),
        }
    )


def variants() -> Counter[int]:
    """How many variants each row has."""
    return (
        Counter(line.row for line in LINES) + Counter(scene.row for scene in SCENES) + elsewhere()
    )
