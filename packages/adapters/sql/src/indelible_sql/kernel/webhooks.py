"""The SQL repository of refused webhook requests."""

from datetime import datetime
from typing import Final

from attrs import frozen
from sqlalchemy import bindparam, func, literal, select

from indelible.kernel.webhooks import WebhookRejection
from indelible_sql.engine.session import Session
from indelible_sql.kernel.stored_rejections import StoredRejections
from indelible_sql.kernel.webhook_tables import WEBHOOK_REJECTIONS as TABLE
from indelible_sql.schema.columns import IDENTIFIER, INSTANT

STORED_WEBHOOK_REJECTIONS: Final = StoredRejections[WebhookRejection].of(
    TABLE, WebhookRejection, column="endpoint"
)
_SINCE = (
    select(literal(1))
    .where(
        TABLE.c.endpoint == bindparam("endpoint", type_=IDENTIFIER),
        TABLE.c.at >= bindparam("since", type_=INSTANT),
    )
    .limit(bindparam("limit"))
    .subquery()
)
COUNT_SINCE = select(func.count().label("number")).select_from(_SINCE)


@frozen
class SqlWebhookRejections:
    """The refused webhook requests of a store."""

    _session: Session

    def page(
        self, *, endpoint: str | None = None, before: str = "", limit: int
    ) -> tuple[WebhookRejection, ...]:
        """Return the next `limit` rejections, newest first."""
        return STORED_WEBHOOK_REJECTIONS.page(self._session, endpoint, before, limit)

    def count_since(self, endpoint: str, since: datetime, *, limit: int) -> int:
        """Return the number of an endpoint's rejections since a time, at most `limit`."""
        values = {"endpoint": endpoint, "since": since, "limit": limit}
        return int(self._session.rows(COUNT_SINCE, values)[0]["number"])

    def add(self, rejection: WebhookRejection) -> None:
        """Store a rejection."""
        STORED_WEBHOOK_REJECTIONS.add(self._session, rejection)
