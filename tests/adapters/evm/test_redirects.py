"""A node that redirects leads nowhere: the operator trusts its address, and no other one."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from tests.adapters.evm.conftest import AUTHOR

from indelible.tokens.errors import ChainUnreachable
from indelible_evm import EvmChain

METADATA_SERVICE = "/latest/meta-data/"  # of a cloud, which answers requests of its own machines


class Redirecting(HTTPServer):
    """A server that sends every request to its own path of a metadata service, and counts them."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), RedirectHandler)
        self.status = status
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class RedirectHandler(BaseHTTPRequestHandler):
    """Answers one request with a redirect."""

    server: Redirecting  # pyright: ignore[reportIncompatibleVariableOverride] - it makes this

    def do_POST(self) -> None:
        self.server.paths.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.status)
        self.send_header("Location", f"{self.server.url}{METADATA_SERVICE}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.paths.append(self.path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of the base class
        """Write nothing."""


@contextmanager
def redirecting(status: int) -> Generator[Redirecting]:
    """Run a server until the block ends."""
    with Redirecting(status) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_of_a_node_is_followed(status: int) -> None:
    with redirecting(status) as server:
        chain = EvmChain(url=f"{server.url}/node", contract=AUTHOR, chain_id=1, timeout_seconds=5)
        with closing(chain), pytest.raises(ChainUnreachable, match=f"HTTP {status}"):
            chain.check()

        assert server.paths == ["/node"]
