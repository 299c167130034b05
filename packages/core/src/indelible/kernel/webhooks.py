"""Webhook requests that were refused, as records; nothing of their bodies is stored.

Anybody can send a request with a wrong signature. The number of records is therefore limited, for
each endpoint, in each of `REJECTION_LIMITS`. What is beyond is counted by metrics alone.
"""

import hashlib
from datetime import datetime, timedelta
from typing import ClassVar, Final, Protocol, Self

from attrs import evolve, field, frozen
from attrs.validators import optional

from indelible.kernel.json import digest
from indelible.kernel.transaction import ReadTransaction, Transaction, single_statement
from indelible.kernel.values import (
    IDENTIFIER,
    bounded_int,
    field_values,
    is_digest,
    is_identifier,
    is_instant,
)

MAX_WEBHOOK_REJECTIONS: Final = 500  # that a page contains
BODY_SIZE: Final = {"minimum": 0, "maximum": 2**63 - 1}


@frozen(kw_only=True)
class WebhookRejection:
    """A request to a webhook that was refused, and the code of the error that refused it.

    `endpoint` is the name of the webhook. `body_digest` is the SHA-256 of the body, `body_size` its
    number of bytes. `hash` is the digest of the other fields.
    """

    id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    endpoint: str = field(validator=is_identifier, metadata=IDENTIFIER)
    code: str = field(validator=is_identifier, metadata=IDENTIFIER)
    body_digest: str = field(validator=is_digest)
    body_size: int = field(validator=bounded_int, metadata=BODY_SIZE)
    at: datetime = field(validator=is_instant)
    request_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    hash: str = ""

    def record_digest(self) -> str:
        """Return the digest that `hash` must equal."""
        values = field_values(self)
        del values["hash"]
        return digest(values)

    def with_hash(self) -> Self:
        """Return the rejection with its digest."""
        return evolve(self, hash=self.record_digest())


@frozen
class RejectionLimit:
    """The number of an endpoint's rejections that are stored in a time."""

    max_stored: int
    period: timedelta


# 1,000 a day are less than 250 MB in a year, with their indexes. With 10 a minute, a flood needs an
# hour and a half to use up the day.
REJECTION_LIMITS: Final = (
    RejectionLimit(10, timedelta(minutes=1)),
    RejectionLimit(1_000, timedelta(days=1)),
)


@frozen(kw_only=True)
class RecordWebhookRejection:
    """Store that a webhook has refused a request."""

    command_name: ClassVar[str] = "record_webhook_rejection"
    endpoint: str = field(validator=is_identifier, metadata=IDENTIFIER)
    code: str = field(validator=is_identifier, metadata=IDENTIFIER)
    body_digest: str = field(validator=is_digest)
    body_size: int = field(validator=bounded_int, metadata=BODY_SIZE)

    @classmethod
    def of(cls, endpoint: str, code: str, body: bytes) -> Self:
        """Return the command for a body, of which only digest and size are kept."""
        body_digest = hashlib.sha256(body).hexdigest()
        return cls(endpoint=endpoint, code=code, body_digest=body_digest, body_size=len(body))


class WebhookRejectionReader(Protocol):
    """The refused webhook requests of a store, for queries."""

    def page(
        self, *, endpoint: str | None = None, before: str = "", limit: int
    ) -> tuple[WebhookRejection, ...]:
        """Return the next `limit` rejections, newest first; '' is the beginning.

        `before` is the id of the last rejection of the previous page. An unknown id has no next
        page. `endpoint` is the name of the only webhook whose rejections are returned.
        """
        ...

    def count_since(self, endpoint: str, since: datetime, *, limit: int) -> int:
        """Return the number of an endpoint's rejections since a time, at most `limit`."""
        ...


class WebhookRejectionStore(WebhookRejectionReader, Protocol):
    """The refused webhook requests of a store, for handlers."""

    def add(self, rejection: WebhookRejection) -> None:
        """Store a rejection."""
        ...


class WebhooksRead(ReadTransaction, Protocol):
    """The transaction that queries on refused webhook requests need."""

    @property
    def webhook_rejections(self) -> WebhookRejectionReader: ...


class WebhooksWrite(WebhooksRead, Transaction, Protocol):
    """The transaction that stores a refused webhook request."""

    @property
    def webhook_rejections(self) -> WebhookRejectionStore: ...


def record_webhook_rejection(tx: WebhooksWrite, command: RecordWebhookRejection) -> bool:
    """Store a rejection and return True, or return False beyond one of the limits.

    Transactions that run at the same moment do not see each other's records: they may exceed a
    limit, by one for each thread that answers requests.
    """
    now = tx.clock.now()
    for limit in REJECTION_LIMITS:
        since = now - limit.period
        stored = tx.webhook_rejections.count_since(command.endpoint, since, limit=limit.max_stored)
        if stored >= limit.max_stored:
            return False

    rejection = WebhookRejection(
        id=tx.ids.new(),
        endpoint=command.endpoint,
        code=command.code,
        body_digest=command.body_digest,
        body_size=command.body_size,
        at=now,
        request_id=tx.request_id,
    )
    tx.webhook_rejections.add(rejection.with_hash())
    return True


@single_statement
def list_webhook_rejections(
    tx: WebhooksRead, *, endpoint: str | None = None, before: str = "", limit: int = 50
) -> tuple[WebhookRejection, ...]:
    """Return a page of rejections, newest first, as `WebhookRejectionReader.page` does.

    The page contains at most MAX_WEBHOOK_REJECTIONS.
    """
    return tx.webhook_rejections.page(
        endpoint=endpoint, before=before, limit=min(limit, MAX_WEBHOOK_REJECTIONS)
    )
