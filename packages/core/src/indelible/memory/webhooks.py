"""Refused webhook requests in memory."""

from datetime import datetime
from typing import Self

from attrs import field, frozen

from indelible.kernel.webhooks import WebhookRejection
from indelible.memory.rejection_rows import newest_rejections

WebhookRejectionRows = dict[str, WebhookRejection]


@frozen
class MemoryWebhookRejections:
    """The refused webhook requests of a store, by their ids."""

    _rows: WebhookRejectionRows = field(factory=WebhookRejectionRows)

    def page(
        self, *, endpoint: str | None = None, before: str = "", limit: int
    ) -> tuple[WebhookRejection, ...]:
        """Return the next `limit` rejections, newest first."""

        def is_matching(rejection: WebhookRejection) -> bool:
            return endpoint is None or rejection.endpoint == endpoint

        return newest_rejections(self._rows, is_matching, before=before, limit=limit)

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

    @property
    def rows(self) -> WebhookRejectionRows:
        """Return the stored rejections by their ids, from which old ones are deleted."""
        return self._rows

    def copy(self) -> Self:
        """Return a draft that can be discarded."""
        return type(self)(self._rows.copy())
