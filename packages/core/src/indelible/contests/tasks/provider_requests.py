"""Ask the provider for a tournament: at most four requests, of which each is logged.

The request itself is a function of the host: core does no I/O.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from attrs import define, field, frozen

from indelible.contests.entities.values import FetchOutcome, FetchResult
from indelible.contests.tasks.failures import one_line
from indelible.kernel import Clock
from indelible.kernel.lease_handles import LeaseHandle

RETRY_SECONDS: Final = (1, 2, 4)  # before the second, third and fourth request
MAX_CONTENT_TYPE_CHARACTERS: Final = 200
OK: Final = 200
STATUSES: Final = range(100, 600)
REDIRECTS: Final = range(300, 400)
TOO_MANY_REQUESTS: Final = 429
SERVER_ERRORS: Final = range(500, 600)
# The same request may succeed in a moment.
RETRIED_OUTCOMES: Final = frozenset(
    {FetchOutcome.TIMEOUT, FetchOutcome.NETWORK_ERROR, FetchOutcome.TRUNCATED}
)

logger = logging.getLogger("indelible.contests")


@frozen(kw_only=True)
class FetchedBody:
    """The answer to one request, or the reason for which there is none.

    `body` holds the bytes that arrived, within the host's limit. `outcome` is OK for every answer
    that arrived completely, whatever its status. `retry_after_seconds` is the time for which the
    provider wants no further request.
    """

    outcome: FetchOutcome = FetchOutcome.OK
    http_status: int | None = None
    content_type: str | None = None
    body: bytes | None = None
    retry_after_seconds: float | None = None
    error: str | None = None


FetchFunction = Callable[[str], FetchedBody]  # by the tournament's provider_event_id


@frozen(kw_only=True)
class ProviderAnswer:
    """The outcome of a fetch, and for how long the provider wants no further one."""

    result: FetchResult
    wait_seconds: float | None = None


@define(kw_only=True)
class ProviderRequests:
    """The requests of one fetch."""

    fetch: FetchFunction
    clock: Clock
    provider_event_id: str
    handle: LeaseHandle
    requested_at: datetime = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.requested_at = self.clock.now()

    def run(self) -> ProviderAnswer:
        """Ask until the provider answers, at most four times.

        Raises: PerformStopped.
        """
        attempt = 1
        while True:
            answer = self._ask()
            self._log(attempt, answer)
            if attempt > len(RETRY_SECONDS) or not is_retried(answer):
                return self._result(attempt, answer)

            self.handle.wait(RETRY_SECONDS[attempt - 1])
            self.handle.check()
            attempt += 1

    def _ask(self) -> FetchedBody:
        """Return the answer of the host's function; an error of it counts as one of the network."""
        try:
            return self.fetch(self.provider_event_id)
        except Exception as error:  # noqa: BLE001 - the host's function must not end the polling
            text = one_line(f"{type(error).__name__}: {error}")
            return FetchedBody(outcome=FetchOutcome.NETWORK_ERROR, error=text)

    def _log(self, attempt: int, answer: FetchedBody) -> None:
        lease = self.handle.lease
        logger.info(
            "[Ingestion] tournament %s: request %s of %s: %s, status %s, %s bytes, task fence %s%s",
            self.provider_event_id,
            attempt,
            len(RETRY_SECONDS) + 1,
            outcome_of(answer),
            answer.http_status or "-",
            len(answer.body or b""),
            lease.fence,
            f": {answer.error}" if answer.error else "",
        )

    def _result(self, attempts: int, answer: FetchedBody) -> ProviderAnswer:
        http_status = answer.http_status
        if not is_known_status(answer):
            http_status = None

        result = FetchResult(
            requested_at=self.requested_at,
            finished_at=max(self.requested_at, self.clock.now()),
            outcome=outcome_of(answer),
            attempts=attempts,
            http_status=http_status,
            content_type=content_type_of(answer),
            body=answer.body,
            error=error_of(answer),
        )
        return ProviderAnswer(result=result, wait_seconds=answer.retry_after_seconds)


def content_type_of(answer: FetchedBody) -> str | None:
    """Return the content type as a line that can be stored; None for a header without text.

    A header that cannot be stored must not prevent that the body is.
    """
    text = answer.content_type or ""
    printable = "".join(character for character in text if character.isprintable())
    return printable[:MAX_CONTENT_TYPE_CHARACTERS].strip() or None


def is_known_status(answer: FetchedBody) -> bool:
    """Return True for a status of HTTP, and for an answer without one."""
    return answer.http_status is None or answer.http_status in STATUSES


def error_of(answer: FetchedBody) -> str | None:
    """Return the error of a fetch, which names a status that a record cannot hold."""
    if is_known_status(answer):
        return answer.error
    return answer.error or f"status {answer.http_status}"


def outcome_of(answer: FetchedBody) -> FetchOutcome:
    """Return the outcome of an answer: one that arrived completely is OK only with status 200."""
    if answer.outcome is not FetchOutcome.OK or answer.http_status == OK:
        return answer.outcome
    if answer.http_status in REDIRECTS:
        return FetchOutcome.REDIRECTED

    return FetchOutcome.HTTP_ERROR


def is_retried(answer: FetchedBody) -> bool:
    """Return True if another request in a moment may get data: never after a status below 500."""
    if answer.outcome in RETRIED_OUTCOMES:
        return True

    return answer.outcome is FetchOutcome.OK and answer.http_status in SERVER_ERRORS
