"""Refused webhook requests in memory."""

from datetime import datetime
from operator import attrgetter
from typing import Self

from attrs import field, frozen

from indelible.kernel.webhooks import WebhookRejection

WebhookRejectionRows = dict[str, WebhookRejection]
_position = attrgetter("at", "id")


@frozen
class MemoryWebhookRejections:
    """The refused webhook requests of a store, by their ids."""

    _rows: WebhookRejectionRows = field(factory=WebhookRejectionRows)

    def page(
        self, *, endpoint: str | None = None, before: str = "", limit: int
    ) -> tuple[WebhookRejection, ...]:
        """Return the next `limit` rejections, newest first."""
        matching: list[WebhookRejection] = []
        for rejection in sorted(self._rows.values(), key=_position, reverse=True):
            is_of_endpoint = endpoint is None or rejection.endpoint == endpoint
            if is_of_endpoint and self._is_past(rejection, before):
                matching.append(rejection)

        return tuple(matching[:limit])

    def count_since(self, endpoint: str, since: datetime, *, limit: int) -> int:
        """Return the number of an endpoint's rejections since a time, at most `limit`."""
        number = 0
        for rejection in self._rows.values():
            if rejection.endpoint == endpoint and rejection.at >= since:
                number += 1

        return min(number, limit)

    def add(self, rejection: WebhookRejection) -> None:
        """Store a rejection."""
        self._rows[rejection.id] = rejection

    def copy(self) -> Self:
        """Return a draft that can be discarded."""
        return type(self)(self._rows.copy())

    def _is_past(self, rejection: WebhookRejection, before: str) -> bool:
        """Return True if a rejection stands after the one with an id, from the newest on."""
        if not before:
            return True
        if before not in self._rows:
            return False

        position: tuple[datetime, str] = _position(rejection)
        return position < _position(self._rows[before])
