"""The HTTP request that reads a tournament from the configured provider, or from that of a demo."""

import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import urllib3
from attrs import field, frozen

from indelible.contests.entities.values import FetchOutcome
from indelible.contests.tasks.provider_requests import FetchedBody
from indelible.kernel import Clock, SystemClock
from indelible.kernel.payloads import MAX_PAYLOAD_BYTES
from indelible_service.contexts.declaration import MAX_WORKER_THREADS
from indelible_service.demos.running import running_demonstration

EVENT_ID: Final = "{event_id}"
DEMO_ENDPOINT: Final = "http://127.0.0.1:{port}/leaderboard?event="
NO_PROVIDER: Final = "no provider is configured (INGESTION_ENDPOINT_URL)"
TIMEOUT_SECONDS: Final = 5.0
CHUNK_BYTES: Final = 65_536
TOO_MANY_REQUESTS: Final = 429
MAX_RETRY_AFTER_SECONDS: Final = 86_400.0
HEADERS: Final = {
    # The bytes are stored as they arrive, so no encoding may stand between.
    "Accept-Encoding": "identity",
    "Accept": "application/json",
    "User-Agent": "indelible",
}
Response = urllib3.BaseHTTPResponse


def _create_pool() -> urllib3.PoolManager:
    """Return a pool that keeps a connection for each thread of a worker process."""
    return urllib3.PoolManager(maxsize=MAX_WORKER_THREADS)


@frozen(kw_only=True)
class ProviderClient:
    """Reads tournaments at an address with `{event_id}`; follows no redirect and repeats nothing.

    An answer has to arrive within the timeout and may have `max_bytes`.
    """

    endpoint: str
    timeout_seconds: float = TIMEOUT_SECONDS
    max_bytes: int = MAX_PAYLOAD_BYTES
    clock: Clock = field(factory=SystemClock)
    pool: urllib3.PoolManager = field(factory=_create_pool, repr=False)  # a simulation has its own

    def url_of(self, provider_event_id: str) -> str:
        """Return the address of a tournament."""
        return self.endpoint.replace(EVENT_ID, quote(provider_event_id, safe=""))

    def fetch(self, provider_event_id: str) -> FetchedBody:
        """Send one request and return its answer; a failure is an answer, too."""
        deadline = time.monotonic() + self.timeout_seconds
        try:
            response = self.pool.request(
                "GET",
                self.url_of(provider_event_id),
                headers=HEADERS,
                timeout=urllib3.Timeout(total=self.timeout_seconds),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except urllib3.exceptions.NewConnectionError as error:  # a subclass of a timeout
            return _failed(FetchOutcome.NETWORK_ERROR, error)
        except urllib3.exceptions.TimeoutError:
            return self._timed_out()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return _failed(FetchOutcome.NETWORK_ERROR, error)

        try:
            return self._read(response, deadline)
        finally:
            response.close()

    def _read(self, response: Response, deadline: float) -> FetchedBody:
        """Return the answer with its bytes."""
        content = bytearray()
        try:
            while True:
                chunk = response.read1(CHUNK_BYTES)
                if not chunk:
                    break
                content += chunk
                if len(content) > self.max_bytes:
                    return self._too_large(response)
                if time.monotonic() > deadline:
                    return self._timed_out()
        except urllib3.exceptions.TimeoutError:
            return self._timed_out()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return _failed(FetchOutcome.TRUNCATED, error, response.status)

        return self._complete(response, bytes(content))

    def _complete(self, response: Response, content: bytes) -> FetchedBody:
        retry_after: float | None = None
        if response.status == TOO_MANY_REQUESTS:
            retry_after = self._retry_after(response.headers.get("Retry-After"))

        return FetchedBody(
            http_status=response.status,
            content_type=response.headers.get("Content-Type"),
            body=content,
            retry_after_seconds=retry_after,
        )

    def _retry_after(self, text: str | None) -> float | None:
        """Return the seconds of a Retry-After, which is a number or a date; None for neither."""
        if not text:
            return None
        if text.strip().isdecimal():
            return min(float(text), MAX_RETRY_AFTER_SECONDS)

        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):  # a number of the date may have any length
            return None
        if until.tzinfo is None:
            return None
        seconds = (until - self.clock.now()).total_seconds()
        return min(max(0.0, seconds), MAX_RETRY_AFTER_SECONDS)

    def _timed_out(self) -> FetchedBody:
        text = f"no complete answer within {self.timeout_seconds:g} seconds"
        return FetchedBody(outcome=FetchOutcome.TIMEOUT, error=text)

    def _too_large(self, response: Response) -> FetchedBody:
        return FetchedBody(
            outcome=FetchOutcome.TOO_LARGE,
            http_status=response.status,
            content_type=response.headers.get("Content-Type"),
            error=f"the answer has more than {self.max_bytes} bytes",
        )


@frozen
class DemoProvider:
    """Reads tournaments from the demonstration in the data directory, where no provider is set."""

    data_dir: Path

    def fetch(self, provider_event_id: str) -> FetchedBody:
        """Send one request and return its answer; without a demonstration there is none."""
        demonstration = running_demonstration(self.data_dir)
        if demonstration is None or demonstration.provider_port is None:
            return FetchedBody(outcome=FetchOutcome.NETWORK_ERROR, error=NO_PROVIDER)

        endpoint = DEMO_ENDPOINT.format(port=demonstration.provider_port) + EVENT_ID
        return ProviderClient(endpoint=endpoint).fetch(provider_event_id)


def _failed(outcome: FetchOutcome, error: Exception, status: int | None = None) -> FetchedBody:
    # The text of an error of urllib3 contains the address, which may contain a key.
    return FetchedBody(outcome=outcome, http_status=status, error=type(error).__name__)
