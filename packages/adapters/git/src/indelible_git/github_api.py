"""GitHub's REST API: send a request, and tell its failures apart."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import Any, Final, cast
from urllib.parse import urljoin

import urllib3
from attrs import define, field, frozen

from indelible.kernel import Clock
from indelible.projects.errors import HostRefused, HostUnavailable
from indelible_git.origins import parse_origin
from indelible_git.texts import mask, one_line

API_VERSION: Final = "2022-11-28"
USER_AGENT: Final = "indelible-git"
MAX_ANSWER_BYTES: Final = 1 << 20
MAX_REDIRECTS: Final = 3
MAX_MESSAGE_CHARACTERS: Final = 300
CHUNK_BYTES: Final = 1 << 16
KEEPS_METHOD: Final = frozenset({307, 308})
REDIRECTS: Final = frozenset({301, 302, *KEEPS_METHOD})
BUSY: Final = frozenset({408, 425})
SERVER_ERRORS: Final = range(500, 600)
FORBIDDEN: Final = 403
TOO_MANY_REQUESTS: Final = 429
UNAUTHORIZED: Final = 401
RATE_LIMIT: Final = re.compile(r"rate limit|abuse detection", re.IGNORECASE)

# GitHub asks for at least a minute where it does not say how long; its window is an hour.
MIN_LIMITED_SECONDS: Final = 60.0
MAX_RETRY_SECONDS: Final = 3_600.0

JsonObject = dict[str, object]


@frozen
class Answer:
    """The status, headers and document of an answer that is no failure of the host."""

    status: int
    headers: Mapping[str, str]
    document: JsonObject

    @property
    def message(self) -> str:
        """Return the message of an error on one line."""
        return one_line(str(self.document.get("message", "")), MAX_MESSAGE_CHARACTERS)


@define(kw_only=True, eq=False)
class GitHubApi:
    """A client of one API with one token. Threads may share it. It never repeats a request."""

    url: str
    token: str = field(repr=False)
    timeout_seconds: float
    clock: Clock = field(repr=False)
    remaining_requests: int | None = field(default=None, init=False)
    _pool: urllib3.PoolManager = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        timeout = urllib3.Timeout(total=self.timeout_seconds)
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False)

    def request(self, method: str, path: str, body: JsonObject | None = None) -> Answer:
        """Send a request and return the answer, also one that refuses it.

        Raises:
            HostUnavailable: The host is down, busy, or has reached a rate limit.
            HostRefused: The token is wrong or lacks a permission, or a redirect leads elsewhere.
        """
        url = f"{self.url.rstrip('/')}{path}"
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._send(method, url, body)
            if answer.status not in REDIRECTS:
                self._check(answer)
                return answer
            url = self._redirect(method, url, answer)

        raise HostRefused(f"more than {MAX_REDIRECTS} redirects")

    def _redirect(self, method: str, url: str, answer: Answer) -> str:
        """Return the address of a redirect within the API's own origin. Raises HostRefused."""
        target = urljoin(url, answer.headers.get("location", ""))
        if parse_origin(target) != parse_origin(self.url):
            raise HostRefused("a redirect leads to another host")
        if method != "GET" and answer.status not in KEEPS_METHOD:
            raise HostRefused(f"a redirect of a {method} request, HTTP {answer.status}")

        return target

    def _send(self, method: str, url: str, body: JsonObject | None) -> Answer:
        """Send one request. Raises HostUnavailable."""
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "User-Agent": USER_AGENT,
            "X-GitHub-Api-Version": API_VERSION,
        }
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        try:
            response = self._pool.request(
                method, url, body=content, headers=headers, redirect=False, preload_content=False
            )
            with response:
                text = self._read(response)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            # Without `from error`: its text may contain the address.
            raise HostUnavailable(f"{method} request: {type(error).__name__}") from None

        answer_headers = {name.lower(): value for name, value in response.headers.items()}
        self._count(answer_headers)
        # A careless proxy repeats what it was sent.
        masked = mask(text.decode(errors="replace"), [self.token])
        return Answer(response.status, answer_headers, _parse(masked))

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """Return the body, within the limits of size and time. Raises HostUnavailable."""
        deadline = monotonic() + self.timeout_seconds
        text = bytearray()
        while chunk := response.read1(CHUNK_BYTES, decode_content=False):
            text += chunk
            if len(text) > MAX_ANSWER_BYTES:
                raise HostUnavailable(f"the answer has more than {MAX_ANSWER_BYTES} bytes")
            if monotonic() > deadline:
                raise HostUnavailable(f"the answer took more than {self.timeout_seconds} seconds")

        return bytes(text)

    def _count(self, headers: Mapping[str, str]) -> None:
        with suppress(KeyError, ValueError):
            self.remaining_requests = int(headers["x-ratelimit-remaining"])

    def _check(self, answer: Answer) -> None:
        """Raise the error of an answer that says nothing about the resource itself."""
        status = answer.status
        if status == UNAUTHORIZED:
            raise HostRefused(f"the token was not accepted, HTTP 401: {answer.message}")
        if status == TOO_MANY_REQUESTS or (status == FORBIDDEN and _is_limited(answer)):
            reason = f"rate limit, HTTP {status}: {answer.message}"
            raise HostUnavailable(reason, _limited_seconds(answer, self.clock.now()))
        if status == FORBIDDEN:
            raise HostRefused(f"HTTP 403: {answer.message}")
        if status in SERVER_ERRORS or status in BUSY:
            raise HostUnavailable(f"HTTP {status}", _retry_after(answer))


def _parse(text: str) -> JsonObject:
    """Return the JSON object in a text, an empty one if there is none."""
    document: Any = None
    with suppress(ValueError, RecursionError):
        document = json.loads(text)
    if not isinstance(document, dict):
        return {}

    return cast(JsonObject, document)


def _is_limited(answer: Answer) -> bool:
    """Return True if a 403 is one of a rate limit, primary or secondary."""
    if "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0":
        return True

    return RATE_LIMIT.search(answer.message) is not None


def _limited_seconds(answer: Answer, now: datetime) -> float:
    """Return the seconds to wait after a rate limit, as GitHub's documentation asks for."""
    seconds = _retry_after(answer)
    if seconds is not None:
        return seconds
    if answer.headers.get("x-ratelimit-remaining") == "0":
        with suppress(KeyError, ValueError):
            reset = float(answer.headers["x-ratelimit-reset"]) - now.timestamp()
            return min(max(reset, 1.0), MAX_RETRY_SECONDS)

    return MIN_LIMITED_SECONDS


def _retry_after(answer: Answer) -> float | None:
    """Return the seconds of a `retry-after` header, at most an hour; None without one."""
    with suppress(KeyError, ValueError):
        seconds = int(answer.headers["retry-after"])
        return float(min(max(seconds, 1), MAX_RETRY_SECONDS))

    return None
