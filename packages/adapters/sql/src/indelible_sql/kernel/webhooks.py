"""The SQL repository of refused webhook requests."""

from datetime import datetime
from functools import partial
from typing import Any

from attrs import frozen
from sqlalchemy import Select, bindparam, func, literal, select, tuple_

from indelible.kernel.values import field_values
from indelible.kernel.webhooks import WebhookRejection
from indelible_sql.engine.atomic_write import parameters, row
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.history import fetch_all
from indelible_sql.kernel.webhook_tables import WEBHOOK_REJECTIONS as TABLE
from indelible_sql.schema.columns import IDENTIFIER, INSTANT
from indelible_sql.schema.tables import rows_by

INSERT_WEBHOOK_REJECTION = row(TABLE)
WEBHOOK_REJECTION_HASH = rows_by(TABLE, "id").with_only_columns(TABLE.c.hash)
NEWEST: Select[Any] = (
    select(TABLE).order_by(TABLE.c.at.desc(), TABLE.c.id.desc()).limit(bindparam("limit"))
)
_LAST = TABLE.alias("last")
# The position of the last rejection of the page before; there is none for an unknown id.
_POSITION = (
    select(_LAST.c.at, _LAST.c.id)
    .where(_LAST.c.id == bindparam("before", type_=IDENTIFIER))
    .scalar_subquery()
)
_IS_PAST = tuple_(TABLE.c.at, TABLE.c.id) < _POSITION
_IS_OF_ENDPOINT = TABLE.c.endpoint == bindparam("endpoint", type_=IDENTIFIER)
# The statements of a page by what they are given: an endpoint, and the end of the page before.
PAGES = {
    (False, False): NEWEST,
    (False, True): NEWEST.where(_IS_PAST),
    (True, False): NEWEST.where(_IS_OF_ENDPOINT),
    (True, True): NEWEST.where(_IS_OF_ENDPOINT, _IS_PAST),
}
_SINCE = (
    select(literal(1))
    .where(_IS_OF_ENDPOINT, TABLE.c.at >= bindparam("since", type_=INSTANT))
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
        values: dict[str, object] = {"limit": limit}
        if endpoint is not None:
            values["endpoint"] = endpoint
        if before:
            values["before"] = before
        statement = PAGES[endpoint is not None, bool(before)]

        return fetch_all(self._session, WebhookRejection, statement, values)

    def count_since(self, endpoint: str, since: datetime, *, limit: int) -> int:
        """Return the number of an endpoint's rejections since a time, at most `limit`."""
        values = {"endpoint": endpoint, "since": since, "limit": limit}
        return int(self._session.rows(COUNT_SINCE, values)[0]["number"])

    def add(self, rejection: WebhookRejection) -> None:
        """Store a rejection."""
        insert_webhook_rejection(self._session, field_values(rejection))
        self._session.commit_checks.append(partial(_is_stored, rejection.id))


def insert_webhook_rejection(session: Session, values: Row) -> None:
    """Insert a row."""
    session.step(INSERT_WEBHOOK_REJECTION, parameters({TABLE: values}))


def _is_stored(rejection_id: str, session: Session) -> bool:
    return session.first(WEBHOOK_REJECTION_HASH, {"id": rejection_id}) is not None
