"""An HTTP proxy in front of a node, with the limits and the faults of a provider."""

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from enum import Enum
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import define, field, frozen

HOST: Final = "127.0.0.1"
KEY: Final = "a-key-of-the-provider"  # part of the path, as with real providers
MAX_BLOCKS: Final = 2_000
MAX_LOGS: Final = 10_000
MAX_WAIT_SECONDS: Final = 60
DRIP_SECONDS: Final = 0.05
GET_LOGS: Final = "eth_getLogs"
GET_BLOCK: Final = "eth_getBlockByNumber"
RESPONSE_SIZE: Final = (
    "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range"
    " and no limit on the response size, or you can request any block range with a cap of 10K logs"
    " in the response. Based on your parameters and the response size limit, this block range"
    " should work:"
)
UNAUTHENTICATED: Final = b'{"error":{"code":-32600,"message":"Must be authenticated!"}}'

Request = Mapping[str, Any]  # a JSON-RPC request
Response = Mapping[str, Any]  # a JSON-RPC response
# Replaces the result of a method.
Override = Callable[[Any], object]


@frozen(kw_only=True)
class TooLarge:
    """A query of logs that is too large, and the last block up to which it would work."""

    first: int
    last: int
    working_last: int
    max_blocks: int


class RefusalForm(Enum):
    """The words and the code in which a provider refuses a query that is too large."""

    DATA = "-32005, with the working range as data and in words"
    WORDS = "-32005, with the working range in words"
    BARE = "-32005, and nothing else"
    SIZE = "-32602, about the size of the response, with the working range"
    BLOCKS = "the maximal number of blocks"
    RETRY = "retry with the range"

    def error(self, query: TooLarge) -> Mapping[str, object]:
        """Return the JSON-RPC error for a query that is too large."""
        working_range = f"[{query.first:#x}, {query.working_last:#x}]"
        results = (
            f"query returned more than 10000 results. Try with this block range {working_range}."
        )
        match self:
            case RefusalForm.DATA:
                data = {"from": hex(query.first), "to": hex(query.working_last), "limit": 10_000}
                return {"code": -32005, "message": results, "data": data}
            case RefusalForm.WORDS:
                return {"code": -32005, "message": results}
            case RefusalForm.BARE:
                return {"code": -32005, "message": "limit exceeded"}
            case RefusalForm.SIZE:
                return {"code": -32602, "message": f"{RESPONSE_SIZE} {working_range}"}
            case RefusalForm.BLOCKS:
                return {"code": -32000, "message": f"exceed max block range {query.max_blocks}"}
            case RefusalForm.RETRY:
                decimal = f"{query.first}-{query.working_last}"
                message = f"query exceeds max results 10000, retry with the range {decimal}"
                return {"code": -32600, "message": message}


class Fault(Enum):
    """A fault of one HTTP request."""

    TOO_MANY = 429
    BROKEN = 500
    SILENT = "no response"
    DRIPPING = "a response that arrives byte by byte and never ends"
    CUT = "a connection that ends in the middle of the response"
    GARBAGE = "<html>not what you asked for</html>"


@define(eq=False)
class Proxy:
    """A provider: it passes requests on to a node, within limits, and changes responses."""

    url: str
    upstream_url: str
    form: RefusalForm = RefusalForm.SIZE
    max_blocks: int = MAX_BLOCKS
    max_logs: int = MAX_LOGS
    lag: int = 0  # the number of newest blocks that this provider does not have yet
    faults: list[Fault] = field(factory=list[Fault])  # of the next requests, in order
    overrides: dict[str, Override] = field(factory=dict[str, Override])  # by method
    methods: list[str] = field(factory=list[str])  # of every JSON-RPC request
    posts: int = 0
    connections: int = 0
    _released: Event = field(factory=Event)
    _lock: Lock = field(factory=Lock)

    def drop_logs(self) -> None:
        """Return no logs."""
        self.overrides[GET_LOGS] = lambda _: []

    def report_chain_id(self, chain_id: int) -> None:
        """Return another chain id than the node's."""
        self.overrides["eth_chainId"] = lambda _: hex(chain_id)

    def drop_blocks(self) -> None:
        """Return null for every block."""
        self.overrides[GET_BLOCK] = lambda _: None

    def count(self, method: str) -> int:
        """Return the number of requests of this method."""
        return self.methods.count(method)

    def release(self) -> None:
        """End the responses that wait."""
        self._released.set()

    def wait(self) -> None:
        """Wait until the proxy releases its responses."""
        self._released.wait(MAX_WAIT_SECONDS)

    def wait_for_next_byte(self) -> bool:
        """Wait a moment and return True unless the proxy released its responses."""
        return not self._released.wait(DRIP_SECONDS)

    def next_fault(self) -> Fault | None:
        """Count an HTTP request and return its fault."""
        with self._lock:
            self.posts += 1
            return self.faults.pop(0) if self.faults else None

    def respond(self, body: bytes) -> bytes:
        """Return the body of the response to one request, or to a batch of them."""
        requests: Any = json.loads(body)
        is_batch = body.startswith(b"[")
        if not is_batch:
            return json.dumps(self._respond(requests)).encode()

        responses = [self._respond(request) for request in requests]
        return json.dumps(in_any_order(responses)).encode()

    def _respond(self, request: Request) -> Response:
        self.methods.append(request["method"])
        response = {"jsonrpc": "2.0", **self._limited(request), "id": request["id"]}

        override = self.overrides.get(request["method"])
        if override is not None and "error" not in response:
            response["result"] = override(response["result"])
        return response

    def _limited(self, request: Request) -> Response:
        """Return the node's response as far as the provider has its blocks."""
        method = request["method"]
        params = request["params"]
        if method == "eth_blockNumber":
            return {"result": hex(self._newest_block())}
        if method == GET_LOGS:
            return self._logs(params[0])
        if method == GET_BLOCK and self._is_missing(params[0]):
            return {"result": None}

        return self._call_node(method, params)

    def _is_missing(self, block: str) -> bool:
        """Return True for the number of a block that this provider does not have yet."""
        return block != "latest" and int(block, 16) > self._newest_block()

    def _newest_block(self) -> int:
        newest: str = self._call_node("eth_blockNumber", [])["result"]
        return int(newest, 16) - self.lag

    def _logs(self, query: Mapping[str, Any]) -> Response:
        """Return the logs of a range, or the error for a range with too many blocks or logs."""
        first = int(query["fromBlock"], 16)
        last = int(query["toBlock"], 16)
        working_last = min(last, first + self.max_blocks - 1)

        # Blocks that the provider does not have yet are left out without an error.
        available_last = min(working_last, self._newest_block())
        logs: list[Any] = self._call_node(GET_LOGS, [{**query, "toBlock": hex(available_last)}])[
            "result"
        ]
        if len(logs) > self.max_logs:
            working_last = int(logs[self.max_logs]["blockNumber"], 16) - 1
        if working_last == last:
            return {"result": logs}

        too_large = TooLarge(
            first=first, last=last, working_last=working_last, max_blocks=self.max_blocks
        )
        return {"error": self.form.error(too_large)}

    def _call_node(self, method: str, params: object) -> dict[str, Any]:
        address = urlsplit(self.upstream_url).netloc
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        headers = {"Content-Type": "application/json"}
        with closing(HTTPConnection(address, timeout=MAX_WAIT_SECONDS)) as connection:
            connection.request("POST", "/", body, headers)
            response: dict[str, Any] = json.loads(connection.getresponse().read())

        return response


def in_any_order(responses: list[Response]) -> list[Response]:
    """Return the responses of a batch in another order than its requests, which is allowed."""
    return responses[::-1]


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: Proxy

    def setup(self) -> None:
        super().setup()
        self.proxy.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != urlsplit(self.proxy.url).path:
            self._send(401, UNAUTHENTICATED)
            return

        match self.proxy.next_fault():
            case None:
                self._send(200, self.proxy.respond(body))
            case Fault.SILENT:
                self.proxy.wait()
                self.close_connection = True
            case Fault.DRIPPING:
                self._send(200, b"", missing_bytes=MAX_WAIT_SECONDS)
                while self.proxy.wait_for_next_byte():
                    self.wfile.write(b" ")
            case Fault.CUT:
                self._send(200, self.proxy.respond(body)[:-1], missing_bytes=1)
            case Fault.GARBAGE:
                self._send(200, Fault.GARBAGE.value.encode())
            case fault:
                self._send(int(fault.value), b"try again later")

    def _send(self, status: int, body: bytes, *, missing_bytes: int = 0) -> None:
        """Send a response that announces more bytes than it has."""
        if missing_bytes:
            self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + missing_bytes))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Log nothing: `Proxy.methods` has the requests."""


class Server(ThreadingHTTPServer):
    """A server whose clients may leave at any time."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore the error: the test sees it at the client."""


@contextmanager
def proxy(upstream_url: str, *, idle_seconds: float = MAX_WAIT_SECONDS) -> Generator[Proxy]:
    """Run a proxy. It closes connections that are idle for `idle_seconds`."""
    server = Server((HOST, 0), Handler)
    url = f"http://{HOST}:{server.server_address[1]}/v2/{KEY}"
    running = Proxy(url=url, upstream_url=upstream_url)
    handler_fields = {"proxy": running, "timeout": idle_seconds}
    server.RequestHandlerClass = type("ProxyHandler", (Handler,), handler_fields)

    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield running
    finally:
        running.release()
        server.shutdown()
        thread.join()
        server.server_close()
