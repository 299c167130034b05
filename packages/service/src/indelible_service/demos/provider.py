"""A stand-in for the provider of golf leaderboards: an HTTP server that plays a scripted story.

It is a program on a real socket, because the demo, the tests and a reader of the documentation run
the same ingestion against it. `GET /leaderboard?event=ID` serves the story of a tournament.
"""

import json
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self, cast
from urllib.parse import parse_qs, urlsplit

from attrs import Factory, define, field, frozen

from indelible_service.instance.listening import CannotListen

HOST: Final = "127.0.0.1"
PATH: Final = "/leaderboard"
TOO_LARGE_BYTES: Final = 2 * 1024 * 1024 + 1
HTML_PAGE: Final = b"<!doctype html><html><body>Service temporarily unavailable</body></html>"
JSON_TYPE: Final = "application/json; charset=utf-8"
HTML_TYPE: Final = "text/html; charset=utf-8"


class ProviderFault(StrEnum):
    """The faults of the stand-in."""

    SERVER_ERROR = "SERVER_ERROR"
    HANGS = "HANGS"
    HTML = "HTML"
    EMPTY = "EMPTY"
    TRUNCATED = "TRUNCATED"
    TOO_LARGE = "TOO_LARGE"
    REDIRECT = "REDIRECT"
    NOT_FOUND = "NOT_FOUND"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"


@frozen(kw_only=True)
class Step:
    """A step of a story: a body, a fault, or both.

    A step begins `at_seconds` after the start of the stand-in; in a story that advances by request
    it lasts for a number of requests. A truncated or redirected body is that of the step.
    """

    body: bytes = b""
    fault: ProviderFault | None = None
    at_seconds: float = 0.0
    requests: int = 1
    retry_after_seconds: int = 1


@frozen(kw_only=True)
class Story:
    """The steps of a tournament; the last one lasts for ever."""

    steps: tuple[Step, ...]
    advances_by_request: bool = False

    @classmethod
    def of_bodies(cls, bodies: Sequence[bytes], *, seconds: float | None = None) -> Self:
        """Return the story of these bodies: one per request, or one every so many seconds."""
        steps: list[Step] = []
        for number, body in enumerate(bodies):
            at_seconds = 0.0 if seconds is None else number * seconds
            steps.append(Step(body=body, at_seconds=at_seconds))

        return cls(steps=tuple(steps), advances_by_request=seconds is None)


@define
class _Play:
    """A story, and the number of requests for it."""

    story: Story
    requests: int = 0

    def next_step(self, seconds: float) -> Step:
        self.requests += 1
        if self.story.advances_by_request:
            return self._step_of_request()

        current = self.story.steps[0]
        for step in self.story.steps:
            if step.at_seconds <= seconds:
                current = step
        return current

    def _step_of_request(self) -> Step:
        served = 0
        for step in self.story.steps:
            served += step.requests
            if self.requests <= served:
                return step

        return self.story.steps[-1]


def _monotonic_now(stub: "ProviderStub") -> float:
    return stub.monotonic()


@define(eq=False)
class ProviderStub:
    """A running stand-in. Stories may be replaced and faults planned at any time."""

    port: int = 0
    stopped: threading.Event = field(factory=threading.Event)
    monotonic: Callable[[], float] = time.monotonic
    _plays: dict[str, _Play] = field(factory=dict[str, _Play])
    _faults: list[ProviderFault] = field(factory=list[ProviderFault])
    _started_at: float = field(default=Factory(_monotonic_now, takes_self=True), init=False)
    _lock: threading.Lock = field(factory=threading.Lock)

    @property
    def url(self) -> str:
        """Return the address of the stand-in."""
        return f"http://{HOST}:{self.port}"

    @property
    def endpoint(self) -> str:
        """Return the template of the ingestion URL."""
        return f"{self.url}{PATH}?event={{event_id}}"

    def tell(self, event_id: str, story: Story) -> None:
        """Start a story, or replace the one that is told."""
        with self._lock:
            self._plays[event_id] = _Play(story)

    def plan(self, fault: ProviderFault, times: int = 1) -> None:
        """Let the next requests fail, whatever their story."""
        with self._lock:
            self._faults.extend([fault] * times)

    def requests(self, event_id: str) -> int:
        """Return how many requests a story has received."""
        with self._lock:
            play = self._plays.get(event_id)
            return 0 if play is None else play.requests

    def next_step(self, event_id: str) -> Step | None:
        """Return the step of the next request, None for an unknown tournament."""
        with self._lock:
            play = self._plays.get(event_id)
            if play is None:
                return None
            step = play.next_step(self.monotonic() - self._started_at)
            if self._faults:
                return Step(body=step.body, fault=self._faults.pop(0))
            return step


@frozen
class StubReply:
    """The answer to a request: `length` is announced for a body that is cut off, else None."""

    status: HTTPStatus = HTTPStatus.OK
    body: bytes = b""
    kind: str = JSON_TYPE
    headers: Mapping[str, str] = field(factory=dict[str, str])
    length: int | None = None
    hangs: bool = False


FIXED_REPLIES: Final[Mapping[ProviderFault, StubReply]] = {
    ProviderFault.SERVER_ERROR: StubReply(HTTPStatus.INTERNAL_SERVER_ERROR, HTML_PAGE, HTML_TYPE),
    ProviderFault.HANGS: StubReply(hangs=True),
    ProviderFault.HTML: StubReply(body=HTML_PAGE, kind=HTML_TYPE),
    ProviderFault.EMPTY: StubReply(),
    ProviderFault.TOO_LARGE: StubReply(body=b" " * TOO_LARGE_BYTES),
    ProviderFault.NOT_FOUND: StubReply(HTTPStatus.NOT_FOUND, b'{"code":404}'),
}


def reply_of(step: Step | None, url: str) -> StubReply:
    """Return the answer to a request at a step, None for an unknown tournament."""
    if step is None:
        return StubReply(HTTPStatus.NOT_FOUND, b"{}")
    if step.fault is None:
        return StubReply(body=step.body)
    if step.fault in FIXED_REPLIES:
        return FIXED_REPLIES[step.fault]
    if step.fault is ProviderFault.TRUNCATED:
        return StubReply(body=step.body[: len(step.body) // 2], length=len(step.body))
    if step.fault is ProviderFault.REDIRECT:
        return StubReply(HTTPStatus.FOUND, headers={"Location": f"{url}/other"})

    wait = {"Retry-After": str(step.retry_after_seconds)}
    return StubReply(HTTPStatus.TOO_MANY_REQUESTS, b"{}", headers=wait)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    stub: ProviderStub

    def handle_error(self, request: object, client_address: object) -> None:
        """Do nothing: clients that give up are a part of the story."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of the base class
        """Print nothing."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = parse_qs(address.query, keep_blank_values=True)
        event_ids = query.pop("event", [])
        step = None
        if not query and address.path == PATH and len(event_ids) == 1:
            step = self._stub.next_step(event_ids[0])
        if query:
            problem = {"message": f"the stand-in does not implement {', '.join(sorted(query))}"}
            self._send(StubReply(HTTPStatus.BAD_REQUEST, json.dumps(problem).encode()))
        else:
            self._send(reply_of(step, self._stub.url))

    @property
    def _stub(self) -> ProviderStub:
        return cast(_Server, self.server).stub

    def _send(self, reply: StubReply) -> None:
        if reply.hangs:
            self._stub.stopped.wait()
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(reply.length or len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(reply.body)
        if reply.length is not None:
            self.close_connection = True


@contextmanager
def provider_stub(
    stories: Mapping[str, Story] | None = None, port: int = 0
) -> Generator[ProviderStub]:
    """Serve stories on a port of this machine until the block ends.

    Raises: CannotListen.
    """
    stub = ProviderStub()
    for event_id, story in (stories or {}).items():
        stub.tell(event_id, story)
    server = _listen(port)
    server.stub = stub
    stub.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _listen(port: int) -> _Server:
    """Return a server that listens at a port.

    Raises: CannotListen.
    """
    try:
        return _Server((HOST, port), _Handler)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CannotListen(HOST, port, reason) from error
