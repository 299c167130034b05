"""The simulator's HTTP server on a real socket."""

import json
import socket
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast
from urllib.parse import parse_qsl, urlsplit

from attrs import define, field

from indelible_stripe.simulator.answers import Answer, ApiError, JsonObject
from indelible_stripe.simulator.controls import PREFIX, control
from indelible_stripe.simulator.engine import Engine
from indelible_stripe.simulator.pages import Page, answer_page
from indelible_stripe.simulator.story import Story

LOOPBACK: Final = "127.0.0.1"
MAX_BODY_BYTES: Final = 1 << 20
JSON_TYPE: Final = "application/json; charset=utf-8"
HTML_TYPE: Final = "text/html; charset=utf-8"


@define
class Simulator:
    """A simulator that listens on loopback."""

    engine: Engine
    server: "_Server"
    stopping: threading.Event = field(factory=threading.Event)

    @property
    def port(self) -> int:
        """Return the port, also where the system has chosen it."""
        return int(self.server.server_address[1])

    @property
    def base_url(self) -> str:
        """Return the address of the API."""
        return f"http://{LOOPBACK}:{self.port}"

    def serve(self) -> None:
        """Serve requests until `close`."""
        self.engine.sender.start()
        self.server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Release the clients that hang, and stop."""
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()
        self.engine.sender.close()


class _Server(ThreadingHTTPServer):
    """Threads serve connections, and end with the process."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    simulator: Simulator

    def handle_error(self, request: object, client_address: object) -> None:
        """Print the error of a request, but nothing about a client that has gone away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(cast("Any", request), client_address)


def open_simulator(story: Story, *, seed: int, port: int = 0) -> Simulator:
    """Bind a simulator to a port of loopback; 0 lets the system choose one."""
    simulator = Simulator(Engine(story, seed), _Server((LOOPBACK, port), _Handler))
    simulator.server.simulator = simulator
    simulator.engine.state.base_url = simulator.base_url
    return simulator


@contextmanager
def running_simulator(
    story: Story | None = None, *, seed: int = 1, port: int = 0
) -> Generator[Simulator]:
    """Run a simulator in a thread."""
    simulator = open_simulator(Story() if story is None else story, seed=seed, port=port)
    thread = threading.Thread(target=simulator.serve, name="stripe-simulator", daemon=True)
    thread.start()
    try:
        yield simulator
    finally:
        simulator.close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]  # its class is narrower

    def do_GET(self) -> None:
        """Answer a GET request."""
        self._answer(max_body_bytes=0)

    def do_POST(self) -> None:
        """Answer a POST request."""
        self._answer(max_body_bytes=MAX_BODY_BYTES)

    def do_DELETE(self) -> None:
        """Answer a DELETE request: no operation of the simulator has one."""
        self._answer(max_body_bytes=0)

    def _answer(self, *, max_body_bytes: int) -> None:
        """Read the body, which has a length and is not too long, and answer the request."""
        length = self.headers.get("Content-Length", "0")
        error: ApiError | None = None
        if "Transfer-Encoding" in self.headers:
            message = "The simulator implements bodies only with a Content-Length."
            error = ApiError(message, status=HTTPStatus.LENGTH_REQUIRED)
        elif not length.isascii() or not length.isdigit() or int(length) > max_body_bytes:
            message = f"Bodies of {self.command} have at most {max_body_bytes} bytes."
            error = ApiError(message, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if error is not None:
            self.close_connection = True
            self._send_json(error.answer())
            return
        body = self.rfile.read(int(length))
        self._serve(body.decode("utf-8", "replace"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
        """Write nothing: the journal has every request."""

    def _serve(self, body: str) -> None:
        engine = self.server.simulator.engine
        url = urlsplit(self.path)
        if url.path.startswith(PREFIX):
            self._send_json(self._control(engine, url.path, url.query, body))
            return
        page = answer_page(engine, self.command, url.path, body)
        if page is not None:
            self._send_page(page)
            return

        text = "&".join(part for part in (url.query, body) if part)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(engine.answer(self.command, url.path, text, headers))

    def _control(self, engine: Engine, path: str, query: str, body: str) -> Answer:
        values: Any = dict(parse_qsl(query))
        if self.command == "POST":
            try:
                values = json.loads(body or "{}")
            except (ValueError, RecursionError):
                values = None
        if not isinstance(values, dict):
            return ApiError("The body of a control is a JSON object").answer()
        return control(engine, self.command, path, cast("dict[str, Any]", values))

    def _send(self, answer: Answer) -> None:
        """Send an answer, or let the client hang, or close its connection."""
        if not answer.is_silent:
            self._send_json(answer)
            return
        if answer.hangs:
            simulator = self.server.simulator
            simulator.stopping.wait(simulator.engine.story.hang_seconds)
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _send_json(self, answer: Answer) -> None:
        body: JsonObject = answer.body
        self._send_bytes(answer.status, json.dumps(body).encode(), JSON_TYPE, answer.headers)

    def _send_page(self, page: Page) -> None:
        headers: dict[str, str] = {}
        if page.location is not None:
            headers["Location"] = page.location
        self._send_bytes(page.status, page.html.encode(), HTML_TYPE, headers)

    def _send_bytes(
        self, status: int, body: bytes, content_type: str, headers: dict[str, str]
    ) -> None:
        with suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
