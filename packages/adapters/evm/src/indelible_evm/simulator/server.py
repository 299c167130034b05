"""The HTTP server of a simulated chain, on a port of loopback."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final, cast

from indelible_evm.parsing import parse_object
from indelible_evm.simulator.chain import JsonObject, SimulatedChain

LOOPBACK: Final = "127.0.0.1"
MAX_BODY_BYTES: Final = 1 << 20
POLL_SECONDS: Final = 0.05  # in which the server notices its end
INVALID_REQUEST: Final = -32_600
NOT_JSON: Final = -32_700


@contextmanager
def running_chain(chain: SimulatedChain, *, port: int = 0) -> Generator[str]:
    """Serve a chain until the block ends, and yield its address; port 0 is any free one."""
    server = _Server((LOOPBACK, port), _Handler)
    server.chain = chain
    thread = Thread(
        target=server.serve_forever, args=(POLL_SECONDS,), name="chain-simulator", daemon=True
    )
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer_document(chain: SimulatedChain, document: object) -> object:
    """Return the answer to a JSON-RPC request, or to a batch of them."""
    requests = _as_list(document)
    if requests:
        return [_answer_request(chain, request) for request in requests]
    return _answer_request(chain, document)


def _answer_request(chain: SimulatedChain, request: object) -> JsonObject:
    values = parse_object(request)
    request_id, method, params = values.get("id"), values.get("method"), values.get("params")
    has_id = isinstance(request_id, int | str) and values.get("jsonrpc") == "2.0"
    if not has_id or not isinstance(method, str) or not isinstance(params, list):
        return _error(INVALID_REQUEST, "expected JSON-RPC 2.0 with an id, a method and params")

    return {"jsonrpc": "2.0", "id": request_id, **chain.answer(method, _as_list(values["params"]))}


def _as_list(value: object) -> list[object]:
    """Return a list, an empty one for any other value."""
    return cast("list[object]", value) if isinstance(value, list) else []


def _error(code: int, message: str) -> JsonObject:
    return {"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": message}}


class _Server(ThreadingHTTPServer):
    """Threads serve connections, and end with the process."""

    daemon_threads = True
    block_on_close = False
    chain: SimulatedChain


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]  # its class is narrower

    def do_POST(self) -> None:
        """Answer a request, or a batch of them."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            self._send(_error(INVALID_REQUEST, "expected a Content-Length of at most 1 MiB"))
            return

        try:
            document: object = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            self._send(_error(NOT_JSON, "the body is not JSON"))
            return
        self._send(answer_document(self.server.chain, document))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
        """Log nothing."""

    def _send(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
