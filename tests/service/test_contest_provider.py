"""Requests to a provider on a real socket: what arrives, and each way in which nothing does."""

import socket
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from attrs import frozen

from indelible.contests.entities.values import FetchOutcome
from indelible.contests.tasks.provider_requests import is_retried, outcome_of
from indelible.kernel.payloads import MAX_PAYLOAD_BYTES
from indelible_service.contexts.contest_provider import ProviderClient
from indelible_service.demos.provider import ProviderFault, Step, Story, provider_stub

EVENT = "900900901"
BODY = b'{"events": []}\n'
NOW = datetime(2027, 4, 8, 12, 0, tzinfo=UTC)
THREADS = 4


@frozen
class FixedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


@contextmanager
def raw_server(answer: Callable[[socket.socket], object]) -> Generator[str]:
    """Serve one connection with a function, and return the endpoint."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/leaderboard?event={{event_id}}"
    thread.join(10)
    listener.close()


def test_the_bytes_arrive_as_they_are() -> None:
    with provider_stub({EVENT: Story.of_bodies([BODY])}) as stub:
        answer = ProviderClient(endpoint=stub.endpoint).fetch(EVENT)

    assert (answer.http_status, answer.body, answer.outcome) == (200, BODY, FetchOutcome.OK)
    assert (answer.content_type or "").startswith("application/json")


def test_threads_that_ask_at_once_keep_their_connections(caplog: pytest.LogCaptureFixture) -> None:
    all_have_asked = threading.Barrier(THREADS)

    class Provider(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            all_have_asked.wait(10)
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = ProviderClient(endpoint=f"http://127.0.0.1:{server.server_port}/{{event_id}}")
        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(client.fetch, [EVENT] * THREADS))
        server.shutdown()

    assert {answer.outcome for answer in answers} == {FetchOutcome.OK}
    assert "Connection pool is full" not in caplog.text


def test_the_id_of_a_tournament_is_quoted() -> None:
    client = ProviderClient(endpoint="http://127.0.0.1:1/leaderboard?event={event_id}")

    assert client.url_of("a/b?c=d&e") == "http://127.0.0.1:1/leaderboard?event=a%2Fb%3Fc%3Dd%26e"


FAULTS = [
    (ProviderFault.SERVER_ERROR, FetchOutcome.HTTP_ERROR, 500, True),
    (ProviderFault.NOT_FOUND, FetchOutcome.HTTP_ERROR, 404, False),
    (ProviderFault.TOO_MANY_REQUESTS, FetchOutcome.HTTP_ERROR, 429, False),
    (ProviderFault.REDIRECT, FetchOutcome.REDIRECTED, 302, False),
    (ProviderFault.TOO_LARGE, FetchOutcome.TOO_LARGE, 200, False),
    (ProviderFault.TRUNCATED, FetchOutcome.TRUNCATED, 200, True),
    (ProviderFault.HANGS, FetchOutcome.TIMEOUT, None, True),
    (ProviderFault.HTML, FetchOutcome.OK, 200, False),
    (ProviderFault.EMPTY, FetchOutcome.OK, 200, False),
]


@pytest.mark.parametrize(("fault", "outcome", "status", "retried"), FAULTS)
def test_each_fault_has_an_outcome(
    fault: ProviderFault,
    outcome: FetchOutcome,
    status: int | None,
    retried: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    with provider_stub({EVENT: Story(steps=(Step(body=BODY, fault=fault),))}) as stub:
        answer = ProviderClient(endpoint=stub.endpoint, timeout_seconds=0.5).fetch(EVENT)

    assert (outcome_of(answer), answer.http_status) == (outcome, status)
    assert is_retried(answer) is retried


def test_no_redirect_is_followed() -> None:
    story = Story(steps=(Step(body=BODY, fault=ProviderFault.REDIRECT),))
    with provider_stub({EVENT: story}) as stub:
        ProviderClient(endpoint=stub.endpoint).fetch(EVENT)

        assert stub.requests(EVENT) == 1


def test_a_port_at_which_nobody_listens_is_an_error_of_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}/leaderboard?event={{event_id}}"

    answer = ProviderClient(endpoint=endpoint).fetch(EVENT)

    assert answer.outcome is FetchOutcome.NETWORK_ERROR
    assert is_retried(answer)


def test_an_error_contains_no_part_of_the_address() -> None:
    endpoint = "http://127.0.0.1:1/leaderboard?key=secret-key&event={event_id}"

    answer = ProviderClient(endpoint=endpoint).fetch(EVENT)

    assert "secret-key" not in repr(answer)


def test_a_body_of_exactly_the_limit_is_accepted() -> None:
    body = b" " * MAX_PAYLOAD_BYTES
    with provider_stub({EVENT: Story.of_bodies([body])}) as stub:
        answer = ProviderClient(endpoint=stub.endpoint).fetch(EVENT)

    assert len(answer.body or b"") == MAX_PAYLOAD_BYTES


def test_an_answer_that_drips_ends_with_the_timeout() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(40):
            try:
                connection.sendall(b"x")
            except OSError:
                return
            time.sleep(0.05)

    with raw_server(drip) as endpoint:
        answer = ProviderClient(endpoint=endpoint, timeout_seconds=0.3).fetch(EVENT)

    assert answer.outcome is FetchOutcome.TIMEOUT


def test_an_answer_that_is_not_http_is_an_error_of_the_network() -> None:
    with raw_server(lambda connection: connection.sendall(b"hello\r\n\r\n")) as endpoint:
        answer = ProviderClient(endpoint=endpoint).fetch(EVENT)

    assert answer.outcome is FetchOutcome.NETWORK_ERROR


RETRY_AFTERS = [
    ("120", 120.0),
    (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300.0),
    (format_datetime(NOW - timedelta(minutes=5), usegmt=True), 0.0),
    ("999999999", 86_400.0),
    ("9" * 400, 86_400.0),
    ("soon", None),
    ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "seconds"), RETRY_AFTERS)
def test_a_busy_provider_says_how_long_to_wait(text: str, seconds: float | None) -> None:
    head = f"HTTP/1.1 429 Too Many Requests\r\nRetry-After: {text}\r\nContent-Length: 0\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(head.encode())) as endpoint:
        answer = ProviderClient(endpoint=endpoint, clock=FixedClock()).fetch(EVENT)

    assert (answer.http_status, answer.retry_after_seconds) == (429, seconds)
