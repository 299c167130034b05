"""Deprecated operations: they go on working, and their answers say until when.

A refusal by the access control or the rate limit (401, 403, 429) comes before the operation, and
does not say so.

@routes.add(
"GET /old-tickets",
"tickets:read",
request_type=PageQuery,
response_type=TicketView,
deprecated=Deprecated(
since=date(2026, 11, 29), sunset=date(2027, 5, 29), instead="GET /v1/tickets"
),
)
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Final
from wsgiref.handlers import format_date_time

from attrs import frozen
from flask import Response

from indelible.kernel import UsageError

DEPRECATION: Final = "Deprecation"  # RFC 9745
SUNSET: Final = "Sunset"  # RFC 8594


@frozen(kw_only=True)
class Deprecated:
    """The day since when an operation is deprecated, and the first one on which it may be gone.

    `instead` says what its callers use.
    """

    since: date
    sunset: date
    instead: str

    def __attrs_post_init__(self) -> None:
        """Check that the end follows the beginning, and that there is something else to use.

        Raises:
            UsageError: It does not, or there is not.
        """
        if self.sunset <= self.since:
            raise UsageError(f"the sunset {self.sunset} is not after {self.since}")
        if not self.instead.strip():
            raise UsageError("a deprecated operation does not say what to use instead")

    def headers(self) -> Mapping[str, str]:
        """Return the headers of each answer."""
        return {
            DEPRECATION: f"@{_seconds(self.since):.0f}",
            SUNSET: format_date_time(_seconds(self.sunset)),
        }

    def announce(self, response: Response) -> Response:
        """Add the headers to an answer of the operation, a refusal of its own included."""
        response.headers.update(self.headers())
        return response

    def sentence(self) -> str:
        """Return what the OpenAPI document says about it."""
        return f"Deprecated since {self.since}, and served until {self.sunset}: {self.instead}."


def _seconds(day: date) -> float:
    """Return the first second of a day in UTC, since the epoch."""
    return datetime.combine(day, time(), UTC).timestamp()
