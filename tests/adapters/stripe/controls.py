"""A simulator of Stripe with its test controls, and a receiver of its webhooks."""

import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import httpx
import requests
import stripe
from attrs import define, field
from tests.doubles.simulators import checked_simulator

from indelible_stripe import StripeApi
from indelible_stripe.simulator import Simulator, read_story

API_KEY: Final = "sk_test_canary7Q2hunter2"
WINNER: Final = "acct_1Winner"
STORY: Final[dict[str, Any]] = {"accounts": [{"id": WINNER}], "balance": {"usd": 1_000_000}}


@define
class Controlled:
    """A running simulator, a gateway to it, and the controls of the test."""

    simulator: Simulator
    gateway: StripeApi
    browser: httpx.Client
    session: requests.Session

    @property
    def url(self) -> str:
        """Return the address of the API."""
        return self.simulator.base_url

    def client(self) -> stripe.StripeClient:
        """Return a client of Stripe's own for the simulator."""
        return stripe.StripeClient(API_KEY, base_addresses={"api": self.url}, max_network_retries=0)

    def control(self, path: str, **values: object) -> dict[str, Any]:
        """Call a control that must succeed."""
        response = self.browser.post(f"{self.url}/_simulator/{path}", json=values)
        assert response.status_code == 200, response.text
        result: dict[str, Any] = response.json()
        return result

    def faults(self, *rules: dict[str, object]) -> None:
        """Put fault rules in force."""
        self.control("faults", faults=rules)

    def read(self, path: str) -> dict[str, Any]:
        """Read a page of the controls."""
        result: dict[str, Any] = self.browser.get(f"{self.url}/_simulator/{path}").json()
        return result

    def journal(self) -> list[dict[str, Any]]:
        """Return the journal."""
        entries: list[dict[str, Any]] = self.read("journal")["entries"]
        return entries

    def nonconforming(self) -> list[dict[str, Any]]:
        """Return the requests that a description refuses."""
        entries: list[dict[str, Any]] = self.read("journal?problems=1")["entries"]
        return entries


@contextmanager
def controlled(
    *,
    seed: int = 1,
    read_timeout_seconds: float = 10.0,
    plants_wrong_requests: bool = False,
    **story: object,
) -> Generator[Controlled]:
    """Run a simulator with a story, and a gateway to it; its journal must conform at the end."""
    with checked_simulator(
        read_story({**STORY, **story}), seed=seed, plants_wrong_requests=plants_wrong_requests
    ) as simulator:
        gateway = StripeApi(
            api_key=API_KEY,
            livemode=False,
            base_address=simulator.base_url,
            read_timeout_seconds=read_timeout_seconds,
        )
        with (
            closing(gateway),
            httpx.Client(timeout=60) as browser,
            requests.Session() as session,
        ):
            yield Controlled(simulator, gateway, browser, session)


@define
class Receiver:
    """An endpoint for webhooks. It refuses as many as `refusals` says, and what `accepts` does."""

    url: str
    received: list[tuple[bytes, str]] = field(factory=list[tuple[bytes, str]])
    refusals: int = 0
    accepts: Callable[[bytes, str], bool] = lambda _body, _header: True

    def is_accepted(self, body: bytes, header: str) -> bool:
        """Return whether this delivery is answered with 200."""
        self.received.append((body, header))
        if self.refusals > 0:
            self.refusals -= 1
            return False
        return self.accepts(body, header)


@contextmanager
def receiver() -> Generator[Receiver]:
    """Run an endpoint for webhooks."""
    endpoint = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_accepted = endpoint.is_accepted(body, self.headers["Stripe-Signature"])
            self.send_response(200 if is_accepted else 400)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/payments/webhook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
