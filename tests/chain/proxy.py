"""An HTTP proxy before a node, with a provider's limits and faults."""

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from enum import Enum
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import define, field, frozen

HOST: Final = "127.0.0.1"
KEY: Final = "a-key-of-the-provider"  # in the path, where providers have it
MOST_BLOCKS: Final = 2_000
MOST_LOGS: Final = 10_000
LONGEST_WAIT_SECONDS: Final = 60
LOGS: Final = "eth_getLogs"
SIZE: Final = (
    "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range"
    " and no limit on the response size, or you can request any block range with a cap of 10K logs"
    " in the response. Based on your parameters and the response size limit, this block range"
    " should work:"
)


@frozen(kw_only=True)
class Excess:
    """A query of logs that is too large, and the blocks that it should have stopped at."""

    first: int
    last: int
    works: int
    most_blocks: int


class Form(Enum):
    """The words in which a provider says that a query is too large."""

    DATA = "-32005, with the range that works as data and in words"
    WORDS = "-32005, with the range that works in words"
    BARE = "-32005, and nothing else"
    SIZE = "-32602, of the size of the response, with the range that works"
    BLOCKS = "how many blocks are the most"
    RETRY = "retry with the range"

    def error(self, excess: Excess) -> Mapping[str, object]:
        """Return the JSON-RPC error for a query that is too large."""
        works = f"[{excess.first:#x}, {excess.works:#x}]"
        results = f"query returned more than 10000 results. Try with this block range {works}."
        match self:
            case Form.DATA:
                data = {"from": hex(excess.first), "to": hex(excess.works), "limit": 10_000}
                return {"code": -32005, "message": results, "data": data}
            case Form.WORDS:
                return {"code": -32005, "message": results}
            case Form.BARE:
                return {"code": -32005, "message": "limit exceeded"}
            case Form.SIZE:
                return {"code": -32602, "message": f"{SIZE} {works}"}
            case Form.BLOCKS:
                return {"code": -32000, "message": f"exceed max block range {excess.most_blocks}"}
            case Form.RETRY:
                decimal = f"{excess.first}-{excess.works}"
                message = f"query exceeds max results 10000, retry with the range {decimal}"
                return {"code": -32600, "message": message}


class Fault(Enum):
    """What becomes of a whole request."""

    TOO_MANY = 429
    BROKEN = 500
    SILENT = "it is taken, and never answered"
    DRIPPING = "it is answered byte by byte"
    CUT = "the connection ends in the middle of the answer"
    GARBAGE = "<html>not what you asked for</html>"


@define(eq=False)
class Proxy:
    """Where a client of the node connects instead, and what it is going to be told."""

    url: str
    upstream: str
    form: Form = Form.SIZE
    most_blocks: int = MOST_BLOCKS
    most_logs: int = MOST_LOGS
    faults: list[Fault] = field(factory=list[Fault])  # of the next requests, in order
    lag: int = 0  # by how many blocks its node is behind
    lies: dict[str, Callable[[Any], object]] = field(
        factory=dict[str, Callable[[Any], object]]
    )  # by method
    asked: list[tuple[str, Any]] = field(
        factory=list[tuple[str, Any]]
    )  # every request, by method and parameters
    posts: int = 0
    connections: int = 0
    _freed: Event = field(factory=Event)
    _lock: Lock = field(factory=Lock)

    def drop_logs(self) -> None:
        """Leave out every log."""
        self.lies[LOGS] = lambda _: []

    def be_on(self, chain_id: int) -> None:
        """Say that the chain is another one."""
        self.lies["eth_chainId"] = lambda _: hex(chain_id)

    def have_no_blocks(self) -> None:
        """Answer null for every block."""
        self.lies["eth_getBlockByNumber"] = lambda _: None

    def count(self, method: str) -> int:
        """How often it was asked."""
        return sum(each == method for each, _ in self.asked)

    def free(self) -> None:
        """Let go of whoever is waiting."""
        self._freed.set()

    def wait(self) -> None:
        """Keep somebody waiting."""
        self._freed.wait(LONGEST_WAIT_SECONDS)

    def drips(self) -> bool:
        """Whether another drop falls, after a while."""
        return not self._freed.wait(0.05)

    def fault(self) -> Fault | None:
        """What becomes of this request."""
        with self._lock:
            self.posts += 1
            return self.faults.pop(0) if self.faults else None

    def answer(self, body: bytes) -> bytes:
        """What the client is told."""
        asked: Any = json.loads(body)
        single = body.startswith(b"{")
        answers = [self._answer(each) for each in ([asked] if single else asked)]
        return json.dumps(answers[0] if single else in_any_order(answers)).encode()

    def _answer(self, asked: Mapping[str, Any]) -> Mapping[str, object]:
        method, params = str(asked["method"]), asked["params"]
        self.asked.append((method, params))
        if method == "eth_blockNumber":
            found: object = hex(self._head())
        elif method == LOGS:
            given = self._logs(params[0])
            if isinstance(given, Mapping):
                return {"jsonrpc": "2.0", "id": asked["id"], "error": given}
            found = given
        elif (
            method == "eth_getBlockByNumber"
            and params[0] != "latest"
            and int(params[0], 16) > self._head()
        ):
            found = None
        else:
            told = self._ask(method, params)
            if "error" in told:
                return {**told, "id": asked["id"]}
            found = told["result"]
        lie = self.lies.get(method)
        return {"jsonrpc": "2.0", "id": asked["id"], "result": lie(found) if lie else found}

    def _head(self) -> int:
        return int(self._ask("eth_blockNumber", [])["result"], 16) - self.lag

    def _logs(self, wanted: Mapping[str, Any]) -> list[Any] | Mapping[str, object]:
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        works = last
        if last - first + 1 > self.most_blocks:
            works = first + self.most_blocks - 1
        seen = {
            **wanted,
            "toBlock": hex(min(works, self._head())),
        }  # silent of the blocks that it does not have
        logs: list[Any] = self._ask(LOGS, [seen])["result"]
        if len(logs) > self.most_logs:
            works = int(logs[self.most_logs]["blockNumber"], 16) - 1
        if works == last:
            return logs
        return self.form.error(
            Excess(first=first, last=last, works=works, most_blocks=self.most_blocks)
        )

    def _ask(self, method: str, params: object) -> dict[str, Any]:
        parts = urlsplit(self.upstream)
        connection = HTTPConnection(parts.netloc, timeout=LONGEST_WAIT_SECONDS)
        try:
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            told: dict[str, Any] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return told


def in_any_order(answers: list[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """A batch may be answered so."""
    return answers[::-1]


class Handler(BaseHTTPRequestHandler):
    """One connection of a client's."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: Proxy

    def setup(self) -> None:
        super().setup()
        self.proxy.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != urlsplit(self.proxy.url).path:
            self._say(401, b'{"error":{"code":-32600,"message":"Must be authenticated!"}}')
            return
        match self.proxy.fault():
            case None:
                self._say(200, self.proxy.answer(body))
            case Fault.SILENT:
                self.proxy.wait()
                self.close_connection = True
            case Fault.DRIPPING:
                self._say(200, b"", missing=LONGEST_WAIT_SECONDS)
                while self.proxy.drips():
                    self.wfile.write(b" ")
            case Fault.CUT:
                self._say(200, self.proxy.answer(body)[:-1], missing=1)
            case Fault.GARBAGE:
                self._say(200, Fault.GARBAGE.value.encode())
            case fault:
                self._say(int(fault.value), b"try again later")

    def _say(self, status: int, body: bytes, *, missing: int = 0) -> None:
        self.close_connection = self.close_connection or bool(missing)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + missing))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of its parent
        """Nothing: what was asked is in `asked`."""


class Server(ThreadingHTTPServer):
    """A client that goes away is none of its errors."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: the client tells what became of it."""


@contextmanager
def proxy(upstream: str, *, idle_seconds: float = LONGEST_WAIT_SECONDS) -> Generator[Proxy]:
    """Run a proxy for the length of the block. It closes connections that are idle for a while."""
    server = Server((HOST, 0), Handler)
    found = Proxy(url=f"http://{HOST}:{server.server_address[1]}/v2/{KEY}", upstream=upstream)
    server.RequestHandlerClass = type("Its", (Handler,), {"proxy": found, "timeout": idle_seconds})
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        found.free()
        server.shutdown()
        thread.join()
        server.server_close()
