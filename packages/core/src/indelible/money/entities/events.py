"""The inbox: events of Stripe as they were received, and the attempts to process them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from attrs import frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import Compared, Implies, OneOf, WithinKind
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.history import Record
from indelible.kernel.kinds import Count, Digest, Flag, Identifier, Instant, Natural, kinds
from indelible.money.entities.values import (
    EventOrigin,
    EventOutcome,
    Message,
)
from indelible.money.errors.payments import StripeEventNotFound
from indelible.money.lifecycle.reconciliations import STRIPE_EVENT, InboxStatus


@frozen(kw_only=True, field_transformer=kinds)
class StripeEventAttempt(Record):
    """One attempt to process an event, with its outcome."""

    record_name: ClassVar[str] = "attempt"
    head_fields: ClassVar[Mapping[str, str]] = {
        "event_id": "id",
        "number": "attempt_number",
        "code": "last_code",
        "at": "updated_at",
    }
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("outcome_known", WithinKind(("outcome",))),
        Condition("message_short", WithinKind(("message",))),
    )

    event_id: Identifier
    number: Count
    outcome: EventOutcome
    code: Identifier | None = None
    message: Message | None = None
    at: Instant


@frozen(kw_only=True, field_transformer=kinds)
class StripeEvent(Aggregate):
    """A received event; its id is Stripe's, and its bytes are a stored payload.

    `created` is the time that Stripe gives the event. `object_id` is the id of the object that the
    event is about. `account` is the connected account of the event, None for our own.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = STRIPE_EVENT
    missing_error = StripeEventNotFound
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

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("origin_known", WithinKind(("origin",))),
        Condition(
            "outcome_of_attempt",
            Implies(
                OneOf("status", (InboxStatus.RECEIVED,)).negated(),
                (Compared("attempt_number", ">", 0, expected="at least 1"),),
            ),
        ),
    )

    status: InboxStatus
    event_type: Identifier
    api_version: Identifier | None = None
    livemode: Flag
    created: Instant
    payload_digest: Digest
    object_id: Identifier
    account: Identifier | None = None
    origin: EventOrigin
    attempt_number: Natural
    last_code: Identifier | None = None

    @property
    def is_received(self) -> bool:
        """Return True until the event has an outcome."""
        return self.status is InboxStatus.RECEIVED

    @property
    def is_dead(self) -> bool:
        """Return True if the event waits for an operator."""
        return self.status is InboxStatus.DEAD

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
