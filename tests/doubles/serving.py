"""A small HTTP server on a real socket, with faults that are planned by the test."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from attrs import define, field, frozen

CONTROL = "/_double/faults"


@frozen(kw_only=True)
class Request:
    """A request with its whole body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """Return the method and the path with its query, by which faults are planned."""
        return f"{self.method} {self.path}"


@frozen(kw_only=True)
class Response:
    """An answer."""

    status: int
    headers: dict[str, str] = field(factory=dict[str, str])
    body: bytes = b""

    @classmethod
    def json(cls, status: int, document: object, **headers: str) -> Response:
        """Return an answer with a JSON document."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        names["Content-Type"] = "application/json; charset=utf-8"
        return cls(status=status, headers=names, body=json.dumps(document).encode())


@define(kw_only=True, eq=False)
class Fault:
    """A fault of the next requests whose method and path match.

    The request takes effect unless `answer` replaces it. `before` runs first. `lost` closes the
    connection instead of sending the answer; `hangs` holds it back until the double ends.
    """

    matching: str
    times: int = 1
    answer: Response | None = None
    before: Callable[[], None] | None = None
    delay_seconds: float = 0.0
    lost: bool = False
    hangs: bool = False


Handle = Callable[[Request], Response]


@define(eq=False)
class Double:
    """A running server. `faults` may be changed at any time; `requests` are those received."""

    handle: Handle
    faults: list[Fault] = field(factory=list[Fault])
    requests: list[Request] = field(factory=list[Request])
    errors: list[str] = field(factory=list[str])
    url: str = ""
    stopped: threading.Event = field(factory=threading.Event)
    _lock: threading.Lock = field(factory=threading.Lock)

    def plan(self, fault: Fault) -> Fault:
        """Add a fault."""
        with self._lock:
            self.faults.append(fault)
        return fault

    def respond(self, request: Request) -> Response | None:
        """Return the answer to a request, None if it is lost."""
        if request.path == CONTROL:
            return self._control(request)

        self.requests.append(request)
        fault = self._next_fault(request.name)
        if fault is None:
            return self.handle(request)
        if fault.before is not None:
            fault.before()
        if fault.delay_seconds:
            self.stopped.wait(fault.delay_seconds)
        response = fault.answer or self.handle(request)
        if fault.hangs:
            self.stopped.wait()
        if fault.lost or fault.hangs:
            return None

        return response

    def _next_fault(self, name: str) -> Fault | None:
        with self._lock:
            for fault in self.faults:
                if fault.times > 0 and re.search(fault.matching, name):
                    fault.times -= 1
                    return fault

        return None

    def _control(self, request: Request) -> Response:
        """Plan a fault from another process: a JSON object with the fields of `Fault`."""
        document: dict[str, Any] = json.loads(request.body)
        status = document.pop("status", None)
        headers = document.pop("headers", {})
        if status is not None:
            document["answer"] = Response.json(status, {"message": "planned"}, **headers)
        self.plan(Fault(**document))
        return Response(status=204)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    double: Double

    def handle_error(self, request: object, client_address: object) -> None:
        """Do nothing: a client that goes away is what the tests do."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of the base class
        """Print nothing."""

    def _answer(self) -> None:
        request = Request(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._body(),
        )
        double = cast(_Server, self.server).double
        try:
            response = double.respond(request)
        except Exception as error:
            double.errors.append(f"{request.name}: {error!r}")
            raise
        if response is None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return

        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - of the base class


@contextmanager
def served(handle: Handle, port: int = 0) -> Generator[Double]:
    """Serve on a port of this machine until the block ends."""
    double = Double(handle)
    server = _Server(("127.0.0.1", port), _Handler)
    server.double = double
    double.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield double
    finally:
        double.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
