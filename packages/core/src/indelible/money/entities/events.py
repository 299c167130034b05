"""The inbox: events of Stripe as they were received, and the attempts to process them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from attrs import field, frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.history import Record
from indelible.kernel.state_fields import check_field
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
from indelible.money.lifecycle.reconciliations import STRIPE_EVENT, InboxStatus


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

    def __attrs_post_init__(self) -> None:
        if not self.is_received:
            is_met = self.attempt_number > 0
            check_field(self, "attempt_number", expected="at least 1", is_met=is_met)

    @property
    def is_received(self) -> bool:
        """Return True until the event has an outcome."""
        return self.status is InboxStatus.RECEIVED

    def processed(self, code: str | None, *, now: datetime) -> Self:
        """Return the event after its effect."""
        return self.transition("process", now=now, last_code=code)

    def ignored(self, code: str, *, now: datetime) -> Self:
        """Return an event without an effect."""
        return self.transition("ignore", now=now, last_code=code)

    def failed(self, code: str, *, now: datetime) -> Self:
        """Return the event after an attempt that failed; another one follows."""
        return self.transition("fail", now=now, last_code=code)

    def buried(self, code: str, *, now: datetime) -> Self:
        """Return the event after its last attempt."""
        return self.transition("bury", now=now, last_code=code)

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
