"""The inbox: events of Stripe as they were received, and the attempts to process them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import field, frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.history import Record
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    instance_of,
    is_digest,
    is_identifier,
    is_instant,
)
from indelible.money.entities.values import (
    NATURAL,
    EventOrigin,
    EventOutcome,
    identifier_field,
    message_field,
)
from indelible.money.lifecycle import STRIPE_EVENT, InboxStatus


@frozen(kw_only=True)
class StripeEventAttempt(Record):
    """One attempt to process an event, with its outcome."""

    record_name: ClassVar[str] = "attempt"
    head_fields: ClassVar[Mapping[str, str]] = {
        "event_id": "id",
        "number": "attempt_number",
        "code": "last_code",
        "at": "updated_at",
    }

    event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    outcome: EventOutcome = field(validator=instance_of(EventOutcome))
    code: str | None = identifier_field()
    message: str | None = message_field()
    at: datetime = field(validator=is_instant)


@frozen(kw_only=True)
class StripeEvent(Aggregate):
    """A received event; its id is Stripe's, and its bytes are a stored payload.

    `created` is the time that Stripe gives the event. `object_id` is the id of the object that the
    event is about. `account` is the connected account of the event, None for our own.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = STRIPE_EVENT
    fixed: ClassVar[tuple[str, ...]] = (
        "event_type",
        "api_version",
        "livemode",
        "created",
        "payload_digest",
        "object_id",
        "account",
        "origin",
    )
    version_field: ClassVar[str] = "attempt_number"
    version_records: ClassVar[tuple[type[Record], ...]] = (StripeEventAttempt,)

    status: InboxStatus = field(validator=instance_of(InboxStatus))
    event_type: str = field(validator=is_identifier, metadata=IDENTIFIER)
    api_version: str | None = identifier_field()
    livemode: bool = field(validator=instance_of(bool))
    created: datetime = field(validator=is_instant)
    payload_digest: str = field(validator=is_digest)
    object_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    account: str | None = identifier_field()
    origin: EventOrigin = field(validator=instance_of(EventOrigin))
    attempt_number: int = field(validator=bounded_int, metadata=NATURAL)
    last_code: str | None = identifier_field()

    def new_attempt(self, outcome: EventOutcome, message: str | None = None) -> StripeEventAttempt:
        """Return the attempt that the event's number, code and time point to."""
        return StripeEventAttempt(
            event_id=self.id,
            number=self.attempt_number,
            outcome=outcome,
            code=self.last_code,
            message=message,
            at=self.updated_at,
        )
